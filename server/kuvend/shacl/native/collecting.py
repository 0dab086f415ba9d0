"""The rows of a query's body, joined in columns: at least those the store would find.

Joins are made on terms as they are written. The store compares typed literals by their value, so
where one would have to be joined nothing is told, rather than too little.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from kuvend.shacl.native.bodies import Group, Pattern, Variable
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.filtering import Filters
from kuvend.shacl.native.matching import GivenUp, Rows, is_held, joined
from kuvend.shacl.native.terms import NONE, Numbers
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate


def collect(data: DataGraph, group: Group, rows: Rows, *, exact: bool = False) -> Rows:
    """The rows that go on from ``rows`` over a group and may pass its filters.

    A pattern that cannot be told is left out, so that there are rows too many; where ``exact`` is
    wanted that is not done.

    :raises GivenUp: where there are too many rows on the way, or they cannot be told exactly.
    """
    # A group is joined with what stands around it, but its filters do not see that.
    hidden = rows.columns.keys() - group.sure() - {"this"}
    filters = Filters(data.table, group, hidden)
    rows = _required(data, group, rows, filters, exact=exact)
    rows = _bound(group, rows, hidden)
    for optional in group.optional:
        found = None if group.is_out_of_order else _perhaps(data, optional, rows)
        rows = rows.unsure(optional.mentioned()) if found is None else found
    return filters.passed(rows)


def _required(
    data: DataGraph, group: Group, rows: Rows, filters: Filters, *, exact: bool
) -> Rows:  # fmt: skip
    """The rows that go on over patterns and unions; those filtered that can be by now."""
    patterns, unions = list(group.patterns), list(group.unions)
    while True:
        pattern = next((one for one in patterns if is_held(one, rows)), None)
        if pattern is not None:
            patterns.remove(pattern)
            rows = filters.passed(_along(data, pattern, rows, exact=exact), early=True)
        elif unions:
            branches = unions.pop(0)
            rows = _together([collect(data, one, rows, exact=exact) for one in branches])
        else:
            break
    if exact and (patterns or group.selects):
        raise GivenUp
    rows = rows.unsure(name for one in patterns for name in one.names)
    return rows.unsure(name for one in group.selects for name in one.mentioned())


def _along(data: DataGraph, pattern: Pattern, rows: Rows, *, exact: bool) -> Rows:
    """The rows joined with a pattern, or as they are where it cannot be told."""
    assert not isinstance(pattern.path, Variable), "such patterns are not held"
    held = [name for name in pattern.variables if name in rows.columns]
    if (
        _keeps_to_things(data, pattern.path)
        and all(rows.told(name) and not _has_weak(data, rows.columns[name]) for name in held)
        and not (exact and rows.untold & set(pattern.variables))
    ):
        return joined(data, pattern, rows)
    if exact:
        raise GivenUp
    return rows.unsure(pattern.variables)


def _has_weak(data: DataGraph, column: Numbers) -> bool:
    return bool(data.table.weak(column).any())


def _keeps_to_things(data: DataGraph, path: Path) -> bool:
    """Whether a walk passes no typed literal on its way; a single step has no way between."""
    if isinstance(path, Predicate) or (
        isinstance(path, Inverse) and isinstance(path.path, Predicate)
    ):
        return True
    if isinstance(path, Alternative):
        return all(_keeps_to_things(data, part) for part in path.parts)
    return not any(_has_weak(data, data.relation(name).right) for name in path_steps(path))


def path_steps(path: Path) -> Iterator[str]:
    """The properties in a path."""
    if isinstance(path, Predicate):
        yield path.iri.value
    elif hasattr(path, "parts"):
        for part in path.parts:
            yield from path_steps(part)
    else:
        yield from path_steps(path.path)


def _together(found: list[Rows]) -> Rows:
    untold = frozenset[str]().union(*(one.untold for one in found))
    names = dict.fromkeys(name for one in found for name in one.columns if name not in untold)
    columns = {
        name: np.concatenate([one.columns.get(name, _nothing(one.size)) for one in found])
        for name in names
    }
    return Rows(columns, np.concatenate([one.origin for one in found]), untold)


def _nothing(size: int) -> Numbers:
    return np.full(size, NONE, np.int32)


def _bound(group: Group, rows: Rows, hidden: set[str]) -> Rows:
    """The rows with what BIND gives, where that is another variable's value."""
    same = dict(pair[::-1] for pair in group.equalities())
    for tokens in group.binds:
        target = tokens[-1].text[1:]
        source = same.get(target)
        if source in rows.columns.keys() - hidden and target not in rows.columns:
            rows = rows.beside(target, rows.columns[source])
        else:
            rows = rows.unsure([target])
    return rows


def _perhaps(data: DataGraph, optional: Group, rows: Rows) -> Rows | None:
    """Left join, or ``None`` where it cannot be told."""
    if not optional.is_plain:
        return None
    try:
        found = collect(data, optional, Rows(rows.columns, None, rows.untold), exact=True)
    except GivenUp:
        return None
    alone = np.ones(rows.size, np.bool_)
    alone[found.origin] = False
    met = Rows(found.columns, rows.origin[found.origin], found.untold)
    return _together([met, rows.take(np.flatnonzero(alone))])
