"""The type of Arrow that holds every value of a column of one datatype.

Lexical forms are read strictly: a column with one ill-typed value stays text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa

_XSD = "http://www.w3.org/2001/XMLSchema#"
_INTEGERS = frozenset(
    {
        "integer", "long", "int", "short", "byte", "nonNegativeInteger", "positiveInteger",
        "nonPositiveInteger", "negativeInteger", "unsignedLong", "unsignedInt", "unsignedShort",
        "unsignedByte",
    }
)  # fmt: skip
_MOST_DIGITS = 38
_INTEGER = re.compile(r"[+-]?[0-9]{1,4000}")
_DECIMAL = re.compile(r"[+-]?(?P<whole>[0-9]*)(?:\.(?P<part>[0-9]*))?")
_DOUBLE = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?|[+-]?INF|NaN")
_BOOLEANS = {"true": True, "1": True, "false": False, "0": False}
_DATE = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(
    r"(?P<seconds>[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2})"
    r"(?:\.(?P<fraction>[0-9]{1,6})0*)?(?P<zone>Z|[+-][0-9]{2}:[0-9]{2})?"
)

Chunks = Sequence[Any]
Converted = tuple[Any, list[Any]]


def conversion(datatype: str, chunks: Chunks) -> Converted:
    """The type for a column of ``datatype`` and its arrays; text where there is no better one."""
    name = datatype.removeprefix(_XSD) if datatype.startswith(_XSD) else ""
    for attempt in _attempts(name):
        try:
            return attempt(chunks)
        except (ValueError, ArithmeticError, KeyError):
            # Errors of the library are ValueErrors: a value is out of range, or no such value.
            continue
    return pa.string(), list(chunks)


def _attempts(name: str) -> Sequence[Callable[[Chunks], Converted]]:
    if name in _INTEGERS:
        return (_small_integers, _large_integers)
    return _BY_NAME.get(name, ())


def _convert(chunks: Chunks, arrow_type: Any, read: Callable[[str], Any]) -> Converted:
    arrays = [
        pa.array([None if text is None else read(text) for text in chunk.to_pylist()], arrow_type)
        for chunk in chunks
    ]
    return arrow_type, arrays


def _matched(pattern: re.Pattern[str], text: str) -> re.Match[str]:
    found = pattern.fullmatch(text)
    if found is None:
        raise ValueError(text)
    return found


def _small_integers(chunks: Chunks) -> Converted:
    return _convert(chunks, pa.int64(), lambda text: int(_matched(_INTEGER, text)[0]))


def _large_integers(chunks: Chunks) -> Converted:
    wide = pa.decimal128(_MOST_DIGITS, 0)
    return _convert(chunks, wide, lambda text: Decimal(_matched(_INTEGER, text)[0]))


def _decimals(chunks: Chunks) -> Converted:
    """Decimals with as many digits after the point as any value has."""
    whole = scale = 1
    for text in _texts(chunks):
        found = _matched(_DECIMAL, text)
        whole = max(whole, len(found["whole"].lstrip("0")))
        scale = max(scale, len((found["part"] or "").rstrip("0")))
    if whole + scale > _MOST_DIGITS:
        raise ValueError("more digits than the type has")
    return _convert(chunks, pa.decimal128(whole + scale, scale), Decimal)


def _floats(arrow_type: Any) -> Callable[[Chunks], Converted]:
    return lambda chunks: _convert(
        chunks, arrow_type, lambda text: float(_matched(_DOUBLE, text)[0])
    )


def _booleans(chunks: Chunks) -> Converted:
    return _convert(chunks, pa.bool_(), _BOOLEANS.__getitem__)


def _dates(chunks: Chunks) -> Converted:
    return _convert(chunks, pa.date32(), lambda text: date.fromisoformat(_matched(_DATE, text)[0]))


def _moments(chunks: Chunks) -> Converted:
    """Microseconds: of UTC where every value has a zone, local where none has."""
    zones = {_matched(_MOMENT, text)["zone"] is not None for text in _texts(chunks)}
    if len(zones) > 1:
        raise ValueError("some values have a zone and some have none")
    return _convert(chunks, pa.timestamp("us", tz="UTC" if True in zones else None), _moment)


def _moment(text: str) -> datetime:
    found = _matched(_MOMENT, text)
    fraction = (found["fraction"] or "").ljust(6, "0")
    zone = (found["zone"] or "").replace("Z", "+00:00")
    moment = datetime.fromisoformat(f"{found['seconds']}.{fraction}{zone}")
    return moment.astimezone(UTC) if zone else moment


def _texts(chunks: Chunks) -> Iterator[str]:
    return (text for chunk in chunks for text in chunk.to_pylist() if text is not None)


_BY_NAME: dict[str, Sequence[Callable[[Chunks], Converted]]] = {
    "decimal": (_decimals,),
    "double": (_floats(pa.float64()),),
    "float": (_floats(pa.float32()),),
    "boolean": (_booleans,),
    "date": (_dates,),
    "dateTime": (_moments,),
    "dateTimeStamp": (_moments,),
}
