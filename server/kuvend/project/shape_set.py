"""The shapes as something to look at: what they target, what a change of them would do, drafts."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.namespaces import RDF, SH, compact
from kuvend.project.standing import StandingGraph
from kuvend.shacl.native import DataGraph, NativeEngine
from kuvend.shacl.native.again import run
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.report import Result
from kuvend.terms import Term

_MIN_INSTANCES = 2
_MAX_VALUES = 6


@dataclass(frozen=True)
class ShapeState:
    """A shape with a target: how many nodes it looks at, and how many results it has."""

    shape: str
    targets: int
    results: int
    message: str


def shape_states(
    standing: StandingGraph, shapes: Iterable[ox.Triple], languages: Iterable[str]
) -> list[ShapeState]:
    """Each shape with a target and its state in the graph as it stands."""
    triples = list(shapes)
    engine = NativeEngine(
        DataGraph(standing.everything()),
        ShapesGraph(prepare_shapes(triples)),
    )
    order = tuple(languages)
    states = []
    for node in engine.here:
        results = list(engine.validate(engine.shapes.shape(node), tuple(engine.targets(node))))
        states.append(
            ShapeState(
                shape=str(getattr(node, "value", node)),
                targets=len(engine.targets(node)),
                results=len(results),
                message=_message(engine.shapes, node, order),
            )
        )
    return states


def _message(shapes: ShapesGraph, node: Term, languages: tuple[str, ...]) -> str:
    """The message of a shape, else of the first shape behind it that has one."""
    graph = shapes.graph
    owners = [node, *graph.objects(node, SH.sparql), *graph.objects(node, SH.property)]
    for owner in owners:
        found = {
            message.language or "": message.value
            for message in graph.objects(owner, SH.message)
            if isinstance(message, ox.Literal)
        }
        for language in (*languages, "en", ""):
            if language in found:
                return found[language]
    return ""


@dataclass(frozen=True)
class Impact:
    """What changed shapes would newly reject and newly accept in the graph as it stands."""

    rejected: tuple[Result, ...]
    accepted: tuple[Result, ...]
    unchanged: int


def impact(standing: StandingGraph, shapes: Iterable[ox.Triple]) -> Impact:
    """The difference between the reports of the present shapes and of ``shapes``.

    :raises Unprocessable: for shapes that cannot be used.
    """
    data = standing.everything()
    now = {_key(result): result for result in run(data, standing.shapes).report.results}
    then = {_key(result): result for result in run(data, shapes).report.results}
    return Impact(
        rejected=tuple(then[key] for key in then if key not in now),
        accepted=tuple(now[key] for key in now if key not in then),
        unchanged=len(now.keys() & then.keys()),
    )


def _key(result: Result) -> tuple[str, ...]:
    """Two shape sets name blank nodes of shapes differently, so those do not count."""
    named = (
        "" if isinstance(node, ox.BlankNode) else str(node)
        for node in (result.source_shape, result.parameter)
    )
    row = (f"{name} {term}" for name, term in sorted(result.bindings.items()))
    told = (result.focus_node, result.path, result.value, result.constraint_component)
    return (*map(str, told), *named, *row)


def draft_shapes(
    triples: Iterable[ox.Triple], classes: Iterable[str], prefixes: dict[str, str]
) -> str:
    """Shapes in Turtle that the data of each class conform to, as a start for a person.

    A property every instance has becomes ``sh:minCount 1``, one that none has twice
    ``sh:maxCount 1``; a datatype, class or node kind all values share is asked for.
    """
    graph = DataGraph(triples)
    types = graph.backward(RDF.type.value)
    chosen = [ox.NamedNode(iri) for iri in classes] or sorted(
        (
            cls
            for cls, found in types.items()
            if isinstance(cls, ox.NamedNode) and len(found) >= _MIN_INSTANCES
        ),
        key=str,
    )
    blocks = [_draft(graph, cls, prefixes) for cls in chosen]
    used = {
        prefix: namespace
        for prefix, namespace in prefixes.items()
        if any(re.search(rf"(?<![\w-]){prefix}:", block) for block in blocks)
    }
    header = "".join(f"@prefix {prefix}: <{namespace}> .\n" for prefix, namespace in used.items())
    return "\n".join([header, *blocks])


def _draft(graph: DataGraph, cls: ox.NamedNode, prefixes: dict[str, str]) -> str:
    instances = graph.instances(cls)
    name = cls.value.replace("#", "/").rpartition("/")[2]
    lines = [f"kvs:{name} a sh:NodeShape ;", f"    sh:targetClass {compact(cls.value, prefixes)}"]
    for predicate in sorted(graph.predicates):
        if predicate == RDF.type.value:
            continue
        values = [list(graph.objects(node, predicate)) for node in instances]
        if not any(values):
            continue
        parts = [f"sh:path {compact(predicate, prefixes)}"]
        if all(values):
            parts.append("sh:minCount 1")
        if max(map(len, values)) == 1:
            parts.append("sh:maxCount 1")
        parts += _kinds([value for found in values for value in found], graph, prefixes)
        lines[-1] += " ;"
        lines.append(f"    sh:property [ {' ; '.join(parts)} ]")
    return "\n".join(lines) + " .\n"


def _kinds(values: list[Term], graph: DataGraph, prefixes: dict[str, str]) -> list[str]:
    """The constraint on kind that all values meet."""
    if all(isinstance(value, ox.Literal) for value in values):
        datatypes = {value.datatype.value for value in values if isinstance(value, ox.Literal)}
        if len(datatypes) == 1:
            return [f"sh:datatype {compact(datatypes.pop(), prefixes)}"]
        if len(datatypes) <= _MAX_VALUES:
            rows = " ".join(
                f"[ sh:datatype {compact(one, prefixes)} ]" for one in sorted(datatypes)
            )
            return [f"sh:or ( {rows} )"]
        return ["sh:nodeKind sh:Literal"]
    shared = _shared_class(values, graph)
    if shared is not None:
        return [f"sh:class {compact(shared, prefixes)}"]
    named = all(isinstance(value, ox.NamedNode) for value in values)
    return ["sh:nodeKind sh:IRI"] if named else []


def _shared_class(values: list[Term], graph: DataGraph) -> str | None:
    counts: Counter[str] = Counter()
    sizes: defaultdict[str, int] = defaultdict(int)
    for value in set(values):
        for cls in graph.objects(value, RDF.type.value):
            if isinstance(cls, ox.NamedNode):
                counts[cls.value] += 1
    whole = [iri for iri, count in counts.items() if count == len(set(values))]
    for iri in whole:
        sizes[iri] = len(graph.instances(ox.NamedNode(iri)))
    # The narrowest class all values have says most.
    return min(whole, key=lambda iri: (sizes[iri], iri), default=None)


__all__ = ["Impact", "ShapeState", "draft_shapes", "impact", "shape_states"]
