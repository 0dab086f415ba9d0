"""Errors: one shape for programs, a page for browsers, never the inside of the server."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox
import pytest
from flask import Flask
from flask.testing import FlaskClient

from kuvend.config import Settings
from kuvend.namespaces import KV, RDF
from kuvend.project import Project
from kuvend.web import create_app

WRONG = [
    ("/nothing-here", 404, "not-found"),
    ("/doc/org/no-such-body", 404, "not-found"),
    ("/doc/org/%3Cx%3E", 404, "not-found"),
    ("/document/none", 404, "not-found"),
    ("/graph/none", 404, "not-found"),
    ("/graph/%3Cx%3E", 404, "not-found"),
    ("/def/%3Cx%3E", 404, "not-found"),
    (f"/explain?s=urn:a&p=urn:b&o=%22{'x' * 20_000}%22", 413, "too-large"),
    ("/data?graph=http://example.org/a%20b", 400, "bad-request"),
    ("/data?graph=1a:b", 400, "bad-request"),
    ("/queries/none", 404, "not-found"),
    ("/def/9.9.9", 404, "not-found"),
    ("/explore?class=%3C", 400, "bad-request"),
    ("/explore?class=urn:none", 404, "not-found"),
    ("/describe?iri=urn:none", 404, "not-found"),
    ("/describe?iri=%3Cno%20iri", 400, "bad-request"),
    ("/explain", 400, "bad-request"),
    ("/explain?s=id/org/akk&p=kv:hasOrgan&o=%22broken", 400, "bad-request"),
    ("/explain?s=%22text%22&p=kv:hasOrgan&o=id/org/akk", 400, "bad-request"),
    ("/queries/konya-assembly-meetings?nothing=x", 400, "bad-request"),
    ("/queries/konya-assembly-meetings?organ=no%20iri%7D", 400, "bad-request"),
    ("/doc/org/konya-union?page=0", 404, "not-found"),
    ("/doc/org/konya-union?page=x", 404, "not-found"),
    ("/doc/org/konya-union?format=docx", 406, "not-acceptable"),
    (f"/search?q={'x' * 301}", 400, "bad-request"),
]


@pytest.mark.parametrize(("path", "status", "slug"), WRONG)
def test_an_error_is_a_problem_object_for_a_program(
    client: FlaskClient, path: str, status: int, slug: str
) -> None:
    response = client.get(path)
    assert response.status_code == status
    assert response.mimetype == "application/problem+json"
    problem = response.json
    assert problem["status"] == status
    assert problem["type"].endswith(f"#{slug}")
    assert problem["detail"]
    assert problem["instance"].startswith(path.partition("?")[0].partition("%")[0])


@pytest.mark.parametrize(("path", "status", "slug"), WRONG)
def test_an_error_is_a_page_for_a_browser(
    client: FlaskClient, path: str, status: int, slug: str
) -> None:
    response = client.get(path, headers={"Accept": "text/html"})
    assert response.status_code == status
    assert response.mimetype == "text/html"
    assert "<h1>" in response.text


def test_what_a_visitor_sends_is_never_markup(client: FlaskClient) -> None:
    for path in ("/search?q=<b>x</b>", "/describe?iri=urn:<b>x</b>", "/queries/<b>x</b>"):
        assert "<b>" not in client.get(path, headers={"Accept": "text/html"}).text


def test_a_method_that_is_not_answered_names_those_that_are(client: FlaskClient) -> None:
    response = client.post("/doc/org/konya-union")
    assert response.status_code == 405
    assert "GET" in response.headers["Allow"]
    assert response.json["type"].endswith("#method-not-allowed")


def test_an_unforeseen_error_tells_the_client_nothing_of_the_inside(
    project: Project, caplog: pytest.LogCaptureFixture
) -> None:
    app: Flask = create_app(project)

    @app.get("/breaks")
    def breaks() -> str:
        raise RuntimeError("a secret of the inside")

    response = app.test_client().get("/breaks")
    assert response.status_code == 500
    assert response.json["type"].endswith("#internal-error")
    assert "secret" not in response.text
    assert "a secret of the inside" in caplog.text


def test_without_a_release_the_server_says_that_it_is_not_available(
    tmp_path: Path, project: Project
) -> None:
    empty = Project(replace(project.settings, data_dir=tmp_path), project.folder)
    response = create_app(empty).test_client().get("/")
    assert response.status_code == 503
    assert "kuvend build" in response.json["suggestion"]


@pytest.mark.parametrize(
    "path",
    [
        "/",
        "/documents",
        "/explore",
        "/def",
        "/concept",
        "/catalog",
        "/graph",
        "/search?q=x",
        "/queries",
        "/sitemap.xml",
        "/.well-known/void",
    ],
)
def test_an_empty_release_has_pages_too(tmp_path: Path, path: str) -> None:
    empty = Project(Settings(data_dir=tmp_path))
    empty.releases.publish_locked([], {"date": "2026-01-01", "input_sha256": "", "graphs": {}})
    response = create_app(empty).test_client().get(path)
    assert response.status_code == 200


def test_a_new_release_is_served_from_the_next_request_on(tmp_path: Path) -> None:
    project = Project(Settings(data_dir=tmp_path))
    manifest = {"date": "2026-01-01", "input_sha256": ""}
    project.releases.publish_locked([], manifest)
    client = create_app(project).test_client()
    assert client.get("/id/org/new").status_code == 404
    first = client.get("/explore").headers["ETag"]
    body = ox.NamedNode("https://w3id.org/kuvend/id/org/new")
    quads = [ox.Quad(body, RDF.type, KV.Municipality)]
    project.releases.publish_locked(quads, manifest)
    assert client.get("/id/org/new").status_code == 303
    assert client.get("/explore").headers["ETag"] != first


def test_a_statement_written_without_a_passage_says_so(tmp_path: Path) -> None:
    project = Project(Settings(data_dir=tmp_path))
    body = ox.NamedNode("https://w3id.org/kuvend/id/org/new")
    graph_name = project.graphs.statements("written")
    triple = (body, RDF.type, KV.Municipality)
    quads = [ox.Quad(*triple, graph_name), ox.Quad(*triple)]
    project.releases.publish_locked(quads, {"date": "2026-01-01", "input_sha256": ""})
    client = create_app(project).test_client()
    page = client.get(
        "/explain?s=id/org/new&p=a&o=kv:Municipality", headers={"Accept": "text/html"}
    )
    assert "no document is cited" in page.text
    assert "no document" not in client.get("/doc/org/new", headers={"Accept": "text/html"}).text


@pytest.mark.parametrize(
    "path", ["/" + "a" * 30_000, "/sparql?query=ASK%7B%7D&format=" + "9a" * 15_000]
)
def test_what_is_very_long_is_not_repeated_whole(client: FlaskClient, path: str) -> None:
    problem = client.get(path).get_json()
    assert " … " in problem["detail"]
    assert len(problem["detail"]) < 2100
    assert len(problem["instance"]) < 600
