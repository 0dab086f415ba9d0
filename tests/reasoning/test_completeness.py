"""On random ontologies the closure equals that of the literal reference, and owlrl's."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.reasoning import close
from kuvend.reasoning.trivial import is_trivial
from kuvend.reasoning.values import literal_value
from reasoning.reference import Reference
from reasoning.worlds import World


def readable(facts: set[ox.Triple]) -> set[str]:
    """Facts that are not trivial, each literal in one spelling of its value."""
    return {text(fact) for fact in facts if not is_trivial(fact)}


def text(fact: ox.Triple) -> str:
    obj = fact.object
    if isinstance(obj, ox.Literal):
        value = literal_value(obj)
        shown = float(str(value[1])) if value is not None and value[0] == "number" else obj
        return f"{fact.subject} {fact.predicate} {shown}"
    return str(fact)


def reference_triples(reference: Reference) -> set[ox.Triple]:
    return {
        ox.Triple(s, p, o)  # type: ignore[arg-type]
        for s, p, o in reference.facts
        if not isinstance(s, ox.Literal) and isinstance(p, ox.NamedNode)
    }


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_the_closure_is_the_one_the_tables_define(seed: int) -> None:
    world = World(seed)
    try:
        reference = Reference(world.triples, limit=12_000)
    except OverflowError:
        return
    closure = close(world.triples)
    asserted = set(world.triples)
    got = readable(asserted | set(closure.inferred))
    wanted = readable(reference_triples(reference))
    assert got == wanted
    assert bool(closure.inconsistencies) == bool(reference.false)


@settings(max_examples=25, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_with_all_triples_nothing_of_the_tables_is_left_out(seed: int) -> None:
    world = World(seed)
    try:
        reference = Reference(world.triples, limit=6_000)
    except OverflowError:
        return
    closure = close(world.triples, all_triples=True)
    got = set(world.triples) | set(closure.inferred)
    wanted = reference_triples(reference)
    assert wanted <= got
    assert {str(f) for f in reference.facts if isinstance(f[0], ox.Literal)} <= {
        str(tuple(f)) for f in closure.generalised
    }


def test_the_closure_equals_that_of_owlrl() -> None:
    """Forty ontologies that share no term, closed together, to start owlrl but once. Literals
    are left out: owlrl does not compare values (dt-eq) and normalises spellings."""
    triples = [
        triple
        for seed in range(40)
        for triple in World(seed, base=f"urn:w{seed}:").triples
        if not isinstance(triple.object, ox.Literal) or "Cardinality" in triple.predicate.value
    ]
    ours, owlrls = close(triples), close(triples, engine="owlrl")
    assert readable(set(ours.inferred)) == readable(set(owlrls.inferred))
    assert len(ours.inferred) > 300
    assert ours.inconsistencies
    assert owlrls.inconsistencies


@pytest.mark.parametrize("engine", ["kuvend", "owlrl"])
def test_the_same_input_in_any_order_gives_the_same_bytes(engine: str) -> None:
    triples = World(7).triples
    first = close(triples, engine=engine).inferred
    again = close(reversed(triples), engine=engine).inferred
    assert "\n".join(map(str, first)) == "\n".join(map(str, again))
    assert first == tuple(sorted(first, key=str))
