"""Where a quote stands in a text: found as readers compare, kept as the text writes it."""

from __future__ import annotations

from dataclasses import dataclass

from kuvend.corpus.fold import Folded, fold, fold_quote, line_and_column
from kuvend.corpus.nearest import nearest_passage
from kuvend.errors import QuoteError

CONTEXT = 32
_SHOWN = 5


@dataclass(frozen=True, order=True)
class Span:
    """A stretch ``[start, end)`` of a text, counted in code points from 0."""

    start: int
    end: int

    def of(self, text: str) -> str:
        """The characters of the stretch."""
        return text[self.start : self.end]


def locate(quote: str, text: str, before: str | None = None, after: str | None = None) -> Span:
    """The one place of ``quote`` in ``text``, in code points of ``text`` as it is.

    White space, invisible characters, Unicode normal form, apostrophes, quotation marks and dashes
    are compared as a reader would. ``before`` and ``after`` are words that stand directly beside
    the quote and pick one of several places. Among several, a single one that has the very
    characters of the quote wins.

    :raises QuoteError: where the quote is empty, absent or stands in several places.

    >>> locate("близько 1000 громад", "АМУ об’єднує близько\\u00a01000 громад, серед")
    Span(start=13, end=32)
    >>> locate("miste", "miste, miste", before=",")
    Span(start=7, end=12)
    """
    needle = fold_quote(quote)
    if not needle:
        raise QuoteError(
            "the quote is empty.", suggestion="Copy the words of the document that say it."
        )
    folded = fold(text)
    everywhere = list(folded.occurrences(needle))
    fitting = [i for i in everywhere if _stands_between(folded, i, len(needle), before, after)]
    spans = [_span(folded, i, len(needle)) for i in fitting]
    if len(spans) > 1:
        exact = [span for span in spans if span.of(text) == quote.strip()]
        spans = exact if len(exact) == 1 else spans
    if len(spans) == 1:
        return spans[0]
    if spans:
        raise _ambiguous(quote, text, spans)
    if everywhere:
        raise _misplaced(quote, text, [_span(folded, i, len(needle)) for i in everywhere])
    raise _absent(quote, text)


def in_context(text: str, span: Span) -> str:
    """The stretch in square brackets with a little of what stands around it, on one line.

    >>> in_context("Misioni dhe vizioni", Span(8, 11))
    'Misioni [dhe] vizioni'
    """
    prefix, suffix = text[max(0, span.start - CONTEXT) : span.start], text[span.end :][:CONTEXT]
    return " ".join(f"{prefix}[{span.of(text)}]{suffix}".split())


def _span(folded: Folded, index: int, length: int) -> Span:
    return Span(folded.starts[index], folded.ends[index + length - 1])


def _stands_between(
    folded: Folded, index: int, length: int, before: str | None, after: str | None
) -> bool:
    wanted_before, wanted_after = fold_quote(before or ""), fold_quote(after or "")
    return folded.text[:index].rstrip().endswith(wanted_before) and folded.text[
        index + length :
    ].lstrip().startswith(wanted_after)


def _places(text: str, spans: list[Span]) -> str:
    rows = [
        "line {}, column {}: …{}…".format(*line_and_column(text, s.start), in_context(text, s))
        for s in spans[:_SHOWN]
    ]
    if len(spans) > _SHOWN:
        rows.append(f"and {len(spans) - _SHOWN} more")
    return "; ".join(rows)


def _ambiguous(quote: str, text: str, spans: list[Span]) -> QuoteError:
    return QuoteError(
        f"the quote “{quote}” stands in {len(spans)} places of the document: "
        f"{_places(text, spans)}.",
        suggestion="Quote more words, or say which place is meant with kv:quoteBefore or "
        "kv:quoteAfter: words that stand directly beside the quote.",
        places=tuple((s.start, s.end) for s in spans),
    )


def _misplaced(quote: str, text: str, spans: list[Span]) -> QuoteError:
    return QuoteError(
        f"the quote “{quote}” is in the document, but not beside the words that kv:quoteBefore "
        f"and kv:quoteAfter name. It stands at {_places(text, spans)}.",
        suggestion="Correct the neighbouring words; they must stand directly beside the quote.",
        places=tuple((s.start, s.end) for s in spans),
    )


def _absent(quote: str, text: str) -> QuoteError:
    near = nearest_passage(quote, text)
    if near is None:
        return QuoteError(
            f"the quote “{quote}” is not in the document, nor anything like it.",
            suggestion="Copy the words from the document.",
            absent=True,
        )
    line, column = line_and_column(text, near.start)
    return QuoteError(
        f"the quote “{quote}” is not in the document. The nearest passage, line {line}, column "
        f"{column}, is “{near.passage}”: {near.difference or 'only letter case differs'}.",
        suggestion="Copy the words from the document.",
        places=((near.start, near.end),),
        absent=True,
    )
