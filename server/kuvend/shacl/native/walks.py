"""Walks along property paths, for many nodes at once.

Source: SHACL §2.3.1, SPARQL 1.1 §9.3.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kuvend.shacl.native.arrays import distinct, union
from kuvend.shacl.native.relation import EMPTY, Keys, Places, Relation, among, keys_of, pairs_of
from kuvend.shacl.native.terms import Numbers
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat, Sequence

Relations = Mapping[str, Relation]
Walked = tuple[Places, Numbers]


def walk(relations: Relations, nodes: Numbers, path: Path, *, back: bool = False) -> Walked:
    """Where walks from each of ``nodes`` end: (place in ``nodes``, node), each pair once, sorted.

    ``back`` walks the path from its end to its start.
    """
    if isinstance(path, Predicate):
        relation = relations.get(path.iri.value, EMPTY)
        return (relation.inverse if back else relation).join(nodes)
    if isinstance(path, Inverse):
        return walk(relations, nodes, path.path, back=not back)
    if isinstance(path, Alternative):
        return _either([walk(relations, nodes, part, back=back) for part in path.parts])
    if isinstance(path, Sequence):
        owner: Places = np.arange(len(nodes))
        for part in reversed(path.parts) if back else path.parts:
            owner, nodes = _then(relations, owner, nodes, part, back)
        return owner, nodes
    return _repeat(relations, nodes, path, back)


def _then(
    relations: Relations, owner: Places, nodes: Numbers, path: Path, back: bool
) -> Walked:  # fmt: skip
    """A walk that goes on from where others ended."""
    distinct, which = np.unique(nodes, return_inverse=True)
    step, reached = walk(relations, distinct, path, back=back)
    low = np.searchsorted(step, which, side="left")
    counts = np.searchsorted(step, which, side="right") - low
    first = np.repeat(low - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    return _once(np.repeat(owner, counts), reached[first + np.arange(len(first))])


def _either(found: list[Walked]) -> Walked:
    some = [one for one in found if len(one[0])]
    if len(some) == 1:
        return some[0]
    owners = np.concatenate([owner for owner, _ in found])
    return _once(owners, np.concatenate([nodes for _, nodes in found]))


def _once(owner: Places, nodes: Numbers) -> Walked:
    left, right = pairs_of(distinct(keys_of(owner, nodes)))
    return left.astype(np.intp), right


def _repeat(relations: Relations, nodes: Numbers, path: Repeat, back: bool) -> Walked:
    """A path any number of times, all nodes a step further in each round."""
    start: Places = np.arange(len(nodes))
    if path.mark == "?":
        return _either([(start, nodes), walk(relations, nodes, path.path, back=back)])
    seen = _Seen()
    if path.mark == "*":
        seen.add_new(keys_of(start, nodes))
    owner, reached = start, nodes
    while len(owner):
        owner, reached = _then(relations, owner, reached, path.path, back)
        left, reached = pairs_of(seen.add_new(keys_of(owner, reached)))
        owner = left.astype(np.intp)
    left, right = pairs_of(seen.all())
    return left.astype(np.intp), right


class _Seen:
    """Keys seen before, in sorted runs of which each is more than twice as long as the next."""

    def __init__(self) -> None:
        self._runs: list[Keys] = []

    def add_new(self, keys: Keys) -> Keys:
        """Those of sorted ``keys`` that were not seen before; now they are."""
        for run in self._runs:
            keys = keys[~among(keys, run)]
        runs = self._runs
        runs.append(keys)
        while len(runs) > 1 and len(runs[-2]) <= 2 * len(runs[-1]):
            last = runs.pop()
            runs[-1] = union(runs[-1], last)
        return keys

    def all(self) -> Keys:
        """All keys, sorted."""
        found: Keys = distinct(np.concatenate([np.empty(0, np.int64), *self._runs]))
        return found
