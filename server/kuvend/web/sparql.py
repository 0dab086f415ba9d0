"""``/sparql``: the SPARQL 1.1 Protocol for queries, the service description, and a page."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urlencode

import pyoxigraph as ox
from flask import Blueprint, Response, current_app, render_template, request

from kuvend.errors import KuvendError, NotAcceptable
from kuvend.formats import GRAPH_FORMATS, HTML, by_name, negotiate
from kuvend.sparql import (
    QueryCall,
    Table,
    check,
    choose_format,
    column_formats,
    read_query_call,
)
from kuvend.sparql.finding import Finding
from kuvend.sparql.paging import check_release, rows_header
from kuvend.sparql.prefixes import used_prefixes
from kuvend.terms import Term
from kuvend.web.knowledge import knowledge
from kuvend.web.links import local_path, page_url
from kuvend.web.linting import probable_mistakes
from kuvend.web.negotiation import Link
from kuvend.web.querying import FAILURE_KEY, client, conditions, querying, to_response
from kuvend.web.service_description import describe_service

blueprint = Blueprint("sparql", __name__)

PAGE_ROWS = 500
_MAX_LINK = 8000
_QUERY_PARAMETERS = ("default-graph-uri", "named-graph-uri", "entailment", "timeout")
_ORDER_BY = re.compile(r"\bORDER\s+BY\b", re.IGNORECASE)
_EXAMPLE = """SELECT ?type (COUNT(?thing) AS ?things)
WHERE { ?thing a ?type }
GROUP BY ?type
ORDER BY DESC(?things)"""


@blueprint.route("/sparql", methods=["GET", "POST"])
@blueprint.route("/sparql/", methods=["GET", "POST"])
def sparql() -> Response:
    """Answer a query; without one, describe the service, to a browser with a page."""
    failure = request.environ.get(FAILURE_KEY)
    if failure is not None:
        raise failure
    call = read_query_call(
        "POST" if request.method == "POST" else "GET",
        request.query_string.decode("latin-1"),
        request.headers.get("Content-Type", ""),
        request.get_data(cache=False) if request.method == "POST" else b"",
    )
    if call is None:
        return _without_query()
    if _wants_page(call):
        return _page(call)
    return to_response(querying().answer(call, conditions(), client()))


def _without_query() -> Response:
    offers = (*GRAPH_FORMATS, HTML)
    wanted = request.args.get("format")
    chosen = by_name(wanted, offers) if wanted else negotiate(request.headers.get("Accept"), offers)
    if chosen is None:
        named = ", ".join(offer.name for offer in offers)
        raise NotAcceptable(f"the description comes as {named}, not as {wanted}.")
    if chosen is HTML:
        return _render(query="", table=None)
    service = querying()
    body = describe_service(service, f"{request.url_root}sparql", f"{request.url_root}update")
    known = {**service.project.prefixes, "schema": "http://schema.org/"}
    known |= {"format": "http://www.w3.org/ns/formats/"}
    written = ox.serialize(body, format=chosen.rdf, prefixes=used_prefixes(body, known))
    response = Response(written, content_type=chosen.content_type)
    response.headers["Vary"] = "Accept"
    response.add_etag(weak=True)
    response.make_conditional(request)
    return response


def _wants_page(call: QueryCall) -> bool:
    """Whether a browser asks; what else is acceptable is decided when the query is answered."""
    if call.format_name:
        return call.format_name == HTML.name
    accept = request.headers.get("Accept", "")
    if "text/html" not in accept and "application/xhtml+xml" not in accept:
        return False
    found = check(call.query, querying().pool().limits)
    return choose_format(found, call, accept, more=(HTML,)) is HTML


def _page(call: QueryCall) -> Response:
    current = querying().current()
    try:
        check_release(call, current.release.id)
        table = current.pool.table(
            call.query,
            max_rows=PAGE_ROWS,
            first_row=(call.page - 1) * PAGE_ROWS,
            default_graphs=call.default_graphs,
            named_graphs=call.named_graphs,
            timeout_s=call.timeout_s,
            entailment=call.entailment,
            client=client(),
        )
    except KuvendError as error:
        return _render(query=call.query, table=None, error=error)
    found = probable_mistakes(knowledge(), call) if call.page == 1 else []
    response = _render(
        query=call.query,
        table=table,
        page=call.page,
        findings=found,
        release_id=current.release.id,
    )
    if table.boolean is None:
        first, more = (call.page - 1) * PAGE_ROWS, not table.is_complete
        response.headers["Kuvend-Rows"] = rows_header(first, len(table.rows), more=more)
        response.headers["Kuvend-Release"] = current.release.id
    return response


def _render(
    *,
    query: str,
    table: Table | None,
    error: KuvendError | None = None,
    page: int = 1,
    findings: Sequence[Finding] = (),
    release_id: str | None = None,
) -> Response:
    project = querying().project
    rows = [[_cell(term) for term in row] for row in table.rows] if table else []
    has_more = table is not None and not table.is_complete
    next_page = _other_page(query, page + 1, release_id) if has_more else None
    previous_page = _other_page(query, page - 1, release_id) if page > 1 else None
    body = render_template(
        "sparql.html",
        query=query or _with_prefixes(_EXAMPLE, project.prefixes),
        was_asked=bool(query),
        table=table,
        rows=rows,
        first_row=(page - 1) * PAGE_ROWS + 1,
        next_page=next_page,
        previous_page=previous_page,
        is_ordered=bool(_ORDER_BY.search(query)),
        formats=[
            *(("json", "JSON"), ("csv", "CSV"), ("tsv", "TSV"), ("xml", "XML")),
            *((offer.name, offer.name.capitalize()) for offer in column_formats()),
        ],
        diagnose_arguments=urlencode({"query": query, **_chosen("entailment")}),
        can_tell_why=table is not None and "subject" not in table.columns[:1],
        error=error,
        findings=findings,
        limits=project.settings,
    )
    response = Response(body, content_type=HTML.content_type)
    response.status_code = error.status if error else 200
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    for relation, url in (("next", next_page), ("prev", previous_page)):
        if url and len(url) < _MAX_LINK:
            response.headers.add("Link", str(Link(url, relation)))
    return response


def _other_page(query: str, number: int, release_id: str | None) -> str:
    """Another page of the same query, by GET also where it was sent by POST."""
    posted: dict[str, object] = {
        name: request.form.getlist(name) for name in _QUERY_PARAMETERS if name in request.form
    }
    return page_url(**{**posted, "query": query, "page": number, "release": release_id})


def _chosen(name: str) -> dict[str, str]:
    value = request.values.get(name)
    return {name: value} if value else {}


def _cell(term: Term | None) -> dict[str, str]:
    """What the page shows of a term: text, and where it leads."""
    if term is None:
        return {"text": "", "kind": "unbound"}
    if isinstance(term, ox.NamedNode):
        base = current_app.extensions["kuvend"].settings.base_iri
        return {"text": term.value, "href": local_path(term.value, base), "kind": "iri"}
    if isinstance(term, ox.Literal):
        return {
            "text": term.value,
            "kind": "literal",
            "lang": term.language or "",
            "datatype": "" if term.language else term.datatype.value,
        }
    return {"text": str(term), "kind": "blank" if isinstance(term, ox.BlankNode) else "triple"}


def _with_prefixes(query: str, prefixes: dict[str, str]) -> str:
    shown = [name for name in ("kv", "org", "skos", "rdfs", "dct") if name in prefixes]
    return "".join(f"PREFIX {name}: <{prefixes[name]}>\n" for name in shown) + query
