"""Dates keep their precision; their envelopes and comparisons never claim more."""

from __future__ import annotations

import datetime as dt

import pyoxigraph as ox
import pytest
from hypothesis import given
from hypothesis import strategies as st

from kuvend.corpus import certainly_before, envelope
from kuvend.corpus.envelope import derive_envelopes
from kuvend.errors import Unprocessable
from kuvend.namespaces import DCT, KV, XSD

KINDS = {4: XSD.gYear, 7: XSD.gYearMonth, 10: XSD.date}
DAYS = st.dates(dt.date(1000, 1, 1), dt.date(3000, 12, 31))


def date(text: str) -> ox.Literal:
    kind = XSD.dateTime if "T" in text else KINDS[len(text.lstrip("-").removesuffix("Z"))]
    return ox.Literal(text, datatype=kind)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2001", "2001-01-01", "2001-12-31"),
        ("2013-04", "2013-04-01", "2013-04-30"),
        ("2000-02", "2000-02-01", "2000-02-29"),
        ("1900-02", "1900-02-01", "1900-02-28"),
        ("1992-06-26", "1992-06-26", "1992-06-26"),
        ("1992-06-26T10:00:00", "1992-06-26", "1992-06-26"),
        ("2001Z", "2001-01-01", "2001-12-31"),
        ("-0044", "-0044-01-01", "-0044-12-31"),
    ],
)
def test_the_envelope_is_the_first_and_last_day_a_date_can_mean(
    text: str, first: str, last: str
) -> None:
    found = envelope(date(text))
    assert (found.not_before, found.not_after) == (
        ox.Literal(first, datatype=XSD.date),
        ox.Literal(last, datatype=XSD.date),
    )


@pytest.mark.parametrize(
    ("literal", "message"),
    [
        (ox.Literal("2013-13", datatype=XSD.gYearMonth), "there is no month 13"),
        (ox.Literal("1992-06-31", datatype=XSD.date), "month 6 of 1992 has no day 31"),
        (ox.Literal("1900-02-29", datatype=XSD.date), "has no day 29"),
        (ox.Literal("2001", datatype=XSD.date), "not an xsd:date"),
        (ox.Literal("26 June 1992", datatype=XSD.date), "not an xsd:date"),
        (ox.Literal("92", datatype=XSD.gYear), "not an xsd:gYear"),
        (ox.Literal("1992-06-26T25:00:00", datatype=XSD.dateTime), "not an xsd:dateTime"),
        (ox.Literal("1992"), "not typed as a date"),
    ],
)
def test_what_is_no_date_is_refused_in_words(literal: ox.Literal, message: str) -> None:
    with pytest.raises(Unprocessable, match=message):
        envelope(literal)


@pytest.mark.parametrize(
    ("earlier", "later", "expected"),
    [
        ("1978", "1975", False),
        ("1975", "1978", True),
        ("1978", "1978", None),
        ("1978", "1978-06", None),
        ("1978", "1979-01-01", True),
        ("1979-01-01", "1978", False),
        ("1992-06-26", "1992-06-26", False),
        ("1992-12-31", "1992", False),
        ("1992", "1992-01-01", False),
        ("-0044", "0044", True),
    ],
)
def test_dates_of_different_precision_compare_only_where_certain(
    earlier: str, later: str, expected: bool | None
) -> None:
    assert certainly_before(date(earlier), date(later)) is expected


def test_different_time_zones_leave_a_day_of_doubt() -> None:
    east = ox.Literal("2001-01-02+14:00", datatype=XSD.date)
    assert certainly_before(date("2001-01-01"), east) is None
    assert certainly_before(date("2000-12-30"), east) is True


@given(DAYS, DAYS, st.sampled_from([4, 7, 10]), st.sampled_from([4, 7, 10]))
def test_a_certain_answer_is_true_of_every_day_the_dates_can_mean(
    a: dt.date, b: dt.date, precision_a: int, precision_b: int
) -> None:
    answer = certainly_before(date(a.isoformat()[:precision_a]), date(b.isoformat()[:precision_b]))
    if answer is not None:
        assert answer is (a < b)


@given(DAYS, st.sampled_from([4, 7, 10]))
def test_a_day_lies_inside_the_envelope_of_its_shortened_form(day: dt.date, precision: int) -> None:
    found = envelope(date(day.isoformat()[:precision]))
    assert found.not_before.value <= day.isoformat() <= found.not_after.value


def test_several_dates_of_one_event_give_the_hull_and_say_so() -> None:
    event = ox.NamedNode("urn:founding")
    facts = [ox.Triple(event, DCT.date, date(text)) for text in ("2001", "2003-05")]
    (found,) = derive_envelopes(facts)
    assert found.is_hull
    assert found.triples == (
        ox.Triple(event, KV.notBefore, ox.Literal("2001-01-01", datatype=XSD.date)),
        ox.Triple(event, KV.notAfter, ox.Literal("2003-05-31", datatype=XSD.date)),
    )
    assert found.premises == tuple(sorted(facts, key=str))


def test_only_dct_date_gives_an_envelope() -> None:
    thing = ox.NamedNode("urn:holding")
    facts = [
        ox.Triple(thing, KV.attestedOn, date("2021-06-26")),
        ox.Triple(thing, DCT.date, ox.Literal("some day")),
    ]
    assert derive_envelopes(facts) == ()
