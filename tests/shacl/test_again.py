"""Validating again after a change gives what validating from the beginning gives."""

from __future__ import annotations

import pyoxigraph as ox
from hypothesis import given, settings

from kuvend.shacl.native.again import run
from kuvend.shacl.native.engine import validate_natively
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.prepare import prepare_shapes
from shacl.test_engines_agree import graphs, shapes, triples


@settings(max_examples=200, deadline=None, derandomize=True)
@given(before=graphs, added=graphs, shape_text=shapes())
def test_the_report_after_a_change_is_that_of_a_full_run(
    before: str, added: str, shape_text: str
) -> None:
    rules = triples(shape_text.replace(" LIMIT 1", ""))
    old, new = triples(before), triples(before + added)
    again = run(new, rules, before=run(old, rules)).report
    full = validate_natively(new, rules)
    assert sorted(r.key for r in again.results) == sorted(r.key for r in full.results)


def test_what_the_change_cannot_move_is_not_run_again() -> None:
    rules = triples(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:maxCount 0 ] .")
    first = run(triples(":a :p 1 ."), rules)
    second = run(triples(":a :p 1 . :a :other 2 ."), rules, before=first)
    node = ox.NamedNode("urn:x:S")
    assert second.results[node] is first.results[node]
    third = run(triples(":a :p 1 , 2 ."), rules, before=first)
    assert third.results[node] is not first.results[node]


def test_a_query_tells_what_it_asks_for() -> None:
    text = """:S sh:targetNode :a ; sh:sparql [ sh:select
      "SELECT $this ?v WHERE { $this <urn:x:p>/<urn:x:q> ?v ; a <urn:x:C> FILTER(?v != 1) }" ] ."""
    shape = ShapesGraph(prepare_shapes(triples(text))).shape(ox.NamedNode("urn:x:S"))
    assert shape.queries[0].needs.predicates == {"urn:x:p", "urn:x:q"}
    assert shape.queries[0].needs.classes == {"urn:x:C"}
