"""The description of the HTTP interface (OpenAPI 3.1), with the query library in it."""

from __future__ import annotations

from typing import Any

import kuvend
from kuvend.formats import (
    COLUMN_FORMATS,
    GRAPH_FORMATS,
    HTML,
    JSON,
    N_QUADS,
    RESULT_FORMATS,
    TURTLE,
    Format,
)
from kuvend.queries import Library, Query
from kuvend.shacl.writers import WRITERS
from kuvend.sparql.guard import GRAPH_FORMS
from kuvend.web.negotiation import DESCRIPTION_FORMATS
from kuvend.web.openapi_paths import asking_paths, operating_paths, writing_paths

_REPORTS = (HTML, *(form for form, _ in WRITERS.values()))
_PROBLEM = {"$ref": "#/components/responses/Problem"}


def describe_api(library: Library, server_url: str) -> dict[str, Any]:
    """The OpenAPI document of a server at ``server_url``."""
    paths = {
        "/sparql": {"get": _sparql(), "post": _sparql_post()},
        "/doc/{type}/{slug}": {
            "get": _get(
                "The description of a thing", DESCRIPTION_FORMATS, _path("type"), _path("slug")
            )
        },
        "/describe": {
            "get": _get("The description of any IRI", DESCRIPTION_FORMATS, _required("iri"))
        },
        "/document/{slug}": {
            "get": _get("A document with its passages", DESCRIPTION_FORMATS, _path("slug"))
        },
        "/graph/{name}": {"get": _get("A named graph", (HTML, *GRAPH_FORMATS), _path("name"))},
        "/def": {"get": _get("The ontology", DESCRIPTION_FORMATS)},
        "/concept/{slug}": {"get": _get("A concept", DESCRIPTION_FORMATS, _path("slug"))},
        "/explain": {
            "get": _get(
                "Why a triple holds",
                (HTML, JSON, TURTLE),
                *(_required(name) for name in ("s", "p", "o")),
            )
        },
        "/sentences": {
            "get": _get("A query's rows with their sentences", (HTML, JSON), _required("query"))
        },
        "/search": {"get": _get("Labels and quotes with these words", (HTML, JSON), _query("q"))},
        "/validate": {
            "get": _get("Profiles, shape sets, limits", (HTML, JSON)),
            "post": _validate(),
        },
        "/validate/schema.json": {"get": _schema()},
        "/validate/jobs/{id}": {
            "get": _get("How far a validation is", (JSON, HTML), _path("id")),
            "delete": {
                "summary": "End a validation, or forget its report",
                "parameters": [_path("id")],
                "responses": {"204": {"description": "It is gone"}, "default": _PROBLEM},
            },
        },
        "/validate/jobs/{id}/report": {
            "get": _reporting(
                _get("The report of a validation", _REPORTS, _path("id"), _query("format"))
            )
        },
        "/shapes": {"get": _get("The shapes", (HTML, *GRAPH_FORMATS))},
        "/shapes/{name}": {
            "get": _get("A shape, or a set of shapes", (HTML, *GRAPH_FORMATS), _path("name"))
        },
        "/rules": {"get": _get("The rules beside the shapes", (HTML, JSON))},
        "/rules/{name}": {"get": _get("A rule with its examples", (HTML, JSON), _path("name"))},
        "/.well-known/void": {"get": _get("The dataset (VoID, DCAT, PROV)", GRAPH_FORMATS)},
        "/catalog": {"get": _get("The dataset", (HTML, *GRAPH_FORMATS))},
        "/dataset.nq": {"get": _get("The whole release", (N_QUADS,))},
        "/queries": {"get": _get("The query library", (HTML, *GRAPH_FORMATS))},
        **asking_paths(),
        **writing_paths(),
        **operating_paths(),
        **{f"/queries/{query.name}": {"get": _library(query)} for query in library},
    }
    return {
        "openapi": "3.1.0",
        "info": {"title": "Kuvend", "version": kuvend.__version__},
        "servers": [{"url": server_url.rstrip("/")}],
        "paths": paths,
        "components": {
            "responses": {"Problem": _problem()},
            "securitySchemes": {"token": {"type": "http", "scheme": "bearer"}},
        },
    }


def _problem() -> dict[str, Any]:
    members = {
        name: {"type": kind}
        for name, kind in (
            ("type", "string"),
            ("title", "string"),
            ("status", "integer"),
            ("detail", "string"),
            ("instance", "string"),
            ("source", "string"),
            ("line", "integer"),
            ("column", "integer"),
            ("suggestion", "string"),
        )
    }
    schema = {"type": "object", "properties": members, "required": ["type", "title", "status"]}
    return {
        "description": "What went wrong, where, and what to do (RFC 9457).",
        "content": {"application/problem+json": {"schema": schema}},
    }


def _get(summary: str, formats: tuple[Format, ...], *parameters: dict[str, Any]) -> dict[str, Any]:
    content: dict[str, Any] = {offer.media_type: {} for offer in formats}
    return {
        "summary": summary,
        "parameters": list(parameters),
        "responses": {"200": {"description": summary, "content": content}, "default": _PROBLEM},
    }


def _path(name: str) -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _query(name: str, text: str = "") -> dict[str, Any]:
    found: dict[str, Any] = {"name": name, "in": "query", "schema": {"type": "string"}}
    return {**found, "description": text} if text else found


def _required(name: str) -> dict[str, Any]:
    return {**_query(name), "required": True}


def _sparql() -> dict[str, Any]:
    names = ("query", "default-graph-uri", "named-graph-uri", "timeout", "entailment", "format")
    pages = (
        _query("page-size", "Rows of a page; without it the result comes whole"),
        _query("page", "Number of the page, from 1"),
        _query("release", "The release the pages are of; 410 where it is no longer served"),
    )
    formats = (*RESULT_FORMATS, *COLUMN_FORMATS, *GRAPH_FORMATS)
    parameters = (*(_query(name) for name in names), *pages)
    return _get("SPARQL query (SPARQL 1.1 Protocol)", formats, *parameters)


def _sparql_post() -> dict[str, Any]:
    formats = (*RESULT_FORMATS, *COLUMN_FORMATS, *GRAPH_FORMATS)
    found = _get("SPARQL query (SPARQL 1.1 Protocol)", formats)
    text = {"schema": {"type": "string"}}
    form = {"schema": {"type": "object", "properties": {"query": {"type": "string"}}}}
    found["requestBody"] = {
        "content": {
            "application/sparql-query": text,
            "application/x-www-form-urlencoded": form,
        }
    }
    return found


def _validate() -> dict[str, Any]:
    parameters = (
        _query("format", "Format of the report, before Accept"),
        _query("profile", "A profile of the project; GET /validate lists them"),
        _query("shapes", "Shape sets of the project, separated by commas"),
        _query("alone", "Leave the graph's data out"),
        _query("keep-going", "Check what is readable despite syntax errors"),
        _query("commit", "With a token that may write: add what conforms"),
        _query("name", "The file name of the body"),
        _query("url", "Read from here, where the setting fetch_hosts names the host"),
        {**_query("Prefer", "respond-async, with or without wait=SECONDS"), "in": "header"},
    )
    found = _reporting(_get("Check RDF against the shapes and the graph", _REPORTS, *parameters))
    found["responses"]["202"] = {
        "description": "The validation is a job; Location says where.",
        "headers": {"Location": {"schema": {"type": "string"}}},
    }
    binary = {"type": "string", "format": "binary"}
    fields = {
        "file": {"type": "array", "items": binary},
        "text": {"type": "string"},
        "shapes": {"type": "array", "items": binary},
    }
    found["requestBody"] = {
        "content": {
            **{one.media_type: {"schema": {"type": "string"}} for one in GRAPH_FORMATS},
            "application/octet-stream": {"schema": binary},
            "multipart/form-data": {"schema": {"type": "object", "properties": fields}},
        }
    }
    return found


def _schema() -> dict[str, Any]:
    found = _get("The JSON schema of the report", ())
    found["responses"]["200"]["content"] = {
        "application/schema+json": {"schema": {"type": "object"}}
    }
    return found


def _reporting(operation: dict[str, Any]) -> dict[str, Any]:
    """The operation, its JSON described by the schema of the report."""
    content = operation["responses"]["200"]["content"]
    # Beside the document this stands in.
    content[JSON.media_type] = {"schema": {"$ref": "validate/schema.json"}}
    return operation


def _library(query: Query) -> dict[str, Any]:
    is_graph = query.form in GRAPH_FORMS
    formats = (HTML, *(GRAPH_FORMATS if is_graph else RESULT_FORMATS))
    found = _get(query.title, formats, *(_query(p.name, p.description) for p in query.parameters))
    if query.get("description"):
        found["description"] = query.get("description")
    return found
