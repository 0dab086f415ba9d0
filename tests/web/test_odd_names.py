"""Names as the world writes them: letters beyond ASCII in IRIs, markup in labels, odd numbers."""

from __future__ import annotations

from pathlib import Path
from urllib.parse import quote

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient

from kuvend.config import Settings
from kuvend.namespaces import KUVEND_BASE, KV, RDF, RDFS
from kuvend.project import Project
from kuvend.store import DEFAULT_GRAPH, GraphNames
from kuvend.web import create_app

CITY = ox.NamedNode(f"{KUVEND_BASE}id/org/київ")
PLAN = ox.NamedNode("http://example.org/plan")


@pytest.fixture
def client(tmp_path: Path) -> FlaskClient:
    """A client of a release whose names are hard to print."""
    project = Project(Settings(data_dir=tmp_path))
    triples = [
        ox.Triple(CITY, RDF.type, ox.NamedNode("http://example.org/Громада")),
        ox.Triple(CITY, RDFS.label, ox.Literal("<script>alert(1)</script>", language="uk")),
        ox.Triple(CITY, RDFS.seeAlso, ox.NamedNode("javascript:alert(1)")),
        ox.Triple(CITY, KV.position, ox.Literal("²")),
        ox.Triple(PLAN, KV.hasStep, CITY),
    ]
    graph = GraphNames(KUVEND_BASE).statements("x")
    quads = [ox.Quad(*t, name) for t in triples for name in (graph, DEFAULT_GRAPH)]
    manifest = {"date": "2026-01-01", "input_sha256": "", "graphs": {}, "coverage": []}
    project.releases.publish_locked(quads, manifest)
    return create_app(project).test_client()


@pytest.mark.parametrize(
    "path",
    [
        f"/id/org/{quote('київ')}",
        f"/doc/org/{quote('київ')}",
        f"/doc/org/{quote('київ')}.ttl",
        f"/describe?iri={quote(PLAN.value)}",
    ],
)
def test_headers_are_ascii_whatever_the_letters_of_an_iri(client: FlaskClient, path: str) -> None:
    response = client.get(path, headers={"Accept": "text/html, */*;q=0.1"})
    assert response.status_code in {200, 303}
    assert [value for _, value in response.headers if not value.isascii()] == []
    assert any('rel="cite-as"' in link for link in response.headers.getlist("Link"))


def test_the_link_to_a_thing_is_its_iri_with_the_letters_escaped(client: FlaskClient) -> None:
    links = client.get(f"/doc/org/{quote('київ')}").headers.getlist("Link")
    assert f'<{KUVEND_BASE}id/org/{quote("київ")}>; rel="cite-as"' in links


def test_a_label_and_a_link_cannot_become_a_program(client: FlaskClient) -> None:
    response = client.get(f"/doc/org/{quote('київ')}", headers={"Accept": "text/html"})
    assert "&lt;script&gt;alert(1)" in response.text
    assert "<script>alert" not in response.text
    assert 'href="javascript:' not in response.text


def test_a_position_that_is_no_plain_number_is_passed_over(client: FlaskClient) -> None:
    response = client.get(f"/describe?iri={quote(PLAN.value)}", headers={"Accept": "text/html"})
    assert response.status_code == 200
