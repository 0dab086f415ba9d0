"""Runs SPARQL constraints over a copy of the data in the query engine's own store."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.shacl.native.arrays import distinct
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.pruning import Pruned, Pruner
from kuvend.shacl.native.queries import FOCUS_PREDICATE, SelectQuery
from kuvend.shacl.native.relation import pairs_of
from kuvend.shacl.native.terms import NONE, Numbers
from kuvend.terms import Term

CHUNK = 200  # focus nodes written into one query


class QueryRunner:
    """Runs SPARQL constraints over a copy of the data in the engine's own store."""

    def __init__(self, data: DataGraph) -> None:
        self.data = data
        self.store = ox.Store()
        self.pruner = Pruner(data)
        self._loaded: set[str] = set()
        self._focus: dict[tuple[ox.BlankNode, ...], ox.NamedNode] = {}
        self._originals: dict[ox.Literal, ox.Literal] | None = None

    @contextlib.contextmanager
    def changed(self, graph: DataGraph) -> Iterator[QueryRunner]:
        """This runner over a graph made of its own by ``DataGraph.changed``, and back again."""
        own, pruner, originals = self.data, self.pruner, self._originals
        focus = set(self._focus)
        self.data, self.pruner = graph, pruner.over(graph)
        if originals is not None:
            self._originals = originals | _originals_among(graph.table.own())
        names = list(graph.delta)
        try:
            self._follow(names)
            yield self
        finally:
            self.data, self.pruner, self._originals = own, pruner, originals
            self._follow(names, graph)
            for nodes in self._focus.keys() - focus:  # those of the change are asked about once
                self.store.remove_graph(self._focus.pop(nodes))

    def _follow(self, names: Iterable[str], differing: DataGraph | None = None) -> None:
        """Have the store say of changed triples what the data say now.

        A store may hold one triple for two that are written differently, so all values of a
        changed subject and property are put in anew.
        """
        graph = differing or self.data
        for name in self._loaded & set(names):
            predicate = ox.NamedNode(name)
            subjects = distinct(pairs_of(graph.delta[name])[0])
            for subject in graph.table.terms(subjects):
                assert not isinstance(subject, ox.Literal), "no literal is a subject"
                old = self.store.quads_for_pattern(subject, predicate, None, ox.DefaultGraph())
                for quad in list(old):
                    self.store.remove(quad)
                self.store.extend(
                    ox.Quad(subject, predicate, value) for value in self.data.objects(subject, name)
                )

    def rows(self, query: SelectQuery, focus: Numbers) -> Iterator[Mapping[str, Term]]:
        """The solutions for all focus nodes, variables without their mark.

        :raises Unprocessable: where the query asks to report a failure.
        """
        if not query.pieces or not len(focus):
            return
        left = self._pruned(query, focus)
        if not len(left.focus):
            return
        self._load(left.predicates)
        nodes = self.data.table.terms(left.focus)
        named = [node for node in nodes if not isinstance(node, ox.BlankNode)]
        for start in range(0, len(named), CHUNK):
            yield from self._solutions(query, query.over(named[start : start + CHUNK]))
        blank = tuple(node for node in nodes if isinstance(node, ox.BlankNode))
        if blank:
            yield from self._solutions(query, query.over_graph(self._graph(blank)))

    def _pruned(self, query: SelectQuery, focus: Numbers) -> Pruned:
        # Of a body that could not be read it is not told which properties it asks for.
        return Pruned(focus, None) if query.body is None else self.pruner.prune(query.body, focus)

    def _load(self, predicates: Iterable[str] | None) -> None:
        """Have the store know these properties, or all; what it knows is not loaded again."""
        names = self.data.predicates if predicates is None else predicates
        for name in sorted(set(names) - self._loaded):
            self._loaded.add(name)
            predicate = ox.NamedNode(name)
            rows = self.data.relation(name)
            pairs = zip(
                self.data.table.terms(rows.left), self.data.table.terms(rows.right), strict=True
            )
            self.store.bulk_extend(
                ox.Quad(subject, predicate, value)  # type: ignore[arg-type]
                for subject, value in pairs
            )

    def _solutions(self, query: SelectQuery, text: str) -> Iterator[Mapping[str, Term]]:
        solutions = self.store.query(text)
        assert isinstance(solutions, ox.QuerySolutions), "only SELECT is read"
        names = [variable.value for variable in solutions.variables]
        for solution in solutions:
            row = {name: self._original(term) for name in names if (term := solution[name])}
            failure = row.pop("failure", None)
            if isinstance(failure, ox.Literal) and failure.value == "true":
                raise Unprocessable(f"the query of {query.node} reports a failure.")
            row.pop("_kuvendFocus", None)
            if "this" in row:
                yield row

    def _graph(self, focus: tuple[ox.BlankNode, ...]) -> ox.NamedNode:
        found = self._focus.get(focus)
        if found is None:
            found = self._focus[focus] = ox.NamedNode(f"urn:x-kuvend:focus:{len(self._focus)}")
            mark = ox.Literal("1")
            self.store.bulk_extend(ox.Quad(node, FOCUS_PREDICATE, mark, found) for node in focus)
        return found

    def _original(self, term: Term) -> Term:
        """A literal as the data write it: the store keeps values, not lexical forms."""
        if not isinstance(term, ox.Literal) or term.language is not None:
            return term
        if term.datatype.value.endswith(("#string", "#langString")):
            return term
        if self.data.table.find(term) != NONE:
            return term
        if self._originals is None:
            self._originals = _originals_among(self.data.table)
        return self._originals.get(term, term)


def _originals_among(terms: Iterable[Term]) -> dict[ox.Literal, ox.Literal]:
    """The literals that a store writes otherwise, by how it writes them; the first of several."""
    typed = [
        term
        for term in terms
        if isinstance(term, ox.Literal)
        and term.language is None
        and not term.datatype.value.endswith("#string")
    ]
    keys = {ox.NamedNode(f"urn:x:{number}"): literal for number, literal in enumerate(typed)}
    store = ox.Store()
    store.bulk_extend(ox.Quad(key, FOCUS_PREDICATE, literal) for key, literal in keys.items())
    found: dict[ox.Literal, ox.Literal] = {}
    for quad in store.quads_for_pattern(None, FOCUS_PREDICATE, None):
        if isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
            found.setdefault(quad.object, keys[quad.subject])
    return found
