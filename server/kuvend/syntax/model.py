"""What a position-keeping parse gives back: quads, each with the place it was written at."""

from __future__ import annotations

import re
from array import array
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import NamedTuple

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.terms import Subject, Term

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
DEFAULT_GRAPH = ox.DefaultGraph()
_LINE_BREAK = re.compile(r"\r\n|\n|\r")


class Positions:
    """Where the parts of quads are written: four numbers a quad, found when first asked for.

    They are offsets in code points: of the subject, the property and the value, and the end of
    the value.

    >>> positions = Positions()
    >>> positions.add(0, 2, 4, 6), positions.of(0)
    (0, (0, 2, 4, 6))
    """

    __slots__ = ("_find", "_rows")

    def __init__(self, find: Callable[[], array[int]] | None = None) -> None:
        self._find = find
        self._rows: array[int] = array("i")

    def add(self, subject_at: int, predicate_at: int, object_at: int, object_end: int) -> int:
        """The number of the quad written there."""
        self._rows.extend((subject_at, predicate_at, object_at, object_end))
        return len(self._rows) // 4 - 1

    def of(self, number: int) -> tuple[int, int, int, int]:
        """The offsets of one quad."""
        if self._find is not None:
            self._rows, self._find = self._find(), None
        start = 4 * number
        one, two, three, four = self._rows[start : start + 4]
        return one, two, three, four


class PositionedQuad:
    """One quad and the offsets, in code points, where its parts start and its object ends.

    A triple the syntax implies (``rdf:first``, ``rdf:reifies``) points at the text it comes from.
    """

    __slots__ = ("_number", "_positions", "graph_name", "object", "predicate", "subject")

    def __init__(
        self,
        subject: Subject,
        predicate: ox.NamedNode,
        object: Term,  # noqa: A002
        graph_name: GraphName,
        positions: Positions,
        number: int,
    ) -> None:
        self.subject, self.predicate, self.object = subject, predicate, object
        self.graph_name = graph_name
        self._positions, self._number = positions, number

    @property
    def subject_at(self) -> int:
        """Where the subject starts."""
        return self._positions.of(self._number)[0]

    @property
    def predicate_at(self) -> int:
        """Where the property starts."""
        return self._positions.of(self._number)[1]

    @property
    def object_at(self) -> int:
        """Where the value starts."""
        return self._positions.of(self._number)[2]

    @property
    def object_end(self) -> int:
        """The offset after the value."""
        return self._positions.of(self._number)[3]

    @property
    def triple(self) -> ox.Triple:
        """The triple without its graph."""
        return ox.Triple(self.subject, self.predicate, self.object)

    @property
    def quad(self) -> ox.Quad:
        """The quad as the engine takes it."""
        return ox.Quad(self.subject, self.predicate, self.object, self.graph_name)


class Span(NamedTuple):
    """A stretch of a source: lines and columns count from 1, columns in code points."""

    source: str
    line: int
    column: int
    end_line: int
    end_column: int

    def __str__(self) -> str:
        return f"{self.source}:{self.line}:{self.column}"


class Lines:
    """Line and column of an offset in ``text``; line breaks are LF, CR LF and CR.

    >>> Lines("ab\\ncd").at(4)
    (2, 2)
    """

    def __init__(self, text: str) -> None:
        self.text = text

    @cached_property
    def _starts(self) -> array[int]:
        return array("i", [0, *(match.end() for match in _LINE_BREAK.finditer(self.text))])

    def at(self, offset: int) -> tuple[int, int]:
        """The (line, column) of ``offset``, both from 1."""
        line = bisect_right(self._starts, offset) - 1
        return line + 1, offset - self._starts[line] + 1

    def line(self, number: int) -> str:
        """The text of line ``number`` (from 1) without its line break; empty past the end."""
        if not 1 <= number <= len(self._starts):
            return ""
        start = self._starts[number - 1]
        end = self._starts[number] if number < len(self._starts) else len(self.text)
        return self.text[start:end].rstrip("\r\n")

    def offset(self, line: int, column: int) -> int:
        """The offset of a line and column, both from 1; past the end it is the end."""
        if line > len(self._starts):
            return len(self.text)
        return min(self._starts[line - 1] + column - 1, len(self.text))


@dataclass
class Parsed:
    """One source, read: its quads in order of appearance, what was wrong, and its text.

    ``lines`` is ``None`` for a syntax that keeps no positions; offsets are then 0.
    """

    source: str
    quads: list[PositionedQuad] = field(default_factory=list)
    errors: list[BadSyntax] = field(default_factory=list)
    prefixes: Mapping[str, str] = field(default_factory=dict)
    lines: Lines | None = None
    positions: Positions = field(default_factory=Positions, repr=False)
    # Each declaration of a prefix: the offset after it, the prefix, the namespace.
    declared: list[tuple[int, str, str]] = field(default_factory=list, repr=False)
    # Where things are first opened that no triple has for subject: an empty "[ ]".
    opened: dict[Subject, int] = field(default_factory=dict, repr=False)

    def add(
        self,
        subject: Subject,
        predicate: ox.NamedNode,
        value: Term,
        graph: GraphName,
        at: tuple[int, int, int, int],
    ) -> None:
        """Note a quad and the offsets of its parts."""
        number = self.positions.add(*at)
        self.quads.append(PositionedQuad(subject, predicate, value, graph, self.positions, number))

    @cached_property
    def subjects(self) -> dict[Subject, int]:
        """The offset where each thing is first the subject."""
        found = dict(self.opened)
        for quad in self.quads:
            if quad.subject not in found:
                found[quad.subject] = quad.subject_at
        return found

    def prefixes_at(self, offset: int) -> Mapping[str, str]:
        """The prefixes that may be used at an offset; not those that mean several things."""
        names: dict[str, set[str]] = {}
        for _, prefix, namespace in self.declared:
            names.setdefault(prefix, set()).add(namespace)
        return {
            prefix: namespace
            for end, prefix, namespace in self.declared
            if end <= offset and len(names[prefix]) == 1
        }

    def span(self, start: int, end: int) -> Span | None:
        """The span between two offsets; ``None`` where the syntax keeps no positions."""
        if self.lines is None:
            return None
        line, column = self.lines.at(start)
        end_line, end_column = self.lines.at(max(start, end))
        return Span(self.source, line, column, end_line, end_column)

    def position(self, offset: int) -> tuple[int, int] | None:
        """(line, column) of an offset; ``None`` where the syntax keeps no positions."""
        return None if self.lines is None else self.lines.at(offset)

    def triples(self) -> Iterator[ox.Triple]:
        """The triples of all graphs, in order, repeats included."""
        return (quad.triple for quad in self.quads)

    def raise_first(self) -> None:
        """Nothing for a source that parsed; else its first error.

        :raises BadSyntax: the first thing that was wrong.
        """
        if self.errors:
            raise self.errors[0]
