"""RDF as text: grouped and prefixed for people where it is small, fast where it is large."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

import pyoxigraph as ox
import rdflib

from kuvend.formats import JSON_LD, TURTLE, Format
from kuvend.serializing import serialize
from kuvend.terms import to_rdflib_graph

# rdflib writes the more readable Turtle and JSON-LD, the engine is some fifty times faster.
_READABLE_LIMIT = 20_000

Section = tuple[str, Sequence[ox.Quad]]


def write_quads(
    quads: Sequence[ox.Quad],
    format_: Format,
    prefix_map: Mapping[str, str],
    *,
    is_description: bool = True,
) -> bytes:
    """``quads`` in ``format_``; a format without graph names gets the triples, each once.

    :raises NotAcceptable: where the format cannot hold them.

    A description has all its triples in the default graph too, where clients look that follow
    links; its named graphs say where each triple stands.
    """
    if format_.rdf is None:
        raise ValueError(f"{format_.name} is not an RDF format")
    if format_.rdf.supports_datasets and format_ is not JSON_LD:
        merged = {ox.Quad(*quad.triple) for quad in quads} if is_description else set()
        ordered = sorted(merged.union(quads), key=_by_graph)
        used = _used_prefixes(ordered, prefix_map)
        return serialize(ordered, format_.rdf, used)
    triples = sorted({quad.triple for quad in quads}, key=str)
    if format_ in (TURTLE, JSON_LD) and len(triples) <= _READABLE_LIMIT:
        return _readable(triples, format_, prefix_map)
    return _engine(triples, format_.rdf, prefix_map)


def write_sections(
    sections: Sequence[Section], format_: Format, prefix_map: Mapping[str, str]
) -> bytes:
    """Like :func:`write_quads`; Turtle keeps the sections apart under comments."""
    if format_ is not TURTLE or sum(len(quads) for _, quads in sections) > _READABLE_LIMIT:
        return write_quads([q for _, quads in sections for q in quads], format_, prefix_map)
    everything = [quad.triple for _, quads in sections for quad in quads]
    used = _used_prefixes(everything, prefix_map)
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in used.items())
    parts = [head]
    for title, quads in sections:
        triples = sorted({quad.triple for quad in quads}, key=str)
        if triples:
            body = _without_prefixes(_readable(triples, TURTLE, used).decode())
            parts.append(f"# {title}\n\n{body}\n")
    return "\n".join(parts).encode()


def _without_prefixes(turtle: str) -> str:
    """The statements of a text that begins with its prefixes."""
    lines = turtle.split("\n")
    while lines and (not lines[0] or lines[0].startswith("@prefix ")):
        del lines[0]
    return "\n".join(lines).rstrip("\n")


class _OwnPrefixes(rdflib.namespace.NamespaceManager):
    """The prefixes that were bound, and no others made up for predicates."""

    def compute_qname(self, uri: str, generate: bool = True) -> tuple[str, rdflib.URIRef, str]:
        """The parts of a prefixed name.

        :raises KeyError: where no prefix fits.
        """
        return super().compute_qname(uri, generate=False)


def _engine(
    triples: Iterable[ox.Triple], format_: ox.RdfFormat, prefix_map: Mapping[str, str]
) -> bytes:
    held = list(triples)
    used = _used_prefixes(held, prefix_map)
    return serialize(held, format_, used)


def _readable(
    triples: Iterable[ox.Triple], format_: Format, prefix_map: Mapping[str, str]
) -> bytes:
    held = list(triples)
    if any(isinstance(t.object, ox.Triple) or isinstance(t.subject, ox.Triple) for t in held):
        # rdflib cannot hold triple terms.
        return _engine(held, format_.rdf or ox.RdfFormat.TURTLE, prefix_map)
    graph = to_rdflib_graph(held)
    graph.namespace_manager = _OwnPrefixes(graph, bind_namespaces="none")
    used = _used_prefixes(held, prefix_map)
    for name, iri in used.items():
        graph.bind(name, iri)
    if format_ is JSON_LD:
        text = graph.serialize(format="json-ld", context=used, indent=2, ensure_ascii=False)
        return text.encode() + b"\n"
    return graph.serialize(format="turtle").encode()


def _used_prefixes(
    things: Iterable[ox.Quad] | Iterable[ox.Triple], prefix_map: Mapping[str, str]
) -> dict[str, str]:
    iris: set[str] = set()
    for thing in things:
        name = thing.graph_name if isinstance(thing, ox.Quad) else None
        for term in (thing.subject, thing.predicate, thing.object, name):
            if isinstance(term, ox.NamedNode):
                iris.add(term.value)
            elif isinstance(term, ox.Literal):
                iris.add(term.datatype.value)
    # Literals of strings carry these datatypes unseen.
    iris -= {"http://www.w3.org/2001/XMLSchema#string", f"{_RDF}langString"}
    return {
        name: namespace
        for name, namespace in prefix_map.items()
        if any(_fits(iri, namespace) for iri in iris)
    }


_RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"


def _fits(iri: str, namespace: str) -> bool:
    return iri.startswith(namespace) and "/" not in iri[len(namespace) :]


def _by_graph(quad: ox.Quad) -> tuple[str, str]:
    return (str(quad.graph_name), str(quad))
