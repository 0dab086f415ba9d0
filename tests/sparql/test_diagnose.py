"""A query without rows gets the reason: the part, the place, and what was probably meant."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator

import pytest
from flask.testing import FlaskClient

from kuvend.errors import BadRequest, BadSyntax
from kuvend.sparql import QueryPool
from kuvend.sparql.diagnose import diagnose
from kuvend.sparql.elements import take_apart

PREFIXES = """PREFIX kv: <https://w3id.org/kuvend/def#>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
"""
AKK = "<https://w3id.org/kuvend/id/org/akk>"


@pytest.fixture(scope="module")
def pool(store_path: object) -> Iterator[QueryPool]:
    """One pool for all diagnoses."""
    from kuvend.config import Settings

    opened = QueryPool(store_path, Settings(), prefixes={"kv": "https://w3id.org/kuvend/def#"})  # type: ignore[arg-type]
    yield opened
    opened.close()


CASES = [
    ("?s a kv:Asociation", "class", "kv:Association?", (3, 11)),
    ("?s rdfs:lable ?l", "predicate", "rdf-schema#label", (3, 11)),
    (f'{AKK} rdfs:label "Asociacioni i Komunave të Kosovës"', "literal", "@sq", (3, 11)),
    (f"{AKK} <urn:p1> ?o", "subject", "label", (3, 11)),
    ("<urn:nobody> rdfs:label ?o", "subject", "", (3, 11)),
    ('?s rdfs:label ?l FILTER(LANG(?l) = "de")', "filter", "@sq", (3, 28)),
    ("?s <urn:p1> ?o . ?s <urn:p2> ?x", "triple", "", (3, 11)),
    ("?s <urn:p1> ?o MINUS { ?s <urn:p1> ?x }", "minus", "", (3, 26)),
    ("VALUES ?s { <urn:none> } ?s <urn:p1> ?o", "values", "", (3, 11)),
    ("{ ?s <urn:p1> 1 } UNION { ?s <urn:p1> 2 } ?s <urn:p2> ?o", "group", "", (3, 11)),
    ("?s <urn:p1> ?o { FILTER(?o > 3) }", "join", "?o is never bound here", (3, 28)),
    ("?s <urn:p1> ?o FILTER(?y > 3)", "filter", "?y is never bound here.", (3, 26)),
    ("?s <urn:p1> ?one FILTER(?noe > 3)", "filter", "Did you mean ?one?", (3, 28)),
    (
        "?s <urn:p1> ?o OPTIONAL { ?s <urn:p2> ?x } FILTER(BOUND(?x))",
        "filter",
        "?x is never bound here.",
        (3, 54),
    ),
    ("?s <urn:p1> ?o FILTER(!BOUND(?y) && ?o = <urn:none>)", "filter", "?o is, for", (3, 26)),
    ("?s <urn:p1> ?o FILTER NOT EXISTS { ?s <urn:p1> ?l }", "filter", "?s is, for", (3, 26)),
    ("BIND(<urn:none> AS ?s) { ?s <urn:p1> ?o }", "bind", "?s is, for", (3, 11)),
    ("BIND(<urn:none> AS ?s) ?s <urn:p1> ?o", "bind", "?s is, for", (3, 11)),
    ("OPTIONAL { ?x <urn:p1> ?s } ?s <urn:p1> ?o", "optional", "", (3, 11)),
    ("{ SELECT ?s { ?s <urn:p1> ?o } LIMIT 0 }", "modifier", "LIMIT", (3, 11)),
    ("GRAPH <https://w3id.org/kuvend/graph/infered> { ?s ?p ?o }", "graph", "inferred>?", (3, 17)),
]


@pytest.mark.parametrize(("where", "kind", "hint", "place"), CASES)
def test_the_reason_is_found_where_it_is(
    pool: QueryPool, where: str, kind: str, hint: str, place: tuple[int, int]
) -> None:
    findings = diagnose(f"{PREFIXES}SELECT * {{{where}}}", pool)
    assert findings[0].kind == kind
    assert hint in f"{findings[0].detail} {findings[0].suggestion}"
    assert (findings[0].line, findings[0].column) == place


def test_every_member_of_a_union_is_told_what_it_lacks(pool: QueryPool) -> None:
    text = f"{PREFIXES}SELECT * {{ {{ ?x a kv:Foo }} UNION {{ {{ ?x a kv:Asociation }} }} }}"
    found = [(f.kind, f.column, f.detail, f.suggestion) for f in diagnose(text, pool)]
    assert [kind for kind, *_ in found] == ["class", "class"]
    assert [column for _, column, *_ in found] == [14, 38]
    assert "kv:Foo" in found[0][2]
    assert found[1][3] == "Did you mean kv:Association?"


GRAPHS = "https://w3id.org/kuvend/graph/"


@pytest.mark.parametrize(
    ("text", "details"),
    [
        (f"SELECT * FROM <{GRAPHS}infered> {{ ?x a ?c }}",
         [f"there is no graph <{GRAPHS}infered>. Did you mean"]),
        ("SELECT * FROM NAMED <urn:nope> { GRAPH ?g { ?x a ?c } }",
         ["there is no graph <urn:nope>. There are, for instance, "]),
        (f"SELECT * FROM <{GRAPHS}inferred> FROM <urn:nope> {{ ?x <urn:p11> ?c }}",
         ["there is no graph <urn:nope>.", "no statement has the predicate <urn:p11>."]),
        (f"SELECT * FROM <{GRAPHS}inferred> {{ GRAPH <{GRAPHS}inferred> {{ ?x ?y ?z }} }}",
         [f"<{GRAPHS}inferred> is not among the named graphs of this query. Add FROM NAMED"]),
        (f"SELECT * {{ GRAPH <{GRAPHS}inferred> {{ ?x <urn:p1> ?z }} }}",
         ["this pattern matches in the default graph, not in"]),
        ("SELECT * { GRAPH ?g { ?x <urn:p11> ?z } }",
         ["no statement in a named graph has the predicate <urn:p11>."]),
    ],
)  # fmt: skip
def test_a_graph_that_is_not_there_is_the_reason(
    pool: QueryPool, text: str, details: list[str]
) -> None:
    found = [f"{f.detail} {f.suggestion or ''}" for f in diagnose(text, pool)]
    assert len(found) == len(details)
    assert all(said.startswith(detail) for said, detail in zip(found, details, strict=True)), found


def test_a_graph_that_the_request_names_is_looked_for_as_well(pool: QueryPool) -> None:
    (finding,) = diagnose("SELECT * { ?s ?p ?o }", pool, default_graphs=["urn:nope"])
    assert (finding.detail, finding.line) == ("there is no graph <urn:nope>.", None)


def test_what_only_follows_is_said_to_need_inference(pool: QueryPool) -> None:
    text = f"{PREFIXES}SELECT * {{ ?s a kv:Organisation }}"
    (finding,) = diagnose(text, pool, entailment="none")
    assert finding.kind == "inference"
    assert diagnose(text, pool) == []


def test_what_is_in_a_named_graph_only_is_said_to_be_there(
    make_pool: Callable[..., QueryPool],
) -> None:
    pool = make_pool()
    graph = "https://w3id.org/kuvend/graph/statements/b"
    text = f"{PREFIXES}SELECT * {{ {AKK} rdfs:label ?l }}"
    (finding,) = diagnose(text, pool, default_graphs=[graph])
    assert finding.kind in {"graph", "predicate"}


def test_a_modifier_that_takes_every_row_is_named(pool: QueryPool) -> None:
    (finding,) = diagnose("SELECT * { ?s ?p ?o } OFFSET 1000000", pool)
    assert finding.kind == "modifier"


def test_the_search_for_a_reason_ends_with_the_time_of_the_query(pool: QueryPool) -> None:
    crossed = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i FILTER(?c + ?f + ?i = 1)"
    began = time.monotonic()
    found = diagnose(f"SELECT * {{ {crossed} }} LIMIT 0", pool, timeout_s=1)
    assert time.monotonic() - began < 3
    assert [finding.kind for finding in found] == ["unknown"]


def test_a_wrong_query_is_refused_as_ever(pool: QueryPool) -> None:
    with pytest.raises(BadSyntax):
        diagnose("SELECT * { ?s ?p }", pool)
    with pytest.raises(BadRequest, match="WHERE"):
        diagnose("DESCRIBE <urn:a>", pool)


@pytest.mark.parametrize(
    ("where", "kinds"),
    [
        ("?s ?p ?o OPTIONAL { ?s ?q ?r } BIND(1 AS ?x)", "triple optional bind"),
        ("GRAPH ?g { ?s ?p ?o } { ?a ?b ?c } UNION { ?d ?e ?f }", "graph group"),
        ("?s <urn:p>/<urn:q>* ?o ; ^<urn:r> [ ?x 1 ] .", "triple triple"),
        ("?s ?p 1, 'x'@en, 'y'^^<urn:t> FILTER EXISTS { ?s ?p ?o }", "triple triple triple filter"),
        ("VALUES (?a ?b) { (1 2) } FILTER regex(?a, 'x') ?s ?p ?a", "values filter triple"),
    ],
)
def test_a_where_group_is_taken_apart(where: str, kinds: str) -> None:
    parts = take_apart(f"SELECT * WHERE {{ {where} }}")
    assert parts is not None
    assert [element.kind for element in parts.elements] == kinds.split()


def test_it_is_answered_over_http(client: FlaskClient) -> None:
    from kuvend.web import diagnosis

    if "diagnosis" not in client.application.blueprints:
        client.application.register_blueprint(diagnosis.blueprint)
    text = "SELECT * { ?s <urn:p11> ?o }"
    for response in (
        client.get("/sparql/diagnose", query_string={"query": text}),
        client.post("/sparql/diagnose", data={"query": text}),
    ):
        (finding,) = response.get_json()["findings"]
        assert finding["kind"] == "predicate"
    assert client.get("/sparql/diagnose").status_code == 400
