"""The ontology's terms as the vocabulary check wants them."""

from __future__ import annotations

from collections.abc import Mapping

from kuvend.ontology import DeclaredTerm, Ontology
from kuvend.shacl.checks import Vocabulary, VocabularyTerm
from kuvend.shacl.checks.vocabulary import Kind


def vocabulary_of(ontology: Ontology, prefixes: Mapping[str, str], base_iri: str) -> Vocabulary:
    """The declared terms of ``ontology`` and its imports."""
    return Vocabulary(
        terms={iri: _term(term) for iri, term in ontology.terms.items()},
        namespaces=ontology.namespaces | {f"{base_iri}def#"},
        concepts=f"{base_iri}concept/",
        prefixes=prefixes,
    )


def _term(term: DeclaredTerm) -> VocabularyTerm:
    return VocabularyTerm(
        iri=term.iri,
        kind=_kind(term),
        labels=term.labels,
        deprecated=term.deprecated,
        replaced_by=term.replaced_by,
        is_object_property=term.kind == "object property",
    )


def _kind(term: DeclaredTerm) -> Kind:
    if term.is_property:
        return "property"
    if term.kind == "class":
        return "class"
    return "concept" if term.kind == "concept" else "other"
