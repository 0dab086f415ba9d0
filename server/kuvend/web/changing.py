"""The writer of an application, and the answers to changes."""

from __future__ import annotations

import threading
from dataclasses import replace

from flask import Flask, Response, current_app, request

from kuvend.errors import BadRequest, KuvendError, Unavailable
from kuvend.project.changes import ABSENT, THERE, Change, Outcome
from kuvend.project.writer import Writer
from kuvend.sparql import releases_of
from kuvend.web.querying import querying

_KEY = "kuvend.writer"
_installing = threading.Lock()


def writer(app: Flask | None = None) -> Writer:
    """The writer of ``app`` (the current application without it), made when first asked."""
    found = app or current_app
    with _installing:
        if _KEY not in found.extensions:
            found.extensions[_KEY] = Writer(found.extensions["kuvend"])
    service: Writer = found.extensions[_KEY]
    return service


def close_writer(app: Flask) -> None:
    """End the writer of ``app``, for good."""
    writer(app).close()


def apply(change: Change) -> Outcome:
    """What came of ``change``, made only where the conditions of the request hold.

    :raises PreconditionFailed: where they do not.
    :raises KuvendError: where the change is refused or cannot be made.
    """
    if_match = request.headers.get("If-Match", "").strip()
    if_none_match = request.headers.get("If-None-Match", "").strip()
    if if_none_match not in {"", "*"}:
        raise BadRequest(
            "If-None-Match of a change names no tags.", suggestion="Use *, or If-Match with a tag."
        )
    if if_match == "*":
        change = replace(change, only_if=THERE)
    elif if_match:
        change = replace(change, releases=tuple(sorted(releases_of(if_match))))
    if if_none_match:
        change = replace(change, only_if=ABSENT)
    return writer().apply(change)


def show_change(outcome: Outcome) -> None:
    """Have whoever is told of a change see it in the next answer.

    :raises Unavailable: where reads do not show it.
    """
    try:
        querying().take_up_release()
    except (KuvendError, OSError) as error:
        raise Unavailable(
            f"the change is made, but its release {outcome.release_id} cannot be read yet: {error}"
        ) from error


def answer_change(outcome: Outcome, status: int) -> Response:
    """The answer to a change that was made: the release, and what the shapes warn of.

    :raises Unavailable: where reads do not show the change.
    """
    show_change(outcome)
    # A body needs a status that may have one.
    has_body = bool(outcome.report) and status == 204
    response = Response(outcome.report, status=200 if has_body else status)
    if outcome.report:
        response.content_type = "text/plain; charset=utf-8"
    response.headers["Kuvend-Release"] = outcome.release_id
    response.headers["Cache-Control"] = "no-store"
    return response


def ask_for_token(response: Response) -> Response:
    """The challenge a refused request must carry (RFC 9110 §11.6.1)."""
    if response.status_code == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="kuvend"'
    return response
