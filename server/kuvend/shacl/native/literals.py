"""Literals as XML Schema sees them: whether a lexical form is valid, and which value is less.

Source: https://www.w3.org/TR/xmlschema11-2/
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from typing import Any

import pyoxigraph as ox

from kuvend.namespaces import RDF, XSD

_XSD = str(XSD)
_ZONE = r"(?P<zone>Z|[+-](?:0\d|1[0-3]):[0-5]\d|[+-]14:00)?"
_YEAR = r"(?P<year>-?(?:[1-9]\d{3,}|0\d{3}))"
_MONTH, _DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12]\d|3[01])"
_TIME = r"(?P<hour>[01]\d|2[0-4]):(?P<minute>[0-5]\d):(?P<second>[0-5]\d(?:\.\d+)?)"
_DURATION = r"-?P(?=.)(?:\d+Y)?(?:\d+M)?(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?"
_DOUBLE = r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?|[+-]?INF|NaN"
_FORMS: dict[str, re.Pattern[str]] = {
    name: re.compile(pattern, re.ASCII)  # digits of other scripts are none of XML Schema's
    for name, pattern in {
        "boolean": "true|false|0|1",
        "decimal": r"[+-]?(?:\d+(?:\.\d*)?|\.\d+)",
        "integer": r"[+-]?\d+",
        "double": _DOUBLE,
        "float": _DOUBLE,
        "date": f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}",
        "dateTime": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}",
        "dateTimeStamp": f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE.removesuffix('?')}",
        "time": f"{_TIME}{_ZONE}",
        "gYear": f"{_YEAR}{_ZONE}",
        "gYearMonth": f"{_YEAR}-{_MONTH}{_ZONE}",
        "gMonth": f"--{_MONTH}{_ZONE}",
        "gDay": f"---{_DAY}{_ZONE}",
        "gMonthDay": f"--{_MONTH}-{_DAY}{_ZONE}",
        "duration": _DURATION,
        "yearMonthDuration": r"-?P(?=.)(?:\d+Y)?(?:\d+M)?",
        "dayTimeDuration": r"-?P(?=.)(?:\d+D)?(?:T(?=.)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?)?",
        "hexBinary": r"(?:[0-9a-fA-F]{2})*",
        "base64Binary": r"(?:[A-Za-z0-9+/] ?)*(?:= ?){0,2}",
        "language": r"[A-Za-z]{1,8}(?:-[A-Za-z0-9]{1,8})*",
    }.items()
}
_RANGES: dict[str, tuple[int | None, int | None]] = {
    "nonNegativeInteger": (0, None),
    "positiveInteger": (1, None),
    "nonPositiveInteger": (None, 0),
    "negativeInteger": (None, -1),
    "long": (-(2**63), 2**63 - 1),
    "int": (-(2**31), 2**31 - 1),
    "short": (-(2**15), 2**15 - 1),
    "byte": (-128, 127),
    "unsignedLong": (0, 2**64 - 1),
    "unsignedInt": (0, 2**32 - 1),
    "unsignedShort": (0, 2**16 - 1),
    "unsignedByte": (0, 255),
}
_MONTH_DAYS = (31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)


def is_well_formed(literal: ox.Literal) -> bool:
    """Whether the lexical form is one of its datatype; unknown datatypes take any.

    >>> is_well_formed(ox.Literal("1992-06-31", datatype=XSD.date))
    False
    """
    name = literal.datatype.value.removeprefix(_XSD)
    if name == literal.datatype.value:
        return True
    if name in _RANGES:
        return _in_range(literal.value, *_RANGES[name])
    form = _FORMS.get(name)
    if form is None:
        return True
    match = form.fullmatch(literal.value)
    return match is not None and _day_exists(match)


def _in_range(text: str, low: int | None, high: int | None) -> bool:
    if not _FORMS["integer"].fullmatch(text) or len(text) > 400:
        return False
    value = int(text)
    return (low is None or value >= low) and (high is None or value <= high)


def _day_exists(match: re.Match[str]) -> bool:
    parts = match.groupdict()
    if parts.get("hour") == "24" and not (
        parts["minute"] == "00" and float(parts["second"] or 0) == 0
    ):
        return False
    if not parts.get("day") or not parts.get("month"):
        return True
    month, day = int(parts["month"]), int(parts["day"])
    # Leap years come round every 400; --02-29 exists in some year.
    year = int(parts["year"][-4:]) if parts.get("year") else 4
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return day <= (29 if month == 2 and leap else _MONTH_DAYS[month - 1])


def less(left: ox.Literal, right: ox.Literal, *, or_equal: bool = False) -> bool | None:
    """Whether ``left`` is less than ``right``; ``None`` where the two cannot be compared.

    As SPARQL's ``<`` has it: numbers with numbers, texts with texts, dates with dates.

    >>> less(ox.Literal("2", datatype=XSD.integer), ox.Literal("10.0", datatype=XSD.decimal))
    True
    """
    a, b = _value(left), _value(right)
    if a is None or b is None or a[0] != b[0]:
        return None
    return bool(a[1] <= b[1]) if or_equal else bool(a[1] < b[1])


def _value(literal: ox.Literal) -> tuple[str, Any] | None:
    name = literal.datatype.value.removeprefix(_XSD)
    if name == "string":
        return ("string", literal.value)
    if literal.datatype == RDF.langString or not is_well_formed(literal):
        return None
    reader = _READERS.get(name)
    try:
        return None if reader is None else reader(literal.value)
    except (ValueError, InvalidOperation, OverflowError):
        return None


def _number(text: str) -> tuple[str, Any]:
    return ("number", Decimal(text))


def _float(text: str) -> tuple[str, Any] | None:
    value = float(text.replace("INF", "inf"))
    return None if math.isnan(value) else ("number", value)


def _boolean(text: str) -> tuple[str, Any]:
    return ("boolean", text in ("true", "1"))


def _date_time(text: str) -> tuple[str, Any]:
    match = _FORMS["dateTime"].fullmatch(text)
    assert match is not None, "checked before"
    time = int(match["hour"]) * 3600 + int(match["minute"]) * 60 + Decimal(match["second"])
    return _moment("dateTime", match, time)


def _day(text: str) -> tuple[str, Any]:
    match = _FORMS["date"].fullmatch(text)
    assert match is not None, "checked before"
    return _moment("date", match, Decimal(0))


def _moment(kind: str, match: re.Match[str], time: Decimal) -> tuple[str, Any]:
    """Seconds since the year 0; with a zone they cannot be compared to those without."""
    year, month, day = (int(match[part]) for part in ("year", "month", "day"))
    before = year - 1 if month <= 2 else year  # a leap day counts from March on
    days = 365 * year + before // 4 - before // 100 + before // 400
    seconds = (days + sum(_MONTH_DAYS[: month - 1]) + day) * 86400 + time
    zone = match["zone"]
    return (kind, seconds) if zone is None else (f"{kind} in a zone", seconds - _offset(zone))


def _year(text: str) -> tuple[str, Any]:
    match = _FORMS["gYear"].fullmatch(text)
    assert match is not None, "checked before"
    return ("gYear", (int(match["year"]), 0))


def _year_month(text: str) -> tuple[str, Any]:
    match = _FORMS["gYearMonth"].fullmatch(text)
    assert match is not None, "checked before"
    return ("gYearMonth", (int(match["year"]), int(match["month"])))


def _offset(zone: str) -> int:
    """The seconds a zone is ahead of UTC."""
    if zone == "Z":
        return 0
    seconds = int(zone[1:3]) * 3600 + int(zone[4:6]) * 60
    return -seconds if zone[0] == "-" else seconds


_READERS: dict[str, Callable[[str], tuple[str, Any] | None]] = {
    "integer": _number,
    "decimal": _number,
    "double": _float,
    "float": _float,
    "boolean": _boolean,
    "dateTime": _date_time,
    "dateTimeStamp": _date_time,
    "date": _day,
    "gYear": _year,
    "gYearMonth": _year_month,
    **dict.fromkeys(_RANGES, _number),
}
