"""A row leads back to the triples that give it; what no triple stands for is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.config import Settings
from kuvend.errors import BadRequest
from kuvend.sparql import QueryPool
from kuvend.sparql.why import Why, row_of, why
from kuvend.store import Store

EX = "https://example.org/"
DATA = """
@prefix : <https://example.org/> .
:tirana a :Town ; :mayor :erion ; :name "Tirana"@en ; :in :albania .
:durres a :Town ; :mayor :emiriana ; :in :albania .
:albania :in :europe . :europe :in :world .
:erion :age 55 . :emiriana :age 44 ; :office [ :floor 2 ] .
"""
Ask = Callable[..., Why]


@pytest.fixture(scope="module")
def ask(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ask]:
    """Explains a row of a query over a few towns."""
    path = tmp_path_factory.mktemp("why") / "store"
    quads = list(ox.parse(DATA, ox.RdfFormat.TURTLE))
    note = ox.Quad(*(ox.NamedNode(f"{EX}{n}") for n in ("tirana", "seen", "map", "graph")))
    with Store.create(path) as store:
        store.load([*quads, note])
        store.flush()
    pool = QueryPool(path, Settings(query_timeout_s=60))
    opened = Store.open_read_only(path)

    def explain(text: str, row: int = 1) -> Why:
        asked = f"PREFIX : <{EX}>\n{text}"
        return why(asked, row_of(asked, row, pool), pool, opened)

    yield explain
    pool.close()


def triples(found: Why, way: int = 0) -> list[str]:
    return [
        " ".join(
            term.value.removeprefix(EX) if not isinstance(term, ox.BlankNode) else "_"
            for term in ground.triple
        )
        for ground in found.ways[way].triples
    ]


CASES = [
    ("SELECT ?t { ?t a :Town ; :mayor :erion }",
     ["tirana http://www.w3.org/1999/02/22-rdf-syntax-ns#type Town", "tirana mayor erion"]),
    ("SELECT ?t { ?t :mayor/:age ?a } ORDER BY DESC(?a)", ["tirana mayor erion", "erion age 55"]),
    ("SELECT ?t { 44 ^:age/^:mayor ?t }", ["emiriana age 44", "durres mayor emiriana"]),
    ("SELECT ?w { :tirana :in+ ?w FILTER(?w = :world) }",
     ["tirana in albania", "albania in europe", "europe in world"]),
    ("SELECT ?t { ?t :mayor [ :office [ :floor 2 ] ] }",
     ["durres mayor emiriana", "emiriana office _", "_ floor 2"]),
    ("SELECT ?t ?n { ?t :age ?x OPTIONAL { ?t :name ?n } FILTER(?x = 55) }", ["erion age 55"]),
    ("SELECT ?t { { ?t :name ?n } UNION { ?t :age 1 } }", ["tirana name Tirana"]),
    ("SELECT ?m { GRAPH ?g { :tirana :seen ?m } }", ["tirana seen map"]),
    ("SELECT ?t ?o { { SELECT ?t (MAX(?a) AS ?o) { ?t :mayor/:age ?a } GROUP BY ?t } ?t :name ?n }",
     ["tirana name Tirana", "tirana mayor erion", "erion age 55"]),
    ("ASK { :albania (:in|:mayor)/:in? :europe }", ["albania in europe"]),
    ("SELECT ?x { ?x !(:in|:mayor|:name) 55 }", ["erion age 55"]),
]  # fmt: skip


@pytest.mark.parametrize(("text", "expected"), CASES)
def test_a_row_leads_to_its_triples(ask: Ask, text: str, expected: list[str]) -> None:
    assert triples(ask(text)) == expected


def test_a_group_has_a_way_for_each_of_its_rows(ask: Ask) -> None:
    found = ask("SELECT ?c (COUNT(?t) AS ?n) { ?t a :Town ; :in ?c } GROUP BY ?c")
    assert found.is_grouped
    assert found.is_complete
    assert len(found.ways) == 2
    assert [note.kind for note in found.notes] == ["group"]


def test_what_no_triple_stands_for_is_said_at_its_place(ask: Ask) -> None:
    absent = "FILTER NOT EXISTS { ?t :age ?a } MINUS { ?t :no ?b }"
    found = ask(f"SELECT ?t {{ ?t a :Town BIND(1 AS ?x) {absent} }}")
    assert [note.kind for note in found.notes] == ["bind", "filter", "minus"]
    assert [(note.line, note.column) for note in found.notes] == [(2, 24), (2, 38), (2, 71)]


def test_each_triple_tells_the_pattern_it_matched(ask: Ask) -> None:
    (ground,) = ask("SELECT ?a { :erion :age ?a }").ways[0].triples
    assert (ground.part, ground.line, ground.column) == (":erion :age ?a .", 2, 20)


def test_a_row_that_is_not_there_is_refused(ask: Ask) -> None:
    with pytest.raises(BadRequest, match="no row 3"):
        ask("SELECT ?t { ?t a :Town }", row=3)


def test_values_that_are_no_row_are_refused(
    store_path: Path, make_pool: Callable[..., QueryPool]
) -> None:
    pool = make_pool(query_timeout_s=60)
    text = "SELECT ?s { ?s <urn:p1> ?o }"
    with pytest.raises(BadRequest, match="no such row"):
        why(text, {"s": ox.NamedNode("urn:nobody")}, pool, Store.open_read_only(store_path))
    with pytest.raises(BadRequest, match="SELECT"):
        why("DESCRIBE <urn:a>", {}, pool, Store.open_read_only(store_path))
