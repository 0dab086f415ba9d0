"""What a position-keeping parse gives back: quads, each with the place it was written at."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.terms import Subject, Term

GraphName = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
DEFAULT_GRAPH = ox.DefaultGraph()


class PositionedQuad(NamedTuple):
    """One quad and the offsets, in code points, where its parts start and its object ends.

    A triple the syntax implies (``rdf:first``, ``rdf:reifies``) points at the text it comes from.
    """

    subject: Subject
    predicate: ox.NamedNode
    object: Term
    graph_name: GraphName
    subject_at: int
    predicate_at: int
    object_at: int
    object_end: int

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
        self._starts = [0, *(match.end() for match in re.finditer(r"\r\n|\n|\r", text))]

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
    subjects: Mapping[Subject, int] = field(default_factory=dict)

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
