"""Equality by representatives for few of very many terms: only those with equals are held."""

from __future__ import annotations

from collections.abc import Callable, Iterable


class SparseEquality:
    """Classes of equal terms, and the edges that made them, in order.

    ``rank`` orders candidates for representative, the least wins before the larger class does.

    >>> equality = SparseEquality(lambda term: 0)
    >>> equality.unite(3, 4, "because"), equality.find(4)
    (4, 3)
    """

    def __init__(self, rank: Callable[[int], int]) -> None:
        self.classes: dict[int, list[int]] = {}
        self.edges: list[tuple[int, int, object]] = []
        self._representative: dict[int, int] = {}
        self._rank = rank

    def find(self, term: int) -> int:
        """The representative of ``term``."""
        return self._representative.get(term, term)

    def unite(self, left: int, right: int, reason: object) -> int | None:
        """Make both one: the representative that goes; ``None`` if they are one already."""
        first, second = self.find(left), self.find(right)
        if first == second:
            return None
        winner, loser = sorted((first, second), key=self._order)
        moved = self.classes.pop(loser, [loser])
        self.classes.setdefault(winner, [winner]).extend(moved)
        self._representative.update(dict.fromkeys(moved, winner))
        self.edges.append((left, right, reason))
        return loser

    def members(self, roots: Iterable[int]) -> dict[int, list[int]]:
        """Each of the representatives with all terms equal to it."""
        return {root: self.classes.get(root, [root]) for root in roots}

    def _order(self, root: int) -> tuple[int, int, int]:
        return self._rank(root), -len(self.classes.get(root, (root,))), root
