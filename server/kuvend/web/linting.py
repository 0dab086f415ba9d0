"""``/sparql/lint``: what is probably wrong with a query, told without running it."""

from __future__ import annotations

from flask import Blueprint, Response

from kuvend.errors import BadSyntax
from kuvend.sparql import QueryCall, QueryPool
from kuvend.sparql.finding import Finding
from kuvend.sparql.lint import lint, raise_syntax_error
from kuvend.web.diagnosis import read_call, told
from kuvend.web.knowledge import Knowledge, knowledge
from kuvend.web.querying import querying

blueprint = Blueprint("linting", __name__)


@blueprint.route("/sparql/lint", methods=["GET", "POST"])
def linting() -> Response:
    """The findings about a query in the order of its text; it is parsed, and not run."""
    call = read_call()
    found = findings(knowledge(), querying().pool(), call)
    return told("sparql-lint.html", call.query, found)


def findings(known: Knowledge, pool: QueryPool, call: QueryCall) -> list[Finding]:
    """A syntax error alone; without one, what is probably wrong.

    :raises KuvendError: where the query may not run at all, or is an update.
    """
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
