"""A statements file: triples, and for each the citations that say where the document says it.

The file is Turtle 1.2. ``s p o ~ p:formed .`` names a citation; ``p:formed kv:quote "…"`` says
what it quotes. Citations live in the file alone: what is published are the claims and passages
made from them (:mod:`kuvend.corpus.claims`).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from difflib import get_close_matches

import pyoxigraph as ox

from kuvend.errors import KuvendError, Unprocessable
from kuvend.namespaces import KV, KVC, RDF, RDFS
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.terms import Subject

STATED = KVC["evidence-stated"]
CONTEXT = KVC["evidence-context"]
TRANSLATION = KVC["evidence-translation"]
BACKGROUND = KVC["evidence-background"]
KINDS: tuple[ox.NamedNode, ...] = (STATED, CONTEXT, TRANSLATION, BACKGROUND)

_ONCE = (KV.quote, KV.quoteBefore, KV.quoteAfter, KV.evidenceKind, KV.attributedTo)
_TEXTS = (KV.quote, KV.quoteBefore, KV.quoteAfter)
_PROPERTIES = {p.value: p for p in (*_ONCE, RDFS.comment)}
_SCHEME = "cite:"


@dataclass(frozen=True)
class Citation:
    """What one citation of a statements file says; ``line`` and ``column`` are its quote's."""

    name: str
    quote: str | None = None
    before: str | None = None
    after: str | None = None
    kind: ox.NamedNode | None = None
    attributed_to: ox.NamedNode | None = None
    comments: tuple[ox.Literal, ...] = ()
    line: int | None = None
    column: int | None = None


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


@dataclass
class Statements:
    """A statements file, read: its statements in order, absence notes, and what is wrong."""

    source: str
    statements: list[Statement] = field(default_factory=list)
    notes: list[ox.Triple] = field(default_factory=list)
    problems: list[KuvendError] = field(default_factory=list)


def read_statements(parsed: Parsed) -> Statements:
    """The statements of a parsed file, each triple once; problems say line and column.

    Triples about a ``kv:AbsenceNote`` are ``notes`` and need no citation.

    >>> from kuvend.syntax import parse_turtle
    >>> text = '''PREFIX kv: <https://w3id.org/kuvend/def#> PREFIX p: <cite:>
    ... <urn:a> kv:acronym "AKK" ~ p:x . p:x kv:quote "(AKK)" .'''
    >>> read_statements(parse_turtle(text, source="a.ttl")).statements[0].citations[0].quote
    '(AKK)'
    """
    return _Reader(parsed).read()


class _Reader:
    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.result = Statements(parsed.source, problems=list(parsed.errors))
        self.reified: dict[ox.Triple, dict[Subject, PositionedQuad]] = {}
        self.details: dict[Subject, list[PositionedQuad]] = {}
        self.data: dict[ox.Triple, PositionedQuad] = {}

    def read(self) -> Statements:
        self.sort()
        used = {key: row for rows in self.reified.values() for key, row in rows.items()}
        citations = {key: self.citation(key, used.get(key)) for key in {**used, **self.details}}
        notes = {
            t.subject for t in self.data if t.predicate == RDF.type and t.object == KV.AbsenceNote
        }
        for triple, row in self.data.items():
            self.check_data(row)
            keys = self.reified.get(triple, {})
            if triple.subject in notes and not keys:
                self.result.notes.append(triple)
                continue
            found = [citations[key] for key in keys]
            line, column = self.place(row.object_at)
            self.result.statements.append(
                Statement(
                    triple, tuple(c for c in found if c is not None), bool(keys), line, column
                )
            )
        self.report_unused(used)
        self.report_unasserted()
        self.result.problems.sort(key=lambda e: (e.line or 0, e.column or 0))
        return self.result

    def sort(self) -> None:
        """Tell apart what cites (reifiers and what is said of them) and what is said of things."""
        reifiers = {q.subject for q in self.parsed.quads if q.predicate == RDF.reifies}
        for quad in self.parsed.quads:
            if quad.predicate == RDF.reifies and isinstance(quad.object, ox.Triple):
                self.reified.setdefault(quad.object, {}).setdefault(quad.subject, quad)
            elif quad.subject in reifiers or _is_citation(quad):
                self.details.setdefault(quad.subject, []).append(quad)
            else:
                self.data.setdefault(quad.triple, quad)

    def citation(self, key: Subject, use: PositionedQuad | None) -> Citation | None:
        """The citation ``key``; ``None`` where it is broken, which is reported."""
        rows = self.details.get(key, [])
        if not rows:
            self.report_undefined(key, use)
            return None
        before = len(self.result.problems)
        self.check_properties(key, rows)
        value = {q.predicate: q for q in reversed(rows)}
        quote = value.get(KV.quote)
        kind = value.get(KV.evidenceKind)
        is_background = kind is not None and kind.object == BACKGROUND
        name = self.name(key)
        if quote is None and not is_background:
            self.report(
                rows[0].subject_at,
                f"the citation {name} has no kv:quote.",
                "Quote the words of the document that say it.",
            )
        if quote is not None and is_background:
            self.report(
                quote.object_at,
                f"the citation {name} is background knowledge and yet has a quote.",
                "Background knowledge is what the document does not say: take the quote away, "
                "or say another kv:evidenceKind.",
            )
        if len(self.result.problems) > before:
            return None
        line, column = self.place(rows[0].subject_at if quote is None else quote.object_at)
        attributed = value.get(KV.attributedTo)
        return Citation(
            name=name,
            quote=_text(quote),
            before=_text(value.get(KV.quoteBefore)),
            after=_text(value.get(KV.quoteAfter)),
            kind=_iri(kind),
            attributed_to=_iri(attributed),
            comments=tuple(
                q.object
                for q in rows
                if q.predicate == RDFS.comment and isinstance(q.object, ox.Literal)
            ),
            line=line,
            column=column,
        )

    def check_properties(self, key: Subject, rows: list[PositionedQuad]) -> None:
        for row in rows:
            if row.predicate.value not in _PROPERTIES:
                self.report(
                    row.predicate_at,
                    f"a citation has no property {self.short(row.predicate.value)}.",
                    self.did_you_mean(row.predicate.value, _PROPERTIES),
                )
            elif problem := _wrong_value(row):
                self.report(row.object_at, *problem)
        for predicate in _ONCE:
            same = [row for row in rows if row.predicate == predicate]
            for row in same[1:]:
                self.report(
                    row.object_at,
                    f"the citation {self.name(key)} has a second {self.short(predicate.value)}.",
                    "Give each passage a citation of its own and name both after the triple: "
                    "~ p:one ~ p:two.",
                )

    def check_data(self, row: PositionedQuad) -> None:
        for term, at in ((row.subject, row.subject_at), (row.object, row.object_at)):
            if isinstance(term, ox.BlankNode):
                self.report(
                    at, "statements use no blank nodes.", "Give the thing an IRI of its own."
                )
            elif isinstance(term, ox.Triple):
                self.report(at, "a triple is no value here.", "Cite it: s p o ~ p:citation .")

    def report_undefined(self, key: Subject, use: PositionedQuad | None) -> None:
        names = [self.name(known) for known in self.details]
        self.report(
            use.subject_at if use else 0,
            f"the citation {self.name(key)} is used but not described.",
            self.nearest(self.name(key), names)
            or f'Add: {self.name(key)} kv:quote "words of the document" .',
        )

    def report_unused(self, used: Iterable[Subject]) -> None:
        for key in self.details.keys() - set(used):
            self.report(
                self.details[key][0].subject_at,
                f"the citation {self.name(key)} is used by no statement.",
                "Name it after a triple (s p o ~ citation), or take it away.",
            )

    def report_unasserted(self) -> None:
        for triple in self.reified.keys() - self.data.keys():
            row = next(iter(self.reified[triple].values()))
            self.report(
                row.object_at,
                "this triple is cited but not stated.",
                "Write s p o ~ p:citation instead of << s p o ~ p:citation >>.",
            )

    def report(self, at: int, detail: str, suggestion: str | None = None) -> None:
        line, column = self.place(at)
        self.result.problems.append(
            Unprocessable(
                detail,
                source=self.parsed.source,
                line=line,
                column=column,
                suggestion=suggestion,
            )
        )

    def place(self, at: int) -> tuple[int | None, int | None]:
        return self.parsed.position(at) or (None, None)

    def name(self, key: Subject) -> str:
        """A citation as the file writes it."""
        return self.short(key.value) if isinstance(key, ox.NamedNode) else "written in place"

    def short(self, iri: str) -> str:
        for prefix, namespace in self.parsed.prefixes.items():
            if namespace and iri.startswith(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return f"<{iri}>"

    def did_you_mean(self, iri: str, known: Iterable[str]) -> str:
        names = [self.short(one) for one in known]
        return self.nearest(self.short(iri), names) or f"Use {', '.join(names)}."

    @staticmethod
    def nearest(name: str, names: Iterable[str]) -> str | None:
        found = get_close_matches(name, list(names), n=1)
        return f"Did you mean {found[0]}?" if found else None


def _is_citation(quad: PositionedQuad) -> bool:
    by_name = isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(_SCHEME)
    return by_name or quad.predicate in _TEXTS


def _wrong_value(row: PositionedQuad) -> tuple[str, str] | None:
    """What is wrong with a citation's value and what to do, where something is."""
    value, name = row.object, row.predicate.value.rpartition("#")[2]
    if row.predicate in _TEXTS and not isinstance(value, ox.Literal):
        return f"the value of kv:{name} is not a text.", "Put the words in quotation marks."
    if row.predicate == KV.evidenceKind and value not in KINDS:
        slugs = ", ".join(f"kvc:{kind.value.rpartition('/')[2]}" for kind in KINDS)
        return f"{value} is not a kind of evidence.", f"Use one of {slugs}."
    if row.predicate == KV.attributedTo and not isinstance(value, ox.NamedNode):
        return f"the value of kv:{name} is not an IRI.", "Name the person: id-person:…"
    return None


def _text(row: PositionedQuad | None) -> str | None:
    return row.object.value if row is not None and isinstance(row.object, ox.Literal) else None


def _iri(row: PositionedQuad | None) -> ox.NamedNode | None:
    return row.object if row is not None and isinstance(row.object, ox.NamedNode) else None
