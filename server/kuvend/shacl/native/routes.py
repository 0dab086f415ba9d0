"""Ways through the patterns of a query, from a changed triple back to the focus node."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from kuvend.shacl.native.arrays import distinct
from kuvend.shacl.native.bodies import Group, Pattern, Variable
from kuvend.shacl.native.relation import pairs_of
from kuvend.shacl.native.terms import Numbers
from kuvend.shacl.paths import Predicate

if TYPE_CHECKING:
    from kuvend.shacl.native.reach import Change

_THIS = "this"
Found = dict[str, Numbers]


class NoRoute(Exception):
    """The query does not say how a changed triple is tied to the focus node."""


def moved_by_query(change: Change, body: Group | None) -> Numbers:
    """The focus nodes that a changed triple can give or take a row of the query.

    :raises NoRoute: where that can be any.
    """
    if body is None:
        raise NoRoute
    return _all(_moved(change, body, _Scope()))


def _all(parts: Iterable[Numbers]) -> Numbers:
    return distinct(np.concatenate([np.empty(0, np.int32), *parts]))


@dataclass(frozen=True)
class _Scope:
    """What has to be there where a group is: patterns, unions and equalities around it."""

    patterns: tuple[Pattern, ...] = ()
    unions: tuple[tuple[Group, ...], ...] = ()
    same: tuple[tuple[str, str], ...] = ()

    def inside(self, group: Group) -> _Scope:
        """The scope of what is in ``group``."""
        return _Scope(
            (*self.patterns, *group.patterns),
            (*self.unions, *(tuple(branches) for branches in group.unions)),
            (*self.same, *group.equalities()),
        )

    def without(self, union: tuple[Group, ...]) -> _Scope:
        """The scope inside a branch of ``union``: the other branches are not there."""
        kept = tuple(one for one in self.unions if one is not union)
        return _Scope(self.patterns, kept, self.same)


def _moved(change: Change, group: Group, around: _Scope) -> Iterator[Numbers]:
    scope = around.inside(group)
    for pattern in group.patterns:
        for name, nodes in _touched(change, pattern):
            if len(nodes):
                yield _to_focus(change, scope, name, nodes)
    for union in scope.unions[len(around.unions) :]:
        for branch in union:
            yield from _moved(change, branch, scope.without(union))
    for inner in (*group.optional, *group.present, *group.absent):
        yield from _moved(change, inner, scope)
    for select in group.selects:  # its variables are its own
        yield from _moved(change, select, _Scope())


def _touched(change: Change, pattern: Pattern) -> Iterator[tuple[str, Numbers]]:
    """A variable of the pattern and what it can be where the pattern meets a changed triple."""
    subject, value = pattern.subject, pattern.value
    if isinstance(pattern.path, Variable):
        subjects = [change.subjects(name) for name in change.delta]
        objects = [change.objects(name) for name in change.delta]
        starts, ends = _all(subjects), _all(objects)
    elif isinstance(pattern.path, Predicate):
        starts, ends = _changed_pairs(change, pattern, pattern.path.iri.value)
    else:
        starts, ends = change.users(pattern.path), change.users(pattern.path, back=True)
    if not len(starts):
        return
    # Either end will do; that at the focus node is there already.
    sides = ((subject, starts), (value, ends))
    choices = [(end.name, nodes) for end, nodes in sides if isinstance(end, Variable)]
    if not choices:
        raise NoRoute
    yield next((one for one in choices if one[0] == _THIS), choices[0])


def _changed_pairs(change: Change, pattern: Pattern, name: str) -> tuple[Numbers, Numbers]:
    """The two sides of the changed triples that fit a pattern of one property."""
    sides = pairs_of(change.delta.get(name, np.empty(0, np.int64)))
    for end, column in zip((pattern.subject, pattern.value), sides, strict=True):
        if not isinstance(end, Variable):
            fits = column == change.after.table.find(end)
            sides = (sides[0][fits], sides[1][fits])
            break
    return distinct(sides[0]), distinct(sides[1])


def _to_focus(change: Change, scope: _Scope, name: str, nodes: Numbers) -> Numbers:
    found = _spread(change, scope, {name: nodes})
    if _THIS not in found:
        raise NoRoute
    return found[_THIS]


def _spread(change: Change, scope: _Scope, found: Found) -> Found:
    """What the other variables can be, given what some can be, along patterns and unions."""
    growing = True
    while growing and _THIS not in found:
        growing = False
        for name, nodes in _next_steps(change, scope, found):
            if name not in found:
                found[name] = nodes
                growing = True
    return found


def _next_steps(change: Change, scope: _Scope, found: Found) -> Iterator[tuple[str, Numbers]]:
    for pattern in scope.patterns:
        if not isinstance(pattern.path, Variable):
            yield from _over(change, pattern, found)
    for left, right in scope.same:
        for here, there in ((left, right), (right, left)):
            if here in found:
                yield there, found[here]
    for union in scope.unions:
        known = {name: nodes for name, nodes in found.items() if _leads_on(change, nodes)}
        inner = [_spread(change, _Scope().inside(branch), dict(known)) for branch in union]
        for name in set.intersection(*(set(one) for one in inner)) - found.keys():
            yield name, _all(one[name] for one in inner)


def _over(change: Change, pattern: Pattern, found: Found) -> Iterator[tuple[str, Numbers]]:
    assert not isinstance(pattern.path, Variable), "such patterns are left out"
    for here, there, forwards in (
        (pattern.subject, pattern.value, True),
        (pattern.value, pattern.subject, False),
    ):
        if not isinstance(here, Variable) or not isinstance(there, Variable):
            continue
        is_new = here.name in found and there.name not in found
        if is_new and _leads_on(change, found[here.name]):
            yield there.name, change.back(found[here.name], pattern.path, forwards=forwards)


def _leads_on(change: Change, nodes: Numbers) -> bool:
    """Whether a way goes on from nodes: it ends at literals the store may write otherwise."""
    return not change.after.table.weak(nodes).any()
