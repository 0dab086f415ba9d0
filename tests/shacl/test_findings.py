"""Findings of a submission: each told once, and all that differ told."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, SH
from kuvend.project.submission.problems import without_repeats
from kuvend.shacl.checks.kinds import Kinds
from kuvend.shacl.finding import Finding
from kuvend.shacl.report import VIOLATION, Result

A, SHAPE = ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:S")


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
