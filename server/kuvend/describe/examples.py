"""A query library as RDF, in the form that catalogues of example queries share.

Each query is a ``sh:SPARQLExecutable`` with its text, its question and the prefixes it declares.
Source: SHACL §5.2.1 (prefix declarations), SHACL Advanced Features §5 (SPARQL-based functions).
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, SH, XSD, Namespace

_SCHEMA = Namespace("https://schema.org/")
_PREFIX = re.compile(r"^\s*PREFIX\s+([\w-]*):\s*<([^>\s]*)>", re.IGNORECASE | re.MULTILINE)
_KINDS = {
    "SELECT": (SH.SPARQLSelectExecutable, SH.select),
    "ASK": (SH.SPARQLAskExecutable, SH.ask),
    "CONSTRUCT": (SH.SPARQLConstructExecutable, SH.construct),
    "DESCRIBE": (_SCHEMA.Question, SH["describe"]),
}


def example_triples(
    iri: str,
    text: str,
    *,
    form: str,
    titles: Iterable[tuple[str, str]],
    keywords: Iterable[str] = (),
    endpoint: str,
) -> Iterator[ox.Triple]:
    """One query that stands at ``iri`` and is answered at ``endpoint``.

    ``titles`` are texts with their languages.

    >>> found = example_triples("urn:q", "ASK {}", form="ASK", titles=[], endpoint="urn:s")
    >>> sorted({triple.predicate.value.rpartition("#")[2] for triple in found})
    ['ask', 'https://schema.org/target', 'type']
    """
    query = ox.NamedNode(iri)
    kind, says = _KINDS[form]
    yield ox.Triple(query, RDF.type, SH.SPARQLExecutable)
    yield ox.Triple(query, RDF.type, kind)
    yield ox.Triple(query, says, ox.Literal(text))
    yield ox.Triple(query, _SCHEMA.target, ox.NamedNode(endpoint))
    for title, language in titles:
        yield ox.Triple(query, RDFS.comment, ox.Literal(title, language=language))
    for word in keywords:
        yield ox.Triple(query, _SCHEMA.keywords, ox.Literal(word))
    yield from _prefixes(query, text)


def _prefixes(query: ox.NamedNode, text: str) -> Iterator[ox.Triple]:
    found = _PREFIX.findall(text)
    if not found:
        return
    # The same declarations of several queries are one node.
    digest = hashlib.sha256(repr(sorted(set(found))).encode()).hexdigest()[:12]
    holder = ox.BlankNode(f"prefixes{digest}")
    yield ox.Triple(query, SH.prefixes, holder)
    yield ox.Triple(holder, RDF.type, OWL.Ontology)
    for name, namespace in found:
        declared = ox.BlankNode(
            "prefix" + hashlib.sha256(f"{name} {namespace}".encode()).hexdigest()[:12]
        )
        yield ox.Triple(holder, SH["declare"], declared)
        yield ox.Triple(declared, SH.prefix, ox.Literal(name))
        yield ox.Triple(declared, SH.namespace, ox.Literal(namespace, datatype=XSD.anyURI))
