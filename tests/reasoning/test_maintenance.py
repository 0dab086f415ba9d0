"""After any sequence of assertions and retractions the closure is the one made from scratch."""

from __future__ import annotations

import random
from itertools import pairwise

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.namespaces import OWL, RDF
from kuvend.reasoning import Reasoner, close
from reasoning.worlds import World


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:{name}")


def assert_like_from_scratch(reasoner: Reasoner, asserted: set[ox.Triple]) -> None:
    fresh, kept = close(asserted), reasoner.closure()
    assert kept.inferred == fresh.inferred
    assert bool(kept.inconsistencies) == bool(fresh.inconsistencies)


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_any_sequence_of_changes_leaves_the_closure_of_what_is_left(seed: int) -> None:
    world = World(seed)
    chance = random.Random(seed)
    asserted = set(world.triples)
    reasoner = Reasoner(sorted(asserted, key=str))
    inferred = set(reasoner.closure().inferred)
    for _ in range(5):
        if chance.random() < 0.5 and asserted:
            pool = world.triples if chance.random() < 0.15 else world.data
            gone = chance.sample(pool, min(len(pool), chance.randint(1, 3)))
            delta = reasoner.remove(gone)
            asserted -= set(gone)
        else:
            fresh = [world.statement() for _ in range(chance.randint(1, 3))]
            world.data += fresh
            delta = reasoner.add(fresh)
            asserted |= set(fresh)
        assert_like_from_scratch(reasoner, asserted)
        # The deltas add up to the closure, and none of them says what was known.
        assert inferred.isdisjoint(delta.inferred)
        assert inferred.issuperset(delta.withdrawn)
        inferred = (inferred | set(delta.inferred)) - set(delta.withdrawn)
        assert inferred == set(reasoner.closure().inferred)


def test_what_only_supports_itself_goes_when_its_support_goes() -> None:
    """With p symmetric and transitive each inferred fact supports the others in a circle."""
    a, b, c, p = (ox.NamedNode(f"urn:{name}") for name in "abcp")
    schema = [
        ox.Triple(p, RDF.type, OWL[f"{kind}Property"]) for kind in ("Symmetric", "Transitive")
    ]
    reasoner = Reasoner([*schema, ox.Triple(a, p, b), ox.Triple(b, p, c)])
    assert len(reasoner.closure().inferred) == 9 - 2
    reasoner.remove([ox.Triple(b, p, c)])
    assert [str(t) for t in reasoner.closure().inferred] == [
        f"{a} {p} {a}",
        f"{b} {p} {a}",
        f"{b} {p} {b}",
    ]


def test_equality_by_a_functional_property_is_undone_with_the_value_it_came_from() -> None:
    a, b, c, p, q = (ox.NamedNode(f"urn:{name}") for name in "abcpq")
    reasoner = Reasoner(
        [
            ox.Triple(p, RDF.type, OWL.FunctionalProperty),
            ox.Triple(a, p, b),
            ox.Triple(b, q, a),
        ]
    )
    added = reasoner.add([ox.Triple(a, p, c)])
    assert ox.Triple(c, q, a) in added.inferred
    assert [(s.left, s.right, s.rule) for s in added.same_as] == [(b, c, "prp-fp")]
    removed = reasoner.remove([ox.Triple(a, p, c)])
    assert set(removed.withdrawn) == set(added.inferred)
    assert not removed.same_as


@pytest.mark.parametrize("size", [300])
def test_cutting_a_long_chain_in_the_middle_leaves_both_halves(size: int) -> None:
    p = ox.NamedNode("urn:p")
    nodes = [ox.NamedNode(f"urn:n{i}") for i in range(size + 1)]
    edges = [ox.Triple(s, p, o) for s, o in pairwise(nodes)]
    reasoner = Reasoner([ox.Triple(p, RDF.type, OWL.TransitiveProperty), *edges])
    reasoner.remove([edges[size // 2]])
    half = size // 2
    left, right = half, size - half - 1
    wanted = left * (left - 1) // 2 + right * (right - 1) // 2
    assert len(reasoner.closure().inferred) == wanted


def test_retracting_an_axiom_takes_all_it_yielded() -> None:
    a, b, p = (ox.NamedNode(f"urn:{name}") for name in "abp")
    axiom = ox.Triple(p, RDF.type, OWL.SymmetricProperty)
    reasoner = Reasoner([axiom, ox.Triple(a, p, b)])
    assert reasoner.remove([axiom]).withdrawn == (ox.Triple(b, p, a),)
    assert reasoner.add([axiom]).inferred == (ox.Triple(b, p, a),)


def test_asserting_what_was_inferred_and_back_keeps_it() -> None:
    a, b, p = (ox.NamedNode(f"urn:{name}") for name in "abp")
    reasoner = Reasoner([ox.Triple(p, RDF.type, OWL.SymmetricProperty), ox.Triple(a, p, b)])
    assert reasoner.add([ox.Triple(b, p, a)]).withdrawn == (ox.Triple(b, p, a),)
    assert reasoner.remove([ox.Triple(b, p, a)]).inferred == (ox.Triple(b, p, a),)


def test_a_preview_tells_the_effect_and_changes_nothing() -> None:
    a, p, c, d = map(iri, ["a", "p", "C", "D"])
    known = ox.Triple(a, RDF.type, c)
    reasoner = Reasoner([ox.Triple(c, OWL.disjointWith, d), known])
    before = reasoner.closure()
    delta = reasoner.preview([known, ox.Triple(a, RDF.type, d), ox.Triple(a, p, a)])
    assert [found.rule for found in delta.inconsistencies] == ["cax-dw"]
    assert reasoner.closure() == before
    assert not reasoner.inconsistencies()


@pytest.mark.parametrize("stood", [None, OWL.differentFrom, OWL.sameAs])
def test_what_is_said_later_to_differ_from_itself_contradicts(stood: ox.NamedNode | None) -> None:
    a, b = map(iri, "ab")
    before = [ox.Triple(a, stood, b)] if stood else []
    reasoner = Reasoner(before)
    assert not reasoner.inconsistencies()
    itself = ox.Triple(a, OWL.differentFrom, a)
    assert reasoner.add([itself]).inconsistencies == close([*before, itself]).inconsistencies
    assert {found.rule for found in reasoner.inconsistencies()} == {"eq-diff1"}
    assert not reasoner.remove([itself]).inconsistencies
