"""The example files of the shapes, checked together: one validation for all of them.

Each shape ``kvs:X`` has ``X.pass.ttl``, which gives no result of it, and ``X.fail.ttl``, whose
first lines say what is expected: ``# expect: node shape component``, with ``raw`` or ``closed``
where the result is there only before or after reasoning.

Every file is checked as written (with the ontology) and with all that follows from both. To need
only two validations for hundreds of files, the things of each file get names of their own.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus.envelope import derive_envelopes
from kuvend.namespaces import KUVEND_BASE, KV, KVC, KVS, RDF, SH
from kuvend.ontology import read_ontology
from kuvend.project.shapes import read_shapes
from kuvend.reasoning import close
from kuvend.shacl import Result, validate_graph
from kuvend.shacl.graph import Graph
from kuvend.shacl.phrasing import component_name
from kuvend.terms import Term, label_blank_nodes

HERE = Path(__file__).resolve().parent
ROOT = HERE.parent.parent
MODES = ("raw", "closed")
_EXPECT = re.compile(r"^# expect: (\S+) kvs:(\S+) (\w+)(?: (raw|closed))?$", re.M)
_PREFIX = re.compile(r"^@prefix ([\w-]*): <(.*)> \.$", re.M)
_OWN = (f"{KUVEND_BASE}id/", f"{KUVEND_BASE}document/")


@dataclass(frozen=True)
class Expected:
    """A result that a failing file must give: focus node, shape, constraint component."""

    node: str
    shape: str
    component: str
    mode: str | None = None


@dataclass(frozen=True)
class ExampleFile:
    """One example file: its name, what it says, and the results it must give."""

    name: str
    triples: tuple[ox.Triple, ...]
    expected: tuple[Expected, ...] = ()

    @property
    def shape(self) -> str:
        """The shape the file is about."""
        return self.name.partition(".")[0]

    @property
    def passes(self) -> bool:
        """Whether the file is one that passes."""
        return self.name.endswith(".pass.ttl")


@dataclass(frozen=True)
class Found:
    """A result in an example file, its nodes as the file names them."""

    node: str
    shape: str
    component: str
    result: Result


def example_text(name: str, text: str) -> ExampleFile:
    """The example that ``text`` is; blank nodes are named after ``name``."""
    quads = list(ox.parse(text, format=ox.RdfFormat.TURTLE))
    seed = re.sub(r"\W", "-", name)
    named = label_blank_nodes(quads, seed)
    prefixes = {**dict(_PREFIX.findall(text)), "_": f"_:{seed}-"}
    expected = tuple(
        Expected(_iri(node, prefixes), shape, component, mode or None)
        for node, shape, component, mode in _EXPECT.findall(text)
    )
    return ExampleFile(name, tuple(quad.triple for quad in named), expected)


def _iri(node: str, prefixes: dict[str, str]) -> str:
    if node.startswith("<"):
        return node.strip("<>")
    prefix, _, local = node.partition(":")
    return prefixes[prefix] + local


@cache
def example_files() -> tuple[ExampleFile, ...]:
    """Every example file of the folder."""
    paths = sorted((HERE / "examples").glob("*.ttl"))
    return tuple(example_text(path.name, path.read_text(encoding="utf-8")) for path in paths)


@cache
def shapes() -> tuple[ox.Triple, ...]:
    """The shapes of the project."""
    return read_shapes(ROOT / "shapes")


@cache
def shapes_graph() -> Graph:
    """The shapes by subject and property."""
    return Graph(shapes())


def checked(
    examples: Iterable[ExampleFile], mode: str, *, engine: str | None = None
) -> dict[str, list[Found]]:
    """The results of each example, by its name, with the ontology and, if closed, what follows."""
    names = _Names()
    rows = list(examples)
    data = [
        names.own(row, number, triple) for number, row in enumerate(rows) for triple in row.triples
    ]
    ontology = read_ontology(ROOT / "ontology")
    everything = [*ontology.triples, *data]
    if mode == "closed":
        derived = [t for one in derive_envelopes(data) for t in one.triples]
        closure = close([*ontology.axioms, *data, *derived])
        everything += [*derived, *closure.inferred]
    distinct = list(dict.fromkeys(everything))
    chosen = {} if engine is None else {"engine": engine}
    report = validate_graph(distinct, shapes(), **chosen)
    found: dict[str, list[Found]] = {row.name: [] for row in rows}
    for name, item in names.sorted_out(report.results):
        found[name].append(item)
    return found


class _Names:
    """Names of their own for the things of each file, and the way back."""

    def __init__(self) -> None:
        self._back: dict[Term, tuple[str, str]] = {}

    def own(self, row: ExampleFile, number: int, triple: ox.Triple) -> ox.Triple:
        """``triple`` with the things of its file renamed; shared terms stay."""
        described = {t.subject for t in row.triples}

        def renamed(term: Term) -> Term:
            if isinstance(term, ox.BlankNode):
                self._back[term] = (row.name, f"_:{term.value}")
            if not isinstance(term, ox.NamedNode):
                return term
            declared = term in described and (term in KV or term in KVC)
            if not (term.value.startswith(_OWN) or declared):
                return term
            new = ox.NamedNode(f"{term.value}-f{number}")
            self._back[new] = (row.name, term.value)
            return new

        predicate = renamed(triple.predicate)
        assert isinstance(predicate, ox.NamedNode), "a property is an IRI"
        return ox.Triple(renamed(triple.subject), predicate, renamed(triple.object))  # type: ignore[arg-type]

    def sorted_out(self, results: Iterable[Result]) -> Iterator[tuple[str, Found]]:
        """Each result with the file it belongs to; what joins two files is left out."""
        for result in results:
            home = self._back.get(result.focus_node)
            if home is None:
                continue
            away = self._back.get(result.value) if result.value is not None else None
            if away is not None and away[0] != home[0]:
                continue
            shape = getattr(result.source_shape, "value", "").removeprefix(str(KVS))
            yield home[0], Found(home[1], shape, component_name(result), result)


def shape_names() -> list[str]:
    """The shapes that results can name: those with a target, and the property shapes of these."""
    graph = shapes_graph()
    targeted = [
        node
        for kind in (SH.NodeShape, SH.PropertyShape)
        for node in graph.subjects(RDF.type, kind)
        if any(
            graph.objects(node, target)
            for target in (SH.targetClass, SH.targetSubjectsOf, SH.targetObjectsOf, SH.targetNode)
        )
    ]
    reached = [part for node in targeted for part in graph.objects(node, SH.property)]
    nodes = dict.fromkeys([*targeted, *reached])
    return [n.value.removeprefix(str(KVS)) for n in nodes if isinstance(n, ox.NamedNode)]
