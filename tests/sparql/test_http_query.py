"""``/sparql`` speaks the SPARQL 1.1 Protocol for queries."""

from __future__ import annotations

import gzip
import json
import re

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

ASK = "ASK { ?s ?p ?o }"
SELECT = "SELECT ?o { <urn:s7> ?p ?o }"
CONSTRUCT = "CONSTRUCT { ?s ?p ?o } WHERE { ?s ?p ?o . FILTER(?o = 7) }"
GRAPHS = "https://w3id.org/kuvend/graph/"
COUNT = "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }"


def value(response: object, name: str = "n") -> str:
    body = json.loads(response.data)  # type: ignore[attr-defined]
    return str(body["results"]["bindings"][0][name]["value"])


def test_a_query_comes_by_get_by_form_and_as_the_body(client: FlaskClient) -> None:
    got = client.get("/sparql", query_string={"query": SELECT})
    form = client.post("/sparql", data={"query": SELECT})
    direct = client.post("/sparql", data=SELECT, content_type="application/sparql-query")
    assert got.status_code == form.status_code == direct.status_code == 200
    assert got.data == form.data == direct.data
    assert got.content_type == "application/sparql-results+json"
    assert value(got, "o") == "7"


@pytest.mark.parametrize(
    ("query", "accept", "content_type"),
    [
        (SELECT, "application/sparql-results+xml", "application/sparql-results+xml"),
        (SELECT, "text/csv", "text/csv; charset=utf-8"),
        (SELECT, "text/tab-separated-values", "text/tab-separated-values; charset=utf-8"),
        (SELECT, "*/*", "application/sparql-results+json"),
        (SELECT, "text/csv;q=0.1, application/json", "application/sparql-results+json"),
        (ASK, "application/sparql-results+xml", "application/sparql-results+xml"),
        (CONSTRUCT, "text/turtle", "text/turtle; charset=utf-8"),
        (CONSTRUCT, "application/n-triples", "application/n-triples"),
        (CONSTRUCT, "application/ld+json", "application/ld+json"),
        (CONSTRUCT, "application/rdf+xml", "application/rdf+xml"),
        (CONSTRUCT, "application/trig", "application/trig"),
        (CONSTRUCT, "application/n-quads", "application/n-quads"),
        ("DESCRIBE <urn:s7>", "*/*", "text/turtle; charset=utf-8"),
    ],
)
def test_the_format_is_negotiated(
    client: FlaskClient, query: str, accept: str, content_type: str
) -> None:
    response = client.get("/sparql", query_string={"query": query}, headers={"Accept": accept})
    assert response.status_code == 200
    assert response.content_type == content_type
    assert "Accept" in response.headers["Vary"]
    rdf = ox.RdfFormat.from_media_type(response.content_type)
    if rdf is not None and query == CONSTRUCT:
        assert len(list(ox.parse(response.data, rdf))) == 1
    else:
        assert b"7" in response.data or b"true" in response.data


@pytest.mark.parametrize(
    ("query_string", "status", "said"),
    [
        ("query=ASK%7B%7D&query=ASK%7B%7D", 400, "2 times"),
        ("query=", 400, "no query"),
        ("update=CLEAR%20ALL", 400, "update does not belong here"),
        ("query=ASK%7B%7D&update=CLEAR%20ALL", 400, "update does not belong here"),
        ("query=%FF%FE", 400, "UTF-8"),
        ("query=%G1", 400, "hexadecimal"),
        ("query=SELCT", 400, "SELECT"),
        ("query=ASK%7B%7D&timeout=soon", 400, "timeout"),
        ("query=ASK%7B%7D&default-graph-uri=nothing", 400, "absolute IRI"),
        ("query=ASK%7B%7D&format=turtle", 406, "turtle"),
        ("query=ASK%20%7B%20SERVICE%20%3Curn%3Ax%3E%20%7B%7D%7D", 403, "SERVICE"),
        ("query=INSERT%20DATA%20%7B%7D", 400, "update"),
    ],
)
def test_a_wrong_request_is_refused_with_the_reason(
    client: FlaskClient, query_string: str, status: int, said: str
) -> None:
    response = client.get(f"/sparql?{query_string}")
    assert response.status_code == status
    assert response.content_type == "application/problem+json"
    body = response.get_json()
    assert said in f"{body['detail']} {body.get('suggestion')}"


def test_an_accept_header_nothing_fits_is_406(client: FlaskClient) -> None:
    response = client.get("/sparql", query_string={"query": ASK}, headers={"Accept": "image/png"})
    assert response.status_code == 406


def test_a_body_of_another_type_is_415(client: FlaskClient) -> None:
    assert client.post("/sparql", data=ASK, content_type="text/plain").status_code == 415
    latin = "application/sparql-query; charset=iso-8859-1"
    assert client.post("/sparql", data=ASK, content_type=latin).status_code == 415


def test_a_body_that_is_not_utf8_is_400(client: FlaskClient) -> None:
    response = client.post("/sparql", data=b"\xff\xfe", content_type="application/sparql-query")
    assert response.status_code == 400


def test_other_methods_are_405_with_those_allowed(client: FlaskClient) -> None:
    response = client.put("/sparql", data=ASK)
    assert response.status_code == 405
    assert {"GET", "HEAD", "POST", "OPTIONS"} <= set(response.headers["Allow"].split(", "))


def test_a_syntax_error_has_line_column_and_suggestion(client: FlaskClient) -> None:
    text = "SELECT ?o\nWHERE { ?s rdfs:label ?o }"
    body = client.get("/sparql", query_string={"query": text}).get_json()
    assert (body["line"], body["column"]) == (2, 12)
    assert "PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>" in body["suggestion"]


@pytest.mark.parametrize(
    "expression",
    ['CONCAT ("a", "b")', 'COALESCE # the first (of all\n (?none, "ab")', "coalesce\t('ab')",
     "IF (isBlank (BNODE ()), 'ab', '')"],
)  # fmt: skip
def test_white_space_may_stand_between_a_function_and_its_bracket(
    client: FlaskClient, expression: str
) -> None:
    query = f"SELECT ('CONCAT (' AS ?text) ({expression} AS ?x) {{}}"
    response = client.get("/sparql", query_string={"query": query})
    (row,) = response.get_json()["results"]["bindings"]
    assert (row["text"]["value"], row["x"]["value"]) == ("CONCAT (", "ab")


@pytest.mark.parametrize("text", ["\ufeffASK\r\n{}", "\ufeffASK { ?s ?p , }"])
def test_a_mark_of_the_encoding_at_the_start_is_no_part_of_the_text(
    client: FlaskClient, text: str
) -> None:
    answers = [
        client.get("/sparql", query_string={"query": text}),
        client.get("/sparql", query_string={"query": text, "format": "json"}),
        client.post("/sparql", data=text.encode(), content_type="application/sparql-query"),
    ]
    plain = client.get("/sparql", query_string={"query": text[1:]})
    told = [(a.status_code, a.get_json().get("column")) for a in answers]
    assert told == [(plain.status_code, plain.get_json().get("column"))] * 3


def test_graph_names_in_the_request_replace_the_dataset(client: FlaskClient) -> None:
    names = [f"{GRAPHS}statements/{name}" for name in ("a", "b")]
    one = client.get("/sparql", query_string={"query": COUNT, "default-graph-uri": names[0]})
    both = client.get("/sparql", query_string={"query": COUNT, "default-graph-uri": names})
    assert (value(one), value(both)) == ("2", "2")
    inside = "SELECT (COUNT(DISTINCT ?g) AS ?n) { GRAPH ?g { ?s ?p ?o } }"
    named = client.get("/sparql", query_string={"query": inside, "named-graph-uri": names})
    assert value(named) == "2"
    mixed = client.get(
        "/sparql",
        query_string={
            "query": f"SELECT (COUNT(*) AS ?n) FROM <{names[1]}> {{ ?s ?p ?o }}",
            "default-graph-uri": names[0],
        },
    )
    assert value(mixed) == "2"


def test_without_entailment_inferred_triples_are_not_seen(client: FlaskClient) -> None:
    text = (
        "ASK { <https://w3id.org/kuvend/id/org/akk> a <https://w3id.org/kuvend/def#Organisation> }"
    )
    merged = client.get("/sparql", query_string={"query": text}).get_json()
    asserted = client.get("/sparql", query_string={"query": text, "entailment": "none"}).get_json()
    assert (merged["boolean"], asserted["boolean"]) == (True, False)


def test_an_answer_is_revalidated_by_its_tag(client: FlaskClient) -> None:
    first = client.get("/sparql", query_string={"query": SELECT})
    tag = first.headers["ETag"]
    again = client.get("/sparql", query_string={"query": SELECT}, headers={"If-None-Match": tag})
    assert (again.status_code, again.data) == (304, b"")
    other = client.get(
        "/sparql",
        query_string={"query": SELECT},
        headers={"If-None-Match": tag, "Accept": "text/csv"},
    )
    assert other.status_code == 200


def test_what_changes_by_itself_is_not_kept(client: FlaskClient) -> None:
    text = "SELECT (STRUUID() AS ?n) {}"
    first = client.get("/sparql", query_string={"query": text})
    assert "ETag" not in first.headers
    assert value(first) != value(client.get("/sparql", query_string={"query": text}))


def test_a_large_answer_is_compressed_where_the_client_takes_it(client: FlaskClient) -> None:
    text = "SELECT * { ?s ?p ?o } LIMIT 100"
    headers = {"Accept-Encoding": "gzip"}
    for _ in range(2):
        packed = client.get("/sparql", query_string={"query": text}, headers=headers)
        assert packed.headers["Content-Encoding"] == "gzip"
        plain = client.get("/sparql", query_string={"query": text})
        assert "Content-Encoding" not in plain.headers
        assert len(json.loads(gzip.decompress(packed.data))["results"]["bindings"]) == 100
        assert "Accept-Encoding" in packed.headers["Vary"]
    long = "SELECT ?s ?p ?o ?s2 { ?s ?p ?o . ?s2 ?p ?o2 } LIMIT 30000"
    streamed = client.get("/sparql", query_string={"query": long}, headers=headers)
    assert len(json.loads(gzip.decompress(streamed.data))["results"]["bindings"]) == 30000


def test_head_has_the_headers_of_get_and_no_body(client: FlaskClient) -> None:
    response = client.head("/sparql", query_string={"query": SELECT})
    assert response.status_code == 200
    assert response.data == b""
    assert response.content_type == "application/sparql-results+json"


@pytest.mark.parametrize("packed", [False, True])
@pytest.mark.parametrize("path", ["/sparql", "/data"])
def test_head_of_a_large_result_leaves_nothing_for_those_who_get_it(
    whole: FlaskClient, path: str, packed: bool
) -> None:
    asked = {"query": f"SELECT * {{ ?s ?p ?o . ?t ?q ?o }} LIMIT 2500 # {packed}"}
    headers = {"Accept": "application/sparql-results+json, application/n-triples"}
    headers["Accept-Encoding"] = "gzip" if packed else "identity"
    query_string = asked if path == "/sparql" else "default"
    for _ in range(2):
        head = whole.head(path, query_string=query_string, headers=headers)
        assert (head.status_code, head.data) == (200, b"")
        got = whole.get(path, query_string=query_string, headers=headers)
        body = gzip.decompress(got.data) if packed else got.data
        assert len(body) > 64 * 1024
        assert body.endswith(b"]}}" if path == "/sparql" else b" .\n")
        if head.content_length is not None:
            assert head.content_length == len(got.data)


def test_any_origin_may_ask(client: FlaskClient) -> None:
    asked = {"Origin": "https://example.org", "Access-Control-Request-Method": "POST"}
    response = client.options("/sparql", headers=asked)
    assert response.headers["Access-Control-Allow-Origin"] == "*"
    assert "POST" in response.headers["Access-Control-Allow-Methods"]
    assert "Access-Control-Allow-Credentials" not in response.headers


def test_a_runaway_query_is_503_and_names_the_limit(client: FlaskClient) -> None:
    text = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }"
    response = client.get("/sparql", query_string={"query": text, "timeout": "0.2"})
    assert response.status_code == 503
    assert "0.2 s" in response.get_json()["detail"]


def test_a_bare_get_describes_the_service(client: FlaskClient) -> None:
    response = client.get("/sparql")
    assert response.content_type == "text/turtle; charset=utf-8"
    store = ox.Store()
    store.load(response.data, ox.RdfFormat.TURTLE)
    asked = """
        PREFIX sd: <http://www.w3.org/ns/sparql-service-description#>
        PREFIX void: <http://rdfs.org/ns/void#> PREFIX schema: <http://schema.org/>
        SELECT ?endpoint ?triples ?limit {
          ?s a sd:Service ; sd:endpoint ?endpoint ; sd:supportedLanguage sd:SPARQL11Query ;
             sd:defaultDataset [ sd:defaultGraph [ void:triples ?triples ] ] ;
             schema:additionalProperty [ schema:name "max_query_bytes" ; schema:value ?limit ] .
        }"""
    ((endpoint, triples, limit),) = [tuple(row) for row in store.query(asked)]  # type: ignore[union-attr]
    assert endpoint.value == "http://localhost/sparql"
    assert (triples.value, limit.value) == ("2004", "65536")
    numbers = re.findall(rb'schema:value "?([^"\s]+)', response.data)
    assert len(numbers) > 5
    assert all(re.fullmatch(rb"[0-9]+(\.[0-9]+)?", number) for number in numbers)
    as_json = client.get("/sparql", headers={"Accept": "application/ld+json"})
    assert as_json.content_type == "application/ld+json"
    revalidated = client.get("/sparql", headers={"If-None-Match": response.headers["ETag"]})
    assert revalidated.status_code == 304


def test_the_format_of_the_description_may_be_named(client: FlaskClient) -> None:
    named = client.get("/sparql", query_string={"format": "jsonld"})
    assert named.content_type == "application/ld+json"
    assert client.get("/sparql", query_string={"format": "csv"}).status_code == 406


def test_a_format_said_in_several_words_as_sparqlwrapper_does_is_read(client: FlaskClient) -> None:
    words = ["format=tsv", "format=text/tab-separated-values", "output=tsv", "results=tsv"]
    got = client.get(f"/sparql?query=ASK%7B%7D&{'&'.join(['format=json', 'results=json'])}")
    assert got.status_code == 200
    rows = client.get("/sparql?" + "&".join(["query=SELECT%20%2A%20%7B%7D", *words]))
    assert rows.status_code == 200
    assert rows.mimetype == "text/tab-separated-values"


@pytest.mark.parametrize("encoding", ["identity", "gzip"])
def test_a_result_that_was_streamed_is_kept_for_the_next_who_asks(
    client: FlaskClient, encoding: str
) -> None:
    query = "SELECT ?s ?p ?o { ?s ?p ?o } ORDER BY ?s LIMIT 2000"
    headers = {"Accept-Encoding": encoding}
    first = client.get("/sparql", query_string={"query": query}, headers=headers)
    streamed = first.data  # kept once it has been read to its end
    again = client.get("/sparql", query_string={"query": query}, headers=headers)
    assert "Content-Length" not in first.headers
    assert streamed == again.data
    assert again.headers["Content-Length"] == str(len(streamed))
    assert first.headers.get("Content-Encoding") == again.headers.get("Content-Encoding")
    whole = gzip.decompress(again.data) if encoding == "gzip" else again.data
    assert len(json.loads(whole)["results"]["bindings"]) == 2000
    assert len(whole) > 64 * 1024
