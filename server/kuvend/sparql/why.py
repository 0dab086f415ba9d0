"""Why a query has a row: the triples its patterns matched, found again for that one solution.

The query is run once more for the values of the row with every variable shown. Its patterns,
filled in with each solution, are looked up in the store. What cannot be a triple (what is
absent, computed or answered elsewhere) is said to be so.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import partial

import pyoxigraph as ox

from kuvend.errors import BadRequest, KuvendError
from kuvend.namespaces import XSD
from kuvend.sparql import elements
from kuvend.sparql.guard import QUERY_FORMS, check
from kuvend.sparql.lexer import Token, decode_escapes, iter_tokens, position
from kuvend.sparql.paths import Path, Walker, read_path
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.tree import SERVICE, SUBSELECT, UNION, Group, Part, Tree, read_tree
from kuvend.store import DEFAULT_GRAPH, Store
from kuvend.terms import Term

Solution = Mapping[str, Term | None]
_MAX_WAYS = 20
_MAX_TRIES = 50
_BUDGET_S = 4.0
_AGGREGATES = frozenset({"COUNT", "SUM", "AVG", "MIN", "MAX", "SAMPLE", "GROUP_CONCAT"})
_NUMBERS = (
    (re.compile(r"\d+"), XSD.integer),
    (re.compile(r"\d*\.\d+"), XSD.decimal),
    (re.compile(r".*"), XSD.double),
)
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}


@dataclass(frozen=True)
class Ground:
    """One triple behind a row, and the pattern it matched; ``graph`` where GRAPH named one."""

    triple: ox.Triple
    graph: ox.NamedNode | None
    part: str
    line: int
    column: int


@dataclass(frozen=True)
class Note:
    """A part of the query that no triple stands for, and what it does."""

    kind: str
    detail: str
    part: str
    line: int
    column: int


@dataclass(frozen=True)
class Way:
    """One solution of the WHERE group that gives the row, with its triples."""

    values: dict[str, Term]
    triples: tuple[Ground, ...]


@dataclass
class Why:
    """The ways in which a row comes about; ``is_complete`` says whether these are all."""

    ways: tuple[Way, ...]
    notes: tuple[Note, ...] = ()
    is_complete: bool = True
    is_grouped: bool = False
    solution: dict[str, Term] = field(default_factory=dict)


def why(
    text: str,
    solution: Solution,
    pool: QueryPool,
    store: Store,
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
) -> Why:
    """What is behind ``solution``, a row of the SELECT query ``text``; an ASK has an empty one.

    :raises BadRequest: where the query is neither, or the row is not one of its rows.
    """
    outline = check(text, pool.limits)
    tree = read_tree(text)
    if tree is None or tree.form not in {"SELECT", "ASK"}:
        raise BadRequest("only a row of a SELECT, or an ASK, can be explained.")
    graphs = default_graphs or outline.default_graphs
    asked = _Asked(tree, pool, store, graphs, named_graphs or outline.named_graphs)
    ways, is_complete = asked.ways(tree.where, solution)
    if not ways:
        raise BadRequest(
            "the query has no such row.",
            suggestion="Give the values of a row as the result has it.",
        )
    return Why(
        tuple(ways),
        tuple(dict.fromkeys(asked.notes(tree.where))),
        is_complete,
        _is_grouped(tree.where),
        {name: term for name, term in solution.items() if term is not None},
    )


def row_of(text: str, number: int, pool: QueryPool, **options: Sequence[str]) -> Solution:
    """The row of this number, counted from 1, as the query has it.

    :raises BadRequest: where there are fewer.
    """
    found = pool.table(text, max_rows=1, first_row=number - 1, **options)  # type: ignore[arg-type]
    if found.boolean:
        return {}
    if not found.rows:
        raise BadRequest(
            f"the query has no row {number}.",
            suggestion="Ask /sparql/diagnose why a query has no rows.",
        )
    return dict(zip(found.columns, found.rows[0], strict=True))


class _Asked:
    def __init__(
        self,
        tree: Tree,
        pool: QueryPool,
        store: Store,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
    ) -> None:
        self._tree = tree
        self._pool = pool
        self._store = store
        self._defaults = [ox.NamedNode(iri) for iri in default_graphs]
        self._options = {"default_graphs": default_graphs, "named_graphs": named_graphs}
        self._names = Prologue(tree.tokens, pool.settings.base_iri)
        self._deadline = time.monotonic() + _BUDGET_S
        start = next(t for t in tree.tokens if t.text.upper() in QUERY_FORMS)
        self._prologue = tree.text[: start.offset]

    def ways(self, group: Group, solution: Solution) -> tuple[list[Way], bool]:
        """The solutions of a group that agree with ``solution``, each with its triples."""
        text = self._narrowed(group, solution)
        left_s = max(0.1, self._deadline - time.monotonic())
        table = self._pool.table(
            text,
            max_rows=_MAX_WAYS,
            timeout_s=left_s,
            **self._options,  # type: ignore[arg-type]
        )
        found = []
        for row in table.rows:
            values = dict(zip(table.columns, row, strict=True))
            bound = {name: term for name, term in values.items() if term is not None}
            if all(bound.get(n) is None for n, t in solution.items() if t is None):
                triples = dict.fromkeys(self._triples(group, bound, None))
                found.append(Way(bound, tuple(triples)))
        return found, table.is_complete

    def notes(self, group: Group) -> Iterator[Note]:
        """What no triple stands for."""
        for part in group.parts:
            said = _NOTES.get(part.kind)
            word = part.tokens[0].text.upper()
            if part.kind == elements.FILTER and part.groups:
                said = "is a condition on what is, or is not, in the graph"
            if part.kind == elements.TRIPLE and part.element.terms is None:
                said = "is written in a way that is not followed here"
            if said:
                line, column = position(self._tree.text, part.element.offset)
                yield Note(part.kind, f"{word} {said}.", part.element.text, line, column)
            if part.kind not in {SERVICE, elements.MINUS, elements.FILTER}:
                for inner in part.groups:
                    yield from self.notes(inner)
        if _is_grouped(group):
            line, column = position(self._tree.text, group.start)
            detail = "the row sums up several solutions, each of which stands here."
            yield Note("group", detail, "", line, column)

    def _narrowed(self, group: Group, solution: Solution) -> str:
        """A query for every variable of ``group`` where it agrees with ``solution``."""
        visible = {n for part in group.parts for n in part.binds()}
        given = {n: t for n, t in solution.items() if n in visible and _is_written(t)}
        columns = " ".join(f"?{name}" for name in given)
        values = " ".join(str(term) for term in given.values())
        narrowing = f"VALUES ({columns}) {{ ({values}) }}" if given else ""
        inside = _text_of(group, self._tree.text)
        return f"{self._prologue} SELECT * WHERE {{ {{ {inside} }} {narrowing} }}"

    def _triples(
        self, group: Group, values: dict[str, Term], graph: ox.NamedNode | None
    ) -> Iterator[Ground]:
        """The triples of the patterns of a group, blank nodes found on the way."""
        patterns = [part for part in group.patterns() if part.element.terms is not None]
        found = self._join(patterns, dict(values), graph, tries=[0])
        if found is not None:
            yield from sorted(found, key=lambda ground: (ground.line, ground.column))
        for part in group.parts:
            if part.kind in {elements.OPTIONAL, UNION, elements.GROUP}:
                for inner in part.groups:
                    yield from self._triples(inner, values, graph)
            elif part.kind == elements.GRAPH:
                name = self._term(part.tokens[1:2], values)
                if isinstance(name, ox.NamedNode):
                    for inner in part.groups:
                        yield from self._triples(inner, values, name)
            elif part.kind == SUBSELECT:
                yield from self._of_subselect(part.groups[0], values)

    def _of_subselect(self, group: Group, values: dict[str, Term]) -> Iterator[Ground]:
        seen = {name: term for name, term in values.items() if name in group.binds()}
        try:
            ways, _ = self.ways(group, seen)
        except KuvendError:
            return
        for way in ways:
            yield from way.triples

    def _join(
        self,
        patterns: Sequence[Part],
        values: dict[str, Term],
        graph: ox.NamedNode | None,
        *,
        tries: list[int],
    ) -> list[Ground] | None:
        """Triples for all ``patterns`` together; ``None`` where there are none."""
        if not patterns:
            return []
        ordered = sorted(patterns, key=lambda part: self._open_ends(part, values))
        first, rest = ordered[0], ordered[1:]
        for triples, more in self._matches(first, values, graph):
            tries[0] += 1
            if tries[0] > _MAX_TRIES * (len(rest) + 1):
                return None
            further = self._join(rest, {**values, **more}, graph, tries=tries)
            if further is not None:
                return [*(self._ground(triple, graph, first) for triple in triples), *further]
        return None

    def _open_ends(self, part: Part, values: Mapping[str, Term]) -> int:
        terms = part.element.terms or ()
        return sum(self._term_of(part, n, values) is None for n in (0, 2) if terms)

    def _matches(
        self, part: Part, values: dict[str, Term], graph: ox.NamedNode | None
    ) -> Iterator[tuple[tuple[ox.Triple, ...], dict[str, Term]]]:
        """What one pattern matches with ``values``, and what that binds."""
        start, end = (self._term_of(part, n, values) for n in (0, 2))
        path = self._path(part, values)
        if path is None:
            return
        names = [_name_of(part, n) for n in (0, 2)]
        walker = Walker(partial(self._match, graph=graph), self._deadline)
        if start is None and end is not None:
            for node, way in walker.steps(end, Path("^", (path,))):
                yield way, {names[0]: node}
        elif start is not None:
            for node, way in walker.steps(start, path, end):
                if end is None or node == end:
                    yield way, {names[1]: node}
        elif path.iri is not None:
            for triple in self._match(None, path.iri, None, graph=graph):
                yield (triple,), {names[0]: triple.subject, names[1]: triple.object}

    def _match(
        self,
        subject: Term | None,
        predicate: ox.NamedNode | None,
        obj: Term | None,
        *,
        graph: ox.NamedNode | None,
    ) -> Iterator[ox.Triple]:
        if isinstance(subject, ox.Literal):
            return
        places: list[ox.NamedNode | ox.DefaultGraph] = [graph] if graph else [*self._defaults]
        for place in places or [DEFAULT_GRAPH]:
            for quad in self._store.quads(subject, predicate, obj, place):
                yield quad.triple

    def _path(self, part: Part, values: Mapping[str, Term]) -> Path | None:
        assert part.element.terms is not None
        tokens = list(iter_tokens(part.element.terms[1]))
        if len(tokens) == 1 and tokens[0].kind == "variable":
            term = values.get(tokens[0].text[1:])
            return Path("iri", iri=term) if isinstance(term, ox.NamedNode) else None
        return read_path(tokens, self._names.absolute)

    def _term_of(self, part: Part, place: int, values: Mapping[str, Term]) -> Term | None:
        assert part.element.terms is not None
        text = part.element.terms[place]
        if text.startswith(("_:", "[")):
            return values.get(_name_of(part, place))
        return self._term(list(iter_tokens(text)), values)

    def _term(self, tokens: Sequence[Token], values: Mapping[str, Term]) -> Term | None:
        if not tokens:
            return None
        first = tokens[0]
        if first.kind == "variable":
            return values.get(first.text[1:])
        if first.kind in {"iri", "name"}:
            iri = self._names.absolute(first)
            return ox.NamedNode(iri) if iri else None
        return self._literal(tokens)

    def _literal(self, tokens: Sequence[Token]) -> ox.Literal | None:
        text = "".join(token.text for token in tokens)
        last = tokens[-1]
        if tokens[0].kind == "string":
            value = _unquoted(tokens[0].text)
            if last.kind == "language":
                return ox.Literal(value, language=last.text[1:].lower())
            datatype = self._names.absolute(last) if len(tokens) > 1 else None
            if datatype is None:
                return ox.Literal(value)
            return ox.Literal(value, datatype=ox.NamedNode(datatype))
        if text.lower() in {"true", "false"}:
            return ox.Literal(text.lower(), datatype=XSD.boolean)
        if last.kind == "number":
            kind = next(kind for form, kind in _NUMBERS if form.fullmatch(text.lstrip("+-")))
            return ox.Literal(text, datatype=kind)
        return None

    def _ground(self, triple: ox.Triple, graph: ox.NamedNode | None, part: Part) -> Ground:
        line, column = position(self._tree.text, (part.element.places or (0, 0, 0))[1])
        return Ground(triple, graph, part.element.text, line, column)


_NOTES = {
    elements.MINUS: "takes away what is in the graph; that nothing was found has no triple",
    elements.FILTER: "is a condition that the values meet",
    elements.BIND: "computes a value",
    elements.VALUES: "gives values of the query itself",
    SERVICE: "is answered by another service",
}


def _is_grouped(group: Group) -> bool:
    words = {token.text.upper() for token in group.tail if token.kind == "word"}
    called = group.select.called if group.select else frozenset()
    return "GROUP" in words or bool(called & _AGGREGATES)


def _is_written(term: Term | None) -> bool:
    """Whether a query can name the term; a blank node it cannot."""
    return isinstance(term, ox.NamedNode | ox.Literal)


def _text_of(group: Group, text: str) -> str:
    """The text between the braces of a group."""
    return text[group.start : group.end]


def _name_of(part: Part, place: int) -> str:
    """What the node at one end of a pattern is called: its variable, or its blank node."""
    assert part.element.terms is not None and part.element.places is not None
    text = part.element.terms[place]
    if text.startswith("["):
        return f"_:at{part.element.places[place]}"
    return text[1:] if text.startswith(("?", "$")) else text


def _unquoted(text: str) -> str:
    """The value of a string as SPARQL writes it."""
    width = 3 if text.startswith(('"""', "'''")) else 1
    inner = decode_escapes(text[width:-width])
    return re.sub(r"\\(.)", lambda m: _ESCAPES.get(m[1], m[1]), inner, flags=re.DOTALL)
