"""The triples that the patterns of one group match together, for given values of variables."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

import pyoxigraph as ox

from kuvend.namespaces import XSD
from kuvend.sparql.lexer import Token, decode_escapes, iter_tokens, position
from kuvend.sparql.paths import Path, Walker, read_path
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.tree import Part
from kuvend.store import DEFAULT_GRAPH, Store
from kuvend.terms import Term

_NUMBERS = (
    (re.compile(r"\d+"), XSD.integer),
    (re.compile(r"\d*\.\d+"), XSD.decimal),
    (re.compile(r".*"), XSD.double),
)
_MAX_TRIES = 50
_ESCAPES = {"t": "\t", "n": "\n", "r": "\r", "b": "\b", "f": "\f"}
# The triples that match a pattern, and what they bind.
Match = tuple[tuple[ox.Triple, ...], dict[str, Term]]


@dataclass(frozen=True)
class Ground:
    """One triple behind a row, and the pattern it matched; ``graph`` where GRAPH named one."""

    triple: ox.Triple
    graph: ox.NamedNode | None
    part: str
    line: int
    column: int


class Matcher:
    """Looks patterns of the query ``text`` up in the store until ``deadline``."""

    def __init__(
        self,
        text: str,
        names: Prologue,
        store: Store,
        defaults: Sequence[ox.NamedNode],
        deadline: float,
    ) -> None:
        self._text = text
        self._names = names
        self._store = store
        self._defaults = defaults
        self._deadline = deadline
        # Whether a search was given up, so that triples may be missing.
        self.was_cut = False

    def joins(
        self, patterns: Sequence[Part], values: Mapping[str, Term], graph: ox.NamedNode | None
    ) -> Iterator[list[Ground]]:
        """Triples for all ``patterns`` together, once for each way in which they match."""
        return self._join(patterns, dict(values), graph, tries=[0])

    def _join(
        self,
        patterns: Sequence[Part],
        values: dict[str, Term],
        graph: ox.NamedNode | None,
        *,
        tries: list[int],
    ) -> Iterator[list[Ground]]:
        if not patterns:
            # Only the tries since the last success count.
            tries[0] = 0
            yield []
            return
        ordered = sorted(patterns, key=lambda part: self._open_ends(part, values))
        first, rest = ordered[0], ordered[1:]
        for triples, more in _once(self._matches(first, values, graph)):
            tries[0] += 1
            if tries[0] > _MAX_TRIES * (len(rest) + 1):
                self.was_cut = True
                return
            own = [self._ground(triple, graph, first) for triple in triples]
            for further in self._join(rest, {**values, **more}, graph, tries=tries):
                yield [*own, *further]

    def _open_ends(self, part: Part, values: Mapping[str, Term]) -> int:
        terms = part.element.terms or ()
        return sum(self._term_of(part, n, values) is None for n in (0, 2) if terms)

    def _matches(
        self, part: Part, values: dict[str, Term], graph: ox.NamedNode | None
    ) -> Iterator[Match]:
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
        return self.term(list(iter_tokens(text)), values)

    def term(self, tokens: Sequence[Token], values: Mapping[str, Term]) -> Term | None:
        """What a variable stands for, or the term that is written; ``None`` where it is neither."""
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
        line, column = position(self._text, (part.element.places or (0, 0, 0))[1])
        return Ground(triple, graph, part.element.text, line, column)


def _once(found: Iterator[Match]) -> Iterator[Match]:
    """Each match once: two FROM graphs, or two members of an alternative, may give the same."""
    seen: set[tuple[tuple[ox.Triple, ...], tuple[Term, ...]]] = set()
    for triples, more in found:
        key = (triples, tuple(more.values()))
        if key not in seen:
            seen.add(key)
            yield triples, more


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
