"""The name somebody meant: nearest by letters, by parts, by label in any language."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from itertools import takewhile

import numpy as np
from numpy.typing import NDArray

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-\s]+")
# Letters that fold to others without being a base letter with a mark.
_SPECIAL = str.maketrans({"ı": "i", "İ": "i", "’": "'", "ʼ": "'", "‘": "'"})

_BEGINNING, _FOR_A_LETTER = 6, 0.06  # letters at the beginning that count, and what each does
_SHORT = 6
_COLUMNS = 64
_ROUNDING = 1e-9
Numbers = NDArray[np.float64]
Whole = NDArray[np.int64]


def fold(text: str) -> str:
    """``text`` without case, marks and punctuation, for comparing names as people hear them.

    >>> fold("Komuna e Sarajit"), fold("İstanbul Büyükşehir")
    ('komuna e sarajit', 'istanbul buyuksehir')
    """
    plain = unicodedata.normalize("NFKD", text.translate(_SPECIAL).casefold())
    kept = (letter for letter in plain if not unicodedata.combining(letter))
    return " ".join(re.sub(r"[^\w']+", " ", "".join(kept)).split())


def similarity(left: str, right: str) -> float:
    """How alike two names are, from 0 to 1, whatever the order of their parts.

    >>> similarity("foundedIn_", "foundedIn") > 0.9
    True
    """
    return _alike(_parts(left), _parts(right))


def _alike(a: str, b: str) -> float:
    found = difflib.SequenceMatcher(None, a, b).ratio()
    if " " in a or " " in b:
        a_sorted, b_sorted = (" ".join(sorted(one.split())) for one in (a, b))
        found = max(found, difflib.SequenceMatcher(None, a_sorted, b_sorted).ratio() * 0.98)
    # People mistype the end of a word more than its beginning.
    pairs = zip(a[:_BEGINNING], b[:_BEGINNING], strict=False)
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))
    return found + (1 - found) * _FOR_A_LETTER * shared


def _parts(name: str) -> str:
    return fold(" ".join(_CAMEL.split(name)))


class Names:
    """Names that somebody may have meant, each with what it is the name of.

    How alike two names can be at most is told from their letters, for all names at once, so that
    only a few are compared in full.
    """

    def __init__(self, candidates: Mapping[str, Iterable[str]]) -> None:
        rows = [(one, name) for one, names in candidates.items() for name in names]
        self._candidates = [one for one, _ in rows]
        self._lengths = np.array([len(name) for _, name in rows], np.int64)
        self._folded = [_parts(name) for _, name in rows]
        self._sizes = np.array([len(folded) for folded in self._folded], np.int64)
        self._letters = _letters_of(self._folded)
        self._beginnings = _beginnings_of(self._folded, "\0")

    def nearest(
        self, name: str, *, at_least: float = 0.72, within: int | None = None
    ) -> str | None:
        """The candidate one of whose names is most like ``name``; ``None`` where none is near.

        ``within`` is the most that a name may be longer or shorter.
        """
        mine = _parts(name)
        limit = max(len(name), _SHORT) if within is None else within
        rows = np.flatnonzero(
            (np.abs(self._lengths - len(name)) <= limit)
            & (_bound(np.minimum(self._sizes, len(mine)), self._sizes + len(mine)) > at_least)
        )
        possible = self._at_most(mine, rows)
        order = np.argsort(-possible, kind="stable")
        best, score = len(self._candidates), at_least
        for place, most in zip(rows[order].tolist(), possible[order].tolist(), strict=True):
            if most <= at_least or most < score:
                break
            found = _alike(mine, self._folded[place])
            if found > score or (found == score and place < best < len(self._candidates)):
                best, score = place, found
        return self._candidates[best] if best < len(self._candidates) else None

    def _at_most(self, mine: str, rows: NDArray[np.intp]) -> Numbers:
        """What :func:`similarity` cannot exceed: as if the letters stood in the same order."""
        letters = np.minimum(self._letters[rows], _letters_of([mine]))
        same = self._beginnings[rows] == _beginnings_of([mine], "\1")
        return _bound(
            letters.sum(axis=1, dtype=np.int64),
            self._sizes[rows] + len(mine),
            np.logical_and.accumulate(same, axis=1).sum(axis=1),
        )


def _bound(shared: Whole, total: Whole, beginning: Whole | int = _BEGINNING) -> Numbers:
    found = np.where(total > 0, 2 * shared / np.maximum(total, 1), 1.0)
    bound: Numbers = found + (1 - found) * _FOR_A_LETTER * beginning + _ROUNDING
    return bound


def nearest(
    name: str, candidates: Mapping[str, Iterable[str]], *, at_least: float = 0.72
) -> str | None:
    """The candidate one of whose names is most like ``name``; ``None`` where none is near.

    To ask more than once, make :class:`Names` of the candidates.

    >>> nearest("Municipalty", {"kv:Municipality": ["Municipality"], "kv:Mandate": ["Mandate"]})
    'kv:Municipality'
    """
    return Names(candidates).nearest(name, at_least=at_least)


def _letters_of(texts: Sequence[str]) -> NDArray[np.int16]:
    """How often each letter is in each text; letters that share a column count as the same."""
    owner = np.repeat(np.arange(len(texts)), [len(text) for text in texts])
    places = owner * _COLUMNS + _points("".join(texts)) % _COLUMNS
    counts = np.bincount(places, minlength=len(texts) * _COLUMNS).reshape(-1, _COLUMNS)
    return np.minimum(counts, np.iinfo(np.int16).max).astype(np.int16)


def _beginnings_of(texts: Sequence[str], filling: str) -> NDArray[np.uint32]:
    """The first letters of each text, one a column."""
    cut = "".join(text[:_BEGINNING].ljust(_BEGINNING, filling) for text in texts)
    return _points(cut).reshape(-1, _BEGINNING)


def _points(text: str) -> NDArray[np.uint32]:
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.dtype("<u4"))
