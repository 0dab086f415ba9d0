"""What keeps a text from being a date, in words: the day there is not, the type that is missing."""

from __future__ import annotations

import calendar
import re
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kuvend.namespaces import XSD
from kuvend.shacl.constraint_words import DATE_TROUBLES
from kuvend.shacl.dates import digits_of_day
from kuvend.shacl.wording import Text

_ISO = re.compile(
    r"(?P<year>-?\d+)(?:-(?P<month>\d+)(?:-(?P<day>\d+))?)?"
    r"(?P<time>T[\d:.]+)?(?P<zone>Z|[+-]\d\d:\d\d)?"
)
_FOUR = 4
_MONTHS = 12


def date_trouble(value: ox.Literal) -> Text | None:
    """Why ``value`` is not a date as it stands; ``None`` where its form says nothing sure.

    >>> date_trouble(ox.Literal("2013-04-31", datatype=XSD.date))["en"]
    'There is no day 31 in 2013-04: that month has 30 days.'
    >>> date_trouble(ox.Literal("03.05.2001"))["en"]
    '03.05.2001 can be read in two ways: 2001-05-03 or 2001-03-05. Write the one that is meant.'
    >>> date_trouble(ox.Literal("about 1990")) is None
    True
    """
    text = value.value.strip()
    found = next(_troubles(text, value), None)
    if found is None:
        return None
    name, values = found
    return {language: said.format(**values) for language, said in DATE_TROUBLES[name].items()}


def _troubles(text: str, value: ox.Literal) -> Iterator[tuple[str, Mapping[str, object]]]:
    match = _ISO.fullmatch(text)
    if match is None:
        yield from _of_local_digits(text)
        return
    year, month, day = match["year"], match["month"], match["day"]
    if len(year.lstrip("-")) != _FOUR:
        yield "year", {"year": year, "count": len(year.lstrip("-"))}
        return
    yield from _out_of_calendar(year, month, day)
    if any(part is not None and len(part) != 2 for part in (month, day)):
        yield "digits", {}
    if match["zone"] and not match["time"]:
        yield "zone", {"zone": match["zone"]}
    yield from _of_type(value)


def _of_local_digits(text: str) -> Iterator[tuple[str, Mapping[str, object]]]:
    parts = digits_of_day(text)
    if parts is None:
        return
    year, month, day = parts
    if not text.startswith(year) and month <= _MONTHS and day <= _MONTHS and month != day:
        one, other = f"{year}-{month:02}-{day:02}", f"{year}-{day:02}-{month:02}"
        yield "ambiguous", {"value": text, "one": one, "other": other}
    yield from _out_of_calendar(year, f"{month:02}", f"{day:02}")


def _out_of_calendar(
    year: str, month: str | None, day: str | None
) -> Iterator[tuple[str, Mapping[str, object]]]:
    if month is None:
        return
    if not 1 <= int(month) <= _MONTHS:
        yield "month", {"month": month}
        return
    days = calendar.monthrange(int(year) or 4, int(month))[1] if int(year) >= 0 else 31
    if day is not None and not 1 <= int(day) <= days:
        yield "day", {"day": day, "month": f"{year}-{int(month):02}", "days": days}


def _of_type(value: ox.Literal) -> Iterator[tuple[str, Mapping[str, object]]]:
    if value.language is not None:
        yield "language", {"tag": value.language}
    elif value.datatype == XSD.string:
        yield "plain", {}
    else:
        name = value.datatype.value
        is_xsd = name.startswith(str(XSD))
        yield "type", {"type": f"xsd:{name.removeprefix(str(XSD))}" if is_xsd else f"<{name}>"}
