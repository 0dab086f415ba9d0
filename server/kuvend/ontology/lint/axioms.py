"""Rules on axioms: punning, cycles, deprecated terms in use, axioms about terms of others."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, compact
from kuvend.ontology.declarations import KIND_OF_TYPE
from kuvend.ontology.findings import Finding
from kuvend.ontology.graph import Triples
from kuvend.ontology.model import Kind, Ontology, OntologyFile
from kuvend.terms import Term

_LOGICAL = frozenset(
    {RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.equivalentClass}
    | {OWL.equivalentProperty, OWL.inverseOf, OWL.propertyChainAxiom, OWL.disjointWith, OWL.hasKey}
)
_THINGS: frozenset[Kind] = frozenset({"individual", "concept", "concept scheme"})


def axiom_findings(ontology: Ontology, triples: Triples) -> Iterator[Finding]:
    """Findings on the axioms of an ontology other than domain, range and profile."""
    yield from _punning(ontology, triples)
    yield from _cycles(ontology, triples, RDFS.subClassOf, "class")
    yield from _cycles(ontology, triples, RDFS.subPropertyOf, "property")
    for file in ontology.local_files:
        if file.role == "module":
            yield from _deprecated(ontology, file)
            yield from _about_others(ontology, file)
            yield from _same_as(file)


def _punning(ontology: Ontology, triples: Triples) -> Iterator[Finding]:
    """One IRI as two kinds of thing: a reasoner keeps them apart, a reader does not."""
    for term in ontology.terms.values():
        kinds = _kinds(ontology, triples.objects(ox.NamedNode(term.iri), RDF.type))
        if len(kinds) > 1:
            names = " and ".join(sorted(kinds))
            yield Finding(
                "punning",
                "warning",
                f"{compact(term.iri, ontology.prefixes)} is declared as {names}.",
                file=term.file,
                term=term.iri,
            )


def _kinds(ontology: Ontology, types: list[Term]) -> set[Kind]:
    named = [t for t in types if isinstance(t, ox.NamedNode)]
    kinds = {KIND_OF_TYPE[t] for t in named if t in KIND_OF_TYPE} - {"property"}
    if any(t not in KIND_OF_TYPE and t.value in ontology.terms for t in named):
        kinds.add("individual")
    if "individual" in kinds and kinds <= _THINGS:  # a concept is an individual too
        return {"individual"}
    return kinds


def _cycles(
    ontology: Ontology, triples: Triples, predicate: ox.NamedNode, what: str
) -> Iterator[Finding]:
    told: set[frozenset[object]] = set()
    for term in ontology.terms.values():
        node = ox.NamedNode(term.iri)
        for parent in triples.objects(node, predicate):
            if parent != node and node in triples.above(parent, predicate):
                ring = frozenset({node, parent})
                if any(ring & other for other in told):
                    continue
                told.add(ring)
                names = (
                    compact(getattr(n, "value", "?"), ontology.prefixes) for n in (node, parent)
                )
                yield Finding(
                    "cycle",
                    "warning",
                    f"{' and '.join(names)} are each below the other, so they are one {what}.",
                    file=term.file,
                    term=term.iri,
                    suggestion="Say so with an equivalence, or remove one of the two.",
                )


def _deprecated(ontology: Ontology, file: OntologyFile) -> Iterator[Finding]:
    for triple in file.triples:
        for node in (triple.predicate, triple.object):
            term = ontology.terms.get(node.value) if isinstance(node, ox.NamedNode) else None
            if term is None or not term.deprecated or triple.subject == node:
                continue
            name = compact(term.iri, ontology.prefixes)
            instead = term.replaced_by and compact(term.replaced_by, ontology.prefixes)
            yield Finding(
                "deprecated-in-use",
                "warning",
                f"{name} is deprecated{f'; use {instead}' if instead else ''}.",
                file=file.path,
                term=getattr(triple.subject, "value", term.iri),
                suggestion=term.replaced_by,
            )


def _about_others(ontology: Ontology, file: OntologyFile) -> Iterator[Finding]:
    """An axiom of ours on a term of a reused vocabulary changes what others' data mean here."""
    for triple in file.triples:
        subject = triple.subject
        term = ontology.terms.get(subject.value) if isinstance(subject, ox.NamedNode) else None
        if term is None or term.own or triple.predicate not in _LOGICAL:
            continue
        name = compact(term.iri, ontology.prefixes)
        predicate = compact(triple.predicate.value, ontology.prefixes)
        yield Finding(
            "axiom-on-reused-term",
            "info",
            f"says {predicate} of {name}, a term of a reused vocabulary.",
            file=file.path,
            term=term.iri,
        )


def _same_as(file: OntologyFile) -> Iterator[Finding]:
    for triple in file.triples:
        if triple.predicate == OWL.sameAs and isinstance(triple.subject, ox.NamedNode):
            yield Finding(
                "same-as-in-ontology",
                "warning",
                f"owl:sameAs copies every fact of {triple.object} under reasoning.",
                file=file.path,
                term=triple.subject.value,
                suggestion="Use skos:exactMatch in a file of alignments/.",
            )
