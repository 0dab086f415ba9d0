"""The W3C SHACL test suite as cases: graphs in, expected report or failure."""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from kuvend.namespaces import RDF, SH, Namespace
from kuvend.shacl.graph import Graph
from kuvend.shacl.report import Report, Result, read_report
from kuvend.terms import Term

SUITE = (
    Path(os.environ.get("KUVEND_W3C_SUITES", Path(__file__).parents[3] / "shared" / "w3c"))
    / "data-shapes-test-suite"
    / "tests"
)
MF = Namespace("http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#")
SHT = Namespace("http://www.w3.org/ns/shacl-test#")


@dataclass(frozen=True)
class Case:
    name: str
    data: tuple[ox.Triple, ...]
    shapes: tuple[ox.Triple, ...]
    expected: Report | None  # None: the engine has to refuse


def triples(path: Path) -> tuple[ox.Triple, ...]:
    quads = ox.parse(path.read_bytes(), format=ox.RdfFormat.TURTLE, base_iri=path.as_uri())
    return tuple(quad.triple for quad in quads)


def cases() -> Iterator[Case]:
    yield from _cases(SUITE / "manifest.ttl")


def _cases(manifest: Path) -> Iterator[Case]:
    own = triples(manifest)
    graph = Graph(own)
    for _, included in graph.pairs(MF.include):
        yield from _cases(_path(included))
    for test in graph.subjects(RDF.type, SHT.Validate):
        action = graph.value(test, MF.action)
        result = graph.value(test, MF.result)
        assert action is not None and result is not None
        expected = None if result == SHT.Failure else _expected(own, graph, result)
        data, shapes = (graph.value(action, p) for p in (SHT.dataGraph, SHT.shapesGraph))
        name = manifest.relative_to(SUITE).with_suffix("").as_posix()
        yield Case(name, triples(_path(data)), triples(_path(shapes)), expected)


def _path(term: Term | None) -> Path:
    assert isinstance(term, ox.NamedNode)
    return Path(term.value.removeprefix("file://"))


def _expected(own: tuple[ox.Triple, ...], graph: Graph, node: Term) -> Report:
    results = set(graph.objects(node, SH.result))
    dropped = {t for t in own if t.predicate == SH.result and t.object not in results}
    return read_report((t for t in own if t not in dropped), engine="w3c")


def blank(term: object) -> str:
    """A term for comparing: blank nodes are wildcards of one kind."""
    return "_" if isinstance(term, ox.BlankNode) else str(term)


def comparable(report: Report) -> list[tuple[str, ...]]:
    return sorted(_row(result) for result in report.results)


def _row(result: Result) -> tuple[str, ...]:
    parts = (
        result.focus_node,
        result.value,
        result.source_shape,
        result.severity,
        result.constraint_component,
    )
    return (*(blank(part) for part in parts), str(result.path))
