"""One value in several spellings: writes tell them apart, and lose none while one is said."""

from __future__ import annotations

import pytest

from kuvend.errors import KuvendError
from kuvend.project import Project
from kuvend.project.changes import CARRY_OVER, DELETE, POST, PUT, UPDATE, Change, Outcome
from kuvend.project.live import LiveDataset

XSD = "http://www.w3.org/2001/XMLSchema#"
BASE = "https://w3id.org/kuvend/"
STATEMENTS = f"{BASE}graph/statements/"
SIZE, NUMBER = f"<{BASE}def#size>", f"<{BASE}def#number>"


def integer(digits: str, kind: str = "integer") -> str:
    return f'"{digits}"^^<{XSD}{kind}>'


def said(value: str, predicate: str = "<urn:p>", graph: str = "") -> str:
    """A line of the dataset."""
    return f"<urn:a> {predicate} {value} {graph}".rstrip() + " ."


def put(graph: str | None, value: str, predicate: str = "<urn:p>", kind: str = PUT) -> Change:
    content = f"<urn:a> {predicate} {value} .".encode()
    return Change(kind, graph=graph, content=content, media_type="text/turtle")


def lines(project: Project) -> list[str]:
    return project.release().dataset_path.read_text(encoding="utf-8").splitlines()


def test_a_graph_deleted_and_made_anew_in_one_round_is_published(scratch: Project) -> None:
    live = LiveDataset(scratch)
    live.apply(put("urn:g", integer("01")))
    found = live.apply_all(
        {"1": Change(DELETE, graph="urn:g"), "2": put("urn:g", integer("001"), kind=POST)}
    )
    assert [type(outcome) for outcome in found.values()] == [Outcome, Outcome]
    assert lines(scratch) == [said(integer("001"), graph="<urn:g>")]


@pytest.mark.parametrize("after", [integer("1"), integer("001"), integer("1", "int")])
def test_a_put_mends_a_spelling(scratch: Project, after: str) -> None:
    live = LiveDataset(scratch)
    live.apply(put("urn:g", integer("01")))
    live.apply(put("urn:g", after))
    assert lines(scratch) == [said(after, graph="<urn:g>")]
    LiveDataset(scratch).apply(put("urn:h", "2"))
    assert said(after, graph="<urn:g>") in lines(scratch)


def test_an_update_may_have_white_space_before_a_bracket(scratch: Project) -> None:
    text = (
        "INSERT { GRAPH <urn:g> { <urn:a> <urn:p> ?x } } WHERE { BIND (CONCAT ('a', 'b') AS ?x) }"
    )
    LiveDataset(scratch).apply(Change(UPDATE, text=text))
    assert lines(scratch) == [said('"ab"', graph="<urn:g>")]


def test_a_value_that_went_and_came_back_is_written_as_it_came_last(scratch: Project) -> None:
    live = LiveDataset(scratch)
    live.apply(put("urn:g", integer("01")))
    live.apply(Change(UPDATE, text="DELETE WHERE { GRAPH ?g { ?s ?p ?o } }"))
    live.apply(Change(UPDATE, text="INSERT DATA { GRAPH <urn:g> { <urn:a> <urn:p> 1 } }"))
    assert lines(scratch) == [said(integer("1"), graph="<urn:g>")]


def test_a_refused_change_leaves_no_spelling_behind(small: Project) -> None:
    live = LiveDataset(small)
    live.apply(put(f"{STATEMENTS}aa", integer("5"), SIZE))
    nothing = said(integer("05"), SIZE)
    several = Change(
        PUT, graph=f"{STATEMENTS}bb", content=nothing.encode(), media_type="text/turtle"
    )
    refused = Change(UPDATE, text=f"DELETE DATA {{ <urn:a> {NUMBER} 5 }}")
    found = live.apply_all({"1": several, "2": refused, "3": Change(DELETE, graph=several.graph)})
    assert isinstance(found["2"], KuvendError)
    held = [line for line in lines(small) if line.startswith("<urn:a>")]
    assert held == sorted(
        [
            said(integer("5"), SIZE),
            said(integer("5"), NUMBER),
            said(integer("5"), SIZE, f"<{STATEMENTS}aa>"),
            said(integer("5"), NUMBER, f"<{BASE}graph/inferred>"),
        ]
    )


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (integer("01"), integer("1")),
        (integer("1"), integer("01")),
        (integer("1", "int"), integer("1")),
        (integer("1.0", "decimal"), integer("1.00", "decimal")),
    ],
)
def test_what_another_graph_still_says_stays(small: Project, one: str, other: str) -> None:
    live = LiveDataset(small)
    live.apply(put(f"{STATEMENTS}aa", one, SIZE))
    live.apply(put(f"{STATEMENTS}bb", other, SIZE))
    live.apply(Change(DELETE, graph=f"{STATEMENTS}aa"))
    held = [line for line in lines(small) if line.startswith("<urn:a>")]
    assert held == sorted(
        [
            said(other, SIZE),
            said(other, NUMBER),
            said(other, SIZE, f"<{STATEMENTS}bb>"),
            said(other, NUMBER, f"<{BASE}graph/inferred>"),
        ]
    )
    fresh = LiveDataset(small)
    fresh.apply(put("urn:own", "1"))
    assert [line for line in lines(small) if line in held] == held


@pytest.mark.parametrize("value", [integer("5", "int"), integer("05")])
def test_a_build_keeps_the_spelling_of_what_was_written(small: Project, value: str) -> None:
    graph = f"{STATEMENTS}aa"
    LiveDataset(small).apply(put(graph, integer("5"), SIZE))
    LiveDataset(small).apply(put(graph, value, SIZE))
    before = lines(small)
    assert said(value, SIZE, f"<{graph}>") in before
    small.build()
    LiveDataset(small).apply(Change(CARRY_OVER))
    assert [line for line in lines(small) if f"<{BASE}graph/catalog>" not in line] == [
        line for line in before if f"<{BASE}graph/catalog>" not in line
    ]


def test_the_default_graph_is_always_there(scratch: Project, small: Project) -> None:
    for project in (scratch, small):
        live = LiveDataset(project)
        assert live.apply(Change(DELETE)).created is False
        assert live.apply(put(None, "1")).created is False
        assert said(integer("1")) in lines(project)
        live.apply(Change(DELETE))
        assert said(integer("1")) not in lines(project)
