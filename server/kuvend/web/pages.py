"""The pages that are about no single thing: front page, explore, search."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox
from flask import Blueprint, Response, request

from kuvend.describe import Hit, Passage
from kuvend.errors import BadRequest, NotFound
from kuvend.formats import HTML, JSON
from kuvend.namespaces import RDF
from kuvend.queries import Query
from kuvend.store import DEFAULT_GRAPH
from kuvend.web import negotiation, rendering
from kuvend.web.documents import cards
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.library import asked
from kuvend.web.negotiation import Link

blueprint = Blueprint("pages", __name__)

_QUESTIONS = 6
_DOCUMENTS = 12
_PAGE = 100
_MAX_QUERY_CHARACTERS = 300


@dataclass(frozen=True)
class Found:
    """A search result: the thing, the text that matched, and the passage if it is one."""

    hit: Hit
    passage: Passage | None


@blueprint.get("/")
def front() -> Response:
    """What this is, within ten seconds."""
    known = knowledge()
    links = [
        Link(f"{known.base_iri}dataset", "describes"),
        Link(f"{request.script_root}/.well-known/void", "describedby"),
        Link(f"{request.script_root}/sparql", "service"),
    ]
    chosen = negotiation.wanted((HTML,))
    return negotiation.answer(chosen, lambda: _front_page(known), links=links)


def _front_page(known: Knowledge) -> str:
    documents, more = cards(known, size=_DOCUMENTS)
    return rendering.page(
        "front.html",
        numbers=known.numbers,
        cards=documents,
        more_documents=more,
        questions=_questions(known),
        asked=asked,
        release=known.release,
    )


def _questions(known: Knowledge) -> list[Query]:
    """The queries the front page offers: those with ``front``, else the first with a question."""
    questions = [query for query in known.library if query.question and query.kind != "checks"]
    chosen = [query for query in questions if query.get("front")]
    return sorted(chosen, key=lambda q: (q.get("front"), q.name)) or questions[:_QUESTIONS]


@blueprint.get("/explore")
def explore() -> Response:
    """The classes of the data with their numbers, or the things of one class."""
    known = knowledge()
    chosen = negotiation.wanted((HTML,))
    text = request.args.get("class")
    if text is None:
        return negotiation.answer(chosen, lambda: _class_page(known))
    try:
        cls = ox.NamedNode(text)
    except ValueError as error:
        raise BadRequest(f"{text!r} is not an IRI.", source="class") from error
    if cls not in known.class_counts:
        raise NotFound(f"nothing here is a {text}.", suggestion="See /explore for what there is.")
    return negotiation.answer(chosen, lambda: _things_page(known, cls))


def _class_page(known: Knowledge) -> str:
    counts = known.class_counts
    ordered = sorted(counts, key=lambda cls: (-counts[cls], rendering.label_key(cls)))
    return rendering.page(
        "explore.html",
        own=[cls for cls in ordered if cls.value.startswith(known.base_iri)],
        reused=[cls for cls in ordered if not cls.value.startswith(known.base_iri)],
        counts=counts,
    )


def _things_page(known: Knowledge, cls: ox.NamedNode) -> str:
    number = negotiation.page_number()
    quads = known.store.quads(None, RDF.type, cls, DEFAULT_GRAPH)
    subjects = (q.subject for q in quads if isinstance(q.subject, ox.NamedNode))
    own = (node for node in subjects if node.value.startswith(f"{known.base_iri}id/"))
    found = list(islice(own, (number - 1) * _PAGE, number * _PAGE + 1))
    names = rendering.labels()
    return rendering.page(
        "class.html",
        cls=cls,
        things=sorted(found[:_PAGE], key=rendering.label_key),
        total=known.class_counts[cls],
        number=number,
        more=len(found) > _PAGE,
        labels=names,
    )


@blueprint.get("/search")
def search() -> Response:
    """Things and sentences that have the words of ``?q=``."""
    known = knowledge()
    chosen = negotiation.wanted((HTML, JSON))
    text = request.args.get("q", "").strip()
    if len(text) > _MAX_QUERY_CHARACTERS:
        raise BadRequest(f"?q= takes at most {_MAX_QUERY_CHARACTERS} characters.", source="q")
    found = [_found(known, hit) for hit in known.search_index.search(text)]

    def make() -> str:
        if chosen is JSON:
            return _search_json(text, found)
        return rendering.page("search.html", text=text, found=found)

    return negotiation.answer(chosen, make)


def _found(known: Knowledge, hit: Hit) -> Found:
    if hit.node.value.startswith(f"{known.base_iri}id/passage/"):
        return Found(hit, known.evidence().passage(hit.node))
    return Found(hit, None)


def _search_json(text: str, found: list[Found]) -> str:
    names = rendering.labels()
    rows = [
        {
            "iri": item.hit.node.value,
            "label": names.text(item.hit.node),
            "matched": item.hit.entry.text,
            "language": item.hit.entry.language,
            "document": item.passage.source.document.value
            if item.passage and item.passage.source.document
            else None,
        }
        for item in found
    ]
    return rendering.as_json({"query": text, "results": rows})
