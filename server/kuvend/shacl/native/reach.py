"""The focus nodes whose results a change can move: from the changed triples back to them.

A result of a shape rests on triples that its paths and the patterns of its queries tie to the focus
node. Walked backwards from a changed triple, over the triples of before and after together, they
lead to every focus node the change can matter to. Where no way back is told, all of them may.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from kuvend.namespaces import RDF, RDFS
from kuvend.shacl.native.arrays import distinct, union
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.engine import NativeEngine
from kuvend.shacl.native.relation import Keys, Relation, pairs_of
from kuvend.shacl.native.routes import NoRoute, moved_by_query
from kuvend.shacl.native.shapes import Constraint, Shape
from kuvend.shacl.native.terms import Numbers
from kuvend.shacl.native.walks import walk
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat
from kuvend.terms import Term

_TYPE, _SUBCLASS = RDF.type.value, RDFS.subClassOf.value
_COMPARED = ("equals", "disjoint", "lessThan", "lessThanOrEquals")
_NOBODY = np.empty(0, np.int32)


@dataclass(frozen=True)
class Change:
    """A graph before and after, and the pairs that make the difference by property."""

    before: DataGraph
    after: DataGraph
    delta: dict[str, Keys]

    @classmethod
    def between(cls, before: DataGraph, after: DataGraph) -> Change:
        """The difference between a graph and one made of it by ``DataGraph.changed``."""
        return cls(before, after, after.delta)

    @cached_property
    def union(self) -> dict[str, Relation]:
        """The triples of before and after together."""
        nothing = np.empty(0, np.int64)
        return self.after.relations | {
            name: self.after.relation(name).changed(keys, nothing)[0]
            for name, keys in self.delta.items()
        }

    def subjects(self, predicate: str) -> Numbers:
        """The subjects of the changed triples of a property."""
        return self._side(predicate, 0)

    def objects(self, predicate: str) -> Numbers:
        """The values of the changed triples of a property."""
        return self._side(predicate, 1)

    def _side(self, predicate: str, side: int) -> Numbers:
        keys = self.delta.get(predicate)
        return _NOBODY if keys is None else distinct(pairs_of(keys)[side])

    def back(self, nodes: Numbers, path: Path, *, forwards: bool = False) -> Numbers:
        """The nodes from which a walk along ``path`` ends at one of ``nodes``."""
        return distinct(walk(self.union, nodes, path, back=not forwards)[1])

    def users(self, path: Path, *, back: bool = False) -> Numbers:
        """The nodes from which a walk along ``path`` can go over a changed triple."""
        if isinstance(path, Predicate):
            return self.objects(path.iri.value) if back else self.subjects(path.iri.value)
        if isinstance(path, Inverse):
            return self.users(path.path, back=not back)
        if isinstance(path, Alternative):
            return union_of(self.users(part, back=back) for part in path.parts)
        if isinstance(path, Repeat):
            found = self.users(path.path, back=back)
            return self.back(found, Repeat(path.path, "*"), forwards=back)
        parts = path.parts[::-1] if back else path.parts
        found = _NOBODY
        for part in reversed(parts):
            before = self.back(found, part, forwards=back) if len(found) else found
            found = union(before, self.users(part, back=back))
        return found


def union_of(parts: Iterator[Numbers]) -> Numbers:
    """All numbers of some arrays, sorted, each once."""
    return distinct(np.concatenate([_NOBODY, *parts]))


class Reach:
    """What one change can move, shape by shape; ``engine`` is that of the graph after it."""

    def __init__(self, engine: NativeEngine, change: Change) -> None:
        self.engine, self.change = engine, change
        self._moved: dict[Term, Numbers | None] = {}

    def of(self, node: Term) -> Numbers | None:
        """The focus nodes of the shape ``node`` to look at again; ``None`` for all of them."""
        parts = [self._targeted(*target) for target in self.engine.shapes.targets(node)]
        some = [part for part in (self._moved_by(node), *parts) if part is not None]
        if len(some) <= len(parts):
            return None
        found = union_of(iter(some))
        return None if len(found) and self.engine.shapes.has_far_results(node) else found

    def _targeted(self, kind: str, value: Term) -> Numbers | None:
        if kind == "targetNode":
            return _NOBODY
        if kind == "targetClass":
            return self._typed(value)
        predicate = str(getattr(value, "value", ""))
        subjects = kind == "targetSubjectsOf"
        return self.change.subjects(predicate) if subjects else self.change.objects(predicate)

    def _typed(self, cls: Term) -> Numbers | None:
        """The nodes whose membership of a class changed; ``None`` where the classes did."""
        if _SUBCLASS in self.change.delta:
            return None
        nodes, types = pairs_of(self.change.delta.get(_TYPE, np.empty(0, np.int64)))
        table = self.engine.data.table
        under = [table.find(one) for one in self.engine.data.classes_under(cls)]
        return distinct(nodes[np.isin(types, under)])

    # -- shapes ----------------------------------------------------------------------------

    def _moved_by(self, node: Term) -> Numbers | None:
        """The nodes whose verdict or results by a shape can differ; ``None`` for any."""
        if node not in self._moved:
            self._moved[node] = None  # so that circles of shapes end
            self._moved[node] = self._read(self.engine.shapes.shape(node))
        return self._moved[node]

    def _read(self, shape: Shape) -> Numbers | None:
        if shape.deactivated:
            return _NOBODY
        own = [] if shape.path is None else [self.change.users(shape.path)]
        at_values: list[Numbers | None] = [self._moved_by(inner) for inner in shape.properties]
        for constraint in shape.constraints:
            if constraint.name in _COMPARED:
                own.append(self.change.subjects(str(getattr(constraint.value, "value", ""))))
            else:
                at_values += self._by_values(shape, constraint)
        for part in at_values:
            if part is None:
                return None
            own.append(part if shape.path is None else self.change.back(part, shape.path))
        try:
            for query in shape.queries:
                if query.pieces:
                    own.append(moved_by_query(self.change, query.body))
        except NoRoute:
            return None
        return union_of(iter(own))

    def _by_values(self, shape: Shape, constraint: Constraint) -> Iterator[Numbers | None]:
        """The values of which one constraint can say something else than before."""
        name, parameter = constraint.name, constraint.value
        if name == "class":
            yield self._typed(parameter)
        elif name == "closed":
            yield union_of(self.change.subjects(one) for one in self.change.delta)
        elif name in ("node", "not", "qualifiedValueShape"):
            yield self._moved_by(parameter)
            for sibling in self.engine.siblings(shape, parameter):
                yield self._moved_by(sibling)
        elif name in ("and", "or", "xone"):
            for member in self.engine.members(parameter):
                yield self._moved_by(member)
