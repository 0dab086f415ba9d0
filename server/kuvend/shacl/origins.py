"""One mistake, told once: findings that have one statement of the submission at their origin.

A value of the wrong kind is found many times over: by the shape of the property, by the shapes of
the class that its range makes of it, by the classes that exclude each other. All of them go when
the one statement is mended, so all of them bear its mark.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, SH, SKOS
from kuvend.shacl.checks.nearest import similarity
from kuvend.shacl.finding import SEVERITIES, Finding
from kuvend.shacl.graph import Graph
from kuvend.shacl.hierarchy import with_ancestors
from kuvend.shacl.paths import Predicate
from kuvend.shacl.phrasing import component_name
from kuvend.shacl.places import Places
from kuvend.syntax import Span
from kuvend.terms import Term

# What is wrong with the kind of a value, whichever rule says so.
_OF_KIND = frozenset({"Class", "Not", "NodeKind", "Datatype", "Or", "Xone", "Node", "MaxCount"})
_OF_KIND_RULES = frozenset({"kuvend/contradiction", "shape/TextForThing", "shape/ThingForText"})
# Our own rules that name the cause of whatever else is found at their place.
_CAUSES = frozenset(
    f"kuvend/{rule}"
    for rule in (
        "unknown-thing", "classless-thing", "unknown-class", "unknown-property", "unknown-concept",
        "wrong-namespace", "other-property",
        "wrong-address", "undeclared-prefix", "address-as-text", "text-as-class", "thing-as-name",
        "language-tag", "approximate-as-exact", "attestation-as-start", "bad-iri",
        "wrong-subject", "wrong-object",
    )
)  # fmt: skip
_MISUSES = frozenset({"kuvend/wrong-subject", "kuvend/wrong-object"})


@dataclass(frozen=True)
class Schema:
    """What a statement makes of its subject and value: domains, ranges, and wider classes."""

    domains: Mapping[Term, frozenset[Term]]
    ranges: Mapping[Term, frozenset[Term]]
    wider: Mapping[Term, frozenset[Term]]

    @classmethod
    def of(cls, ontology: Iterable[ox.Triple]) -> Schema:
        """The schema in the triples of an ontology, closed over wider classes."""
        found: dict[Term, dict[Term, set[Term]]] = {
            key: defaultdict(set) for key in (RDFS.domain, RDFS.range, RDFS.subClassOf)
        }
        for triple in ontology:
            if triple.predicate in found and isinstance(triple.object, ox.NamedNode):
                found[triple.predicate][triple.subject].add(triple.object)
            elif triple.predicate == OWL.equivalentClass:
                found[RDFS.subClassOf][triple.subject].add(triple.object)
        broader = found[RDFS.subClassOf]
        wider = {one: with_ancestors(one, broader) for one in [*broader]}

        def spread(rows: Mapping[Term, set[Term]]) -> dict[Term, frozenset[Term]]:
            return {
                key: frozenset().union(*(wider.get(one, {one}) for one in classes))
                for key, classes in rows.items()
            }

        return cls(spread(found[RDFS.domain]), spread(found[RDFS.range]), wider)

    def makes(self, triple: ox.Triple) -> Iterator[tuple[Term, frozenset[Term]]]:
        """Each thing in a statement with the classes the statement puts it in."""
        if triple.predicate == RDF.type:
            own: frozenset[Term] = frozenset({triple.object})
            yield triple.subject, self.wider.get(triple.object, own)
            return
        if triple.predicate in self.domains:
            yield triple.subject, self.domains[triple.predicate]
        if triple.predicate in self.ranges:
            yield triple.object, self.ranges[triple.predicate]


def with_origins(
    findings: Sequence[Finding],
    triples: Sequence[ox.Triple],
    *,
    known: Iterable[ox.Triple],
    schema: Schema,
    places: Places,
    shapes: Graph,
) -> tuple[Finding, ...]:
    """The findings with ``origin`` set where several have one; order is kept.

    ``known`` are the statements of the graph as it stands: what a thing was before.
    """
    tracer = _Tracer(findings, triples, known, schema, places, shapes)
    traced = [(finding, tracer.origin(finding)) for finding in findings]
    members: dict[str, list[Finding]] = defaultdict(list)
    for finding, origin in traced:
        if origin:
            members[origin].append(finding)
    return tuple(
        replace(finding, origin=origin) if origin and len(members[origin]) > 1 else finding
        for finding, origin in traced
    )


class _Tracer:
    def __init__(
        self,
        findings: Sequence[Finding],
        triples: Sequence[ox.Triple],
        known: Iterable[ox.Triple],
        schema: Schema,
        places: Places,
        shapes: Graph,
    ) -> None:
        self.shapes, self.places = shapes, places
        self.causes = {_place(f.span) for f in findings if f.span and f.rule in _CAUSES}
        self.wrong = {_place(f.span) for f in findings if f.span and _of_kind(f)} | self.causes
        things = {f.focus_node for f in findings}
        self.before: dict[Term, set[Term]] = defaultdict(set)
        for triple in known:
            if triple.predicate == RDF.type and triple.subject in things:
                self.before[triple.subject] |= schema.wider.get(triple.object, {triple.object})
        self.made: dict[Term, list[tuple[frozenset[Term], ox.Triple]]] = defaultdict(list)
        for triple in triples:
            for thing, classes in schema.makes(triple):
                if thing in things:
                    self.made[thing].append((classes, triple))
        self.targets = self._targets()
        # What has no place of its own comes of two things becoming one, where two do.
        merging = (f for f in findings if f.rule == "kuvend/merged-things" and f.span)
        self.merging = next((_place(f.span) for f in merging if f.span), "")
        self.otherwise: dict[Term | None, list[Finding]] = defaultdict(list)
        for f in findings:
            if f.rule in _OF_PROPERTY:
                self.otherwise[f.focus_node].append(f)
        # A wrong text that follows elsewhere too is wrong where it is written.
        self.literals: dict[Term, str] = {}
        for f in findings:
            is_cause = _of_kind(f) or f.rule in _CAUSES
            if isinstance(f.value, ox.Literal) and is_cause and f.span and self._is_written(f):
                self.literals.setdefault(f.value, _place(f.span))
        self.misused = {
            f.focus_node if f.rule == "kuvend/wrong-subject" else f.value: _place(f.span)
            for f in findings
            if f.rule in _MISUSES and f.span
        }

    def _said_otherwise(self, finding: Finding) -> str:
        """The place of the wrong property that has what a thing is said to lack."""
        result = finding.result
        if result is None or component_name(result) != "MinCount" or result.predicate is None:
            return ""
        wanted = result.predicate
        for other in self.otherwise.get(finding.focus_node, ()):
            is_name = other.rule == "kuvend/other-property" and wanted == SKOS.prefLabel
            written = other.path.iri if isinstance(other.path, Predicate) else None
            if is_name or (written is not None and _local_alike(written, wanted)):
                return _place(other.span) if other.span else ""
        return ""

    def _is_written(self, finding: Finding) -> bool:
        """Whether the statement a result is about is the sources' own; else it follows."""
        result = finding.result
        if result is None or result.predicate is None or finding.value is None:
            return True
        return self.places.says(result.focus_node, result.predicate.value, finding.value)

    def _targets(self) -> dict[Term, set[Term]]:
        """The classes each shape looks at, itself or through the shape it is a property of."""
        found: dict[Term, set[Term]] = defaultdict(set)
        for shape, target in self.shapes.pairs(SH.targetClass):
            found[shape].add(target)
        for shape, inner in self.shapes.pairs(SH.property):
            found[inner] |= found.get(shape, set())
        return found

    def origin(self, finding: Finding) -> str:
        """The place of the statement behind a finding; empty where it stands for itself."""
        if finding.origin:
            return finding.origin
        if finding.span is None and finding.result is not None:
            return self.merging
        if finding.rule == "kuvend/contradiction" and finding.focus_node in self.misused:
            return self.misused[finding.focus_node]
        if finding.rule == "kuvend/merged-things":
            return self.merging
        if finding.rule in _MISUSES and finding.span:
            return _place(finding.span)
        place = "" if finding.span is None else _place(finding.span)
        if isinstance(finding.value, ox.Literal) and not self._is_written(finding):
            return self.literals.get(finding.value, "")
        instead = self._said_otherwise(finding)
        if instead:
            return instead
        own = place if place in self.causes or (place and _of_kind(finding)) else ""
        result, thing = finding.result, finding.focus_node
        if result is None or thing is None or result.value not in (None, thing):
            return own
        wanted = self.targets.get(result.source_shape, set())
        if not wanted or wanted & self.before.get(thing, set()):
            return own
        return self._made_by(thing, wanted) or own

    def _made_by(self, thing: Term, wanted: set[Term]) -> str:
        """The place of the statement that alone puts ``thing`` into one of the classes."""
        behind = [triple for classes, triple in self.made.get(thing, ()) if classes & wanted]
        if len(behind) != 1:
            return ""
        triple = behind[0]
        span = self.places.span(triple.subject, triple.predicate.value, triple.object)
        place = _place(span) if span else ""
        return place if place in self.wrong else ""


def _local_alike(one: ox.NamedNode, other: ox.NamedNode) -> bool:
    names = (re.split(r"[#/:]", iri.value)[-1] for iri in (one, other))
    return similarity(*names) >= _ALIKE


_OF_PROPERTY = frozenset(
    {"kuvend/other-property", "kuvend/unknown-property", "kuvend/wrong-namespace"}
)
_ALIKE = 0.7


def _of_kind(finding: Finding) -> bool:
    if finding.rule in _OF_KIND_RULES:
        return True
    return finding.result is not None and component_name(finding.result) in _OF_KIND


def _place(span: Span) -> str:
    return str(span)


@dataclass(frozen=True)
class Group:
    """A mistake: the finding that says it best, and those that go when it is mended."""

    main: Finding
    consequences: tuple[Finding, ...] = ()


def grouped(findings: Iterable[Finding]) -> list[Group]:
    """The findings by origin, in order of first appearance; most stand alone."""
    by_origin: dict[object, list[Finding]] = {}
    for number, finding in enumerate(findings):
        by_origin.setdefault(finding.origin or number, []).append(finding)
    groups = []
    for members in by_origin.values():
        main = min(members, key=_rank)
        groups.append(Group(main, tuple(one for one in members if one is not main)))
    return groups


def _rank(finding: Finding) -> tuple[bool, int, bool, bool, bool]:
    """What names the cause first, then the severest; among these the shape of the value."""
    general = finding.rule == "kuvend/contradiction"
    on_value = finding.result is not None and finding.result.value not in (
        None, finding.result.focus_node,
    )  # fmt: skip
    elsewhere = finding.origin != ("" if finding.span is None else _place(finding.span))
    severity = SEVERITIES.index(finding.severity)
    return finding.rule not in _CAUSES, severity, elsewhere, general, not on_value
