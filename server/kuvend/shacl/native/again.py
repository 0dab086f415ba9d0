"""Validating again after a change: only the shapes whose verdict the change can move.

A shape depends on the properties of its targets, paths and queries and on the classes it names.
Where no triple added or taken away is of one of these, its results are those of before.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.namespaces import RDF, RDFS
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.engine import ENGINE, NativeEngine, without_targets
from kuvend.shacl.native.shapes import Shape, ShapesGraph
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Report, Result
from kuvend.terms import Term

_TYPE, _SUBCLASS = RDF.type.value, RDFS.subClassOf.value
_COMPARED = ("equals", "disjoint", "lessThan", "lessThanOrEquals")


@dataclass(frozen=True)
class Run:
    """One validation: what was validated, and the results of each shape with a target.

    ``rest`` are the results of the shapes left to the reference engine.
    """

    triples: frozenset[ox.Triple]
    results: Mapping[Term, tuple[Result, ...]]
    rest: tuple[Result, ...]
    engine: str
    shapes: ShapesGraph

    @property
    def report(self) -> Report:
        """All results, in order."""
        every = [result for results in self.results.values() for result in results]
        return Report.of([*every, *self.rest], engine=self.engine)


def run(
    data: Iterable[ox.Triple],
    shapes: Iterable[ox.Triple],
    *,
    before: Run | None = None,
    timeout_s: float | None = None,
) -> Run:
    """The validation of ``data``; with ``before``, of the same shapes, only what can differ.

    :raises Unprocessable: for shapes that cannot be used.
    :raises Timeout: where the reference engine passes ``timeout_s``, in seconds.
    """
    triples = frozenset(data)
    # Reading the shapes takes a good part of a small validation; those of before are read.
    rules = ShapesGraph(prepare_shapes(shapes)) if before is None else before.shapes
    engine = NativeEngine(DataGraph(triples), rules)  # type: ignore[arg-type]
    changed = None if before is None else triples ^ before.triples
    results: dict[Term, tuple[Result, ...]] = {}
    for node in engine.here:
        known = None if before is None else before.results.get(node)
        if known is not None and changed is not None and not _concerns(engine, node, changed):
            results[node] = known
        else:
            focus = tuple(engine.targets(node))
            results[node] = tuple(engine.validate(engine.shapes.shape(node), focus))
    rest: tuple[Result, ...] = ()
    if engine.elsewhere:
        with ReferenceEngine() as reference:
            left = without_targets(rules.triples, engine.here)
            rest = reference.validate(triples, left, timeout_s=timeout_s).results
    name = f"{ENGINE}+pyshacl" if engine.elsewhere else ENGINE
    return Run(triples, results, rest, name, rules)


def _concerns(engine: NativeEngine, node: Term, changed: frozenset[ox.Triple]) -> bool:
    """Whether one of the changed triples can move the verdict of the shape ``node``."""
    needs = dependencies(engine, node)
    if needs.predicates is None:
        return bool(changed)
    return any(needs.touches(engine.data, triple) for triple in changed)


@dataclass(frozen=True)
class Dependencies:
    """The properties and classes a shape depends on; ``None`` for any property."""

    predicates: frozenset[str] | None
    classes: frozenset[Term]

    def touches(self, data: DataGraph, triple: ox.Triple) -> bool:
        """Whether a triple is of one of the properties, or a type of one of the classes."""
        predicate = triple.predicate.value
        if self.predicates is None or predicate in self.predicates:
            return True
        if predicate == _TYPE:
            return any(triple.object in data.classes_under(cls) for cls in self.classes)
        return predicate == _SUBCLASS and bool(self.classes)


def dependencies(engine: NativeEngine, node: Term) -> Dependencies:
    """What the verdict of the shape ``node`` depends on."""
    predicates: set[str] = set()
    classes: set[Term] = set()
    for kind, value in engine.shapes.targets(node):
        if kind == "targetClass":
            classes.add(value)
        elif kind != "targetNode":
            predicates.add(str(getattr(value, "value", "")))
    for reached in engine.shapes.reached(node):
        shape = engine.shapes.shape(reached)
        found = _of_shape(engine, shape, classes)
        if found is None:
            return Dependencies(None, frozenset())
        predicates |= found
    return Dependencies(frozenset(predicates), frozenset(classes))


def _of_shape(engine: NativeEngine, shape: Shape, classes: set[Term]) -> set[str] | None:
    """The properties one shape asks for; its classes are added to ``classes``."""
    found = set() if shape.path is None else set(_in_path(shape.path))
    for constraint in shape.constraints:
        if constraint.name == "class":
            classes.add(constraint.value)
        elif constraint.name in _COMPARED:
            found.add(str(getattr(constraint.value, "value", "")))
        elif constraint.name == "closed":
            return None
    for query in shape.queries:
        if query.needs.predicates is None:
            return None
        found |= query.needs.predicates
        classes |= {ox.NamedNode(iri) for iri in query.needs.classes}
    return found


def _in_path(path: Path) -> Iterator[str]:
    if isinstance(path, Predicate):
        yield path.iri.value
    elif isinstance(path, Inverse | Repeat):
        yield from _in_path(path.path)
    else:
        assert isinstance(path, Alternative) or path.parts, "what is left has parts"
        for part in path.parts:
            yield from _in_path(part)


__all__ = ["Dependencies", "Run", "dependencies", "run"]
