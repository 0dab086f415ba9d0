"""What is probably wrong with a query, told before it runs.

Each rule is one function from the query (and what the dataset holds) to findings. A rule speaks
only where it is sure of what it sees: a query nobody has to change gets no word.
"""

from __future__ import annotations

from itertools import islice

from kuvend.errors import BadSyntax, KuvendError
from kuvend.sparql.finding import Finding
from kuvend.sparql.guard import check, refuse_update
from kuvend.sparql.lint.languages import languages
from kuvend.sparql.lint.patterns import Judged
from kuvend.sparql.lint.products import products
from kuvend.sparql.lint.terms import never_together, unknown_terms
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.profile import Profile
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.scope import unbound_variables
from kuvend.sparql.tree import read_tree

_SYNTAX_S = 1.0
# Nobody reads more, and each costs a search for what was meant.
_MOST_OF_A_RULE = 50
# A graph that nobody has: a query is parsed and planned, and finds nothing.
_NOWHERE = ("urn:kuvend:nowhere",)


def lint(
    text: str, profile: Profile | None = None, *, prefixes: dict[str, str], base_iri: str = ""
) -> list[Finding]:
    """What is probably wrong with ``text``, in the order of the text.

    Without ``profile`` only what the query says by itself is judged. A text that is no query
    with a WHERE group has no findings.

    >>> [f.kind for f in lint("SELECT ?name { ?s <urn:name> ?nmae }", prefixes={})]
    ['unbound']
    """
    tree = read_tree(text)
    if tree is None:
        return []
    query = Judged(tree, profile or Profile(), Prologue(tree.tokens, base_iri), prefixes)
    rules = [unbound_variables(tree), products(query)]
    if profile is not None and profile.triples:
        rules += [unknown_terms(query), never_together(query), languages(query)]
    found = [finding for rule in rules for finding in islice(rule, _MOST_OF_A_RULE)]
    return sorted(set(found), key=lambda f: (f.line or 0, f.column or 0, f.kind))


def raise_syntax_error(text: str, pool: QueryPool) -> None:
    """Let the engine parse ``text`` over an empty dataset.

    :raises BadSyntax: where it does not parse.
    :raises KuvendError: where it may not run at all, or is an update.
    """
    refuse_update(check(text, pool.limits))
    try:
        pool.table(
            text, max_rows=1, default_graphs=_NOWHERE, named_graphs=_NOWHERE, timeout_s=_SYNTAX_S
        )
    except BadSyntax:
        raise
    except KuvendError:
        # Too busy, or a query that counts something up without any data: nobody can tell.
        return
