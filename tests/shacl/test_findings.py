"""Findings of a submission: each told once, and all that differ told."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from xml.etree import ElementTree

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, SH
from kuvend.ontology import Ontology
from kuvend.project.standing import StandingGraph
from kuvend.project.submission import read_parts
from kuvend.project.submission.problems import without_repeats
from kuvend.project.submission.telling import Telling
from kuvend.shacl.checks.kinds import Kinds
from kuvend.shacl.finding import Finding, Validation
from kuvend.shacl.report import VIOLATION, Result
from kuvend.shacl.writers import write
from kuvend.store import GraphNames
from kuvend.syntax import Lines, Source, Span

A, B, C, SHAPE = (ox.NamedNode(f"urn:x:{name}") for name in ("a", "b", "c", "S"))
BASE = "https://w3id.org/kuvend/"


def _finding(message: str) -> Finding:
    result = Result(A, None, A, VIOLATION, SHAPE, SH.SPARQLConstraintComponent)
    return Finding("shape/S", "violation", {"en": message}, focus_node=A, value=A, result=result)


def test_two_queries_of_one_shape_about_one_thing_are_both_told() -> None:
    rows = [_finding("Too old."), _finding("Too old."), _finding("Too new.")]
    assert [one.messages["en"] for one in without_repeats(rows)] == ["Too old.", "Too new."]


def test_a_list_that_bites_its_tail_ends() -> None:
    head, tail, other = ox.BlankNode("l"), ox.BlankNode("m"), ox.NamedNode("urn:x:b")
    ontology = [
        ox.Triple(ox.BlankNode("d"), OWL.members, head),
        ox.Triple(head, RDF.first, A),
        ox.Triple(head, RDF.rest, tail),
        ox.Triple(tail, RDF.first, other),
        ox.Triple(tail, RDF.rest, head),
    ]
    assert Kinds.of(ontology).disjoint == {(A, other), (other, A)}


class Counted(list[ox.Triple]):
    """Triples that count how often all of them are gone through."""

    rounds = 0

    def __iter__(self) -> Iterator[ox.Triple]:
        self.rounds += 1
        return super().__iter__()


def _telling() -> tuple[Telling, Counted]:
    text = b"""@prefix : <urn:x:> .
:a :p :b .
:b :q :c ; :p :a .
:c :p "x" ."""
    parts = read_parts([Source("a.ttl", text)], base_iri=BASE, max_bytes=10**6)
    triples = Counted(quad.triple for part in parts for quad in part.data)
    ontology = Ontology(Path(), (), (), (), {}, {}, frozenset(), None, None)
    live = StandingGraph("alone", GraphNames(BASE), ontology, ())
    return Telling(live, (), {}, parts, triples), triples


def test_a_finding_about_a_thing_stands_where_the_thing_is_first_spoken_of() -> None:
    telling, triples = _telling()
    lines = []
    for term in (A, B, C, SHAPE):
        result = Result(term, None, term, VIOLATION, SHAPE, SH.SPARQLConstraintComponent)
        span = telling.span_of_neighbour(result)
        lines.append(span.line if span else None)
    assert lines == [2, 2, 3, None]
    assert triples.rounds == 1  # the place is looked up, not searched for


def test_a_contradiction_stands_at_the_triples_behind_it() -> None:
    telling, triples = _telling()
    first, second, third, last = tuple(triples)
    foreign = ox.Triple(C, SHAPE, B)
    assert telling.behind([third, foreign, first]) == [first, third]
    assert telling.behind([foreign]) == [first, second]
    assert telling.behind([ox.Triple(SHAPE, SHAPE, SHAPE)]) == []
    rounds = triples.rounds
    assert telling.behind([third, foreign, first]) == [first, third]
    assert telling.behind([foreign]) == [first, second]
    assert triples.rounds == rounds and last.subject == C


class Rule(str):
    """The name of a rule that counts how often it is compared."""

    compared = 0

    def __eq__(self, other: object) -> bool:
        Rule.compared += 1
        return str.__eq__(self, other)

    __hash__ = str.__hash__


def test_junit_puts_each_finding_beside_its_source_without_comparing_them() -> None:
    places = [Span("a.ttl", 1, 1, 1, 2), Span("elsewhere.ttl", 1, 1, 1, 2), None]
    rows = [
        Finding(Rule(f"kuvend/x{n}"), "violation", {"en": "!"}, span=places[n % 3])
        for n in range(30)
    ]
    root = ElementTree.fromstring(
        write(Validation(tuple(rows), {"a.ttl": Lines(":a :p 1 .")}, "kuvend", 1), "junit")
    )
    assert [(s.attrib["name"], s.attrib["tests"]) for s in root] == [
        ("a.ttl", "10"),
        ("graph", "20"),
    ]
    assert Rule.compared == 0
