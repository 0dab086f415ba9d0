"""SHACL property paths: read from a graph, written as SPARQL 1.1 paths and as triples.

Source: https://www.w3.org/TR/shacl/#property-paths
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.namespaces import RDF, SH
from kuvend.shacl.graph import Graph
from kuvend.terms import Term


@dataclass(frozen=True)
class Predicate:
    """One property, followed forwards."""

    iri: ox.NamedNode

    def __str__(self) -> str:
        return f"<{self.iri.value}>"


@dataclass(frozen=True)
class Inverse:
    """A path followed backwards."""

    path: Path

    def __str__(self) -> str:
        return f"^{_grouped(self.path)}"


@dataclass(frozen=True)
class Sequence:
    """One path after the other."""

    parts: tuple[Path, ...]

    def __str__(self) -> str:
        return "/".join(_grouped(part) for part in self.parts)


@dataclass(frozen=True)
class Alternative:
    """Either path."""

    parts: tuple[Path, ...]

    def __str__(self) -> str:
        return "|".join(_grouped(part) for part in self.parts)


@dataclass(frozen=True)
class Repeat:
    """A path any number of times: ``mark`` is ``*``, ``+`` or ``?``."""

    path: Path
    mark: str

    def __str__(self) -> str:
        return f"{_grouped(self.path)}{self.mark}"


Path = Predicate | Inverse | Sequence | Alternative | Repeat

_REPEATS = {
    SH.zeroOrMorePath.value: "*",
    SH.oneOrMorePath.value: "+",
    SH.zeroOrOnePath.value: "?",
}


def _grouped(path: Path) -> str:
    return str(path) if isinstance(path, Predicate) else f"({path})"


_MAX_STEPS, _MAX_DEPTH = 1000, 50


def read_path(graph: Graph, node: Term) -> Path:
    """The path that ``node`` of a shapes graph or a report stands for.

    :raises Unprocessable: for a node that is no path, and for a path too long or too deep to walk.
    """
    return _PathReader(graph).read(node, 0)


class _PathReader:
    """Reads each node once: parts that are shared would double with each level otherwise."""

    def __init__(self, graph: Graph) -> None:
        self.graph = graph
        self._read: dict[Term, tuple[Path, int]] = {}
        self._above: set[Term] = set()

    def read(self, node: Term, depth: int) -> Path:
        """The path at ``node``, ``depth`` levels below the first."""
        if isinstance(node, ox.NamedNode):
            return Predicate(node)
        if node in self._read:
            return self._read[node][0]
        if not isinstance(node, ox.BlankNode) or node in self._above:
            raise Unprocessable(f"{node} is not a property path.")
        if depth > _MAX_DEPTH:
            raise Unprocessable(f"a property path has more than {_MAX_DEPTH} levels.")
        self._above.add(node)
        path, parts = self._at(node, depth)
        self._above.discard(node)
        steps = sum(self._read[part][1] if part in self._read else 1 for part in parts)
        if steps > _MAX_STEPS:
            raise Unprocessable(f"a property path has more than {_MAX_STEPS} steps.")
        self._read[node] = path, steps
        return path

    def _at(self, node: Term, depth: int) -> tuple[Path, list[Term]]:
        """The path, and the nodes of its parts."""
        if self.graph.value(node, RDF.first) is not None:
            return self._listed(Sequence, node, depth)
        inverse = self.graph.value(node, SH.inversePath)
        if inverse is not None:
            return Inverse(self.read(inverse, depth + 1)), [inverse]
        for iri, mark in _REPEATS.items():
            inner = self.graph.value(node, ox.NamedNode(iri))
            if inner is not None:
                return Repeat(self.read(inner, depth + 1), mark), [inner]
        alternatives = self.graph.value(node, SH.alternativePath)
        if alternatives is None:
            raise Unprocessable(f"{node} is not a property path.")
        return self._listed(Alternative, alternatives, depth)

    def _listed(
        self, kind: type[Sequence] | type[Alternative], head: Term, depth: int
    ) -> tuple[Path, list[Term]]:
        members = self.graph.list_members(head)
        if len(members) < 2:
            raise Unprocessable(f"{head} is not a property path: a list of paths has two or more.")
        return kind(tuple(self.read(part, depth + 1) for part in members)), members


def may_be_empty(path: Path) -> bool:
    """Whether a walk along ``path`` may end where it starts without a step.

    >>> step = Predicate(ox.NamedNode("urn:p"))
    >>> may_be_empty(Sequence((Repeat(step, "*"), Repeat(step, "?")))), may_be_empty(step)
    (True, False)
    """
    if isinstance(path, Sequence):
        return all(map(may_be_empty, path.parts))
    if isinstance(path, Alternative):
        return any(map(may_be_empty, path.parts))
    if isinstance(path, Repeat):
        return path.mark != "+" or may_be_empty(path.path)
    return isinstance(path, Inverse) and may_be_empty(path.path)


def _up_to_a_step(parts: tuple[Path, ...]) -> Iterator[Path]:
    """The parts a walk can begin with: those after one that may be empty as well."""
    for part in parts:
        yield part
        if not may_be_empty(part):
            return


def first_steps(path: Path) -> Iterator[tuple[ox.NamedNode, bool]]:
    """The properties a walk along ``path`` can start with, and whether it goes backwards."""
    if isinstance(path, Predicate):
        yield path.iri, False
    elif isinstance(path, Inverse):
        yield from ((iri, not back) for iri, back in last_steps(path.path))
    elif isinstance(path, Sequence):
        for part in _up_to_a_step(path.parts):
            yield from first_steps(part)
    elif isinstance(path, Alternative):
        for part in path.parts:
            yield from first_steps(part)
    else:
        yield from first_steps(path.path)


def last_steps(path: Path) -> Iterator[tuple[ox.NamedNode, bool]]:
    """The properties a walk along ``path`` can end with, and whether it goes backwards."""
    if isinstance(path, Predicate):
        yield path.iri, False
    elif isinstance(path, Inverse):
        yield from ((iri, not back) for iri, back in first_steps(path.path))
    elif isinstance(path, Sequence):
        for part in _up_to_a_step(path.parts[::-1]):
            yield from last_steps(part)
    elif isinstance(path, Alternative):
        for part in path.parts:
            yield from last_steps(part)
    else:
        yield from last_steps(path.path)


class PathWriter:
    """Paths as triples, with blank nodes numbered under ``prefix``."""

    def __init__(self, prefix: str) -> None:
        self.prefix = prefix
        self.triples: list[ox.Triple] = []
        self._count = 0

    def write(self, path: Path) -> ox.NamedNode | ox.BlankNode:
        """The node for ``path``; its triples are added to ``triples``."""
        if isinstance(path, Predicate):
            return path.iri
        node = self._fresh()
        if isinstance(path, Inverse):
            self.triples.append(ox.Triple(node, SH.inversePath, self.write(path.path)))
        elif isinstance(path, Repeat):
            name = next(iri for iri, mark in _REPEATS.items() if mark == path.mark)
            self.triples.append(ox.Triple(node, ox.NamedNode(name), self.write(path.path)))
        elif isinstance(path, Alternative):
            head = self._list(path.parts)
            self.triples.append(ox.Triple(node, SH.alternativePath, head))
        else:
            return self._list(path.parts)
        return node

    def _list(self, parts: tuple[Path, ...]) -> ox.NamedNode | ox.BlankNode:
        head: ox.NamedNode | ox.BlankNode = RDF.nil
        for part in reversed(parts):
            node = self._fresh()
            self.triples.append(ox.Triple(node, RDF.first, self.write(part)))
            self.triples.append(ox.Triple(node, RDF.rest, head))
            head = node
        return head

    def _fresh(self) -> ox.BlankNode:
        self._count += 1
        return ox.BlankNode(f"{self.prefix}{self._count}")
