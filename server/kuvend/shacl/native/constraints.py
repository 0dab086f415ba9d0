"""The constraint components of SHACL Core over whole columns of value nodes.

A check gets the value nodes of many focus nodes and gives the rows that violate: the place of the
focus node and the value, ``NONE`` for a result without a value.
Source: https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

from kuvend.namespaces import SH
from kuvend.shacl.native.literals import less
from kuvend.shacl.native.relation import Places, keys_of, pairs_of
from kuvend.shacl.native.shapes import Constraint, Shape
from kuvend.shacl.native.terms import NONE, Mask, Numbers
from kuvend.shacl.native.values import TESTS, text
from kuvend.terms import Term

if TYPE_CHECKING:
    from kuvend.shacl.native.engine import NativeEngine

Violations = tuple[Places, Numbers]
Check = Callable[["NativeEngine", "Batch", Term], Violations]


@dataclass(frozen=True)
class Batch:
    """Focus nodes of one shape and their value nodes: row by row (place of focus, value)."""

    shape: Shape
    focus: Numbers
    owner: Places
    value: Numbers

    @cached_property
    def distinct(self) -> tuple[Numbers, Places]:
        """The distinct values, and which of them stands in each row."""
        found, which = np.unique(self.value, return_inverse=True)
        return found, which

    @property
    def counts(self) -> Places:
        """How many values each focus node has."""
        return np.bincount(self.owner, minlength=len(self.focus))

    def rows(self, chosen: Mask) -> Violations:
        """The rows that a mask picks."""
        return self.owner[chosen], self.value[chosen]


def _of_focus(chosen: Mask) -> Violations:
    """Results without a value for the focus nodes that a mask picks."""
    places = np.flatnonzero(chosen)
    return places, np.full(len(places), NONE, np.int32)


def violations(engine: NativeEngine, batch: Batch) -> Iterator[tuple[Constraint, Violations]]:
    """The rows of a batch that violate each constraint of its shape, ``sh:closed`` left out."""
    for constraint in batch.shape.constraints:
        name, parameter = constraint.name, constraint.value
        if name in TESTS:
            values, which = batch.distinct
            passed = TESTS[name](engine, batch.shape, parameter, values)
            yield constraint, batch.rows(~passed[which])
        elif name in _CHECKS:
            yield constraint, _CHECKS[name](engine, batch, parameter)
        elif name == "qualifiedValueShape":
            yield from _qualified(engine, batch, parameter)


def _min_count(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
    return _of_focus(batch.counts < int(text(parameter)))


def _max_count(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
    return _of_focus(batch.counts > int(text(parameter)))


def _has_value(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
    has = np.zeros(len(batch.focus), np.bool_)
    has[batch.owner[batch.value == engine.data.table.find(parameter)]] = True
    return _of_focus(~has)


def _unique_lang(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
    tags = engine.data.table.languages(batch.value)
    told = tags != NONE
    keys, count = np.unique(keys_of(batch.owner[told], tags[told]), return_counts=True)
    owner, _ = pairs_of(keys[count > 1])
    return owner.astype(np.intp), np.full(len(owner), NONE, np.int32)


def _others(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
    return engine.data.relation(text(parameter)).join(batch.focus)


def _equals(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
    mine = keys_of(batch.owner, batch.value)
    theirs = keys_of(*_others(engine, batch, parameter))
    owner, value = pairs_of(np.setxor1d(mine, theirs, assume_unique=True))
    return owner.astype(np.intp), value


def _disjoint(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
    mine = keys_of(batch.owner, batch.value)
    return batch.rows(np.isin(mine, keys_of(*_others(engine, batch, parameter))))


def _order(*, or_equal: bool) -> Check:
    """A check that each value is before each value of another property."""

    def check(engine: NativeEngine, batch: Batch, parameter: Term) -> Violations:
        owner, other = _others(engine, batch, parameter)
        low = np.searchsorted(owner, batch.owner, side="left")
        counts = np.searchsorted(owner, batch.owner, side="right") - low
        row = np.repeat(np.arange(len(batch.owner)), counts)
        first = np.repeat(low - np.concatenate(([0], np.cumsum(counts)[:-1])), counts)
        beside = other[first + np.arange(len(row))]
        pairs, which = np.unique(keys_of(batch.value[row], beside), return_inverse=True)
        wrong = row[~_in_order(engine, *pairs_of(pairs), or_equal=or_equal)[which]]
        return batch.owner[wrong], batch.value[wrong]

    return check


def _in_order(engine: NativeEngine, left: Numbers, right: Numbers, *, or_equal: bool) -> Mask:
    table = engine.data.table
    found = np.zeros(len(left), np.bool_)
    for place, (a, b) in enumerate(zip(table.terms(left), table.terms(right), strict=True)):
        if isinstance(a, ox.Literal) and isinstance(b, ox.Literal):
            found[place] = bool(less(a, b, or_equal=or_equal))
    return found


def qualified_counts(engine: NativeEngine, batch: Batch, parameter: Term) -> Places:
    """How many values of each focus node conform to the qualified shape.

    Where such shapes are to be disjoint, those count that conform to none of its siblings.
    """
    values, which = batch.distinct
    passed = engine.verdicts.conforms(values, parameter)
    for sibling in engine.siblings(batch.shape, parameter):
        passed[passed] = ~engine.verdicts.conforms(values[passed], sibling)
    return np.bincount(batch.owner[passed[which]], minlength=len(batch.focus))


def _qualified(
    engine: NativeEngine, batch: Batch, parameter: Term
) -> Iterator[tuple[Constraint, Violations]]:
    counts = qualified_counts(engine, batch, parameter)
    low = engine.shapes.graph.value(batch.shape.node, SH.qualifiedMinCount)
    high = engine.shapes.graph.value(batch.shape.node, SH.qualifiedMaxCount)
    # The results are told apart by the qualified shape: a shape has one of each count.
    if low is not None:
        yield Constraint("qualifiedMinCount", parameter), _of_focus(counts < int(text(low)))
    if high is not None:
        yield Constraint("qualifiedMaxCount", parameter), _of_focus(counts > int(text(high)))


_CHECKS: dict[str, Check] = {
    "minCount": _min_count,
    "maxCount": _max_count,
    "uniqueLang": _unique_lang,
    "equals": _equals,
    "disjoint": _disjoint,
    "lessThan": _order(or_equal=False),
    "lessThanOrEquals": _order(or_equal=True),
    "hasValue": _has_value,
}


def component(name: str) -> ox.NamedNode:
    """The constraint component of a parameter.

    >>> component("minCount").value
    'http://www.w3.org/ns/shacl#MinCountConstraintComponent'
    """
    return SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]
