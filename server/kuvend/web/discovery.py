"""Self-description: VoID, catalog, robots, sitemap, the description of the HTTP interface."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pyoxigraph as ox
from flask import Blueprint, Response, redirect, request, send_file
from werkzeug.wsgi import FileWrapper

from kuvend.errors import NotFound
from kuvend.formats import GRAPH_FORMATS, HTML, N_QUADS, Format
from kuvend.namespaces import DCT, RDF, VOID
from kuvend.web import negotiation, rendering, things
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.negotiation import Link
from kuvend.web.openapi import describe_api
from kuvend.web.partitions import partition_triples
from kuvend.web.querying import STREAMING_KEY
from kuvend.web.writing import write_quads

blueprint = Blueprint("discovery", __name__)

_XML = Format("xml", ("application/xml",), ("xml",))
_PLAIN = Format("text", ("text/plain",), ("txt",))
_MARKDOWN = Format("markdown", ("text/markdown",), ("md",))
_JSON = Format("json", ("application/json",), ("json",))
_SITEMAP_LIMIT = 50_000
_PIECE_BYTES = 64 * 1024
_RANGE = re.compile(r"bytes\s*=\s*(?:[0-9]{1,18}\s*-\s*[0-9]{0,18}|-\s*[0-9]{1,18})\s*")


@blueprint.get("/.well-known/void")
def void() -> Response:
    """The VoID description of the dataset."""
    known = knowledge()
    chosen = negotiation.wanted((*GRAPH_FORMATS, HTML))
    if chosen is HTML:
        return redirect(f"{request.script_root}/catalog", code=303)  # type: ignore[return-value]
    return negotiation.answer(chosen, lambda: _catalog_rdf(known, chosen))


@blueprint.get("/catalog")
@blueprint.get("/catalog.<extension>")
def catalog(extension: str = "") -> Response:
    """What the dataset is, what it was built from, and where it can be had."""
    known = knowledge()
    offered = negotiation.graph_offers()
    _, found = negotiation.split_extension(f"catalog.{extension}", offered)
    if extension and found is None:
        raise NotFound(f"there is nothing at {request.path}.")
    chosen = negotiation.wanted(offered, found)
    path = f"{request.script_root}/catalog"
    links = [
        Link(f"{known.base_iri}dataset", "describes"),
        *negotiation.alternates(path, offered, chosen),
        *(Link(licence, "license") for licence in things.licences(known)),
    ]

    def make() -> str | bytes:
        return _catalog_page(known) if chosen is HTML else _catalog_rdf(known, chosen)

    return negotiation.answer(chosen, make, links=links)


@blueprint.get("/dataset")
def dataset() -> Response:
    """303 from the dataset to its description."""
    return redirect(f"{request.script_root}/catalog", code=303)  # type: ignore[return-value]


@blueprint.get("/dataset.nq")
def dump() -> Response:
    """The whole release as N-Quads, resumable.

    A range that is no single one of bytes is as if it was not asked for (RFC 9110 §14.2).
    """
    known = knowledge()
    if not _RANGE.fullmatch(request.headers.get("Range", "")):
        request.environ.pop("HTTP_RANGE", None)
    response = send_file(
        known.release.dataset_path.resolve(),
        mimetype=N_QUADS.media_type,
        as_attachment=True,
        download_name=f"kuvend-{known.release.id}.nq",
        conditional=True,
        etag=known.release.dataset_hash,
    )
    response.headers.add("Link", str(Link(f"{request.script_root}/catalog", "describedby")))
    if isinstance(response.response, FileWrapper):
        response.response.buffer_size = _PIECE_BYTES
    request.environ[STREAMING_KEY] = True
    return response


def _catalog_rdf(known: Knowledge, chosen: Format) -> bytes:
    quads = list(known.store.quads(None, None, None, known.graphs.catalog))
    own = ox.NamedNode(f"{known.base_iri}dataset")
    extra: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (VOID.dataDump, ox.NamedNode(f"{known.base_iri}dataset.nq")),
        (DCT.identifier, ox.Literal(known.release.dataset_hash)),
        (VOID.uriLookupEndpoint, ox.NamedNode(f"{known.base_iri}describe?iri=")),
        (VOID.openSearchDescription, ox.NamedNode(f"{known.base_iri}search")),
        *((VOID.feature, _feature(offer)) for offer in GRAPH_FORMATS),
        *((VOID.vocabulary, ox.NamedNode(iri)) for iri in _vocabularies(known)),
    ]
    quads += [ox.Quad(own, prop, value, known.graphs.catalog) for prop, value in extra]
    if known.profile is not None:
        found = partition_triples(own, known.profile)
        quads += [ox.Quad(t.subject, t.predicate, t.object, known.graphs.catalog) for t in found]
    page = ox.NamedNode(f"{known.base_iri}.well-known/void")
    quads.append(ox.Quad(page, RDF.type, VOID.DatasetDescription, known.graphs.catalog))
    return write_quads(quads, chosen, known.project.prefixes)


def _feature(offer: Format) -> ox.NamedNode:
    names = {
        "turtle": "Turtle", "ntriples": "N-Triples", "jsonld": "JSON-LD", "rdfxml": "RDF_XML",
        "trig": "TriG", "nquads": "N-Quads",
    }  # fmt: skip
    return ox.NamedNode(f"http://www.w3.org/ns/formats/{names[offer.name]}")


def _vocabularies(known: Knowledge) -> list[str]:
    used = {term.value for term in known.term_counts}
    prefixes = known.project.prefixes
    return sorted(
        iri
        for name, iri in prefixes.items()
        if not name.startswith("id-") and any(term.startswith(iri) for term in used)
    )


def _catalog_page(known: Knowledge) -> str:
    own = ox.NamedNode(f"{known.base_iri}dataset")

    def literal(prop: ox.NamedNode) -> ox.Literal | None:
        quads = known.store.quads(own, prop, None, known.graphs.catalog)
        return rendering.pick_literal(q.object for q in quads if isinstance(q.object, ox.Literal))

    return rendering.page(
        "catalog.html",
        own=own,
        title=literal(DCT.title),
        description=literal(DCT.description),
        licences=things.licences(known),
        release=known.release,
        numbers=known.numbers,
        coverage=known.release.manifest.get("coverage", []),
        path=f"{request.script_root}/catalog",
    )


@blueprint.get("/robots.txt")
def robots() -> Response:
    """What crawlers should leave alone: what costs work and gives nothing to index."""
    root = request.script_root
    lines = [
        "User-agent: *",
        *(
            f"Disallow: {root}/{path}"
            for path in ("sparql", "sentences", "explain", "search", "validate")
        ),
        "Crawl-delay: 1",
        f"Sitemap: {request.url_root}sitemap.xml",
    ]
    return negotiation.answer(_PLAIN, lambda: "\n".join(lines) + "\n", varies=False)


@blueprint.get("/llms.txt")
def for_language_models() -> Response:
    """What is here and how to ask it, for programs that read as people do.

    Source: llmstxt.org.
    """
    known = knowledge()
    return negotiation.answer(
        _MARKDOWN,
        lambda: rendering.page("llms.txt", known=known, root=request.url_root.rstrip("/")),
        varies=False,
    )


@blueprint.get("/sitemap.xml")
def sitemap() -> Response:
    """Every page about a thing, a document, a concept, a query."""
    known = knowledge()
    return negotiation.answer(
        _XML, lambda: rendering.page("sitemap.xml", paths=_paths(known)), varies=False
    )


def _paths(known: Knowledge) -> list[str]:
    start = f"{known.base_iri}id/"
    fixed = ["", "explore", "documents", "queries", "def", "concept", "catalog"]
    found = dict.fromkeys((*fixed, *_thing_paths(known, start)))
    return list(found)[:_SITEMAP_LIMIT]


def _thing_paths(known: Knowledge, start: str) -> Iterator[str]:
    for source in known.evidence().sources():
        if source.document is not None and source.document.value.startswith(known.base_iri):
            yield source.document.value[len(known.base_iri) :]
    for query in known.library:
        yield f"queries/{query.name}"
    nodes = {node.value for node, _ in known.typed() if node.value.startswith(start)}
    yield from sorted(f"doc/{iri[len(start) :]}" for iri in nodes)


@blueprint.get("/openapi.json")
def openapi() -> Response:
    """The HTTP interface as OpenAPI 3.1."""
    known = knowledge()
    return negotiation.answer(
        _JSON,
        lambda: rendering.as_json(describe_api(known.library, request.url_root)),
        varies=False,
    )
