"""Things: ``/id/…`` sends to ``/doc/…``, which tells about the thing as a page or as RDF."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import cache

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, redirect, request

from kuvend.describe import Claim, Description, Statement, closure, describe, thing_quads
from kuvend.errors import BadRequest, NotFound
from kuvend.formats import HTML, Format
from kuvend.namespaces import DCT, FOAF, KV, PROV, RDF, XSD
from kuvend.near import near_names
from kuvend.store import DEFAULT_GRAPH
from kuvend.web import links, negotiation, rendering
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.negotiation import DESCRIPTION_FORMATS, Link
from kuvend.web.reading import INLINE_TYPES, Row, in_groups, in_rows
from kuvend.web.writing import Section, write_sections

blueprint = Blueprint("things", __name__)

# A page tells at most so many things in place, so that a hub costs no more than another.
_INLINE_LIMIT = 80


@blueprint.get("/id/<kind>/<path:slug>")
def identified(kind: str, slug: str) -> Response:
    """303 from a thing to its description (the thing itself cannot be sent)."""
    known = knowledge()
    bare, extension = negotiation.split_extension(slug)
    iri = known_iri(known, f"id/{kind}/{bare}")
    target = f"{request.script_root}/doc/{kind}/{bare}"
    if extension:
        target += f".{extension.extensions[0]}"
    if request.query_string:
        target += f"?{request.query_string.decode('ascii', 'replace')}"
    response = redirect(target, code=303)
    response.headers.add("Link", str(Link(iri.value, "cite-as")))
    response.vary.add("Accept")
    return current_app.make_response(response)


@blueprint.get("/doc/<kind>/<path:slug>")
def described(kind: str, slug: str) -> Response:
    """The description of a thing."""
    bare, extension = negotiation.split_extension(slug)
    return answer_path(f"id/{kind}/{bare}", f"/doc/{kind}/{bare}", extension)


@blueprint.get("/describe")
def any_iri() -> Response:
    """The description of any IRI that the graphs speak of, also of other vocabularies."""
    text = request.args.get("iri", "")
    try:
        iri = ox.NamedNode(text)
    except ValueError as error:
        raise BadRequest(
            f"{text!r} is not an IRI.", source="iri", suggestion="Give ?iri=https://…"
        ) from error
    known = knowledge()
    if not known.exists(iri):
        raise NotFound(f"nothing here speaks of {text}.")
    return answer(known, iri, negotiation.wanted(DESCRIPTION_FORMATS), None)


def evidence_quads(known: Knowledge, claim: Claim) -> list[ox.Quad]:
    """The quads of a claim and its passages."""
    nodes = [claim.iri, *(passage.iri for passage in claim.passages)]
    return [q for node in nodes for q in closure(known.store, node, known.graphs.evidence)]


def answer_path(tail: str, path: str, extension: Format | None) -> Response:
    """The description of the IRI with this tail after the base, served at ``path``."""
    known = knowledge()
    iri = known_iri(known, tail)
    chosen = negotiation.wanted(DESCRIPTION_FORMATS, extension)
    return answer(known, iri, chosen, f"{request.script_root}{path}")


def base_node(known: Knowledge, tail: str) -> ox.NamedNode:
    """The IRI with this tail after the base.

    :raises NotFound: where the tail has characters that no IRI has.
    """
    try:
        return ox.NamedNode(known.base_iri + tail)
    except ValueError as error:
        raise NotFound(f"there is nothing at {request.path}.") from error


def known_iri(known: Knowledge, tail: str) -> ox.NamedNode:
    """The IRI with this tail after the base.

    :raises NotFound: where no graph speaks of it.
    """
    iri = base_node(known, tail)
    if not known.exists(iri):
        near = _nearest(known, tail)
        raise NotFound(
            f"there is no {known.base_iri}{tail}.",
            suggestion=f"Did you mean {near}?" if near else "Search for it at /search.",
        )
    return iri


def _nearest(known: Knowledge, tail: str) -> str:
    """The paths of things of the same kind that are written most like this one."""
    folder, _, slug = tail.rpartition("/")
    slugs = known.slugs.get(folder, ())
    near = near_names(slug, slugs, most=3)
    longer = [other for other in slugs if len(slug) > 1 and slug in other.split("-")]
    starts = [other for other in slugs if len(slug) > 1 and other.startswith(slug)]
    found = list(dict.fromkeys([*near[:1], *starts, *longer, *near]))[:3]
    return " or ".join(f"/{folder}/{other}" for other in found)


def answer(known: Knowledge, iri: ox.NamedNode, chosen: Format, path: str | None) -> Response:
    """The description of ``iri`` in ``chosen``; ``path`` is its own page, if it has one."""
    number = negotiation.page_number()

    @cache
    def found() -> Description:
        return describe(known.store, known.graphs, iri, schema=known.schema, page=number)

    def make() -> str | bytes:
        if chosen is HTML:
            return _page(known, found(), path, number)
        sections = _sections(known, found(), path)
        return write_sections(sections, chosen, known.project.prefixes)

    def link_header() -> list[Link]:
        return _links(known, found(), chosen, path, number)

    return negotiation.answer(chosen, make, links=link_header)


def _links(
    known: Knowledge, found: Description, chosen: Format, path: str | None, number: int
) -> list[Link]:
    made = [Link(found.iri.value, "cite-as"), Link(found.iri.value, "describes")]
    if path is not None:
        made += negotiation.alternates(path, DESCRIPTION_FORMATS, chosen)
    made += [Link(cls.value, "type") for cls in found.types]
    made += [Link(licence, "license") for licence in licences(known)]
    made.append(Link(f"{request.script_root}/.well-known/void", "describedby"))
    if found.more_outgoing or found.more_incoming:
        made.append(Link(links.page_url(page=number + 1), "next"))
    return made


def licences(known: Knowledge) -> list[str]:
    """The licences of the dataset, from its catalog."""
    dataset = ox.NamedNode(f"{known.base_iri}dataset")
    quads = known.store.quads(dataset, DCT.license, None, known.graphs.catalog)
    return sorted(q.object.value for q in quads if isinstance(q.object, ox.NamedNode))


def _sections(known: Knowledge, found: Description, path: str | None) -> list[Section]:
    parts = thing_quads(known.store, known.graphs, found)
    shown = {quad.subject for quads in parts.values() for quad in quads}
    rest: list[ox.Quad] = []
    if found.iri not in shown:
        # Claims, passages, sources and catalog entries live outside the default graph.
        rest = list(closure(known.store, found.iri))
    return [
        ("What the documents assert", parts["asserted"]),
        ("What follows by rule", parts["inferred"]),
        ("The evidence: claims and the passages that say so", parts["evidence"]),
        ("As stored", rest),
        ("About this description", _about(known, found, path)),
    ]


def _about(known: Knowledge, found: Description, path: str | None) -> list[ox.Quad]:
    if path is None:
        return []
    tail = found.iri.value[len(known.base_iri) :].replace("id/", "doc/", 1)
    document = ox.NamedNode(known.base_iri + tail)
    dataset = ox.NamedNode(f"{known.base_iri}dataset")
    release = ox.Literal(known.release.dataset_hash)
    issued = ox.Literal(known.release.date, datatype=XSD.date)
    facts: list[tuple[ox.NamedNode, ox.NamedNode | ox.Literal]] = [
        (RDF.type, FOAF.Document),
        (FOAF.primaryTopic, found.iri),
        (DCT.isPartOf, dataset),
        (PROV.wasDerivedFrom, dataset),
        (DCT.identifier, release),
        (DCT.issued, issued),
        *((DCT.license, ox.NamedNode(licence)) for licence in licences(known)),
    ]
    return [ox.Quad(document, prop, value, DEFAULT_GRAPH) for prop, value in facts]


def _page(known: Knowledge, found: Description, path: str | None, number: int) -> str:
    special = _SPECIAL.get(_kind(known, found.iri))
    if special is not None:
        return special(known, found.iri)
    stated = [s for s in found.outgoing if not s.inferred or s.stated_as is not None]
    followed = [s for s in found.outgoing if s.inferred and s.stated_as is None]
    rows = in_rows(stated, expand=_expander(known, found.iri), sort_key=_sort_key)
    return rendering.page(
        "thing.html",
        found=found,
        types=sorted(
            found.types, key=lambda cls: (not cls.value.startswith(known.base_iri), str(cls))
        ),
        groups=in_groups(rows),
        inferred=in_rows((s for s in followed if not s.general), sort_key=_sort_key),
        general=in_rows((s for s in followed if s.general), sort_key=_sort_key),
        incoming=_incoming(found.incoming),
        labels=rendering.labels(),
        path=path,
        number=number,
        evidence_rows=() if found.outgoing else _raw_rows(known, found.iri),
    )


def _kind(known: Knowledge, iri: ox.NamedNode) -> str:
    """The type segment of ``id/{type}/{slug}``, empty for other IRIs."""
    start = f"{known.base_iri}id/"
    return iri.value[len(start) :].partition("/")[0] if iri.value.startswith(start) else ""


def _claim_page(known: Knowledge, iri: ox.NamedNode) -> str:
    return rendering.page("claim.html", claim=known.evidence().claim(iri), iri=iri)


def _passage_page(known: Knowledge, iri: ox.NamedNode) -> str:
    evidence = known.evidence()
    passage = evidence.passage(iri)
    claims = evidence.claims_of_passage(iri)
    return rendering.page("passage.html", passage=passage, claims=claims, iri=iri)


def _source_page(known: Knowledge, iri: ox.NamedNode) -> str:
    evidence = known.evidence()
    source = evidence.source(iri)
    text = evidence.text(iri)
    passages = evidence.passages_of(iri)
    return rendering.page(
        "source.html", source=source, length=len(text), passages=passages, iri=iri
    )


def _absence_page(known: Knowledge, iri: ox.NamedNode) -> str:
    absence = known.evidence().absence(iri)
    note = rendering.pick_literal(absence.notes)
    return rendering.page("absence.html", absence=absence, note=note, iri=iri)


_SPECIAL: dict[str, Callable[[Knowledge, ox.NamedNode], str]] = {
    "claim": _claim_page,
    "passage": _passage_page,
    "source": _source_page,
    "absence": _absence_page,
}


def _raw_rows(known: Knowledge, iri: ox.NamedNode) -> tuple[Row, ...]:
    """The rows of an IRI that only graphs outside the default graph speak of."""
    quads = {q.triple: q for q in known.store.quads(iri) if isinstance(q.graph_name, ox.NamedNode)}
    return in_rows(
        Statement(triple, (quad.graph_name,), False)  # type: ignore[arg-type]
        for triple, quad in quads.items()
    )


def _expander(known: Knowledge, parent: ox.NamedNode) -> Callable[[ox.NamedNode], tuple[Row, ...]]:
    """Gives the rows of things told in place: rules, counts, events, offices, remits…"""
    left = _INLINE_LIMIT

    def expand(node: ox.NamedNode) -> tuple[Row, ...]:
        nonlocal left
        if _kind(known, node) not in INLINE_TYPES or node == parent or left <= 0:
            return ()
        left -= 1
        inner = describe(known.store, known.graphs, node, schema=known.schema)
        return in_rows(
            (s for s in inner.outgoing if _is_told_in_place(s, parent)), sort_key=_sort_key
        )

    return expand


def _is_told_in_place(statement: Statement, parent: ox.NamedNode) -> bool:
    if statement.inferred and statement.stated_as is None:
        return False
    names_or_kind = statement.predicate in {
        RDF.type,
        KV.position,
        *rendering.labels_properties(),
    }
    return not names_or_kind and statement.triple.object != parent


def _sort_key(statement: Statement) -> tuple[object, ...]:
    """Positions and numbers in their order, then labels."""
    term = statement.triple.object
    if isinstance(term, ox.Literal):
        own = term.language in rendering.labels().languages
        return (0, not own, term.language or "", term.value)
    if not isinstance(term, ox.NamedNode):
        return (2, 0, "", "")
    return (1, rendering.position(term), "", rendering.label_key(term))


def _incoming(statements: Sequence[Statement]) -> tuple[Row, ...]:
    return in_rows(
        statements,
        sort_key=lambda s: (
            rendering.labels().text(s.triple.subject)
            if isinstance(s.triple.subject, ox.NamedNode)
            else ""
        ),
    )
