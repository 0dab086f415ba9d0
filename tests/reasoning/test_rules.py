"""Every rule of the W3C tables: what it must conclude, and the near miss it must not."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import pytest

from kuvend.reasoning import Closure, close
from kuvend.reasoning.table import rule_table

FOLDER = Path(__file__).parents[1] / "owl-rl-rules"
CASES: list[dict[str, Any]] = json.loads((FOLDER / "manifest.json").read_text(encoding="utf-8"))
NAMES = [case["name"] for case in CASES]


def triples(name: str) -> set[ox.Triple]:
    quads = ox.parse(path=str(FOLDER / name), format=ox.RdfFormat.TURTLE)
    return {ox.Triple(q.subject, q.predicate, q.object) for q in quads}


def entails(graph: set[ox.Triple], wanted: set[ox.Triple]) -> bool:
    """Simple entailment: the blank nodes of ``wanted`` are variables."""
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in graph)
    pattern = " . ".join(f"{part(t.subject)} {part(t.predicate)} {part(t.object)}" for t in wanted)
    return bool(store.query(f"ASK {{ {pattern} }}"))


def part(term: object) -> str:
    return f"?{term.value}" if isinstance(term, ox.BlankNode) else str(term)


def close_all(name: str) -> tuple[set[ox.Triple], Closure]:
    premise = triples(name)
    closure = close(premise, all_triples=True)
    return premise | set(closure.inferred), closure


def test_the_suite_has_a_case_for_every_rule_of_the_tables() -> None:
    assert len(CASES) == 117
    assert {rule.name for rule in rule_table()} == {c["rule"] for c in CASES if c["table"]}


@pytest.mark.parametrize("case", CASES, ids=NAMES)
def test_a_rule_concludes_what_it_must(case: dict[str, Any]) -> None:
    graph, closure = close_all(case["premise"])
    if case["kind"] == "inc":
        assert closure.inconsistencies
        return
    assert not closure.inconsistencies
    if "conclusion" in case:
        assert entails(graph, triples(case["conclusion"]))
    generalised = {tuple(map(str, fact)) for fact in closure.generalised}
    for fact in case.get("generalized_conclusion", ()):
        assert tuple(fact) in generalised


@pytest.mark.parametrize("case", [c for c in CASES if "near" in c])
def test_a_rule_concludes_no_more(case: dict[str, Any]) -> None:
    graph, closure = close_all(case["near"])
    if case["kind"] == "inc":
        assert not closure.inconsistencies
    else:
        assert not entails(graph, triples(case["nonconclusion"]))


@pytest.mark.parametrize("case", [c for c in CASES if c["kind"] == "inc"])
def test_a_contradiction_names_its_rule_and_triples_that_contradict_by_themselves(
    case: dict[str, Any],
) -> None:
    closure = close(triples(case["premise"]))
    found = closure.inconsistencies
    said = {i.rule for i in found} | {word for i in found for word in i.message.split()}
    assert case["table"] == 0 or case["rule"] in said or f"({case['rule']})" in said
    for inconsistency in found:
        assert inconsistency.triples
        assert "{" not in inconsistency.message
