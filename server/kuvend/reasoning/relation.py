"""A relation: the subject-object pairs of one predicate, as sorted arrays of 64-bit keys.

A pair of term numbers is one key, subject in the upper 32 bits. The keys lie in a few sorted runs
of falling length (as in a log-structured merge tree), so adding a little to a lot is cheap; a
second set of runs with object and subject exchanged is made when a join first asks for it.
Arrays are never changed in place: a copy of the lists is a snapshot.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Keys = NDArray[np.int64]
Mask = NDArray[np.bool_]

LOW = np.int64(0xFFFFFFFF)
EMPTY: Keys = np.empty(0, np.int64)


class Expansion(NamedTuple):
    """Partners found for an array of terms: ``rows`` index the array, ``partners`` are terms."""

    rows: NDArray[np.intp]
    partners: Keys


def pair(subjects: Keys | int, objects: Keys | int) -> Keys:
    """Keys of subject-object pairs; either side may be one term for all."""
    return np.atleast_1d((np.asarray(subjects, np.int64) << 32) | np.asarray(objects, np.int64))


def swap(keys: Keys) -> Keys:
    """Keys with subject and object exchanged, in the order they come."""
    return ((keys & LOW) << 32) | (keys >> 32)


def distinct(values: Keys) -> Keys:
    """``values`` sorted, each once."""
    return drop_repeats(np.sort(values))


def drop_repeats(ordered: Keys) -> Keys:
    """Sorted ``ordered``, each value once."""
    if len(ordered) < 2:
        return ordered
    keep = np.empty(len(ordered), bool)
    keep[0] = True
    np.not_equal(ordered[1:], ordered[:-1], out=keep[1:])
    return ordered[keep]


def contained(values: Keys, ordered: Keys) -> Mask:
    """For each of ``values`` whether it is in sorted ``ordered``."""
    if not len(ordered):
        return np.zeros(len(values), bool)
    places = ordered.searchsorted(values)
    places[places == len(ordered)] = len(ordered) - 1
    return ordered[places] == values


def expand(ordered: Keys, firsts: Keys, limit: int | None = None) -> Expansion:
    """For each of ``firsts`` all lower halves of keys in ``ordered`` with it as upper half.

    :raises TooMuchWork: where more than ``limit`` partners would come out.
    """
    low = ordered.searchsorted(firsts << 32)
    counts = ordered.searchsorted((firsts + 1) << 32) - low
    total = int(counts.sum())
    if limit is not None and total > limit:
        raise TooMuchWork
    if not total:
        return Expansion(np.empty(0, np.intp), EMPTY)
    rows = np.nonzero(counts)[0]
    counts, low = counts[rows], low[rows]
    return Expansion(np.repeat(rows, counts), ordered[ranges(low, counts)] & LOW)


def ranges(starts: NDArray[np.intp], counts: NDArray[np.intp]) -> NDArray[np.intp]:
    """The numbers ``starts[i] … starts[i] + counts[i] - 1`` for all i, one after the other.

    >>> ranges(np.array([5, 9]), np.array([2, 1])).tolist()
    [5, 6, 9]
    """
    ends = np.cumsum(counts)
    return np.arange(ends[-1] if len(ends) else 0) + np.repeat(starts - (ends - counts), counts)


class TooMuchWork(Exception):
    """A join would yield more than its caller is ready to pay for."""


class Relation:
    """The pairs of one predicate.

    >>> relation = Relation()
    >>> relation.insert(distinct(pair(np.array([2, 1]), np.array([7, 7]))))
    >>> relation.subjects_of(np.array([7])).partners.tolist()
    [1, 2]
    """

    __slots__ = ("_backlog", "_backward", "_forward", "size")

    def __init__(self) -> None:
        self._forward: list[Keys] = []
        self._backward: list[Keys] = []
        self._backlog: list[Keys] = []
        self.size = 0

    def copy(self) -> Relation:
        """A snapshot: later changes of this relation do not touch it."""
        twin = Relation()
        twin._forward, twin._backward = list(self._forward), list(self._backward)
        twin._backlog, twin.size = list(self._backlog), self.size
        return twin

    def insert(self, keys: Keys) -> None:
        """Add ``keys``: sorted, each once, none of them there yet."""
        if len(keys):
            _push(self._forward, keys)
            self._backlog.append(keys)
            self.size += len(keys)

    def remove(self, keys: Keys) -> None:
        """Take ``keys`` (sorted, each once) out; those not there are ignored."""
        if not len(keys):
            return
        self._forward = _without(self._forward, keys)
        if self._backward or not self._backlog:
            self._backward = _without(self._backward_runs(), np.sort(swap(keys)))
        else:
            self._backlog = _without(self._backlog, keys)
        self.size = sum(map(len, self._forward))

    def missing(self, keys: Keys) -> Keys:
        """Those of ``keys`` that are not there."""
        for run in self._forward:
            if not len(keys):
                break
            keys = keys[~contained(keys, run)]
        return keys

    def contains(self, keys: Keys) -> Mask:
        """For each key whether it is there."""
        found = np.zeros(len(keys), bool)
        for run in self._forward:
            found |= contained(keys, run)
        return found

    def has(self, subject: int, obj: int) -> bool:
        """Whether this one pair is there."""
        key = (subject << 32) | obj
        for run in self._forward:
            place = run.searchsorted(key)
            if place < len(run) and run[place] == key:
                return True
        return False

    def keys(self) -> Keys:
        """All keys, sorted."""
        if len(self._forward) > 1:
            self._forward = [np.sort(np.concatenate(self._forward))]
        return self._forward[0] if self._forward else EMPTY

    def backward_keys(self) -> Keys:
        """All keys with object and subject exchanged, sorted."""
        runs = self._backward_runs()
        if len(runs) > 1:
            self._backward = [np.sort(np.concatenate(runs))]
        return self._backward[0] if self._backward else EMPTY

    def objects_of(self, subjects: Keys, limit: int | None = None) -> Expansion:
        """All objects of each subject."""
        return _expand_runs(self._forward, subjects, limit)

    def subjects_of(self, objects: Keys, limit: int | None = None) -> Expansion:
        """All subjects of each object."""
        return _expand_runs(self._backward_runs(), objects, limit)

    def objects(self, subject: int) -> list[int]:
        """The objects of one subject."""
        return _partners(self._forward, subject)

    def subjects(self, obj: int) -> list[int]:
        """The subjects of one object."""
        return _partners(self._backward_runs(), obj)

    def _backward_runs(self) -> list[Keys]:
        if self._backlog:
            for run in self._backlog:
                _push(self._backward, np.sort(swap(run)))
            self._backlog = []
        return self._backward


def _push(runs: list[Keys], keys: Keys) -> None:
    """Add a run; runs of like size are merged, so there are few and inserting stays cheap."""
    runs.append(keys)
    while len(runs) > 1 and len(runs[-1]) * 2 >= len(runs[-2]):
        merged = np.concatenate((runs.pop(), runs.pop()))
        merged.sort(kind="stable")  # two sorted runs: a merge, not a sort
        runs.append(merged)


def _without(runs: list[Keys], keys: Keys) -> list[Keys]:
    kept = []
    for run in runs:
        places = run.searchsorted(keys)
        places[places == len(run)] = len(run) - 1
        places = places[run[places] == keys]
        rest = np.delete(run, places) if len(places) else run
        if len(rest):
            kept.append(rest)
    return kept


def _expand_runs(runs: list[Keys], firsts: Keys, limit: int | None) -> Expansion:
    if len(runs) == 1:
        return expand(runs[0], firsts, limit)
    parts = [expand(run, firsts, limit) for run in runs]
    if not parts:
        return Expansion(np.empty(0, np.intp), EMPTY)
    return Expansion(
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.partners for part in parts]),
    )


def _partners(runs: list[Keys], first: int) -> list[int]:
    found: list[int] = []
    for run in runs:
        low, high = run.searchsorted((first << 32, (first + 1) << 32))
        if high > low:
            found += (run[low:high] & LOW).tolist()
    return found
