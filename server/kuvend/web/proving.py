"""The proof of a triple: found in the store where the rules of OWL 2 RL suffice, else reasoned.

Matching a rule backwards in the store takes less than a millisecond and knows no rule of a
project. Where it finds nothing, the reasoner closes the asserted graph once for a release and is
asked; for a dataset too large for that, the statement stays without a proof.
"""

from __future__ import annotations

import pyoxigraph as ox

from kuvend import reasoning
from kuvend.describe import Proof, Prover
from kuvend.web.knowledge import Knowledge


def prove(known: Knowledge, triple: ox.Triple) -> Proof | None:
    """The proof of ``triple``; ``None`` where it does not hold or none is found."""
    prover = Prover(known.store, known.graphs)
    found = prover.prove(triple)
    if found is not None or not _is_inferred(known, triple):
        return found
    reasoner = known.reasoner
    if reasoner is None:
        return None
    proofs = reasoner.explain(triple.subject, triple.predicate, triple.object)
    return _told(known, prover, proofs[0]) if proofs else None


def _is_inferred(known: Knowledge, triple: ox.Triple) -> bool:
    parts = (triple.subject, triple.predicate, triple.object)
    return any(True for _ in known.store.quads(*parts, known.graphs.inferred))


def _told(known: Knowledge, prover: Prover, proof: reasoning.Proof) -> Proof | None:
    """A reasoner's proof with axioms apart from premises and claims at the leaves."""
    triple = proof.triple
    if triple is None:
        return None
    if proof.is_asserted:
        return prover.prove(triple) or Proof(triple)
    axioms = [p for p in proof.premises if p.is_asserted and _is_axiom(known, p.triple)]
    premises = [_told(known, prover, p) for p in proof.premises if p not in axioms]
    if any(premise is None for premise in premises):
        return None
    return Proof(
        triple,
        proof.rule,
        tuple(p.triple for p in axioms if p.triple is not None),
        tuple(premise for premise in premises if premise is not None),
    )


def _is_axiom(known: Knowledge, triple: ox.Triple | None) -> bool:
    if triple is None:
        return False
    parts = (triple.subject, triple.predicate, triple.object)
    return any(True for _ in known.store.quads(*parts, known.graphs.ontology))
