"""Values of literals: which literals are equal, which are ill-formed, which belong to a datatype.

The OWL 2 RL datatypes take part in equality and typing (dt-type2, dt-eq, dt-not-type). The date
and duration types of XML Schema are outside that list; their lexical forms are checked all the
same, because ``"2013-13"^^xsd:gYearMonth`` is a mistake in any graph.
Source: OWL 2 Structural Specification §4, XML Schema 1.1 part 2.
"""

from __future__ import annotations

import base64
import binascii
import datetime
import re
import struct
import xml.parsers.expat
from collections.abc import Callable, Hashable
from decimal import Decimal
from functools import cache

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, XSD

# (kind, payload): two literals are equal where these are. ``None`` stands for ill-formed.
Value = tuple[str, Hashable]

_XSD = str(XSD)

INTEGER_RANGES: dict[str, tuple[int | None, int | None]] = {
    "integer": (None, None),
    "nonNegativeInteger": (0, None),
    "nonPositiveInteger": (None, 0),
    "positiveInteger": (1, None),
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

_NAME_START = (
    r"A-Za-z_\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u037d\u037f-\u1fff\u200c-\u200d\u2070-\ufffd"
)
_NAME = rf"{_NAME_START}0-9.\-\u00b7\u0300-\u036f\u203f-\u2040"
# Types derived from xsd:string whose values are strings of this form.
STRING_FORMS: dict[str, re.Pattern[str]] = {
    "normalizedString": re.compile(r"[^\t\r\n]*"),
    "token": re.compile(r"(?:[^\t\r\n ]+(?: [^\t\r\n ]+)*)?"),
    "language": re.compile(r"[a-zA-Z]{1,8}(?:-[a-zA-Z0-9]{1,8})*"),
    "Name": re.compile(rf"[:{_NAME_START}][:{_NAME}]*"),
    "NCName": re.compile(rf"[{_NAME_START}][{_NAME}]*"),
    "NMTOKEN": re.compile(rf"[:{_NAME}]+"),
}

OWL_RL_DATATYPES: tuple[ox.NamedNode, ...] = (
    RDF.PlainLiteral,
    RDF.XMLLiteral,
    RDFS.Literal,
    *(XSD[name] for name in ("decimal", *INTEGER_RANGES, "float", "double", "string")),
    *(XSD[name] for name in STRING_FORMS),
    *(
        XSD[name]
        for name in ("boolean", "hexBinary", "base64Binary", "anyURI", "dateTime", "dateTimeStamp")
    ),
)

_INTEGER = re.compile(r"[+-]?[0-9]+")
_DECIMAL = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)")
_FLOAT = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_ZONE = r"(?P<zone>Z|[+-](?:0[0-9]|1[0-3]):[0-5][0-9]|[+-]14:00)?"
# As many digits as a processor of XML Schema may have to read are enough for a year; reading any
# number of them takes its time, and is refused past some thousands.
_YEAR = r"(?P<year>-?(?:[1-9][0-9]{3,8}|0[0-9]{3}))"
_MONTH, _DAY = r"(?P<month>0[1-9]|1[0-2])", r"(?P<day>0[1-9]|[12][0-9]|3[01])"
_TIME = (
    r"(?:(?P<hour>[01][0-9]|2[0-3]):(?P<minute>[0-5][0-9]):(?P<second>[0-5][0-9](?:\.[0-9]+)?)"
    r"|(?P<midnight>24:00:00(?:\.0+)?))"
)
_CALENDAR_FORMS: dict[str, re.Pattern[str]] = {
    "dateTime": re.compile(f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE}"),
    "dateTimeStamp": re.compile(f"{_YEAR}-{_MONTH}-{_DAY}T{_TIME}{_ZONE.rstrip('?')}"),
    "date": re.compile(f"{_YEAR}-{_MONTH}-{_DAY}{_ZONE}"),
    "time": re.compile(f"{_TIME}{_ZONE}"),
    "gYear": re.compile(f"{_YEAR}{_ZONE}"),
    "gYearMonth": re.compile(f"{_YEAR}-{_MONTH}{_ZONE}"),
    "gMonth": re.compile(f"--{_MONTH}{_ZONE}"),
    "gMonthDay": re.compile(f"--{_MONTH}-{_DAY}{_ZONE}"),
    "gDay": re.compile(f"---{_DAY}{_ZONE}"),
}
_COUNT = r"[0-9]{1,18}"
_DURATION = re.compile(
    rf"(?P<sign>-?)P(?=[0-9T])(?:(?P<years>{_COUNT})Y)?(?:(?P<months>{_COUNT})M)?"
    rf"(?:(?P<days>{_COUNT})D)?(?:T(?=[0-9])(?:(?P<hours>{_COUNT})H)?(?:(?P<minutes>{_COUNT})M)?"
    rf"(?:(?P<seconds>{_COUNT}(?:\.[0-9]+)?)S)?)?"
)
_BAD_URI = re.compile(r"[\x00-\x20<>\"{}|\\^`]|%(?![0-9A-Fa-f]{2})|^:|#.*#")


def literal_value(literal: ox.Literal) -> Value | None:
    """The value of ``literal``, or ``None`` where its lexical form does not fit its datatype.

    A literal of a datatype unknown here has itself as value.

    >>> literal_value(ox.Literal("01", datatype=XSD.integer)) == literal_value(
    ...     ox.Literal("1.0", datatype=XSD.decimal))
    True
    >>> literal_value(ox.Literal("2013-13", datatype=XSD.gYearMonth)) is None
    True
    """
    text = literal.value
    if literal.language:
        return ("lang", (text, literal.language.lower(), getattr(literal, "direction", None)))
    datatype = literal.datatype.value
    parse = _parsers().get(datatype)
    return parse(text) if parse is not None else ("other", (datatype, text))


def belongs_to(literal: ox.Literal, datatype: ox.NamedNode) -> bool:
    """Whether the value of ``literal`` is one of ``datatype``; an ill-formed one is of none.

    >>> five = ox.Literal("5", datatype=XSD.int)
    >>> belongs_to(five, XSD.decimal), belongs_to(five, XSD.string)
    (True, False)
    """
    value = literal_value(literal)
    if value is None:
        return False
    if datatype in (literal.datatype, RDFS.Literal):
        return True
    kind, payload = value
    name = datatype.value.removeprefix(_XSD)
    if kind == "number":
        return name == "decimal" or _in_range(payload, name)
    if kind == "string":
        form = STRING_FORMS.get(name)
        return (
            name == "string"
            or datatype == RDF.PlainLiteral
            or (form is not None and form.fullmatch(str(payload)) is not None)
        )
    if kind == "lang":
        return datatype in (RDF.PlainLiteral, RDF.langString)
    if kind == "dateTime":
        zoned = isinstance(payload, tuple) and payload[1] is not None
        return name == "dateTime" or (name == "dateTimeStamp" and zoned)
    if kind == "duration":
        return name == "duration"
    return kind == name or (kind == "xml" and datatype == RDF.XMLLiteral)


def _in_range(number: Hashable, name: str) -> bool:
    if name not in INTEGER_RANGES or not isinstance(number, int | Decimal) or number % 1:
        return False
    low, high = INTEGER_RANGES[name]
    return (low is None or number >= low) and (high is None or number <= high)


@cache
def _parsers() -> dict[str, Callable[[str], Value | None]]:
    """Datatype IRI to the function that reads its lexical forms."""
    found: dict[str, Callable[[str], Value | None]] = {
        "decimal": _decimal,
        "float": lambda text: _float(text, "float"),
        "double": lambda text: _float(text, "double"),
        "string": lambda text: ("string", text),
        "boolean": lambda text: _BOOLEANS.get(text.strip(_SPACE)),
        "hexBinary": _hex,
        "base64Binary": _base64,
        "anyURI": _uri,
        "duration": lambda text: _duration(text, "duration"),
        "dayTimeDuration": lambda text: _duration(text, "dayTimeDuration"),
        "yearMonthDuration": lambda text: _duration(text, "yearMonthDuration"),
    }
    for name in INTEGER_RANGES:
        found[name] = lambda text, name=name: _integer(text, name)  # type: ignore[misc]
    for name in STRING_FORMS:
        found[name] = lambda text, name=name: _string(text, name)  # type: ignore[misc]
    for name in _CALENDAR_FORMS:
        found[name] = lambda text, name=name: _calendar(text, name)  # type: ignore[misc]
    by_iri = {_XSD + name: parse for name, parse in found.items()}
    by_iri[RDF.XMLLiteral.value] = _xml
    by_iri[RDF.PlainLiteral.value] = _plain
    return by_iri


_SPACE = " \t\r\n"
_BOOLEANS: dict[str, Value] = {
    "true": ("boolean", True),
    "1": ("boolean", True),
    "false": ("boolean", False),
    "0": ("boolean", False),
}


def _integer(text: str, name: str) -> Value | None:
    lexical = text.strip(_SPACE)
    if not _INTEGER.fullmatch(lexical):
        return None
    number = int(Decimal(lexical))
    return ("number", number) if _in_range(number, name) else None


def _decimal(text: str) -> Value | None:
    lexical = text.strip(_SPACE)
    return ("number", Decimal(lexical)) if _DECIMAL.fullmatch(lexical) else None


def _float(text: str, name: str) -> Value | None:
    lexical = text.strip(_SPACE)
    if not _FLOAT.fullmatch(lexical):
        return None
    number = float(lexical.replace("INF", "inf"))
    if name == "float":
        try:
            number = struct.unpack("f", struct.pack("f", number))[0]
        except OverflowError:
            number = float("inf") if number > 0 else float("-inf")
    # NaN is identical to itself, and -0 is not identical to 0.
    return (name, repr(number))


def _string(text: str, name: str) -> Value | None:
    return ("string", text) if STRING_FORMS[name].fullmatch(text) else None


def _hex(text: str) -> Value | None:
    try:
        return ("hexBinary", binascii.unhexlify(text.strip(_SPACE)))
    except (binascii.Error, ValueError):
        return None


def _base64(text: str) -> Value | None:
    try:
        return ("base64Binary", base64.b64decode("".join(text.split()), validate=True))
    except (binascii.Error, ValueError):
        return None


def _uri(text: str) -> Value | None:
    lexical = text.strip(_SPACE)
    return None if _BAD_URI.search(lexical) else ("anyURI", lexical)


def _xml(text: str) -> Value | None:
    parser = xml.parsers.expat.ParserCreate()
    try:
        parser.Parse(f"<x>{text}</x>", True)
    except xml.parsers.expat.ExpatError:
        return None
    return ("xml", text)


def _plain(text: str) -> Value | None:
    string, at, language = text.rpartition("@")
    if not at:
        return None
    return ("lang", (string, language.lower(), None)) if language else ("string", string)


# Most dates are of this kind: no zone, and a day that every month has.
_PLAIN_DATE = re.compile(r"([1-9][0-9]{3})-(0[1-9]|1[0-2])-(0[1-9]|1[0-9]|2[0-8])")


def _calendar(text: str, name: str) -> Value | None:
    if name == "date" and (plain := _PLAIN_DATE.fullmatch(text)):
        return (name, (int(plain[1]), int(plain[2]), int(plain[3]), 0, None))
    match = _CALENDAR_FORMS[name].fullmatch(text.strip(_SPACE))
    if match is None:
        return None
    parts = match.groupdict()
    year, month, day = (int(parts.get(key) or 0) for key in ("year", "month", "day"))
    if day and day > _days_in(year if "year" in parts else 4, month or 1):
        return None
    zone = _zone_minutes(parts.get("zone"))
    if name in ("dateTime", "dateTimeStamp"):
        return ("dateTime", (_instant(year, month, day, parts), zone))
    clock = _seconds(parts) % 86400 if name == "time" else Decimal(0)
    return (name, (year, month, day, clock, zone))


def _days_in(year: int, month: int) -> int:
    leap = year % 4 == 0 and (year % 100 != 0 or year % 400 == 0)
    return (31, 29 if leap else 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31)[month - 1]


def _instant(year: int, month: int, day: int, parts: dict[str, str | None]) -> Decimal:
    """Seconds since the year 0 on the local clock, without the time zone."""
    cycle, year_of_cycle = divmod(year, 400)
    days = datetime.date(2000 + year_of_cycle, month, day).toordinal() + cycle * 146097
    return days * 86400 + _seconds(parts)


def _seconds(parts: dict[str, str | None]) -> Decimal:
    if parts["midnight"]:
        return Decimal(86400)
    hours, minutes = int(parts["hour"] or 0), int(parts["minute"] or 0)
    return hours * 3600 + minutes * 60 + Decimal(parts["second"] or 0)


def _zone_minutes(zone: str | None) -> int | None:
    """Offset from UTC in minutes; a part of the value's identity in OWL 2."""
    if zone is None:
        return None
    if zone == "Z":
        return 0
    minutes = int(zone[1:3]) * 60 + int(zone[4:6])
    return minutes if zone[0] == "+" else -minutes


def _duration(text: str, name: str) -> Value | None:
    match = _DURATION.fullmatch(text.strip(_SPACE))
    if match is None:
        return None
    parts = match.groupdict()
    coarse = parts["years"] or parts["months"]
    fine = parts["days"] or parts["hours"] or parts["minutes"] or parts["seconds"]
    if (name == "dayTimeDuration" and coarse) or (name == "yearMonthDuration" and fine):
        return None
    months = int(parts["years"] or 0) * 12 + int(parts["months"] or 0)
    minutes = (int(parts["days"] or 0) * 24 + int(parts["hours"] or 0)) * 60
    seconds = (minutes + int(parts["minutes"] or 0)) * 60 + Decimal(parts["seconds"] or 0)
    sign = -1 if parts["sign"] else 1
    return ("duration", (sign * months, sign * seconds))


def is_literal_datatype(datatype: ox.NamedNode) -> bool:
    """Whether membership in this datatype is decided by values: the OWL 2 RL ones and XSD's own."""
    return datatype in OWL_RL_DATATYPES or datatype.value in _parsers() or datatype == OWL.real
