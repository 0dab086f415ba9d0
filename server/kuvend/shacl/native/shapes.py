"""Shapes read once into plain objects, and told apart: those done here and those handed over."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.namespaces import OWL, RDF, RDFS, SH, XSD
from kuvend.shacl.graph import Graph
from kuvend.shacl.native.queries import SelectQuery, read_select
from kuvend.shacl.paths import Path, read_path
from kuvend.shacl.report import VIOLATION
from kuvend.terms import Term

_TRUE = ox.Literal("true", datatype=XSD.boolean)
_SH = str(SH)

# Constraint parameters done here, by local name.
PARAMETERS = (
    "class", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive",
    "maxExclusive", "maxInclusive", "minLength", "maxLength", "pattern", "languageIn",
    "uniqueLang", "equals", "disjoint", "lessThan", "lessThanOrEquals", "not", "and", "or",
    "xone", "node", "qualifiedValueShape", "closed", "hasValue", "in",
)  # fmt: skip
_INTEGERS = ("minCount", "maxCount", "minLength", "maxLength", "qualifiedMinCount",
             "qualifiedMaxCount")  # fmt: skip
_ONCE = (
    "path", "datatype", "nodeKind", "minCount", "maxCount", "minExclusive", "minInclusive",
    "maxExclusive", "maxInclusive", "minLength", "maxLength", "languageIn", "uniqueLang",
    "closed", "in", "severity", "qualifiedMinCount", "qualifiedMaxCount",
)  # fmt: skip
_TARGETS = ("targetClass", "targetNode", "targetSubjectsOf", "targetObjectsOf")
_OTHERS = frozenset(
    (
        *PARAMETERS, *_TARGETS, *_ONCE, "property", "sparql", "message", "deactivated", "name",
        "description", "order", "group", "flags", "ignoredProperties", "defaultValue",
        "qualifiedValueShapesDisjoint", "shapesGraph", "declare", "prefixes",
    )
)  # fmt: skip
_NODE_KINDS = frozenset(
    SH[kind]
    for kind in ("IRI", "BlankNode", "Literal", "IRIOrLiteral", "BlankNodeOrIRI",
                 "BlankNodeOrLiteral")
)  # fmt: skip

_NUMBER = re.compile(r"\+?[0-9]{1,18}")
MAX_DEPTH = 100  # of shapes within shapes: each takes a few frames of Python's stack


class NotDoneHere(Exception):
    """The shape asks for something that is left to the reference engine."""


@dataclass(frozen=True)
class Constraint:
    """One constraint of a shape: the parameter's local name and its value."""

    name: str
    value: Term


@dataclass
class Shape:
    """One shape; ``path`` is there for a property shape.

    ``constraints`` are in the order of :data:`PARAMETERS`.
    """

    node: Term
    path: Path | None
    severity: ox.NamedNode
    deactivated: bool
    constraints: list[Constraint] = field(default_factory=list)
    properties: list[Term] = field(default_factory=list)
    queries: list[SelectQuery] = field(default_factory=list)


class ShapesGraph:
    """The shapes of a graph by node, read when first asked for."""

    def __init__(self, triples: Iterable[ox.Triple]) -> None:
        self.triples = list(triples)
        self.graph = Graph(self.triples)
        self._shapes: dict[Term, Shape] = {}
        self._depths: dict[Term, int] = {}
        self._custom = frozenset(
            value
            for _, parameter in self.graph.pairs(SH.parameter)
            for value in self.graph.objects(parameter, SH.path)
        )

    def shape(self, node: Term) -> Shape:
        """The shape at ``node``.

        :raises Unprocessable: where it is malformed.
        :raises NotDoneHere: where it is left to the reference engine.
        """
        found = self._shapes.get(node)
        if found is None:
            found = self._shapes[node] = self._read(node)
        return found

    def with_targets(self) -> list[Term]:
        """The nodes that have a target, in order of appearance."""
        nodes: dict[Term, None] = {}
        for name in _TARGETS:
            nodes.update((subject, None) for subject, _ in self.graph.pairs(SH[name]))
        for cls in (RDFS.Class, OWL.Class):
            for node in self.graph.subjects(RDF.type, cls):
                if self.is_shape(node):
                    nodes[node] = None
        return list(nodes)

    def is_shape(self, node: Term) -> bool:
        """Whether ``node`` is declared a shape or has constraints."""
        types = self.graph.objects(node, RDF.type)
        if SH.NodeShape in types or SH.PropertyShape in types:
            return True
        names = (p.removeprefix(_SH) for p in self.graph.predicates(node) if p.startswith(_SH))
        return any(name in PARAMETERS or name in ("property", "sparql") for name in names)

    def targets(self, node: Term) -> Iterator[tuple[str, Term]]:
        """(kind, value) of each target, an implicit class target included."""
        for name in _TARGETS:
            yield from ((name, value) for value in self.graph.objects(node, SH[name]))
        types = self.graph.objects(node, RDF.type)
        if RDFS.Class in types or OWL.Class in types:
            yield "targetClass", node

    def reached(self, node: Term) -> list[Term]:
        """``node`` and every shape its verdict depends on."""
        found: dict[Term, None] = {node: None}
        waiting = [node]
        while waiting:
            for inner in self.inner(waiting.pop()):
                if inner not in found:
                    found[inner] = None
                    waiting.append(inner)
        return list(found)

    def has_far_results(self, node: Term) -> bool:
        """Whether a result of ``node`` can be about another node than its focus node."""
        shapes = map(self.shape, self.reached(node))
        return any(shape.path is not None and shape.properties for shape in shapes)

    def inner(self, node: Term) -> Iterator[Term]:
        """The shapes that the verdict of ``node`` depends on directly."""
        return (inner for _, inner in self.links(node))

    def links(self, node: Term) -> Iterator[tuple[ox.NamedNode, Term]]:
        """(property, shape) of each shape that ``node`` names."""
        for predicate in (SH.node, SH["not"], SH.property, SH.qualifiedValueShape):
            yield from ((predicate, inner) for inner in self.graph.objects(node, predicate))
        for predicate in (SH["and"], SH["or"], SH.xone):
            for head in self.graph.objects(node, predicate):
                yield from ((predicate, inner) for inner in self.graph.list_members(head))
        yield from ((SH.qualifiedValueShape, one) for one in self.siblings(node))

    def siblings(self, node: Term) -> list[Term]:
        """The qualified shapes of the property shapes beside ``node``, its own among them.

        None unless they are to be disjoint. Beside it are those of every shape that has it.
        """
        graph = self.graph
        if _TRUE not in graph.objects(node, SH.qualifiedValueShapesDisjoint):
            return []
        found = (
            qualified
            for parent in graph.subjects(SH.property, node)
            for inner in graph.objects(parent, SH.property)
            for qualified in graph.objects(inner, SH.qualifiedValueShape)
        )
        return list(dict.fromkeys(found))

    def require_shallow(self, node: Term) -> None:
        """Refuse shapes within shapes that are too deep to be followed.

        :raises Unprocessable: where they are.
        """
        depths = self._depths  # within a circle the way back counts as nothing
        waiting = [(node, False)]
        while waiting:
            one, is_left = waiting.pop()
            if is_left:
                depths[one] = 1 + max((depths[inner] for inner in self.inner(one)), default=0)
                if depths[one] > MAX_DEPTH:
                    raise Unprocessable(f"the shape {node} is nested too deeply.")
            elif one not in depths:
                depths[one] = 0
                waiting.append((one, True))
                waiting += [(inner, False) for inner in self.inner(one) if inner not in depths]

    # -- reading ---------------------------------------------------------------------------

    def _read(self, node: Term) -> Shape:
        self._check(node)
        path_node = self.graph.value(node, SH.path)
        severity = self.graph.value(node, SH.severity)
        shape = Shape(
            node=node,
            path=None if path_node is None else read_path(self.graph, path_node),
            severity=severity if isinstance(severity, ox.NamedNode) else VIOLATION,
            deactivated=_TRUE in self.graph.objects(node, SH.deactivated),
            properties=list(self.graph.objects(node, SH.property)),
        )
        for name in PARAMETERS:
            shape.constraints += [
                Constraint(name, value) for value in self.graph.objects(node, SH[name])
            ]
        for query in self.graph.objects(node, SH.sparql):
            shape.queries.append(self._query(query, shape))
        return shape

    def _query(self, node: Term, shape: Shape) -> SelectQuery:
        if _TRUE in self.graph.objects(node, SH.deactivated):
            return SelectQuery.none(node)
        found = read_select(self.graph, node, shape.path)
        if found is None:
            raise NotDoneHere
        return found

    def _check(self, node: Term) -> None:
        """Refuse what is malformed; leave to the reference what is unknown here."""
        for predicate in self.graph.predicates(node):
            local = predicate.removeprefix(_SH)
            if ox.NamedNode(predicate) in self._custom and local not in PARAMETERS:
                raise NotDoneHere
            if predicate.startswith(_SH) and local not in _OTHERS:
                raise NotDoneHere
            values = self.graph.objects(node, ox.NamedNode(predicate))
            if local in _ONCE and predicate.startswith(_SH) and len(values) > 1:
                raise Unprocessable(f"the shape {node} has more than one sh:{local}.")
            if local in _INTEGERS and predicate.startswith(_SH):
                self._check_integer(node, local, values[0])
        kind = self.graph.value(node, SH.nodeKind)
        if kind is not None and kind not in _NODE_KINDS:
            raise Unprocessable(f"the shape {node} has an sh:nodeKind that is none: {kind}.")

    @staticmethod
    def _check_integer(node: Term, local: str, value: Term) -> None:
        if not (isinstance(value, ox.Literal) and _NUMBER.fullmatch(value.value)):
            raise Unprocessable(f"the shape {node} has an sh:{local} that is no number: {value}.")
