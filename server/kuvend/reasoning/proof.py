"""A proof: a conclusion, the rule it follows by, and the proofs of its premises."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import pyoxigraph as ox

from kuvend.namespaces import PROV, RDF, RDFS
from kuvend.reasoning.model import Fact
from kuvend.terms import Term

ASSERTED_RULE = "asserted"


@dataclass(frozen=True)
class Proof:
    """``conclusion`` follows from ``premises`` by ``rule``, with these values for its variables.

    ``rule`` is a name of the W3C tables, that of a rule of the project, or ``asserted`` for a
    leaf. Premises stand in the order of the rule, axioms of the ontology after the data.
    """

    conclusion: Fact
    rule: str
    bindings: tuple[tuple[str, Term], ...] = ()
    premises: tuple[Proof, ...] = ()

    @property
    def is_asserted(self) -> bool:
        """Whether this is a leaf: a triple someone stated."""
        return self.rule == ASSERTED_RULE

    @property
    def triple(self) -> ox.Triple | None:
        """The conclusion as a triple; ``None`` for what RDF cannot hold (a literal subject)."""
        return self.conclusion.triple

    @cached_property
    def size(self) -> int:
        """How many conclusions the proof has, leaves among them."""
        return 1 + sum(premise.size for premise in self.premises)

    @cached_property
    def depth(self) -> int:
        """How many rules stand between the conclusion and the farthest leaf."""
        return 1 + max((premise.depth for premise in self.premises), default=-1)

    def steps(self) -> Iterator[Proof]:
        """This proof and all proofs within it, from the conclusion down."""
        yield self
        for premise in self.premises:
            yield from premise.steps()

    def asserted(self) -> tuple[ox.Triple, ...]:
        """The statements the proof rests on, each once, in order of appearance."""
        found = (step.triple for step in self.steps() if step.is_asserted)
        return tuple(dict.fromkeys(triple for triple in found if triple is not None))

    def as_json(self) -> dict[str, Any]:
        """Plain values for JSON: terms as N-Triples text, premises nested."""
        subject, predicate, obj = map(str, self.conclusion)
        found: dict[str, Any] = {
            "subject": subject,
            "predicate": predicate,
            "object": obj,
            "rule": self.rule,
        }
        if self.bindings:
            found["bindings"] = {name: str(term) for name, term in self.bindings}
        if self.premises:
            found["premises"] = [premise.as_json() for premise in self.premises]
        return found

    def as_rdf(self) -> list[ox.Triple]:
        """The proof in RDF: an ``rdf:Statement`` for each conclusion, derived from those of its
        premises (PROV), by an activity labelled with the rule. Blank nodes ``step1``, …"""
        nodes: dict[Fact, ox.BlankNode] = {}
        triples: list[ox.Triple] = []
        for step in self.steps():
            if step.conclusion in nodes or isinstance(step.conclusion.subject, ox.Literal):
                continue
            nodes[step.conclusion] = ox.BlankNode(f"step{len(nodes) + 1}")
        seen: set[Fact] = set()
        for step in self.steps():
            node = nodes.get(step.conclusion)
            if node is None or step.conclusion in seen:
                continue
            seen.add(step.conclusion)
            triples += _statement(node, step.conclusion)
            if not step.is_asserted:
                activity = ox.BlankNode(f"{node.value}-rule")
                triples.append(ox.Triple(node, PROV.wasGeneratedBy, activity))
                triples.append(ox.Triple(activity, RDF.type, PROV.Activity))
                triples.append(ox.Triple(activity, RDFS.label, ox.Literal(step.rule)))
            sources = [nodes[p.conclusion] for p in step.premises if p.conclusion in nodes]
            triples += [ox.Triple(node, PROV.wasDerivedFrom, source) for source in sources]
        return triples

    def as_text(self, *, indent: str = "") -> str:
        """The proof as indented lines: each conclusion with its rule, its premises under it."""
        line = f"{indent}{self.conclusion} .   [{self.rule}]"
        return "\n".join([line, *(p.as_text(indent=indent + "  ") for p in self.premises)])


def _statement(node: ox.BlankNode, fact: Fact) -> list[ox.Triple]:
    return [
        ox.Triple(node, RDF.type, RDF.Statement),
        ox.Triple(node, RDF.subject, fact.subject),
        ox.Triple(node, RDF.predicate, fact.predicate),
        ox.Triple(node, RDF.object, fact.object),
    ]
