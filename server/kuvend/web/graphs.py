"""The named graphs: a list, and each as a page or as RDF."""

from __future__ import annotations

import io
import threading
from collections import Counter
from itertools import islice

import pyoxigraph as ox
from flask import Blueprint, Response, after_this_request, request

from kuvend.errors import NotFound, Unavailable
from kuvend.formats import HTML, Format
from kuvend.serializing import rdf_target
from kuvend.web import negotiation, rendering, things
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.negotiation import Link
from kuvend.web.querying import STREAMING_KEY
from kuvend.web.writing import write_quads

blueprint = Blueprint("graphs", __name__)

_SAMPLE = 50
_IN_MEMORY_LIMIT = 20_000
_large = threading.BoundedSemaphore(4)


@blueprint.get("/graph")
@blueprint.get("/graph/")
def listing() -> Response:
    """The named graphs with their sizes."""
    known = knowledge()
    chosen = negotiation.wanted((HTML,))
    sizes: dict[str, int] = known.release.manifest.get("graphs", {})

    def make() -> str:
        names = known.store.graph_names()
        return rendering.page("graphs.html", names=names, sizes=sizes)

    return negotiation.answer(chosen, make)


@blueprint.get("/graph/<path:name>")
def graph(name: str) -> Response:
    """One named graph."""
    known = knowledge()
    offered = negotiation.graph_offers()
    bare, extension = negotiation.split_extension(name, offered)
    graph_name = things.base_node(known, f"graph/{bare}")
    if graph_name not in known.store.graph_names():
        raise NotFound(f"there is no graph {graph_name.value}.", suggestion="See /graph.")
    chosen = negotiation.wanted(offered, extension)
    path = f"{request.script_root}/graph/{bare}"
    links = [Link(graph_name.value, "cite-as"), *negotiation.alternates(path, offered, chosen)]
    return negotiation.answer(chosen, lambda: _body(known, graph_name, chosen, path), links=links)


def _body(known: Knowledge, graph_name: ox.NamedNode, chosen: Format, path: str) -> str | bytes:
    quads = known.store.quads(None, None, None, graph_name)
    if chosen is not HTML:
        held = list(islice(quads, _IN_MEMORY_LIMIT + 1))
        if len(held) <= _IN_MEMORY_LIMIT:
            prefixes = known.project.prefixes
            return write_quads(held, chosen, prefixes, is_description=False)
        return _dump(known, graph_name, chosen)
    properties: Counter[ox.NamedNode] = Counter()
    sample: list[ox.Quad] = []
    for quad in quads:
        properties[quad.predicate] += 1
        if len(sample) < _SAMPLE:
            sample.append(quad)
    return rendering.page(
        "graph.html",
        graph_name=graph_name,
        path=path,
        total=sum(properties.values()),
        properties=sorted(properties.items(), key=lambda row: (-row[1], row[0].value)),
        sample=sample,
    )


def _dump(known: Knowledge, graph_name: ox.NamedNode, chosen: Format) -> bytes:
    """A large graph, of which only a few are held for clients at a time.

    :raises Unavailable: where others are read already.
    """
    if not _large.acquire(blocking=False):
        raise Unavailable(
            "as many large graphs are read as may be at a time.",
            suggestion="Try again in a minute, or take /dataset.nq.",
        )
    request.environ[STREAMING_KEY] = True

    @after_this_request
    def _(response: Response) -> Response:
        response.call_on_close(_large.release)
        return response

    out = io.BytesIO()
    assert chosen.rdf is not None
    if chosen.name in {"trig", "nquads"}:
        quads = known.store.quads(None, None, None, graph_name)
        ox.serialize(quads, out, format=chosen.rdf, prefixes=known.project.prefixes)
    else:
        with rdf_target(out, chosen.rdf) as target:
            known.store.engine.dump(
                target, format=chosen.rdf, from_graph=graph_name, prefixes=known.project.prefixes
            )
    return out.getvalue()
