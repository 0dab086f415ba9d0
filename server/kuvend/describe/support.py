"""The claims that support a triple: its own, or those of an asserted triple it follows from."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.describe.evidence import Claim, Evidence
from kuvend.describe.schema import Schema
from kuvend.namespaces import RDF
from kuvend.store import DEFAULT_GRAPH, GraphNames, Store


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
            self._found[triple] = (
                self.evidence.claims_for(triple)
                or self._the_other_way_round(triple)
                or self._more_exactly(triple)
            )
        return self._found[triple]

    def _the_other_way_round(self, triple: ox.Triple) -> tuple[Claim, ...]:
        if isinstance(triple.object, ox.Literal | ox.Triple):
            return ()
        for prop in sorted(self.schema.inverses(triple.predicate), key=str):
            found = self.evidence.claims_for(ox.Triple(triple.object, prop, triple.subject))
            if found:
                return found
        return ()

    def _more_exactly(self, triple: ox.Triple) -> tuple[Claim, ...]:
        """Claims with a subproperty, or with a subclass where ``triple`` tells a type."""
        is_type = triple.predicate == RDF.type
        predicate, obj = (RDF.type, None) if is_type else (None, triple.object)
        for quad in self.store.quads(triple.subject, predicate, obj, DEFAULT_GRAPH):
            narrower, supers = (
                (quad.object, self.schema.superclasses)
                if is_type
                else (quad.predicate, self.schema.superproperties)
            )
            wider = triple.object if is_type else triple.predicate
            if isinstance(narrower, ox.NamedNode) and wider in supers(narrower):
                found = self.evidence.claims_for(quad.triple)
                if found:
                    return found
        return ()
