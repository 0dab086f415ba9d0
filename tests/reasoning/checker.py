"""Checks proofs step by step against the text of the tables, with nothing of the engine."""

from __future__ import annotations

from collections.abc import Collection

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.reasoning.proof import Proof
from kuvend.reasoning.table import rule_table
from kuvend.reasoning.values import belongs_to, literal_value
from reasoning.reference import Graph

RULES = {rule.name: rule for rule in rule_table()}


def wrong_steps(proof: Proof, asserted: Collection[ox.Triple]) -> list[str]:
    """The steps of the proof that are not instances of their rule, in words."""
    return [
        f"{step.rule}: {[str(p.conclusion) for p in step.premises]} => {step.conclusion}"
        for step in proof.steps()
        if not follows(step, asserted)
    ]


def follows(step: Proof, asserted: Collection[ox.Triple]) -> bool:
    conclusion = tuple(step.conclusion)
    subject, predicate, obj = conclusion
    if step.is_asserted:
        return step.triple in asserted and not step.premises
    if step.rule in ("dt-eq", "dt-diff"):
        assert isinstance(subject, ox.Literal)
        assert isinstance(obj, ox.Literal)
        equal = literal_value(subject) == literal_value(obj)
        return predicate == (OWL.sameAs if step.rule == "dt-eq" else OWL.differentFrom) and (
            equal == (step.rule == "dt-eq")
        )
    if step.rule == "dt-type2":
        return predicate == RDF.type and belongs_to(subject, obj)  # type: ignore[arg-type]
    if step.rule in ("dt-type1", "prp-ap", "cls-thing", "cls-nothing1"):
        return predicate == RDF.type and obj in (RDFS.Datatype, OWL.AnnotationProperty, OWL.Class)
    premises = Graph(tuple(premise.conclusion) for premise in step.premises)
    return any(conclusion in heads for heads in premises.conclusions(RULES[step.rule]))
