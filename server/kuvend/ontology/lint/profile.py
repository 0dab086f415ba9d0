"""The OWL 2 RL profile: axioms of which the reasoner uses nothing, or only a half.

Reasoning by rules never fails on such an axiom; it is passed over in silence, and whoever wrote it
believes that it holds. Source: https://www.w3.org/TR/owl2-profiles/#OWL_2_RL
"""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, XSD, compact
from kuvend.ontology.findings import Finding
from kuvend.ontology.graph import Triples
from kuvend.ontology.model import Ontology
from kuvend.terms import Term

_NOT_IN_SUBCLASS = {
    OWL.complementOf: "a complement",
    OWL.allValuesFrom: "“only” (allValuesFrom)",
    OWL.minCardinality: "a minimum number",
    OWL.maxCardinality: "a maximum number",
    OWL.cardinality: "an exact number",
    OWL.minQualifiedCardinality: "a minimum number",
    OWL.maxQualifiedCardinality: "a maximum number",
    OWL.qualifiedCardinality: "an exact number",
    OWL.hasSelf: "“itself” (hasSelf)",
}
_NOT_IN_SUPERCLASS = {
    OWL.unionOf: "“one or the other” (unionOf)",
    OWL.oneOf: "a list of individuals (oneOf)",
    OWL.someValuesFrom: "“at least one” (someValuesFrom)",
    OWL.minCardinality: "a minimum number",
    OWL.cardinality: "an exact number",
    OWL.minQualifiedCardinality: "a minimum number",
    OWL.qualifiedCardinality: "an exact number",
    OWL.hasSelf: "“itself” (hasSelf)",
}
_NOT_IN_EQUIVALENCE = {
    **_NOT_IN_SUBCLASS,
    OWL.unionOf: "“one or the other” (unionOf)",
    OWL.oneOf: "a list of individuals (oneOf)",
    OWL.someValuesFrom: "“at least one” (someValuesFrom)",
}
_LISTS = (OWL.intersectionOf, OWL.unionOf)
_MAXIMA = (OWL.maxCardinality, OWL.maxQualifiedCardinality)
_DATA_RANGES = (OWL.onDatatype, OWL.datatypeComplementOf)
# Datatypes OWL 2 RL reasons with; values of any other are taken as they come.
_KNOWN_DATATYPES = frozenset(
    {f"{XSD}{name}" for name in (
        "decimal", "integer", "nonNegativeInteger", "nonPositiveInteger", "positiveInteger",
        "negativeInteger", "long", "int", "short", "byte", "unsignedLong", "unsignedInt",
        "unsignedShort", "unsignedByte", "float", "double", "string", "normalizedString", "token",
        "language", "Name", "NCName", "NMTOKEN", "boolean", "hexBinary", "base64Binary", "anyURI",
        "dateTime", "dateTimeStamp",
    )}
    | {f"{RDF}{name}" for name in ("PlainLiteral", "XMLLiteral", "langString")}
    | {RDFS.Literal.value}
)  # fmt: skip
_RESTRICTED = frozenset(
    {OWL.FunctionalProperty, OWL.InverseFunctionalProperty}
    | {OWL.IrreflexiveProperty, OWL.AsymmetricProperty}
)
_NOT_DL = (
    "the property also follows from others by transitivity or a chain, which OWL 2 DL forbids"
    " together; rules do it, other reasoners refuse."
)
_FOREIGN_DATATYPE = (
    "OWL 2 RL does not reason with this datatype; whether values are well formed is for the shapes."
)

_Judge = Callable[[Term], str | None]


def profile_findings(ontology: Ontology) -> Iterator[Finding]:
    """Findings on the axioms of modules and imports that leave OWL 2 RL."""
    profile = _Profile(ontology)
    for file in ontology.local_files:
        if file.role not in ("module", "import"):
            continue
        for triple in file.triples:
            for rule, severity, reason in profile.judge(triple):
                node = profile.named(triple)
                yield Finding(
                    rule,
                    severity,  # type: ignore[arg-type]
                    f"{profile.show(triple)}: {reason}",
                    file=file.path,
                    term=node,
                )


class _Profile:
    def __init__(self, ontology: Ontology) -> None:
        self.prefixes = ontology.prefixes
        self.triples = Triples(ontology.triples)
        self._complex = self._not_simple()

    def judge(self, triple: ox.Triple) -> Iterator[tuple[str, str, str]]:
        """(rule, severity, reason) for each way the axiom leaves the profile."""
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        for node, judge in self._parts(subject, predicate, value):
            if reason := judge(node):
                yield "not-owl-rl", "error", reason
        yield from self._kinds(subject, predicate, value)
        if predicate in (OWL.propertyChainAxiom, OWL.hasKey, OWL.members, *_LISTS, OWL.oneOf):
            yield from self._list(predicate, value)
        if predicate == RDFS.range and isinstance(value, ox.NamedNode):
            yield from self._datatype(value)

    def _parts(self, s: Term, p: ox.NamedNode, o: Term) -> list[tuple[Term, _Judge]]:
        """The class expressions of an axiom, each with the form it must have in its place."""
        if p == RDFS.subClassOf:
            return [(s, self.in_subclass), (o, self.in_superclass)]
        if p == OWL.equivalentClass:
            return [(s, self.in_equivalence), (o, self.in_equivalence)]
        if p in (RDFS.domain, RDFS.range):
            return [(o, self.in_superclass)]
        if p == OWL.disjointWith:
            return [(s, self.in_subclass), (o, self.in_subclass)]
        if p == OWL.members:
            return [(member, self.in_subclass) for member in self.triples.items(o) or []]
        return [(s, self.in_subclass)] if p == OWL.hasKey else []

    def _kinds(self, s: Term, p: ox.NamedNode, o: Term) -> Iterator[tuple[str, str, str]]:
        if p == RDF.type and o == OWL.ReflexiveProperty:
            yield "not-owl-rl", "error", "reflexive properties are passed over."
        if p == OWL.disjointUnionOf:
            yield (
                "not-owl-rl",
                "error",
                "a disjoint union is passed over; state its parts one by one.",
            )
        if p in _DATA_RANGES:
            yield (
                "not-owl-rl",
                "error",
                "restricted datatypes are passed over; leave them to shapes.",
            )
        if p == RDF.type and o in _RESTRICTED and s in self._complex:
            yield "not-owl-dl", "info", _NOT_DL

    def _list(self, predicate: ox.NamedNode, head: Term) -> Iterator[tuple[str, str, str]]:
        items = self.triples.items(head)
        if items is None:
            yield (
                "malformed-list",
                "error",
                "the value is no well-formed list, so the axiom is void.",
            )
        elif predicate == OWL.propertyChainAxiom and len(items) < 2:
            yield "short-chain", "warning", "a chain of one property; use rdfs:subPropertyOf."

    def _datatype(self, node: ox.NamedNode) -> Iterator[tuple[str, str, str]]:
        foreign = node.value.startswith(str(XSD)) and node.value not in _KNOWN_DATATYPES
        if foreign or node in (OWL.real, OWL.rational):
            yield "datatype-outside-rl", "info", _FOREIGN_DATATYPE

    # -- class expressions -----------------------------------------------------------------

    def in_subclass(self, node: Term) -> str | None:
        """Why ``node`` cannot stand on the left of a subclass axiom; ``None`` where it can."""
        if node == OWL.Thing:
            return "nothing follows from owl:Thing as a subclass."
        return self._refuse(node, _NOT_IN_SUBCLASS, "in the place of a subclass", self.in_subclass)

    def in_superclass(self, node: Term) -> str | None:
        """Why ``node`` cannot stand on the right of a subclass axiom; ``None`` where it can."""
        return (
            self._refuse(
                node, _NOT_IN_SUPERCLASS, "in the place of a superclass", self.in_superclass
            )
            or self._large_maximum(node)
            or self._filler(node, OWL.allValuesFrom, self.in_superclass)
            or self._filler(node, OWL.complementOf, self.in_subclass)
        )

    def in_equivalence(self, node: Term) -> str | None:
        """Why ``node`` cannot stand in an equivalence; ``None`` where it can."""
        where = "in an equivalence, of which only a half is used"
        return self._refuse(node, _NOT_IN_EQUIVALENCE, where, self.in_equivalence)

    def _refuse(
        self, node: Term, refused: dict[ox.NamedNode, str], where: str, judge: _Judge
    ) -> str | None:
        if not isinstance(node, ox.BlankNode):
            return None
        for predicate, name in refused.items():
            if self.triples.objects(node, predicate):
                return f"{name} is passed over {where}."
        members = (
            member
            for predicate in _LISTS
            for head in self.triples.objects(node, predicate)
            for member in self.triples.items(head) or []
        )
        inner = next((reason for member in members if (reason := judge(member))), None)
        if inner or refused is not _NOT_IN_SUBCLASS:
            return inner
        return self._filler(node, OWL.someValuesFrom, self.in_subclass)

    def _filler(self, node: Term, predicate: ox.NamedNode, judge: _Judge) -> str | None:
        fillers = (f for f in self.triples.objects(node, predicate) if f != OWL.Thing)
        return next((reason for filler in fillers if (reason := judge(filler))), None)

    def _large_maximum(self, node: Term) -> str | None:
        for predicate in _MAXIMA:
            for value in self.triples.objects(node, predicate):
                if isinstance(value, ox.Literal) and value.value not in ("0", "1"):
                    return f"a maximum of {value.value} is passed over; only 0 and 1 are used."
        return None

    # -- simple properties -----------------------------------------------------------------

    def _not_simple(self) -> set[Term]:
        """Properties that follow from a chain or from transitivity, and those above them."""
        roots: list[Term] = [
            s for s, o in self.triples.pairs(RDF.type) if o == OWL.TransitiveProperty
        ]
        roots += [s for s, _ in self.triples.pairs(OWL.propertyChainAxiom)]
        found: set[Term] = set()
        while roots:
            node = roots.pop()
            if node in found:
                continue
            found.add(node)
            roots += self.triples.objects(node, RDFS.subPropertyOf)
            roots += self.triples.objects(node, OWL.inverseOf)
            roots += [s for s, o in self.triples.pairs(OWL.inverseOf) if o == node]
        return found

    # -- words -----------------------------------------------------------------------------

    def named(self, triple: ox.Triple) -> str | None:
        """The IRI a reader looks for: the subject, else the first named thing that leads to it."""
        node: object = triple.subject
        for _ in range(20):
            if isinstance(node, ox.NamedNode):
                return node.value
            node = self._holder(node)
        return None

    def _holder(self, node: object) -> object:
        for predicate in (RDFS.subClassOf, OWL.equivalentClass, RDFS.range, RDFS.domain, RDF.first,
                          RDF.rest, *_LISTS, OWL.someValuesFrom, OWL.allValuesFrom):  # fmt: skip
            for subject, value in self.triples.pairs(predicate):
                if value == node:
                    return subject
        return None

    def show(self, triple: ox.Triple) -> str:
        """The axiom as people write it, unnamed classes as ``[…]``."""
        parts: tuple[Term, ...] = (triple.subject, triple.predicate, triple.object)
        return " ".join(
            compact(part.value, self.prefixes) if isinstance(part, ox.NamedNode) else "[…]"
            for part in parts
        )
