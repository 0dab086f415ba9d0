"""What may not run is refused on its tokens, however it is spelt."""

from __future__ import annotations

import time
from pathlib import Path

import pytest

from kuvend.config import Settings
from kuvend.errors import BadRequest, Forbidden, TooLarge
from kuvend.sparql import Limits, check, outline
from kuvend.syntax.sparql_spelling import as_the_engine_reads

SHARED = Path(__file__).resolve().parents[3] / "shared"
QUERIES = Limits.for_queries(Settings())
UPDATES = Limits.for_updates(Settings())

CALLING_OUT = [
    "SELECT * { SERVICE <http://evil.example/> { ?s ?p ?o } }",
    "SELECT * { SERVICE SILENT <http://evil.example/> { ?s ?p ?o } }",
    "SELECT * { service#comment\n<http://evil.example/> { ?s ?p ?o } }",
    r"SELECT * { S\u0045RVICE <http://evil.example/> { ?s ?p ?o } }",
    "PREFIX e: <http://evil.example/> SELECT * { SERVICE e:x { ?s ?p ?o } }",
    "PREFIX : <http://evil.example/> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "PREFIX e: <http://evil.example/> SELECT * { SERVICEe:x { ?s ?p ?o } }",
    "PREFIX : <http://e.example/> PREFIX SERVICE: <urn:x> SELECT * { SERVICE:x { ?s ?p ?o } }",
    "SELECT * { ?s ?p trueSERVICE<http://evil.example/> { ?a ?b ?c } }",
    "PREFIX : <http://e.example/> SELECT * { ?a ?p ?b FILTER(?a<?b)SERVICE:x#>\n{ ?s ?p ?o } }",
    'SELECT * { BIND("a\\u000Ab" AS ?x) SERVICE <http://e.example/> {} BIND("c" AS ?y) }',
    "SELECT * { SERVICE ?endpoint { ?s ?p ?o } }",
    "ASK { FILTER EXISTS { SERVICE <http://evil.example/> { ?s ?p ?o } } }",
]
FETCHING = [
    "LOAD <http://evil.example/>",
    "LOAD SILENT <file:///etc/passwd> INTO GRAPH <urn:g>",
    "INSERT DATA { <urn:a> <urn:a> 1 } ; LOAD<http://evil.example/>",
    "PREFIX : <http://evil.example/> LOAD:x",
    "PREFIX LOAD: <urn:x> PREFIX : <http://evil.example/> LOAD:x INTO GRAPH <urn:g>",
    r"L\u004fAD <http://evil.example/>",
]
INNOCENT = [
    "SELECT * { ?s a <http://schema.org/Service> }",
    'SELECT * { ?s ?p "SERVICE <http://example.org/> { }" }',
    "SELECT * { ?s ?p ?o } # SERVICE <http://example.org/>",
    "PREFIX service: <urn:x:> SELECT * { ?s service:name ?LOAD }",
    "PREFIX load: <urn:x:> SELECT * { ?s load:factor ?service }",
    "SELECT * { ?s ?p '''a ' SERVICE \" ''' }",
]


@pytest.mark.parametrize("text", CALLING_OUT)
def test_every_spelling_of_service_is_refused(text: str) -> None:
    with pytest.raises(Forbidden, match="SERVICE is refused"):
        check(text, QUERIES)


@pytest.mark.parametrize("text", FETCHING)
def test_every_spelling_of_load_is_refused(text: str) -> None:
    with pytest.raises(Forbidden, match="LOAD is refused"):
        check(text, UPDATES)


@pytest.mark.parametrize("text", INNOCENT)
def test_the_words_elsewhere_are_no_keywords(text: str) -> None:
    assert check(text, QUERIES).form == "SELECT"


def test_a_service_on_an_allowed_host_may_run() -> None:
    allowing = Limits.for_queries(Settings(service_hosts="data.example.org"))
    text = "SELECT * { SERVICE <https://data.example.org/sparql> { ?s ?p ?o } }"
    assert check(text, allowing).services == ("data.example.org",)
    with pytest.raises(Forbidden, match="other"):
        check(text.replace("data.", "other."), allowing)


@pytest.mark.parametrize(
    "inner",
    ["STR(" * 1027, "(" * 200, "{" * 200, "!" * 200 + "true", "<<" * 120, "[" * 120,
     "?a<" + "(" * 200 + "#>"],
)  # fmt: skip
def test_deep_nesting_is_refused(inner: str) -> None:
    with pytest.raises(BadRequest, match="nested brackets"):
        check("ASK { FILTER(" + inner, QUERIES)


def test_a_text_of_many_parts_is_refused() -> None:
    with pytest.raises(BadRequest, match="operators"):
        check("ASK { FILTER(" + "1+" * 6906 + "1=1) }", QUERIES)
    with pytest.raises(BadRequest, match="triple patterns"):
        check("ASK { " + "?a ?b ?c . " * 1000 + "}", QUERIES)
    with pytest.raises(TooLarge, match="65536"):
        check("ASK { ?s ?p '" + "a" * 70_000 + "' }", QUERIES)


def test_a_long_list_of_values_is_no_pattern() -> None:
    values = ", ".join(f"<urn:{n}>" for n in range(1000))
    assert check(f"ASK {{ ?s ?p ?o FILTER(?o IN ({values})) }}", QUERIES).patterns == 1
    with pytest.raises(BadRequest, match="objects"):
        check(f"ASK {{ ?s ?p {values} }}", QUERIES)


@pytest.mark.parametrize("character", ["\x00", "\ud800"])
def test_a_character_no_text_may_hold_is_refused_with_its_place(character: str) -> None:
    with pytest.raises(BadRequest) as caught:
        check(f"ASK {{\n {character} }}", QUERIES)
    assert (caught.value.line, caught.value.column) == (2, 2)


def test_the_lexer_is_linear() -> None:
    """A lexer that backtracks needs minutes for these; a linear one some hundredths of a second."""
    started = time.process_time()
    for text in ("a." * 30_000, '"' * 60_000, "<" * 60_000, "'''" + "'a" * 30_000, "a:" * 30_000,
                 "%41" * 20_000, "\\" * 60_000, "1e" * 30_000, "@a-" * 20_000,
                 '"\\' * 30_000, "'''" + "\\'" * 30_000, '"""a"\\' * 10_000,
                 "<" + ")SERVICE" * 7_000 + ">"):  # fmt: skip
        outline(text)
        as_the_engine_reads(f"CONCAT () {text}")
    assert time.process_time() - started < 20


@pytest.mark.parametrize(
    "text",
    [
        "SELECT * { SERVICE <http://a[b.example/> {} }",
        "SELECT * FROM <http://a]b/> FROM <urn:b> { ?s ?p ?o }",
        "BASE <http://a[b/> SELECT * FROM <c> FROM <d> { SERVICE <e> {} }",
    ],
)
def test_an_address_that_is_none_is_no_surprise(text: str) -> None:
    assert outline(text).services in {(), ("?",)}


def test_a_form_needs_no_space_after_it() -> None:
    assert outline("CONSTRUCTWHERE { ?s ?p ?o }").form == "CONSTRUCT"
    assert outline("DELETEWHERE { ?s ?p ?o }").is_update


def test_the_dataset_of_a_query_is_read_with_its_prefixes() -> None:
    found = outline(
        "BASE <http://example.org/> PREFIX g: <urn:g:>\n"
        "SELECT * FROM <a> FROM g:b FROM NAMED <c#d> { ?s ?p ?o }"
    )
    assert found.default_graphs == ("http://example.org/a", "urn:g:b")
    assert found.named_graphs == ("http://example.org/c#d",)
    assert outline("SELECT * FROM g:unknown FROM <urn:a> {}").default_graphs == ()


def test_no_query_of_the_w3c_suites_is_refused() -> None:
    suites = SHARED / "w3c" / "sparql"
    if not suites.is_dir():
        pytest.skip("the W3C test suites are not beside the project")
    refused = []
    texts = [p for p in suites.rglob("*.r[qu]") if p.is_file()]
    assert len(texts) > 500
    for path in texts:
        text = path.read_text(encoding="utf-8")
        limits = UPDATES if path.suffix == ".ru" else QUERIES
        try:
            check(text, limits)
        except Forbidden:
            if "SERVICE" not in text.upper() and "LOAD" not in text.upper():
                refused.append(path)
        except BadRequest as error:
            if "U+" not in error.detail:
                refused.append(path)
    assert not refused
