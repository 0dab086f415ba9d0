"""The sentences behind each row of an answer.

The triples behind each solution of the query have claims, whichever graph they were matched in.
Negation is left out: it matches no statement.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from functools import partial

import pyoxigraph as ox

from kuvend.describe import Claim, Support
from kuvend.errors import KuvendError
from kuvend.namespaces import RDF
from kuvend.sparql import QueryPool, Table, check
from kuvend.sparql.elements import TRIPLE
from kuvend.sparql.tree import SERVICE, Group, read_tree
from kuvend.sparql.ways import Ways
from kuvend.terms import Term
from kuvend.web.knowledge import Knowledge
from kuvend.web.proving import prove
from kuvend.web.reading import Quoted, quotes_of
from kuvend.web.rendering import labels_properties

Row = tuple[Term | None, ...]

_MAX_SOLUTIONS = 300
# Each solution asks for a proof of each pattern.
_MAX_PATTERNS = 40
_BUDGET_S = 2.0


def sentences(
    known: Knowledge, pool: QueryPool, text: str, table: Table, *, end: float
) -> list[tuple[Quoted, ...]]:
    """For each row of ``table``, the answer to ``text``, the sentences that make it hold.

    Rows for which there was no time until ``end``, by the monotonic clock, have none.
    """
    tree = read_tree(text)
    if tree is None or tree.form not in {"SELECT", "ASK"}:
        return [() for _ in table.rows]
    if not 0 < _count_patterns(tree.where) <= _MAX_PATTERNS:
        return [() for _ in table.rows]
    outline = check(text, pool.limits)
    graphs = (outline.default_graphs, outline.named_graphs)
    asked = Ways(tree, pool, known.store, *graphs, budget_s=_BUDGET_S, end=end)
    try:
        ways, _ = asked.ways(tree.where, {}, most=_MAX_SOLUTIONS)
    except KuvendError:
        # Every variable shown can be more than the query itself asked for.
        return [() for _ in table.rows]
    bound = tree.where.solutions_bind()
    places = [n for n, column in enumerate(table.columns) if column in bound]
    columns = [table.columns[n] for n in places]
    deadline = min(end, time.monotonic() + _BUDGET_S)
    support = Support(partial(prove, known))
    behind: dict[Row, dict[Claim, None]] = {}
    for way in ways:
        if time.monotonic() > deadline:
            break
        triples = [ground.triple for ground in way.triples]
        claims = behind.setdefault(tuple(way.values.get(column) for column in columns), {})
        claims.update(dict.fromkeys(_claims(support, triples)))
    return [quotes_of(behind.get(tuple(row[n] for n in places), ())) for row in table.rows]


def _count_patterns(group: Group) -> int:
    own = sum(part.kind == TRIPLE for part in group.parts)
    inner = (g for part in group.parts if part.kind != SERVICE for g in part.groups)
    return own + sum(map(_count_patterns, inner))


def _claims(support: Support, triples: Iterable[ox.Triple]) -> list[Claim]:
    """The claims behind one solution; names do not count, and types only where nothing else is."""
    naming = labels_properties()
    found: list[Claim] = []
    types: list[Claim] = []
    for triple in triples:
        if triple.predicate not in naming:
            (types if triple.predicate == RDF.type else found).extend(support.of(triple))
    return found or types
