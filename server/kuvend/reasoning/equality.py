"""Equality by representatives: terms known to be the same share one number in every relation.

``owl:sameAs`` over n terms has n² triples; here it is one class. Each time two classes become
one, the edge that joined them is kept with its reason. The edges of a class form a tree, so any
two of its members are connected by one path: the proof that they are the same.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from kuvend.reasoning.relation import LOW, Keys


@dataclass(frozen=True)
class Edge:
    """Two terms made one. ``reason`` is what the engine gave: asserted, by value, or a rule."""

    left: int
    right: int
    reason: object

    def other(self, term: int) -> int:
        """The end that is not ``term``."""
        return self.right if term == self.left else self.left


class Equality:
    """Classes of equal terms, each with a representative.

    ``rank`` orders candidates for representative, the least wins before the larger class does.

    >>> equality = Equality(lambda term: 0)
    >>> equality.grow(5)
    >>> equality.unite(3, 4, "because"), equality.members(4)
    ((3, 4), [3, 4])
    """

    def __init__(self, rank: Callable[[int], int]) -> None:
        self.representative: Keys = np.empty(0, np.int64)
        self.classes: dict[int, list[int]] = {}
        self.edges: dict[int, list[Edge]] = {}
        self._rank = rank
        self._grouped = np.zeros(0, bool)

    def grow(self, count: int) -> None:
        """Make room for terms up to ``count``; a new term is its own representative."""
        known = len(self.representative)
        if count > known:
            fresh = np.arange(known, count, dtype=np.int64)
            self.representative = np.concatenate((self.representative, fresh))
            self._grouped = np.concatenate((self._grouped, np.zeros(count - known, bool)))

    def clear(self) -> None:
        """Every term its own representative again."""
        self.representative = np.arange(len(self.representative), dtype=np.int64)
        self._grouped[:] = False
        self.classes.clear()
        self.edges.clear()

    def find(self, term: int) -> int:
        """The representative of ``term``."""
        return int(self.representative[term]) if term < len(self.representative) else term

    def members(self, term: int) -> list[int]:
        """All terms equal to ``term``, itself among them."""
        return self.classes.get(self.find(term), [term])

    def same(self, left: int, right: int) -> bool:
        """Whether both are in one class."""
        return self.find(left) == self.find(right)

    def grouped(self) -> np.ndarray:
        """For each term whether it has equals."""
        return self._grouped

    def unite(self, left: int, right: int, reason: object) -> tuple[int, int] | None:
        """Make both one: the representative that stays and the one that goes; ``None`` if they are
        one already."""
        first, second = self.find(left), self.find(right)
        if first == second:
            return None
        winner, loser = sorted((first, second), key=self._order)
        moved = self.classes.pop(loser, [loser])
        stay = self.classes.setdefault(winner, [winner])
        stay.extend(moved)
        self.representative[moved] = winner
        self._grouped[stay if len(stay) == len(moved) + 1 else moved] = True
        edge = Edge(left, right, reason)
        self.edges.setdefault(left, []).append(edge)
        self.edges.setdefault(right, []).append(edge)
        return winner, loser

    def dissolve(self, term: int) -> list[int]:
        """Make every member of the class its own representative again; the members."""
        root = self.find(term)
        members = self.classes.pop(root, [term])
        self.representative[members] = members
        self._grouped[members] = False
        for member in members:
            self.edges.pop(member, None)
        return members

    def path(self, start: int, end: int) -> list[Edge]:
        """The edges from ``start`` to ``end``; empty where they are one term or not equal."""
        came_from: dict[int, Edge] = {}
        seen, frontier = {start}, [start]
        while frontier and end not in seen:
            following = []
            for term in frontier:
                for edge in self.edges.get(term, ()):
                    after = edge.other(term)
                    if after not in seen:
                        seen.add(after)
                        came_from[after] = edge
                        following.append(after)
            frontier = following
        path = []
        while end in came_from and end != start:
            edge = came_from[end]
            path.append(edge)
            end = edge.other(end)
        return path[::-1]

    def normalise(self, keys: Keys) -> Keys:
        """Keys with each term replaced by its representative; not sorted."""
        if not self.classes:
            return keys
        return (self.representative[keys >> 32] << 32) | self.representative[keys & LOW]

    def _order(self, root: int) -> tuple[int, int, int]:
        return self._rank(root), -len(self.classes.get(root, (root,))), root
