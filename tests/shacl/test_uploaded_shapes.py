"""Shapes and data that people send: odd ones get a report or are refused, nothing else."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kuvend.errors import Unprocessable
from kuvend.namespaces import SH
from kuvend.shacl.graph import Graph
from kuvend.shacl.native.again import Standing
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.engine import NativeEngine, validate_natively
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.paths import Sequence, read_path
from kuvend.shacl.prepare import refuse_imports
from shacl.test_engines_agree import triples


def _chain(length: int, step: str) -> str:
    """:s0 leads to :s1, and so on."""
    return "".join(f":s{n} {step} :s{n + 1} .\n" for n in range(length))


def _results(data: str, shapes: str) -> list[str]:
    report = validate_natively(triples(data), triples(shapes))
    return [str(one.focus_node) for one in report.results]


def test_triples_with_triple_terms_alone_are_an_empty_graph() -> None:
    term = ox.Triple(ox.NamedNode("urn:s"), ox.NamedNode("urn:q"), ox.NamedNode("urn:o"))
    only = [ox.Triple(ox.NamedNode("urn:a"), ox.NamedNode("urn:p"), term)]
    assert DataGraph(only).size == 0
    shapes = triples(":S sh:targetNode :a ; sh:property [ sh:path :p ; sh:minCount 1 ] .")
    assert len(validate_natively(only, shapes).results) == 1
    assert Standing([], shapes).difference(only).introduced == ()


@pytest.mark.parametrize("count", ['"²"', '"++1"', '"١"', '"-1"', '""', '"1.0"', '"1 "', ":one"])
def test_a_count_that_is_no_number_is_refused(count: str) -> None:
    with pytest.raises(Unprocessable, match="no number"):
        _results(":a :p 1 .", f":S sh:targetNode :a ; sh:path :p ; sh:minCount {count} .")


@pytest.mark.parametrize("count", ['"+2"', "02", "999999999999999999"])
def test_a_count_of_any_size_is_one(count: str) -> None:
    shapes = f":S sh:targetNode :a ; sh:path :p ; sh:minCount {count} ; sh:minLength {count} ."
    assert _results(":a :p 1 .", shapes) == ["<urn:x:a>"] * 2


def test_the_siblings_of_a_qualified_shape_are_looked_at_beforehand() -> None:
    shapes = """:P1 sh:targetNode :a ; sh:property :Q . :P2 sh:property :Q , :R .
      :Q sh:path :p ; sh:qualifiedValueShape [ sh:nodeKind sh:Literal ] ; sh:qualifiedMinCount 1 ;
        sh:qualifiedValueShapesDisjoint true .
      :R sh:path :p ; sh:qualifiedMinCount 1 ; sh:qualifiedValueShapesDisjoint true ;
        sh:qualifiedValueShape [ sh:pattern "(?=x)" ] ."""
    engine = NativeEngine(DataGraph(triples(':a :p "x" .')), ShapesGraph(triples(shapes)))
    assert (engine.here, engine.elsewhere) == ([], [ox.NamedNode("urn:x:P1")])


@pytest.mark.parametrize("step", ["sh:node", "sh:property", "sh:not"])
def test_shapes_nested_without_end_are_refused(step: str) -> None:
    shapes = ":s0 sh:targetNode :a . :s1200 sh:class :C .\n" + _chain(1200, step)
    with pytest.raises(Unprocessable, match="too deeply"):
        _results(":a :p 1 .", shapes)


@pytest.mark.parametrize("step", ["sh:node", "sh:property", "sh:qualifiedMinCount 1 ; sh:path "
                                  "[ sh:zeroOrOnePath :p ] ; sh:qualifiedValueShape"])  # fmt: skip
def test_shapes_nested_ninety_times_are_followed(step: str) -> None:
    shapes = ":s0 sh:targetNode :a . :s90 sh:class :C .\n" + _chain(90, step)
    assert _results(":a :q 1 .", shapes) == ["<urn:x:a>"]


@pytest.mark.parametrize(
    "shape",
    [
        ":S sh:property :P . :P sh:path :to ; sh:class :C ; sh:property :P .",
        ":S sh:not [ sh:path :to ; sh:qualifiedValueShape :S ; sh:qualifiedMinCount 1 ] .",
    ],
)
def test_a_shape_that_follows_a_long_chain_of_data_is_refused(shape: str) -> None:
    data = _chain(1200, ":to")
    assert _results(_chain(40, ":to"), f":S sh:targetNode :s0 . {shape}") is not None
    with pytest.raises(Unprocessable, match="too often"):
        _results(data, f":S sh:targetNode :s0 . {shape}")


def test_the_causes_along_a_long_chain_of_data_are_told_for_a_few_steps() -> None:
    shapes = ":S sh:targetNode :s0 ; sh:property [ sh:path :to ; sh:class :C ; sh:node :S ] ."
    report = validate_natively(triples(_chain(150, ":to")), triples(shapes))
    depth, details = 0, report.results
    while details := tuple(inner for one in details for inner in one.details):
        depth += 1
    assert len(report.results) == 2 and 5 < depth < 30


# -- paths -------------------------------------------------------------------------------------


def test_a_path_too_deep_is_refused() -> None:
    nodes = "".join(f"_:n{n} sh:inversePath _:n{n + 1} .\n" for n in range(1200))
    with pytest.raises(Unprocessable, match="levels"):
        _results(":a :p 1 .", f":S sh:targetNode :a ; sh:path _:n0 ; sh:minCount 1 . {nodes}")


def test_a_path_that_doubles_with_each_level_is_refused() -> None:
    nodes = "".join(f"_:n{n} sh:alternativePath ( _:n{n + 1} _:n{n + 1} ) .\n" for n in range(40))
    nodes += ":S sh:targetNode :a ; sh:path _:n0 ; sh:minCount 1 . _:n40 sh:inversePath :p ."
    with pytest.raises(Unprocessable, match="steps"):
        _results(":a :p 1 .", nodes)


def test_a_part_of_a_path_may_stand_in_it_twice() -> None:
    graph = Graph(triples(":S sh:path ( _:up :p _:up ) . _:up sh:inversePath :q ."))
    (head,) = graph.objects(ox.NamedNode("urn:x:S"), SH.path)
    path = read_path(graph, head)
    assert isinstance(path, Sequence) and str(path) == "(^<urn:x:q>)/<urn:x:p>/(^<urn:x:q>)"


def test_a_constraint_in_javascript_is_refused() -> None:
    with pytest.raises(Unprocessable, match=r"urn:x:S.*JavaScript"):
        _results(":a :p 1 .", ":S sh:targetNode :a ; sh:js [ sh:jsFunctionName 'f' ] .")


BASE = "https://w3id.org/kuvend/"
IMPORT = "<urn:o> <http://www.w3.org/2002/07/owl#imports> "


@pytest.mark.parametrize("imported", ["<http://example.org/shapes>", "[]", '"text"'])
def test_an_import_that_is_not_fetched_is_refused(imported: str) -> None:
    with pytest.raises(Unprocessable, match=r"import .* not fetched"):
        refuse_imports(triples(f"{IMPORT}{imported} ."), BASE)


def test_an_import_of_what_is_here_anyway_is_none() -> None:
    refuse_imports(triples(f"{IMPORT}<urn:more> . <urn:more> a :Ontology ."), BASE)
    refuse_imports(triples(f"{IMPORT}<{BASE}def> ."), BASE)
    refuse_imports(triples(f"{IMPORT}<http://www.w3.org/ns/shacl#> ."), BASE)
