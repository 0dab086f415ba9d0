"""The name somebody meant: nearest by letters, by parts, by label in any language."""

from __future__ import annotations

import difflib
import re
import unicodedata
from collections.abc import Iterable, Mapping
from itertools import takewhile

_CAMEL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[_\-\s]+")
# Letters that fold to others without being a base letter with a mark.
_SPECIAL = str.maketrans({"ı": "i", "İ": "i", "’": "'", "ʼ": "'", "‘": "'"})


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
    a, b = _parts(left), _parts(right)
    straight = difflib.SequenceMatcher(None, a, b).ratio()
    sorted_ratio = difflib.SequenceMatcher(
        None, " ".join(sorted(a.split())), " ".join(sorted(b.split()))
    ).ratio()
    found = max(straight, sorted_ratio * 0.98)
    # People mistype the end of a word more than its beginning.
    shared = sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], zip(a, b, strict=False)))
    return found + (1 - found) * 0.06 * min(shared, 6)


def _parts(name: str) -> str:
    return fold(" ".join(_CAMEL.split(name)))


def nearest(
    name: str, candidates: Mapping[str, Iterable[str]], *, at_least: float = 0.72
) -> str | None:
    """The candidate one of whose names is most like ``name``; ``None`` where none is near.

    >>> nearest("Municipalty", {"kv:Municipality": ["Municipality"], "kv:Mandate": ["Mandate"]})
    'kv:Municipality'
    """
    found = nearest_with_score(name, candidates, at_least=at_least)
    return found[0] if found else None


def nearest_with_score(
    name: str, candidates: Mapping[str, Iterable[str]], *, at_least: float = 0.72
) -> tuple[str, float] | None:
    """As :func:`nearest`, with how alike the two are, from 0 to 1."""
    best, score = None, at_least
    for candidate, names in candidates.items():
        for other in names:
            if abs(len(other) - len(name)) > max(len(name), 6):
                continue
            found = similarity(name, other)
            if found > score:
                best, score = candidate, found
    return None if best is None else (best, score)
