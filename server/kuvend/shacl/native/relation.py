"""The pairs of one property as two sorted columns, and the joins made with them."""

from __future__ import annotations

from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from kuvend.shacl.native.arrays import distinct, once, union
from kuvend.shacl.native.terms import Mask, Numbers

Places = NDArray[np.intp]
Keys = NDArray[np.int64]


def keys_of(left: NDArray[np.signedinteger], right: NDArray[np.signedinteger]) -> Keys:
    """Each pair as one number, in the order of the pairs."""
    found: Keys = left.astype(np.int64) << 32 | right
    return found


def pairs_of(keys: Keys) -> tuple[Numbers, Numbers]:
    """The pairs behind numbers made by :func:`keys_of`."""
    return (keys >> 32).astype(np.int32), (keys & 0xFFFFFFFF).astype(np.int32)


class Relation:
    """Distinct (left, right) pairs, sorted.

    >>> made = Relation.of(np.array([2, 1, 2], np.int32), np.array([5, 6, 5], np.int32))
    >>> made.left.tolist(), made.right.tolist(), made.inverse.left.tolist()
    ([1, 2], [6, 5], [5, 6])
    """

    def __init__(self, left: Numbers, right: Numbers) -> None:
        self.left, self.right = left, right

    @classmethod
    def of(cls, left: Numbers, right: Numbers) -> Relation:
        """The relation of pairs in any order, repeats included."""
        return cls(*pairs_of(distinct(keys_of(left, right))))

    def __len__(self) -> int:
        return len(self.left)

    @cached_property
    def inverse(self) -> Relation:
        """The same pairs the other way round."""
        return Relation.of(self.right, self.left)

    @cached_property
    def lefts(self) -> Numbers:
        """The distinct left sides."""
        return once(self.left)

    @property
    def rights(self) -> Numbers:
        """The distinct right sides."""
        return self.inverse.lefts

    def join(self, nodes: Numbers) -> tuple[Places, Numbers]:
        """For each of ``nodes`` its right sides: (place in ``nodes``, right side), in order."""
        low = self._first(nodes)
        high = np.searchsorted(self.left, nodes, side="right")
        counts = high - low
        owner = np.repeat(np.arange(len(nodes)), counts)
        first = np.repeat(low - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        return owner, self.right[first + np.arange(len(owner))]

    def has(self, nodes: Numbers) -> Mask:
        """Whether each of ``nodes`` is a left side."""
        found: Mask = self._first(nodes) < np.searchsorted(self.left, nodes, side="right")
        return found

    def _first(self, nodes: Numbers) -> Places:
        return np.searchsorted(self.left, nodes, side="left")

    @cached_property
    def keys(self) -> Keys:
        """The pairs as numbers, sorted."""
        return keys_of(self.left, self.right)

    def changed(self, added: Keys, removed: Keys) -> tuple[Relation, Keys]:
        """The relation with sorted pairs added and taken away, and the pairs that came or went.

        A pair that is both is there afterwards. Nothing is sorted anew, but for what came.
        """
        went = removed[among(removed, self.keys) & ~among(removed, added)]
        kept = np.delete(self.keys, np.searchsorted(self.keys, went))
        came = added[~among(added, kept)]
        new = Relation(*pairs_of(np.insert(kept, np.searchsorted(kept, came), came)))
        came = came[~among(came, self.keys)]
        if "inverse" in self.__dict__:
            new.__dict__["inverse"] = self.inverse.changed(_swapped(came), _swapped(went))[0]
        return new, union(came, went)


def _swapped(keys: Keys) -> Keys:
    return np.sort(keys_of(*reversed(pairs_of(keys))))


def among(keys: Keys, ordered: Keys) -> Mask:
    """Whether each key is among sorted ones."""
    if not len(ordered):
        return np.zeros(len(keys), np.bool_)
    place = np.searchsorted(ordered, keys)
    place[place == len(ordered)] = 0
    found: Mask = ordered[place] == keys
    return found


EMPTY = Relation(np.empty(0, np.int32), np.empty(0, np.int32))
