"""The data graph of a validation: sorted columns of numbers by property, both ways.

A graph may stand on another one with triples added and taken away; what the change does not touch
is shared, and the graph below is left as it was.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from itertools import chain

import numpy as np

from kuvend.namespaces import RDF, RDFS
from kuvend.shacl.native.arrays import distinct
from kuvend.shacl.native.relation import EMPTY, Keys, Relation, keys_of
from kuvend.shacl.native.terms import NONE, TRIPLE, Mask, Numbers, TermTable
from kuvend.shacl.native.walks import walk
from kuvend.shacl.paths import Path
from kuvend.terms import Term

Triples = Iterable[Iterable[Term]]
_TYPE, _SUBCLASS = RDF.type.value, RDFS.subClassOf.value
_FEW = 1000  # nodes whose classes are looked up, where the members of the class are not known


class DataGraph:
    """Triples indexed by property. Terms are compared as written, lexical form and all.

    Triples with triple terms are left out: SHACL 1.0 knows none.

    >>> import pyoxigraph as ox
    >>> from kuvend.shacl.paths import Predicate
    >>> a, p = ox.NamedNode("urn:a"), ox.NamedNode("urn:p")
    >>> DataGraph([(a, p, a)]).values(a, Predicate(p))
    [<NamedNode value=urn:a>]
    """

    def __init__(self, triples: Triples = ()) -> None:
        self.table = TermTable()
        columns = self.table.number_all(chain.from_iterable(triples)).reshape(-1, 3)
        self.relations = _relations(self.table, columns)
        self.delta: dict[str, Keys] = {}
        self._forget_classes()

    def _forget_classes(self) -> None:
        self._instances: dict[Term, Numbers] = {}
        self._classes: dict[Term, frozenset[Term]] = {}

    @property
    def size(self) -> int:
        """How many triples there are, each once."""
        return sum(map(len, self.relations.values()))

    def changed(self, added: Triples, removed: Triples) -> DataGraph:
        """This graph with triples added and taken away; itself it stays as it is.

        The cost is that of the properties the change touches, not of the graph. What is different
        is told by ``delta``: the pairs that came or went, by property.
        """
        graph = DataGraph()
        graph.table = TermTable(self.table)
        more = _keyed(graph.table, added)
        fewer = _keyed(graph.table, removed)
        graph.relations = dict(self.relations)
        nothing = np.empty(0, np.int64)
        for name in more.keys() | fewer.keys():
            new, difference = self.relation(name).changed(
                more.get(name, nothing), fewer.get(name, nothing)
            )
            if len(difference):
                graph.relations[name], graph.delta[name] = new, difference
        if _SUBCLASS not in graph.delta:
            graph._classes = dict(self._classes)
            if _TYPE not in graph.delta:
                graph._instances = dict(self._instances)
        return graph

    # -- by number -------------------------------------------------------------------------

    def relation(self, predicate: str) -> Relation:
        """The pairs of a property."""
        return self.relations.get(predicate, EMPTY)

    def members(self, cls: Term) -> Numbers:
        """The nodes of a class or of one of its subclasses, sorted."""
        found = self._instances.get(cls)
        if found is None:
            types = self.relation(_TYPE).inverse
            found = self._instances[cls] = distinct(types.join(self._under(cls))[1])
        return found

    def _under(self, cls: Term) -> Numbers:
        under = [self.table.find(one) for one in self.classes_under(cls)]
        return np.array([one for one in under if one != NONE], np.int32)

    def is_member(self, nodes: Numbers, cls: Term) -> Mask:
        """Whether each of ``nodes`` is of a class or of one of its subclasses."""
        if len(nodes) > _FEW or cls in self._instances:
            found: Mask = np.isin(nodes, self.members(cls))
            return found
        found = np.zeros(len(nodes), np.bool_)
        owner, types = self.relation(_TYPE).join(nodes)
        found[owner[np.isin(types, self._under(cls))]] = True
        return found

    # -- by term ---------------------------------------------------------------------------

    @property
    def predicates(self) -> list[str]:
        """The properties there are triples of."""
        return [name for name, relation in self.relations.items() if len(relation)]

    def triples(self) -> Iterator[tuple[Term, str, Term]]:
        """All triples, property by property."""
        for name, relation in self.relations.items():
            subjects, values = self.table.terms(relation.left), self.table.terms(relation.right)
            yield from ((s, name, o) for s, o in zip(subjects, values, strict=True))

    def objects(self, subject: Term, predicate: str) -> list[Term]:
        """The values of a property of a node."""
        return self._beside(self.relation(predicate), subject)

    def subjects(self, predicate: str, value: Term) -> list[Term]:
        """The nodes that have this value of a property."""
        return self._beside(self.relation(predicate).inverse, value)

    def _beside(self, relation: Relation, node: Term) -> list[Term]:
        number = self.table.find(node)
        if number == NONE:
            return []
        return self.table.terms(relation.join(np.array([number], np.int32))[1])

    def backward(self, predicate: str) -> dict[Term, list[Term]]:
        """The subjects of each value of a property."""
        relation = self.relation(predicate).inverse
        found: dict[Term, list[Term]] = {}
        rows = zip(self.table.terms(relation.left), self.table.terms(relation.right), strict=True)
        for value, subject in rows:
            found.setdefault(value, []).append(subject)
        return found

    def classes_under(self, cls: Term) -> frozenset[Term]:
        """A class and all its subclasses in the data."""
        found = self._classes.get(cls)
        if found is None:
            waiting, seen = [cls], {cls}
            while waiting:
                near = set(self.subjects(_SUBCLASS, waiting.pop())) - seen
                seen |= near
                waiting += near
            found = self._classes[cls] = frozenset(seen)
        return found

    def instances(self, cls: Term) -> frozenset[Term]:
        """The nodes of a class or of one of its subclasses."""
        return frozenset(self.table.terms(self.members(cls)))

    def values(self, node: Term, path: Path) -> Sequence[Term]:
        """The nodes a walk from ``node`` along ``path`` ends at, each once."""
        start = np.array([self.table.intern(node)], np.int32)
        return self.table.terms(walk(self.relations, start, path)[1])


def _relations(table: TermTable, columns: Numbers) -> dict[str, Relation]:
    """The columns told apart by property, each pair once."""
    kinds = table.kinds(np.arange(len(table), dtype=np.int32))
    plain = (kinds[columns[:, 0]] != TRIPLE) & (kinds[columns[:, 2]] != TRIPLE)
    columns = columns[plain]
    if not len(columns):
        return {}
    order = np.argsort(columns[:, 1], kind="stable")
    columns = columns[order]
    predicates, starts = np.unique(columns[:, 1], return_index=True)
    parts = np.split(columns, starts[1:])
    return {
        str(getattr(table.term(number), "value", "")): Relation.of(part[:, 0], part[:, 2])
        for number, part in zip(predicates.tolist(), parts, strict=True)
    }


def _keyed(table: TermTable, triples: Triples) -> dict[str, Keys]:
    """Pairs of a few triples as keys, by property; the terms are numbered."""
    columns = table.number_all(chain.from_iterable(triples)).reshape(-1, 3)
    return {
        name: keys_of(relation.left, relation.right)
        for name, relation in _relations(table, columns).items()
    }


__all__ = ["DataGraph"]
