"""Which rows surely meet a group of patterns, found by walking from the row's own nodes."""

from __future__ import annotations

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kuvend.shacl.native.arrays import distinct
from kuvend.shacl.native.bodies import Group, Pattern, Variable
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.relation import Places
from kuvend.shacl.native.terms import NONE, Mask, Numbers
from kuvend.shacl.native.walks import walk

_MOST_ROWS = 4_000_000


class GivenUp(Exception):
    """The rows cannot be told by walking, or only with too many on the way."""


@dataclass(frozen=True)
class Rows:
    """Rows by variable; ``origin`` says which row of the beginning each comes from.

    ``NONE`` in a column is a variable without a value. What a variable of ``untold`` has is not
    known; one that is neither there nor in a column has no value in any row.
    """

    columns: dict[str, Numbers]
    came_from: Places | None = None
    untold: frozenset[str] = frozenset()

    @cached_property
    def size(self) -> int:
        """How many rows there are."""
        return len(next(iter(self.columns.values())))

    @property
    def origin(self) -> Places:
        """For each row the first one it comes from."""
        return np.arange(self.size) if self.came_from is None else self.came_from

    def take(self, places: Places) -> Rows:
        """The rows at ``places``, in that order, repeats included."""
        if len(places) > _MOST_ROWS:
            raise GivenUp
        columns = {name: column[places] for name, column in self.columns.items()}
        return Rows(columns, self.origin[places], self.untold)

    def beside(self, name: str, column: Numbers) -> Rows:
        """The rows with one more column."""
        return Rows({**self.columns, name: column}, self.came_from, self.untold - {name})

    def told(self, name: str) -> bool:
        """Whether a variable has a value in every row, and which is known."""
        return name in self.columns and not bool((self.columns[name] == NONE).any())

    def unsure(self, names: Iterable[str]) -> Rows:
        """The rows where something not looked at may have given values to ``names``."""
        lost = {name for name in names if not self.told(name)}
        kept = {name: column for name, column in self.columns.items() if name not in lost}
        return Rows(kept, self.came_from, self.untold | lost)


def matched(data: DataGraph, group: Group, rows: Rows, sift: Callable[[Rows], Rows]) -> Mask:
    """Whether each row surely meets ``group``; False also where that cannot be told.

    ``sift`` gives the rows that surely pass the group's filters.
    """
    found = np.zeros(rows.size, np.bool_)
    with contextlib.suppress(GivenUp):
        found[sift(_met(data, group, rows)).origin] = True
    return found


def _met(data: DataGraph, group: Group, rows: Rows) -> Rows:
    waiting = list(group.patterns)
    while waiting:
        pattern = next((p for p in waiting if is_held(p, rows)), None)
        if pattern is None:
            raise GivenUp
        waiting.remove(pattern)
        rows = joined(data, pattern, rows)
    _require_apart(group, rows)
    for branches in group.unions:
        met = [_met(data, branch, Rows(rows.columns)) for branch in branches]
        rows = rows.take(distinct(np.concatenate([one.origin for one in met])))
    return rows


def is_held(pattern: Pattern, rows: Rows) -> bool:
    """Whether the pattern can be gone along from the columns there are."""
    if isinstance(pattern.path, Variable):
        return False
    return any(name in rows.columns for name in pattern.variables)


def _require_apart(group: Group, rows: Rows) -> None:
    """Unions are met one by one, which is right where they share only what is known by now."""
    seen: set[str] = set()
    for branches in group.unions:
        inside = {
            name
            for branch in branches
            for one in branch.everything()
            for pattern in one.patterns
            for name in pattern.variables
        } - rows.columns.keys()
        if inside & seen:
            raise GivenUp
        seen |= inside


def joined(data: DataGraph, pattern: Pattern, rows: Rows) -> Rows:
    """The rows that go on along a pattern, with its other end beside them."""
    assert not isinstance(pattern.path, Variable), "such patterns are not held"
    near, far, back = pattern.subject, pattern.value, False
    if not (isinstance(near, Variable) and near.name in rows.columns):
        near, far, back = far, near, True
    assert isinstance(near, Variable), "one end is held"
    distinct, which = np.unique(rows.columns[near.name], return_inverse=True)
    step, reached = walk(data.relations, distinct, pattern.path, back=back)
    low = np.searchsorted(step, which, side="left")
    counts = np.searchsorted(step, which, side="right") - low
    if counts.sum() > _MOST_ROWS:
        raise GivenUp
    places = np.repeat(np.arange(rows.size), counts)
    first = np.repeat(low - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
    value = reached[first + np.arange(len(places))]
    rows = rows.take(places)
    if not isinstance(far, Variable):
        number = data.table.find(far)
        return rows.take(np.flatnonzero((value == number) & (number != NONE)))
    if far.name in rows.columns:
        return rows.take(np.flatnonzero(value == rows.columns[far.name]))
    return rows.beside(far.name, value)
