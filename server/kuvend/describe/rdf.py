"""The RDF about one IRI, for machines: statements, evidence and the links to it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.describe.evidence import Claim
from kuvend.describe.thing import Description, Statement
from kuvend.store import DEFAULT_GRAPH, GraphNames, Store
from kuvend.terms import Term


def thing_quads(
    store: Store, graphs: GraphNames, description: Description
) -> dict[str, list[ox.Quad]]:
    """The quads of a description under ``asserted``, ``inferred`` and ``evidence``.

    Each quad keeps the named graph that holds it; a triple in several graphs comes several times.
    """
    statements = (*description.outgoing, *description.incoming)
    asserted = [q for s in statements if not s.inferred for q in _quads_of(s)]
    # Nodes without a name have no page of their own, so they come with the thing.
    asserted += list(_blank_objects(store, asserted))
    inferred = [ox.Quad(*_spo(s.triple), graphs.inferred) for s in statements if s.inferred]
    nodes: list[ox.NamedNode] = [a.iri for a in description.absences]
    for claim in {c.iri: c for s in statements for c in s.claims}.values():
        nodes += _evidence_nodes(claim)
    evidence = [q for node in dict.fromkeys(nodes) for q in closure(store, node, graphs.evidence)]
    return {
        "asserted": list(dict.fromkeys(asserted)),
        "inferred": inferred,
        "evidence": list(dict.fromkeys(evidence)),
    }


def closure(
    store: Store, node: ox.NamedNode, graph_name: ox.NamedNode | None = None
) -> Iterator[ox.Quad]:
    """The quads with ``node`` as subject and those of its parts: nodes without a page.

    Parts are blank nodes and IRIs that only add a fragment, such as the selectors of a passage.
    ``graph_name`` limits to one graph; ``None`` means every named graph.
    """
    seen: set[Term] = set()
    waiting: list[ox.NamedNode | ox.BlankNode] = [node]
    while waiting:
        subject = waiting.pop()
        seen.add(subject)
        for quad in store.quads(subject, None, None, graph_name):
            if graph_name is None and quad.graph_name == DEFAULT_GRAPH:
                continue
            yield quad
            if _is_part(quad.object, subject) and quad.object not in seen:
                waiting.append(quad.object)  # type: ignore[arg-type]


def _is_part(node: Term, whole: ox.NamedNode | ox.BlankNode) -> bool:
    if isinstance(node, ox.BlankNode):
        return True
    return isinstance(node, ox.NamedNode) and node.value.startswith(f"{whole.value}#")


def _quads_of(statement: Statement) -> Iterator[ox.Quad]:
    for name in statement.graph_names:
        yield ox.Quad(*_spo(statement.triple), name)


def _spo(
    triple: ox.Triple,
) -> tuple[ox.NamedNode | ox.BlankNode | ox.Triple, ox.NamedNode, Term]:
    return triple.subject, triple.predicate, triple.object


def _blank_objects(store: Store, quads: Iterable[ox.Quad]) -> Iterator[ox.Quad]:
    for quad in list(quads):
        if isinstance(quad.object, ox.BlankNode):
            yield from closure(store, quad.object, None)  # type: ignore[arg-type]


def _evidence_nodes(claim: Claim) -> list[ox.NamedNode]:
    return [claim.iri, *(passage.iri for passage in claim.passages)]
