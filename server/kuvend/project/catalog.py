"""The catalog graph: what the dataset is and what it was built from (DCAT, PROV, VoID)."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

import kuvend
from kuvend.corpus import Corpus
from kuvend.errors import ProjectError
from kuvend.namespaces import DCAT, DCT, FOAF, PROV, RDF, VOID, XSD
from kuvend.ontology import Ontology
from kuvend.terms import label_blank_nodes


def read_description(data_folder: Path) -> list[ox.Triple]:
    """The triples of ``data/dataset.ttl``: title, description, licence, issue date.

    :raises ProjectError: where the file does not parse.
    """
    path = data_folder / "dataset.ttl"
    if not path.is_file():
        return []
    try:
        quads = ox.parse(path=str(path), format=ox.RdfFormat.TURTLE)
        return [quad.triple for quad in label_blank_nodes(quads, "dataset")]
    except SyntaxError as error:
        raise ProjectError(f"does not parse: {error}", source=str(path)) from error


def issue_date(description: Iterable[ox.Triple]) -> str | None:
    """The ``dct:issued`` date of the dataset, the day its statements speak of as today."""
    for triple in description:
        if triple.predicate == DCT.issued and isinstance(triple.object, ox.Literal):
            return triple.object.value
    return None


def catalog_triples(
    base_iri: str,
    corpus: Corpus,
    ontology: Ontology,
    description: Iterable[ox.Triple],
    *,
    date: str,
    input_hash: str,
) -> list[ox.Triple]:
    """Everything the catalog says, sorted; the date is the dataset's, never the clock's."""
    dataset = ox.NamedNode(f"{base_iri}dataset")
    build = ox.NamedNode(f"{base_iri}dataset#build")
    agent = ox.NamedNode(f"{base_iri}dataset#kuvend-{kuvend.__version__}")
    version = ox.NamedNode(ontology.version_iri) if ontology.version_iri else None
    sources = [ox.NamedNode(document.iri) for document in corpus.documents]
    triples = [
        *description,
        ox.Triple(dataset, RDF.type, DCAT.Dataset),
        ox.Triple(dataset, RDF.type, VOID.Dataset),
        ox.Triple(dataset, DCT.issued, ox.Literal(date, datatype=XSD.date)),
        ox.Triple(dataset, VOID.sparqlEndpoint, ox.NamedNode(f"{base_iri}sparql")),
        ox.Triple(dataset, VOID.uriSpace, ox.Literal(f"{base_iri}id/")),
        ox.Triple(dataset, DCAT.accessURL, ox.NamedNode(f"{base_iri}sparql")),
        ox.Triple(dataset, PROV.wasGeneratedBy, build),
        ox.Triple(build, RDF.type, PROV.Activity),
        ox.Triple(build, PROV.wasAssociatedWith, agent),
        ox.Triple(build, DCT.identifier, ox.Literal(input_hash)),
        ox.Triple(agent, RDF.type, PROV.SoftwareAgent),
        ox.Triple(agent, FOAF.name, ox.Literal(f"Kuvend {kuvend.__version__}")),
        *(ox.Triple(dataset, DCT.source, source) for source in sources),
        *(ox.Triple(build, PROV.used, source) for source in sources),
        *_document_triples(corpus),
        *_counts(dataset, corpus),
    ]
    if version:
        triples.append(ox.Triple(dataset, DCT.conformsTo, version))
    return sorted(set(triples), key=str)


def _document_triples(corpus: Corpus) -> Iterable[ox.Triple]:
    return corpus.catalogue


def _counts(dataset: ox.NamedNode, corpus: Corpus) -> Iterable[ox.Triple]:
    asserted = {t for triples in corpus.asserted.values() for t in triples}
    yield ox.Triple(dataset, VOID.triples, _integer(len(asserted)))
    subjects = {t.subject for t in asserted}
    yield ox.Triple(dataset, VOID.distinctSubjects, _integer(len(subjects)))
    properties = Counter(t.predicate.value for t in asserted)
    names = _fragments(properties)
    for prop, count in sorted(properties.items()):
        part = ox.NamedNode(f"{dataset.value}#property-{names[prop]}")
        yield ox.Triple(dataset, VOID.propertyPartition, part)
        yield ox.Triple(part, VOID.property, ox.NamedNode(prop))
        yield ox.Triple(part, VOID.triples, _integer(count))
    classes = Counter(
        t.object.value
        for t in asserted
        if t.predicate == RDF.type and isinstance(t.object, ox.NamedNode)
    )
    names = _fragments(classes)
    for cls, count in sorted(classes.items()):
        part = ox.NamedNode(f"{dataset.value}#class-{names[cls]}")
        yield ox.Triple(dataset, VOID.classPartition, part)
        yield ox.Triple(part, VOID["class"], ox.NamedNode(cls))
        yield ox.Triple(part, VOID.entities, _integer(count))


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=XSD.integer)


def _fragments(iris: Iterable[str]) -> dict[str, str]:
    """A name for each IRI, from its end; where two end alike, a hash of the IRI tells them apart.

    >>> _fragments(["http://a.org/def#name"])
    {'http://a.org/def#name': 'def-name'}
    """
    short = {iri: _fragment(iri) for iri in iris}
    shared = Counter(short.values())
    return {
        iri: name if shared[name] == 1 else f"{name}-{hashlib.sha256(iri.encode()).hexdigest()[:8]}"
        for iri, name in short.items()
    }


def _fragment(iri: str) -> str:
    tail = iri.replace("#", "/").split("/")
    return "-".join(part for part in tail[-2:] if part)
