"""``/update``: the SPARQL 1.1 Protocol for updates."""

from __future__ import annotations

from flask import Blueprint, Response, request

from kuvend.errors import BadRequest
from kuvend.project.changes import UPDATE, Change
from kuvend.sparql import Limits, check, read_update_call
from kuvend.web.changing import answer_change, apply, ask_for_token
from kuvend.web.querying import querying
from kuvend.web.tokens import WRITE, require

blueprint = Blueprint("update", __name__)
blueprint.after_request(ask_for_token)


@blueprint.route("/update", methods=["POST"])
@blueprint.route("/update/", methods=["POST"])
def update() -> Response:
    """Carry out an update: all of its operations or none."""
    require(WRITE)
    call = read_update_call(
        request.query_string.decode("latin-1"),
        request.headers.get("Content-Type", ""),
        request.get_data(cache=False),
    )
    found = check(call.update, Limits.for_updates(querying().project.settings))
    if found.form and not found.is_update:
        raise BadRequest("this is a query, not an update.", suggestion="Send it to /sparql.")
    change = Change(
        UPDATE, text=call.update, using=call.default_graphs, using_named=call.named_graphs
    )
    return answer_change(apply(change), 204)
