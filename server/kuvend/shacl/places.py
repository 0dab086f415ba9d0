"""Where a result was written: from focus node, path and value to line and column."""

from __future__ import annotations

from collections.abc import Iterable

from kuvend.shacl.paths import Path, Predicate, last_steps
from kuvend.shacl.report import Result
from kuvend.syntax import Parsed, PositionedQuad, Span
from kuvend.terms import Term


class Places:
    """An index of parsed sources by triple, by subject and property, by subject.

    A place is the value's, else the property's, else the subject's: a missing property can only
    point at the thing that misses it.
    """

    def __init__(self, sources: Iterable[Parsed]) -> None:
        self._triples: dict[tuple[Term, str, Term], tuple[Parsed, PositionedQuad]] = {}
        self._properties: dict[tuple[Term, str], tuple[Parsed, PositionedQuad]] = {}
        self._predicates: dict[Term, list[str]] = {}
        self._last: dict[tuple[Term, str], tuple[Parsed, PositionedQuad]] = {}
        self._subjects: dict[Term, tuple[Parsed, PositionedQuad]] = {}
        self._objects: dict[Term, tuple[Parsed, PositionedQuad]] = {}
        for parsed in sources:
            if parsed.lines is not None:
                self._index(parsed)

    def _index(self, parsed: Parsed) -> None:
        for quad in parsed.quads:
            subject, predicate = quad.subject, quad.predicate.value
            row = (parsed, quad)
            self._triples.setdefault((subject, predicate, quad.object), row)
            if (subject, predicate) not in self._properties:
                self._properties[subject, predicate] = row
                self._predicates.setdefault(subject, []).append(predicate)
            self._last[subject, predicate] = row
            # Its place is asked for when it is told: most subjects have nothing wrong with them.
            self._subjects.setdefault(subject, row)
            self._objects.setdefault(quad.object, row)

    def row(self, result: Result) -> tuple[Parsed, PositionedQuad] | None:
        """The quad that holds the value a result is about, with its source."""
        if result.path is None or result.value is None:
            return None
        for predicate, backwards in _steps(result.path):
            row = None if backwards else self._ending(result, predicate)
            if row is not None:
                return row
        return None

    def has_subject(self, subject: Term) -> bool:
        """Whether the sources say anything of ``subject``."""
        return subject in self._subjects

    def span(self, subject: Term, predicate: str | None, value: Term | None) -> Span | None:
        """The place of a triple, as near as it is known; ``None`` where the sources have nothing.

        The value's place is given where it stands, else the property's, else the subject's.
        """
        if predicate is not None and value is not None:
            row = self._triples.get((subject, predicate, value))
            if row is not None:
                return row[0].span(row[1].object_at, row[1].object_end)
        if predicate is not None:
            row = self._properties.get((subject, predicate))
            if row is not None:
                return _property_span(*row)
        return self.subject_span(subject)

    def subject_span(self, subject: Term) -> Span | None:
        """Where a thing is first spoken of, as subject or, failing that, as value."""
        found = self._subjects.get(subject)
        if found is not None:
            parsed, quad = found
            start = quad.subject_at
            return parsed.span(start, _first_word_end(parsed, start, quad.predicate_at))
        row = self._objects.get(subject)
        return row[0].span(row[1].object_at, row[1].object_end) if row else None

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
                row = self._triples.get((value, predicate, result.focus_node))
            elif value is not None:
                row = self._ending(result, predicate)
            else:
                row = None
            if row is not None:
                return row[0].span(row[1].object_at, row[1].object_end)
        return self._property_place(result)

    def _ending(self, result: Result, predicate: str) -> tuple[Parsed, PositionedQuad] | None:
        """The last triple of a walk: with the focus node where the path is one step."""
        assert result.value is not None, "asked only where there is a value"
        row = self._triples.get((result.focus_node, predicate, result.value))
        if row is None and not isinstance(result.path, Predicate):
            row = self._objects.get(result.value)
            if row is not None and row[1].predicate.value != predicate:
                row = None
        return row

    def _node_place(self, result: Result) -> Span | None:
        """A result about the node itself: the triple its value is the object of, or the node."""
        if result.value is not None and result.value != result.focus_node:
            for predicate in self._predicates.get(result.focus_node, ()):
                span = self._triples.get((result.focus_node, predicate, result.value))
                if span is not None:
                    return span[0].span(span[1].object_at, span[1].object_end)
        return self.subject_span(result.focus_node)

    def _property_place(self, result: Result) -> Span | None:
        """A result about a property: the last of its values where they are too many."""
        assert result.path is not None, "asked only where there is a path"
        if result.value is None:
            for predicate, _ in _steps(result.path):
                first = self._properties.get((result.focus_node, predicate))
                last = self._last.get((result.focus_node, predicate))
                if first is not None and first is not last and last is not None:
                    return last[0].span(last[1].object_at, last[1].object_end)
                if first is not None:
                    return _property_span(*first)
        return self.subject_span(result.focus_node)


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
