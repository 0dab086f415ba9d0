"""The engine: targets, shapes, results; the rest goes to the reference, shape by shape."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from functools import lru_cache

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, SH, XSD
from kuvend.shacl.native.constraints import CHECKS, PatternTest, component, pattern, qualified_count
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.literals import is_well_formed
from kuvend.shacl.native.queries import QueryRunner, SelectQuery
from kuvend.shacl.native.shapes import Constraint, NotDoneHere, Shape, ShapesGraph
from kuvend.shacl.paths import Predicate
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Report, Result
from kuvend.terms import Term

ENGINE = "kuvend"

_TRUE = ox.Literal("true", datatype=XSD.boolean)
_MAX_DETAILS = 20


class NativeEngine:
    """Validates one data graph against one shapes graph."""

    def __init__(self, data: DataGraph, shapes: ShapesGraph) -> None:
        self.data, self.shapes = data, shapes
        self.is_well_formed = lru_cache(maxsize=100_000)(is_well_formed)
        self._verdicts: dict[tuple[Term, Term], bool] = {}
        self._members: dict[Term, list[Term]] = {}
        self._member_sets: dict[Term, frozenset[Term]] = {}
        self._open: set[tuple[Term, Term]] = set()
        self._runner: QueryRunner | None = None
        self.here, self.elsewhere = self._divide()

    def _divide(self) -> tuple[list[Term], list[Term]]:
        """The shapes with targets done here, and those left to the reference."""
        here, elsewhere = [], []
        for node in self.shapes.with_targets():
            try:
                for reached in self.shapes.reached(node):
                    shape = self.shapes.shape(reached)
                    if shape.queries and reached != node and not self._is_plain(node, reached):
                        raise NotDoneHere
                    self._require_patterns(shape)
                here.append(node)
            except NotDoneHere:
                elsewhere.append(node)
        return here, elsewhere

    def _require_patterns(self, shape: Shape) -> None:
        for constraint in shape.constraints:
            if constraint.name == "pattern" and self._pattern(shape, constraint) is None:
                raise NotDoneHere

    def _is_plain(self, top: Term, inner: Term) -> bool:
        """Whether ``inner`` is reached from ``top`` through ``sh:property`` alone.

        A query in a shape behind sh:not, sh:or and their like gives a verdict, not results.
        """
        return inner in self.shapes.graph.objects(top, SH.property)

    # -- results ---------------------------------------------------------------------------

    def results(self, focus_nodes: frozenset[Term] | None = None) -> Iterator[Result]:
        """The results of all shapes done here; only for ``focus_nodes`` where given."""
        for node in self.here:
            shape = self.shapes.shape(node)
            focus = tuple(self.targets(node))
            if focus_nodes is not None:
                focus = tuple(one for one in focus if one in focus_nodes)
            yield from self.validate(shape, focus)

    def targets(self, node: Term) -> list[Term]:
        """The focus nodes of a shape, each once."""
        found: dict[Term, None] = {}
        for kind, value in self.shapes.targets(node):
            found.update(dict.fromkeys(self._target(kind, value)))
        return list(found)

    def _target(self, kind: str, value: Term) -> Iterable[Term]:
        if kind == "targetNode":
            return [value]
        if kind == "targetClass":
            return self.data.instances(value)
        predicate = str(getattr(value, "value", ""))
        if kind == "targetSubjectsOf":
            return self.data.forward.get(predicate, {})
        return self.data.backward(predicate)

    def validate(self, shape: Shape, focus: tuple[Term, ...]) -> Iterator[Result]:
        """The results of one shape for each of ``focus``."""
        if shape.deactivated:
            return
        path = shape.path
        rows = [(node, [node] if path is None else self.data.values(node, path)) for node in focus]
        self._prime(shape, rows)
        for node, values in rows:
            yield from self._core(shape, node, values)
        for inner in shape.properties:
            for group in [focus] if path is None else [tuple(values) for _, values in rows]:
                if group:
                    yield from self.validate(self.shapes.shape(inner), group)
        for query in shape.queries:
            yield from self._queried(shape, query, focus)

    def _prime(self, shape: Shape, rows: list[tuple[Term, list[Term]]]) -> None:
        """Match all values of a shape with a pattern, its own or a nested one's, in one go."""
        tests = [
            test
            for inner in self._same_values(shape)
            for constraint in inner.constraints
            if constraint.name == "pattern"
            if (test := self._pattern(inner, constraint)) is not None
        ]
        if tests:
            texts = dict.fromkeys(str(getattr(v, "value", v)) for _, values in rows for v in values)
            for test in tests:
                test.prime(texts)

    def _same_values(self, shape: Shape) -> list[Shape]:
        """``shape`` and the shapes that judge the same value nodes, one level down."""
        found = [shape]
        for constraint in shape.constraints:
            if constraint.name in ("not", "node"):
                found.append(self.shapes.shape(constraint.value))
            elif constraint.name in ("and", "or", "xone"):
                found += [self.shapes.shape(one) for one in self.members(constraint.value)]
        return [found[0], *(inner for inner in found[1:] if inner.path is None)]

    def _pattern(self, shape: Shape, constraint: Constraint) -> PatternTest | None:
        flags = str(getattr(self.shapes.graph.value(shape.node, SH.flags), "value", ""))
        return pattern(str(getattr(constraint.value, "value", "")), flags)

    def _core(self, shape: Shape, focus: Term, values: list[Term]) -> Iterator[Result]:
        for constraint in shape.constraints:
            check = CHECKS.get(constraint.name)
            if check is not None:
                for value in check(self, shape, focus, constraint.value, values):
                    yield self._result(shape, focus, value, constraint)
            elif constraint.name == "qualifiedValueShape":
                yield from self._qualified(shape, focus, values, constraint.value)
            elif constraint.name == "closed" and constraint.value == _TRUE:
                yield from self._closed(shape, focus, values)

    def _result(
        self, shape: Shape, focus: Term, value: Term | None, constraint: Constraint
    ) -> Result:
        nested = value is not None and constraint.name in ("node", "and", "or", "xone")
        return Result(
            focus_node=focus,
            path=shape.path,
            value=value,
            severity=shape.severity,
            source_shape=shape.node,
            constraint_component=component(constraint.name),
            messages=self._messages(shape),
            details=self.causes(value, constraint) if nested and value is not None else (),
        )

    def _messages(self, shape: Shape) -> dict[str, str]:
        return {
            message.language or "": message.value
            for message in self.shapes.graph.objects(shape.node, SH.message)
            if isinstance(message, ox.Literal)
        }

    def causes(self, value: Term, constraint: Constraint) -> tuple[Result, ...]:
        """The results of the nested shapes behind a verdict on ``value``."""
        members = (
            [constraint.value] if constraint.name == "node" else self.members(constraint.value)
        )
        if constraint.name == "xone" and any(self.conforms(value, one) for one in members):
            return ()
        found: list[Result] = []
        for member in members:
            pair = (value, member)
            if pair not in self._open and len(found) < _MAX_DETAILS:
                self._open.add(pair)
                found += self.validate(self.shapes.shape(member), (value,))
                self._open.discard(pair)
        return tuple(found[:_MAX_DETAILS])

    def _qualified(
        self, shape: Shape, focus: Term, values: list[Term], parameter: Term
    ) -> Iterator[Result]:
        count = qualified_count(self, shape, parameter, values)
        low = self.shapes.graph.value(shape.node, SH.qualifiedMinCount)
        high = self.shapes.graph.value(shape.node, SH.qualifiedMaxCount)
        if low is not None and count < int(getattr(low, "value", 0)):
            yield self._result(shape, focus, None, Constraint("qualifiedMinCount", low))
        if high is not None and count > int(getattr(high, "value", 0)):
            yield self._result(shape, focus, None, Constraint("qualifiedMaxCount", high))

    def _closed(self, shape: Shape, focus: Term, values: list[Term]) -> Iterator[Result]:
        graph = self.shapes.graph
        allowed = {
            str(getattr(path, "value", ""))
            for inner in shape.properties
            for path in graph.objects(inner, SH.path)
            if isinstance(path, ox.NamedNode)
        }
        for head in graph.objects(shape.node, SH.ignoredProperties):
            allowed.update(str(getattr(one, "value", "")) for one in graph.list_members(head))
        for node in values:
            for predicate, rows in self.data.forward.items():
                if predicate in allowed:
                    continue
                for value in rows.get(node, ()):
                    yield Result(
                        focus_node=focus,
                        path=Predicate(ox.NamedNode(predicate)),
                        value=value,
                        severity=shape.severity,
                        source_shape=shape.node,
                        constraint_component=SH.ClosedConstraintComponent,
                        messages=self._messages(shape),
                    )

    def _queried(
        self, shape: Shape, query: SelectQuery, focus: tuple[Term, ...]
    ) -> Iterator[Result]:
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
            queries = [
                query
                for node in self.here
                for reached in self.shapes.reached(node)
                for query in self.shapes.shape(reached).queries
            ]
            self._runner = QueryRunner(self.data, queries)
        return self._runner

    # -- verdicts --------------------------------------------------------------------------

    def conforms(self, node: Term, shape_node: Term) -> bool:
        """Whether a node conforms to a shape; within a circle of shapes it is taken to."""
        key = (node, shape_node)
        known = self._verdicts.get(key)
        if known is not None:
            return known
        if key in self._open:
            return True
        self._open.add(key)
        shape = self.shapes.shape(shape_node)
        verdict = next(self._verdict_results(shape, node), None) is None
        self._open.discard(key)
        if not self._open:
            self._verdicts[key] = verdict
        return verdict

    def _verdict_results(self, shape: Shape, node: Term) -> Iterator[object]:
        """Anything for a node that does not conform: cheaper than whole results."""
        if shape.deactivated:
            return
        values = [node] if shape.path is None else self.data.values(node, shape.path)
        for constraint in shape.constraints:
            check = CHECKS.get(constraint.name)
            if check is not None:
                yield from (True for _ in check(self, shape, node, constraint.value, values))
            elif constraint.name == "qualifiedValueShape":
                yield from self._qualified(shape, node, values, constraint.value)
            elif constraint.name == "closed" and constraint.value == _TRUE:
                yield from self._closed(shape, node, values)
        for inner in shape.properties:
            yield from (True for value in values if not self.conforms(value, inner))

    # -- parameters ------------------------------------------------------------------------

    def members(self, head: Term) -> list[Term]:
        """The members of a list in the shapes graph."""
        found = self._members.get(head)
        if found is None:
            found = self._members[head] = self.shapes.graph.list_members(head)
        return found

    def member_set(self, head: Term) -> frozenset[Term]:
        """The members of a list as a set."""
        found = self._member_sets.get(head)
        if found is None:
            found = self._member_sets[head] = frozenset(self.members(head))
        return found

    def siblings(self, shape: Shape, parameter: Term) -> list[Term]:
        """The other qualified shapes beside this one, where they are to be disjoint."""
        graph = self.shapes.graph
        if _TRUE not in graph.objects(shape.node, SH.qualifiedValueShapesDisjoint):
            return []
        parents = graph.subjects(SH.property, shape.node)
        found = (
            qualified
            for parent in parents
            for inner in graph.objects(parent, SH.property)
            for qualified in graph.objects(inner, SH.qualifiedValueShape)
        )
        return [one for one in dict.fromkeys(found) if one != parameter]


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
    engine = NativeEngine(DataGraph(triples), ShapesGraph(prepared))  # type: ignore[arg-type]
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
