"""The ontology and the concepts: ``/def`` with one anchor a term, ``/concept``."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kuvend.describe import closure
from kuvend.errors import NotFound
from kuvend.formats import HTML, Format
from kuvend.namespaces import DCT, OWL, RDF, RDFS, SH, SKOS
from kuvend.store import DEFAULT_GRAPH
from kuvend.web import negotiation, rendering, things
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.negotiation import DESCRIPTION_FORMATS, Link
from kuvend.web.writing import write_quads

blueprint = Blueprint("vocabulary", __name__)

_CLASS_KINDS = (OWL.Class,)
_PROPERTY_KINDS = (OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty)


@dataclass(frozen=True)
class TermEntry:
    """A class or property as the ontology page shows it; ``facts`` are its axioms by property."""

    iri: ox.NamedNode
    kind: ox.NamedNode
    definitions: tuple[ox.Literal, ...]
    facts: tuple[tuple[ox.NamedNode, tuple[ox.NamedNode, ...]], ...]
    chains: tuple[tuple[ox.NamedNode, ...], ...]
    uses: int
    deprecated: bool
    shapes: tuple[ox.NamedNode, ...] = ()

    @property
    def anchor(self) -> str:
        """The fragment of the term."""
        return self.iri.value.rpartition("#")[2]


@blueprint.get("/def")
@blueprint.get("/def.<extension>")
def ontology(extension: str = "") -> Response:
    """The ontology: a page with one anchor a term, or RDF."""
    known = knowledge()
    name = f"def.{extension}" if extension else "def"
    bare, found = negotiation.split_extension(name)
    if bare != "def":
        raise NotFound(f"there is nothing at {request.path}.")
    return _ontology(known, found)


@blueprint.get("/def/<name>")
def version_or_module(name: str) -> Response:
    """The current version under its version IRI; a module under its own."""
    known = knowledge()
    bare, extension = negotiation.split_extension(name)
    iri = things.base_node(known, f"def/{bare}")
    own = ox.NamedNode(f"{known.base_iri}def")
    if any(True for _ in known.store.quads(own, OWL.versionIRI, iri)):
        return _ontology(known, extension)
    if any(True for _ in known.store.quads(own, OWL.versionIRI)) and bare[:1].isdigit():
        raise NotFound(f"version {bare} of the ontology is not kept here.", suggestion="See /def.")
    return things.answer_path(f"def/{bare}", f"/def/{bare}", extension)


def _ontology(known: Knowledge, extension: Format | None) -> Response:
    chosen = negotiation.wanted(DESCRIPTION_FORMATS, extension)
    own = ox.NamedNode(f"{known.base_iri}def")
    path = f"{request.script_root}/def"
    links = [
        Link(own.value, "cite-as"),
        *negotiation.alternates(path, DESCRIPTION_FORMATS, chosen),
        *(Link(licence, "license") for licence in things.licences(known)),
    ]

    def make() -> str | bytes:
        if chosen is HTML:
            return _page(known, own, path)
        return write_quads(_own_quads(known), chosen, known.project.prefixes)

    return negotiation.answer(chosen, make, links=links)


def _own_quads(known: Knowledge) -> list[ox.Quad]:
    """The ontology graph without what is restated of other vocabularies."""
    start = f"{known.base_iri}def"
    own: dict[ox.Quad, None] = {}
    blank = []
    for quad in known.store.quads(None, None, None, known.graphs.ontology):
        if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(start):
            own[quad] = None
            blank.append(quad.object)
    for node in blank:
        if isinstance(node, ox.BlankNode):
            quads = closure(known.store, node, known.graphs.ontology)  # type: ignore[arg-type]
            own.update(dict.fromkeys(quads))
    return list(own)


def _page(known: Knowledge, own: ox.NamedNode, path: str) -> str:
    names = rendering.labels()

    def by_label(entry: TermEntry) -> tuple[tuple[int, str], ...]:
        return rendering.label_key(entry.iri)

    classes = sorted(_entries(known, _CLASS_KINDS), key=by_label)
    properties = sorted(_entries(known, _PROPERTY_KINDS), key=by_label)
    return rendering.page(
        "ontology.html",
        own=own,
        path=path,
        classes=classes,
        properties=properties,
        tree=_tree(known, [entry.iri for entry in classes]),
        version=_first(known, own, OWL.versionInfo),
        title=rendering.pick_literal(_literals(known, own, DCT.title)),
        description=rendering.pick_literal(_literals(known, own, DCT.description)),
        labels=names,
        axiom_words=AXIOM_WORDS,
    )


def _entries(known: Knowledge, kinds: Iterable[ox.NamedNode]) -> list[TermEntry]:
    start = f"{known.base_iri}def#"
    found: dict[ox.NamedNode, ox.NamedNode] = {}
    for kind in kinds:
        for quad in known.store.quads(None, RDF.type, kind, known.graphs.ontology):
            if isinstance(quad.subject, ox.NamedNode) and quad.subject.value.startswith(start):
                found.setdefault(quad.subject, kind)
    return [_entry(known, iri, kind) for iri, kind in found.items()]


_AXIOMS = (
    RDFS.subClassOf, RDFS.subPropertyOf, RDFS.domain, RDFS.range, OWL.inverseOf,
    OWL.equivalentClass, OWL.equivalentProperty, OWL.disjointWith, OWL.propertyDisjointWith,
    SKOS.closeMatch, SKOS.exactMatch, RDFS.seeAlso, DCT.isReplacedBy,
)  # fmt: skip
_CHARACTERISTICS = (
    OWL.TransitiveProperty, OWL.SymmetricProperty, OWL.AsymmetricProperty, OWL.FunctionalProperty,
    OWL.InverseFunctionalProperty, OWL.IrreflexiveProperty,
)  # fmt: skip


def _entry(known: Knowledge, iri: ox.NamedNode, kind: ox.NamedNode) -> TermEntry:
    objects: dict[ox.NamedNode, list[ox.NamedNode]] = {}
    for quad in known.store.quads(iri, None, None, known.graphs.ontology):
        if isinstance(quad.object, ox.NamedNode):
            objects.setdefault(quad.predicate, []).append(quad.object)
    for quad in known.store.quads(None, RDFS.subClassOf, iri, known.graphs.ontology):
        if isinstance(quad.subject, ox.NamedNode):
            objects.setdefault(_NARROWER, []).append(quad.subject)
    facts = [(axiom, objects[axiom]) for axiom in (*_AXIOMS, _NARROWER) if axiom in objects]
    marks = [mark for mark in objects.get(RDF.type, ()) if mark in _CHARACTERISTICS]
    if marks:
        facts.append((RDF.type, marks))
    definition = _literals(known, iri, SKOS.definition) or _literals(known, iri, RDFS.comment)
    return TermEntry(
        iri,
        kind,
        tuple(definition),
        tuple((axiom, tuple(sorted(values, key=str))) for axiom, values in facts),
        tuple(_chains(known, iri)),
        known.term_counts[iri],
        bool(_literals(known, iri, OWL.deprecated)),
        _shapes(known, iri),
    )


def _shapes(known: Knowledge, iri: ox.NamedNode) -> tuple[ox.NamedNode, ...]:
    """The shapes that look at the things of a class, or at those with a property."""
    targets = (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf)
    found = {
        quad.subject
        for target in targets
        for quad in known.store.quads(None, target, iri, known.graphs.shapes)
        if isinstance(quad.subject, ox.NamedNode)
    }
    return tuple(sorted(found, key=str))


_NARROWER = SKOS.narrower

# What the pages call the axioms, by local name.
AXIOM_WORDS = {
    "subClassOf": "wider class",
    "subPropertyOf": "wider property",
    "domain": "said of",
    "range": "value is",
    "inverseOf": "the other way round",
    "equivalentClass": "the same as",
    "equivalentProperty": "the same as",
    "disjointWith": "never also",
    "propertyDisjointWith": "never together with",
    "closeMatch": "close to",
    "exactMatch": "the same in another vocabulary",
    "seeAlso": "see also",
    "narrower": "narrower class",
    "propertyChainAxiom": "follows from the chain",
    "type": "character",
}


def _chains(known: Knowledge, iri: ox.NamedNode) -> Iterable[tuple[ox.NamedNode, ...]]:
    for quad in known.store.quads(iri, OWL.propertyChainAxiom, None, known.graphs.ontology):
        yield tuple(_list(known, quad.object))  # type: ignore[arg-type]


def _list(known: Knowledge, head: ox.NamedNode | ox.BlankNode) -> Iterable[ox.NamedNode]:
    seen = set()
    while head != RDF.nil and head not in seen:
        seen.add(head)
        firsts = known.store.quads(head, RDF.first, None, known.graphs.ontology)
        yield from (q.object for q in firsts if isinstance(q.object, ox.NamedNode))
        rests = [q.object for q in known.store.quads(head, RDF.rest, None, known.graphs.ontology)]
        if not rests or isinstance(rests[0], ox.Literal | ox.Triple):
            return
        head = rests[0]


def _tree(known: Knowledge, classes: list[ox.NamedNode]) -> list[tuple[ox.NamedNode, int]]:
    """The classes in depth-first order under the classes they narrow, with their depth."""
    own = set(classes)
    children: dict[ox.NamedNode | None, list[ox.NamedNode]] = {}
    for cls in classes:
        above = known.store.quads(cls, RDFS.subClassOf, None, known.graphs.ontology)
        parents = sorted((q.object for q in above if q.object in own and q.object != cls), key=str)
        parent = parents[0] if parents else None
        children.setdefault(parent if isinstance(parent, ox.NamedNode) else None, []).append(cls)
    out: list[tuple[ox.NamedNode, int]] = []
    waiting = [(cls, 0) for cls in reversed(children.get(None, []))]
    while waiting:
        cls, depth = waiting.pop()
        out.append((cls, depth))
        waiting += [(child, depth + 1) for child in reversed(children.get(cls, []))]
    return out


def _literals(known: Knowledge, iri: ox.NamedNode, prop: ox.NamedNode) -> list[ox.Literal]:
    quads = known.store.quads(iri, prop, None, known.graphs.ontology)
    return sorted((q.object for q in quads if isinstance(q.object, ox.Literal)), key=str)


def _first(known: Knowledge, iri: ox.NamedNode, prop: ox.NamedNode) -> ox.Literal | None:
    return next(iter(_literals(known, iri, prop)), None)


@blueprint.get("/concept")
def concepts() -> Response:
    """The concepts, scheme by scheme."""
    known = knowledge()
    return negotiation.answer(negotiation.wanted((HTML,)), lambda: _concept_page(known))


def _concept_page(known: Knowledge) -> str:
    schemes: dict[ox.NamedNode, list[ox.NamedNode]] = {}
    for quad in known.store.quads(None, SKOS.inScheme, None, DEFAULT_GRAPH):
        if isinstance(quad.object, ox.NamedNode) and isinstance(quad.subject, ox.NamedNode):
            schemes.setdefault(quad.object, []).append(quad.subject)
    ordered = sorted(schemes, key=rendering.label_key)
    return rendering.page(
        "concepts.html",
        schemes=[(scheme, sorted(schemes[scheme], key=rendering.label_key)) for scheme in ordered],
    )


@blueprint.get("/concept/<slug>")
def concept(slug: str) -> Response:
    """One concept."""
    bare, extension = negotiation.split_extension(slug)
    return things.answer_path(f"concept/{bare}", f"/concept/{bare}", extension)
