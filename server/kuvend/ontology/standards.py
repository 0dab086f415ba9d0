"""The words of the languages themselves: RDF, RDFS, OWL, XSD, SHACL, and of catalogues.

They need no declaration in a project. The names are those rdflib carries for each namespace.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache

from rdflib.namespace import DCAT, OWL, PROF, RDF, RDFS, SH, VANN, VOID, XSD, DefinedNamespace

from kuvend.ontology.model import Kind

_VOCABULARIES: tuple[type[DefinedNamespace], ...] = (
    RDF, RDFS, OWL, XSD, SH, DCAT, VOID, VANN, PROF,
)  # fmt: skip
# RDF 1.2, newer than rdflib's list.
_RDF_1_2: Mapping[str, Kind] = {
    f"{RDF}reifies": "property",
    f"{RDF}dirLangString": "datatype",
}


@cache
def standard_terms() -> dict[str, Kind]:
    """Every term of the language vocabularies by IRI, told apart by the case of its first letter.

    >>> standard_terms()["http://www.w3.org/2000/01/rdf-schema#label"]
    'property'
    """
    terms: dict[str, Kind] = dict(_RDF_1_2)
    for vocabulary in _VOCABULARIES:
        for iri in _iris(vocabulary):
            terms.setdefault(iri, _kind(iri, str(vocabulary)))
    return terms


def _iris(vocabulary: type[DefinedNamespace]) -> Iterator[str]:
    yield from (iri for name in dir(vocabulary) if (iri := str(name)).startswith(str(vocabulary)))
    # rdflib keeps apart the names that are Python keywords: sh:class, sh:in, sh:not, sh:or.
    yield from (f"{vocabulary}{name}" for name in vocabulary._extras)


def standard_namespaces() -> frozenset[str]:
    """The namespaces whose every term :func:`standard_terms` knows."""
    return frozenset(str(vocabulary) for vocabulary in _VOCABULARIES)


def _kind(iri: str, namespace: str) -> Kind:
    local = iri.removeprefix(namespace)
    if namespace == str(XSD) or local in ("langString", "HTML", "JSON", "XMLLiteral"):
        return "datatype"
    if local in ("nil", "Violation", "Warning", "Info", "IRI", "BlankNode"):
        return "individual"
    return "class" if local[:1].isupper() else "property"
