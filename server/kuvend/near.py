"""Names that are written much alike, to ask whether one of them was meant."""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from itertools import islice

# Comparing takes time by the square of the length, and nobody misspells a name as long as this.
_MAX_LENGTH = 100
_MAX_NAMES = 5000


def near_names(name: str, among: Iterable[str], *, most: int = 1, cutoff: float = 0.6) -> list[str]:
    """Those of ``among`` that look most like ``name``, the likest first; often none.

    Names of more than 100 characters look like no other, and no more than 5,000 are looked at.

    >>> near_names("lable", ["label", "comment"])
    ['label']
    >>> near_names("a" * 101, ["a" * 101])
    []
    """
    if len(name) > _MAX_LENGTH:
        return []
    short = (other for other in among if len(other) <= _MAX_LENGTH)
    return difflib.get_close_matches(name, list(islice(short, _MAX_NAMES)), n=most, cutoff=cutoff)
