"""The engine that works out of core: every rule of the tables, and equal to the one in memory."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kuvend.errors import BadRequest
from kuvend.reasoning import Closure, close, parse_rule
from reasoning.worlds import World

FOLDER = Path(__file__).parents[1] / "owl-rl-rules"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
CASES_BY_NAME = {case["name"]: number for number, case in enumerate(CASES)}
RULE = """#+ name: friends
#+ description: who is related by p is related by q
CONSTRUCT { ?a <urn:q> ?b } WHERE { ?a <urn:p> ?b }
"""


@pytest.fixture
def needs_duckdb() -> None:
    pytest.importorskip("duckdb", reason="duckdb is not installed: pip install 'kuvend[duckdb]'")


def triples(name: str) -> list[ox.Triple]:
    return [q.triple for q in ox.parse(path=str(FOLDER / name), format=ox.RdfFormat.TURTLE)]


def told(closure: Closure) -> tuple[set[str], bool, set[tuple[str, str]]]:
    """What a closure says: its triples, whether it contradicts itself, and what was made one."""
    same = {(str(s.left), str(s.right)) for s in closure.same_as}
    return set(map(str, closure.inferred)), bool(closure.inconsistencies), same


def all_cases(kind: str) -> list[ox.Triple]:
    """The graphs of all rule cases in one, each with names of its own.

    One closure of this engine costs some hundred queries whatever the size, so all cases share one.
    """
    return [
        ox.Triple(*(own_name(term, case["name"]) for term in triple))
        for case in CASES
        if kind in case
        for triple in triples(case[kind])
    ]


def own_name(term: Any, case: str) -> Any:
    """A name of the case for a name of its graph; the vocabulary and literals stay."""
    if isinstance(term, ox.BlankNode):
        return ox.BlankNode(f"{term.value}x{CASES_BY_NAME[case]}")
    if isinstance(term, ox.NamedNode) and not term.value.startswith("http://www.w3.org/"):
        return ox.NamedNode(f"{term.value}/{case}")
    return term


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize("kind", ["premise", "near"])
def test_every_rule_concludes_what_it_does_in_memory_and_no_more(kind: str) -> None:
    graph = all_cases(kind)
    ours = close(graph, engine="duckdb", all_triples=True)
    memory = close(graph, all_triples=True)
    assert len(graph) > 250
    assert len(memory.inferred) > len(graph)
    assert set(map(str, ours.inferred)) ^ set(map(str, memory.inferred)) == set()
    assert set(map(str, memory.generalised)) <= set(map(str, ours.generalised))
    assert {i.rule for i in ours.inconsistencies} == {i.rule for i in memory.inconsistencies}


@pytest.mark.usefixtures("needs_duckdb")
@pytest.mark.parametrize("seed", range(6))
def test_a_random_world_closes_as_in_memory(seed: int) -> None:
    world = World(seed).triples
    assert told(close(world, engine="duckdb")) == told(close(world))


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


def test_without_duckdb_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "duckdb", None)
    with pytest.raises(BadRequest, match="needs the package duckdb") as caught:
        close([], engine="duckdb")
    assert "kuvend[duckdb]" in str(caught.value.suggestion)
