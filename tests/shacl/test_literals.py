"""Literals as XML Schema has them: their forms, and which is less."""

from __future__ import annotations

import datetime

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.namespaces import XSD
from kuvend.shacl.native.literals import is_well_formed, less
from kuvend.shacl.repairs import retyped


def _literal(text: str, name: str) -> ox.Literal:
    return ox.Literal(text, datatype=XSD[name])


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("١٢", "integer"),
        ("١٢", "decimal"),
        ("१९९२-06-26", "date"),
        ("١٢", "int"),
        ("1992-13-01", "date"),
        ("1900-02-29", "date"),
        ("2000-01-01T24:00:01", "dateTime"),
    ],
)
def test_what_xml_schema_does_not_allow_is_not_well_formed(text: str, name: str) -> None:
    assert not is_well_formed(_literal(text, name))
    assert is_well_formed(_literal("12", "integer"))


def test_a_year_of_any_length_is_one() -> None:
    assert is_well_formed(_literal(f"{'1' * 5000}2-02-29", "date"))
    assert not is_well_formed(_literal(f"{'1' * 5000}00-02-29", "date"))


@pytest.mark.parametrize(
    ("left", "right", "name"),
    [
        ("1999-12-31T23:59:59", "2000-01-01T24:00:00", "dateTime"),
        ("2000-01-01T24:00:00", "2000-01-02T00:00:00.001", "dateTime"),
        ("-0044-03-15T00:00:00Z", "0001-01-01T00:00:00Z", "dateTime"),
        ("-0044-03-15", "-0043-03-15", "date"),
        ("0000-02-29", "0000-03-01", "date"),
        ("9999-12-31", "10000-01-01", "date"),
        ("2000-01-01T00:00:00.0000001", "2000-01-01T00:00:00.0000002", "dateTime"),
        ("2000-01-01T12:00:00+02:00", "2000-01-01T11:00:00Z", "dateTime"),
        ("2000-01-01T23:00:00-02:00", "2000-01-02T02:00:00Z", "dateTime"),
    ],
)
def test_every_valid_moment_can_be_compared(left: str, right: str, name: str) -> None:
    assert less(_literal(left, name), _literal(right, name)) is True
    assert less(_literal(right, name), _literal(left, name), or_equal=True) is False


def test_midnight_is_the_end_of_one_day_and_the_start_of_the_next() -> None:
    evening, morning = (
        _literal(text, "dateTime") for text in ("2000-02-29T24:00:00", "2000-03-01T00:00:00")
    )
    assert less(evening, morning) is False and less(evening, morning, or_equal=True) is True


def test_a_moment_with_a_zone_is_not_compared_to_one_without() -> None:
    for name, tail in (("date", ""), ("dateTime", "T00:00:00")):
        here, there = (_literal(f"2000-01-01{tail}{zone}", name) for zone in ("", "Z"))
        assert less(here, there) is None and less(there, here) is None


@settings(max_examples=200, deadline=None, derandomize=True)
@given(left=st.datetimes(), right=st.datetimes())
def test_moments_are_in_the_order_of_the_calendar(
    left: datetime.datetime, right: datetime.datetime
) -> None:
    one, other = (_literal(moment.isoformat(), "dateTime") for moment in (left, right))
    assert less(one, other) is (left < right)


def test_digits_of_other_scripts_are_not_retyped() -> None:
    assert retyped(ox.Literal("٢٠١٣"), [(XSD.gYear, None)]) is None
    assert retyped(ox.Literal("2013"), [(XSD.gYear, None)]) == _literal("2013", "gYear")
