"""Nothing a visitor sends kills the service, makes it call out, or makes it fail unforeseen."""

from __future__ import annotations

import http.client
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from listener import Listener
from service_process import BEARER, Server, scratch_server

CANARY = "CANARY"
# 4xx: refused. 503, 507: stopped at a limit, which the problem names.
STOPPED = {503, 507}

QUERY_BOMBS = {
    "STR": "ASK { FILTER(" + "STR(" * 1027 + "1" + ")" * 1027 + "=1) }",
    "IF": "ASK { FILTER(" + "IF(true,1," * 1027 + "1" + ")" * 1027 + ") }",
    "groups": "ASK " + "{" * 2265 + "}" * 2265,
    "parentheses": "ASK { FILTER(" + "(" * 4740 + "1" + ")" * 4740 + ") }",
    "not": "ASK { FILTER(" + "!" * 9381 + "true) }",
    "minus": "ASK { FILTER(" + "-" * 9381 + "1=1) }",
    "hidden parentheses": "ASK { ?a ?b ?c FILTER(?a<" + "(" * 5000 + "#>\n1" + ")" * 5000 + ") }",
    "sub-select": "SELECT * {" + "{SELECT * {" * 1182 + "}}" * 1182 + "}",
    "EXISTS": "ASK {" + "FILTER EXISTS {" * 872 + "}" * 872 + "}",
    "sum": "ASK { FILTER(" + "1+" * 6906 + "1=1) }",
    "and": "ASK { FILTER(" + "?x&&" * 9381 + "?x) }",
    "GRAPH": "ASK {" + "GRAPH ?g {" * 3038 + "}" * 3038 + "}",
    "path": "ASK { ?a " + "(" * 9000 + "<urn:p>" + ")*" * 9000 + " ?b }",
    "path chain": "ASK { ?a " + "<urn:p>/" * 4000 + "<urn:p> ?b }",
    "alternatives": "ASK { ?a " + "<urn:p>|" * 4000 + "<urn:p> ?b }",
    "UNION": "ASK {" + "{}UNION" * 6596 + "{}}",
    "OPTIONAL": "ASK {" + "OPTIONAL{" * 2729 + "}" * 2729 + "}",
    "OPTIONAL chain": "ASK {" + "OPTIONAL{?a ?b ?c}" * 2729 + "}",
    "BIND chain": "ASK {" + "".join(f"BIND(?v{i} AS ?v{i + 1})" for i in range(2000)) + "}",
    "triple terms": "ASK { ?a ?b " + "<<(?a ?b " * 2000 + "1" + ")>>" * 2000 + " }",
    "blank nodes": "ASK { " + "[?p " * 5000 + "1" + "]" * 5000 + " }",
    "collections": "ASK { ?a ?b " + "(" * 5000 + ")" * 5000 + " }",
    "patterns": "ASK { " + "?a ?b ?c ." * 1000 + "}",
    "joins": "ASK { " + "".join(f"?a{i} ?b{i} ?c{i} ." for i in range(190)) + "}",
    "sort": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?c ?f ?i",
    "group": "SELECT ?c ?f (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } GROUP BY ?c ?f ?i",
    "distinct": "SELECT DISTINCT ?a ?d ?g { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }",
    "concat": "SELECT ?z { BIND('aaaaaaaaaa' AS ?a0) "
    + "".join(f"BIND(CONCAT(?a{i},?a{i},?a{i}) AS ?a{i + 1})" for i in range(28))
    + "BIND(STRLEN(?a28) AS ?z) }",
    "replace": "SELECT ?z { BIND(REPLACE('"
    + "a" * 5000
    + "','a','"
    + "b" * 5000
    + "') AS ?y) BIND(REPLACE(?y,'b','"
    + "c" * 5000
    + "') AS ?z) }",
    "cross join": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }",
    "star path": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>)* ?b . ?c (!<urn:x>)* ?d }",
    "values": "SELECT (COUNT(*) AS ?n) {"
    + "".join(f"VALUES ?v{i} {{ {'1 ' * 800} }}" for i in range(5))
    + "}",
    "regex": "ASK { FILTER(REGEX('" + "a" * 5000 + "!', '(a+)+$')) }",
    "long integer": "ASK { FILTER(" + "9" * 60000 + " = 1) }",
    "nul": "ASK { ?s ?p '\x00' }",
    "empty escapes": "ASK { ?s ?p '" + "\\u0000" * 10 + "' }",
    "only dots": "a." * 30000,
    "only quotes": '"' * 60000,
    "only less": "<" * 60000,
    "dots and colons": "a.:" * 20000,
}
CALLS = [
    "SELECT * { SERVICE <http://CANARY/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://CANARY/> { ?s ?p ?o } }",
    "SELECT * { SeRvIcE#\n<http://CANARY/> { ?s ?p ?o } }",
    "SELECT * { S\\u0045RVICE <http://CANARY/> { ?s ?p ?o } }",
    "PREFIX : <http://CANARY/> SELECT * { SERVICE: { ?s ?p ?o } }",
    "PREFIX e: <http://CANARY/> SELECT * { SERVICEe:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://CANARY/> { ?a ?b ?c } }",
    "PREFIX : <http://CANARY/> ASK { ?a ?p ?b FILTER(?a<?b)SERVICE:x#>\n{ ?s ?p ?o } }",
    "BASE <http://CANARY/> SELECT * { SERVICE <x> { ?s ?p ?o } }",
    "ASK { FILTER NOT EXISTS { SERVICE <http://CANARY/> { ?s ?p ?o } } }",
    "SELECT * FROM <http://CANARY/> { ?s ?p ?o }",
    "SELECT * FROM NAMED <http://CANARY/> { GRAPH ?g { ?s ?p ?o } }",
    "SELECT * FROM <file:///etc/passwd> { ?s ?p ?o }",
    "DESCRIBE <http://CANARY/>",
]
UPDATES = [
    "LOAD <http://CANARY/>",
    "LOAD SILENT <http://CANARY/> INTO GRAPH <urn:g>",
    "L\\u004FAD <http://CANARY/>",
    "PREFIX : <http://CANARY/> LOAD:x",
    "CLEAR ALL;LOAD<http://CANARY/>",
    "LOAD <file:///etc/passwd>",
    "INSERT { ?s ?p ?o } WHERE { SERVICE <http://CANARY/> { ?s ?p ?o } }",
    "INSERT { ?s ?p ?o } USING <http://CANARY/> WHERE { ?s ?p ?o }",
    "INSERT DATA { <urn:a> <urn:b> " + "(" * 12109 + ")" * 12109 + " }",
    "INSERT DATA " + "{" * 5000,
]
_ENTITIES = "".join(f'<!ENTITY e{i} "{f"&e{i - 1};" * 10 if i else "ha" * 10}">' for i in range(11))
GRAPHS = [
    ("application/rdf+xml", f"<?xml version='1.0'?><!DOCTYPE r [{_ENTITIES}]><r/>"),
    (
        "application/rdf+xml",
        "<!DOCTYPE r [<!ENTITY x SYSTEM 'http://CANARY/'>]>"
        "<rdf:RDF xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'>&x;</rdf:RDF>",
    ),
    ("application/rdf+xml", "<a>" * 20000),
    ("application/ld+json", '{"a":' * 10000 + "1" + "}" * 10000),
    ("application/ld+json", "[" * 100000),
    ("application/ld+json", '{"@context": "http://CANARY/context", "@id": "urn:a"}'),
    ("application/ld+json", '{"@context": {"@import": "http://CANARY/c"}, "@id": "urn:a"}'),
    ("text/turtle", "<urn:a> <urn:b> " + "[ <urn:p> " * 20000),
    ("text/turtle", "<urn:a> <urn:b> " + "(" * 50000),
    ("text/turtle", "<urn:a> <urn:b> " + "<<( <urn:a> <urn:b> " * 18000),
    ("text/turtle", "@prefix : <" + "a" * 1_000_000),
    ("application/trig", "{" * 100000),
    ("application/n-triples", "<urn:a> <urn:b> \"" + "\\" * 100001 + '" .'),
    ("text/turtle", "\ud800".encode("utf-8", "surrogatepass")),
]  # fmt: skip
RAW = [
    b"GET / HTTP/1.1\r\n\r\n",
    b"\x00" * 5000,
    b"GET /sparql?query=%00 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /sparql?query=%ff HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /\xff\xfe HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /" + b"a" * 100_000 + b" HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: " + b"a" * 1_000_000 + b"\r\n\r\n",
    b"GET / HTTP/1.1\r\nHost: a\r\n" + b"X: a\r\n" * 5000 + b"\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: -1\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 99999999999999999999\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Length: 5\r\n"
    b"Transfer-Encoding: chunked\r\n\r\n0\r\n\r\n",
    b"POST /sparql HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\nZZ\r\n",
    b"GET /doc/../../../etc/passwd HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /static/%2e%2e/%2e%2e/config.py HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /sparql HTTP/1.1\r\nHost: a\r\nAccept: " + b"*/*;q=1," * 2000 + b"\r\n\r\n",
    b"GET /sparql HTTP/1.1\r\nHost: a\r\nAccept: \xff\xfe\r\n\r\n",
    b"GET /sparql?query=ASK%7B%7D&format=\r\nSet-Cookie:x HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET /data?graph=urn:%0d%0aSet-Cookie:x HTTP/1.1\r\nHost: a\r\n\r\n",
    b"OPTIONS * HTTP/1.1\r\nHost: a\r\n\r\n",
    b"CONNECT a:1 HTTP/1.1\r\nHost: a\r\n\r\n",
    b"BREW /sparql HTTP/1.1\r\nHost: a\r\n\r\n",
    b"GET http://other.example/sparql HTTP/1.1\r\nHost: a\r\n\r\n",
    b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n" + b"\x00" * 100,
]


@pytest.fixture(scope="module")
def server(quick_folders: Callable[[], Path]) -> Iterator[Server]:
    """A server with two thousand triples and short limits, as the limits are what is tested."""
    folder = quick_folders()
    with scratch_server(folder, query_timeout_s=0.5, query_memory_mb=200) as running:
        lines = "".join(f"<urn:s{i}> <urn:p{i % 10}> <urn:s{i // 2}> .\n" for i in range(2000))
        put = running.request("PUT", "/data?default", lines, Content_Type="text/turtle", **BEARER)
        assert put[0] == 204
        yield running


def _check(server: Server, status: int, body: bytes) -> None:
    assert status < 500 or status in STOPPED, body
    if status >= 400:
        assert json.loads(body)["detail"]
    assert b"root:" not in body
    assert server.process.poll() is None


@pytest.mark.parametrize("name", QUERY_BOMBS)
def test_a_hostile_query_is_refused_or_stopped(server: Server, name: str) -> None:
    body = QUERY_BOMBS[name].encode()
    try:
        status, answer, _ = server.request(
            "POST", "/sparql", body, Content_Type="application/sparql-query"
        )
    except http.client.IncompleteRead:
        # Stopped after its first bytes, and visibly so.
        return
    _check(server, status, answer)


@pytest.mark.parametrize("text", CALLS)
def test_no_query_calls_out(server: Server, canary: Listener, text: str) -> None:
    address = "/sparql?query=" + quote(text.replace(CANARY, canary.address))
    status, answer, _ = server.request("GET", address)
    _check(server, status, answer)
    assert canary.calls == 0


@pytest.mark.parametrize("text", UPDATES, ids=range(len(UPDATES)))
def test_no_update_calls_out_or_kills(server: Server, canary: Listener, text: str) -> None:
    body = text.replace(CANARY, canary.address)
    status, answer, _ = server.request(
        "POST", "/update", body, Content_Type="application/sparql-update", **BEARER
    )
    if status != 204:
        _check(server, status, answer)
    assert canary.calls == 0


@pytest.mark.parametrize(("media_type", "content"), GRAPHS, ids=range(len(GRAPHS)))
def test_no_graph_calls_out_or_kills(
    server: Server, canary: Listener, media_type: str, content: str | bytes
) -> None:
    body = content.replace(CANARY, canary.address) if isinstance(content, str) else content
    status, answer, _ = server.request(
        "POST", "/data?graph=urn:hostile", body, Content_Type=media_type, **BEARER
    )
    if status not in {201, 204}:
        _check(server, status, answer)
    assert canary.calls == 0


@pytest.mark.parametrize("sent", RAW, ids=range(len(RAW)))
def test_no_bytes_on_the_wire_bring_it_down(server: Server, sent: bytes) -> None:
    received = server.raw(sent)
    assert b"Set-Cookie" not in received.split(b"\r\n\r\n")[0]
    if received:
        assert received.startswith(b"HTTP/1.")
        assert not received.startswith(b"HTTP/1.1 500")
    assert server.request("GET", "/healthz")[0] == 200


def test_runaway_queries_leave_the_others_alone(server: Server) -> None:
    """Ordinary users are answered while runaway queries keep coming."""
    runaway = "/sparql?query=" + quote(QUERY_BOMBS["cross join"])
    statuses: list[int] = []

    def run_away() -> None:
        for _ in range(3):
            statuses.append(server.request("GET", runaway)[0])

    threads = [threading.Thread(target=run_away) for _ in range(8)]
    for thread in threads:
        thread.start()
    answered = [
        server.request("GET", f"/sparql?query=ASK%7B%3Curn:s{i}%3E%20%3Fp%20%3Fo%7D")[0]
        for i in range(60)
    ]
    for thread in threads:
        thread.join()
    assert set(answered) == {200}
    assert set(statuses) <= {429, 503}
