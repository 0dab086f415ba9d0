"""Citations: the lines of a statements file that say where the document says something.

``p:formed kv:quote "…"`` describes the citation that ``s p o ~ p:formed`` names. Citations live
in the file alone: what is published are the claims and passages made from them.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.corpus.findings import Findings
from kuvend.namespaces import KV, KVC, RDFS
from kuvend.syntax import PositionedQuad
from kuvend.terms import Subject

STATED = KVC["evidence-stated"]
CONTEXT = KVC["evidence-context"]
TRANSLATION = KVC["evidence-translation"]
BACKGROUND = KVC["evidence-background"]
KINDS: tuple[ox.NamedNode, ...] = (STATED, CONTEXT, TRANSLATION, BACKGROUND)

_TEXTS = (KV.quote, KV.quoteBefore, KV.quoteAfter)
_ONCE = (*_TEXTS, KV.evidenceKind, KV.attributedTo)
_PROPERTIES = (*_ONCE, RDFS.comment)
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


def is_about_citation(quad: PositionedQuad) -> bool:
    """Whether a triple describes a citation even where nothing names that citation."""
    by_name = isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(_SCHEME)
    return by_name or quad.predicate in _TEXTS


def read_citation(
    key: Subject, rows: Sequence[PositionedQuad], findings: Findings
) -> Citation | None:
    """The citation that ``rows`` describe; ``None`` where they are wrong, which is reported."""
    before = len(findings.problems)
    _check_properties(key, rows, findings)
    if len(findings.problems) == before:
        _check_evidence(key, rows, findings)
    if len(findings.problems) > before:
        return None
    value = {row.predicate: row for row in rows}
    line, column = findings.place(_at(value.get(KV.quote), rows))
    return Citation(
        name=findings.name(key),
        quote=_text(value.get(KV.quote)),
        before=_text(value.get(KV.quoteBefore)),
        after=_text(value.get(KV.quoteAfter)),
        kind=_iri(value.get(KV.evidenceKind)),
        attributed_to=_iri(value.get(KV.attributedTo)),
        comments=tuple(
            row.object
            for row in rows
            if row.predicate == RDFS.comment and isinstance(row.object, ox.Literal)
        ),
        line=line,
        column=column,
    )


def _check_properties(key: Subject, rows: Sequence[PositionedQuad], findings: Findings) -> None:
    seen = set()
    for row in rows:
        name = findings.short(row.predicate.value)
        if row.predicate not in _PROPERTIES:
            findings.report(
                row.predicate_at,
                f"a citation has no property {name}.",
                findings.did_you_mean(row.predicate.value, (p.value for p in _PROPERTIES)),
            )
        elif row.predicate in seen and row.predicate in _ONCE:
            findings.report(
                row.object_at,
                f"the citation {findings.name(key)} has a second {name}.",
                "Give each passage a citation of its own and name both after the triple: "
                "~ p:one ~ p:two.",
            )
        else:
            _check_value(row, name, findings)
        seen.add(row.predicate)


def _check_value(row: PositionedQuad, name: str, findings: Findings) -> None:
    value = row.object
    if row.predicate in _TEXTS and not isinstance(value, ox.Literal):
        findings.report(
            row.object_at,
            f"the value of {name} is not a text.",
            "Put the words in quotation marks.",
        )
    elif row.predicate == KV.evidenceKind and value not in KINDS:
        iri = value.value if isinstance(value, ox.NamedNode) else str(value)
        findings.report(
            row.object_at,
            f"{findings.short(iri)} is not a kind of evidence.",
            findings.did_you_mean(iri, (kind.value for kind in KINDS)),
        )
    elif row.predicate == KV.attributedTo and not isinstance(value, ox.NamedNode):
        findings.report(
            row.object_at, f"the value of {name} is not an IRI.", "Name the person: id-person:…"
        )


def _check_evidence(key: Subject, rows: Sequence[PositionedQuad], findings: Findings) -> None:
    quote = next((row for row in rows if row.predicate == KV.quote), None)
    is_background = any(r.predicate == KV.evidenceKind and r.object == BACKGROUND for r in rows)
    if quote is None and not is_background:
        findings.report(
            rows[0].subject_at,
            f"the citation {findings.name(key)} has no kv:quote.",
            "Quote the words of the document that say it.",
        )
    elif quote is not None and is_background:
        findings.report(
            quote.object_at,
            f"the citation {findings.name(key)} is background knowledge and yet has a quote.",
            "Background knowledge is what the document does not say: take the quote away, "
            "or say another kv:evidenceKind.",
        )


def _at(quote: PositionedQuad | None, rows: Sequence[PositionedQuad]) -> int:
    return rows[0].subject_at if quote is None else quote.object_at


def _text(row: PositionedQuad | None) -> str | None:
    return row.object.value if row is not None and isinstance(row.object, ox.Literal) else None


def _iri(row: PositionedQuad | None) -> ox.NamedNode | None:
    return row.object if row is not None and isinstance(row.object, ox.NamedNode) else None
