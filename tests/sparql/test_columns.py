"""``SELECT *`` gives its columns in the order of the query, in every format."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from w3c_sparql import SUITES, needs_suites

from kuvend.sparql.columns import in_order_of_appearance


def test_columns_stand_in_the_order_of_the_query(client: FlaskClient) -> None:
    text = "SELECT * { ?z <urn:p1> ?b . ?z ?y ?a } LIMIT 1"
    for name, first in (
        ("json", '["z","b","y","a"]'), ("csv", "z,b,y,a"), ("tsv", "?z\t?b\t?y\t?a"),
    ):  # fmt: skip
        answer = client.get("/sparql", query_string={"query": text, "format": name})
        assert first in answer.text.replace(" ", "")


@pytest.mark.parametrize(
    ("query", "columns"),
    [
        ("SELECT DISTINCT * { ?b ?a ?c }", "?b ?a ?c"),
        ("SELECT * { ?b ?a 1 OPTIONAL { ?d ?c 2 } } VALUES ?aa { 3 }", "?b ?a ?d ?c ?aa"),
        ("SELECT * { { SELECT (?y AS ?b) ?a { ?y ?a ?x } } }", "?b ?a"),
        ("PREFIX : <urn:> SELECT * { ?b :p*/:q ?a }", "?b ?a"),
        ("SELECT * { ?z ?m <<( ?y ?x ?b )>> }", "?z ?m ?y ?x ?b"),
        ("SELECT * { << ?z ?y << ?x ?d ?c ~ ?b >> >> ?m ?a }", "?z ?y ?x ?d ?c ?b ?m ?a"),
        ("SELECT * { ?z ?y ?x {| ?m [ ?b ?a ] |} }", "?z ?y ?x ?m ?b ?a"),
        ("SELECT * { ?z ?y ?x ~ ?a {| ?n ?m |} ; ?d ?c }", "?z ?y ?x ?a ?n ?m ?d ?c"),
        ("SELECT * { ?z ?y ?x BIND(<<( ?z ?y ?q )>> AS ?a) }", "?z ?y ?x ?a"),
        ("SELECT * { ?z ?y ?x FILTER EXISTS { << ?w ?v ?u >> ?b ?a } }", "?z ?y ?x"),
    ],
)
def test_only_what_is_in_scope_is_a_column(query: str, columns: str) -> None:
    rewritten = query.replace("*", columns, 1)
    assert in_order_of_appearance(query) == rewritten
    written, engine = (ox.Store().query(text) for text in (rewritten, query))
    assert {v.value for v in written.variables} == {v.value for v in engine.variables}  # type: ignore[union-attr]


@pytest.mark.parametrize(
    "query",
    ["SELECT * { ?a ?b ?c }", "SELECT ?b ?a { ?b ?a 1 }", "SELECT (COUNT(*) AS ?n) { ?b ?a 1 }",
     "ASK { { SELECT * { ?b ?a 1 } } }", "SELECT * {", "SELECT * { ?b ?a ?c } GROUP BY ?b ?a ?c",
     "SELECT * { ?a ?b <<( ?c ?d 1 )>> }"],
)  # fmt: skip
def test_what_is_in_order_or_wrong_is_left_alone(query: str) -> None:
    assert in_order_of_appearance(query) == query


MISTAKES = [
    "SELECT * WHERE { ?s ?p ?o , }",
    "SELECT * WHERE { ?a ?b ?c , }",
    "SELECT DISTINCT *\nWHERE {\n  ?s ?p ?o ,\n}",
    "SELECT * { ?z ?y ?x { SELECT * { ?c ?b ?a , } } }",
    "SELECT * { ?z ?y ?x { SELECT * { ?c ?b ?a } } } LIMIT 1 OFFSET 2 { }",
    "SELECT * { ?s ?p ?o FILTER(CONCAT   (?o, ?p)) , }",
]


@pytest.mark.parametrize("text", MISTAKES)
def test_a_mistake_stands_where_it_is_in_the_text_as_written(
    client: FlaskClient, whole: FlaskClient, text: str
) -> None:
    with pytest.raises(SyntaxError) as refused:
        ox.Store().query(text.replace("CONCAT   (", "   CONCAT("))
    _, line, column, _ = re.split(r"error at (\d+):(\d+): ", str(refused.value))
    answers = [
        client.get("/sparql", query_string={"query": text}).get_json(),
        client.get("/sparql", query_string={"query": text, "page-size": 5}).get_json(),
        *whole.get("/sparql/lint", query_string={"query": text}).get_json()["findings"],
    ]
    places = [(found["line"], found["column"]) for found in answers]
    assert places == [(int(line), int(column))] * 3


@needs_suites
def test_the_scope_is_that_of_the_engine_for_every_query_of_the_w3c() -> None:
    store = ox.Store()
    changed = 0
    for path in SUITES.rglob("*.rq"):
        text = path.read_text(encoding="utf-8", errors="replace")
        rewritten = in_order_of_appearance(text)
        if rewritten == text:
            continue
        try:
            expected = store.query(text, base_iri="http://example.org/")
        except (SyntaxError, ValueError):
            continue
        found = store.query(rewritten, base_iri="http://example.org/")
        assert {v.value for v in found.variables} == {v.value for v in expected.variables}, path  # type: ignore[union-attr]
        changed += 1
    assert changed > 20
