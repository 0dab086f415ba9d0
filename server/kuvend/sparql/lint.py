"""What is probably wrong with a query, told before it runs.

Each rule is one function from the query (and what the dataset holds) to findings. A rule speaks
only where it is sure of what it sees: a query nobody has to change gets no word.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from kuvend.errors import BadSyntax, KuvendError
from kuvend.namespaces import RDF, compact
from kuvend.sparql import elements
from kuvend.sparql.diagnose import Finding
from kuvend.sparql.lexer import Token, iter_tokens, position
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.profile import Profile, local_name
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.scope import unbound_variables
from kuvend.sparql.tree import SERVICE, Group, Part, Tree, read_tree

_LANGUAGE_WORDS = frozenset({"LANG", "LANGMATCHES", "HASLANG"})
_SHOWN = 5
_SYNTAX_S = 1.0
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
    linter = _Linter(tree, profile or Profile(), Prologue(tree.tokens, base_iri), prefixes)
    found = [*unbound_variables(tree), *linter.products()]
    if profile is not None and profile.triples:
        found += [*linter.terms(), *linter.never_together(), *linter.languages()]
    return sorted(set(found), key=lambda f: (f.line or 0, f.column or 0, f.kind))


def raise_syntax_error(text: str, pool: QueryPool) -> None:
    """Let the engine parse ``text`` over an empty dataset.

    :raises BadSyntax: where it does not parse.
    """
    try:
        pool.table(
            text, max_rows=1, default_graphs=_NOWHERE, named_graphs=_NOWHERE, timeout_s=_SYNTAX_S
        )
    except BadSyntax:
        raise
    except KuvendError:
        # Too busy, or a query that counts something up without any data: nobody can tell.
        return


@dataclass(frozen=True)
class _Place:
    """A pattern with the group it stands in and the required patterns around it."""

    part: Part
    around: tuple[Part, ...]
    in_default_graph: bool
    is_negated: bool


class _Linter:
    def __init__(
        self, tree: Tree, profile: Profile, names: Prologue, prefixes: dict[str, str]
    ) -> None:
        self._tree = tree
        self._profile = profile
        self._names = names
        self._prefixes = prefixes
        self._places = list(_places(tree.where, (), in_default_graph=True, is_negated=False))

    def products(self) -> Iterator[Finding]:
        """Parts of one group that share no variable, so that every pair of rows is a row."""
        for group in _groups(self._tree.where):
            parts = _separate(group)
            if len(parts) > 1:
                first, second = (sorted(_shown_variables(p)) for p in parts[:2])
                yield self._finding(
                    "product",
                    f"nothing joins {_listed(first)} with {_listed(second)}: every row of the one "
                    "goes with every row of the other.",
                    parts[1][0].element.text,
                    parts[1][0].element.offset,
                    "Join them by a variable or a FILTER, or ask two queries.",
                )

    def terms(self) -> Iterator[Finding]:
        """Properties and classes that no statement has."""
        for place in self._places:
            terms, places = place.part.element.terms, place.part.element.places
            if terms is None or places is None:
                continue
            for token in _steps(place.part):
                iri = self._names.absolute(token)
                if iri and not self._profile.knows(iri):
                    yield self._unknown(token, iri, "property", self._profile.properties)
            if self._is_type(terms[1]):
                for token in iter_tokens(terms[2]):
                    iri = self._names.absolute(token)
                    if iri and not self._profile.knows(iri):
                        moved = Token(token.kind, token.text, places[2])
                        yield self._unknown(moved, iri, "class", self._profile.classes)
                    break

    def never_together(self) -> Iterator[Finding]:
        """Properties that nothing of the class stated for their subject has."""
        for place in self._places:
            terms, places = place.part.element.terms, place.part.element.places
            if terms is None or places is None or not place.in_default_graph or place.is_negated:
                continue
            predicate = self._single(terms[1])
            if predicate is None or predicate not in self._profile.properties:
                continue
            for cls in self._classes(terms[0], place.around):
                having = self._profile.together.get(cls)
                if having and predicate not in having:
                    yield self._never(cls, predicate, place.part.element.text, places[1])

    def languages(self) -> Iterator[Finding]:
        """Columns with a text in several languages, where nothing chooses one."""
        if any(t.text.upper() in _LANGUAGE_WORDS for t in self._tree.tokens if t.kind == "word"):
            return
        select = self._tree.select
        if select is None or select.is_star:
            return
        shown = {token.text for token in select.columns}
        for place in self._places:
            terms, places = place.part.element.terms, place.part.element.places
            if terms is None or places is None or terms[2] not in shown or place.is_negated:
                continue
            predicate = self._single(terms[1])
            tags = self._profile.languages.get(predicate or "")
            if tags and len(tags) > 1 and terms[0].startswith(("?", "$")):
                yield self._finding(
                    "language",
                    f"{terms[2]} comes in {len(tags)} languages ({', '.join(sorted(tags)[:_SHOWN])}"
                    "), a row for each that a thing has.",
                    place.part.element.text,
                    places[2],
                    f'FILTER(LANG({terms[2]}) = "{_first_language(tags)}") keeps one; '
                    f"selecting LANG({terms[2]}) tells them apart.",
                )

    def _unknown(self, token: Token, iri: str, what: str, known: Iterable[str]) -> Finding:
        name = compact(iri, self._prefixes)
        if iri in self._profile.declared:
            return self._finding(
                f"unused-{what}", f"{name} is declared, but no statement here has this {what}.",
                token.text, token.offset,
            )  # fmt: skip
        near = self._profile.nearest(iri, {*known, *self._profile.elsewhere})
        hint = f"Did you mean {compact(near, self._prefixes)}?" if near else None
        return self._finding(
            f"unknown-{what}", f"no statement here has the {what} {name}.",
            token.text, token.offset, hint,
        )  # fmt: skip

    def _never(self, cls: str, predicate: str, part: str, offset: int) -> Finding:
        having = self._profile.together[cls]
        near = self._profile.nearest(predicate, having)
        owners = [c for c, found in self._profile.together.items() if predicate in found]
        owners.sort(
            key=lambda c: (local_name(c) in {"Thing", "Resource"}, self._profile.classes[c])
        )
        hint = f"Did you mean {self._short(near)}?" if near else None
        if hint is None and owners:
            shown = ", ".join(self._short(owner) for owner in owners[:3])
            hint = f"What has it is of the class {shown}."
        detail = f"nothing of the class {self._short(cls)} has {self._short(predicate)}."
        return self._finding("never-together", detail, part, offset, hint)

    def _classes(self, subject: str, around: Iterable[Part]) -> Iterator[str]:
        if not subject.startswith(("?", "$")):
            return
        for other in around:
            terms = other.element.terms
            if terms and terms[0][1:] == subject[1:] and self._is_type(terms[1]):
                cls = self._single(terms[2])
                if cls is not None:
                    yield cls

    def _single(self, term: str) -> str | None:
        """The IRI of a term that is one name and no path; of a path its first forward step."""
        tokens = list(iter_tokens(term))
        if term == "a":
            return RDF.type.value
        if not tokens or (len(tokens) > 1 and tokens[1].text != "/"):
            return None
        return self._names.absolute(tokens[0])

    def _is_type(self, predicate: str) -> bool:
        return predicate == "a" or self._single_only(predicate) == RDF.type.value

    def _single_only(self, term: str) -> str | None:
        tokens = list(iter_tokens(term))
        return self._names.absolute(tokens[0]) if len(tokens) == 1 else None

    def _short(self, iri: str) -> str:
        return compact(iri, self._prefixes)

    def _finding(
        self, kind: str, detail: str, part: str, offset: int, suggestion: str | None = None
    ) -> Finding:
        line, column = position(self._tree.text, offset)
        return Finding(kind, detail, part, line, column, suggestion)


def _groups(group: Group) -> Iterator[Group]:
    yield group
    for part in group.parts:
        if part.kind != SERVICE:
            for inner in part.groups:
                yield from _groups(inner)


def _places(
    group: Group, outer: tuple[Part, ...], *, in_default_graph: bool, is_negated: bool
) -> Iterator[_Place]:
    """Every pattern, with what else has to hold beside it; not what another service answers."""
    around = outer if group.select is None else ()
    around = (*around, *group.patterns())
    for part in group.parts:
        if part.kind == elements.TRIPLE:
            yield _Place(part, around, in_default_graph, is_negated)
        if part.kind == SERVICE:
            continue
        negated = is_negated or part.kind in {elements.MINUS, elements.FILTER}
        for inner in part.groups:
            yield from _places(
                inner,
                around,
                in_default_graph=in_default_graph and part.kind != elements.GRAPH,
                is_negated=negated,
            )


def _steps(part: Part) -> Iterator[Token]:
    """The names in the predicate of a pattern, whose path may have several."""
    terms, places = part.element.terms, part.element.places
    if terms is None or places is None:
        return
    for token in iter_tokens(terms[1]):
        if token.kind in {"iri", "name"}:
            yield Token(token.kind, token.text, token.offset + places[1])


def _separate(group: Group) -> list[list[Part]]:
    """The sets of required parts that no variable joins and no constant anchors."""
    joined: list[tuple[set[str], list[Part]]] = []
    links = [p.variables for p in group.parts if p.kind in {elements.FILTER, elements.BIND}]
    for part in group.parts:
        if part.kind in {elements.FILTER, elements.BIND, elements.MINUS}:
            continue
        _join(joined, _ties(part), [part])
    for names in links:
        if names:
            _join(joined, set(names), [])
    return [
        parts
        for _, parts in joined
        if any(p.kind == elements.TRIPLE for p in parts)
        and all(p.kind in {elements.TRIPLE, elements.OPTIONAL} for p in parts)
        and not any(map(_is_anchored, parts))
    ]


def _join(joined: list[tuple[set[str], list[Part]]], names: set[str], parts: list[Part]) -> None:
    touching = [row for row in joined if row[0] & names]
    if not touching:
        joined.append((names, parts))
        return
    first, *others = touching
    first[0].update(names)
    first[1].extend(parts)
    for row in others:
        first[0].update(row[0])
        first[1].extend(row[1])
        joined.remove(row)


def _ties(part: Part) -> set[str]:
    """What joins a part with others: its variables and blank nodes."""
    terms, places = part.element.terms or (), part.element.places or ()
    brackets = {f"_:at{at}" for term, at in zip(terms, places, strict=True) if term[0] == "["}
    blanks = {t.text for t in part.tokens if t.kind == "blank"}
    blanks |= {term for term in terms if term.startswith("_:")}
    return part.variables | blanks | brackets


def _is_anchored(part: Part) -> bool:
    """Whether a constant holds the pattern to few rows; a class does not."""
    terms = part.element.terms
    if part.kind != elements.TRIPLE:
        return False
    if terms is None:
        return True
    is_typing = terms[1] == "a" or terms[1].endswith(":type")
    ends = (terms[0],) if is_typing else (terms[0], terms[2])
    return any(not end.startswith(("?", "$", "_:", "[")) for end in ends)


def _shown_variables(parts: Iterable[Part]) -> set[str]:
    return {name for part in parts for name in part.variables}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"?{name}" for name in list(names)[:3])


def _first_language(tags: Iterable[str]) -> str:
    ordered = sorted(tags)
    return "en" if "en" in ordered else ordered[0]
