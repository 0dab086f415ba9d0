"""Mistakes are told before a query runs; a query that is right gets no word."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from w3c_sparql import SUITES, needs_suites

from kuvend.namespaces import prefixes
from kuvend.project import Project
from kuvend.sparql.lint import lint
from kuvend.sparql.profile import Profile, measure, profile_of
from kuvend.store import Store

EX = "https://example.org/"
PROLOGUE = f"PREFIX : <{EX}> PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>\n"
DATA = """
@prefix : <https://example.org/> . @prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
:tirana a :Town ; rdfs:label "Tirana"@en , "Tiranë"@sq ; :mayor :erion .
:saraj a :Town ; rdfs:label "Saraj"@en ; :twin :rochester .
:erion a :Person ; rdfs:label "Erion"@sq ; :age 55 .
:deputy a owl:ObjectProperty .
"""


@pytest.fixture(scope="module")
def profile() -> Profile:
    """The profile of a few towns."""
    quads = list(ox.parse(DATA, ox.RdfFormat.TURTLE))
    evidence = [ox.Triple(*(ox.NamedNode(f"{EX}{n}") for n in ("c", "quote", "d")))]
    return measure(lambda: (quad.triple for quad in quads), evidence)


CASES = [
    ("?t a :Twon", "unknown-class", ":Town", (2, 17)),
    ("?t a :Town ; :mayr ?m", "unknown-property", ":mayor", (2, 25)),
    ("?t :mayor/:agee ?m", "unknown-property", ":age", (2, 22)),
    ("?t :deputy ?m", "unused-property", "declared", (2, 15)),
    ("?t a :Town ; :age ?a", "never-together", ":Person", (2, 25)),
    ("?t a :Town OPTIONAL { ?t :age ?a }", "never-together", ":Person", (2, 37)),
    ("?t a :Town . ?p a :Person", "product", "?p", (2, 25)),
    ("?t :mayor ?m FILTER(?n = 1)", "unbound", "binds ?n", (2, 32)),
    ("?t :mayor ?m { FILTER(?m = 1) }", "scope", "outside", (2, 34)),
    ("?t :age ?m { ?x :age ?y BIND(?m + ?y AS ?z) FILTER(?x = ?t) }", "scope", "?m", (2, 41)),
    ("BIND(?m AS ?n) ?t :mayor ?m", "scope", "after", (2, 17)),
]


def kinds(text: str, profile: Profile | None) -> list[str]:
    return [finding.kind for finding in lint(text, profile, prefixes={"": EX})]


@pytest.mark.parametrize(("where", "kind", "hint", "place"), CASES)
def test_a_mistake_is_told_where_it_is(
    profile: Profile, where: str, kind: str, hint: str, place: tuple[int, int]
) -> None:
    found = lint(f"{PROLOGUE}SELECT * {{ {where} }}", profile, prefixes={"": EX})
    assert found[0].kind == kind
    assert hint in f"{found[0].detail} {found[0].suggestion}"
    assert (found[0].line, found[0].column) == place


def test_a_column_nothing_binds_gets_the_variable_that_was_meant(profile: Profile) -> None:
    text = f"{PROLOGUE}SELECT ?town (COUNT(?mayr) AS ?n) {{ ?twon :mayor ?mayor }} GROUP BY ?twon"
    found = lint(text, profile, prefixes={"": EX})
    assert [f.suggestion for f in found] == ["Did you mean ?twon?", "Did you mean ?mayor?"]


def test_a_text_in_several_languages_asks_for_a_choice(profile: Profile) -> None:
    where = "{ ?t a :Town ; rdfs:label ?l }"
    (finding,) = lint(f"{PROLOGUE}SELECT ?t ?l {where}", profile, prefixes={"": EX})
    assert finding.kind == "language"
    assert 'LANG(?l) = "en"' in (finding.suggestion or "")
    assert kinds(f"{PROLOGUE}SELECT ?t ?l (LANG(?l) AS ?in) {where}", profile) == []
    assert kinds(f"{PROLOGUE}SELECT ?t (SAMPLE(?l) AS ?a) {where} GROUP BY ?t", profile) == []


RIGHT = [
    "?t a :Town ; :mayor [ :age ?a ]",
    "?t a :Town FILTER NOT EXISTS { ?t :age ?a }",
    ":tirana :mayor ?m . :saraj :twin ?w",
    "?t a :Town . ?p a :Person FILTER(?t != ?p)",
    "?t a :Town OPTIONAL { ?t :mayor ?m FILTER(?t != ?m) }",
    "?t a :Town FILTER EXISTS { ?t :mayor ?m FILTER(?m != ?t) }",
    "VALUES ?x { 1 2 } ?t a :Town",
    "?t a :Town { SELECT ?t (MAX(?a) AS ?oldest) { ?t :mayor/:age ?a } GROUP BY ?t }",
    "GRAPH ?g { ?c :quote ?q }",
    "SERVICE <https://example.com/> { ?t :nobody ?knows }",
    "{ ?t a :Town } UNION { ?t :age ?a }",
    "?t ^:mayor ?m . ?m :age|:mayor ?x",
    "<< ?t :mayor ?m >> ?p ?o",
]


@pytest.mark.parametrize("where", RIGHT)
def test_a_query_that_is_right_gets_no_word(profile: Profile, where: str) -> None:
    assert kinds(f"{PROLOGUE}SELECT * {{ {where} }}", profile) == []


# The only one that may speak: no document gives a day on which an office began.
SPOKEN_OF = {"q154-officers-and-dates-shown.rq": ["unused-property"]}


def test_the_queries_of_the_project_get_no_word(project: Project) -> None:
    profile = profile_of(project.release().store(), budget_s=600)
    found = {
        path.name: [f.kind for f in lint(
            path.read_text(encoding="utf-8"), profile, prefixes=project.prefixes,
            base_iri=project.settings.base_iri,
        )]
        for path in Path(project.folder.queries).rglob("*.rq")
    }  # fmt: skip
    assert len(found) > 100
    assert {name: said for name, said in found.items() if said} == SPOKEN_OF


@needs_suites
def test_of_the_queries_of_the_w3c_only_those_about_scope_get_a_word() -> None:
    spoken = {
        str(path.relative_to(SUITES))
        for path in SUITES.rglob("*.rq")
        if "bad" not in path.name
        and _parses(path.read_text(encoding="utf-8", errors="replace"))
        and lint(path.read_text(encoding="utf-8", errors="replace"), prefixes={})
    }
    # Each of these does join nothing, or names a variable that nothing binds; most test just that.
    told = ("bind", "BINDscope", "select-expr", "aggregate", "coalesce01", "projexp06", "subset-0",
            "bnode01", "concat02")  # fmt: skip
    assert spoken
    assert [name for name in spoken if not any(part in name for part in told)] == []


def _parses(text: str) -> bool:
    try:
        ox.Store().query(text, base_iri=EX)
    except (SyntaxError, ValueError, RuntimeError):
        return False
    return True


def test_a_dataset_that_cannot_be_read_in_time_is_not_judged() -> None:
    store = Store.in_memory()
    store.load([ox.Quad(ox.NamedNode(f"{EX}a"), ox.NamedNode(f"{EX}p"), ox.Literal(1))])
    assert profile_of(store, budget_s=-1) is None
    assert profile_of(store) is not None


def test_it_is_answered_over_http_and_nothing_runs(whole: FlaskClient) -> None:
    text = f"PREFIX rdfs: <{prefixes()['rdfs']}> SELECT ?l {{ ?s rdfs:lable ?l }}"
    for response in (
        whole.get("/sparql/lint", query_string={"query": text}),
        whole.post("/sparql/lint", data={"query": text}),
        whole.post("/sparql/lint", data=text, content_type="application/sparql-query"),
    ):
        (finding,) = response.get_json()["findings"]
        assert finding["kind"] == "unknown-property"
        assert "rdfs:label" in finding["suggestion"]
    wrong = whole.get("/sparql/lint", query_string={"query": "SELECT * { ?s ?p }"})
    assert [f["kind"] for f in wrong.get_json()["findings"]] == ["syntax"]
    page = whole.get("/sparql/lint", query_string={"query": text}, headers={"Accept": "text/html"})
    assert "Did you mean rdfs:label?" in page.text
    endless = "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l } ORDER BY ?a ?d ?g ?j"
    asked = whole.get("/sparql/lint", query_string={"query": endless})
    assert [f["kind"] for f in asked.get_json()["findings"]] == ["product"]


@pytest.mark.parametrize("update", ["CLEAR ALL", "DELETE WHERE { ?s ?p ?o }", "CLEAR AL"])
def test_an_update_is_refused_as_elsewhere(whole: FlaskClient, update: str) -> None:
    told = [
        whole.get(path, query_string={"query": update}).get_json()
        for path in ("/sparql", "/sparql/lint")
    ]
    assert [(t["status"], t["detail"], t["suggestion"]) for t in told] == [
        (400, "this is an update, not a query.", "Send it to /update.")
    ] * 2


def test_the_page_says_it_beside_the_answer(whole: FlaskClient) -> None:
    text = "SELECT ?x { ?s <urn:p1> ?o } LIMIT 3"
    page = whole.get("/sparql", query_string={"query": text}, headers={"Accept": "text/html"})
    assert page.status_code == 200
    assert "?x is selected, but nothing binds it" in page.text
