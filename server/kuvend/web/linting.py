"""``/sparql/lint``: what is probably wrong with a query, told without running it."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, render_template, request

from kuvend.errors import BadSyntax
from kuvend.formats import HTML, JSON, negotiate
from kuvend.sparql import QueryCall, QueryPool, check
from kuvend.sparql.diagnose import Finding
from kuvend.sparql.lint import lint, raise_syntax_error
from kuvend.web.diagnosis import read_call
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.querying import querying

blueprint = Blueprint("linting", __name__)


@blueprint.route("/sparql/lint", methods=["GET", "POST"])
def linting() -> Response:
    """The findings about a query in the order of its text; it is parsed, and not run."""
    call = read_call()
    found = findings(knowledge(), querying().pool(), call)
    if negotiate(request.headers.get("Accept"), (JSON, HTML)) is HTML:
        page = render_template("sparql-lint.html", query=call.query, findings=found)
        response = Response(page, content_type=HTML.content_type)
    else:
        response = jsonify(findings=[finding.as_json() for finding in found])
    response.headers["Vary"] = "Accept, Accept-Language"
    response.headers["Cache-Control"] = "no-cache"
    return response


def findings(known: Knowledge, pool: QueryPool, call: QueryCall) -> list[Finding]:
    """A syntax error alone; without one, what is probably wrong.

    :raises KuvendError: where the query may not run at all.
    """
    check(call.query, pool.limits)
    try:
        raise_syntax_error(call.query, pool)
    except BadSyntax as error:
        return [Finding("syntax", error.detail, "", error.line, error.column, error.suggestion)]
    return probable_mistakes(known, call)


def probable_mistakes(known: Knowledge, call: QueryCall) -> list[Finding]:
    """What is probably wrong with a query that parses."""
    is_own_dataset = bool(call.default_graphs or call.named_graphs)
    return lint(
        call.query,
        None if is_own_dataset else known.profile,
        prefixes=known.project.prefixes,
        base_iri=known.base_iri,
    )
