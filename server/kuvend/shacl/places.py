"""Where a result was written: from focus node, path and value to line and column."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from functools import cached_property, lru_cache

import pyoxigraph as ox

from kuvend.shacl.paths import Path, Predicate, last_steps
from kuvend.shacl.report import Result
from kuvend.syntax import Parsed, PositionedQuad, Span
from kuvend.syntax.value_words import value_span
from kuvend.terms import Term

Row = tuple[Parsed, PositionedQuad]


class _Said:
    """What the sources say of one subject: its rows by triple and by property."""

    def __init__(self, rows: list[Row]) -> None:
        self.triples: dict[tuple[str, Term], Row] = {}
        self.properties: dict[str, Row] = {}
        self.last: dict[str, Row] = {}
        for row in rows:
            predicate = row[1].predicate.value
            self.triples.setdefault((predicate, row[1].object), row)
            self.properties.setdefault(predicate, row)
            self.last[predicate] = row


class Places:
    """Where parsed sources say what: by subject, and by value where that is asked for.

    A place is the value's, else the property's, else the subject's: a missing property can only
    point at the thing that misses it. Most subjects have nothing wrong with them, so of these
    only the rows are kept.
    """

    def __init__(self, sources: Iterable[Parsed]) -> None:
        self._sources = [parsed for parsed in sources if parsed.lines is not None]
        self._rows: defaultdict[Term, list[Row]] = defaultdict(list)
        self._said: dict[Term, _Said] = {}
        for parsed in self._sources:
            for quad in parsed.quads:
                self._rows[quad.subject].append((parsed, quad))

    def _of(self, subject: Term) -> _Said | None:
        found = self._said.get(subject)
        if found is None and subject in self._rows:
            found = self._said[subject] = _Said(self._rows[subject])
        return found

    def _triple(self, subject: Term, predicate: str, value: Term) -> Row | None:
        said = self._of(subject)
        return None if said is None else said.triples.get((predicate, value))

    @cached_property
    def _objects(self) -> dict[Term, Row]:
        """The first row of each value."""
        found: dict[Term, Row] = {}
        for parsed in self._sources:
            for quad in parsed.quads:
                found.setdefault(quad.object, (parsed, quad))
        return found

    def row(self, result: Result) -> Row | None:
        """The quad that holds the value a result is about, with its source."""
        if result.path is None or result.value is None:
            return None
        for predicate, backwards in _steps(result.path):
            row = None if backwards else self._ending(result, predicate)
            if row is not None:
                return row
        return None

    def says(self, subject: Term, predicate: str, value: Term) -> bool:
        """Whether the sources have that statement."""
        return self._triple(subject, predicate, value) is not None

    def has_subject(self, subject: Term) -> bool:
        """Whether the sources say anything of ``subject``."""
        return subject in self._rows

    def span(self, subject: Term, predicate: str | None, value: Term | None) -> Span | None:
        """The place of a triple, as near as it is known; ``None`` where the sources have nothing.

        The value's place is given where it stands, else the property's, else the subject's.
        """
        if predicate is not None and value is not None:
            row = self._triple(subject, predicate, value)
            if row is not None:
                return value_span(*row)
        said = self._of(subject)
        if predicate is not None and said is not None and predicate in said.properties:
            return _property_span(*said.properties[predicate])
        return self.subject_span(subject)

    def subject_span(self, subject: Term) -> Span | None:
        """Where a thing is first spoken of, as subject or, failing that, as value."""
        rows = self._rows.get(subject)
        if rows is not None:
            parsed, quad = rows[0]
            start = quad.subject_at
            return parsed.span(start, _first_word_end(parsed, start, quad.predicate_at))
        row = self._objects.get(subject)
        return value_span(*row) if row else None

    def of_result(self, result: Result) -> Span | None:
        """The place of a validation result."""
        value = result.value
        for detail in result.details:
            if detail.focus_node == value or value is None:
                inner = self.of_result(detail)
                if inner is not None and detail.path is not None:
                    return inner
        if result.path is None:
            return self._node_place(result)
        for predicate, backwards in _steps(result.path):
            if backwards and value is not None:
                row = self._triple(value, predicate, result.focus_node)
            elif value is not None:
                row = self._ending(result, predicate)
            else:
                row = None
            if row is not None:
                return value_span(*row)
        return self._property_place(result)

    def _ending(self, result: Result, predicate: str) -> Row | None:
        """The last triple of a walk: with the focus node where the path is one step."""
        assert result.value is not None, "asked only where there is a value"
        row = self._triple(result.focus_node, predicate, result.value)
        if row is None and not isinstance(result.path, Predicate):
            row = self._objects.get(result.value)
            if row is not None and row[1].predicate.value != predicate:
                row = None
        return row

    def _node_place(self, result: Result) -> Span | None:
        """A result about the node itself: the triple its value is the object of, or the node."""
        if result.value is not None and result.value != result.focus_node:
            said = self._of(result.focus_node)
            for predicate in said.properties if said else ():
                row = self._triple(result.focus_node, predicate, result.value)
                if row is not None:
                    return value_span(*row)
            row = self._beyond(said, result.value) if said else None
            if row is not None:
                return value_span(*row)
        return self.subject_span(result.focus_node)

    def _beyond(self, said: _Said, value: Term) -> Row | None:
        """Where a text or date stands that a thing has by another it leads to."""
        for _, other in said.triples if isinstance(value, ox.Literal) else ():
            further = self._of(other)
            for predicate in further.properties if further else ():
                row = self._triple(other, predicate, value)
                if row is not None:
                    return row
        return None

    def _property_place(self, result: Result) -> Span | None:
        """A result about a property: the last of its values where they are too many."""
        assert result.path is not None, "asked only where there is a path"
        said = self._of(result.focus_node)
        if result.value is None and said is not None:
            for predicate, _ in _steps(result.path):
                first, last = said.properties.get(predicate), said.last.get(predicate)
                if first is not None and first is not last and last is not None:
                    return value_span(*last)
                if first is not None:
                    return _property_span(*first)
        return self.subject_span(result.focus_node)


@lru_cache(maxsize=256)
def _steps(path: Path) -> list[tuple[str, bool]]:
    return [(iri.value, backwards) for iri, backwards in last_steps(path)]


def _property_span(parsed: Parsed, quad: PositionedQuad) -> Span | None:
    """The property of a quad, without the white space before its value."""
    end = _first_word_end(parsed, quad.predicate_at, quad.object_at)
    return parsed.span(quad.predicate_at, end)


def _first_word_end(parsed: Parsed, start: int, end: int) -> int:
    """The end of the first word from ``start``: the text up to white space, at most to ``end``."""
    assert parsed.lines is not None, "only sources with positions are indexed"
    word = parsed.lines.text[start : max(end, start + 1)].split(maxsplit=1)
    return start + len(word[0]) if word else start
