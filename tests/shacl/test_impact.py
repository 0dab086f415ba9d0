"""What changed shapes would newly reject or accept, constraint by constraint."""

from __future__ import annotations

import dataclasses

import pyoxigraph as ox

from kuvend.ontology import Ontology
from kuvend.project.shape_set import impact
from kuvend.project.standing import StandingGraph
from kuvend.store import GraphNames

PREFIXES = "@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> . "


def triples(text: str) -> tuple[ox.Triple, ...]:
    return tuple(q.triple for q in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE))


def standing(shapes: str, data: str) -> StandingGraph:
    empty = Ontology(**{f.name: () for f in dataclasses.fields(Ontology)})
    return StandingGraph("x", GraphNames("urn:"), empty, triples(shapes), triples(data))


def test_a_second_value_that_is_asked_for_is_told() -> None:
    before = ":S sh:targetNode :a ; sh:property :P . :P sh:path :p ; sh:hasValue 1 ."
    after = before.replace("sh:hasValue 1", "sh:hasValue 1, 2")
    graph = standing(before, ":a :q 1 .")
    found = impact(graph, triples(after))
    assert [str(r.parameter) for r in found.rejected] == [
        '"2"^^<http://www.w3.org/2001/XMLSchema#integer>'
    ]
    assert (found.accepted, found.unchanged) == ((), 1)
