"""The terms that ontology files declare, gathered from their triples."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import pyoxigraph as ox

from kuvend.namespaces import DCT, OWL, RDF, RDFS, SKOS
from kuvend.ontology.model import DeclaredTerm, Kind, OntologyFile
from kuvend.terms import Term

# In this order: what is both an object property and a transitive property is the former.
KIND_OF_TYPE: dict[ox.NamedNode, Kind] = {
    OWL.Class: "class",
    RDFS.Class: "class",
    RDFS.Datatype: "datatype",
    OWL.ObjectProperty: "object property",
    OWL.DatatypeProperty: "datatype property",
    OWL.AnnotationProperty: "annotation property",
    RDF.Property: "property",
    SKOS.ConceptScheme: "concept scheme",
    SKOS.Concept: "concept",
}
_NO_TERMS = frozenset({OWL.Ontology, OWL.AllDisjointClasses, OWL.AllDifferent, OWL.Axiom})
_LABELS = (RDFS.label, SKOS.prefLabel)
_DEFINITIONS = (SKOS.definition, RDFS.comment)
_PARENTS = (RDFS.subClassOf, RDFS.subPropertyOf, SKOS.broader)

_Facts = dict[ox.NamedNode, list[Term]]


def declared_terms(files: Iterable[OntologyFile]) -> dict[str, DeclaredTerm]:
    """The terms declared in modules and imports by IRI, in order of IRI.

    A term belongs to the first file that gives it a type; what other files say of it is added.
    """
    facts: dict[ox.NamedNode, _Facts] = defaultdict(lambda: defaultdict(list))
    home: dict[ox.NamedNode, OntologyFile] = {}
    for file in files:
        if file.role not in ("module", "import"):
            continue
        for triple in file.triples:
            if isinstance(triple.subject, ox.NamedNode):
                facts[triple.subject][triple.predicate].append(triple.object)
                if triple.predicate == RDF.type and triple.object not in _NO_TERMS:
                    home.setdefault(triple.subject, file)
    found = {node.value: _term(node, facts[node], file) for node, file in home.items()}
    return dict(sorted(found.items()))


def kind_of(types: Iterable[Term]) -> Kind:
    """What a term with these types is; an individual where none of them says more.

    >>> kind_of([OWL.TransitiveProperty, OWL.ObjectProperty])
    'object property'
    """
    given = set(types)
    return next(
        (kind for rdf_type, kind in KIND_OF_TYPE.items() if rdf_type in given), _other(given)
    )


def _other(types: set[Term]) -> Kind:
    features = {
        OWL.FunctionalProperty, OWL.InverseFunctionalProperty, OWL.TransitiveProperty,
        OWL.SymmetricProperty, OWL.AsymmetricProperty, OWL.IrreflexiveProperty,
    }  # fmt: skip
    return "property" if features & types else "individual"


def _term(node: ox.NamedNode, facts: _Facts, file: OntologyFile) -> DeclaredTerm:
    types = facts[RDF.type]
    replaced = facts.get(DCT.isReplacedBy, [])
    return DeclaredTerm(
        iri=node.value,
        kind=kind_of(types),
        file=file.path,
        own=file.role == "module",
        labels=_by_language(facts, _LABELS),
        definitions=_by_language(facts, _DEFINITIONS),
        parents=_iris(facts, *_PARENTS),
        domain=_iris(facts, RDFS.domain),
        range=_iris(facts, RDFS.range),
        inverse=_iris(facts, OWL.inverseOf),
        types=_iris(facts, RDF.type),
        schemes=_iris(facts, SKOS.inScheme),
        deprecated=any(_is_true(value) for value in facts.get(OWL.deprecated, [])),
        replaced_by=next((v.value for v in replaced if isinstance(v, ox.NamedNode)), None),
    )


def _by_language(facts: _Facts, predicates: Iterable[ox.NamedNode]) -> dict[str, str]:
    """Text by language, the first predicate first; text without a language goes under ``""``."""
    texts: dict[str, str] = {}
    for predicate in predicates:
        for value in facts.get(predicate, []):
            if isinstance(value, ox.Literal):
                texts.setdefault(value.language or "", value.value)
    return texts


def _iris(facts: _Facts, *predicates: ox.NamedNode) -> tuple[str, ...]:
    values = (value for predicate in predicates for value in facts.get(predicate, []))
    return tuple(dict.fromkeys(v.value for v in values if isinstance(v, ox.NamedNode)))


def _is_true(value: Term) -> bool:
    return isinstance(value, ox.Literal) and value.value in ("true", "1")
