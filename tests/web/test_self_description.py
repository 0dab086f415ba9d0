"""What the service says of itself: partitions, example queries, the HTTP interface, near misses."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
import rdflib
from flask import Flask
from flask.testing import FlaskClient

from kuvend.web.openapi_paths import asking_paths, operating_paths, writing_paths

VOID = rdflib.Namespace("http://rdfs.org/ns/void#")
SH = rdflib.Namespace("http://www.w3.org/ns/shacl#")
QUERIES = Path(__file__).parents[2] / "queries"
KV = "https://w3id.org/kuvend/def#"
# Answered, and described by no operation of its own: redirects, aliases, files and pages.
PAGES = {
    "/", "/catalog.<extension>", "/concept", "/dataset", "/def.<extension>", "/def/<name>",
    "/documents", "/explore", "/graph", "/id/<kind>/<path:slug>", "/llms.txt", "/openapi.json",
    "/queries.<extension>", "/robots.txt", "/shapes", "/shapes.<extension>", "/sitemap.xml",
    "/sparql/", "/static/<path:filename>", "/queries/<name>", "/data/", "/data/<path:rest>",
    "/data/<path:_path>", "/graph/", "/update/", "/validate/jobs/<name>/report.<extension>",
}  # fmt: skip


def test_the_dataset_tells_which_class_has_which_property(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/.well-known/void").text)
    rows = list(graph.query(f"""
        PREFIX void: <{VOID}>
        SELECT ?entities ?triples {{
            ?dataset void:classPartition ?c .
            ?c void:class <{KV}AssociationOfLocalAuthorities> ; void:entities ?entities ;
               void:propertyPartition ?p .
            ?p void:property <{KV}hasObjective> ; void:triples ?triples }}"""))  # fmt: skip
    ((entities, triples),) = rows
    answer = client.get(
        "/sparql",
        query_string={
            "format": "csv",
            "query": f"""
        SELECT (COUNT(DISTINCT ?s) AS ?e) (COUNT(?o) AS ?n) {{
            ?s a <{KV}AssociationOfLocalAuthorities> OPTIONAL {{ ?s <{KV}hasObjective> ?o }} }}""",
        },
    )
    assert f"{entities},{triples}" in answer.text


def test_the_library_is_there_as_executables(client: FlaskClient) -> None:
    graph = rdflib.Graph().parse(data=client.get("/queries.ttl").text)
    queries = set(graph.subjects(rdflib.RDF.type, SH.SPARQLExecutable))
    assert len(queries) > 100
    query = rdflib.URIRef("https://w3id.org/kuvend/queries/02-names")
    (text,) = graph.objects(query, SH.select)
    ox.Store().query(str(text), base_iri="https://w3id.org/kuvend/")
    declared = {
        str(graph.value(node, SH.prefix))
        for holder in graph.objects(query, SH.prefixes)
        for node in graph.objects(holder, SH.declare)
    }
    assert "kv" in declared
    asked = client.get("/queries", headers={"Accept": "application/ld+json"})
    assert asked.mimetype == "application/ld+json"
    assert client.get("/queries.exe").status_code == 404


def test_programs_that_read_text_are_told_how_to_ask(client: FlaskClient) -> None:
    answer = client.get("/llms.txt")
    assert answer.mimetype == "text/markdown"
    for address in re.findall(r"\]\(http://localhost(/[^)]*)\)", answer.text):
        with client.get(address) as found:
            assert found.status_code in {200, 303, 400}, address


def test_the_interface_names_every_path_that_is_answered(app: Flask, client: FlaskClient) -> None:
    described = {
        re.sub(r"\{[^}]*\}", "{}", path) for path in client.get("/openapi.json").json["paths"]
    }
    routes = {str(rule) for rule in app.url_map.iter_rules()} - PAGES
    missing = {r for r in routes if re.sub(r"<[^>]*>", "{}", r) not in described}
    assert missing == set()


def test_every_operation_says_what_it_does_and_how_it_fails() -> None:
    paths = {**asking_paths(), **writing_paths(), **operating_paths()}
    for path in paths.values():
        for operation in path.values():
            assert operation["summary"]
            assert "default" in operation["responses"]
    assert writing_paths()["/update"]["post"]["security"] == [{"token": []}]


@pytest.mark.parametrize(
    ("path", "near"),
    [("/id/org/ak", "/id/org/akk"), ("/doc/org/konya", "/id/org/konya-union"),
     ("/concept/topic-fincance", "/concept/topic-finance"), ("/id/org/zzzz", "/search")],
)  # fmt: skip
def test_a_mistyped_path_gets_the_one_that_was_meant(
    client: FlaskClient, path: str, near: str
) -> None:
    answer = client.get(path)
    assert answer.status_code == 404
    assert near in answer.json["suggestion"]
    page = client.get(path, headers={"Accept": "text/html"})
    assert near in page.text


def test_who_asks_for_json_gets_json_ld(client: FlaskClient) -> None:
    for path in ("/doc/org/akk", "/def", "/catalog", "/graph/inferred"):
        answer = client.get(path, headers={"Accept": "application/json"})
        assert (answer.status_code, answer.mimetype) == (200, "application/ld+json"), path
    text = {"query": "CONSTRUCT { ?s ?p ?o } { ?s ?p ?o } LIMIT 1"}
    asked = client.get("/sparql", query_string=text, headers={"Accept": "application/json"})
    assert asked.mimetype == "application/ld+json"


def test_a_row_is_told_with_its_sentence_and_its_proof(client: FlaskClient) -> None:
    text = f"SELECT ?t {{ <https://w3id.org/kuvend/id/org/akk> a ?t ; <{KV}acronym> ?a }}"
    answer = client.get("/sparql/why", query_string={"query": text, "row": 1}).json
    proofs = [triple["proof"] for triple in answer["ways"][0]["triples"]]
    assert any(claim["passages"] for proof in proofs for claim in proof["claims"])
    page = client.get(
        "/sparql/why", query_string={"query": text, "row": 1}, headers={"Accept": "text/html"}
    )
    assert "<blockquote" in page.text
    given = {"query": text, "solution": '{"t": {"type": "uri", "value": "urn:none"}}'}
    assert client.post("/sparql/why", data=given).status_code == 400
    assert client.post("/sparql/why", data={**given, "solution": "[1"}).status_code == 400
    for row in ("0", "-1", "9" * 5000, "\u0661"):
        answer = client.post("/sparql/why", data={"query": text, "row": row})
        assert (answer.status_code, answer.json["source"]) == (400, "row")


def test_values_that_can_be_no_row_are_told_from_those_that_are_none(client: FlaskClient) -> None:
    given = {"query": f"SELECT ?x {{ ?x a <{KV}Municipality> }}"}
    uri, blank = '{"type": "uri", "value": "urn:a"}', '{"type": "bnode", "value": "a"}'
    for solution, said in (
        (f'{{"nope": {uri}}}', "no variable 'nope'"),
        (f'{{"x": {blank}}}', "cannot name a row"),
        ("{}", "no such row"),
    ):
        answer = client.post("/sparql/why", data={**given, "solution": solution})
        assert answer.status_code == 400
        assert said in answer.json["detail"]


@pytest.mark.parametrize(
    ("graph", "pattern"),
    [("statements/amu-29-years", "?s a kv:Municipality"), ("inferred", "?s kv:hasLegalBasis ?o"),
     ("ontology", "kv:Municipality rdfs:subClassOf ?o")],
)  # fmt: skip
def test_what_a_graph_holds_has_the_proof_it_has_in_the_default_graph(
    client: FlaskClient, graph: str, pattern: str
) -> None:
    prefixes = f"PREFIX kv: <{KV}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>"
    name = f"https://w3id.org/kuvend/graph/{graph}"
    (named,) = _behind(client, f"{prefixes} SELECT * {{ GRAPH <{name}> {{ {pattern} }} }}")
    (plain,) = _behind(client, f"ASK {{ {' '.join(named['triple'].values())} }}")
    assert (named["graph"], plain["graph"]) == (name, None)
    assert named["proof"] == plain["proof"]
    assert named["proof"] is not None


def test_a_legal_basis_is_proved_and_told_in_whichever_graph_it_was_found(
    client: FlaskClient,
) -> None:
    text = (QUERIES / "examples" / "09-stated-or-inferred.rq").read_text(encoding="utf-8")
    accept = {"Accept": "application/json"}
    table = client.get("/sentences", query_string={"query": text}, headers=accept).json
    origins = table["columns"].index("origin")
    for row in ("inferred", "stated"):
        number = next(n for n, r in enumerate(table["rows"]) if row in str(r["values"][origins]))
        (basis,) = [t for t in _behind(client, text, number + 1) if t["graph"]]
        assert basis["proof"]
        quotes = {found["quote"] for found in table["rows"][number]["sentences"]}
        assert quotes & set(re.findall(r"'quote': '([^']*)'", str(basis["proof"])))


def _behind(client: FlaskClient, text: str, row: int = 1) -> list[dict[str, Any]]:
    """The triples of the first way to a row."""
    answer = client.get("/sparql/why", query_string={"query": text, "row": row})
    assert answer.status_code == 200, answer.text
    found: list[dict[str, Any]] = answer.json["ways"][0]["triples"]
    return found
