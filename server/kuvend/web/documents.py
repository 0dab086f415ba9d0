"""The documents: a list, and each text with its passages marked and tied to what they support."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, request
from markupsafe import Markup, escape

from kuvend.describe import Claim, Evidence, Passage, Source
from kuvend.errors import NotFound
from kuvend.formats import HTML, Format, negotiate
from kuvend.namespaces import DCT, KV, OA, RDF
from kuvend.terms import Term
from kuvend.web import negotiation, rendering, things
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.negotiation import Link
from kuvend.web.reading import place_of

blueprint = Blueprint("documents", __name__)

TEXT = Format("text", ("text/plain",), ("txt",))
_PAGE = 100
_FORMATS = (*negotiation.DESCRIPTION_FORMATS, TEXT)


@dataclass(frozen=True)
class Card:
    """A document as a list shows it; ``about`` are the things it says most of."""

    iri: ox.NamedNode
    source: Source
    claims: int
    passages: int
    about: tuple[ox.NamedNode, ...]
    description: ox.Literal | None


@dataclass(frozen=True)
class Facts:
    """What one passage says of one thing: property and values."""

    subject: Term
    rows: tuple[tuple[ox.NamedNode, tuple[Term, ...]], ...]


@dataclass(frozen=True)
class Note:
    """A passage beside the text, with what it supports."""

    passage: Passage
    facts: tuple[Facts, ...]
    claims: int


@blueprint.get("/documents")
def listing() -> Response:
    """The documents of the project, a page at a time."""
    known = knowledge()
    chosen = negotiate(request.headers.get("Accept"), (HTML,))
    number = negotiation.page_number()
    found, more = cards(known, number=number, size=_PAGE)
    return negotiation.answer(
        chosen, lambda: rendering.page("documents.html", cards=found, number=number, more=more)
    )


def cards(known: Knowledge, *, number: int = 1, size: int) -> tuple[list[Card], bool]:
    """One page of the documents with their numbers, and whether there are more."""
    evidence = known.evidence()
    sources = sorted(evidence.sources(), key=lambda s: str(s.document or s.iri))
    first = (number - 1) * size
    made = [_card(known, evidence, source) for source in sources[first : first + size]]
    return made, len(sources) > first + size


def _card(known: Knowledge, evidence: Evidence, source: Source) -> Card:
    """Counted from links alone: a document may have very many claims."""
    subjects: Counter[ox.NamedNode] = Counter()
    claims: set[Term] = set()
    passages = 0
    graph = known.graphs.evidence
    for place in known.store.quads(None, OA.hasSource, source.iri, graph):
        passages += 1
        for link in known.store.quads(None, KV.supportedBy, place.subject, graph):
            claims.add(link.subject)
    for claim in claims:
        for quad in known.store.quads(claim, RDF.subject, None, graph):  # type: ignore[arg-type]
            if isinstance(quad.object, ox.NamedNode) and _is_told_of(quad.object):
                subjects[quad.object] += 1
    ranked = sorted(subjects, key=lambda node: (-subjects[node], node.value))
    iri = source.document or source.iri
    return Card(iri, source, len(claims), passages, tuple(ranked[:3]), _description(known, iri))


def _is_told_of(node: ox.NamedNode) -> bool:
    """Whether a list names the thing: bodies and agreements, not their parts."""
    return "/id/org/" in node.value or "/id/agreement/" in node.value


def _description(known: Knowledge, document: ox.NamedNode) -> ox.Literal | None:
    found = (q.object for q in known.store.quads(document, DCT.description))
    literals = {term for term in found if isinstance(term, ox.Literal)}
    return rendering.pick_literal(literals)


@blueprint.get("/document/<path:slug>")
def document(slug: str) -> Response:
    """One document: its text with passages marked, its RDF, or its plain text."""
    known = knowledge()
    bare, extension = negotiation.split_extension(slug, _FORMATS)
    iri = things.known_iri(known, f"document/{bare}")
    chosen = negotiation.wanted(_FORMATS, extension)
    evidence = known.evidence()
    sources = evidence.sources_of(iri)
    if not sources:
        raise NotFound(f"no text is stored for {iri.value}.")
    source = sources[-1]
    path = f"{request.script_root}/document/{bare}"
    if chosen is TEXT:
        links = [Link(path, "describedby"), Link(iri.value, "cite-as")]
        return negotiation.answer(TEXT, lambda: evidence.text(source.iri), links=links)
    if chosen is HTML:
        links = [
            Link(iri.value, "cite-as"),
            *negotiation.alternates(path, _FORMATS, HTML),
        ]
        return negotiation.answer(HTML, lambda: _page(known, iri, source, path), links=links)
    return things.answer(known, iri, chosen, path)


def _page(known: Knowledge, iri: ox.NamedNode, source: Source, path: str) -> str:
    evidence = known.evidence()
    text = evidence.text(source.iri)
    passages = evidence.passages_of(source.iri)
    return rendering.page(
        "document.html",
        iri=iri,
        source=source,
        path=path,
        marked=marked_text(text, passages),
        notes=[_note(evidence, passage) for passage in passages],
        covered=covered_share(len(text), passages),
        length=len(text),
        absences=evidence.absences_in(source.iri),
        facts=_catalogue_facts(known, iri),
    )


def _note(evidence: Evidence, passage: Passage) -> Note:
    claims = evidence.claims_of_passage(passage.iri)
    return Note(passage, _facts(claims), len(claims))


def _facts(claims: Iterable[Claim]) -> tuple[Facts, ...]:
    by_subject: dict[Term, dict[ox.NamedNode, list[Term]]] = {}
    for claim in claims:
        rows = by_subject.setdefault(claim.triple.subject, {})
        rows.setdefault(claim.triple.predicate, []).append(claim.triple.object)
    naming = rendering.labels_properties()
    return tuple(
        Facts(
            subject,
            tuple(
                (prop, tuple(sorted(values, key=str)))
                for prop, values in sorted(rows.items(), key=lambda row: place_of(row[0]))
                if prop not in naming or len(rows) == 1
            ),
        )
        for subject, rows in sorted(by_subject.items(), key=lambda item: str(item[0]))
    )


def _catalogue_facts(
    known: Knowledge, iri: ox.NamedNode
) -> list[tuple[ox.NamedNode, tuple[Term, ...]]]:
    """What the catalogue says of the document: publisher, page, date, licence."""
    rows: dict[ox.NamedNode, list[Term]] = {}
    for quad in known.store.quads(iri, None, None, known.graphs.catalog):
        if quad.predicate != RDF.type and quad.predicate not in rendering.labels_properties():
            rows.setdefault(quad.predicate, []).append(quad.object)
    hidden = {DCT.description, DCT.language}
    return [
        (prop, tuple(sorted(values, key=str)))
        for prop, values in sorted(rows.items(), key=lambda row: row[0].value)
        if prop not in hidden
    ]


def covered_share(length: int, passages: Sequence[Passage]) -> float:
    """The share of a text of ``length`` characters that lies in passages, 0 to 1."""
    covered = end = 0
    for passage in sorted(passages, key=lambda p: p.start):
        covered += max(0, passage.end - max(end, passage.start))
        end = max(end, passage.end)
    return covered / length if length else 0.0


def marked_text(text: str, passages: Sequence[Passage]) -> Markup:
    """``text`` with every passage in a ``mark`` whose id is the passage's anchor.

    Passages may nest and cross: one that crosses another is closed and opened again, and only
    its first piece carries the id. Each stretch links to the statements of the innermost passage.
    """
    starts: dict[int, list[Passage]] = {}
    for passage in sorted(passages, key=lambda p: (p.start, -p.end, p.iri.value)):
        starts.setdefault(passage.start, []).append(passage)
    edges = sorted({0, len(text), *starts, *(p.end for p in passages)})
    out: list[Markup] = []
    open_: list[Passage] = []
    for here, there in zip(edges, [*edges[1:], len(text)], strict=True):
        out += _close_until(open_, here)
        for passage in starts.get(here, ()):
            if passage.end > passage.start:
                open_.append(passage)
                out.append(Markup('<mark id="{}">').format(passage.anchor))
        out.append(_stretch(text[here:there], open_))
    return Markup("").join(out)


def _close_until(open_: list[Passage], here: int) -> list[Markup]:
    """Close the marks that end at ``here``; those above them are closed and opened again."""
    ending = [number for number, passage in enumerate(open_) if passage.end <= here]
    if not ending:
        return []
    above = open_[ending[0] :]
    again = [passage for passage in above if passage.end > here]
    open_[ending[0] :] = again
    return [Markup("</mark>")] * len(above) + [Markup("<mark>")] * len(again)


def _stretch(text: str, open_: list[Passage]) -> Markup:
    if not open_ or not text.strip():
        return escape(text)
    innermost = min(open_, key=lambda p: p.end - p.start)
    return Markup('<a href="#s-{}">{}</a>').format(innermost.anchor, text)
