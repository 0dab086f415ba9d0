"""What was meant, and what a text says of a number: the same answer for much as for little."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.shacl.checks.evidence import approximation
from kuvend.shacl.checks.identity import KnownThing, KnownThings
from kuvend.shacl.checks.nearest import Names, similarity
from kuvend.shacl.checks.vocabulary import Choice, Vocabulary, VocabularyTerm

BASE = "https://w3id.org/kuvend/"
_WORDS = [
    "founding",
    "Founded",
    "date",
    "In",
    "year",
    "Year",
    "komuna",
    "Ëmbël",
    "İl",
    "ı",
    " ",
    "_",
]
_names = st.lists(st.sampled_from(_WORDS), min_size=1, max_size=4).map("".join)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(
    name=_names, others=st.lists(_names, max_size=12), at_least=st.sampled_from([0.5, 0.72, 0.9])
)
def test_the_nearest_name_is_the_first_of_those_most_like_it(
    name: str, others: list[str], at_least: float
) -> None:
    candidates = {str(number): [other] for number, other in enumerate(others)}
    alike = {
        number: similarity(name, other)
        for number, (other,) in candidates.items()
        if abs(len(other) - len(name)) <= max(len(name), 6)
    }
    best = max(alike, key=lambda number: alike[number], default=None)
    expected = best if best is not None and alike[best] > at_least else None
    assert Names(candidates).nearest(name, at_least=at_least) == expected


def test_names_are_looked_up_a_few_hundred_times_a_submission() -> None:
    term = VocabularyTerm(f"{BASE}def#foundingDate", "property", {"en": "founding date"})
    vocabulary = Vocabulary({term.iri: term}, frozenset(), f"{BASE}concept/", {})
    found = [vocabulary.near(f"foundingDat{number}", Choice("property")) for number in range(1000)]
    assert found[:100] == [term.iri] * 100 and set(found[500:]) == {None}
    assert vocabulary.near("foundingDat5", Choice("property")) == term.iri


def test_a_known_thing_is_found_by_its_address_or_name() -> None:
    akk, other = f"{BASE}id/org/akk-kosovo", f"{BASE}id/person/ann-of-saraj"
    known = KnownThings(
        [KnownThing(akk, ("Asociacioni i Komunave", "Lidhja 12")), KnownThing(other, ())], BASE
    )
    assert known.near_iri(f"{BASE}id/org/akk-kosova") == akk
    assert known.near_iri(f"{BASE}id/org/asociacioni-komunave") == akk
    assert known.near_iri(f"{BASE}id/org/ann-of-sarai") == other
    assert known.near_iri(f"{BASE}id/org/nothing-like-it") is None
    for name, found in [("Asociacioni i Komunav", akk), ("Lidhja 13", None), ("Lidhje 12", akk)]:
        thing = known.same_name("org", [name])
        assert (thing and thing.iri) == found
    assert known.same_name("person", ["Asociacioni i Komunave"]) is None


@pytest.mark.parametrize(
    ("text", "number", "expected"),
    [
        ("близько 10 000 громад", "10000", ("близько 10 000", "count-approx")),
        ("about the 35 members", "35", ("about the 35", "count-approx")),
        ("1.000, kadar üye", "1000", ("1.000, kadar", "count-approx")),
        ("1000’den fazla üye", "1000", ("1000’den fazla", "count-approx")),
        ("almost 35 of 36", "35", ("almost 35", "count-below")),
        ("almost 35 of 36", "36", None),
        ("35 members", "35", None),
    ],
)
def test_words_that_make_a_number_approximate(
    text: str, number: str, expected: tuple[str, str] | None
) -> None:
    assert approximation(text, number) == expected


_LONG = ["1 " * 50_000, "1’" * 50_000, "about " * 20_000, "mbi" + " " * 90_000]


@pytest.mark.parametrize("text", _LONG, ids=["blanks", "marks", "words", "gap"])
def test_a_long_text_is_read_once(text: str) -> None:
    assert approximation(f"{text} x y 35 kadar", "35") == ("35 kadar", "count-approx")
