"""``/validate``: POST RDF, get the report; a page to drop files on for browsers."""

from __future__ import annotations

import dataclasses
import json
import threading

from flask import Blueprint, Flask, Response, current_app, request

from kuvend.errors import BadRequest, NotFound
from kuvend.formats import HTML, JSON, Format
from kuvend.project import Project
from kuvend.project.changes import POST, Change
from kuvend.project.validation_call import ValidationCall
from kuvend.project.validation_jobs import Job
from kuvend.project.validation_service import ValidationService
from kuvend.shacl.writers import WRITERS
from kuvend.shacl.writers.as_json import json_schema
from kuvend.web import negotiation, validation_page
from kuvend.web import validation_request as asked
from kuvend.web.changing import apply, ask_for_token, show_change
from kuvend.web.connection import watch_connection
from kuvend.web.languages import reading_order
from kuvend.web.rendering import as_json
from kuvend.web.tokens import WRITE, require

blueprint = Blueprint("validate", __name__)
blueprint.after_request(ask_for_token)

_KEY = "kuvend.validation"
_SCHEMA = Format("schema", ("application/schema+json",), ("json",))
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
    """End the validation workers of ``app`` if it has any."""
    existing = app.extensions.pop(_KEY, None)
    if existing is not None:
        existing.close()


@blueprint.get("/validate")
def page() -> Response:
    """The page with a box for text and a place to drop files; for programs, what there is."""
    catalogue = service().catalogue()
    if negotiation.wanted((HTML, JSON)) is JSON:
        settings = service().project.settings
        return _finished(Response(as_json(validation_page.offers(catalogue, settings)),
                                  content_type=JSON.content_type))  # fmt: skip
    return _page(validation_page.empty(catalogue))


@blueprint.get("/validate/schema.json")
def schema() -> Response:
    """The JSON schema of the report."""
    return negotiation.answer(_SCHEMA, json_schema, varies=False)


@blueprint.post("/validate")
def validate() -> Response:
    """The report on what was sent, in the format asked for, or the job that will give it.

    With ``commit`` and a token, what conforms is then added to the graph.
    """
    asked.allow_long_texts()
    commit = asked.flag("commit")
    if commit:
        require(WRITE)
    catalogue = service().catalogue()
    chosen = asked.report_format()
    call = ValidationCall(
        sources=asked.sources(service().project.settings),
        forms=(asked.form_name(chosen),),
        languages=reading_order(),
        keep_going=asked.flag("keep-going"),
        selection=asked.selection(catalogue),
    )
    preference = asked.preference()
    if commit:
        return _committed(call, chosen)
    if preference.is_async:
        return _as_job(call, chosen, preference)
    reports = service().validate(call, is_gone=watch_connection(request.environ))
    return _report(reports.text(call.forms[0]), chosen)


def _as_job(call: ValidationCall, chosen: Format, preference: asked.Preference) -> Response:
    """202 with the place of the job, or the report where it is there in time."""
    jobs = service().jobs
    every = ValidationCall(
        call.sources, tuple(WRITERS), call.languages, call.keep_going, call.selection
    )
    job = jobs.submit(every, request.remote_addr or "")
    if preference.wait_s and jobs.wait(job, preference.wait_s):
        response = _report(job.report(call.forms[0]), chosen)
    elif chosen == HTML:
        response = _sent_to(_place(job))
    else:
        response = _status(job, 202)
    response.headers["Location" if response.status_code != 200 else "Content-Location"] = (
        _place(job) if response.status_code != 200 else _place(job, "/report")
    )
    response.headers["Preference-Applied"] = preference.applied
    return response


@blueprint.get("/validate/jobs/<job_id>")
def job_state(job_id: str) -> Response:
    """How far a job is; once it is over, the way to its report."""
    job = service().jobs.get(job_id)
    if job.is_over:
        return _sent_to(_place(job, "/report"))
    if negotiation.wanted((JSON, HTML)) is HTML:
        return _page(validation_page.under_way(service().catalogue(), job, _place(job)))
    return _status(job, 200)


@blueprint.delete("/validate/jobs/<job_id>")
def cancel_job(job_id: str) -> Response:
    """End a job, or forget its report."""
    service().jobs.cancel(job_id)
    return _finished(Response(status=204))


@blueprint.get("/validate/jobs/<name>/report")
@blueprint.get("/validate/jobs/<name>/report.<extension>")
def job_report(name: str, extension: str = "") -> Response:
    """The report of a job in any format."""
    job = service().jobs.get(name)
    chosen = asked.report_format()
    if extension:
        found = next((f for f in asked.REPORTS if extension in f.extensions), None)
        if found is None:
            raise NotFound(f"there is no report format .{extension}.")
        chosen = found
    return _report(job.report(asked.form_name(chosen)), chosen)


def _place(job: Job, tail: str = "") -> str:
    query = f"?{request.query_string.decode('ascii', 'replace')}" if request.args else ""
    return f"{request.script_root}/validate/jobs/{job.id}{tail}{query}"


def _status(job: Job, code: int) -> Response:
    response = Response(as_json(job.status()), status=code, content_type=JSON.content_type)
    response.headers["Retry-After"] = "1"
    return _finished(response)


def _sent_to(place: str) -> Response:
    response = Response(status=303)
    response.headers["Location"] = place
    return _finished(response)


def _report(text: str, chosen: Format) -> Response:
    if chosen == HTML:
        return _page(validation_page.finished(service().catalogue(), text))
    response = _finished(Response(text, content_type=chosen.content_type))
    if chosen == JSON:
        schema = negotiation.Link(f"{request.script_root}/validate/schema.json", "describedby")
        response.headers.add("Link", str(schema))
    return response


def _page(body: str) -> Response:
    return _finished(Response(body, content_type=HTML.content_type))


def _finished(response: Response) -> Response:
    response.headers["Cache-Control"] = "no-store"
    response.headers["Vary"] = "Accept, Accept-Language, Prefer"
    return response


# -- adding what conforms ------------------------------------------------------------------


def _committed(call: ValidationCall, chosen: Format) -> Response:
    """The report, and where the data conform, the release that has them.

    :raises BadRequest: where less would be checked than what goes in must meet.
    """
    if not call.selection.is_whole:
        raise BadRequest(
            "what is added is checked against every shape, with the graph as it stands.",
            source="commit",
            suggestion="Leave shapes and alone out, or validate without commit.",
        )
    reports = service().validate(dataclasses.replace(call, wants_data=True))
    text = reports.text(call.forms[0])
    if not reports.conforms:
        refused = _report(text, chosen)
        refused.status_code = 422
        return refused
    release = apply(Change(POST, content=reports.data, media_type="application/n-triples"))
    show_change(release)
    added = {"release": release.release_id, "statements": reports.added}
    if call.forms[0] == "json":
        text = as_json({**json.loads(text), "committed": added})
    response = _report(text, chosen)
    response.headers["Kuvend-Release"] = release.release_id
    response.headers["Kuvend-Added"] = str(reports.added)
    return response
