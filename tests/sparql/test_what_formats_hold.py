"""A format gives every value back as it was, or says that it cannot hold it."""

from __future__ import annotations

import csv
import io
import xml.etree.ElementTree as ET
from collections.abc import Callable

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kuvend.errors import NotAcceptable
from kuvend.formats import JSON_LD, RDF_XML, RESULTS_XML
from kuvend.sparql import QueryPool
from kuvend.web.writing import write_quads

RESULTS = "{http://www.w3.org/2005/sparql-results#}"
CARRIAGE_RETURNS = '"a\\u000D\\u000Ab\\u000D"'


def literals(body: bytes) -> list[str | None]:
    return [found.text for found in ET.fromstring(body).iter(f"{RESULTS}literal")]


def test_carriage_returns_come_back_from_xml(client: FlaskClient) -> None:
    text = f"SELECT ({CARRIAGE_RETURNS} AS ?a) (<<( <urn:a> <urn:b> ?a )>> AS ?t) {{}}"
    for page in ({}, {"page-size": "1"}):
        asked = {"query": text, "format": "xml", **page}
        assert literals(client.get("/sparql", query_string=asked).data) == ["a\r\nb\r"] * 2
    text = f"CONSTRUCT {{ <urn:a> <urn:b#c> {CARRIAGE_RETURNS} }} {{}}"
    body = client.get("/sparql", query_string={"query": text, "format": "rdfxml"}).data
    (triple,) = ox.parse(body, ox.RdfFormat.RDF_XML)
    assert triple.object == ox.Literal("a\r\nb\r")


def test_carriage_returns_come_back_from_a_result_in_parts(
    make_pool: Callable[..., QueryPool],
) -> None:
    text = f"SELECT ({CARRIAGE_RETURNS} AS ?a) {{ ?s ?p ?o }}"
    parts = list(make_pool().run(text, format=RESULTS_XML).body)
    assert len(parts) > 1
    assert set(literals(b"".join(parts))) == {"a\r\nb\r"}


@pytest.mark.parametrize("code", ["0001", "0008", "000B", "000C", "001F", "FFFE", "FFFF"])
def test_characters_that_xml_has_not_are_refused(client: FlaskClient, code: str) -> None:
    asked = [
        {"query": f'SELECT ("a\\u{code}" AS ?a) {{}}', "format": "xml"},
        {"query": f'SELECT ("a\\u{code}" AS ?a) {{}}', "format": "xml", "page-size": "1"},
        {"query": f'CONSTRUCT {{ <urn:a> <urn:b> "a\\u{code}" }} {{}}', "format": "rdfxml"},
    ]
    for each in asked:
        refused = client.get("/sparql", query_string=each)
        assert refused.status_code == 406
        assert f"U+{code}" in refused.json["detail"]
        assert "JSON" in refused.json["suggestion"]
    assert client.get("/sparql", query_string={"query": asked[0]["query"]}).status_code == 200


@pytest.mark.parametrize("shift", range(3))
def test_a_character_in_two_pieces_is_found(
    make_pool: Callable[..., QueryPool], shift: int
) -> None:
    text = f'SELECT (CONCAT("{"x" * shift}", ?many) AS ?a) {{ VALUES ?many {{ "%s" }} }}'
    many = "\N{REPLACEMENT CHARACTER}" * 9000
    pool = make_pool()
    body = pool.run(text % many, format=RESULTS_XML).read()
    assert literals(body) == ["x" * shift + many]
    # Pieces end somewhere among these.
    with pytest.raises(NotAcceptable, match=r"U\+FFFE"):
        pool.run(text % ("\\uFFFE" * 9000), format=RESULTS_XML).read()


def test_what_is_met_after_the_first_bytes_breaks_the_result_off(
    make_pool: Callable[..., QueryPool],
) -> None:
    text = 'SELECT ?a { { ?s <urn:p1> ?a . ?t <urn:p2> ?b } UNION { BIND("\\u0001" AS ?a) } }'
    result = make_pool().run(text, format=RESULTS_XML)
    assert b"<literal" in next(result.body)
    with pytest.raises(NotAcceptable, match=r"U\+0001"):
        b"".join(result.body)


def test_a_property_that_rdf_xml_cannot_name_is_refused(
    make_pool: Callable[..., QueryPool],
) -> None:
    text = "CONSTRUCT { <urn:a> <urn:1> '<oxprefix: ' } {}"
    with pytest.raises(NotAcceptable, match="property"):
        make_pool().run(text, format=RDF_XML)
    assert make_pool().run(text.replace("urn:1", "urn:b"), format=RDF_XML).read()


def test_triple_terms_as_json_ld_are_refused_with_what_holds_them(client: FlaskClient) -> None:
    text = "CONSTRUCT { <urn:a> <urn:b> <<( <urn:a> <urn:b> 1 )>> } {}"
    accept = {"Accept": "application/ld+json, text/turtle;q=0.5"}
    refused = client.get("/sparql", query_string={"query": text}, headers=accept)
    assert refused.status_code == 406
    assert "triple terms, which JSON-LD cannot hold" in refused.json["detail"]
    assert "Turtle" in refused.json["suggestion"]
    (triple,) = ox.parse(
        client.get("/sparql", query_string={"query": text, "format": "rdfxml"}).data,
        ox.RdfFormat.RDF_XML,
    )
    assert isinstance(triple.object, ox.Triple)


def test_what_is_written_outside_queries_is_refused_alike() -> None:
    a = ox.NamedNode("urn:a")
    quads = [ox.Quad(a, a, ox.Triple(a, a, ox.Literal("\r\x01")))]
    for form in (JSON_LD, RDF_XML):
        with pytest.raises(NotAcceptable, match="cannot hold"):
            write_quads(quads, form, {})
    name = ox.NamedNode("urn:a#b")
    assert b"&#13;" in write_quads([ox.Quad(a, name, ox.Literal("\r"))], RDF_XML, {})


def test_csv_has_each_value_in_its_field(client: FlaskClient) -> None:
    text = """SELECT (<<( <urn:a,b> <urn:b> "x\\ny,\\"" )>> AS ?t) (<urn:a,b> AS ?i) ?none
        ("a\\u000D\\u000Ab" AS ?r) ("ë"@sq AS ?l) (1.5 AS ?n) { }"""
    for page in ({}, {"page-size": "9"}):
        asked = {"query": text, "format": "csv", **page}
        body = client.get("/sparql", query_string=asked).text
        assert list(csv.reader(io.StringIO(body, newline=""))) == [
            ["t", "i", "none", "r", "l", "n"],
            ['urn:a,b urn:b x\ny,"', "urn:a,b", "", "a\r\nb", "ë", "1.5"],
        ]


@pytest.mark.parametrize("rows", [0, 1, 99, 100, 101, 250])
def test_csv_has_every_row(client: FlaskClient, rows: int) -> None:
    text = f"SELECT ?s ?b {{ ?s ?p ?o BIND(BNODE() AS ?b) }} LIMIT {rows}"
    body = client.get("/sparql", query_string={"query": text, "format": "csv"}).text
    found = list(csv.reader(io.StringIO(body, newline="")))
    assert len({tuple(row) for row in found}) == rows + 1
    assert all(row[1].startswith("_:") for row in found[1:])


def test_csv_tells_a_row_without_values(client: FlaskClient) -> None:
    asked = {"query": "SELECT ?x {}", "format": "csv"}
    assert client.get("/sparql", query_string=asked).data == b'x\r\n""\r\n'
