"""The claims that support a triple: its own, or those of an asserted triple it follows from."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.describe.evidence import Claim, Evidence
from kuvend.describe.schema import Schema
from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.store import DEFAULT_GRAPH, GraphNames, Store


@dataclass(frozen=True)
class Premise:
    """A claimed triple and the axiom by which another follows from it."""

    triple: ox.Triple
    axiom: ox.Triple
    claims: tuple[Claim, ...]


class Support:
    """Looks for claims one step around a triple; longer proofs are the reasoner's."""

    def __init__(self, store: Store, graphs: GraphNames, schema: Schema) -> None:
        self.store = store
        self.schema = schema
        self.evidence = Evidence(store, graphs)
        self._found: dict[ox.Triple, tuple[Claim, ...]] = {}

    def of(self, triple: ox.Triple) -> tuple[Claim, ...]:
        """The claims for ``triple``; else for its inverse; else for one that says more exactly."""
        if triple not in self._found:
            claims = self.evidence.claims_for(triple)
            premise = None if claims else self.premise(triple)
            self._found[triple] = claims or (premise.claims if premise else ())
        return self._found[triple]

    def premise(self, triple: ox.Triple) -> Premise | None:
        """The claimed triple that ``triple`` follows from by one axiom."""
        return next((p for p in (*self._turned(triple), *self._narrower(triple)) if p.claims), None)

    def _turned(self, triple: ox.Triple) -> Iterator[Premise]:
        if isinstance(triple.object, ox.Literal | ox.Triple):
            return
        for prop in sorted(self.schema.inverses(triple.predicate), key=str):
            other = ox.Triple(triple.object, prop, triple.subject)
            axiom = (
                ox.Triple(prop, RDF.type, OWL.SymmetricProperty)
                if prop == triple.predicate
                else ox.Triple(triple.predicate, OWL.inverseOf, prop)
            )
            yield Premise(other, axiom, self.evidence.claims_for(other))

    def _narrower(self, triple: ox.Triple) -> Iterator[Premise]:
        """Claimed triples with a subproperty, or a subclass where ``triple`` tells a type."""
        is_type = triple.predicate == RDF.type
        predicate, obj = (RDF.type, None) if is_type else (None, triple.object)
        wider = triple.object if is_type else triple.predicate
        for quad in self.store.quads(triple.subject, predicate, obj, DEFAULT_GRAPH):
            narrower = quad.object if is_type else quad.predicate
            if not isinstance(narrower, ox.NamedNode):
                continue
            if is_type and wider in self.schema.superclasses(narrower):
                axiom = ox.Triple(narrower, RDFS.subClassOf, wider)
            elif not is_type and wider in self.schema.superproperties(narrower):
                axiom = ox.Triple(narrower, RDFS.subPropertyOf, wider)
            else:
                continue
            yield Premise(quad.triple, axiom, self.evidence.claims_for(quad.triple))
