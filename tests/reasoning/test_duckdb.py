"""The engine that works out of core: every rule of the tables, and equal to the one in memory."""

from __future__ import annotations

import json
import re
import sys
from collections import Counter
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.errors import BadRequest, TooLarge
from kuvend.reasoning import Closure, DiskClosure, Room, close, parse_rule
from reasoning.test_vocabulary_equality import GRAPHS
from reasoning.test_vocabulary_equality import triples as parsed
from reasoning.worlds import World

FOLDER = Path(__file__).parents[1] / "owl-rl-rules"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
NUMBERS = {case["name"]: number for number, case in enumerate(CASES)}
RULE = """#+ name: friends
#+ description: who is related by p is related by q
CONSTRUCT { ?a <urn:q> ?b } WHERE { ?a <urn:p> ?b }
"""


@pytest.fixture
def needs_duckdb() -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'kuvend[duckdb]'")


def triples(name: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(path=str(FOLDER / name), format=ox.RdfFormat.TURTLE)]


def told(closure: Closure) -> dict[str, object]:
    """What a closure says. Which of several equal terms a contradiction names is left open."""
    return {
        "inferred": closure.inferred,
        "generalised": closure.generalised,
        "contradictions": Counter((i.rule, len(i.triples)) for i in closure.inconsistencies),
        "same as": {(str(s.left), str(s.right)) for s in closure.same_as},
        "notes": closure.notes,
    }


# -- the rule cases --------------------------------------------------------------------------------


def renamed(name: str, case: str) -> list[ox.Triple]:
    """A graph of a case, with names of its own: so the graphs of all cases can be one.

    One closure of this engine costs some hundred queries whatever the size.
    """
    return [ox.Triple(*(own_name(term, case) for term in triple)) for triple in triples(name)]


def own_name(term: Any, case: str) -> Any:
    """A name of the case for a name of its graph; the vocabulary and literals stay."""
    if isinstance(term, ox.BlankNode):
        return ox.BlankNode(f"{term.value}x{NUMBERS[case]}")
    if isinstance(term, ox.NamedNode) and not term.value.startswith("http://www.w3.org/"):
        return ox.NamedNode(f"{term.value}/in-{NUMBERS[case]}")
    return term


@cache
def graph_of(kind: str) -> list[ox.Triple]:
    return [t for case in CASES if kind in case for t in renamed(case[kind], case["name"])]


@cache
def all_cases(kind: str, engine: str = "duckdb") -> Closure:
    return close(graph_of(kind), engine=engine, all_triples=True)


@cache
def store_of(kind: str) -> ox.Store:
    closed = (*graph_of(kind), *all_cases(kind).inferred)
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in closed)
    return store


def entails(kind: str, wanted: list[ox.Triple]) -> bool:
    """Simple entailment: the blank nodes of ``wanted`` are variables."""
    pattern = " . ".join(f"{part(t.subject)} {t.predicate} {part(t.object)}" for t in wanted)
    return bool(store_of(kind).query(f"ASK {{ {pattern} }}"))


def part(term: object) -> str:
    return f"?{term.value}" if isinstance(term, ox.BlankNode) else str(term)


def contradicted(closure: Closure) -> set[tuple[str, str]]:
    """Rule and case of each contradiction; a case is known by its names."""
    found = set()
    for inconsistency in closure.inconsistencies:
        text = " ".join(map(str, inconsistency.triples))
        numbers = {int(n) for n in re.findall(r"/in-(\d+)>|_:\w+?x(\d+)\b", text) for n in n if n}
        found |= {(inconsistency.rule, CASES[number]["name"]) for number in numbers}
    return found


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize("case", CASES, ids=NUMBERS)
def test_a_rule_concludes_what_it_must(case: dict[str, Any]) -> None:
    name = case["name"]
    rules = {rule for rule, of in contradicted(all_cases("premise")) if of == name}
    assert bool(rules) == (case["kind"] == "inc")
    if "conclusion" in case:
        assert entails("premise", renamed(case["conclusion"], name))


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize(
    "case", [c for c in CASES if "generalized_conclusion" in c], ids=lambda c: str(c["name"])
)
def test_a_rule_concludes_of_literals_what_it_must(case: dict[str, Any]) -> None:
    """By itself: literals are set apart from one another in small graphs only."""
    closure = close(triples(case["premise"]), engine="duckdb", all_triples=True)
    generalised = {tuple(map(str, fact)) for fact in closure.generalised}
    for fact in case["generalized_conclusion"]:
        assert tuple(fact) in generalised


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize("case", [c for c in CASES if "near" in c], ids=lambda c: str(c["name"]))
def test_a_rule_concludes_no_more(case: dict[str, Any]) -> None:
    name = case["name"]
    if case["kind"] == "inc":
        assert name not in {of for _, of in contradicted(all_cases("near"))}
    else:
        assert not entails("near", renamed(case["nonconclusion"], name))


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize("kind", ["premise", "near"])
def test_all_rules_together_conclude_and_contradict_as_in_memory(kind: str) -> None:
    ours, memory = all_cases(kind), all_cases(kind, "kuvend")
    assert len(graph_of(kind)) > 250
    assert len(memory.inferred) > len(graph_of(kind))
    assert contradicted(ours) == contradicted(memory)
    assert told(ours) == told(memory)


# -- random graphs ---------------------------------------------------------------------------------


@pytest.mark.usefixtures("needs_duckdb")
@settings(max_examples=12, deadline=None, derandomize=True)
@given(st.integers(0, 10**9), st.booleans())
def test_random_worlds_close_as_in_memory(seed: int, all_triples: bool) -> None:
    """Three at a time, which share but literals and vocabulary."""
    graph = [t for n in range(3) for t in World(seed + n, base=f"urn:w{n}:").triples]
    ours = close(graph, engine="duckdb", all_triples=all_triples)
    assert told(ours) == told(close(graph, all_triples=all_triples))


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize("graph", GRAPHS.values(), ids=GRAPHS)
def test_a_property_that_is_equality_equates_as_in_memory(graph: str) -> None:
    given = parsed(graph)
    ours = close(given, engine="duckdb")
    assert ours.inferred
    assert told(ours) == told(close(given))


@pytest.mark.usefixtures("needs_duckdb")
def test_terms_of_the_rules_stay_two_and_a_note_says_so() -> None:
    given = parsed(
        "rdfs:subClassOf owl:sameAs rdfs:subPropertyOf . :C rdfs:subClassOf :D . :x a :C ."
    )
    ours = close(given, engine="duckdb")
    assert len(ours.notes) == 1
    assert told(ours) == told(close(given))


@pytest.mark.usefixtures("needs_duckdb")
def test_the_same_triples_give_the_same_order_however_they_come() -> None:
    world = World(7).triples
    closure = close(world, engine="duckdb")
    assert closure.inferred == close(world[::-1], engine="duckdb").inferred
    assert closure.inferred == close(world).inferred


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize("engine", ["duckdb", "owlrl"])
def test_rules_of_a_project_conclude_what_they_do_in_memory(engine: str) -> None:
    rules = [parse_rule(RULE)]
    node = ox.NamedNode
    given = [ox.Triple(node("urn:a"), node("urn:p"), node("urn:b"))]
    found = close(given, engine=engine, rules=rules).inferred
    assert found == close(given, rules=rules).inferred
    assert len(found) == 1


# -- memory and disk -------------------------------------------------------------------------------


@pytest.mark.usefixtures("needs_duckdb")
def test_its_files_lie_in_the_folder_that_is_set_and_are_gone_afterwards(tmp_path: Path) -> None:
    with DiskClosure(World(7).triples, room=Room(64, tmp_path)) as closure:
        (folder,) = tmp_path.iterdir()
        assert (folder / "facts.db").stat().st_size > 0
        assert closure.effort().facts > 0
    assert list(tmp_path.iterdir()) == []


@pytest.mark.usefixtures("needs_duckdb")
def test_a_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    with pytest.raises(BadRequest, match="cannot be used for temporary files") as caught:
        close([], engine="duckdb", room=Room(64, tmp_path / "nowhere"))
    assert "nowhere" in str(caught.value)


@pytest.mark.usefixtures("needs_duckdb")
def test_too_little_memory_is_told_with_the_setting_to_raise(tmp_path: Path) -> None:
    with pytest.raises(TooLarge, match="more than the 1 MiB") as caught:
        close(World(7).triples, engine="duckdb", room=Room(1, tmp_path))
    assert "reasoning_memory_mb" in str(caught.value.suggestion)
    assert list(tmp_path.iterdir()) == []


def test_without_duckdb_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BadRequest, match="needs the package duckdb") as caught:
        close([], engine="duckdb")
    assert "kuvend[duckdb]" in str(caught.value.suggestion)
