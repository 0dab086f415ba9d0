"""What reasoning gives back: a closure, its contradictions and its surprises, as plain values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NamedTuple

import pyoxigraph as ox

from kuvend.terms import Term


class Fact(NamedTuple):
    """A triple as the rules see it: in generalised RDF any term may stand in any place.

    >>> Fact(ox.Literal("5"), ox.NamedNode("urn:p"), ox.NamedNode("urn:o")).triple is None
    True
    """

    subject: Term
    predicate: Term
    object: Term

    @property
    def triple(self) -> ox.Triple | None:
        """The RDF triple, or ``None`` where RDF does not allow it."""
        if isinstance(self.subject, ox.Literal) or not isinstance(self.predicate, ox.NamedNode):
            return None
        return ox.Triple(self.subject, self.predicate, self.object)

    def __str__(self) -> str:
        return f"{self.subject} {self.predicate} {self.object}"


@dataclass(frozen=True)
class Inconsistency:
    """An OWL 2 RL rule that concludes ``false``, and the triples that made it fire.

    ``rule`` is the name in the W3C tables; ``triples`` are data first, then the axioms.
    """

    rule: str
    triples: tuple[ox.Triple, ...]
    message: str


@dataclass(frozen=True)
class SameAs:
    """Two IRIs that reasoning made one and nobody said are the same.

    ``rule`` is the rule behind it, ``triples`` the statements and the axiom (functional
    property, key, cardinality) that made it fire.
    """

    left: ox.NamedNode
    right: ox.NamedNode
    rule: str
    triples: tuple[ox.Triple, ...] = ()


@dataclass(frozen=True)
class Closure:
    """What follows from a graph under OWL 2 RL.

    ``inferred`` is sorted and holds no asserted triple; ``generalised`` the conclusions RDF has
    no place for (literal subjects), only where all triples were asked for; ``notes`` what was
    left out or could not be read, in words.
    """

    inferred: tuple[ox.Triple, ...]
    inconsistencies: tuple[Inconsistency, ...] = ()
    same_as: tuple[SameAs, ...] = ()
    generalised: tuple[Fact, ...] = ()
    notes: tuple[str, ...] = ()
