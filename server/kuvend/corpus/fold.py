"""Text folded for comparison: what a reader takes for the same words becomes the same string.

Documents keep every character they came with; people who quote them type a plain space for a
no-break space and a straight apostrophe for a curly one. Folding makes the two comparable and
keeps, for each folded character, where it stands in the original.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache

_VARIANTS = {
    "'": "’‘‛ʼʹ`´′ʻ＇",
    '"': "“”„‟«»″＂",
    "-": "‐‑‒–—―−",
}
_PLAIN = {variant: plain for plain, variants in _VARIANTS.items() for variant in variants}
# Zero-width space and joiners, word joiner, byte order mark inside a text, soft hyphen.
INVISIBLE = frozenset("\u200b\u200c\u200d\u2060\ufeff\u00ad")


@dataclass(frozen=True)
class Folded:
    """A text folded; its character ``i`` comes from ``[starts[i], ends[i])`` of the original."""

    text: str
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def occurrences(self, needle: str) -> Iterator[int]:
        """Each index where ``needle`` begins, overlapping ones too."""
        index = self.text.find(needle) if needle else -1
        while index >= 0:
            yield index
            index = self.text.find(needle, index + 1)


@lru_cache(maxsize=64)
def fold(text: str) -> Folded:
    """``text`` with runs of white space as one space, without invisible characters, NFC, and
    with apostrophes, quotation marks and dashes in their plain form.

    >>> fold("об’єднує  близько\\u00a01000").text
    "об'єднує близько 1000"
    >>> fold("a\\u00a0\\n b").ends
    (1, 4, 5)
    """
    folded: list[str] = []
    starts: list[int] = []
    ends: list[int] = []
    for character, start, end in _characters(text):
        if character in INVISIBLE:
            continue
        if character.isspace() and folded and folded[-1] == " ":
            ends[-1] = end
            continue
        folded.append(" " if character.isspace() else _PLAIN.get(character, character))
        starts.append(start)
        ends.append(end)
    return Folded("".join(folded), tuple(starts), tuple(ends))


def fold_quote(quote: str) -> str:
    """``quote`` folded, without white space around it."""
    return fold(unicodedata.normalize("NFC", quote)).text.strip()


def _characters(text: str) -> Iterator[tuple[str, int, int]]:
    """Each character in normal form C, and the stretch of the original it comes from."""
    if unicodedata.is_normalized("NFC", text):
        yield from ((character, i, i + 1) for i, character in enumerate(text))
        return
    start = 0
    for end in range(1, len(text) + 1):
        if end == len(text) or not unicodedata.combining(text[end]):
            composed = unicodedata.normalize("NFC", text[start:end])
            yield from ((character, start, end) for character in composed)
            start = end


def line_and_column(text: str, offset: int) -> tuple[int, int]:
    """Line and column, both from 1, of the character at ``offset``.

    >>> line_and_column("ab\\ncd", 4)
    (2, 2)
    """
    line_start = text.rfind("\n", 0, offset) + 1
    return text.count("\n", 0, offset) + 1, offset - line_start + 1
