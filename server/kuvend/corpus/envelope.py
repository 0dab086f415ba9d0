"""Dates of mixed precision: the days a date can mean, and comparison that never guesses.

A source says "2001", "April 2013" or "26 June 1992", and a filter such as
``?date < "2010-01-01"^^xsd:date`` silently drops every year and month. So each ``dct:date`` gets
an envelope in ``xsd:date``: the first and the last day it can mean.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.errors import KuvendError, Unprocessable
from kuvend.namespaces import DCT, KV, XSD

_ZONE = r"(?P<zone>Z|[+-]\d\d:\d\d)?"
# A year of more digits is none that anybody means; reading it would be refused or take its time.
_YEAR = r"(?P<year>-?(?:[1-9]\d{3,8}|0\d{3}))"
_MONTH, _DAY = r"-(?P<month>\d\d)", r"-(?P<day>\d\d)"
_TIME = r"T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d(?:\.\d+)?"
_FORMS = {
    XSD.gYear: re.compile(_YEAR + _ZONE, re.ASCII),
    XSD.gYearMonth: re.compile(_YEAR + _MONTH + _ZONE, re.ASCII),
    XSD.date: re.compile(_YEAR + _MONTH + _DAY + _ZONE, re.ASCII),
    XSD.dateTime: re.compile(_YEAR + _MONTH + _DAY + _TIME + _ZONE, re.ASCII),
}
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)

_Day = tuple[int, int, int]


@dataclass(frozen=True)
class Envelope:
    """The days a date can mean: ``first`` and ``last`` as (year, month, day), both included."""

    first: _Day
    last: _Day
    zone: str = ""

    @property
    def not_before(self) -> ox.Literal:
        """The first day as ``xsd:date``."""
        return _as_literal(self.first)

    @property
    def not_after(self) -> ox.Literal:
        """The last day as ``xsd:date``."""
        return _as_literal(self.last)

    def hull(self, other: Envelope) -> Envelope:
        """The least envelope around both."""
        return Envelope(min(self.first, other.first), max(self.last, other.last))


def is_date(term: object) -> bool:
    """Whether ``term`` is a literal of a datatype that has an envelope, well-formed or not."""
    return isinstance(term, ox.Literal) and term.datatype in _FORMS


def envelope(date: ox.Literal) -> Envelope:
    """The days ``date`` can mean, as its own calendar counts them; a time zone moves no day.

    :raises Unprocessable: where it is not a gYear, gYearMonth, date or dateTime, or no such day
        exists.

    >>> april = envelope(ox.Literal("2013-04", datatype=XSD.gYearMonth))
    >>> april.not_before.value, april.not_after.value
    ('2013-04-01', '2013-04-30')
    """
    form = _FORMS.get(date.datatype)
    if form is None:
        raise Unprocessable(
            f"“{date.value}” is not typed as a date.",
            suggestion="Write it as xsd:gYear, xsd:gYearMonth, xsd:date or xsd:dateTime.",
        )
    match = form.fullmatch(date.value)
    if match is None:
        kind = date.datatype.value.rpartition("#")[2]
        raise Unprocessable(
            f"“{date.value}” is not an xsd:{kind}.",
            suggestion="Write 1992-06-26 as xsd:date, 1992-06 as xsd:gYearMonth, "
            "1992 as xsd:gYear.",
        )
    parts = match.groupdict()
    year = int(parts["year"])
    month = int(parts["month"]) if parts.get("month") else None
    day = int(parts["day"]) if parts.get("day") else None
    _require_existing(date.value, year, month, day)
    last_month = month or 12
    return Envelope(
        (year, month or 1, day or 1),
        (year, last_month, day or _days_in(year, last_month)),
        parts["zone"] or "",
    )


def certainly_before(earlier: ox.Literal, later: ox.Literal) -> bool | None:
    """Whether ``earlier`` lies on a day before ``later``: ``True`` or ``False`` where that is
    certain whatever days the two mean, ``None`` where it is not.

    Dates of different time zones are certain only where they are more than a day apart.

    :raises Unprocessable: as :func:`envelope`.

    >>> year = ox.Literal("2001", datatype=XSD.gYear)
    >>> day = ox.Literal("2001-05-03", datatype=XSD.date)
    >>> certainly_before(year, day) is None
    True
    >>> certainly_before(year, ox.Literal("2002-01", datatype=XSD.gYearMonth))
    True
    """
    a, b = envelope(earlier), envelope(later)
    doubt = 0 if a.zone == b.zone else 1
    if _day_number(a.last) + doubt < _day_number(b.first):
        return True
    if _day_number(a.first) - doubt >= _day_number(b.last):
        return False
    return None


@dataclass(frozen=True)
class Derivation:
    """The envelope of one thing and the ``dct:date`` triples it follows from, sorted."""

    subject: ox.NamedNode
    envelope: Envelope
    premises: tuple[ox.Triple, ...]

    @property
    def triples(self) -> tuple[ox.Triple, ox.Triple]:
        """``kv:notBefore`` and ``kv:notAfter`` of the thing."""
        return (
            ox.Triple(self.subject, KV.notBefore, self.envelope.not_before),
            ox.Triple(self.subject, KV.notAfter, self.envelope.not_after),
        )

    @property
    def is_hull(self) -> bool:
        """Whether several dates were given, so that the envelope spans them all."""
        return len(self.premises) > 1


def derive_envelopes(triples: Iterable[ox.Triple]) -> tuple[Derivation, ...]:
    """One derivation for each thing with a readable ``dct:date``, sorted by its IRI.

    Of several dates the envelope spans all: two sources that differ are both kept, and neither
    narrows the other.
    """
    dates: dict[ox.NamedNode, dict[ox.Triple, Envelope]] = {}
    for triple in triples:
        if triple.predicate != DCT.date or not isinstance(triple.subject, ox.NamedNode):
            continue
        found = _readable(triple.object)
        if found is not None:
            dates.setdefault(triple.subject, {})[triple] = found
    return tuple(
        _derivation(subject, dates[subject]) for subject in sorted(dates, key=lambda s: s.value)
    )


def _derivation(subject: ox.NamedNode, dates: dict[ox.Triple, Envelope]) -> Derivation:
    first, *rest = dates.values()
    for other in rest:
        first = first.hull(other)
    return Derivation(subject, first, tuple(sorted(dates, key=str)))


def _readable(term: object) -> Envelope | None:
    if not isinstance(term, ox.Literal) or not is_date(term):
        return None
    try:
        return envelope(term)
    except KuvendError:
        return None  # reported with its place where the statements are read


def _require_existing(text: str, year: int, month: int | None, day: int | None) -> None:
    if month is not None and not 1 <= month <= 12:
        raise Unprocessable(f"“{text}”: there is no month {month}.", suggestion="Use 01 to 12.")
    if month is not None and day is not None and not 1 <= day <= _days_in(year, month):
        raise Unprocessable(
            f"“{text}”: month {month} of {year} has no day {day}.",
            suggestion="Check the date against the document.",
        )


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return 29 if month == 2 and leap else _MONTH_DAYS[month - 1]


def _day_number(day: _Day) -> int:
    """Days since 0000-03-01 of the proleptic Gregorian calendar; years start in March."""
    year, month, dom = day
    y, m = (year, month - 3) if month > 2 else (year - 1, month + 9)
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * m + 2) // 5 + dom - 1


def _as_literal(day: _Day) -> ox.Literal:
    year, month, dom = day
    sign = "-" if year < 0 else ""
    return ox.Literal(f"{sign}{abs(year):04d}-{month:02d}-{dom:02d}", datatype=XSD.date)
