"""Validating again after a change gives what validating from the beginning gives."""

from __future__ import annotations

from unittest.mock import patch

import pyoxigraph as ox
import pytest
from hypothesis import given, settings

from kuvend.shacl.native import runner
from kuvend.shacl.native.again import Standing, run
from kuvend.shacl.native.engine import NativeEngine, validate_natively
from kuvend.shacl.native.reach import Change, Reach
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


@pytest.mark.parametrize("followed", [0, 1_000_000])  # never too dear to follow, and always
def test_a_graph_that_stands_is_asked_about_changes_and_stays_as_it_was(followed: int) -> None:
    with patch.object(runner, "FOLLOWED", followed):
        _ask_standing_graphs()


@settings(max_examples=60, deadline=None, derandomize=True)
@given(before=graphs, added=graphs, shape_text=shapes())
def _ask_standing_graphs(before: str, added: str, shape_text: str) -> None:
    rules = triples(shape_text.replace(" LIMIT 1", ""))
    old, new = triples(before), triples(added)
    standing = Standing(old, rules)
    for more, fewer in ((new, []), ([], old[:3]), (new, old[1:4])):
        full = validate_natively([*(set(old) - set(fewer)), *more], rules)
        found = standing.after(more, [one for one in fewer if one not in more])
        assert sorted(r.key for r in found.results) == sorted(r.key for r in full.results)
    full = validate_natively(old, rules)
    assert sorted(r.key for r in standing.report.results) == sorted(r.key for r in full.results)


def test_only_the_focus_nodes_a_change_can_move_are_looked_at_again() -> None:
    rules = triples(
        """:S sh:targetClass :C ; sh:property [ sh:path ( :p :q ) ; sh:maxCount 0 ] .
        :T sh:targetClass :C ; sh:sparql [ sh:select '''SELECT $this ?value WHERE {
          $this <urn:x:p> ?x . { ?x <urn:x:q> ?value } UNION { ?value <urn:x:r> ?x } }''' ] ."""
    )
    data = triples("".join(f":n{n} a :C ; :p :x{n} . :x{n} :q {n} .\n" for n in range(50)))
    standing = Standing(data, rules)
    graph = standing.graph.changed(triples(":x7 :q 99 . :a :r :x8 ."), [])
    engine = NativeEngine(graph, standing.shapes)
    reach = Reach(engine, Change.between(standing.graph, graph))
    moved = {node.value: reach.of(node) for node in engine.here}
    names = {
        shape: {term.value for term in graph.table.terms(nodes)} for shape, nodes in moved.items()
    }
    assert names == {"urn:x:S": {"urn:x:n7"}, "urn:x:T": {"urn:x:n7", "urn:x:n8"}}


def test_asking_about_changes_with_blank_nodes_leaves_nothing_in_the_store() -> None:
    query = "SELECT $this ?value WHERE { $this <urn:x:p> ?value FILTER(?value > 1) }"
    rules = triples(f":S sh:targetSubjectsOf :p ; sh:sparql [ sh:select '{query}' ] .")
    standing = Standing(triples("_:old :p 2 . :a :p 2 ."), rules)
    before = sorted(map(str, standing.runner.store))
    for _ in range(3):
        assert len(standing.difference(triples("_:new :p 3 .")).introduced) == 1
    assert sorted(map(str, standing.runner.store)) == before
    assert len(list(standing.runner.store.named_graphs())) == 1
