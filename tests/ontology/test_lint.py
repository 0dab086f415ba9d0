"""Each rule of the lint speaks where it should, and is silent where it should be."""

from __future__ import annotations

import pytest
from ontology_folder import OntologyFolder, term

CLASS = "owl:Class"
OBJECT = "owl:ObjectProperty"
DATA = "owl:DatatypeProperty"
LINK = "rdfs:domain :A ; rdfs:range :B ;"
AB = term("A", CLASS) + term("B", CLASS)

# Rule: what it speaks at, and the nearest thing at which it is silent.
CASES: dict[str, tuple[str, str]] = {
    "missing-label": (
        ':A a owl:Class ; skos:definition "x"@en ; rdfs:isDefinedBy <https://example.org/def> .',
        term("A", CLASS),
    ),
    "missing-definition": (
        ':A a owl:Class ; rdfs:label "a"@en ; rdfs:isDefinedBy <https://example.org/def> .',
        term("A", CLASS) + ':c a skos:Concept ; skos:prefLabel "c"@en .',
    ),
    "missing-defined-by": (
        ':A a owl:Class ; rdfs:label "a"@en ; skos:definition "x"@en .',
        term("A", CLASS),
    ),
    "missing-language": (
        '<https://example.org/def> dct:language "en" , "tr" . ' + term("A", CLASS),
        '<https://example.org/def> dct:language "en" . ' + term("A", CLASS),
    ),
    "no-language-tag": (
        term("A", CLASS, 'rdfs:label "a" ;'),
        term("A", CLASS, 'rdfs:label "a"@tr ;'),
    ),
    "odd-spaces": (
        term("A", CLASS, label="an  a"),
        term("A", CLASS, label="an a"),
    ),
    "not-nfc": (
        term("A", CLASS, 'rdfs:label "mbledhje\u0308"@sq ;'),
        term("A", CLASS, 'rdfs:label "mbledhj\u00eb"@sq ;'),
    ),
    "mixed-alphabets": (
        # The second letter of the first is a Latin i.
        term("A", CLASS, 'rdfs:label "м\u0069сто"@uk ;'),
        term("A", CLASS, 'rdfs:label "м\u0456сто"@uk ;'),
    ),
    "apostrophe": (
        term("A", CLASS, 'rdfs:label "обов\'язок"@uk ;'),
        term("A", CLASS, 'rdfs:label "обов’язок"@uk ;'),
    ),
    "wrong-alphabet": (
        term("A", CLASS, 'rdfs:label "громада"@sq ;'),
        term("A", CLASS, 'rdfs:label "bashkësi"@sq , "SHA-256"@uk ;'),
    ),
    "duplicate-label": (
        term("A", CLASS, label="same") + term("B", CLASS, label="Same"),
        term("A", CLASS, label="same") + term("b", OBJECT, label="same"),
    ),
    "punning": (
        term("A", "owl:Class , owl:ObjectProperty"),
        AB + ':x a :A , skos:Concept ; skos:prefLabel "x"@en .',
    ),
    "cycle": (
        term("A", CLASS, "rdfs:subClassOf :B ;") + term("B", CLASS, "rdfs:subClassOf :A ;"),
        term("A", CLASS, "rdfs:subClassOf :B ;") + term("B", CLASS),
    ),
    "deprecated-in-use": (
        term("A", CLASS, "owl:deprecated true ; dct:isReplacedBy :B ;")
        + term("B", CLASS)
        + term("C", CLASS, "rdfs:subClassOf :A ;"),
        term("A", CLASS, "owl:deprecated true ; dct:isReplacedBy :B ;") + term("B", CLASS),
    ),
    "axiom-on-reused-term": (
        term("A", CLASS) + "skos:Concept rdfs:subClassOf :A .",
        term("A", CLASS, "rdfs:subClassOf skos:Concept ;"),
    ),
    "same-as-in-ontology": (
        term("A", CLASS) + ":A owl:sameAs <http://www.wikidata.org/entity/Q1> .",
        term("A", CLASS) + ":A skos:exactMatch <http://www.wikidata.org/entity/Q1> .",
    ),
    "no-domain-or-range": (term("p", OBJECT), AB + term("p", OBJECT, LINK)),
    "range-of-wrong-sort": (
        AB + term("p", OBJECT, "rdfs:domain :A ; rdfs:range xsd:date ;"),
        AB + term("p", DATA, "rdfs:domain :A ; rdfs:range xsd:date ;"),
    ),
    "impossible-domain-or-range": (
        AB
        + ":A owl:disjointWith :B ."
        + term("p", OBJECT, LINK)
        + term("q", OBJECT, "rdfs:subPropertyOf :p ; rdfs:domain :B ;"),
        AB + ":A owl:disjointWith :B ." + term("p", OBJECT, LINK),
    ),
    "malformed-list": (
        term("p", OBJECT, "owl:propertyChainAxiom :q ;") + term("q", OBJECT),
        term("p", OBJECT, "owl:propertyChainAxiom ( :q :q ) ;") + term("q", OBJECT),
    ),
    "short-chain": (
        term("p", OBJECT, "owl:propertyChainAxiom ( :q ) ;") + term("q", OBJECT),
        term("p", OBJECT, "rdfs:subPropertyOf :q ;") + term("q", OBJECT),
    ),
    "not-owl-dl": (
        term("p", "owl:ObjectProperty , owl:TransitiveProperty , owl:AsymmetricProperty"),
        term("p", "owl:ObjectProperty , owl:TransitiveProperty")
        + term("q", "owl:ObjectProperty , owl:AsymmetricProperty", "rdfs:subPropertyOf :p ;"),
    ),
    "datatype-outside-rl": (
        term("p", DATA, "rdfs:range xsd:gYear ;"),
        term("p", DATA, "rdfs:range xsd:integer ;"),
    ),
    "unknown-term": (
        term("A", CLASS, "rdfs:subClassOf :Aa ;"),
        term("A", CLASS, "rdfs:subClassOf :B ;") + term("B", CLASS),
    ),
    "unknown-vocabulary": (
        term("A", CLASS, "<http://example.com/says> 1 ;"),
        term("A", CLASS, 'skos:prefLabel "a"@en ;'),
    ),
}


@pytest.mark.parametrize("rule", CASES)
def test_a_rule_speaks_at_its_case_and_not_at_the_near_miss(
    rule: str, folder: OntologyFolder
) -> None:
    case, near_miss = CASES[rule]
    assert rule in folder.module(case).rules()
    assert rule not in folder.module(near_miss).rules()


def test_a_finding_says_file_line_and_column(folder: OntologyFolder) -> None:
    folder.module("\n\n" + term("A", CLASS, "rdfs:subClassOf :Aa ;"))
    finding = next(f for f in folder.check() if f.rule == "unknown-term")
    text = (folder.root / "main.ttl").read_text(encoding="utf-8").splitlines()
    assert finding.file == folder.root / "main.ttl"
    assert finding.line and finding.column
    assert text[finding.line - 1][finding.column - 1 :].startswith(":Aa")
    assert finding.suggestion == "https://example.org/def#A"


def test_a_file_without_an_ontology_header_and_an_ontology_without_version_are_reported(
    folder: OntologyFolder,
) -> None:
    folder.write("bare.ttl", term("A", "owl:Class"))
    assert {"no-header", "no-version"} <= folder.rules()
    folder.module("")
    assert "no-version" not in folder.rules()


def test_an_alignment_of_a_term_there_is_not_is_an_error(folder: OntologyFolder) -> None:
    folder.module(term("A", CLASS))
    folder.write(
        "alignments/a.ttl",
        "<https://example.org/a> a owl:Ontology . :Aaaa skos:exactMatch <urn:x:a> .",
    )
    assert "alignment-of-nothing" in folder.rules()


def test_an_import_nobody_imports_and_one_without_source_are_reported(
    folder: OntologyFolder,
) -> None:
    folder.module(term("A", CLASS) + "<https://example.org/def> owl:imports <urn:x:bare> .")
    folder.write("imports/bare.ttl", "<urn:x:bare> a owl:Ontology .")
    folder.write("imports/lost.ttl", "<urn:x:lost> a owl:Ontology .")
    found = {(f.rule, f.file.name) for f in folder.check() if f.file}
    assert ("import-without-source", "bare.ttl") in found
    assert ("import-not-used", "lost.ttl") in found
    assert ("import-without-source", "words.ttl") not in found


def test_a_prefix_that_differs_from_the_list_is_an_error(folder: OntologyFolder) -> None:
    folder.module(term("A", CLASS))
    folder.write(
        "prefixes.ttl",
        '<https://example.org/def> sh:declare [ sh:prefix "locn" ;'
        ' sh:namespace "http://www.w3.org/ns/locn#"^^xsd:anyURI ] .',
    )
    folder.write(
        "other.ttl", "@prefix locn: <http://w3.org/ns/locn#> .\n<urn:x:o> a owl:Ontology ."
    )
    finding = next(f for f in folder.check() if f.rule == "prefix-differs")
    assert finding.suggestion == "http://www.w3.org/ns/locn#"
    assert finding.file and finding.file.name == "other.ttl"


# -- OWL 2 RL ---------------------------------------------------------------------------------

SOME = "[ a owl:Restriction ; owl:onProperty :p ; owl:someValuesFrom :B ]"
ALL = "[ a owl:Restriction ; owl:onProperty :p ; owl:allValuesFrom :B ]"
MAX = '[ a owl:Restriction ; owl:onProperty :p ; owl:maxCardinality "%s"^^xsd:nonNegativeInteger ]'
MIN = '[ a owl:Restriction ; owl:onProperty :p ; owl:minCardinality "1"^^xsd:nonNegativeInteger ]'
OUTSIDE = {
    "at least one, on the right": f":A rdfs:subClassOf {SOME} .",
    "either, on the right": ":A rdfs:subClassOf [ owl:unionOf ( :A :B ) ] .",
    "a minimum": f":A rdfs:subClassOf {MIN} .",
    "a maximum of two": f":A rdfs:subClassOf {MAX % 2} .",
    "only, on the left": f"{ALL} rdfs:subClassOf :A .",
    "at least one, in an equivalence": f":A owl:equivalentClass {SOME} .",
    "at least one, inside an intersection": f":A rdfs:subClassOf [ owl:intersectionOf ( :B {SOME} ) ] .",  # noqa: E501
    "a domain that is a union": ":p rdfs:domain [ owl:unionOf ( :A :B ) ] .",
    "a reflexive property": ":p a owl:ReflexiveProperty .",
    "a disjoint union": ":A owl:disjointUnionOf ( :B ) .",
    "a restricted datatype": ":d a rdfs:Datatype ; owl:onDatatype xsd:integer .",
    "everything as a subclass": "owl:Thing rdfs:subClassOf :A .",
}
INSIDE = {
    "at least one, on the left": f"{SOME} rdfs:subClassOf :A .",
    "either, on the left": "[ owl:unionOf ( :A :B ) ] rdfs:subClassOf :A .",
    "only, on the right": f":A rdfs:subClassOf {ALL} .",
    "a maximum of one": f":A rdfs:subClassOf {MAX % 1} .",
    "an intersection in an equivalence": ":A owl:equivalentClass [ owl:intersectionOf ( :B ) ] .",
    "a complement, on the right": ":A rdfs:subClassOf [ owl:complementOf :B ] .",
    "a domain that is a class": ":p rdfs:domain :A .",
}


@pytest.mark.parametrize("axiom", OUTSIDE)
def test_an_axiom_the_reasoner_passes_over_is_an_error(axiom: str, folder: OntologyFolder) -> None:
    folder.module(AB + term("p", OBJECT) + OUTSIDE[axiom])
    assert "not-owl-rl" in folder.rules()


@pytest.mark.parametrize("axiom", INSIDE)
def test_an_axiom_the_reasoner_uses_is_none(axiom: str, folder: OntologyFolder) -> None:
    folder.module(AB + term("p", OBJECT) + INSIDE[axiom])
    assert "not-owl-rl" not in folder.rules()
