"""Why a triple does not follow: the nearest rule and the premise that is missing."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.reasoning import Reasoner


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:{name}")


def chain(head: ox.NamedNode, *members: ox.NamedNode) -> list[ox.Triple]:
    nodes = [ox.BlankNode(f"l{i}") for i in range(len(members))]
    triples = [ox.Triple(head, OWL.propertyChainAxiom, nodes[0])]
    for node, member, rest in zip(nodes, members, [*nodes[1:], RDF.nil], strict=True):
        triples += [ox.Triple(node, RDF.first, member), ox.Triple(node, RDF.rest, rest)]
    return triples


def test_the_missing_link_of_a_chain_is_named_with_what_is_known_of_it() -> None:
    p, q, r, a, b, c = map(iri, "pqrabc")
    reasoner = Reasoner([*chain(r, p, q), ox.Triple(a, p, b), ox.Triple(c, RDF.type, iri("C"))])
    nearest = reasoner.why_not(a, r, c)[0]
    assert nearest.rule == "prp-spo2"
    assert nearest.missing == ((b, q, c),)
    assert ox.Triple(a, p, b) in [fact.triple for fact in nearest.present]


def test_a_missing_axiom_is_named_after_missing_statements() -> None:
    p, a, b = map(iri, "pab")
    nearest = Reasoner([ox.Triple(a, p, b)]).why_not(b, p, a)
    assert [n.rule for n in nearest][:1] == ["prp-symp"]
    assert nearest[0].is_axiom
    assert nearest[0].missing == ((p, RDF.type, OWL.SymmetricProperty),)


def test_adding_what_is_missing_makes_it_follow() -> None:
    p, a, b, c, d = map(iri, ["p", "a", "b", "C", "D"])
    reasoner = Reasoner([ox.Triple(p, RDFS.domain, c), ox.Triple(a, p, b), ox.Triple(b, p, a)])
    for nearest in reasoner.why_not(a, RDF.type, d):
        if all(not isinstance(part, str) for premise in nearest.missing for part in premise):
            extra = [ox.Triple(*premise) for premise in nearest.missing]  # type: ignore[arg-type]
            reasoner.add(extra)
            assert reasoner.explain(a, RDF.type, d), nearest
            reasoner.remove(extra)
            assert not reasoner.explain(a, RDF.type, d)


def test_of_terms_nobody_mentioned_nothing_is_near() -> None:
    p, a, b = map(iri, "pab")
    reasoner = Reasoner([ox.Triple(a, p, b)])
    assert reasoner.why_not(iri("x"), p, b) == []
    assert reasoner.unknown((iri("x"), p, b)) == [iri("x")]
