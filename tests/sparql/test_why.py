"""A row leads back to the triples that give it; what no triple stands for is said."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.config import Settings
from kuvend.errors import BadRequest
from kuvend.namespaces import XSD
from kuvend.sparql import QueryPool
from kuvend.sparql.why import Why, row_of, row_with, why
from kuvend.store import Store
from kuvend.terms import Term

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
def towns(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[QueryPool, Store]]:
    """A pool over a few towns, and their store."""
    path = tmp_path_factory.mktemp("why") / "store"
    quads = list(ox.parse(DATA, ox.RdfFormat.TURTLE))
    note = ox.Quad(*(ox.NamedNode(f"{EX}{n}") for n in ("tirana", "seen", "map", "graph")))
    with Store.create(path) as store:
        store.load([*quads, note])
        store.flush()
    pool = QueryPool(path, Settings(query_timeout_s=60))
    yield pool, Store.open_read_only(path)
    pool.close()


@pytest.fixture
def ask(towns: tuple[QueryPool, Store]) -> Ask:
    """Explains a row of a query, given by its number or by its values."""
    pool, store = towns

    def explain(text: str, row: int | dict[str, Term | None] = 1) -> Why:
        asked = f"PREFIX : <{EX}>\n{text}"
        find = row_of if isinstance(row, int) else row_with
        return why(asked, find(asked, row, pool), pool, store)  # type: ignore[operator]

    return explain


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


BRANCHES = [
    ("{ ?t :mayor :erion } UNION { ?t :name ?n }", ["tirana mayor erion"], ["tirana name Tirana"]),
    ("{ SELECT ?t { ?t :mayor :erion } } UNION { ?t :name ?n }",
     ["tirana mayor erion"], ["tirana name Tirana"]),
    ("{ SELECT ?t { { ?t :mayor :erion } UNION { ?t :name ?n } } }",
     ["tirana mayor erion"], ["tirana name Tirana"]),
    (":tirana :in ?t . OPTIONAL { { ?t :in ?a } UNION { ?b a ?t FILTER(?b = 1) # end\n } }",
     ["tirana in albania", "albania in europe"]),
    ("?t :mayor :erion { ?t a 1 } UNION { ?t :in ?c { ?c :in ?d } UNION { } UNION { ?c a 1 } }",
     ["tirana mayor erion", "tirana in albania", "albania in europe"],
     ["tirana mayor erion", "tirana in albania"]),
    ('?t :mayor :erion OPTIONAL { ?t :name ?n FILTER(LANG(?n) = "sq") }', ["tirana mayor erion"]),
    ("GRAPH ?g { { ?t :seen :map } UNION { ?t :seen ?n } } VALUES ?g { :graph }",
     ["tirana seen map"], ["tirana seen map"]),
    ("GRAPH :graph { SELECT ?t { ?t :seen ?n } }", ["tirana seen map"]),
]  # fmt: skip


@pytest.mark.parametrize("case", BRANCHES, ids=lambda case: case[0])
def test_a_way_has_the_triples_of_the_branches_it_went_through(
    ask: Ask, case: tuple[str, ...]
) -> None:
    text, *expected = case
    found = ask(f"SELECT ?t {{ {text} }}")
    assert found.is_complete
    assert sorted(triples(found, n) for n in range(len(found.ways))) == sorted(expected)


def test_branches_are_marked_by_no_variable_of_the_query(ask: Ask) -> None:
    text = "SELECT ?branch_1 { { ?branch_1 :name ?n } UNION { ?t :mayor ?branch_1 } }"
    found = ask(text, {"branch_1": ox.NamedNode(f"{EX}tirana")})
    assert [set(way.values) for way in found.ways] == [{"branch_1", "n"}]


def test_each_way_stands_once(ask: Ask) -> None:
    found = ask("SELECT ?w { :tirana :in/:in* ?w FILTER(?w = :world) }")
    assert [triples(found, n) for n in range(len(found.ways))] == [
        ["tirana in albania", "albania in europe", "europe in world"]
    ]
    found = ask("SELECT DISTINCT ?c { ?t :in ?c ; a :Town ; (:mayor|:mayor) [ :age ?a ] }")
    assert len(found.ways) == 2
    found = ask("SELECT ?c { [ :in ?c ] a :Town }")
    assert [len(found.ways), found.is_complete] == [2, True]
    assert triples(found, 0) != triples(found, 1)


def test_a_sum_of_more_solutions_than_are_looked_for_is_not_called_complete(ask: Ask) -> None:
    values = " ".join(map(str, range(30)))
    found = ask(
        f"SELECT ?n {{ SELECT (COUNT(*) AS ?n) {{ ?t a :Town VALUES ?x {{ {values} }} }} }}"
    )
    assert not found.is_complete


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


def test_a_row_is_given_by_its_values(ask: Ask) -> None:
    text = "SELECT ?t ?n (STRLEN(?n) AS ?l) { ?t a :Town OPTIONAL { ?t :name ?n } }"
    durres, tirana = (ox.NamedNode(f"{EX}{name}") for name in ("durres", "tirana"))
    name = ox.Literal("Tirana", language="en")
    assert len(ask(text, {"t": durres}).ways) == 1
    length = ox.Literal("6", datatype=XSD.integer)
    assert len(triples(ask(text, {"t": tirana, "n": name, "l": length}))) == 2
    wrong = ox.Literal("7", datatype=XSD.integer)
    for row in ({}, {"t": tirana}, {"t": tirana, "n": name, "l": wrong}, {"t": durres, "n": name}):
        with pytest.raises(BadRequest, match="no such row"):
            ask(text, row)


def test_values_that_bind_a_variable_explain_no_row_that_leaves_it_open(ask: Ask) -> None:
    text = "SELECT ?t ?n { { ?t :name ?n } UNION { ?t a :Town } }"
    tirana, name = ox.NamedNode(f"{EX}tirana"), ox.Literal("Tirana", language="en")
    assert [triples(ask(text, row)) for row in ({"t": tirana, "n": name}, {"t": tirana})] == [
        ["tirana name Tirana"],
        ["tirana http://www.w3.org/1999/02/22-rdf-syntax-ns#type Town"],
    ]


def test_a_row_of_nothing_is_one_where_nothing_is_bound(ask: Ask) -> None:
    assert ask("SELECT ?n { :durres a :Town OPTIONAL { :durres :name ?n } }", {}).ways
    assert ask("ASK { :durres a :Town }", {}).ways
    for text in ("ASK { :durres :name ?n }", "SELECT ?n { ?t :name ?n }", "SELECT * { ?t a 1 }"):
        with pytest.raises(BadRequest, match="no such row"):
            ask(text, {})


def test_the_values_of_a_row_are_those_of_its_dataset(ask: Ask) -> None:
    text = f"SELECT ?m FROM <{EX}graph> FROM NAMED :graph WHERE {{ ?t :seen ?m }} LIMIT 1 # all"
    assert triples(ask(text, {"m": ox.NamedNode(f"{EX}map")})) == ["tirana seen map"]


def test_a_row_is_told_by_no_other_variable_and_by_no_blank_node(ask: Ask) -> None:
    text = "SELECT ?o { ?t :office ?o }"
    for asked in (
        text,
        "ASK { ?t :office ?nope }",
        "SELECT * { ?t :office ?o MINUS { ?nope a 1 } }",
    ):
        with pytest.raises(BadRequest, match="no variable 'nope'"):
            ask(asked, {"nope": ox.NamedNode(f"{EX}tirana")})
    with pytest.raises(BadRequest, match="blank node, as 'o' has"):
        ask(text, {"o": ox.BlankNode("a")})


def test_the_number_of_a_row_names_its_blank_nodes(ask: Ask) -> None:
    text = "SELECT ?o { { ?t :office ?o } UNION { ?t a :Town BIND(BNODE() AS ?o) } }"
    (ground,) = ask(text, 1).ways[0].triples
    assert ground.part == "?t :office ?o ."
    assert [len(ask(text, row).ways) for row in (1, 2)] == [1, 2]
