"""A date that is none is told by what is wrong with it, and by what to write where that is sure."""

from __future__ import annotations

import pytest

from kuvend.project import Project
from kuvend.project.submission import Checker, checker_of, read_parts
from kuvend.shacl.finding import Finding
from kuvend.shacl.wording import LANGUAGES
from kuvend.syntax import Source

HEAD = """@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
<https://w3id.org/kuvend/id/org/karatay> a kv:Municipality ; skos:prefLabel "Karatay"@en ;
    kv:foundingDate """


@pytest.fixture(scope="module")
def checker(project: Project) -> Checker:
    return checker_of(project)


def findings(checker: Checker, text: str, name: str = "new.ttl") -> tuple[Finding, ...]:
    parts = read_parts([Source(name, text.encode())], base_iri=checker.base_iri, max_bytes=10**6)
    return checker.check(parts).findings


@pytest.mark.parametrize(
    ("date", "cause", "write"),
    [
        ('"2013-04-31"^^xsd:date', "There is no day 31 in 2013-04", ""),
        ('"2022-26-06"^^xsd:date', "There is no month 26", ""),
        ('"31.02.2020"', "There is no day 31 in 2020-02", ""),
        ('"20224"^^xsd:gYear', "A year has four digits, and 20224 has 5", ""),
        ('"03.05.2001"', "can be read in two ways: 2001-05-03 or 2001-03-05", ""),
        ('"2022-05-03Z"^^xsd:date', "without a time zone", '"2022-05-03"^^xsd:date'),
        ('"2022-5-3"^^xsd:date', "two digits each", '"2022-05-03"^^xsd:date'),
        ('"2022/05/03"', "", '"2022-05-03"^^xsd:date'),
        ('"2022-05-03"', "nothing marks them as a date", '"2022-05-03"^^xsd:date'),
        ('"2022-05-03"@uk', "text in a language (@uk)", '"2022-05-03"^^xsd:date'),
        ('"2022-05-03"^^xsd:dateTime', "marked as xsd:dateTime", '"2022-05-03"^^xsd:date'),
        ('"2022-05-03"^^xsd:Date', "marked as xsd:Date", '"2022-05-03"^^xsd:date'),
        ("2013", "marked as xsd:integer", '"2013"^^xsd:gYear'),
        ('"about 1990"', "", ""),
    ],
)
def test_what_keeps_it_from_being_a_date_is_told(
    checker: Checker, date: str, cause: str, write: str
) -> None:
    [found] = [f for f in findings(checker, f"{HEAD}{date} .") if f.severity == "violation"]
    assert (found.rule, found.span and found.span[1:3]) == ("shape/foundingDate-date", (5, 21))
    assert len(found.causes) == bool(cause)
    for said in found.causes:
        assert cause in said["en"]
        assert len({said[language] for language in LANGUAGES}) == len(LANGUAGES)
    assert found.advice_in(["en"]) == (f"Write {write}." if write else "")
    assert (found.fix.text if found.fix else "") == write


def test_a_number_of_json_is_told_as_people_write_it(checker: Checker) -> None:
    text = """{"@context": "https://w3id.org/kuvend/context.jsonld", "@id": "id-count:x",
     "@type": "kv:CountObservation", "kv:countOf": {"@id": "id-org:akk"}, "kv:countValue": 38.5}"""
    [found] = [f for f in findings(checker, text, "a.jsonld") if f.rule == "shape/Count-integer"]
    assert "The count 38.5 is not" in found.message(["en"])
