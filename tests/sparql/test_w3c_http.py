"""The W3C tests of the protocol and of the graph store protocol, request by request."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient
from w3c_sparql import (
    MF,
    RDFS,
    UT,
    Case,
    cases,
    iter_items,
    needs_suites,
    quads_of,
    same_graph,
)

from kuvend.config import Settings
from kuvend.project import Project

pytestmark = needs_suites

HT = "http://www.w3.org/2011/http#"
CNT = "http://www.w3.org/2011/content#"
TOKEN = {"Authorization": "Bearer open sesame"}
# Sets of status codes, as the manifests name them.
CODES = {"OK": {200}, "Created": {201}, "NoContent": {204}, "NotFound": {404},
         "BadRequest": {400}, "StatusCode2xx": set(range(200, 300)),
         "StatusCode3xx": set(range(300, 400)), "StatusCode4xx": set(range(400, 500))}  # fmt: skip

PROTOCOL = cases("sparql11/protocol/manifest.ttl")
GRAPH_STORE = cases(
    "sparql11/graph-store-protocol/manifest-direct.ttl",
    "sparql11/graph-store-protocol/manifest-indirect.ttl",
)


@pytest.fixture(scope="module")
def scratch(quick_folders: Callable[[], Path]) -> Iterator[Flask]:
    """An application over an empty scratch store."""
    from kuvend.web import create_app
    from kuvend.web.changing import close_writer
    from kuvend.web.querying import querying

    settings = Settings(data_dir=quick_folders(), scratch=True, token="open sesame")
    project = Project(settings)
    project.ensure_release()
    application = create_app(project)
    yield application
    close_writer(application)
    querying(application).pools.close()


def _text(case: Case, subject: object, predicate: str) -> str | None:
    node = case.value(subject, predicate)
    return None if node is None else node.value


def _requests(case: Case) -> list[object]:
    (head,) = case.values(case.action, HT + "requests")
    return list(iter_items(case.manifest, head))


def _headers(case: Case, subject: object) -> dict[str, str]:
    found: dict[str, str] = {}
    for head in case.values(subject, HT + "headers"):
        for item in iter_items(case.manifest, head):
            name, value = _text(case, item, HT + "fieldName"), _text(case, item, HT + "fieldValue")
            assert name is not None
            found[name.lower()] = value or ""
    return found


def _body(case: Case, subject: object) -> bytes | None:
    node = case.value(subject, HT + "body")
    if node is None:
        return None
    text = _text(case, node, CNT + "chars") or ""
    encoding = _text(case, node, CNT + "characterEncoding") or "UTF-8"
    return text.encode("utf-8" if encoding.upper() == "UTF-8" else encoding)


def _statuses(case: Case, answer: object) -> set[int]:
    names = [node.value.rpartition("#")[2] for node in case.values(answer, MF + "expectedStatus")]
    return {code for name in names for code in CODES[name]}


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in PROTOCOL])
def test_protocol(scratch: Flask, case: Case) -> None:
    client = scratch.test_client()
    _empty(client)
    for graph in case.values(_subject(case), UT + "graphData"):
        file, name = case.value(graph, UT + "graph"), case.value(graph, RDFS + "label")
        assert file is not None
        assert name is not None
        triples = [quad.triple for quad in quads_of(file.value)]
        body = ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES)
        put = client.put(
            "/data",
            query_string={"graph": name.value},
            data=body,
            content_type="application/n-triples",
            headers=TOKEN,
        )
        assert put.status_code == 201
    for request in _requests(case):
        path = _text(case, request, HT + "absolutePath") or ""
        body = _body(case, request)
        headers = _headers(case, request)
        is_update = "update" in case.name and not _is_query(headers, body)
        response = client.open(
            path.replace("/sparql/", "/update" if is_update else "/sparql", 1),
            method=_text(case, request, HT + "methodName"),
            data=body,
            headers={**headers, **(TOKEN if is_update else {})},
        )
        answer = case.value(request, HT + "resp")
        assert response.status_code in _statuses(case, answer), response.data
        boolean = _text(case, answer, MF + "expectedBoolean")
        if boolean is not None:
            assert response.get_json()["boolean"] == (boolean == "true")


@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in GRAPH_STORE])
def test_graph_store(scratch: Flask, case: Case) -> None:
    client = scratch.test_client()
    _empty(client)
    location = ""
    for request in _requests(case):
        path = _text(case, request, HT + "absolutePath") or ""
        answer = case.value(request, HT + "resp")
        response = client.open(
            path.replace("/gsp", "/data", 1).replace("$LOCATION$", location),
            method=_text(case, request, HT + "methodName"),
            data=_body(case, request),
            headers={**_headers(case, request), **TOKEN},
        )
        assert response.status_code in _statuses(case, answer), (path, response.data)
        location = response.headers.get("Location", location)
        expected = _body(case, answer)
        if expected is not None and response.data:
            assert same_graph(_turtle(response.data), _turtle(expected))


def test_the_suites_were_found() -> None:
    assert len(PROTOCOL) == 34
    assert len(GRAPH_STORE) > 10


def _is_query(headers: dict[str, str], body: bytes | None) -> bool:
    return "sparql-query" in headers.get("content-type", "") or (body or b"").startswith(b"query=")


def _turtle(body: bytes) -> list[ox.Quad]:
    return list(ox.parse(body, ox.RdfFormat.TURTLE, base_iri="http://www.example/"))


def _empty(client: FlaskClient) -> None:
    assert client.post("/update", data={"update": "DROP ALL"}, headers=TOKEN).status_code == 204


def _subject(case: Case) -> ox.NamedNode:
    return ox.NamedNode(case.iri)
