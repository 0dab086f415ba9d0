"""Pages of a result say that they are pages, and together they are the whole result."""

from __future__ import annotations

import json
import re
from urllib.parse import quote
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kuvend.sparql.paging import in_total_order
from kuvend.web.querying import querying

NUMBERS = "SELECT ?s ?o { ?s ?p ?o FILTER(ISNUMERIC(?o)) }"


def next_link(response: object) -> str | None:
    found = re.search(r'<([^>]*)>; rel="next"', response.headers.get("Link", ""))
    return found and found[1]


@pytest.mark.parametrize("text", [NUMBERS, f"{NUMBERS} ORDER BY (?o / 100 > 9)"])
def test_pages_lead_to_every_row_once(client: FlaskClient, text: str) -> None:
    link: str | None = "?page-size=700&query=" + quote(text)
    rows: list[str] = []
    told: list[str] = []
    while link:
        response = client.get(f"/sparql{link}")
        assert response.status_code == 200
        told.append(response.headers["Kuvend-Rows"])
        rows += [b["o"]["value"] for b in response.json["results"]["bindings"]]
        link = next_link(response)
        assert response.json["head"].get("link") == ([link] if link else None)
    assert told == [
        "first=1, last=700, more=?1", "first=701, last=1400, more=?1",
        "first=1401, last=2000, more=?0",
    ]  # fmt: skip
    assert len(rows) == 2000
    assert {int(row) for row in rows} == set(range(2000))


@pytest.mark.parametrize("media_type", ["sparql-results+xml", "csv", "tsv"])
def test_a_page_comes_in_every_format(client: FlaskClient, media_type: str) -> None:
    asked = {"query": NUMBERS, "page-size": "3", "format": media_type.rpartition("+")[2]}
    response = client.get("/sparql", query_string=asked)
    assert response.headers["Kuvend-Rows"] == "first=1, last=3, more=?1"
    assert f"format={asked['format']}" in next_link(response)
    if asked["format"] == "xml":
        head = ElementTree.fromstring(response.data)[0]
        assert head[-1].attrib == {"href": next_link(response)}
        found = ox.parse_query_results(response.data, ox.QueryResultsFormat.XML)
        assert len(list(found)) == 3
    else:
        assert len(response.text.splitlines()) == 4


def test_every_kind_of_term_survives_its_page(client: FlaskClient) -> None:
    text = """SELECT ?v { VALUES ?v { <urn:a> 'x' 'y'@sq 'z'@ar--rtl 1 UNDEF
              <<( <urn:a> <urn:b> 'c'@en )>> } }"""
    whole = client.get("/sparql", query_string={"query": text}).json["results"]["bindings"]
    paged = client.get("/sparql", query_string={"query": text, "page-size": "20"})
    assert paged.headers["Kuvend-Rows"] == "first=1, last=7, more=?0"
    assert "Link" not in paged.headers
    key = lambda row: json.dumps(row, sort_keys=True)  # noqa: E731
    assert sorted(paged.json["results"]["bindings"], key=key) == sorted(whole, key=key)


def test_a_page_of_a_release_that_is_gone_is_refused(whole: FlaskClient) -> None:
    asked = {"query": NUMBERS, "page-size": "3", "page": "2", "release": "0" * 16}
    for accept in ("application/json", "text/html"):
        response = whole.get("/sparql", query_string=asked, headers={"Accept": accept})
        assert response.status_code == 410
        assert "first page" in response.text


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ({"query": "ASK {}", "page-size": "3"}, "SELECT"),
        ({"query": NUMBERS, "page-size": "10001"}, "at most"),
        ({"query": f"{NUMBERS} ORDER BY RAND()", "page-size": "3"}, "each would be of another"),
        ({"query": NUMBERS, "page-size": "0"}, "number from 1"),
        ({"query": NUMBERS, "page-size": "9" * 5000}, "number from 1"),
        ({"query": NUMBERS, "page": "2"}, "page-size"),
    ],
)
def test_what_cannot_be_paged_is_said(
    client: FlaskClient, asked: dict[str, str], words: str
) -> None:
    response = client.get("/sparql", query_string=asked)
    assert response.status_code == 400
    assert words in response.json["detail"]


def test_the_page_for_people_names_its_rows_and_links_on(whole: FlaskClient) -> None:
    asked = {"query": NUMBERS}
    response = whole.get("/sparql", query_string=asked, headers={"Accept": "text/html"})
    release = querying(whole.application).release().id
    assert response.headers["Kuvend-Rows"] == "first=1, last=500, more=?1"
    assert f"release={release}" in next_link(response)
    assert "Without ORDER BY" in response.text


@pytest.mark.parametrize(
    ("text", "ordered"),
    [
        ("SELECT * { ?a ?b 1 } # end", "SELECT * { ?a ?b 1 } # end\nORDER BY ?a ?b"),
        ("SELECT (COUNT(*) AS ?n) ?t { ?s a ?t } GROUP BY ?t OFFSET 2",
         "SELECT (COUNT(*) AS ?n) ?t { ?s a ?t } GROUP BY ?t ORDER BY ?t ?n OFFSET 2"),
        ("SELECT ?x {} VALUES ?x { 1 2 }", "SELECT ?x {} ORDER BY ?x VALUES ?x { 1 2 }"),
        ("SELECT ?a { { SELECT ?a { ?a ?p ?o } LIMIT 3 } } LIMIT 2",
         "SELECT ?a { { SELECT ?a { ?a ?p ?o } LIMIT 3 } } ORDER BY ?a LIMIT 2"),
        ("ASK { ?a ?b ?c }", "ASK { ?a ?b ?c }"),
    ],
)  # fmt: skip
def test_an_order_is_made_total(text: str, ordered: str) -> None:
    assert in_total_order(text) == ordered
