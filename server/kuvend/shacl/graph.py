"""A small read-only index of triples, for graphs that fit in a dictionary: shapes, reports."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.terms import Term

_NIL = RDF.nil


class Graph:
    """Triples by subject and by object, in order of appearance.

    >>> a, p = ox.NamedNode("urn:a"), ox.NamedNode("urn:p")
    >>> graph = Graph([ox.Triple(a, p, ox.Literal("x"))])
    >>> graph.value(a, p)
    <Literal value=x ...>
    """

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self._forward: dict[Term, dict[str, list[Term]]] = {}
        self._backward: dict[tuple[str, Term], list[Term]] = {}
        self._of_predicate: dict[str, list[tuple[Term, Term]]] = {}
        for triple in dict.fromkeys(triples):
            subject, predicate, value = triple.subject, triple.predicate.value, triple.object
            self._forward.setdefault(subject, {}).setdefault(predicate, []).append(value)
            self._backward.setdefault((predicate, value), []).append(subject)
            self._of_predicate.setdefault(predicate, []).append((subject, value))

    def objects(self, subject: Term, predicate: ox.NamedNode) -> list[Term]:
        """The values of a property of a node."""
        return self._forward.get(subject, {}).get(predicate.value, [])

    def value(self, subject: Term, predicate: ox.NamedNode) -> Term | None:
        """The first value of a property, or ``None``."""
        found = self.objects(subject, predicate)
        return found[0] if found else None

    def subjects(self, predicate: ox.NamedNode, value: Term) -> list[Term]:
        """The nodes that have this value of this property."""
        return self._backward.get((predicate.value, value), [])

    def pairs(self, predicate: ox.NamedNode) -> list[tuple[Term, Term]]:
        """(subject, object) of every triple with this predicate."""
        return self._of_predicate.get(predicate.value, [])

    def predicates(self, subject: Term) -> Iterator[str]:
        """The IRIs of the properties a node has."""
        return iter(self._forward.get(subject, {}))

    def list_members(self, head: Term) -> list[Term]:
        """The members of an RDF list; a list without an end, or that bites its tail, stops there.

        >>> Graph([]).list_members(RDF.nil)
        []
        """
        members: list[Term] = []
        seen: set[Term] = set()
        while head != _NIL and head not in seen:
            seen.add(head)
            members.extend(self.objects(head, RDF.first)[:1])
            rest = self.value(head, RDF.rest)
            if rest is None:
                break
            head = rest
        return members
