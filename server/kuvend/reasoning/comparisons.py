"""Conditions of rules on bound values: ``?a != ?b``, ``?from <= ?date``.

Dates of different precision are compared as the days they may stand for: ``2001`` is less than
``2002-05-01`` because its last day is; ``2001`` and ``2001-06-01`` are neither less nor greater.
"""

from __future__ import annotations

import calendar
import operator
from collections.abc import Callable
from decimal import Decimal
from typing import Any

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.dictionary import Dictionary
from kuvend.reasoning.instances import Comparison
from kuvend.reasoning.relation import Keys, Mask
from kuvend.reasoning.values import literal_value
from kuvend.terms import Term

# Least and greatest point a value may stand for; the first item keeps kinds apart.
Extent = tuple[str, tuple[object, ...], tuple[object, ...]]

OPERATORS = ("=", "!=", "<", "<=", ">", ">=")
_CALENDAR = ("date", "gYear", "gYearMonth", "dateTime")


def extent(term: Term) -> Extent | None:
    """What ``term`` spans on the line it is ordered on, ``None`` where it has no order here.

    >>> from kuvend.namespaces import XSD
    >>> extent(ox.Literal("2013-04", datatype=XSD.gYearMonth))
    ('date', (2013, 4, 1), (2013, 4, 30))
    """
    if not isinstance(term, ox.Literal):
        return None
    value = literal_value(term)
    if value is None:
        return None
    kind, payload = value
    if kind in ("number", "string", "boolean", "dateTime") and not isinstance(payload, tuple):
        return kind, (payload,), (payload,)
    if kind in ("float", "double"):
        number = Decimal(float(str(payload)))
        return "number", (number,), (number,)
    if kind in _CALENDAR and isinstance(payload, tuple):
        return _calendar_extent(kind, payload)
    return None


def _calendar_extent(kind: str, payload: tuple[object, ...]) -> Extent | None:
    if kind == "dateTime":
        days, _ = divmod(Decimal(str(payload[0])), 86400)
        return "instant", (days,), (days,)
    year, month, day = (int(str(part)) for part in payload[:3])
    if kind == "date":
        return "date", (year, month, day), (year, month, day)
    if kind == "gYearMonth":
        last = calendar.monthrange(2000 + year % 400, month)[1]
        return "date", (year, month, 1), (year, month, last)
    return "date", (year, 1, 1), (year, 12, 31)


def holds(relation: str, left: Term, right: Term) -> bool:
    """Whether ``left relation right``; terms that cannot be ordered are not less or greater.

    >>> from kuvend.namespaces import XSD
    >>> year = ox.Literal("2001", datatype=XSD.gYear)
    >>> day = ox.Literal("2002-05-01", datatype=XSD.date)
    >>> holds("<", year, day), holds(">", year, day)
    (True, False)
    """
    first, second = extent(left), extent(right)
    if relation in ("=", "!="):
        equal = left == right or (first is not None and first == second)
        return equal == (relation == "=")
    if first is None or second is None or first[0] != second[0]:
        return False
    test: Callable[[Any, Any], bool] = {
        "<": operator.lt,
        "<=": operator.le,
        ">": operator.gt,
        ">=": operator.ge,
    }[relation]
    # Certainly less: the latest it may be is before the earliest the other may be.
    if relation in ("<", "<="):
        return test(first[2], second[1])
    return test(first[1], second[2])


class Comparer:
    """Comparisons over whole columns; each pair of terms is looked at once."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._known: dict[tuple[str, int, int], bool] = {}

    def compare(self, comparison: Comparison, columns: dict[int, Keys]) -> Mask:
        """For each row whether the condition holds. Numbers stand for values already made one,
        so (in)equality is that of numbers."""
        rows = len(next(iter(columns.values())))
        left, right = (
            columns[slot] if slot < 0 else np.full(rows, slot, np.int64)
            for slot in (comparison.left, comparison.right)
        )
        if comparison.operator == "!=":
            return left != right
        if comparison.operator == "=":
            return left == right
        pairs = zip(left.tolist(), right.tolist(), strict=True)
        return np.fromiter((self._holds(comparison.operator, a, b) for a, b in pairs), bool, rows)

    def _holds(self, relation: str, left: int, right: int) -> bool:
        key = (relation, left, right)
        if key not in self._known:
            terms = self._dictionary.terms
            self._known[key] = holds(relation, terms[left], terms[right])
        return self._known[key]
