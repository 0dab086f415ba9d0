"""One answer for everything that goes wrong: problem+json, or a page for a browser."""

from __future__ import annotations

import logging
from typing import Any

from flask import Flask, Response, current_app, json, render_template, request
from werkzeug.exceptions import HTTPException

from kuvend.errors import KuvendError, MethodNotAllowed, TooManyRequests
from kuvend.formats import HTML, JSON, Format, negotiate
from kuvend.namespaces import KUVEND_BASE

PROBLEM = Format("problem", ("application/problem+json", "application/json"), ("json",))
_log = logging.getLogger("kuvend.web")

_SLUGS = {
    400: "bad-request",
    404: "not-found",
    405: "method-not-allowed",
    406: "not-acceptable",
    413: "too-large",
    415: "unsupported-media-type",
}
# Letters of the address, and of what is said, that an answer repeats.
_MAX_ADDRESS, _MAX_WORDS = 500, 2000
_MEMBERS = ("source", "line", "column", "suggestion")


def install(app: Flask) -> None:
    """Answer errors of ours, of HTTP and unforeseen ones in one shape."""
    app.register_error_handler(KuvendError, _ours)
    app.register_error_handler(HTTPException, _http)
    app.register_error_handler(Exception, _unforeseen)


def problem(error: KuvendError, instance: str | None = None) -> dict[str, Any]:
    """The problem object of ``error`` (RFC 9457); public attributes become members.

    ``instance`` is the address that was asked for, by default that of this request.
    """
    found: dict[str, Any] = {
        "type": _type(error.slug),
        "title": error.title,
        "status": error.status,
        "detail": error.detail,
        "instance": request.full_path.rstrip("?") if instance is None else instance,
    }
    extra = {k: v for k, v in vars(error).items() if k not in {"detail", *_MEMBERS}}
    members = {**{name: getattr(error, name) for name in _MEMBERS}, **extra}
    found.update(
        (name, value)
        for name, value in members.items()
        if value is not None and not name.startswith("_") and _is_plain(value)
    )
    return found


def _shorten(found: dict[str, Any]) -> None:
    """Leave out the middle of what is very long in a problem: it came with the request."""
    most = {"instance": _MAX_ADDRESS, "detail": _MAX_WORDS, "suggestion": _MAX_WORDS}
    for name, length in most.items():
        text = found.get(name)
        if text is not None and len(text) > length:
            found[name] = f"{text[: length * 2 // 3]} … {text[-length // 3 :]}"


def _is_plain(value: object) -> bool:
    return isinstance(value, str | int | float | bool | list | tuple | dict)


def _type(slug: str) -> str:
    return f"{KUVEND_BASE}errors#{slug}"


def _ours(error: KuvendError) -> Response:
    if error.status >= 500:
        _log.warning("%s: %s", error.title, error)
    response = _respond(problem(error))
    if isinstance(error, MethodNotAllowed):
        response.headers["Allow"] = ", ".join(error.allow)
    if isinstance(error, TooManyRequests):
        response.headers["Retry-After"] = str(error.retry_after_s)
    return response


def _http(error: HTTPException) -> Response:
    if error.response is not None or (error.code or 500) < 400:
        # A redirect is no error.
        return current_app.make_response(error.get_response())
    status = error.code or 500
    response = _respond(
        {
            "type": _type(_SLUGS.get(status, "internal-error")),
            "title": error.name,
            "status": status,
            "detail": _detail(status, error),
            "instance": request.full_path.rstrip("?"),
        }
    )
    for name, value in error.get_headers():
        if name.lower() in {
            "allow",
            "content-range",
            "location",
            "retry-after",
            "www-authenticate",
        }:
            response.headers[name] = value
    return response


def _detail(status: int, error: HTTPException) -> str:
    if status == 404:
        return f"there is nothing at {request.path}."
    if status == 405:
        return f"{request.method} is not answered at {request.path}."
    if status == 416:
        return "the file ends before the range begins."
    if status == 413:
        limit = current_app.config["MAX_CONTENT_LENGTH"]
        return f"the request body is larger than {limit} bytes."
    return error.description or error.name


def _unforeseen(error: Exception) -> Response:
    # The client learns that it failed, the log learns why.
    _log.error("unforeseen error at %s", request.path, exc_info=error)
    return _respond(
        {
            "type": _type("internal-error"),
            "title": "Internal error",
            "status": 500,
            "detail": "the server could not answer this request; the operator's log says why.",
            "instance": request.full_path.rstrip("?"),
        }
    )


def _respond(found: dict[str, Any]) -> Response:
    _shorten(found)
    if _wants_page():
        body = render_template("error.html", problem=found)
        response = Response(body, status=found["status"], content_type=HTML.content_type)
    else:
        text = json.dumps(found)
        response = Response(text + "\n", status=found["status"], content_type=PROBLEM.media_type)
    response.vary.add("Accept")
    response.headers["Cache-Control"] = "no-store"
    return response


def _wants_page() -> bool:
    # A script that says nothing, or */*, is better served by JSON.
    accept = request.headers.get("Accept", "")
    if "text/html" not in accept and "application/xhtml+xml" not in accept:
        return False
    try:
        return negotiate(accept, (HTML, PROBLEM, JSON)) is HTML
    except KuvendError:
        return False
