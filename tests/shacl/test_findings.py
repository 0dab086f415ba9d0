"""Findings of a submission: each told once, and all that differ told."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import SH
from kuvend.project.submission.problems import without_repeats
from kuvend.shacl.finding import Finding
from kuvend.shacl.report import VIOLATION, Result

A, SHAPE = ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:S")


def _finding(message: str) -> Finding:
    result = Result(A, None, A, VIOLATION, SHAPE, SH.SPARQLConstraintComponent)
    return Finding("shape/S", "violation", {"en": message}, focus_node=A, value=A, result=result)


def test_two_queries_of_one_shape_about_one_thing_are_both_told() -> None:
    rows = [_finding("Too old."), _finding("Too old."), _finding("Too new.")]
    assert [one.messages["en"] for one in without_repeats(rows)] == ["Too old.", "Too new."]
