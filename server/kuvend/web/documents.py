"""The documents: a list, and each text with its passages marked and tied to what they support."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kuvend.describe import Claim, Evidence, Passage, Source
from kuvend.errors import NotFound
from kuvend.formats import HTML, Format
from kuvend.namespaces import DCT, KV, OA, RDF
from kuvend.terms import Term
from kuvend.web import negotiation, rendering, things
from kuvend.web.knowledge import PASSAGES_A_PAGE, Knowledge, knowledge
from kuvend.web.marking import covered_share, marked_text
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

    @property
    def slug(self) -> str:
        """The last segment of the document's IRI."""
        return self.iri.value.rpartition("/")[2]


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
    chosen = negotiation.wanted((HTML,))
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
    number = _part_number(passages)
    first = (number - 1) * PASSAGES_A_PAGE
    shown = passages[first : first + PASSAGES_A_PAGE]
    following = passages[first + PASSAGES_A_PAGE : first + PASSAGES_A_PAGE + 1]
    start = shown[0].start if first and shown else 0
    end = following[0].start if following else len(text)
    return rendering.page(
        "document.html",
        iri=iri,
        source=source,
        path=path,
        marked=marked_text(text, shown, start=start, end=end),
        notes=[_note(evidence, passage) for passage in shown],
        passages=len(passages),
        covered=covered_share(len(text), passages),
        length=len(text),
        number=number,
        more=bool(following),
        absences=evidence.absences_in(source.iri),
        facts=_catalogue_facts(known, iri),
    )


def _part_number(passages: Sequence[Passage]) -> int:
    """The page of a long document: ``?page=``, or the one with the character ``?at=``.

    :raises NotFound: where there is no such page.
    """
    at = request.args.get("at", "")
    if at.isascii() and at.isdigit():
        before = bisect_right([passage.start for passage in passages], int(at[:12]))
        return max(0, before - 1) // PASSAGES_A_PAGE + 1
    number = negotiation.page_number()
    if number > 1 and (number - 1) * PASSAGES_A_PAGE >= len(passages):
        raise NotFound(f"the document has no page {number}.")
    return number


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
