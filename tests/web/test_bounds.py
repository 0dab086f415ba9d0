"""What is kept between requests is counted, and what is written can be read again."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.config import Settings
from kuvend.errors import ProjectError
from kuvend.formats import TURTLE
from kuvend.namespaces import RDFS, XSD
from kuvend.project import Project
from kuvend.web import create_app
from kuvend.web.links import page_url
from kuvend.web.page_cache import Made, PageCache
from kuvend.web.ready import ReadyAnswers
from kuvend.web.tokens import known_tokens
from kuvend.web.wording import in_words
from kuvend.web.writing import write_sections

ANSWER = (200, [("Content-Type", "text/plain")], b"x")


def test_a_token_that_is_written_wrongly_stops_the_start_and_is_not_told(tmp_path: Path) -> None:
    for entry in ("hunter2", f"a:all:{'0' * 64}", f":read:{'0' * 64}", f"a:read:{'g' * 64}"):
        settings = Settings(data_dir=tmp_path, tokens=f"a:read:{'0' * 64} {entry}")
        with pytest.raises(ProjectError, match="entry 2") as caught:
            create_app(Project(settings))
        assert "hunter" not in str(caught.value)
    assert len(known_tokens(Settings(tokens=f"a:read:{'0' * 64} b:write+read:{'1' * 64}"))) == 2


def test_answers_to_long_requests_are_not_kept() -> None:
    ready = ReadyAnswers()
    long, short = ("query=ASK{}", "*/*", None, "x" * 9000), ("query=ASK{}", "*/*", None, "x" * 90)
    ready.put("1", long, ANSWER)
    ready.put("1", short, ANSWER)
    assert ready.get("1", long) is None
    assert ready.get("1", short) == ANSWER


def test_requests_count_against_what_is_kept() -> None:
    ready = ReadyAnswers()
    requests = [("query=ASK{}", "*/*", None, f"{n}{'x' * 7000}") for n in range(2000)]
    for request in requests:
        ready.put("1", request, ANSWER)
    kept = [request for request in requests if ready.get("1", request)]
    assert 100 < len(kept) < 700
    assert kept == requests[-len(kept) :]


def test_links_count_against_the_pages_kept() -> None:
    cache = PageCache(100_000)
    for number in range(200):
        cache.get(str(number), lambda: Made(b"body", ("<http://example.org/>" * 20,) * 8))
    made: list[int] = []
    for number in range(200):
        cache.get(str(number), lambda number=number: made.append(number) or Made(b""))  # type: ignore[misc]
    assert len(made) > 150


@pytest.mark.parametrize(
    "value",
    [
        "a\n@prefix b: <c> .\nd",
        "line\u2028separator\u0085next\x0cform",
        'quo"te\\',
    ],
)
def test_turtle_in_sections_says_what_was_given(value: str) -> None:
    node = ox.NamedNode
    first = ox.Quad(node("urn:x:s"), node("urn:x:p"), ox.Literal(value))
    second = ox.Quad(node("urn:y:s"), node("urn:y:p"), node("http://example.org/ns#o"))
    third = ox.Quad(node("urn:y:s"), RDFS.label, ox.Literal("x"))
    sections = [("One", [first]), ("Two", [second, third])]
    text = write_sections(sections, TURTLE, {"rdfs": "http://www.w3.org/2000/01/rdf-schema#"})
    found = {quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)}
    assert found == {first.triple, second.triple, third.triple}
    assert b"rdfs:label" in text
    assert b"# Two" in text


@pytest.mark.parametrize("value", ["PT1.2.3S", f"P{'9' * 5000}Y", "P1Y\n", "P\u0661Y"])
def test_a_duration_that_cannot_be_read_is_shown_as_it_is(value: str) -> None:
    assert in_words(ox.Literal(value, datatype=XSD.duration)) == value
    assert in_words(ox.Literal("P1Y2M", datatype=XSD.duration)) == "1 year 2 months"


def test_a_link_to_another_page_keeps_every_parameter(tmp_path: Path) -> None:
    app = create_app(Project(Settings(data_dir=tmp_path)))
    with app.test_request_context("/sparql?default-graph-uri=urn:a&default-graph-uri=urn:b&x="):
        assert page_url(page=2, x=None) == (
            "/sparql?default-graph-uri=urn%3Aa&default-graph-uri=urn%3Ab&page=2"
        )
