"""How far the statements cover a document: a published figure, gaps listed and not hidden."""

from __future__ import annotations

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox

from kuvend.corpus.catalogue import Document
from kuvend.corpus.claims import Claim
from kuvend.corpus.fold import line_and_column
from kuvend.corpus.locate import Span

_SHOWN = 5
_SHOWN_CHARACTERS = 160


@dataclass(frozen=True)
class Stretch:
    """A stretch of the text that no passage covers, from its first letter or digit to its last."""

    span: Span
    line: int
    text: str


@dataclass(frozen=True)
class Coverage:
    """The coverage of one document.

    ``characters`` and ``covered_characters`` count what is not white space; ``uncovered`` lists
    the stretches with a letter or digit in them, longest first; ``kinds`` counts claims by kind
    of evidence; ``uncited`` are data triples without a claim; ``notices`` say what an editor should
    look at.
    """

    slug: str
    triples: int
    claims: int
    passages: int
    characters: int
    covered_characters: int
    uncovered: tuple[Stretch, ...]
    uncited: tuple[ox.Triple, ...]
    attributed: int
    kinds: tuple[tuple[str, int], ...]
    absences: int
    notices: tuple[str, ...] = ()

    @property
    def share(self) -> float:
        """The share of the text covered by passages, from 0 to 1."""
        return self.covered_characters / self.characters if self.characters else 0.0

    def as_text(self, *, stretches: int = _SHOWN) -> str:
        """The coverage for people, with at most ``stretches`` of the gaps."""
        kinds = ", ".join(f"{count} {kind}" for kind, count in self.kinds) or "none"
        rows = [
            f"{self.slug}",
            f"  claims        {self.claims} ({kinds}; {self.attributed} attributed to a person)",
            f"  data triples  {self.triples}, without a claim {len(self.uncited)}",
            f"  passages      {self.passages}, covering {self.share:.1%} of the text",
            f"  absences      {self.absences}",
        ]
        rows += [f"    without a claim: {triple} ." for triple in self.uncited]
        rows += [
            f"    not covered, line {gap.line}: “{_shortened(gap.text)}”"
            for gap in self.uncovered[:stretches]
        ]
        if len(self.uncovered) > stretches:
            rows.append(f"    and {len(self.uncovered) - stretches} shorter stretches")
        rows += [f"    look at {notice}" for notice in self.notices]
        return "\n".join(rows)

    def as_json(self) -> dict[str, Any]:
        """The coverage as plain values, for the release's manifest."""
        return {
            "document": self.slug,
            "triples": self.triples,
            "claims": self.claims,
            "passages": self.passages,
            "characters": self.characters,
            "covered_characters": self.covered_characters,
            "attributed": self.attributed,
            "kinds": dict(self.kinds),
            "absences": self.absences,
            "notices": list(self.notices),
            "uncited": [str(triple) for triple in self.uncited],
            "uncovered": [
                {"start": gap.span.start, "end": gap.span.end, "text": gap.text}
                for gap in self.uncovered
            ],
        }


def cover(
    document: Document,
    claims: Iterable[Claim],
    *,
    triples: int,
    uncited: Iterable[ox.Triple],
    absences: int,
    notices: Iterable[str] = (),
) -> Coverage:
    """The coverage of ``document`` by ``claims``, which are distinct."""
    every = list(claims)
    spans = {claim.span for claim in every if claim.span is not None}
    covered = bytearray(len(document.text))
    for span in spans:
        covered[span.start : span.end] = b"\1" * (span.end - span.start)
    visible = [i for i, character in enumerate(document.text) if not character.isspace()]
    kinds = Counter(claim.kind.value.rpartition("evidence-")[2] for claim in every)
    return Coverage(
        slug=document.slug,
        triples=triples,
        claims=len(every),
        passages=len(spans),
        characters=len(visible),
        covered_characters=sum(covered[i] for i in visible),
        uncovered=_gaps(document.text, covered),
        uncited=tuple(sorted(set(uncited), key=str)),
        attributed=sum(claim.attributed_to is not None for claim in every),
        kinds=tuple(sorted(kinds.items())),
        absences=absences,
        notices=tuple(notices),
    )


def _gaps(text: str, covered: bytearray) -> tuple[Stretch, ...]:
    gaps = []
    start = 0
    while (start := covered.find(b"\0", start)) >= 0:
        end = covered.find(b"\1", start)
        end = len(text) if end < 0 else end
        if (gap := _trimmed(text, start, end)) is not None:
            gaps.append(gap)
        start = end
    return tuple(sorted(gaps, key=lambda gap: (-len(gap.text), gap.span)))


def _trimmed(text: str, start: int, end: int) -> Stretch | None:
    inside = [i for i in range(start, end) if unicodedata.category(text[i])[0] in "LN"]
    if not inside:
        return None
    span = Span(inside[0], inside[-1] + 1)
    return Stretch(span, line_and_column(text, span.start)[0], span.of(text))


def _shortened(text: str) -> str:
    words = " ".join(text.split())
    if len(words) <= _SHOWN_CHARACTERS:
        return words
    return f"{words[: _SHOWN_CHARACTERS // 2]} … {words[-_SHOWN_CHARACTERS // 2 :]}"
