"""Each shape has a page: what it asks, how the data meet it, and the way to and from the class."""

from __future__ import annotations

from collections.abc import Callable

import pyoxigraph as ox
import pytest
from flask.testing import FlaskClient
from html_page import Page

from kuvend.namespaces import KVS, RDF, SH
from kuvend.project import Project
from kuvend.web.languages import PAGE_LANGUAGES
from kuvend.web.shapes import local


def test_the_list_has_an_anchor_for_every_shape_that_says_something(
    page: Callable[..., Page], project: Project
) -> None:
    shapes = project.release().store()
    nodes = [
        q.subject
        for kind in (SH.NodeShape, SH.PropertyShape)
        for q in shapes.quads(None, RDF.type, kind, project.graphs.shapes)
        if isinstance(q.subject, ox.NamedNode)
        if any(True for _ in shapes.quads(q.subject, SH.message))
    ]
    found = page("/shapes")
    assert len(nodes) > 150
    assert {local(node) for node in nodes} <= set(found.ids)


@pytest.mark.parametrize("language", PAGE_LANGUAGES)
def test_a_shape_says_what_it_asks_and_how_the_data_meet_it(
    page: Callable[..., Page], language: str
) -> None:
    found = page("/shapes/Organ-no-event", language=language)
    assert str(KVS["Organ-no-event"].value) in found.text
    assert any(link.endswith("/def#GoverningOrgan") for link in found.links)
    assert any("/doc/organ/" in link for link in found.links)
    assert "{" not in found.text.replace("{$this}", "")


def test_the_example_files_of_the_project_are_shown(page: Callable[..., Page]) -> None:
    text = page("/shapes/Organ-no-event").text
    assert "id-organ:constituent-assembly a kv:Assembly , kv:Event" in text
    assert "# expect" not in text


def test_a_class_links_to_its_shapes(page: Callable[..., Page]) -> None:
    assert "/shapes/Organ-no-event" in page("/def").links


def test_a_finding_links_to_its_shape(client: FlaskClient) -> None:
    text = """@prefix kv: <https://w3id.org/kuvend/def#> .
        <https://w3id.org/kuvend/id/organ/x> a kv:Assembly , kv:Event ."""
    found = Page(client.post("/validate", data={"text": text, "format": "html"}).text)
    assert "/shapes/Organ-no-event" in found.links


def test_shapes_and_sets_come_as_rdf(client: FlaskClient) -> None:
    answer = client.get("/shapes/Organ-no-event", headers={"Accept": "text/turtle"})
    assert answer.mimetype == "text/turtle"
    triples = [q.triple for q in ox.parse(answer.data, format=ox.RdfFormat.TURTLE)]
    assert any(t.predicate == SH.targetClass for t in triples)
    assert {t.subject for t in triples if isinstance(t.subject, ox.NamedNode)} == {
        KVS["Organ-no-event"]
    }
    organs = client.get("/shapes/organs.nt")
    assert organs.mimetype == "application/n-triples"
    assert len(organs.data) < len(client.get("/shapes.nt").data)


def test_a_profile_has_an_address_and_an_unknown_shape_has_none(client: FlaskClient) -> None:
    answer = client.get("/shapes/profile/strict", headers={"Accept": "text/turtle"})
    assert b"prof:hasToken" in answer.data
    assert client.get("/shapes/NoSuchShape").status_code == 404
