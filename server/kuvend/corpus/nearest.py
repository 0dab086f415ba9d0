"""The stretch of a text that is nearest to a quote that is not in it, and how the two differ."""

from __future__ import annotations

from dataclasses import dataclass
from difflib import SequenceMatcher

import numpy as np
import numpy.typing as npt

from kuvend.corpus.fold import fold, fold_quote

_MAX_CELLS = 400_000_000  # about two seconds; beyond it a hint is not worth the wait
_MAX_DISTANCE = 0.45  # share of the quote that may differ before "near" means nothing
_MAX_DIFFERENCES = 3


@dataclass(frozen=True)
class Nearest:
    """``text[start:end]`` of the original, and in words how the quote differs from it."""

    start: int
    end: int
    passage: str
    difference: str


def nearest_passage(quote: str, text: str) -> Nearest | None:
    """The stretch with the fewest letters to change; ``None`` where nothing is near.

    >>> found = nearest_passage("është formuarr në", "AKK është formuar në vitin 2001")
    >>> found.passage, found.difference
    ('është formuar në', 'the quote has “formuarr”, the document “formuar”')
    """
    folded = fold(text)
    needle = fold_quote(quote)
    if not needle or not folded.text or len(needle) * len(folded.text) > _MAX_CELLS:
        return None
    # Letters only differ in case where nothing else does; lower() keeps the length for our texts.
    hay, wanted = _same_length_lower(folded.text), _same_length_lower(needle)
    end, distance = _best_end(wanted, hay)
    if distance > _MAX_DISTANCE * len(needle):
        return None
    window = hay[max(0, end - 2 * len(needle)) : end]
    length, _ = _best_end(wanted[::-1], window[::-1], anchored=True)
    first, last = _whole_words(folded.text, end - length, end)
    passage = text[folded.starts[first] : folded.ends[last - 1]]
    return Nearest(
        folded.starts[first],
        folded.ends[last - 1],
        passage,
        _difference(needle, folded.text[first:last]),
    )


def _same_length_lower(text: str) -> str:
    return "".join(low if len(low := character.lower()) == 1 else character for character in text)


def _codes(text: str) -> npt.NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le"), dtype=np.uint32)


def _best_end(needle: str, hay: str, *, anchored: bool = False) -> tuple[int, int]:
    """Where in ``hay`` the best approximate match ends, and its edit distance.

    A match may begin anywhere, or only at the beginning where it is ``anchored``.
    Source: P. H. Sellers, The theory and computation of evolutionary distances, 1980.
    """
    codes = _codes(hay)
    steps = np.arange(len(hay) + 1, dtype=np.int32)
    row = steps.copy() if anchored else np.zeros_like(steps)
    for i, code in enumerate(_codes(needle), start=1):
        best = np.empty_like(row)
        best[0] = i
        best[1:] = np.minimum(row[:-1] + (codes != code), row[1:] + 1)
        # Insertions run along the row: a running minimum of (cost - position), position added back.
        row = np.minimum.accumulate(best - steps) + steps
    end = int(np.argmin(row))
    return end, int(row[end])


def _whole_words(text: str, start: int, end: int) -> tuple[int, int]:
    while start > 0 and text[start - 1].isalnum() and text[start].isalnum():
        start -= 1
    while 0 < end < len(text) and text[end - 1].isalnum() and text[end].isalnum():
        end += 1
    return start, max(end, start + 1)


def _difference(quote: str, passage: str) -> str:
    """How the two differ, word by word."""
    mine, theirs = quote.split(), passage.split()
    notes = []
    for tag, a, b, c, d in SequenceMatcher(None, mine, theirs, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        here, there = " ".join(mine[a:b]), " ".join(theirs[c:d])
        if not there:
            notes.append(f"the quote has “{here}”, which the document has not")
        elif not here:
            notes.append(f"the quote lacks “{there}”")
        else:
            notes.append(f"the quote has “{here}”, the document “{there}”")
    more = len(notes) - _MAX_DIFFERENCES
    tail = f"; and {more} more differences" if more > 0 else ""
    return "; ".join(notes[:_MAX_DIFFERENCES]) + tail
