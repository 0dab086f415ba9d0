"""The solutions of a query, each with the triples its patterns matched.

The query is run once more with every variable shown. Its patterns, filled in with each solution,
are looked up in the store.
"""

from __future__ import annotations

import re
import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from kuvend.errors import KuvendError
from kuvend.namespaces import XSD
from kuvend.sparql import elements
from kuvend.sparql.guard import QUERY_FORMS
from kuvend.sparql.lexer import Token, decode_escapes, iter_tokens, position
from kuvend.sparql.paths import Path, Walker, read_path
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.tree import SUBSELECT, UNION, Group, Part, Tree
from kuvend.store import DEFAULT_GRAPH, Store
from kuvend.terms import Term

Solution = Mapping[str, Term | None]
_MAX_WAYS = 20
_MAX_TRIES = 50
_BUDGET_S = 4.0
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
class Way:
    """One solution of the WHERE group that gives the row, with its triples."""

    values: dict[str, Term]
    triples: tuple[Ground, ...]


class Ways:
    """Finds the ways in which the rows of one query come about, until its time is up."""

    def __init__(
        self,
        tree: Tree,
        pool: QueryPool,
        store: Store,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
        *,
        budget_s: float = _BUDGET_S,
        end: float | None = None,
    ) -> None:
        self._tree = tree
        self._pool = pool
        self._store = store
        self._defaults = [ox.NamedNode(iri) for iri in default_graphs]
        self._options = {"default_graphs": default_graphs, "named_graphs": named_graphs}
        self._names = Prologue(tree.tokens, pool.settings.base_iri)
        self._deadline = time.monotonic() + budget_s
        if end is not None:
            self._deadline = min(self._deadline, end)
        # Whether a search was given up, so that triples may be missing from a way.
        self._was_cut = False
        start = next(t for t in tree.tokens if t.text.upper() in QUERY_FORMS)
        self._prologue = tree.text[: start.offset]

    def ways(
        self, group: Group, solution: Solution, *, most: int = _MAX_WAYS
    ) -> tuple[list[Way], bool]:
        """The solutions of a group that agree with ``solution``, each with its triples.

        At most ``most``, and those there is time for; says whether these are all.
        """
        text = self._narrowed(group, solution)
        left_s = max(0.1, self._deadline - time.monotonic())
        table = self._pool.table(
            text,
            max_rows=most,
            timeout_s=left_s,
            **self._options,  # type: ignore[arg-type]
        )
        found: list[Way] = []
        for row in table.rows:
            values = dict(zip(table.columns, row, strict=True))
            bound = {name: term for name, term in values.items() if term is not None}
            if all(bound.get(n) is None for n, t in solution.items() if t is None):
                triples = dict.fromkeys(self._triples(group, bound, None))
                found.append(Way(bound, tuple(triples)))
            # Triples looked for past the end may be missing, so the last way counts as cut too.
            if time.monotonic() > self._deadline:
                return found, False
        return found, table.is_complete and not self._was_cut

    def _narrowed(self, group: Group, solution: Solution) -> str:
        """A query for every variable of ``group`` where it agrees with ``solution``."""
        visible = group.solutions_bind()
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
        if time.monotonic() > self._deadline:
            self._was_cut = True
            return
        seen = {name: term for name, term in values.items() if name in group.binds()}
        try:
            ways, _ = self.ways(group, seen)
        except KuvendError:
            self._was_cut = True
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
                self._was_cut = True
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
