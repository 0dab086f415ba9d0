"""In JSON-LD a finding stands at the words that are wrong, on whichever line they are."""

from __future__ import annotations

import json

import pytest

from kuvend.project import Project
from kuvend.project.submission import Checker, checker_of, read_parts
from kuvend.project.submission.fixes import fixed_texts
from kuvend.shacl.finding import Finding, Validation
from kuvend.shacl.origins import grouped
from kuvend.syntax import Source

TEXT = """{
  "@context": ["https://w3id.org/kuvend/context.jsonld",
    {"name": {"@id": "skos:altLabel", "@container": "@language"}}],
  "@id": "id-org:karatay",
  "@type": "kv:Municipality",
  "skos:prefLabel": [
    {
      "@value": "Karatay",
      "@language": "en"
    },
    {
      "@language": "turkce",
      "@value": "Karatay Belediyesi"
    }
  ],
  "name": {"ua": "Каратай", "sq": "Каратай"},
  "kv:foundingDate": {
    "@type": "xsd:date",
    "@value": "31.12.1998"
  },
  "kv:operatesAtLevel": {
    "@id": "kvc:level-locl"
  },
  "org:memberOf": {
    "@id": "http://w3id.org/kuvend/id/org/akk"
  }
}"""


@pytest.fixture(scope="module")
def checker(project: Project) -> Checker:
    return checker_of(project)


def validated(checker: Checker, text: str) -> Validation:
    source = Source("a.jsonld", text.encode())
    return checker.check(read_parts([source], base_iri=checker.base_iri, max_bytes=10**6))


def findings(checker: Checker, text: str) -> list[Finding]:
    return list(validated(checker, text).findings)


@pytest.mark.parametrize(
    ("rule", "written"),
    [
        ("kuvend/language-tag", '"turkce"'),
        ("kuvend/language-tag", '"ua"'),
        ("kuvend/language-script", '"Каратай"}'),  # the second of two languages with one text
        ("shape/foundingDate-date", '"31.12.1998"'),
        ("kuvend/unknown-concept", '"kvc:level-locl"'),
        ("kuvend/wrong-address", '"http://w3id.org/kuvend/id/org/akk"'),
    ],
)
def test_it_stands_at_the_words(rule: str, written: str, checker: Checker) -> None:
    line, column = next(
        (number, text.index(written) + 1)
        for number, text in enumerate(TEXT.splitlines(), start=1)
        if written in text
    )
    places = {(f.rule, f.span.line, f.span.column) for f in findings(checker, TEXT) if f.span}
    assert (rule, line, column) in places


def test_a_finding_is_told_once(checker: Checker) -> None:
    groups = grouped(findings(checker, TEXT))
    assert sorted(one.main.rule for one in groups if one.main.severity == "violation") == [
        "kuvend/language-tag", "kuvend/language-tag", "kuvend/unknown-concept",
        "kuvend/wrong-address", "shape/foundingDate-date",
    ]  # fmt: skip


def test_fixes_leave_the_objects_around_the_words(checker: Checker) -> None:
    mended = json.loads(fixed_texts(validated(checker, TEXT))["a.jsonld"])
    assert mended["kv:operatesAtLevel"] == {"@id": "kvc:level-local"}
    assert mended["org:memberOf"] == {"@id": "id-org:akk"}
    assert mended["name"] == {"uk": "Каратай", "sq": "Каратай"}
    assert mended["skos:prefLabel"][1] == {"@language": "tr", "@value": "Karatay Belediyesi"}
    assert mended["kv:foundingDate"] == {"@value": "1998-12-31", "@type": "xsd:date"}


def test_a_class_under_a_misspelt_keyword_is_told_once_as_that(checker: Checker) -> None:
    text = """{"@context": "https://w3id.org/kuvend/context.jsonld", "@id": "id-org:karatay",
 "@tpye": "kv:Municipality", "skos:prefLabel": {"@value": "Karatay", "@language": "en"}}"""
    [found] = findings(checker, text)
    assert (found.rule, found.advice_in(["en"])) == ("kuvend/lost-key", "Write @type.")


def test_a_prefixed_name_in_xml_is_told_as_the_whole_address(checker: Checker) -> None:
    text = """<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"
 xmlns:kv="https://w3id.org/kuvend/def#"><kv:Municipality rdf:about="id-org:akk"/></rdf:RDF>"""
    parts = read_parts([Source("a.rdf", text.encode())], base_iri=checker.base_iri, max_bytes=9999)
    told = checker.check(parts).findings
    [found] = [f for f in told if f.rule == "kuvend/undeclared-prefix"]
    assert found.advice_in(["en"]) == "Write https://w3id.org/kuvend/id/org/akk."
