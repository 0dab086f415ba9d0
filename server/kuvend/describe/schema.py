"""What the ontology says about properties and classes, as far as a page needs it."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.store import DEFAULT_GRAPH, Store


class Schema:
    """Sub- and superterms and inverses as the default graph has them, each looked up once."""

    def __init__(self, store: Store) -> None:
        self.store = store
        self._supers: dict[tuple[ox.NamedNode, ox.NamedNode], frozenset[ox.NamedNode]] = {}
        self._inverses: dict[ox.NamedNode, frozenset[ox.NamedNode]] = {}

    def superproperties(self, prop: ox.NamedNode) -> frozenset[ox.NamedNode]:
        """Every property that ``prop`` is a subproperty of, at any depth; not itself."""
        return self._closure(prop, RDFS.subPropertyOf)

    def superclasses(self, cls: ox.NamedNode) -> frozenset[ox.NamedNode]:
        """Every class that ``cls`` is a subclass of, at any depth; not itself."""
        return self._closure(cls, RDFS.subClassOf)

    def inverses(self, prop: ox.NamedNode) -> frozenset[ox.NamedNode]:
        """The declared inverses of ``prop``; itself where it is symmetric."""
        if prop not in self._inverses:
            found = {
                *(q.object for q in self.store.quads(prop, OWL.inverseOf, None, DEFAULT_GRAPH)),
                *(q.subject for q in self.store.quads(None, OWL.inverseOf, prop, DEFAULT_GRAPH)),
            }
            symmetric = self.store.quads(prop, RDF.type, OWL.SymmetricProperty, DEFAULT_GRAPH)
            if any(True for _ in symmetric):
                found.add(prop)
            self._inverses[prop] = frozenset(n for n in found if isinstance(n, ox.NamedNode))
        return self._inverses[prop]

    def most_specific(self, classes: Iterable[ox.NamedNode]) -> tuple[ox.NamedNode, ...]:
        """``classes`` without those that another of them is a subclass of, sorted.

        Classes that are subclasses of one another all stay.
        """
        given = set(classes)
        wider = {
            sup
            for cls in given
            for sup in self.superclasses(cls)
            if cls not in self.superclasses(sup)
        }
        return tuple(sorted(given - wider, key=str))

    def _closure(self, term: ox.NamedNode, step: ox.NamedNode) -> frozenset[ox.NamedNode]:
        key = (term, step)
        if key not in self._supers:
            seen: set[ox.NamedNode] = set()
            waiting = [term]
            while waiting:
                for quad in self.store.quads(waiting.pop(), step, None, DEFAULT_GRAPH):
                    above = quad.object
                    if isinstance(above, ox.NamedNode) and above not in seen and above != term:
                        seen.add(above)
                        waiting.append(above)
            self._supers[key] = frozenset(seen)
        return self._supers[key]
