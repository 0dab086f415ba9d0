"""The engine: targets, shapes, results; the rest goes to the reference, shape by shape."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator

import numpy as np
import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.namespaces import OWL, RDF, RDFS, SH, XSD
from kuvend.shacl.native.arrays import distinct
from kuvend.shacl.native.constraints import Batch, component, violations
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.patterns import pattern
from kuvend.shacl.native.queries import SelectQuery
from kuvend.shacl.native.runner import QueryRunner
from kuvend.shacl.native.shapes import MAX_DEPTH, Constraint, NotDoneHere, Shape, ShapesGraph
from kuvend.shacl.native.terms import NONE, Mask, Numbers
from kuvend.shacl.native.verdicts import Verdicts
from kuvend.shacl.native.walks import walk
from kuvend.shacl.paths import Predicate
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Report, Result
from kuvend.terms import Term

ENGINE = "kuvend"

_TRUE = ox.Literal("true", datatype=XSD.boolean)
_MAX_DETAILS = 20
_MAX_CAUSES = 20  # causes of causes: a shape that names itself has one for each node of a chain
_NESTED = ("node", "and", "or", "xone")


class NativeEngine:
    """Validates one data graph against one shapes graph, a shape at a time for all its nodes."""

    def __init__(
        self, data: DataGraph, shapes: ShapesGraph, *, runner: QueryRunner | None = None
    ) -> None:
        self.data, self.shapes = data, shapes
        self.verdicts = Verdicts(self)
        self._members: dict[Term, list[Term]] = {}
        self._under_way: defaultdict[Term, set[int]] = defaultdict(set)
        self._depth = 0
        self._runner = runner
        self.here, self.elsewhere = self._divide()

    def _divide(self) -> tuple[list[Term], list[Term]]:
        """The shapes with targets done here, and those left to the reference."""
        here, elsewhere = [], []
        for node in self.shapes.with_targets():
            self.shapes.require_shallow(node)
            try:
                for reached in self.shapes.reached(node):
                    shape = self.shapes.shape(reached)
                    if shape.queries and not self._gives_results(node, reached):
                        raise NotDoneHere
                    self._require_patterns(shape)
                here.append(node)
            except NotDoneHere:
                elsewhere.append(node)
        return here, elsewhere

    def _require_patterns(self, shape: Shape) -> None:
        for constraint in shape.constraints:
            if constraint.name == "pattern" and not self._is_readable(shape, constraint):
                raise NotDoneHere

    def _gives_results(self, top: Term, inner: Term) -> bool:
        """Whether ``inner`` is ``top`` or directly its property shape, and nothing else.

        A query in a shape behind sh:node, sh:not and their like gives a verdict, not results.
        """
        shapes = self.shapes
        return not any(
            child == top or (child == inner and (parent != top or predicate != SH.property))
            for parent in shapes.reached(top)
            for predicate, child in shapes.links(parent)
        )

    def _is_readable(self, shape: Shape, constraint: Constraint) -> bool:
        flags = str(getattr(self.shapes.graph.value(shape.node, SH.flags), "value", ""))
        return pattern(str(getattr(constraint.value, "value", "")), flags) is not None

    # -- targets ---------------------------------------------------------------------------

    def targets(self, node: Term) -> list[Term]:
        """The focus nodes of a shape, each once."""
        return self.data.table.terms(self.target_numbers(node))

    def target_numbers(self, node: Term) -> Numbers:
        """The focus nodes of a shape by number, sorted."""
        found = [self._target(kind, value) for kind, value in self.shapes.targets(node)]
        return distinct(np.concatenate([np.empty(0, np.int32), *found]))

    def _target(self, kind: str, value: Term) -> Numbers:
        if kind == "targetNode":
            return np.array([self.data.table.intern(value)], np.int32)
        if kind == "targetClass":
            return self.data.members(value)
        relation = self.data.relation(str(getattr(value, "value", "")))
        return relation.lefts if kind == "targetSubjectsOf" else relation.rights

    def targets_among(self, node: Term, nodes: Numbers) -> Numbers:
        """Those of ``nodes`` that are focus nodes of a shape."""
        chosen = np.zeros(len(nodes), np.bool_)
        for kind, value in self.shapes.targets(node):
            chosen |= self._is_target(kind, value, nodes)
        return nodes[chosen]

    def _is_target(self, kind: str, value: Term, nodes: Numbers) -> Mask:
        if kind == "targetNode":
            return np.equal(nodes, self.data.table.intern(value))
        if kind == "targetClass":
            return self.data.is_member(nodes, value)
        relation = self.data.relation(str(getattr(value, "value", "")))
        return (relation if kind == "targetSubjectsOf" else relation.inverse).has(nodes)

    # -- results ---------------------------------------------------------------------------

    def results(self) -> Iterator[Result]:
        """The results of all shapes done here."""
        for node in self.here:
            yield from self.results_for(self.shapes.shape(node), self.target_numbers(node))

    def validate(self, shape: Shape, focus: Iterable[Term]) -> Iterator[Result]:
        """The results of one shape for each of ``focus``."""
        return self.results_for(shape, self._numbers(focus))

    def _numbers(self, terms: Iterable[Term]) -> Numbers:
        return distinct(np.array([self.data.table.intern(term) for term in terms], np.int32))

    def batch(self, shape: Shape, focus: Numbers) -> Batch:
        """The value nodes of distinct focus nodes."""
        if shape.path is None:
            return Batch(shape, focus, np.arange(len(focus)), focus)
        return Batch(shape, focus, *walk(self.data.relations, focus, shape.path))

    def results_for(self, shape: Shape, focus: Numbers) -> Iterator[Result]:
        """The results of one shape for distinct focus nodes, by number."""
        if shape.deactivated or not len(focus):
            return
        batch = self.batch(shape, focus)
        for constraint, (places, values) in violations(self, batch):
            if len(places):
                yield from self._results(batch, constraint, focus[places], values)
        yield from self._closed(batch)
        for inner in shape.properties:
            yield from self._inner_results(batch, inner)
        for query in shape.queries:
            yield from self._queried(shape, query, focus)

    def _results(
        self, batch: Batch, constraint: Constraint, focus: Numbers, values: Numbers
    ) -> Iterator[Result]:
        table, shape = self.data.table, batch.shape
        messages = self._messages(shape)
        named = component(constraint.name)
        causes = self._causes(constraint, values)
        for node, number in zip(table.terms(focus), values.tolist(), strict=True):
            yield Result(
                focus_node=node,
                path=shape.path,
                value=None if number == NONE else table.term(number),
                severity=shape.severity,
                source_shape=shape.node,
                constraint_component=named,
                messages=messages,
                details=causes.get(number, ()),
                parameter=constraint.value,
            )

    def _messages(self, shape: Shape) -> dict[str, str]:
        return {
            message.language or "": message.value
            for message in self.shapes.graph.objects(shape.node, SH.message)
            if isinstance(message, ox.Literal)
        }

    def _causes(self, constraint: Constraint, values: Numbers) -> dict[int, tuple[Result, ...]]:
        """The results of the nested shapes behind the verdicts on ``values``, by value."""
        if constraint.name not in _NESTED or self._depth > _MAX_CAUSES:
            return {}
        members = (
            [constraint.value] if constraint.name == "node" else self.members(constraint.value)
        )
        asked = distinct(values)
        if constraint.name == "xone":  # where one of them fits, it is the others that fit too
            for member in members:
                asked = asked[~self.verdicts.conforms(asked, member)]
        found: defaultdict[int, list[Result]] = defaultdict(list)
        for member in members:
            if self.shapes.has_far_results(member):
                for number in asked.tolist():
                    one = np.array([number], np.int32)
                    found[number] += self._nested_results(member, one)
                continue
            for result in self._nested_results(member, asked):
                found[self.data.table.find(result.focus_node)].append(result)
        return {number: tuple(results[:_MAX_DETAILS]) for number, results in found.items()}

    def _nested_results(self, inner: Term, nodes: Numbers) -> Iterator[Result]:
        """The results of another shape for ``nodes``; those it is at already are left out.

        :raises Unprocessable: where a shape that leads back to itself goes too deep into the data.
        """
        if self._depth > MAX_DEPTH:
            raise Unprocessable(f"the shape {inner} leads back to itself too often in the data.")
        busy = self._under_way[inner]
        fresh = [node for node in nodes.tolist() if node not in busy] if busy else nodes.tolist()
        busy.update(fresh)
        self._depth += 1
        try:
            yield from self.results_for(self.shapes.shape(inner), np.array(fresh, np.int32))
        finally:
            self._depth -= 1
            busy.difference_update(fresh)

    def _inner_results(self, batch: Batch, inner: Term) -> Iterator[Result]:
        """The results of a property shape for the value nodes, as often as each is a value."""
        if batch.shape.path is None:
            yield from self._nested_results(inner, batch.focus)
            return
        values, which = batch.distinct
        times = dict(zip(values.tolist(), np.bincount(which).tolist(), strict=True))
        for result in self._nested_results(inner, values):
            for _ in range(times.get(self.data.table.find(result.focus_node), 1)):
                yield result

    def closed_rows(self, batch: Batch) -> Iterator[tuple[int, str, int]]:
        """What ``sh:closed`` does not let in: (place of focus, property, value)."""
        shape = batch.shape
        if not any(c.name == "closed" and c.value == _TRUE for c in shape.constraints):
            return
        graph = self.shapes.graph
        paths = (path for inner in shape.properties for path in graph.objects(inner, SH.path))
        allowed = {path.value for path in paths if isinstance(path, ox.NamedNode)}
        for head in graph.objects(shape.node, SH.ignoredProperties):
            allowed.update(str(getattr(one, "value", "")) for one in graph.list_members(head))
        for predicate in self.data.predicates:
            if predicate not in allowed:
                rows, values = self.data.relation(predicate).join(batch.value)
                for place, value in zip(batch.owner[rows].tolist(), values.tolist(), strict=True):
                    yield place, predicate, value

    def _closed(self, batch: Batch) -> Iterator[Result]:
        table, shape = self.data.table, batch.shape
        for place, predicate, value in self.closed_rows(batch):
            yield Result(
                focus_node=table.term(int(batch.focus[place])),
                path=Predicate(ox.NamedNode(predicate)),
                value=table.term(value),
                severity=shape.severity,
                source_shape=shape.node,
                constraint_component=SH.ClosedConstraintComponent,
                messages=self._messages(shape),
                parameter=_TRUE,
            )

    def _queried(self, shape: Shape, query: SelectQuery, focus: Numbers) -> Iterator[Result]:
        for row in self.runner().rows(query, focus):
            path = row.get("path")
            value = row.get("value")
            if value is None and shape.path is None:
                value = row["this"]
            yield Result(
                focus_node=row["this"],
                path=Predicate(path) if isinstance(path, ox.NamedNode) else shape.path,
                value=value,
                severity=shape.severity,
                source_shape=shape.node,
                constraint_component=SH.SPARQLConstraintComponent,
                source_constraint=query.node,
                bindings=row,
            )

    def runner(self) -> QueryRunner:
        """The runner of queries; made when the first query is run."""
        if self._runner is None:
            self._runner = QueryRunner(self.data)
        return self._runner

    # -- parameters ------------------------------------------------------------------------

    def members(self, head: Term) -> list[Term]:
        """The members of a list in the shapes graph."""
        found = self._members.get(head)
        if found is None:
            found = self._members[head] = self.shapes.graph.list_members(head)
        return found

    def siblings(self, shape: Shape, parameter: Term) -> list[Term]:
        """The other qualified shapes beside this one, where they are to be disjoint."""
        return [one for one in self.shapes.siblings(shape.node) if one != parameter]


def validate_natively(
    data: Iterable[ox.Triple],
    shapes: Iterable[ox.Triple],
    *,
    timeout_s: float | None = None,
    memory_mb: int = 0,
    reference: ReferenceEngine | None = None,
) -> Report:
    """The report of ``shapes`` over ``data``; the reference does what is not done here.

    :raises Unprocessable: for shapes that cannot be used.
    :raises Timeout: where the reference passes ``timeout_s``, in seconds.
    """
    triples = list(data)
    prepared = prepare_shapes(shapes)
    engine = NativeEngine(DataGraph(triples), ShapesGraph(prepared))
    results = list(engine.results())
    if not engine.elsewhere:
        return Report.of(results, engine=ENGINE)
    rest = without_targets(prepared, engine.here)
    with ReferenceEngine(memory_mb=memory_mb) as own:
        chosen = reference or own
        results += chosen.validate(triples, rest, timeout_s=timeout_s).results
    return Report.of(results, engine=f"{ENGINE}+pyshacl")


def without_targets(shapes: Iterable[ox.Triple], nodes: Iterable[Term]) -> list[ox.Triple]:
    """The shapes graph in which ``nodes`` have no targets, so that nothing starts at them."""
    done = set(nodes)
    targets = {
        predicate.value
        for predicate in (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
    }
    classes = (RDFS.Class, OWL.Class)
    return [
        triple
        for triple in shapes
        if triple.subject not in done
        or not (
            triple.predicate.value in targets
            or (triple.predicate == RDF.type and triple.object in classes)
        )
    ]
