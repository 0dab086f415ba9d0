"""The statements about one IRI, asserted and inferred told apart, each with its claims."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kuvend.describe.evidence import Absence, Claim, Evidence
from kuvend.describe.schema import Schema
from kuvend.namespaces import OWL, RDF
from kuvend.store import DEFAULT_GRAPH, GraphNames, Store

# Bounds of one page, so that an IRI with very many links costs no more than another.
OUTGOING_LIMIT = 1000
INCOMING_LIMIT = 200
_CLAIMS_AT_ONCE = 3000

_TRIVIAL_CLASSES = frozenset({OWL.Thing, OWL.NamedIndividual})


@dataclass(frozen=True)
class Statement:
    """A triple, where it stands, and what supports it.

    ``graph_names`` are the named graphs that hold it, ``inferred`` tells that none of them
    asserts it. ``stated_as`` is the asserted triple it restates the other way round (an inverse
    property) and then ``claims`` are those of that triple. ``general`` marks what only repeats
    an asserted statement with a wider property or class.
    """

    triple: ox.Triple
    graph_names: tuple[ox.NamedNode, ...]
    inferred: bool
    claims: tuple[Claim, ...] = ()
    stated_as: ox.Triple | None = None
    general: bool = False

    @property
    def predicate(self) -> ox.NamedNode:
        """The property."""
        return self.triple.predicate


@dataclass(frozen=True)
class Description:
    """Everything a page about ``iri`` shows.

    ``outgoing`` and ``incoming`` are one page of statements with ``iri`` as subject and as
    object; ``more_outgoing`` and ``more_incoming`` say whether there are further pages.
    """

    iri: ox.NamedNode
    types: tuple[ox.NamedNode, ...]
    outgoing: tuple[Statement, ...]
    incoming: tuple[Statement, ...]
    absences: tuple[Absence, ...]
    more_outgoing: bool
    more_incoming: bool

    @property
    def is_empty(self) -> bool:
        """Whether the graph says nothing about the IRI."""
        return not (self.outgoing or self.incoming or self.absences)


def describe(
    store: Store,
    graphs: GraphNames,
    iri: ox.NamedNode,
    *,
    schema: Schema | None = None,
    page: int = 1,
) -> Description:
    """What the default graph says about ``iri``, ``page`` counting from 1."""
    reader = _Reader(store, graphs, schema or Schema(store), iri)
    outgoing, more_outgoing = _slice(
        store.quads(iri, None, None, DEFAULT_GRAPH), page, OUTGOING_LIMIT
    )
    incoming, more_incoming = _slice(
        store.quads(None, None, iri, DEFAULT_GRAPH), page, INCOMING_LIMIT
    )
    statements = reader.outgoing(outgoing)
    shown = {s.stated_as for s in statements if s.stated_as is not None}
    return Description(
        iri,
        reader.types(statements),
        statements,
        reader.incoming(triple for triple in incoming if triple not in shown),
        reader.evidence.absences_about(iri),
        more_outgoing,
        more_incoming,
    )


def _slice(quads: Iterator[ox.Quad], page: int, limit: int) -> tuple[list[ox.Triple], bool]:
    first = (page - 1) * limit
    found = [quad.triple for quad in islice(quads, first, first + limit + 1)]
    return found[:limit], len(found) > limit


class _Reader:
    """Looks up where triples stand and what supports them."""

    def __init__(self, store: Store, graphs: GraphNames, schema: Schema, iri: ox.NamedNode) -> None:
        self.store = store
        self.graphs = graphs
        self.schema = schema
        self.evidence = Evidence(store, graphs)
        self.iri = iri

    def outgoing(self, triples: Iterable[ox.Triple]) -> tuple[Statement, ...]:
        claims: dict[ox.Triple, list[Claim]] = {}
        every = self.evidence.claims_about(self.iri, limit=_CLAIMS_AT_ONCE + 1)
        for claim in every:
            claims.setdefault(claim.triple, []).append(claim)
        # A hub has claims of which most belong to other pages; then each triple asks for its own.
        is_whole = len(every) <= _CLAIMS_AT_ONCE
        bare = [self._statement(t, tuple(claims.get(t, ())) if is_whole else None) for t in triples]
        asserted = [s for s in bare if not s.inferred or s.stated_as]
        wider = set(self._wider(asserted))
        found = (
            _marked_general(s) if s.inferred and not s.stated_as and s.triple in wider else s
            for s in bare
        )
        return tuple(s for s in found if not (s.inferred and s.triple.object in _TRIVIAL_CLASSES))

    def incoming(self, triples: Iterable[ox.Triple]) -> tuple[Statement, ...]:
        bare = [self._statement(t, None) for t in triples]
        kept = [s for s in bare if not s.inferred]
        return tuple(kept)

    def types(self, statements: Iterable[Statement]) -> tuple[ox.NamedNode, ...]:
        found = (s.triple.object for s in statements if s.predicate == RDF.type)
        named = {t for t in found if isinstance(t, ox.NamedNode)} - _TRIVIAL_CLASSES
        return self.schema.most_specific(named)

    def _statement(self, triple: ox.Triple, claims: tuple[Claim, ...] | None) -> Statement:
        names = self._graph_names(triple)
        inferred = self.graphs.inferred in names and len(names) == 1
        if claims is None:
            claims = () if inferred else self.evidence.claims_for(triple)
        if inferred and not claims:
            stated_as = self._stated_as(triple)
            if stated_as is not None:
                return Statement(
                    triple, names, True, self.evidence.claims_for(stated_as), stated_as
                )
        return Statement(triple, names, inferred, claims)

    def _graph_names(self, triple: ox.Triple) -> tuple[ox.NamedNode, ...]:
        quads = self.store.quads(triple.subject, triple.predicate, triple.object)
        names = {q.graph_name for q in quads if isinstance(q.graph_name, ox.NamedNode)}
        return tuple(sorted(names, key=str))

    def _stated_as(self, triple: ox.Triple) -> ox.Triple | None:
        if isinstance(triple.object, ox.Literal | ox.Triple):
            return None
        for prop in sorted(self.schema.inverses(triple.predicate), key=str):
            other = ox.Triple(triple.object, prop, triple.subject)
            names = self._graph_names(other)
            if names and names != (self.graphs.inferred,):
                return other
        return None

    def _wider(self, statements: Iterable[Statement]) -> Iterator[ox.Triple]:
        for statement in statements:
            triple = statement.triple
            for prop in self.schema.superproperties(triple.predicate):
                yield ox.Triple(triple.subject, prop, triple.object)
            if triple.predicate == RDF.type and isinstance(triple.object, ox.NamedNode):
                for cls in self.schema.superclasses(triple.object):
                    yield ox.Triple(triple.subject, RDF.type, cls)


def _marked_general(statement: Statement) -> Statement:
    return Statement(statement.triple, statement.graph_names, True, general=True)
