"""The paths of the OpenAPI document that judge queries, change data and operate."""

from __future__ import annotations

from typing import Any

from kuvend.formats import GRAPH_FORMATS

_PROBLEM = {"$ref": "#/components/responses/Problem"}
_TOKEN: list[dict[str, list[str]]] = [{"token": []}]
_FORM = "application/x-www-form-urlencoded"
_TEXT: dict[str, Any] = {"schema": {"type": "string"}}
_CONDITIONS: list[dict[str, Any]] = [
    {"name": name, "in": "header", "schema": {"type": "string"}}
    for name in ("If-Match", "If-None-Match")
]
_RDF: dict[str, Any] = {offer.media_type: _TEXT for offer in GRAPH_FORMATS}


def asking_paths() -> dict[str, Any]:
    """What tells about a query: lint, diagnosis, and what is behind a row."""
    return {
        "/sparql/lint": _asked("What is probably wrong with a query", "findings"),
        "/sparql/diagnose": _asked("Why a query has no rows", "findings"),
        "/sparql/why": _asked("What is behind a row", "ways", "row", "solution"),
    }


def writing_paths() -> dict[str, Any]:
    """SPARQL Update and the Graph Store Protocol."""
    graph = [_parameter("graph"), _parameter("default")]
    return {
        "/update": {
            "post": {
                **_does("SPARQL Update", "204"),
                "parameters": _CONDITIONS,
                "security": _TOKEN,
                "requestBody": _body({"application/sparql-update": _TEXT, _FORM: _TEXT}),
            }
        },
        "/data": {
            "get": {**_does("A graph (Graph Store Protocol)", content=_RDF), "parameters": graph},
            "put": _writes("Replace a graph", "204", graph, _RDF),
            "post": _writes("Add to a graph", "204", graph, _RDF),
            "delete": {
                **_does("Remove a graph", "204"),
                "parameters": graph + _CONDITIONS,
                "security": _TOKEN,
            },
        },
    }


def operating_paths() -> dict[str, Any]:
    """For operators."""
    text = {"text/plain": _TEXT}
    number = {**_parameter("number"), "in": "path", "required": True}
    return {
        "/healthz": {"get": _does("The process answers", content=text)},
        "/readyz": {"get": _does("A release can be queried", content=_JSON)},
        "/metrics": {"get": _does("Numbers for Prometheus", content=text)},
        "/operator/queries": {
            "get": {**_does("The queries under way", content=_JSON), "security": _TOKEN}
        },
        "/operator/queries/{number}": {
            "delete": {**_does("Stop a query", "204"), "security": _TOKEN, "parameters": [number]}
        },
    }


_JSON: dict[str, Any] = {"application/json": {"schema": {"type": "object"}}}


def _asked(summary: str, member: str, *more: str) -> dict[str, Any]:
    schema = {"type": "object", "properties": {member: {"type": "array", "items": {}}}}
    content = {"application/json": {"schema": schema}, "text/html": {}}
    names = ("query", "default-graph-uri", "named-graph-uri", "entailment", *more)
    parameters = [_parameter(name) for name in names]
    parameters[0]["required"] = True
    body = _body({"application/sparql-query": _TEXT, _FORM: _TEXT})
    return {
        "get": {**_does(summary, content=content), "parameters": parameters},
        "post": {**_does(summary, content=content), "requestBody": body},
    }


def _does(
    summary: str, status: str = "200", content: dict[str, Any] | None = None
) -> dict[str, Any]:
    done: dict[str, Any] = {"description": summary}
    if content:
        done["content"] = content
    return {"summary": summary, "responses": {status: done, "default": _PROBLEM}}


def _writes(
    summary: str, status: str, parameters: list[dict[str, Any]], content: dict[str, Any]
) -> dict[str, Any]:
    found = _does(summary, status)
    parameters = parameters + _CONDITIONS
    return {**found, "parameters": parameters, "security": _TOKEN, "requestBody": _body(content)}


def _body(content: dict[str, Any]) -> dict[str, Any]:
    return {"required": True, "content": content}


def _parameter(name: str) -> dict[str, Any]:
    return {"name": name, "in": "query", "schema": {"type": "string"}}
