"""The service description of ``/sparql`` as triples, computed from settings and release.

Source: SPARQL 1.1 Service Description.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kuvend.formats import GRAPH_FORMATS, RESULT_FORMATS
from kuvend.namespaces import DCT, RDF, SD, VOID, XSD, Namespace
from kuvend.project import Project, Release
from kuvend.sparql import column_formats
from kuvend.web.querying import Querying

_ENT = Namespace("http://www.w3.org/ns/entailment/")
_PROFILE = Namespace("http://www.w3.org/ns/owl-profile/")
_FORMATS = Namespace("http://www.w3.org/ns/formats/")
_MEDIA_TYPES = Namespace("https://www.iana.org/assignments/media-types/")
_SCHEMA = Namespace("http://schema.org/")
_FORMAT_NAMES = {
    "turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdfxml": "RDF_XML",
    "trig": "TriG", "nquads": "N-Quads", "json": "SPARQL_Results_JSON",
    "xml": "SPARQL_Results_XML", "csv": "SPARQL_Results_CSV", "tsv": "SPARQL_Results_TSV",
}  # fmt: skip
# Setting and unit; published because a client cannot guess them.
_LIMITS = (
    ("query_timeout_s", "seconds"),
    ("query_memory_mb", "MiB"),
    ("max_result_bytes", "bytes"),
    ("max_query_bytes", "bytes"),
    ("max_query_nesting", "levels"),
    ("max_query_operators", "operators"),
    ("max_query_patterns", "patterns"),
    ("client_queries", "queries"),
)


def describe_service(querying: Querying, query_url: str, update_url: str) -> list[ox.Triple]:
    """The description of the service that answers at ``query_url``."""
    project, release = querying.project, querying.release()
    service = ox.NamedNode(query_url)
    dataset = ox.BlankNode("dataset")
    found = [
        ox.Triple(service, RDF.type, SD.Service),
        ox.Triple(service, SD.endpoint, service),
        ox.Triple(service, SD.supportedLanguage, SD.SPARQL11Query),
        ox.Triple(service, SD.feature, SD.EmptyGraphs),
        ox.Triple(service, SD.defaultEntailmentRegime, _ENT["OWL-RDF-Based"]),
        ox.Triple(service, SD.defaultSupportedEntailmentProfile, _PROFILE.RL),
        ox.Triple(service, SD.defaultDataset, dataset),
        ox.Triple(ox.NamedNode(update_url), RDF.type, SD.Service),
        ox.Triple(ox.NamedNode(update_url), SD.endpoint, ox.NamedNode(update_url)),
        ox.Triple(ox.NamedNode(update_url), SD.supportedLanguage, SD.SPARQL11Update),
    ]
    if project.settings.service_hosts:
        found.append(ox.Triple(service, SD.feature, SD.BasicFederatedQuery))
    for offer in (*RESULT_FORMATS, *GRAPH_FORMATS):
        found.append(ox.Triple(service, SD.resultFormat, _FORMATS[_FORMAT_NAMES[offer.name]]))
    for offer in column_formats():
        found.append(ox.Triple(service, SD.resultFormat, _MEDIA_TYPES[offer.media_type]))
    found.extend(_limits(service, project))
    found.extend(_dataset(dataset, release))
    return found


def _limits(service: ox.NamedNode, project: Project) -> Iterator[ox.Triple]:
    for name, unit in _LIMITS:
        node = ox.BlankNode(name)
        value = getattr(project.settings, name)
        is_whole = isinstance(value, int)
        kind, told = (XSD.integer, str(value)) if is_whole else (XSD.decimal, f"{value:f}")
        yield ox.Triple(service, _SCHEMA.additionalProperty, node)
        yield ox.Triple(node, RDF.type, _SCHEMA.PropertyValue)
        yield ox.Triple(node, _SCHEMA.name, ox.Literal(name))
        yield ox.Triple(node, _SCHEMA.value, ox.Literal(told, datatype=kind))
        yield ox.Triple(node, _SCHEMA.unitText, ox.Literal(unit))


def _dataset(dataset: ox.BlankNode, release: Release) -> Iterator[ox.Triple]:
    counts: dict[str, int] = release.manifest.get("graphs", {})
    yield ox.Triple(dataset, RDF.type, SD.Dataset)
    yield ox.Triple(dataset, DCT.identifier, ox.Literal(release.id))
    yield ox.Triple(dataset, DCT.issued, ox.Literal(release.date, datatype=XSD.date))
    default = ox.BlankNode("default")
    yield ox.Triple(dataset, SD.defaultGraph, default)
    yield from _graph(default, counts.get("default", 0))
    for number, name in enumerate(sorted(set(counts) - {"default"})):
        named, graph = ox.BlankNode(f"named{number}"), ox.BlankNode(f"graph{number}")
        yield ox.Triple(dataset, SD.namedGraph, named)
        yield ox.Triple(named, RDF.type, SD.NamedGraph)
        yield ox.Triple(named, SD.name, ox.NamedNode(name))
        yield ox.Triple(named, SD.graph, graph)
        yield from _graph(graph, counts[name])


def _graph(graph: ox.BlankNode, triples: int) -> Iterator[ox.Triple]:
    yield ox.Triple(graph, RDF.type, SD.Graph)
    yield ox.Triple(graph, VOID.triples, ox.Literal(str(triples), datatype=XSD.integer))
