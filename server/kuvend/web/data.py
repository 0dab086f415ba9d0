"""``/data``: the SPARQL 1.1 Graph Store HTTP Protocol.

``?default`` and ``?graph=IRI`` name a graph; so does any path below ``/data/``, which is then
the graph's own IRI.
"""

from __future__ import annotations

import re
import secrets

import pyoxigraph as ox
from flask import Blueprint, Response, request
from werkzeug.datastructures import FileStorage
from werkzeug.urls import iri_to_uri

from kuvend.errors import BadRequest, MethodNotAllowed, NotFound, UnsupportedMediaType
from kuvend.formats import GRAPH_FORMATS, by_extension, by_name
from kuvend.project.changes import DELETE, POST, PUT, Change
from kuvend.sparql import QueryCall
from kuvend.sparql.protocol import read_parameters
from kuvend.web.changing import answer_change, apply, ask_for_token
from kuvend.web.querying import client, conditions, querying, to_response
from kuvend.web.tokens import WRITE, require

blueprint = Blueprint("data", __name__)
blueprint.after_request(ask_for_token)
# Decoded from the request; in an IRI they stand escaped.
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`%]')
_METHODS = ["GET", "PUT", "POST", "DELETE", "PATCH", "OPTIONS"]
_ALLOWED = ("GET", "HEAD", "PUT", "POST", "DELETE", "OPTIONS")


@blueprint.route("/data", methods=_METHODS)
@blueprint.route("/data/", methods=_METHODS)
@blueprint.route("/data/<path:_path>", methods=_METHODS)
def data(_path: str = "") -> Response:
    """Read or change one graph."""
    if request.method == "PATCH":
        raise MethodNotAllowed(
            "a graph is not patched here; send an update to /update.",
            allow=_ALLOWED,
        )
    if request.method == "OPTIONS":
        return Response(headers={"Allow": ", ".join(_ALLOWED)})
    if request.method in {"GET", "HEAD"}:
        return _read(_graph(_path))
    require(WRITE)
    if request.method == "POST" and not _path and not request.query_string:
        return _add_new_graph()
    graph = _graph(_path)
    if graph is not None:
        _check_iri(graph)
    if request.method == "DELETE":
        return answer_change(apply(Change(DELETE, graph=graph)), 204)
    kind = PUT if request.method == "PUT" else POST
    outcome = apply(_change(kind, graph))
    response = answer_change(outcome, 201 if outcome.created else 204)
    if outcome.created:
        response.headers["Location"] = iri_to_uri(graph if _path and graph else request.url)
    return response


def _graph(path: str) -> str | None:
    """The IRI of the graph the request names; ``None`` for the default graph.

    :raises BadRequest: where it names none or two.
    """
    parameters = read_parameters(request.query_string.decode("latin-1"))
    graph = parameters.one("graph")
    is_default = bool(parameters.all("default"))
    if path:
        if graph is not None or is_default:
            raise BadRequest("the graph is named by the path and by a parameter.")
        return request.url_root.rstrip("/") + _NOT_IN_IRI.sub(_escaped, request.path)
    if is_default == (graph is not None):
        raise BadRequest("name one graph.", suggestion="Use ?default or ?graph=IRI.")
    if graph is not None and ":" not in graph:
        return request.url_root + graph.lstrip("/")
    return graph


def _escaped(found: re.Match[str]) -> str:
    return f"%{ord(found[0]):02X}"


def _read(graph: str | None) -> Response:
    pool = querying().pool()
    if graph is not None:
        _check_iri(graph)
        if not pool.table(f"ASK {{ GRAPH <{graph}> {{}} }}").boolean:
            raise NotFound(f"there is no graph {graph}.")
    pattern = "?s ?p ?o" if graph is None else f"GRAPH <{graph}> {{ ?s ?p ?o }}"
    call = QueryCall(
        f"CONSTRUCT {{ ?s ?p ?o }} WHERE {{ {pattern} }}", format_name=request.args.get("format")
    )
    return to_response(querying().answer(call, conditions(), client()))


def _check_iri(iri: str) -> None:
    try:
        ox.NamedNode(iri)
    except ValueError as error:
        raise BadRequest(f"{iri!r} is not an IRI.") from error


def _change(kind: str, graph: str | None) -> Change:
    media_type = request.mimetype
    if media_type == "multipart/form-data":
        return _from_form(kind, graph)
    form = by_name(media_type, GRAPH_FORMATS) if "/" in media_type else None
    if form is None:
        raise _unsupported(media_type)
    content = request.get_data(cache=False)
    return Change(kind, graph=graph, content=content, media_type=form.media_type)


def _from_form(kind: str, graph: str | None) -> Change:
    files: list[FileStorage] = [f for found in request.files.listvalues() for f in found]
    if not files:
        raise BadRequest("the form holds no file.")
    contents = [(file.read(), _file_type(file)) for file in files]
    (content, media_type), more = contents[0], tuple(contents[1:])
    return Change(kind, graph=graph, content=content, media_type=media_type, more=more)


def _file_type(file: FileStorage) -> str:
    """The media type a file of a form has, by what it says or by its name."""
    extension = (file.filename or "").rpartition(".")[2]
    named = by_name(file.mimetype, GRAPH_FORMATS) if "/" in file.mimetype else None
    form = named or by_extension(extension, GRAPH_FORMATS)
    if form is None:
        raise _unsupported(file.mimetype)
    return form.media_type


def _add_new_graph() -> Response:
    """Data sent to the store itself: they become a new graph below ``/data/``."""
    location = f"{request.base_url.rstrip('/')}/{secrets.token_hex(8)}"
    outcome = apply(_change(POST, location))
    response = answer_change(outcome, 201)
    response.status_code = 201
    response.headers["Location"] = iri_to_uri(location)
    return response


def _unsupported(media_type: str) -> UnsupportedMediaType:
    offered = ", ".join(form.media_type for form in GRAPH_FORMATS)
    return UnsupportedMediaType(
        f"a body of type {media_type or 'unknown'} is not read here.", suggestion=f"Send {offered}."
    )
