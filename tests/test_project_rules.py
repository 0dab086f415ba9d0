"""The rules that come with the default project conclude what they say, and no more."""

from __future__ import annotations

import datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.reasoning import Reasoner, load_rules
from places import ROOT

RULES = load_rules(ROOT / "ontology" / "rules")
DAY = datetime.date(2026, 1, 1)
PREFIXES = """
@prefix : <urn:x:> .
@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""


def triples(turtle: str) -> list[ox.Triple]:
    parsed = ox.parse((PREFIXES + turtle).encode(), format=ox.RdfFormat.TURTLE)
    return [quad.triple for quad in parsed]


def inferred(turtle: str) -> set[ox.Triple]:
    return set(Reasoner(triples(turtle), rules=RULES, date=DAY).closure().inferred)


@pytest.mark.parametrize(
    ("given", "follows"),
    [
        (
            ":p a kv:CooperationAgreement ; kv:hasParty :a , :b .",
            ":a kv:cooperatesWith :b . :b kv:cooperatesWith :a .",
        ),
        (
            ':a kv:foundedThrough :e . :e dct:date "2001"^^xsd:gYear .',
            ':a kv:foundingDate "2001"^^xsd:gYear .',
        ),
        (
            ':h kv:startDate "2024-05"^^xsd:gYearMonth .',
            ':h kv:currentOn "2026-01-01"^^xsd:date .',
        ),
        (
            ':h kv:startDate "2024"^^xsd:gYear ; kv:endDate "2027"^^xsd:gYear .',
            ':h kv:currentOn "2026-01-01"^^xsd:date .',
        ),
        (
            ":m a kv:OrganisationMembership ; org:organization :b ; org:member :x . "
            ":n a kv:OrganisationMembership ; org:organization :b ; org:member :y .",
            ":b kv:recordedMembers 2 .",
        ),
    ],
    ids=["cooperates-with", "founding-date", "current", "current-before-its-end", "members"],
)
def test_the_rule_concludes_it(given: str, follows: str) -> None:
    assert set(triples(follows)) <= inferred(given)


@pytest.mark.parametrize(
    "given",
    [
        ":p a kv:CooperationAgreement ; kv:hasParty :a .",
        ":p a kv:Agreement ; kv:hasParty :a , :b .",
        ':e dct:date "2001"^^xsd:gYear .',
        ':h kv:startDate "2026-02"^^xsd:gYearMonth .',
        ':h kv:startDate "2026"^^xsd:gYear .',
        ':h kv:startDate "2020"^^xsd:gYear ; kv:endDate "2025"^^xsd:gYear .',
        ':h kv:attestedOn "2021-06-26"^^xsd:date .',
        ":h a kv:OfficeHolding ; org:organization :b ; org:member :x .",
    ],
    ids=[
        "one-party", "other-agreement", "event-of-nothing", "starts-later", "may-start-later",
        "ended", "attested-only", "office-is-no-membership",
    ],
)  # fmt: skip
def test_the_near_miss_concludes_nothing(given: str) -> None:
    assert inferred(given) == set()


def test_the_count_of_members_follows_when_a_member_goes() -> None:
    one, two = (
        triples(f":{m} a kv:OrganisationMembership ; org:organization :b ; org:member :{x} .")
        for m, x in (("m", "x"), ("n", "y"))
    )
    reasoner = Reasoner([*one, *two], rules=RULES, date=DAY)
    reasoner.remove(two)
    assert set(triples(":b kv:recordedMembers 1 .")) == set(reasoner.closure().inferred)


def test_every_rule_says_what_it_is_for() -> None:
    assert {rule.name for rule in RULES} == {path.stem for path in rule_files()}
    assert all(len(rule.description) > 40 for rule in RULES)


def rule_files() -> list[Path]:
    found = sorted((ROOT / "ontology" / "rules").glob("*.rq"))
    assert found
    return found
