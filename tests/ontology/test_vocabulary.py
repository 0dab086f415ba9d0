"""The closed vocabulary: what exists, what is misused, what was probably meant."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.ontology import (
    Vocabulary,
    check_query_text,
    check_turtle,
    check_vocabulary,
    read_ontology,
)
from kuvend.ontology.vocabulary import Wanted
from places import ROOT

KV = "https://w3id.org/kuvend/def#"
ORG = "http://www.w3.org/ns/org#"
SKOS = "http://www.w3.org/2004/02/skos/core#"


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return Vocabulary(read_ontology(ROOT / "ontology"))


@pytest.mark.parametrize(
    ("written", "wanted", "meant"),
    [
        (f"{ORG}organisation", "property", f"{ORG}organization"),
        (f"{ORG}hasSuborganization", "property", f"{ORG}hasSubOrganization"),
        (f"{ORG}Organisation", "class", f"{ORG}Organization"),
        ("http://w3.org/ns/org#Post", "class", f"{ORG}Post"),
        ("https://www.w3.org/ns/org#Post", "class", f"{ORG}Post"),
        ("http://w3id.org/kuvend/def#hasParty", "property", f"{KV}hasParty"),
        ("https://w3id.org/kuvend/def/hasParty", "property", f"{KV}hasParty"),
        (f"{KV}hasSignatry", "property", f"{KV}hasSignatory"),
        (f"{KV}municipality", "class", f"{KV}Municipality"),
        (f"{SKOS}prefLable", "property", f"{SKOS}prefLabel"),
        (f"{ORG}prefLabel", "property", f"{SKOS}prefLabel"),
        ("http://purl.org/dc/elements/1.1/title", "property", "http://purl.org/dc/terms/title"),
        ("http://www.w3.org/ns/shacl#minCout", "property", "http://www.w3.org/ns/shacl#minCount"),
        (
            "https://w3id.org/kuvend/concept/topic-legislatoin",
            "term",
            "https://w3id.org/kuvend/concept/topic-legislation",
        ),
    ],
)
def test_a_slip_is_given_the_term_that_was_meant(
    vocabulary: Vocabulary, written: str, wanted: Wanted, meant: str
) -> None:
    assert vocabulary.suggest(written, wanted) == meant


@pytest.mark.parametrize("iri", [f"{KV}budgetOfTheYear", "urn:x:anything", f"{KV}hasParty"])
def test_nothing_is_suggested_where_nothing_is_near_or_all_is_well(
    vocabulary: Vocabulary, iri: str
) -> None:
    assert vocabulary.suggest(iri) is None


def test_every_declared_term_and_every_language_word_is_known(vocabulary: Vocabulary) -> None:
    for iri in (f"{KV}Municipality", f"{ORG}Post", "http://www.w3.org/ns/shacl#class"):
        assert iri in vocabulary
        assert not vocabulary.is_unknown(iri)
    assert vocabulary.kind(f"{KV}hasParty") == "object property"
    assert vocabulary.kind("http://www.w3.org/2001/XMLSchema#gYear") == "datatype"


def triple(turtle: str) -> ox.Triple:
    prologue = f"""PREFIX kv: <{KV}> PREFIX kvc: <https://w3id.org/kuvend/concept/>
        PREFIX org: <{ORG}> PREFIX skos: <{SKOS}> PREFIX sh: <http://www.w3.org/ns/shacl#>
        PREFIX xsd: <http://www.w3.org/2001/XMLSchema#> PREFIX : <urn:x:>
        PREFIX dct: <http://purl.org/dc/terms/> PREFIX rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#>
    """
    return next(iter(ox.parse((prologue + turtle).encode(), format=ox.RdfFormat.TURTLE))).triple


@pytest.mark.parametrize(
    ("turtle", "rule"),
    [
        (":a kv:hasPartyy :b .", "unknown-term"),
        (":a a kv:Municipalty .", "unknown-term"),
        (":a kv:concerns kvc:topic-cheese .", "unknown-term"),
        (":a <http://example.org/says> :b .", "unknown-vocabulary"),
        (":a a <http://example.org/Thing> .", "unknown-vocabulary"),
        (":a kv:Municipality :b .", "not-a-property"),
        (":a a kv:hasParty .", "not-a-class"),
        (":s sh:path kv:hasPartyy .", "unknown-term"),
        (":s sh:targetClass kv:hasParty .", "not-a-class"),
        (":s sh:path kv:Agreement .", "not-a-property"),
        (':a dct:date "1992"^^xsd:gyear .', "unknown-term"),
        (
            ":a kv:concerns <http://w3id.org/kuvend/concept/topic-legislation> .",
            "unknown-vocabulary",
        ),
    ],
)
def test_a_triple_outside_the_vocabulary_is_reported(
    vocabulary: Vocabulary, turtle: str, rule: str
) -> None:
    findings = check_vocabulary(vocabulary, [triple(turtle)])
    assert [finding.rule for finding in findings] == [rule]


@pytest.mark.parametrize(
    "turtle",
    [
        ":a kv:hasParty :b .",
        ":a a kv:Municipality .",
        ":a kv:concerns kvc:topic-legislation .",
        ":a rdf:_2 :b .",
        ":a skos:exactMatch <http://www.wikidata.org/entity/Q1> .",
        ':a dct:date "1992"^^xsd:gYear .',
        ":s sh:path [ sh:inversePath kv:hasParty ] .",
    ],
)
def test_a_triple_inside_the_vocabulary_is_not(vocabulary: Vocabulary, turtle: str) -> None:
    assert check_vocabulary(vocabulary, [triple(turtle)]) == []


def test_a_query_is_told_each_wrong_name_with_its_place(vocabulary: Vocabulary) -> None:
    text = (
        "PREFIX kv: <https://w3id.org/kuvend/def#>\n"
        "# kv:notInAComment\n"
        'SELECT ?x { ?x kv:hasPartyy ?y ; kv:note "kv:notInAString" .\n'
        "  ?x <http://w3.org/ns/org#postIn> ?z . ?z nope:thing _:b0 }"
    )
    found = [(f.rule, f.line, f.column) for f in check_query_text(vocabulary, text)]
    assert found == [
        ("unknown-term", 3, 16),
        ("unknown-vocabulary", 4, 6),
        ("undeclared-prefix", 4, 44),
    ]


def test_a_query_with_the_prefixes_of_the_project_needs_no_declarations(
    vocabulary: Vocabulary,
) -> None:
    assert check_query_text(vocabulary, "SELECT ?p { ?a kv:hasParty ?p . FILTER(?a<?p) }") == []


def test_a_prefix_declared_for_sparql_must_agree_with_the_list(
    vocabulary: Vocabulary, tmp_path: Path
) -> None:
    path = tmp_path / "shapes.ttl"
    path.write_text(
        "PREFIX sh: <http://www.w3.org/ns/shacl#>\n<urn:x:p> sh:declare\n"
        '  [ sh:prefix "org" ; sh:namespace "http://w3.org/ns/org#" ] ,\n'
        '  [ sh:prefix "mine" ; sh:namespace "urn:x:" ] .\n',
        encoding="utf-8",
    )
    found = [(f.rule, f.line, f.suggestion) for f in check_turtle(vocabulary, path)]
    assert found == [("prefix-differs", 3, ORG)]
