"""The rows of a query's body, joined in columns: at least those the store would find.

Joins are made on terms as they are written. The store compares typed literals by their value, so
where one would have to be joined nothing is told, rather than too little.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator

import numpy as np

from kuvend.shacl.native.bodies import Group, Pattern, Variable
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.filtering import passing
from kuvend.shacl.native.matching import GivenUp, Rows, is_held, joined
from kuvend.shacl.native.terms import NONE, Numbers
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate


def collect(data: DataGraph, group: Group, rows: Rows, *, exact: bool = False) -> Rows:
    """The rows that go on from ``rows`` over a group and may pass its filters.

    A pattern that cannot be told is left out, so that there are rows too many; where ``exact`` is
    wanted that is not done. A variable that is not told is in no column; one without a value is
    ``NONE``.

    :raises GivenUp: where there are too many rows on the way, or they cannot be told exactly.
    """
    patterns, unions = list(group.patterns), list(group.unions)
    while patterns or unions:
        pattern = next((one for one in patterns if is_held(one, rows)), None)
        if pattern is not None:
            patterns.remove(pattern)
            further = _along(data, pattern, rows)
            if further is None and exact:
                raise GivenUp
            rows = further or rows
        elif unions:
            rows = _either(data, unions.pop(0), rows, exact=exact)
        else:
            break
    if exact and (patterns or group.selects):
        raise GivenUp
    for left, right in group.equalities():
        if left in rows.columns:
            rows = rows.beside(right, rows.columns[left])
    for optional in () if group.is_out_of_order else group.optional:
        rows = _perhaps(data, optional, rows)
    return rows.take(np.flatnonzero(passing(data.table, group, rows)))


def _along(data: DataGraph, pattern: Pattern, rows: Rows) -> Rows | None:
    """The rows joined with a pattern; ``None`` where a typed literal would have to be compared."""
    assert not isinstance(pattern.path, Variable), "such patterns are not held"
    if not _keeps_to_things(data, pattern.path):
        return None
    held = [rows.columns[name] for name in pattern.variables if name in rows.columns]
    for column in held:
        known = column[column != NONE]
        if len(known) < len(column) or data.table.weak(known).any():
            return None
    return joined(data, pattern, rows)


def _keeps_to_things(data: DataGraph, path: Path) -> bool:
    """Whether a walk passes no typed literal on its way; a single step has no way between."""
    if isinstance(path, Predicate) or (
        isinstance(path, Inverse) and isinstance(path.path, Predicate)
    ):
        return True
    if isinstance(path, Alternative):
        return all(_keeps_to_things(data, part) for part in path.parts)
    return not any(data.table.weak(data.relation(name).right).any() for name in path_steps(path))


def path_steps(path: Path) -> Iterator[str]:
    """The properties in a path."""
    if isinstance(path, Predicate):
        yield path.iri.value
    elif hasattr(path, "parts"):
        for part in path.parts:
            yield from path_steps(part)
    else:
        yield from path_steps(path.path)


def _either(data: DataGraph, branches: list[Group], rows: Rows, *, exact: bool) -> Rows:
    found = [collect(data, branch, rows, exact=exact) for branch in branches]
    untold = {
        name
        for branch, one in zip(branches, found, strict=True)
        for name in branch.mentioned() - one.columns.keys()
    }
    return _together(found, untold)


def _together(found: list[Rows], untold: Collection[str] = ()) -> Rows:
    names = dict.fromkeys(name for one in found for name in one.columns if name not in untold)
    columns = {
        name: np.concatenate([one.columns.get(name, _nothing(one.size)) for one in found])
        for name in names
    }
    return Rows(columns, np.concatenate([one.origin for one in found]))


def _nothing(size: int) -> Numbers:
    return np.full(size, NONE, np.int32)


def _perhaps(data: DataGraph, optional: Group, rows: Rows) -> Rows:
    """Left join; where it cannot be told its variables stay unknown."""
    if not optional.is_plain:
        return rows
    try:
        found = collect(data, optional, Rows(rows.columns), exact=True)
    except GivenUp:
        return rows
    alone = np.ones(rows.size, np.bool_)
    alone[found.origin] = False
    met = Rows(found.columns, rows.origin[found.origin])
    return _together([met, rows.take(np.flatnonzero(alone))])
