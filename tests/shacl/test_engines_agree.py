"""Our engine and the reference give the same report, on random data and shapes and on ours."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from kuvend.errors import Unprocessable
from kuvend.namespaces import SH
from kuvend.shacl.native import validate_natively
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.engine import NativeEngine
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Report

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
"""
NODES = [":a", ":b", ":c", "_:d"]
CLASSES = [":C", ":D", ":E"]
PROPERTIES = [":p", ":q", ":r"]
LITERALS = [
    '"x"', '"xyz"', '"x"@en', '"y"@en', '"x"@sq-AL', '""', "1", "5", "-3", "2.5", "1e2",
    '"2001-05-03"^^xsd:date', '"1999-01-01"^^xsd:date', '"1992-06-31"^^xsd:date',
    '"07"^^xsd:integer',
    '"2001-05-03T10:00:00"^^xsd:dateTime', '"abc"^^xsd:integer',
]  # fmt: skip
PATHS = [
    ":p", ":q", "[ sh:inversePath :p ]", "( :p :q )", "[ sh:alternativePath ( :p :q ) ]",
    "[ sh:zeroOrMorePath :p ]", "[ sh:oneOrMorePath :q ]", "[ sh:zeroOrOnePath :r ]",
    "( :p [ sh:inversePath :q ] )",
    "( [ sh:alternativePath ( :p [ sh:inversePath :q ] ) ] [ sh:zeroOrMorePath :r ] )",
    "[ sh:oneOrMorePath [ sh:alternativePath ( :p :q ) ] ]",
]  # fmt: skip
CONSTRAINTS = [
    "sh:minCount 1", "sh:minCount 2", "sh:maxCount 0", "sh:maxCount 1", "sh:class :C",
    "sh:class :D", "sh:datatype xsd:string", "sh:datatype xsd:integer", "sh:datatype xsd:date",
    "sh:nodeKind sh:IRI", "sh:nodeKind sh:BlankNodeOrLiteral", "sh:minLength 2", "sh:maxLength 2",
    'sh:pattern "^x"', 'sh:pattern "Y" ; sh:flags "i"', 'sh:languageIn ( "en" "sq" )',
    "sh:uniqueLang true", "sh:equals :q", "sh:disjoint :r", "sh:minInclusive 2",
    "sh:maxExclusive 5", 'sh:hasValue "x"', "sh:hasValue :a", 'sh:in ( "x" 1 :a )',
    "sh:not [ sh:class :C ]", "sh:or ( [ sh:class :C ] [ sh:datatype xsd:string ] )",
    "sh:xone ( [ sh:nodeKind sh:IRI ] [ sh:class :C ] )", "sh:node :Inner",
    "sh:and ( [ sh:minLength 1 ] [ sh:maxLength 3 ] )",
    "sh:qualifiedValueShape [ sh:class :C ] ; sh:qualifiedMinCount 1",
    "sh:qualifiedValueShape [ sh:nodeKind sh:Literal ] ; sh:qualifiedMaxCount 1",
    "sh:qualifiedValueShape [ sh:path :q ; sh:minCount 1 ] ; sh:qualifiedMinCount 1 ; "
    "sh:qualifiedValueShapesDisjoint true",
    "sh:lessThan :q", "sh:lessThanOrEquals :r", "sh:closed true",
    "sh:not [ sh:or ( [ sh:class :C ] [ sh:not [ sh:nodeKind sh:IRI ] ] ) ]",
    "sh:or ( [ sh:path :r ; sh:minCount 1 ] :Inner )",
    "sh:property [ sh:path :r ; sh:maxCount 1 ]", "sh:deactivated true ; sh:minCount 9",
]  # fmt: skip
QUERIES = [
    "SELECT $this ?value WHERE { $this <urn:x:p> ?value . FILTER isLiteral(?value) }",
    "SELECT $this WHERE { FILTER NOT EXISTS { $this <urn:x:q> ?any } }",
    "SELECT $this ?value WHERE { { $this <urn:x:p> ?value } UNION { ?value <urn:x:q> $this } }",
    "SELECT $this (COUNT(?v) AS ?n) WHERE { $this <urn:x:p> ?v } GROUP BY $this HAVING (?n > 1)",
    "SELECT $this WHERE { { FILTER(isIRI($this)) } UNION { $this <urn:x:r> 1 } }",
    "SELECT $this ?value WHERE { $this $PATH ?value . FILTER (?value = $this) }",
    "SELECT $this WHERE { OPTIONAL { $this <urn:x:q> ?o } FILTER (!BOUND(?o)) }",
    "SELECT $this WHERE { ?other <urn:x:p> $this } LIMIT 1",
    "SELECT DISTINCT $this ?value WHERE { $this <urn:x:p>/(<urn:x:q>|<urn:x:r>)* ?value }",
    "SELECT $this WHERE { FILTER NOT EXISTS { { $this <urn:x:p> ?v FILTER($this = <urn:x:a>) } "
    "UNION { ?w <urn:x:q> $this } } }",
    "SELECT $this ?value WHERE { $this <urn:x:p> ?value . "
    "FILTER NOT EXISTS { ?value <urn:x:q> ?w } }",
    "SELECT $this ?value WHERE { $this <urn:x:p> ?value FILTER NOT EXISTS { $this <urn:x:q> ?x . "
    "{ ?x <urn:x:r>* ?value } UNION { ?y <urn:x:p> ?x ; <urn:x:q> ?value } } }",
    "SELECT $this ?path ?value WHERE { $this ?path ?value . ?o ?path 1 FILTER isIRI(?value) }",
    "SELECT $this ?value WHERE { $this <urn:x:p> ?v . ?value <urn:x:p> ?v FILTER(?value != ?v) }",
    "SELECT DISTINCT $this WHERE { $this (<urn:x:p>|^<urn:x:q>)+ $this }",
    "SELECT $this ?value WHERE { { $this <urn:x:p> ?value . BIND($this AS ?f) } UNION "
    "{ $this <urn:x:q> ?f . ?f <urn:x:p> ?value } OPTIONAL { ?c <urn:x:r> ?f } "
    "FILTER(!BOUND(?c)) }",
    "SELECT $this ?value WHERE { $this <urn:x:p>/^<urn:x:q> ?value . "
    "FILTER EXISTS { ?value a <urn:x:C> } }",
    "SELECT $this ?n WHERE { { SELECT $this (COUNT(?v) AS ?n) WHERE { "
    "$this <urn:x:q>/<urn:x:p> ?v } GROUP BY $this } FILTER (?n > 0) }",
    "SELECT $this WHERE { FILTER EXISTS { { FILTER(isIRI($this)) } UNION { $this <urn:x:r> 1 } } }",
]
TARGETS = ["sh:targetClass :C", "sh:targetNode :a , :b", "sh:targetSubjectsOf :p",
           "sh:targetObjectsOf :q"]  # fmt: skip

triple = st.one_of(
    st.tuples(st.sampled_from(NODES), st.just("a"), st.sampled_from(CLASSES)),
    st.tuples(
        st.sampled_from(NODES), st.sampled_from(PROPERTIES), st.sampled_from(NODES + LITERALS)
    ),
    st.tuples(st.sampled_from(CLASSES), st.just("rdfs:subClassOf"), st.sampled_from(CLASSES)),
)
graphs = st.lists(triple, min_size=1, max_size=14).map(
    lambda rows: "".join(f"{s} {p} {o} .\n" for s, p, o in rows)
)


def _parameter(constraint: str) -> str:
    """A shape may say most parameters once only."""
    return (
        "qualified"
        if "qualified" in constraint
        else constraint.split()[-2 if "deactivated" in constraint else 0]
    )


property_shapes = st.tuples(
    st.sampled_from(PATHS),
    st.lists(st.sampled_from(CONSTRAINTS), min_size=1, max_size=2, unique_by=_parameter),
).map(lambda shape: f"[ sh:path {shape[0]} ; {' ; '.join(shape[1])} ]")


@st.composite
def shapes(draw: st.DrawFn) -> str:
    target = draw(st.sampled_from(TARGETS))
    inner = " , ".join(draw(st.lists(property_shapes, min_size=1, max_size=3)))
    text = f":S a sh:NodeShape ; {target} ; sh:property {inner} .\n"
    text += ":Inner sh:property [ sh:path :q ; sh:minCount 1 ] .\n"
    if draw(st.booleans()):
        query = draw(st.sampled_from(QUERIES))
        owner = ":Q sh:path :p ;" if "$PATH" in query else ":Q"
        text += f'{owner} {draw(st.sampled_from(TARGETS))} ; sh:sparql [ sh:select "{query}" ] .\n'
    return text


@pytest.fixture(scope="module")
def reference() -> Iterator[ReferenceEngine]:
    with ReferenceEngine() as engine:
        yield engine


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


def keys(report: Report) -> list[tuple[str, ...]]:
    return sorted({result.key for result in report.results})


@settings(
    max_examples=150,
    deadline=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(data=graphs, shape_text=shapes())
def test_random_data_and_shapes_get_the_same_report(
    data: str, shape_text: str, reference: ReferenceEngine
) -> None:
    facts, rules = triples(data), triples(shape_text)
    try:
        expected = reference.validate(facts, rules, timeout_s=120)
    except Unprocessable:
        return  # pyshacl stops at comparisons it cannot make; ours calls them violations
    found = validate_natively(facts, rules, timeout_s=120, reference=reference)
    assert keys(found) == keys(expected)


_TWO = """sh:sparql [ sh:select
  'SELECT $this ?value WHERE { $this <urn:x:p> ?value FILTER(?value = 2) }' ]"""
_VERDICTS = {
    "a property shape that another shape names": (
        f""":T sh:targetNode :a ; sh:property :P , [ sh:path :r ; sh:node :Q ] .
        :Q sh:property :P . :P sh:path :p ; {_TWO} .""",
        SH.NodeConstraintComponent,
    ),
    "a property shape that is an alternative too": (
        f":T sh:targetNode :b ; sh:property :P ; sh:or ( :P ) . :P sh:path :p ; {_TWO} .",
        SH.OrConstraintComponent,
    ),
}


@pytest.mark.parametrize("case", _VERDICTS)
def test_a_query_counts_in_the_verdict_of_its_shape(case: str, reference: ReferenceEngine) -> None:
    shape_text, component = _VERDICTS[case]
    facts, rules = triples(":a :r :b . :b :p 2 ."), triples(shape_text)
    found = validate_natively(facts, rules, reference=reference)
    assert component in {result.constraint_component for result in found.results}
    assert keys(found) == keys(reference.validate(facts, rules))


def test_a_query_in_a_shape_that_comes_back_to_itself_is_not_run_here() -> None:
    rules = triples(f":T sh:targetNode :a ; {_TWO} ; sh:property [ sh:path :r ; sh:node :T ] .")
    engine = NativeEngine(DataGraph(), ShapesGraph(rules))
    assert (engine.here, engine.elsewhere) == ([], [ox.NamedNode("urn:x:T")])
