"""RDF terms: the only conversion between pyoxigraph (the engine) and rdflib (for people).

Inside Kuvend a term is a pyoxigraph term, because the engine keeps lexical forms as parsed and
rdflib does not. rdflib terms appear at the edges: pyshacl, owlrl, Turtle for readers.
"""

from __future__ import annotations

import logging
import re
from collections.abc import Iterable

import pyoxigraph as ox
import rdflib

from kuvend.errors import BadRequest

Term = ox.NamedNode | ox.BlankNode | ox.Literal | ox.Triple
Subject = ox.NamedNode | ox.BlankNode | ox.Triple

# What is no value of its datatype is told as a finding; rdflib would print a traceback for each.
logging.getLogger("rdflib.term").setLevel(logging.ERROR)

_XSD_STRING = ox.NamedNode("http://www.w3.org/2001/XMLSchema#string")


def to_rdflib(term: Term) -> rdflib.term.Identifier:
    """``term`` as rdflib writes it, lexical form unchanged.

    :raises BadRequest: for a triple term, which rdflib 7 cannot hold.

    >>> to_rdflib(ox.Literal("01", datatype=ox.NamedNode("http://www.w3.org/2001/XMLSchema#integer")))
    rdflib.term.Literal('01', datatype=rdflib.term.URIRef('http://www.w3.org/2001/XMLSchema#integer'))
    """
    if isinstance(term, ox.NamedNode):
        return rdflib.URIRef(term.value)
    if isinstance(term, ox.BlankNode):
        return rdflib.BNode(term.value)
    if isinstance(term, ox.Literal):
        if term.language:
            return rdflib.Literal(term.value, lang=term.language)
        if term.datatype == _XSD_STRING:
            return rdflib.Literal(term.value)
        return rdflib.Literal(
            term.value, datatype=rdflib.URIRef(term.datatype.value), normalize=False
        )
    raise BadRequest("a triple term has no place in RDF 1.1")


def from_rdflib(term: rdflib.term.Node) -> Term:
    """``term`` as the engine holds it.

    >>> from_rdflib(rdflib.Literal("e", lang="sq"))
    <Literal value=e language=sq>
    """
    if isinstance(term, rdflib.URIRef):
        return ox.NamedNode(str(term))
    if isinstance(term, rdflib.BNode):
        return ox.BlankNode(str(term))
    if isinstance(term, rdflib.Literal):
        if term.language:
            return ox.Literal(str(term), language=term.language)
        if term.datatype is None:
            return ox.Literal(str(term))
        return ox.Literal(str(term), datatype=ox.NamedNode(str(term.datatype)))
    raise BadRequest(f"{term!r} is not an RDF 1.1 term")


def to_rdflib_graph(triples: Iterable[ox.Triple | ox.Quad]) -> rdflib.Graph:
    """A fresh rdflib graph of ``triples``; graph names are dropped."""
    graph = rdflib.Graph()
    for triple in triples:
        graph.add(
            (to_rdflib(triple.subject), to_rdflib(triple.predicate), to_rdflib(triple.object))
        )
    return graph


def n_triples(term: Term) -> str:
    """``term`` as N-Triples writes it, a triple term too.

    >>> a = ox.NamedNode("urn:a")
    >>> n_triples(a), n_triples(ox.Triple(a, a, a))
    ('<urn:a>', '<<( <urn:a> <urn:a> <urn:a> )>>')
    """
    if isinstance(term, ox.Triple):
        return f"<<( {' '.join(map(n_triples, term))} )>>"
    return str(term)


def sort_key(triple: ox.Triple | ox.Quad) -> str:
    """A total order of triples and quads by their N-Quads line."""
    return str(triple)


def label_blank_nodes(quads: Iterable[ox.Quad], seed: str) -> list[ox.Quad]:
    """``quads`` with blank nodes named ``{seed}-1``, ``{seed}-2``… in order of appearance.

    Parsers invent names; a build must give the same bytes each time.
    """
    names: dict[ox.BlankNode, ox.BlankNode] = {}

    def fixed(term: Term) -> Term:
        if isinstance(term, ox.BlankNode):
            return names.setdefault(term, ox.BlankNode(f"{seed}-{len(names) + 1}"))
        if isinstance(term, ox.Triple):
            return ox.Triple(fixed(term.subject), term.predicate, fixed(term.object))  # type: ignore[arg-type]
        return term

    return [
        ox.Quad(fixed(q.subject), q.predicate, fixed(q.object), q.graph_name)  # type: ignore[arg-type]
        for q in quads
    ]


_PREFIXED = re.compile(r"^(?P<prefix>[A-Za-z][\w-]*)?:(?P<local>[\w-]*)$")


def parse_iri(text: str, prefix_map: dict[str, str], base_iri: str) -> ox.NamedNode:
    """The IRI that ``text`` stands for: ``<…>``, ``prefix:name``, absolute, or a path of the base.

    :raises BadRequest: where it is none of these.

    >>> parse_iri("id/org/akk", {}, "https://w3id.org/kuvend/").value
    'https://w3id.org/kuvend/id/org/akk'
    """
    stripped = text.strip()
    if stripped.startswith("<") and stripped.endswith(">"):
        stripped = stripped[1:-1]
    match = _PREFIXED.match(stripped)
    if match and (match["prefix"] or "") in prefix_map:
        stripped = prefix_map[match["prefix"] or ""] + match["local"]
    elif ":" not in stripped:
        stripped = base_iri + stripped.lstrip("/")
    try:
        return ox.NamedNode(stripped)
    except ValueError as error:
        raise BadRequest(f"{text!r} is not an IRI or a prefixed name.") from error
