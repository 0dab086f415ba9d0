"""The report model: what an engine found, in order, as text and as the standard's RDF."""

from __future__ import annotations

import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.errors import BadRequest, Timeout, Unprocessable
from kuvend.namespaces import SH
from kuvend.shacl import ENGINES, Report, validate_graph
from kuvend.shacl.report import read_report, report_triples

PREFIXES = """
@prefix sh: <http://www.w3.org/ns/shacl#> . @prefix : <urn:x:> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
"""
SHAPES = """
:S a sh:NodeShape ; sh:targetClass :T ; sh:property :S-name , :S-deep .
:S-name a sh:PropertyShape ; sh:path :name ; sh:minCount 1 ; sh:severity sh:Warning ;
  sh:message "Give a name."@en , "Jepni një emër."@sq .
:S-deep sh:path ( :part [ sh:inversePath :of ] ) ; sh:nodeKind sh:IRI .
"""
ENDLESS = ':S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern "^(a+)+$" ] .'
LONG = f':a :p "{"a" * 60}b" .'
DATA = ':a a :T ; :part :p . _:b :of :p . :ok a :T ; :name "x" .'


def triples(text: str) -> list[ox.Triple]:
    return [quad.triple for quad in ox.parse(PREFIXES + text, format=ox.RdfFormat.TURTLE)]


@pytest.fixture(scope="module")
def report() -> Report:
    return validate_graph(triples(DATA), triples(SHAPES))


def test_results_come_violations_first_with_their_paths(report: Report) -> None:
    assert [(str(r.focus_node), str(r.path)) for r in report.results] == [
        ("<urn:x:a>", "<urn:x:part>/(^<urn:x:of>)"),
        ("<urn:x:a>", "<urn:x:name>"),
    ]
    assert not report.conforms
    assert len(report.violations) == len(report.warnings) == 1


def test_messages_keep_their_languages(report: Report) -> None:
    warning = report.warnings[0]
    assert warning.message(["sq", "en"]) == "Jepni një emër."
    assert warning.message(["uk", "en"]) == "Give a name."
    assert "Warning: Give a name." in report.as_text()


def test_a_report_written_as_rdf_reads_back_the_same(report: Report) -> None:
    again = read_report(report_triples(report), engine=report.engine)
    assert [r.key for r in again.results] == [r.key for r in report.results]
    assert again.warnings[0].messages == report.warnings[0].messages


def test_prefixes_declared_behind_an_import_reach_the_queries() -> None:
    shapes = """
    :S sh:targetNode :a ; sh:sparql [ sh:prefixes :here ; sh:select
      "SELECT $this WHERE { $this e:name ?n }" ] .
    :here <http://www.w3.org/2002/07/owl#imports> :there .
    :there sh:declare [ sh:prefix "e" ; sh:namespace "urn:x:"^^xsd:anyURI ] .
    """
    found = validate_graph(triples(':a :name "x" .'), triples(shapes))
    assert [r.constraint_component for r in found.results] == [SH.SPARQLConstraintComponent]


def test_an_engine_there_is_not_is_refused() -> None:
    with pytest.raises(BadRequest, match="choose of kuvend, pyshacl"):
        validate_graph([], [], engine="wishful")


HOSTILE = [
    "SELECT $this WHERE { SERVICE <http://127.0.0.1:9/> { $this ?p ?o } }",
    "SELECT $this WHERE { S\\\\u0045RVICE <http://127.0.0.1:9/> { $this ?p ?o } }",
    "SELECT $this FROM <file:///etc/hostname> WHERE { ?s ?p ?o }",
]


@pytest.mark.parametrize("query", HOSTILE)
def test_a_query_in_a_shape_reaches_neither_network_nor_files(query: str) -> None:
    shapes = f':S sh:targetNode :a ; sh:sparql [ sh:select "{query}" ] .'
    try:
        found = validate_graph(triples(":a :p 1 ."), triples(shapes), timeout_s=120)
    except Unprocessable as error:
        assert "127.0.0.1" not in str(error) or "SERVICE" in str(error) or "not" in str(error)
    else:
        assert "hostname" not in found.as_text()


def test_a_pattern_that_never_ends_is_stopped() -> None:
    with pytest.raises(Timeout):
        validate_graph(triples(LONG), triples(ENDLESS), engine="pyshacl", timeout_s=2.0)
    assert len(validate_graph(triples(LONG), triples(ENDLESS)).results) == 1  # linear time


def test_a_pattern_only_the_reference_can_read_is_stopped_too() -> None:
    shapes = ':S sh:targetNode :a ; sh:property [ sh:path :p ; sh:pattern "^(?=a)(a+)+$" ] .'
    with pytest.raises(Timeout):
        validate_graph(triples(LONG), triples(shapes), timeout_s=2.0)


def test_a_pattern_that_never_ends_ends_with_the_process_that_waits() -> None:
    script = (
        "import pyoxigraph as ox; from kuvend.shacl import validate_graph\n"
        "read = lambda text: [q.triple for q in ox.parse(text, format=ox.RdfFormat.TURTLE)]\n"
        f"validate_graph(read({PREFIXES + LONG!r}), read({PREFIXES + ENDLESS!r}), engine='pyshacl')"
    )
    waiting = subprocess.Popen([sys.executable, "-c", script])
    children = Path(f"/proc/{waiting.pid}/task/{waiting.pid}/children")
    while not (found := children.read_text().split()):
        time.sleep(0.05)
    (pyshacl,) = (Path(f"/proc/{pid}/stat") for pid in found)
    while "reference_worker" not in pyshacl.with_name("cmdline").read_text():
        time.sleep(0.05)
    time.sleep(2)  # it is in the pattern by now, on most machines
    waiting.kill()
    waiting.wait()
    for _ in range(200):
        if not pyshacl.exists():
            return
        time.sleep(0.05)
    raise AssertionError("the pyshacl process goes on")


def test_shapes_that_are_wrong_are_refused_with_a_reason() -> None:
    for engine in ENGINES:
        with pytest.raises(Unprocessable, match=r"cannot be used|no number"):
            shapes = triples(':S sh:targetNode :a ; sh:minLength "x" .')
            validate_graph(triples(":a :p 1 ."), shapes, engine=engine)
