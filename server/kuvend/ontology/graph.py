"""An ontology's triples by subject and predicate, for the rules that walk them."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.terms import Term

Node = ox.NamedNode | ox.BlankNode


class Triples:
    """Look-up of triples in both directions."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._objects: dict[tuple[object, ox.NamedNode], list[Term]] = defaultdict(list)
        self._pairs: dict[ox.NamedNode, list[tuple[Node, Term]]] = defaultdict(list)
        for t in triples:
            if isinstance(t.subject, ox.Triple):
                continue
            self._objects[t.subject, t.predicate].append(t.object)
            self._pairs[t.predicate].append((t.subject, t.object))

    def objects(self, subject: object, predicate: ox.NamedNode) -> list[Term]:
        """The values of ``predicate`` at ``subject``, in order of appearance."""
        return self._objects.get((subject, predicate), [])

    def value(self, subject: object, predicate: ox.NamedNode) -> Term | None:
        """The first value of ``predicate``; ``None`` without one."""
        return next(iter(self.objects(subject, predicate)), None)

    def pairs(self, predicate: ox.NamedNode) -> list[tuple[Node, Term]]:
        """Every subject and value of ``predicate``."""
        return self._pairs.get(predicate, [])

    def items(self, head: Term | None) -> list[Term] | None:
        """The members of an RDF list; ``None`` where ``head`` is no well-formed one."""
        found: list[Term] = []
        seen: set[Term] = set()
        while head != RDF.nil:
            first = self.objects(head, RDF.first)
            rest = self.objects(head, RDF.rest)
            if head is None or len(first) != 1 or len(rest) != 1 or head in seen:
                return None
            seen.add(head)
            found.append(first[0])
            head = rest[0]
        return found

    def above(self, node: Term, predicate: ox.NamedNode) -> set[Term]:
        """``node`` and all that ``predicate`` leads to from it."""
        reached = {node}
        queue = [node]
        while queue:
            for parent in self.objects(queue.pop(), predicate):
                if parent not in reached:
                    reached.add(parent)
                    queue.append(parent)
        return reached

    def disjoint_pairs(self) -> Iterator[tuple[Term, Term]]:
        """Every two classes that some axiom says are disjoint, in one order each."""
        yield from self.pairs(OWL.disjointWith)
        for node, kind in self.pairs(RDF.type):
            if kind != OWL.AllDisjointClasses:
                continue
            members = self.items(self.value(node, OWL.members)) or []
            for i, left in enumerate(members):
                yield from ((left, right) for right in members[i + 1 :])

    def super_classes(self, node: Term) -> set[Term]:
        """``node`` and the classes above it, equivalent classes counted as one."""
        reached = {node}
        queue = [node]
        while queue:
            current = queue.pop()
            near = [
                *self.objects(current, RDFS.subClassOf),
                *self.objects(current, OWL.equivalentClass),
            ]
            for parent in near:
                if parent not in reached:
                    reached.add(parent)
                    queue.append(parent)
        return reached
