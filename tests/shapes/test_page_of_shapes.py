"""The page of shapes is what the shapes say, and names every one of them."""

from __future__ import annotations

import importlib.util
import re

import pyoxigraph as ox
from shape_files import ROOT, example_text
from test_messages_of_shapes import speakers

from kuvend.namespaces import prefixes
from kuvend.shacl import validate_graph
from kuvend.shacl.phrasing import component_name


def page() -> str:
    spec = importlib.util.spec_from_file_location("shapes_page", ROOT / "docs" / "shapes_page.py")
    assert spec is not None and spec.loader is not None, "the file is there"
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return str(module.shapes_page())


def test_the_page_is_up_to_date() -> None:
    written = (ROOT / "docs" / "reference" / "shapes.md").read_text(encoding="utf-8")
    assert written.endswith(page()), "run `python docs/generate.py`"


def test_the_page_names_every_shape_once() -> None:
    rows = re.findall(r"^\| `([^`]+)`", page(), re.M)
    assert sorted(rows) == sorted({name.removesuffix("-query") for name in speakers()})


def test_the_examples_it_links_are_there() -> None:
    links = re.findall(r"\]\(\.\./\.\./(tests/shapes/[^)]+)\)", page())
    assert len(links) > 400
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_example_of_the_how_to_does_what_it_says() -> None:
    text = (ROOT / "docs" / "how-to" / "write-shapes.md").read_text(encoding="utf-8")
    shape, bad = re.findall(r"^```turtle\n(.*?)^```", text, re.M | re.S)
    head = "".join(f"@prefix {name}: <{iri}> .\n" for name, iri in prefixes().items())
    shapes = [quad.triple for quad in ox.parse(head + shape, format=ox.RdfFormat.TURTLE)]
    example = example_text("Association-seat.fail.ttl", bad)
    subclass = "kv:MunicipalAssociation rdfs:subClassOf kv:AssociationOfLocalAuthorities ."
    known = [quad.triple for quad in ox.parse(head + subclass, format=ox.RdfFormat.TURTLE)]
    report = validate_graph([*known, *example.triples], shapes)
    found = [(str(getattr(r.focus_node, "value", "")), component_name(r)) for r in report.results]
    assert found == [(one.node, one.component) for one in example.expected]
