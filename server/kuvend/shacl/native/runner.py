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
from kuvend.shacl.native.sight import Sight
from kuvend.shacl.native.terms import NONE, Numbers
from kuvend.terms import Term

CHUNK = 200  # focus nodes written into one query
FOLLOWED = 16  # triples that are loaded in the time in which a store follows a changed one
SPARED = 50  # triples that need not be loaded for each focus node; from there on they are chosen


class QueryRunner:
    """Runs SPARQL constraints over a copy of the data in the engine's own store.

    A query about few focus nodes has a store of its own with what it can see, where that saves
    more than ``spared`` triples for each of them.
    """

    def __init__(self, data: DataGraph, *, spared: int = SPARED) -> None:
        self.data, self.spared = data, spared
        self.store = ox.Store()
        self.pruner = Pruner(data)
        self._loaded: set[str] = set()
        self._focus: dict[tuple[ox.BlankNode, ...], ox.NamedNode] = {}
        self._originals: dict[ox.Literal, ox.Literal] | None = None

    @contextlib.contextmanager
    def changed(self, graph: DataGraph) -> Iterator[QueryRunner]:
        """This runner over a graph made of its own by ``DataGraph.changed``, and back again.

        Where so much has changed that following it is dearer, a fresh one takes its place.
        """
        if self._is_dear(graph):
            fresh = QueryRunner(graph, spared=self.spared)
            fresh.pruner = self.pruner.over(graph)
            yield fresh
            return
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

    def _is_dear(self, graph: DataGraph) -> bool:
        """Whether following a change takes longer than loading everything that was loaded."""
        changed = sum(len(graph.delta[name]) for name in self._loaded & graph.delta.keys())
        return changed * FOLLOWED > sum(len(self.data.relation(name)) for name in self._loaded)

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
        nodes = self.data.table.terms(left.focus)
        named = [node for node in nodes if not isinstance(node, ox.BlankNode)]
        blank = tuple(node for node in nodes if isinstance(node, ox.BlankNode))
        store = self._store_for(query, left)
        for start in range(0, len(named), CHUNK):
            yield from self._solutions(store, query, query.over(named[start : start + CHUNK]))
        if blank:
            graph = self._graph(blank) if store is self.store else _with_focus(store, blank)
            yield from self._solutions(store, query, query.over_graph(graph))

    def _pruned(self, query: SelectQuery, focus: Numbers) -> Pruned:
        # Of a body that could not be read it is not told which properties it asks for.
        return Pruned(focus, None) if query.body is None else self.pruner.prune(query.body, focus)

    def _store_for(self, query: SelectQuery, left: Pruned) -> ox.Store:
        """A store that knows what the query can see: one of its own while that is little."""
        if query.body is not None and left.predicates is not None:
            unknown = left.predicates - self._loaded
            size = sum(len(self.data.relation(name)) for name in unknown)
            if size > self.spared * len(left.focus):
                store = ox.Store()
                for name, subjects, values in Sight(self.pruner, query.body, left.focus).pairs():
                    self._put(store, name, subjects, values)
                return store
        self._load(left.predicates)
        return self.store

    def _load(self, predicates: Iterable[str] | None) -> None:
        """Have the store know these properties, or all; what it knows is not loaded again."""
        names = self.data.predicates if predicates is None else predicates
        for name in sorted(set(names) - self._loaded):
            self._loaded.add(name)
            relation = self.data.relation(name)
            self._put(self.store, name, relation.left, relation.right)

    def _put(self, store: ox.Store, name: str, subjects: Numbers, values: Numbers) -> None:
        predicate = ox.NamedNode(name)
        pairs = zip(self.data.table.terms(subjects), self.data.table.terms(values), strict=True)
        store.bulk_extend(
            ox.Quad(subject, predicate, value)  # type: ignore[arg-type]
            for subject, value in pairs
        )

    def _solutions(
        self, store: ox.Store, query: SelectQuery, text: str
    ) -> Iterator[Mapping[str, Term]]:
        solutions = store.query(text)
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
            name = f"urn:x-kuvend:focus:{len(self._focus)}"
            found = self._focus[focus] = _with_focus(self.store, focus, name)
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


def _with_focus(
    store: ox.Store, focus: tuple[ox.BlankNode, ...], name: str = "urn:x-kuvend:focus"
) -> ox.NamedNode:
    """A graph of the store that lists blank nodes: they cannot be written into a query."""
    graph, mark = ox.NamedNode(name), ox.Literal("1")
    store.bulk_extend(ox.Quad(node, FOCUS_PREDICATE, mark, graph) for node in focus)
    return graph


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
