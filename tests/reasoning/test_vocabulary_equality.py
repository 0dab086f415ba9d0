"""Properties that are the same as ``owl:sameAs``, and terms of the rules said to be the same."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kuvend.reasoning import Reasoner, close
from reasoning.reference import Reference
from reasoning.test_completeness import readable, reference_triples

PREFIXES = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix : <urn:> .
"""
DATA = ":a :p :b . :b :q :c ."
FUNCTIONAL = ":f a owl:FunctionalProperty . :x :f :p, owl:sameAs ."
SAME, BELOW = ":p owl:sameAs owl:sameAs .", ":r rdfs:subPropertyOf :p ."
GRAPHS = {
    "stated": f"{SAME} {DATA}",
    "and what its rules concluded": f"{SAME} {BELOW} :a :r :b . {DATA}",
    "concluded late": f"{FUNCTIONAL} {BELOW} :c :r :d . {DATA}",
    "as a premise": f"{SAME} :p rdfs:subPropertyOf :k . {DATA}",
    "of another name": f"{SAME} :n :p :p . :a :n :d . {DATA}",
    "equivalent": f":p owl:equivalentProperty owl:sameAs . {DATA}",
    "below": f":p rdfs:subPropertyOf owl:sameAs . {DATA}",
}


def triples(turtle: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(PREFIXES + turtle, format=ox.RdfFormat.TURTLE)]


# The literal reference takes a second for each.
@pytest.mark.parametrize("name", ["stated", "and what its rules concluded", "concluded late"])
def test_a_property_that_is_equality_equates_as_the_tables_say(name: str) -> None:
    given = triples(GRAPHS[name])
    got = readable({*given, *close(given).inferred})
    assert got == readable(reference_triples(Reference(given, limit=20_000)))
    assert any("urn:a" in text and "urn:c" in text for text in got)


@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_what_follows_from_it_is_proved_and_goes_when_a_statement_goes(graph: str) -> None:
    given = triples(graph)
    reasoner = Reasoner(given)
    before = reasoner.closure()
    assert all(reasoner.explain(*triple) for triple in before.inferred)
    for triple in given:
        rest = [t for t in given if t != triple]
        reasoner.remove([triple])
        assert reasoner.closure().inferred == close(rest).inferred
        reasoner.add([triple])
        assert reasoner.closure().inferred == before.inferred


@pytest.mark.parametrize(
    "said",
    [
        "rdfs:subClassOf owl:sameAs rdfs:subPropertyOf .",
        ":f a owl:FunctionalProperty . :x :f rdfs:subClassOf, rdfs:subPropertyOf .",
    ],
)
def test_terms_of_the_rules_stay_two_and_a_note_says_so(said: str) -> None:
    given = triples(f"{said} :C rdfs:subClassOf :D . :x a :C .")
    reasoner = Reasoner(given)
    closure = reasoner.closure()
    assert "<urn:x> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type> <urn:D>" in map(
        str, closure.inferred
    )
    (note,) = closure.notes
    assert "subClassOf" in note
    assert "subPropertyOf" in note
    reasoner.remove([t for t in given if "subPropertyOf" in str(t)])
    assert reasoner.closure().notes == ()
