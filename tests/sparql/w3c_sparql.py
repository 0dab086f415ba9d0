"""The W3C SPARQL test suites, read from their manifests, and how results are compared.

The suites are not part of Kuvend; they are looked for in ``KUVEND_W3C_SUITES``, by default
``../shared/w3c`` beside the project.
"""

from __future__ import annotations

import os
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox
import pytest

MF = "http://www.w3.org/2001/sw/DataAccess/tests/test-manifest#"
QT = "http://www.w3.org/2001/sw/DataAccess/tests/test-query#"
UT = "http://www.w3.org/2009/sparql/tests/test-update#"
RDF = "http://www.w3.org/1999/02/22-rdf-syntax-ns#"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
RS = "http://www.w3.org/2001/sw/DataAccess/tests/result-set#"
BASE = "https://w3c.github.io/rdf-tests/sparql/"

_default = Path(__file__).resolve().parents[3] / "shared" / "w3c"
SUITES = Path(os.environ.get("KUVEND_W3C_SUITES", _default)) / "sparql"

needs_suites = pytest.mark.skipif(
    not SUITES.is_dir(), reason=f"the W3C test suites are not at {SUITES.parent}"
)


@dataclass(frozen=True)
class Case:
    """One test of a manifest."""

    iri: str
    kind: str
    action: ox.NamedNode | ox.BlankNode
    result: ox.NamedNode | ox.BlankNode | None
    manifest: ox.Store

    @property
    def name(self) -> str:
        """``group/test``, for reading."""
        return "/".join(self.iri.replace("/manifest#", "#").replace("#", "/").split("/")[-2:])

    def values(self, subject: object, predicate: str) -> list[ox.NamedNode | ox.BlankNode]:
        """The objects of ``subject`` and ``predicate`` in the manifest."""
        found = self.manifest.quads_for_pattern(subject, ox.NamedNode(predicate), None)  # type: ignore[arg-type]
        return [quad.object for quad in found]  # type: ignore[misc]

    def value(self, subject: object, predicate: str) -> ox.NamedNode | ox.BlankNode | None:
        """The only such object, if there is one."""
        return next(iter(self.values(subject, predicate)), None)


def cases(*manifests: str) -> list[Case]:
    """The tests of some manifests, paths below the suites, with what they include."""
    if not SUITES.is_dir():
        return []
    return [case for manifest in manifests for case in _iter_cases(SUITES / manifest)]


def read(iri: str) -> bytes:
    """The file behind an IRI of the suites."""
    return path_of(iri).read_bytes()


def path_of(iri: str) -> Path:
    """Where the file behind an IRI of the suites lies."""
    return SUITES / iri.removeprefix(BASE)


def iri_of(path: Path) -> str:
    """The IRI of a file of the suites."""
    return BASE + str(path.relative_to(SUITES))


def quads_of(iri: str) -> list[ox.Quad]:
    """The triples of an RDF file of the suites."""
    form = ox.RdfFormat.from_extension(path_of(iri).suffix.lstrip("."))
    return list(ox.parse(read(iri), form, base_iri=iri))


def _iter_cases(path: Path) -> Iterator[Case]:
    store = ox.Store()
    store.load(path.read_bytes(), ox.RdfFormat.TURTLE, base_iri=iri_of(path))
    for quad in store.quads_for_pattern(None, ox.NamedNode(MF + "include"), None):
        for item in iter_items(store, quad.object):
            yield from _iter_cases(path_of(item.value))  # type: ignore[union-attr]
    for quad in store.quads_for_pattern(None, ox.NamedNode(MF + "entries"), None):
        for item in iter_items(store, quad.object):
            yield from _case(store, item)


def _case(store: ox.Store, test: object) -> Iterator[Case]:
    def value(predicate: str) -> object:
        found = store.quads_for_pattern(test, ox.NamedNode(predicate), None)  # type: ignore[arg-type]
        return next((quad.object for quad in found), None)

    kind, action = value(RDF + "type"), value(MF + "action")
    if isinstance(kind, ox.NamedNode) and action is not None:
        yield Case(
            test.value,  # type: ignore[attr-defined]
            kind.value.removeprefix(MF),
            action,  # type: ignore[arg-type]
            value(MF + "result"),  # type: ignore[arg-type]
            store,
        )


def iter_items(store: ox.Store, head: object) -> Iterator[object]:
    """The members of an RDF list."""
    while head != ox.NamedNode(RDF + "nil"):
        for quad in store.quads_for_pattern(head, ox.NamedNode(RDF + "first"), None):  # type: ignore[arg-type]
            yield quad.object
        rest = store.quads_for_pattern(head, ox.NamedNode(RDF + "rest"), None)  # type: ignore[arg-type]
        head = next((quad.object for quad in rest), ox.NamedNode(RDF + "nil"))


Row = dict[str, object]


@dataclass
class Table:
    """A result set: variables, rows, or the boolean of an ASK."""

    variables: list[str]
    rows: list[Row]
    boolean: bool | None = None


def table_of(body: bytes, form: ox.QueryResultsFormat) -> Table:
    """A result set in one of the standard formats."""
    found = ox.parse_query_results(body, form)
    if isinstance(found, ox.QueryBoolean):
        return Table([], [], bool(found))
    names = [variable.value for variable in found.variables]
    rows = [{n: row[n] for n in names if row[n] is not None} for row in found]
    return Table(names, rows)


def table_of_graph(quads: list[ox.Quad]) -> Table:
    """A result set in the result-set vocabulary."""
    store = _stored(quads)
    boolean = next(store.quads_for_pattern(None, ox.NamedNode(RS + "boolean"), None), None)
    if boolean is not None:
        return Table([], [], boolean.object.value == "true")  # type: ignore[union-attr]
    names = [
        quad.object.value  # type: ignore[union-attr]
        for quad in store.quads_for_pattern(None, ox.NamedNode(RS + "resultVariable"), None)
    ]
    rows: list[Row] = []
    for quad in store.quads_for_pattern(None, ox.NamedNode(RS + "solution"), None):
        row: Row = {}
        for binding in store.quads_for_pattern(quad.object, ox.NamedNode(RS + "binding"), None):  # type: ignore[arg-type]
            node = binding.object
            (name,) = store.quads_for_pattern(node, ox.NamedNode(RS + "variable"), None)  # type: ignore[arg-type]
            (term,) = store.quads_for_pattern(node, ox.NamedNode(RS + "value"), None)  # type: ignore[arg-type]
            row[name.object.value] = term.object  # type: ignore[union-attr]
        rows.append(row)
    return Table(names, rows)


def same_table(left: Table, right: Table, *, ordered: bool) -> bool:
    """Whether two result sets are equal up to the names of blank nodes."""
    if left.boolean is not None or right.boolean is not None:
        return left.boolean == right.boolean
    if set(left.variables) != set(right.variables) or len(left.rows) != len(right.rows):
        return False
    return _canonical(left, ordered=ordered) == _canonical(right, ordered=ordered)


def same_graph(left: list[ox.Quad], right: list[ox.Quad]) -> bool:
    """Whether two datasets are isomorphic, literals taken as the engine stores them."""
    return _canonical_quads(left) == _canonical_quads(right)


def _stored(quads: list[ox.Quad]) -> ox.Store:
    store = ox.Store()
    store.extend(quads)
    return store


def _canonical(table: Table, *, ordered: bool) -> frozenset[str]:
    quads = []
    for number, row in enumerate(table.rows):
        node = ox.BlankNode()
        place = ox.Literal(number) if ordered else ox.Literal("row")
        quads.append(ox.Quad(node, ox.NamedNode("urn:row"), place))
        for name, term in row.items():
            quads.append(ox.Quad(node, ox.NamedNode(f"urn:var:{name}"), term))  # type: ignore[arg-type]
    return _canonical_quads(quads)


def _canonical_quads(quads: list[ox.Quad]) -> frozenset[str]:
    dataset = ox.Dataset(_stored(quads))
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return frozenset(str(quad) for quad in dataset)
