"""The query library: each query as a page with its answer, and as a call with parameters."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Any

import pyoxigraph as ox
from flask import Blueprint, Response, request
from markupsafe import Markup

from kuvend.describe import example_triples
from kuvend.errors import BadRequest, KuvendError, NotFound
from kuvend.formats import COLUMN_FORMATS, GRAPH_FORMATS, HTML, JSON, RESULT_FORMATS, Format
from kuvend.queries import Library, Query
from kuvend.sparql import QueryCall, Table, offers
from kuvend.sparql.protocol import read_seconds
from kuvend.terms import Term
from kuvend.web import languages, negotiation, rendering
from kuvend.web.because import sentences
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.negotiation import Link
from kuvend.web.querying import client, conditions, querying, to_response
from kuvend.web.reading import Quoted
from kuvend.web.writing import write_quads

blueprint = Blueprint("library", __name__)

_PAGE_ROWS = 200
_RDF_PREFIXES = {"schema": "https://schema.org/"}
# What this page reads itself; every other ?name=value is a parameter of the query.
_OWN_ARGUMENTS = frozenset({"lang", "format", "_mediatype", "page", "timeout"})
KIND_TITLES = {
    "front": "To start with",
    "examples": "A short course",
    "competency": "Questions the graph answers",
    "checks": "Checks",
}


@dataclass(frozen=True)
class Answer:
    """A result as a page shows it; ``failure`` says why there is none."""

    table: Table | None
    failure: KuvendError | None = None
    sentences: tuple[tuple[Quoted, ...], ...] = ()


@blueprint.get("/queries")
@blueprint.get("/queries.<extension>")
def listing(extension: str = "") -> Response:
    """Every query of the library, as a page or as ``sh:SPARQLExecutable``."""
    known = knowledge()
    offered = negotiation.graph_offers()
    _, found = negotiation.split_extension(f"queries.{extension}", offered)
    if extension and found is None:
        raise NotFound(f"there is nothing at {request.path}.")
    chosen = negotiation.wanted(offered, found)
    path = f"{request.script_root}/queries"

    def make() -> str | bytes:
        if chosen is not HTML:
            return write_quads(_as_rdf(known), chosen, _RDF_PREFIXES | known.project.prefixes)
        return rendering.page(
            "queries.html", library=known.library, kinds=_kinds(known.library), asked=asked
        )

    return negotiation.answer(chosen, make, links=negotiation.alternates(path, offered, chosen))


def _as_rdf(known: Knowledge) -> list[ox.Quad]:
    """The library as the example queries of the endpoint."""
    triples = (
        triple
        for query in known.library
        for triple in example_triples(
            f"{known.base_iri}queries/{query.name}",
            query.body,
            form=query.form,
            titles=_titles(query),
            keywords=[query.kind],
            endpoint=f"{known.base_iri}sparql",
        )
    )
    return [ox.Quad(t.subject, t.predicate, t.object) for t in triples]


def _titles(query: Query) -> list[tuple[str, str]]:
    local = [(query.get(f"question-{tag}"), tag) for tag in languages.PAGE_LANGUAGES]
    own = [(query.question or query.title, "en")]
    return [*own, *((text, tag) for text, tag in local if text)]


def _kinds(library: Library) -> list[tuple[str, str]]:
    """The folders of the library with their titles, those we know first."""
    known = [kind for kind in KIND_TITLES if kind in library.kinds()]
    rest = [kind for kind in library.kinds() if kind not in KIND_TITLES]
    return [(kind, KIND_TITLES.get(kind, kind)) for kind in (*known, *rest)]


def asked(query: Query) -> str:
    """What the query asks, in the language of the page where its header has it."""
    local = query.get(f"question-{languages.page_language()}")
    return local or query.question or query.title


def in_words(column: str) -> str:
    """A column's name as words.

    >>> in_words("inTheWordsOfTheSource"), in_words("head_of")
    ('in the words of the source', 'head of')
    """
    spaced = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", column).replace("_", " ")
    return spaced.lower()


@blueprint.get("/queries/<name>")
def query(name: str) -> Response:
    """One query: a page with its answer, or the answer in a format of results."""
    known = knowledge()
    bare, text_wanted = (name[:-3], True) if name.endswith(".rq") else (name, False)
    if text_wanted:
        found = known.library.get(bare)
        return Response(found.text, content_type="application/sparql-query; charset=utf-8")
    machine = (*RESULT_FORMATS, *COLUMN_FORMATS, *GRAPH_FORMATS)
    bare, extension = negotiation.split_extension(name, machine)
    found = known.library.get(bare)
    offered = _offered(found)
    chosen = negotiation.wanted(offered, extension)
    text = _with_parameters(known, found)
    if chosen is not HTML:
        call = QueryCall(query=text, timeout_s=read_seconds(request.args.get("timeout")))
        accepted = conditions()._replace(accept=chosen.media_type)
        return to_response(querying().answer(call, accepted, client()))
    response = Response(_page(known, found, text), content_type=HTML.content_type)
    response.vary.update(["Accept", "Accept-Language"])
    response.headers["Cache-Control"] = "no-cache"
    path = f"{request.script_root}/queries/{found.name}"
    for link in negotiation.alternates(path, offered, HTML):
        response.headers.add("Link", str(link))
    response.headers.add("Link", str(Link(f"{path}.rq", "describedby")))
    return response


@blueprint.get("/sentences")
def behind_rows() -> Response:
    """The answer to any ``?query=`` with the sentence behind each row, as page or JSON.

    :raises BadRequest: without a query, and as ``/sparql`` does.
    """
    known = knowledge()
    chosen = negotiation.wanted((HTML, JSON))
    text = request.args.get("query", "")
    if not text.strip():
        raise BadRequest("?query= is missing.", source="query", suggestion="Give a SELECT query.")
    answer = ask(known, text)
    if answer.failure is not None:
        raise answer.failure
    if chosen is JSON:
        body = rendering.as_json(_answer_json(answer))
    else:
        body = rendering.page("sentences.html", text=text, **_shown(answer))
    response = Response(body, content_type=chosen.content_type)
    response.vary.update(["Accept", "Accept-Language"])
    response.headers["Cache-Control"] = "no-cache"
    return response


def _answer_json(answer: Answer) -> dict[str, Any]:
    if answer.table is None:
        return {}
    blank: tuple[tuple[Quoted, ...], ...] = tuple(() for _ in answer.table.rows)
    return {
        "columns": list(answer.table.columns),
        "complete": answer.table.is_complete,
        "rows": [
            {
                "values": [None if term is None else str(term) for term in row],
                "sentences": [_quoted_json(quoted) for quoted in behind],
            }
            for row, behind in zip(answer.table.rows, answer.sentences or blank, strict=True)
        ],
    }


def _quoted_json(quoted: Quoted) -> dict[str, Any]:
    passage = quoted.passage
    return {
        "quote": passage.exact,
        "passage": passage.iri.value,
        "document": passage.source.document.value if passage.source.document else None,
        "language": passage.source.language,
        "start": passage.start,
        "end": passage.end,
        "evidenceKinds": [kind.value for kind in quoted.kinds],
        "attributedTo": [person.value for person in quoted.speakers],
    }


def _shown(answer: Answer) -> dict[str, Any]:
    """What the table of an answer needs."""
    table = answer.table
    columns = table.columns if table else ()
    beside = _beside(columns)
    return {
        "answer": answer,
        "columns": [column for column in columns if column not in beside],
        "rows": [dict(zip(columns, row, strict=True)) for row in table.rows] if table else [],
        "has_sentences": any(answer.sentences),
        "cell": _cell,
        "in_words": in_words,
    }


def _offered(found: Query) -> tuple[Format, ...]:
    return (HTML, *offers(found.form))


def _with_parameters(known: Knowledge, found: Query) -> str:
    given = {
        name: value
        for name, value in request.args.items()
        if name not in _OWN_ARGUMENTS and value.strip()
    }
    return found.with_values(given, prefix_map=known.project.prefixes, base_iri=known.base_iri)


def _page(known: Knowledge, found: Query, text: str) -> str:
    siblings = known.library.of_kind(found.kind)
    place = siblings.index(found)
    return rendering.page(
        "query.html",
        query=found,
        text=text,
        asked=asked,
        **_shown(ask(known, text, timeout_s=read_seconds(request.args.get("timeout")))),
        kind_title=KIND_TITLES.get(found.kind, found.kind),
        previous=siblings[place - 1] if place else None,
        following=siblings[place + 1] if place + 1 < len(siblings) else None,
        formats=[f for f in _offered(found) if f is not HTML],
    )


def ask(known: Knowledge, text: str, *, timeout_s: float | None = None) -> Answer:
    """The first rows of a query and the sentences behind them, or why there are none."""
    pool = querying().pool()
    end = pool.deadline(timeout_s)
    try:
        table = pool.table(text, max_rows=_PAGE_ROWS, timeout_s=timeout_s, client=client())
        if any(_is_quote(column) for column in table.columns) or not table.rows:
            return Answer(table)
        return Answer(table, sentences=tuple(sentences(known, pool, text, table, end=end)))
    except KuvendError as error:
        return Answer(None, error)


def _is_quote(column: str) -> bool:
    return column.lower().startswith(("quote", "sentence"))


def _beside(columns: tuple[str, ...]) -> set[str]:
    """Columns that only serve another: ``xLabel`` beside ``x`` is shown as the link's text."""
    named = set(columns)
    labels = (column for column in columns if column.endswith("Label"))
    return {column for column in labels if column.removesuffix("Label") in named}


def _cell(row: dict[str, Any], column: str) -> Markup:
    """One cell: a quote as a quote, a thing as a link under its label."""
    term: Term | None = row.get(column)
    if term is None:
        return Markup("")
    if isinstance(term, ox.Literal) and _is_quote(column):
        tag = term.language or _language_of(row)
        return Markup('<q class="said" lang="{}">{}</q>').format(tag, term.value)
    beside = row.get(f"{column}Label")
    if isinstance(term, ox.NamedNode) and isinstance(beside, ox.Literal):
        return Markup('<a href="{}">{}</a>').format(rendering.href(term), rendering.tagged(beside))
    return rendering.link(term)


def _language_of(row: dict[str, Any]) -> str:
    """The language of an untagged quote, where the query tells it."""
    term = row.get("language") or row.get("lang")
    return term.value if isinstance(term, ox.Literal) else ""
