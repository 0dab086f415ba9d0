"""Property paths: read from their tokens, and followed from one node to another.

Source: SPARQL 1.1 §9.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.sparql.lexer import Token
from kuvend.terms import Term

_MAX_NEXT = 2000
Triples = tuple[ox.Triple, ...]
# Gives the triples that match; an end that is None is open.
Match = Callable[[Term | None, ox.NamedNode | None, Term | None], Iterable[ox.Triple]]


@dataclass(frozen=True)
class Path:
    """One path: ``operator`` is ``iri``, ``^``, ``/``, ``|``, ``*``, ``+``, ``?`` or ``!``."""

    operator: str
    parts: tuple[Path, ...] = ()
    iri: ox.NamedNode | None = None


def read_path(tokens: Sequence[Token], absolute: Callable[[Token], str | None]) -> Path | None:
    """The path the tokens write; ``None`` where they write none.

    >>> tokens = [Token("iri", "<urn:p>", 0), Token("operator", "*", 7)]
    >>> read_path(tokens, lambda token: token.text[1:-1]).operator
    '*'
    """
    reader = _Reader(tokens, absolute)
    try:
        found = reader.alternative()
    except (ValueError, IndexError):
        return None
    return found if reader.is_at_end else None


class _Reader:
    def __init__(self, tokens: Sequence[Token], absolute: Callable[[Token], str | None]) -> None:
        self._tokens = tokens
        self._absolute = absolute
        self._at = 0

    @property
    def is_at_end(self) -> bool:
        return self._at == len(self._tokens)

    def alternative(self) -> Path:
        return self._chain("|", self._sequence)

    def _sequence(self) -> Path:
        return self._chain("/", self._inverse)

    def _chain(self, operator: str, part: Callable[[], Path]) -> Path:
        parts = [part()]
        while self._take(operator):
            parts.append(part())
        return parts[0] if len(parts) == 1 else Path(operator, tuple(parts))

    def _inverse(self) -> Path:
        if self._take("^"):
            return Path("^", (self._repeated(),))
        return self._repeated()

    def _repeated(self) -> Path:
        found = self._primary()
        for operator in ("*", "+", "?"):
            if self._take(operator):
                return Path(operator, (found,))
        return found

    def _primary(self) -> Path:
        if self._take("!"):
            return Path("!", (self._primary(),))
        if self._take("("):
            found = self.alternative()
            if not self._take(")"):
                raise ValueError("no closing bracket")
            return found
        if self._take("^"):
            return Path("^", (self._primary(),))
        token = self._tokens[self._at]
        self._at += 1
        iri = RDF.type.value if token.text == "a" else self._absolute(token)
        if iri is None:
            raise ValueError("no name")
        return Path("iri", iri=ox.NamedNode(iri))

    def _take(self, text: str) -> bool:
        is_there = not self.is_at_end and self._tokens[self._at].text == text
        self._at += is_there
        return is_there


class Walker:
    """Follows paths in what ``match`` gives, until ``deadline``."""

    def __init__(self, match: Match, deadline: float) -> None:
        self._match = match
        self._deadline = deadline

    def way(self, start: Term, path: Path, end: Term) -> Triples | None:
        """The triples of one way, a shortest one where steps repeat; ``None`` without any."""
        return next((way for node, way in self.steps(start, path, end) if node == end), None)

    def steps(
        self, start: Term, path: Path, end: Term | None = None
    ) -> Iterator[tuple[Term, Triples]]:
        """Where ``path`` leads from ``start``, each with its triples; only to ``end`` if given."""
        if time.monotonic() > self._deadline:
            return iter(())
        return self._by_operator(start, path, end)

    def _by_operator(
        self, start: Term, path: Path, end: Term | None
    ) -> Iterator[tuple[Term, Triples]]:
        if path.operator == "iri":
            return self._forward(start, path.iri, end)
        if path.operator == "^":
            return self._backward(start, path.parts[0], end)
        if path.operator == "|":
            return (found for part in path.parts for found in self.steps(start, part, end))
        if path.operator == "/":
            return self._sequence(start, path.parts, end)
        if path.operator == "!":
            return self._other_than(start, path.parts[0])
        return self._repeated(start, path, end)

    def _forward(
        self, start: Term, iri: ox.NamedNode | None, end: Term | None
    ) -> Iterator[tuple[Term, Triples]]:
        for triple in islice(self._match(start, iri, end), _MAX_NEXT):
            yield triple.object, (triple,)

    def _backward(
        self, start: Term, path: Path, end: Term | None
    ) -> Iterator[tuple[Term, Triples]]:
        if path.operator == "iri":
            for triple in islice(self._match(end, path.iri, start), _MAX_NEXT):
                yield triple.subject, (triple,)
            return
        turned = _turned(path)
        if turned is not None:
            yield from self.steps(start, turned, end)

    def _sequence(
        self, start: Term, parts: Sequence[Path], end: Term | None
    ) -> Iterator[tuple[Term, Triples]]:
        first, *rest = parts
        if not rest:
            yield from self.steps(start, first, end)
            return
        for node, way in self.steps(start, first):
            for last, further in self._sequence(node, rest, end):
                yield last, way + further

    def _other_than(self, start: Term, path: Path) -> Iterator[tuple[Term, Triples]]:
        parts = path.parts if path.operator == "|" else (path,)
        forward = {part.iri for part in parts if part.operator == "iri"}
        backward = {part.parts[0].iri for part in parts if part.operator == "^"}
        if forward or not backward:
            for triple in islice(self._match(start, None, None), _MAX_NEXT):
                if triple.predicate not in forward:
                    yield triple.object, (triple,)
        if backward:
            for triple in islice(self._match(None, None, start), _MAX_NEXT):
                if triple.predicate not in backward:
                    yield triple.subject, (triple,)

    def _repeated(
        self, start: Term, path: Path, end: Term | None
    ) -> Iterator[tuple[Term, Triples]]:
        """Breadth first, so that the way to each node is a shortest one; ``end`` is the last."""
        step = path.parts[0]
        seen: set[Term] = set()
        if path.operator != "+":
            seen.add(start)
            yield start, ()
        waiting: deque[tuple[Term, Triples]] = deque([(start, ())])
        while waiting and (end is None or end not in seen):
            node, way = waiting.popleft()
            for following, triples in self.steps(node, step):
                if following in seen:
                    continue
                seen.add(following)
                yield following, way + triples
                if path.operator != "?":
                    waiting.append((following, way + triples))


def _turned(path: Path) -> Path | None:
    """The path that leads back the way ``path`` leads."""
    if path.operator == "iri":
        return Path("^", (path,))
    if path.operator == "^":
        return path.parts[0]
    if path.operator == "!":
        return None
    parts = [turned for part in path.parts if (turned := _turned(part)) is not None]
    if len(parts) != len(path.parts):
        return None
    return Path(path.operator, tuple(reversed(parts) if path.operator == "/" else parts))
