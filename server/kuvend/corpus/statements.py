"""A statements file: triples, and for each the citations that say where the document says it.

The file is Turtle 1.2: ``s p o ~ p:formed .`` states a triple and names its citation.
Source: https://www.w3.org/TR/rdf12-turtle/#reified-triples
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.corpus.citations import Citation, is_about_citation, read_citation
from kuvend.corpus.envelope import envelope, is_date
from kuvend.corpus.findings import Findings, nearest
from kuvend.errors import KuvendError
from kuvend.namespaces import KV, RDF
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.terms import Subject


@dataclass(frozen=True)
class Statement:
    """One triple of a statements file, where its value stands, and its citations in order.

    ``is_cited`` is true also where the citations it names are broken; that is reported apart.
    """

    triple: ox.Triple
    citations: tuple[Citation, ...]
    is_cited: bool
    line: int | None
    column: int | None


@dataclass(frozen=True)
class Statements:
    """A statements file, read: statements in order, triples of absence notes, problems."""

    source: str
    statements: tuple[Statement, ...]
    notes: tuple[ox.Triple, ...]
    problems: tuple[KuvendError, ...]


def read_statements(parsed: Parsed, *, allow_uncited: bool = False) -> Statements:
    """The statements of a parsed file, each triple once; problems say line and column.

    Triples about a ``kv:AbsenceNote`` are ``notes`` and need no citation.

    >>> from kuvend.syntax import parse_turtle
    >>> text = '''PREFIX kv: <https://w3id.org/kuvend/def#> PREFIX p: <cite:>
    ... <urn:a> kv:acronym "AKK" ~ p:x . p:x kv:quote "(AKK)" .'''
    >>> read_statements(parse_turtle(text, source="a.ttl")).statements[0].citations[0].quote
    '(AKK)'
    """
    return _Reader(parsed, allow_uncited=allow_uncited).read()


class _Reader:
    def __init__(self, parsed: Parsed, *, allow_uncited: bool) -> None:
        self.parsed = parsed
        self.allow_uncited = allow_uncited
        self.findings = Findings(parsed)
        self.reified: dict[ox.Triple, dict[Subject, PositionedQuad]] = {}
        self.described: dict[Subject, list[PositionedQuad]] = {}
        self.data: dict[ox.Triple, PositionedQuad] = {}

    def read(self) -> Statements:
        self.sort()
        citations = self.citations()
        note_type = (RDF.type, KV.AbsenceNote)
        notes = {t.subject for t in self.data if (t.predicate, t.object) == note_type}
        is_note = {t: t.subject in notes and t not in self.reified for t in self.data}
        statements = tuple(
            self.statement(row, citations) for t, row in self.data.items() if not is_note[t]
        )
        for row in self.data.values():
            self.check(row, needs_citation=not is_note[row.triple])
        self.report_unasserted()
        problems = sorted(self.findings.problems, key=lambda e: (e.line or 0, e.column or 0))
        return Statements(
            self.parsed.source,
            statements,
            tuple(triple for triple, found in is_note.items() if found),
            tuple(problems),
        )

    def sort(self) -> None:
        """Tell apart what cites, what describes a citation, and what is said of things."""
        reifiers = {q.subject for q in self.parsed.quads if q.predicate == RDF.reifies}
        for quad in self.parsed.quads:
            if quad.predicate == RDF.reifies and isinstance(quad.object, ox.Triple):
                self.reified.setdefault(quad.object, {}).setdefault(quad.subject, quad)
            elif quad.subject in reifiers or is_about_citation(quad):
                self.described.setdefault(quad.subject, []).append(quad)
            else:
                self.data.setdefault(quad.triple, quad)

    def citations(self) -> dict[Subject, Citation]:
        """The sound citations; those that are not, or that nothing uses, are reported."""
        used = {key: row for rows in self.reified.values() for key, row in rows.items()}
        found = {}
        for key, rows in self.described.items():
            citation = read_citation(key, rows, self.findings)
            if citation is not None:
                found[key] = citation
            if citation is not None and key not in used:
                self.findings.report(
                    rows[0].subject_at,
                    f"the citation {self.findings.name(key)} is used by no statement.",
                    "Name it after a triple (s p o ~ citation), or take it away.",
                )
        names = [self.findings.name(key) for key in self.described]
        for key in used.keys() - self.described.keys():
            name = self.findings.name(key)
            self.findings.report(
                used[key].subject_at,
                f"the citation {name} is used but not described.",
                nearest(name, names) or f'Add: {name} kv:quote "words of the document" .',
            )
        return found

    def statement(self, row: PositionedQuad, citations: dict[Subject, Citation]) -> Statement:
        keys = self.reified.get(row.triple, {})
        line, column = self.findings.place(row.object_at)
        cited = tuple(citations[key] for key in keys if key in citations)
        return Statement(row.triple, cited, bool(keys), line, column)

    def check(self, row: PositionedQuad, *, needs_citation: bool) -> None:
        for problem, suggestion in _wrong_terms(row):
            self.findings.report(row.object_at, problem, suggestion)
        if needs_citation and row.triple not in self.reified and not self.allow_uncited:
            self.findings.report(
                row.object_at,
                f"no passage is cited for {self.findings.line(row.triple)} .",
                "Name the citation after the value: ~ p:citation.",
            )

    def report_unasserted(self) -> None:
        for triple in self.reified.keys() - self.data.keys():
            row = next(iter(self.reified[triple].values()))
            self.findings.report(
                row.object_at,
                "this triple is cited but not stated.",
                "Write s p o ~ p:citation instead of << s p o ~ p:citation >>.",
            )


def _wrong_terms(row: PositionedQuad) -> Iterator[tuple[str, str | None]]:
    """What is wrong with the terms of a data triple, and what to do."""
    if isinstance(row.subject, ox.BlankNode) or isinstance(row.object, ox.BlankNode):
        yield "statements use no blank nodes.", "Give the thing an IRI of its own."
    if isinstance(row.subject, ox.Triple) or isinstance(row.object, ox.Triple):
        yield "a triple is no value here.", "Cite it: s p o ~ p:citation ."
    if isinstance(row.object, ox.Literal) and is_date(row.object):
        try:
            envelope(row.object)
        except KuvendError as error:
            yield error.detail, error.suggestion
    if row.predicate in (KV.notBefore, KV.notAfter):
        yield (
            "kv:notBefore and kv:notAfter are derived from dct:date.",
            "Give dct:date as precisely as the document does, and no more.",
        )
