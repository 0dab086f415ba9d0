"""How near two names are: the edit distance behind "did you mean"."""

from __future__ import annotations

from collections.abc import Iterable


def edit_distance(left: str, right: str, limit: int) -> int:
    """Insertions, deletions, replacements and swaps of neighbours that turn one into the other.

    Stops at ``limit``: any larger distance is given as ``limit + 1``.

    >>> edit_distance("organisation", "organization", 3), edit_distance("lable", "label", 3)
    (1, 1)
    >>> edit_distance("a", "abcdef", 2)
    3
    """
    if abs(len(left) - len(right)) > limit:
        return limit + 1
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, start=1):
        current = [i] + [0] * len(right)
        for j, b in enumerate(right, start=1):
            current[j] = min(row[j] + 1, current[j - 1] + 1, row[j - 1] + (a != b))
            if i > 1 and j > 1 and a == right[j - 2] and left[i - 2] == b:
                current[j] = min(current[j], before[j - 2] + 1)
        if min(current) > limit:
            return limit + 1
        before, row = row, current
    return min(row[-1], limit + 1)


def tolerance(name: str) -> int:
    """How many edits still count as a slip of the pen in a name of this length.

    >>> tolerance("Pst"), tolerance("organisation")
    (1, 3)
    """
    return max(1, min(3, len(name) // 4))


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate nearest to ``name`` within its tolerance; on a tie the first in order.

    >>> nearest("hasSignatry", ["hasParty", "hasSignatory"])
    'hasSignatory'
    >>> nearest("organisation", ["Organization", "organization"])
    'organization'
    >>> nearest("budget", ["hasParty"]) is None
    True
    """
    limit = tolerance(name)
    folded = _fold(name)
    near = [c for c in sorted(candidates) if edit_distance(folded, _fold(c), limit) <= limit]
    return min(near, key=lambda c: _slips(name, c, limit), default=None)


def _slips(name: str, candidate: str, limit: int) -> tuple[int, int]:
    """Distance without regard to case, then with it: ``organisation`` is no ``Organization``."""
    folded = edit_distance(_fold(name), _fold(candidate), limit)
    return folded, edit_distance(name, candidate, 2 * limit + 2)


def _fold(name: str) -> str:
    return name.casefold().replace("_", "").replace("-", "")
