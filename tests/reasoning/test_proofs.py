"""Every inferred triple has a proof, and every step of it is an instance of its rule."""

from __future__ import annotations

import json
from itertools import pairwise

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.reasoning import Reasoner
from reasoning.checker import wrong_steps
from reasoning.worlds import World


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:{name}")


@settings(max_examples=50, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_every_inferred_triple_has_a_proof_that_an_independent_checker_accepts(seed: int) -> None:
    world = World(seed)
    reasoner = Reasoner(world.triples)
    asserted = set(world.triples)
    for triple in reasoner.closure().inferred[:150]:
        proofs = reasoner.explain(triple.subject, triple.predicate, triple.object)
        assert proofs, str(triple)
        assert proofs[0].triple == triple
        assert not wrong_steps(proofs[0], asserted)


@settings(max_examples=20, deadline=None, derandomize=True)
@given(st.integers(0, 10**9))
def test_after_changes_the_proofs_rest_on_what_is_left(seed: int) -> None:
    world = World(seed)
    reasoner = Reasoner(world.triples)
    gone = world.data[::3]
    reasoner.remove(gone)
    added = [world.statement() for _ in range(3)]
    reasoner.add(added)
    asserted = (set(world.triples) - set(gone)) | set(added)
    for triple in reasoner.closure().inferred[:80]:
        proofs = reasoner.explain(triple.subject, triple.predicate, triple.object, limit=3)
        assert proofs
        assert [p.size for p in proofs] == sorted(p.size for p in proofs)
        for proof in proofs:
            assert not wrong_steps(proof, asserted)


def test_a_proof_names_rule_bindings_and_premises_down_to_what_was_asserted() -> None:
    p, q, a, b = map(iri, "pqab")
    axiom = ox.Triple(p, RDFS.subPropertyOf, q)
    (proof,) = Reasoner([axiom, ox.Triple(a, p, b)]).explain(a, q, b)
    assert (proof.rule, dict(proof.bindings)) == ("prp-spo1", {"p1": p, "p2": q, "x": a, "y": b})
    assert proof.asserted() == (ox.Triple(a, p, b), axiom)
    assert (proof.size, proof.depth) == (3, 1)


def test_what_does_not_follow_has_no_proof() -> None:
    p, a, b = map(iri, "pab")
    reasoner = Reasoner([ox.Triple(a, p, b)])
    assert reasoner.explain(b, p, a) == []
    assert reasoner.explain(iri("unknown"), p, a) == []


def test_several_proofs_come_smallest_first() -> None:
    p, q, r, a, b = map(iri, "pqrab")
    reasoner = Reasoner(
        [
            ox.Triple(p, RDFS.subPropertyOf, q),
            ox.Triple(r, OWL.inverseOf, q),
            ox.Triple(a, p, b),
            ox.Triple(b, r, a),
        ]
    )
    proofs = reasoner.explain(a, q, b, limit=5)
    assert {proof.rule for proof in proofs} == {"prp-spo1", "prp-inv1"}
    assert proofs[0].size <= proofs[1].size


def test_the_proof_of_a_long_chain_is_shallow() -> None:
    p = iri("p")
    nodes = [iri(f"n{i}") for i in range(301)]
    edges = [ox.Triple(s, p, o) for s, o in pairwise(nodes)]
    axiom = ox.Triple(p, RDF.type, OWL.TransitiveProperty)
    (proof,) = Reasoner([axiom, *edges]).explain(nodes[0], p, nodes[300])
    assert proof.depth <= 10
    assert set(proof.asserted()) == {axiom, *edges}
    assert not wrong_steps(proof, {axiom, *edges})


def test_equality_by_a_key_is_proved_and_carried_over_with_the_rules_of_table_4() -> None:
    c, k, a, b, q, d = map(iri, "ckabqd")
    key = ox.Literal("42")
    node = ox.BlankNode("l")
    triples = [
        ox.Triple(c, OWL.hasKey, node),
        ox.Triple(node, RDF.first, k),
        ox.Triple(node, RDF.rest, RDF.nil),
        *(ox.Triple(x, RDF.type, c) for x in (a, b)),
        *(ox.Triple(x, k, key) for x in (a, b)),
        ox.Triple(a, q, d),
    ]
    (proof,) = Reasoner(triples).explain(b, q, d)
    assert [step.rule for step in proof.steps()][:2] == ["eq-rep-s", "prp-key"]
    assert not wrong_steps(proof, set(triples))


def test_a_proof_is_written_as_json_text_and_rdf() -> None:
    p, a, b = map(iri, "pab")
    axiom = ox.Triple(p, RDF.type, OWL.SymmetricProperty)
    (proof,) = Reasoner([axiom, ox.Triple(a, p, b)]).explain(b, p, a)
    as_json = json.loads(json.dumps(proof.as_json()))
    assert as_json["rule"] == "prp-symp"
    assert [premise["rule"] for premise in as_json["premises"]] == ["asserted", "asserted"]
    assert proof.as_text().splitlines()[0] == f"{b} {p} {a} .   [prp-symp]"
    assert len([t for t in proof.as_rdf() if t.object == RDF.Statement]) == 3
