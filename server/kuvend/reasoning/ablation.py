"""What each axiom is worth: how many inferred triples are lost when it alone is taken away."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF
from kuvend.reasoning.vocabulary import SCHEMA_CLASSES, SCHEMA_PREDICATES, VOCABULARY

_PREDICATES = frozenset(VOCABULARY[number] for number in SCHEMA_PREDICATES)
_CLASSES = frozenset(VOCABULARY[number] for number in SCHEMA_CLASSES)
# Parts of an axiom; the axiom is the triple that leads to them.
_PARTS = frozenset(
    {
        RDF.first,
        RDF.rest,
        OWL.onProperty,
        OWL.onClass,
        OWL.members,
        OWL.distinctMembers,
        OWL.assertionProperty,
        OWL.targetIndividual,
        OWL.targetValue,
    }
)
# Declarations, from which only trivial triples follow.
_DECLARATIONS = frozenset({OWL.Class, OWL.ObjectProperty, OWL.DatatypeProperty, OWL.Restriction})


@dataclass(frozen=True)
class AxiomWorth:
    """An axiom and what is lost without it: inferred triples about data, and about the schema.

    ``examples`` are some of the lost triples about data.
    """

    axiom: ox.Triple
    lost_data: int
    lost_schema: int
    examples: tuple[ox.Triple, ...] = ()


def is_axiom(triple: ox.Triple) -> bool:
    """Whether the triple states an axiom, and is not a part or a mere declaration of one.

    >>> p = ox.NamedNode("urn:p")
    >>> is_axiom(ox.Triple(p, RDF.type, OWL.SymmetricProperty)), is_axiom(ox.Triple(p, p, p))
    (True, False)
    """
    if triple.predicate == RDF.type:
        return triple.object in _CLASSES and triple.object not in _DECLARATIONS
    return triple.predicate in _PREDICATES and triple.predicate not in _PARTS


def worth_of(
    axioms: Iterable[ox.Triple], losses: Iterable[tuple[ox.Triple, ...]]
) -> list[AxiomWorth]:
    """The worth of each axiom, most valuable first; ``losses`` are what is lost without each."""
    table = []
    for axiom, lost in zip(axioms, losses, strict=True):
        data = [t for t in lost if not _is_schema(t)]
        table.append(AxiomWorth(axiom, len(data), len(lost) - len(data), tuple(data[:3])))
    return sorted(table, key=lambda row: (-row.lost_data, -row.lost_schema, str(row.axiom)))


def _is_schema(triple: ox.Triple) -> bool:
    if triple.predicate == RDF.type:
        return triple.object in _CLASSES
    return triple.predicate in _PREDICATES
