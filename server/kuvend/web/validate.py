"""``/validate``: POST RDF, get the report; a page to drop files on for browsers."""

from __future__ import annotations

import json
import threading

from flask import Blueprint, Flask, Response, current_app, render_template, request

from kuvend.errors import BadRequest
from kuvend.formats import HTML, Format, by_name, negotiate
from kuvend.project import Project
from kuvend.project.changes import POST, Change
from kuvend.project.validation_service import ValidationCall, ValidationService
from kuvend.shacl.writers import WRITERS
from kuvend.syntax import Source
from kuvend.web.changing import writer
from kuvend.web.languages import reading_order
from kuvend.web.tokens import WRITE, require

blueprint = Blueprint("validate", __name__)

REPORTS: tuple[Format, ...] = tuple(form for form, _ in WRITERS.values())
_NAMES = {form.media_type: name for name, (form, _) in WRITERS.items()}
_OFFERED = (WRITERS["json"][0], HTML, *(form for form in REPORTS if form.name != "json"))
_KEY = "kuvend.validation"
_installing = threading.Lock()


def service(app: Flask | None = None) -> ValidationService:
    """The validation service of ``app`` (the current application without it)."""
    found = app or current_app
    with _installing:
        if _KEY not in found.extensions:
            project: Project = found.extensions["kuvend"]
            found.extensions[_KEY] = ValidationService(project)
    existing: ValidationService = found.extensions[_KEY]
    return existing


def close_validation(app: Flask) -> None:
    """End the validation worker of ``app`` if it has one."""
    existing = app.extensions.pop(_KEY, None)
    if existing is not None:
        existing.close()


@blueprint.get("/validate")
def page() -> Response:
    """The page with a box for text and a place to drop files."""
    body = render_template("validate.html", report=None, text="")
    return _finished(Response(body, mimetype="text/html"), None)


@blueprint.post("/validate")
def validate() -> Response:
    """The report on what was sent, in the format asked for.

    With ``commit`` and a token, what conforms is then added to the graph.
    """
    commit = _flag("commit")
    if commit:
        require(WRITE)
    sources = _sources()
    form = _form()
    name = "json" if form == HTML else _NAMES[form.media_type]
    call = ValidationCall(
        sources=sources,
        form=name,
        languages=reading_order(),
        alone=_flag("alone"),
        keep_going=_flag("keep-going"),
        shapes=_shapes(),
    )
    text = service().validate(call)
    committed = _commit(call) if commit else None
    if form == HTML:
        report = json.loads(text)
        shown = sources[0].content.decode(errors="replace") if request.form.get("text") else ""
        body = render_template("validate.html", report=report, text=shown)
        return _finished(Response(body, mimetype="text/html"), committed)
    return _finished(Response(text, content_type=form.content_type), committed)


def _finished(response: Response, release: str | None) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language"
    if release is not None:
        response.headers["Kuvend-Release"] = release
    return response


def _commit(call: ValidationCall) -> str | None:
    """Add what conforms; the release that shows it, or nothing where it does not conform."""
    plain = ValidationCall(call.sources, alone=call.alone, shapes=call.shapes)
    if not json.loads(service().validate(plain))["conforms"]:
        return None
    first, *rest = call.sources
    change = Change(
        POST,
        content=first.content,
        media_type=first.media_type or "text/turtle",
        more=tuple((one.content, one.media_type or "text/turtle") for one in rest),
    )
    return writer().apply(change).release_id


def _sources() -> tuple[Source, ...]:
    """What was sent: files of a form, its text, or the body.

    :raises BadRequest: where nothing was sent.
    """
    if request.mimetype == "multipart/form-data" or request.form:
        files = [file for file in request.files.getlist("file") if file.filename]
        found = [Source(_name(f.filename), f.read(), _told(f.mimetype)) for f in files]
        text = request.form.get("text", "")
        if text.strip():
            media_type = request.form.get("type") or None
            found.append(Source("text", text.replace("\r\n", "\n").encode(), media_type))
    else:
        body = request.get_data(cache=False)
        name = _name(request.args.get("name") or "submission")
        found = [Source(name, body, _told(request.mimetype))] if body.strip() else []
    if not found:
        raise BadRequest(
            "nothing was sent to validate.",
            suggestion="Send RDF as the body, as the form field text, or as files named file.",
        )
    return tuple(found)


def _name(name: str | None) -> str:
    """A file's name without folders."""
    return (name or "submission").replace("\\", "/").rpartition("/")[2] or "submission"


def _told(media_type: str) -> str | None:
    """The media type where it tells something; archives are known by their first bytes."""
    vague = ("", "application/octet-stream", "application/zip", "application/gzip",
             "application/x-gzip", "application/x-zip-compressed", "text/plain")  # fmt: skip
    return None if media_type in vague else media_type


def _shapes() -> Source | None:
    sent = request.files.get("shapes")
    if sent is None or not sent.filename:
        return None
    return Source(_name(sent.filename), sent.read(), _told(sent.mimetype))


def _form() -> Format:
    """The report format: ``?format=``, else by Accept.

    :raises NotAcceptable: where nothing offered fits.
    """
    asked = request.values.get("format")
    if asked:
        if asked == "html":
            return HTML
        found = WRITERS[asked][0] if asked in WRITERS else by_name(asked, REPORTS)
        if found is None:
            names = ", ".join([*WRITERS, "html"])
            raise BadRequest(
                f"there is no report format {asked!r}.", suggestion=f"Use one of {names}."
            )
        return found
    return negotiate(request.headers.get("Accept"), _OFFERED)


def _flag(name: str) -> bool:
    value = request.values.get(name)
    return value is not None and value.lower() not in ("false", "0", "no")
