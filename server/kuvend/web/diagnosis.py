"""``/sparql/diagnose``: why a query has no rows."""

from __future__ import annotations

from collections.abc import Sequence

from flask import Blueprint, Response, jsonify, render_template, request

from kuvend.errors import BadRequest
from kuvend.formats import HTML, JSON, negotiate
from kuvend.sparql import QueryCall, read_query_call
from kuvend.sparql.diagnose import diagnose
from kuvend.sparql.finding import Finding
from kuvend.web.querying import querying

blueprint = Blueprint("diagnosis", __name__)


@blueprint.route("/sparql/diagnose", methods=["GET", "POST"])
def diagnosis() -> Response:
    """The findings about a query, the likeliest reason first; none where it has rows."""
    call = read_call()
    found = diagnose(
        call.query,
        querying().pool(),
        default_graphs=call.default_graphs,
        named_graphs=call.named_graphs,
        entailment=call.entailment,
        timeout_s=call.timeout_s,
    )
    return told("sparql-diagnose.html", call.query, found)


def told(template: str, query: str, found: Sequence[Finding]) -> Response:
    """The findings about a query as JSON, or as a page for a browser."""
    if negotiate(request.headers.get("Accept"), (JSON, HTML)) is HTML:
        page = render_template(template, query=query, findings=found)
        response = Response(page, content_type=HTML.content_type)
    else:
        response = jsonify(findings=[finding.as_json() for finding in found])
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


def read_call() -> QueryCall:
    """The query of this request.

    :raises KuvendError: where there is not exactly one.
    """
    call = read_query_call(
        "POST" if request.method == "POST" else "GET",
        request.query_string.decode("latin-1"),
        request.headers.get("Content-Type", ""),
        request.get_data(cache=True) if request.method == "POST" else b"",
    )
    if call is None:
        raise BadRequest("there is no query.", suggestion="Give the parameter query once.")
    return call
