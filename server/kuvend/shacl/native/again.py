"""Validating again after a change: only the focus nodes whose results the change can move.

:class:`Standing` is a graph that stands and is validated: it keeps its index, the store its
queries ran over and the results of each shape. It tells what a few triples added and taken away
would change, without copying it, and stays as it was: a service holds one ``Standing`` and asks it
about every submission. :func:`run` does the same for whole sets.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.difference import Difference, Tally
from kuvend.shacl.native.engine import ENGINE, NativeEngine, without_targets
from kuvend.shacl.native.reach import Change, Reach
from kuvend.shacl.native.runner import QueryRunner
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Report, Result
from kuvend.terms import Term

Results = Mapping[Term, tuple[Result, ...]]


@dataclass(frozen=True)
class _Moved:
    """The results of one shape that a change takes away, and those there are in their place."""

    old: tuple[Result, ...]
    new: tuple[Result, ...]


class Standing:
    """A validated graph that stands, to be asked what a change of it would give.

    Shapes left to the reference engine are run whole each time, over all triples.

    :raises Unprocessable: for shapes that cannot be used.
    :raises Timeout: where the reference engine passes ``timeout_s``, in seconds.
    """

    def __init__(
        self,
        data: Iterable[ox.Triple],
        shapes: Iterable[ox.Triple] | ShapesGraph,
        *,
        timeout_s: float | None = None,
    ) -> None:
        # Reading the shapes takes a good part of a small validation; those of before are read.
        self.shapes = (
            shapes if isinstance(shapes, ShapesGraph) else ShapesGraph(prepare_shapes(shapes))
        )
        self.timeout_s = timeout_s
        self.graph = DataGraph(data)
        self.runner = QueryRunner(self.graph)
        self.engine = NativeEngine(self.graph, self.shapes, runner=self.runner)
        self.results: Results = {
            node: tuple(self._whole(self.engine, node)) for node in self.engine.here
        }
        self.rest = self._rest(self.engine)
        self._by_focus: dict[Term, dict[Term, tuple[Result, ...]]] = {}

    @property
    def report(self) -> Report:
        """The report of the graph as it stands."""
        return self._report(self.results, self.rest)

    @cached_property
    def tally(self) -> Tally:
        """How often each result is in the report of the graph as it stands."""
        every = (result for found in self.results.values() for result in found)
        return Tally((*every, *self.rest))

    # -- changes ---------------------------------------------------------------------------

    def after(self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple] = ()) -> Report:
        """The report of the graph with ``added`` and without ``removed``.

        The same as that of a full run; the graph that stands is not changed. One call at a time.
        """
        return self._report(*self.results_after(self.graph.changed(added, removed)))

    def results_after(self, graph: DataGraph) -> tuple[Results, tuple[Result, ...]]:
        """The results by shape, and those of the reference, for a graph made of this one."""
        moved, rest = self._moved(graph)
        results = dict(self.results)
        for node, one in moved.items():
            gone = set(map(id, one.old))
            kept = (result for result in self.results[node] if id(result) not in gone)
            results[node] = (*kept, *one.new)
        return results, rest

    def difference(
        self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple] = ()
    ) -> Difference:
        """What ``added`` and ``removed`` change in the report: that of two full runs.

        The cost is that of the results that can move. One call at a time.
        """
        moved, rest = self._moved(self.graph.changed(added, removed))
        old = [result for one in moved.values() for result in one.old]
        new = [result for one in moved.values() for result in one.new]
        if rest is not self.rest:
            old, new = [*old, *self.rest], [*new, *rest]
        return Difference.of(self.tally, Tally(old), Tally(new), engine=self._engine_name)

    def _moved(self, graph: DataGraph) -> tuple[dict[Term, _Moved], tuple[Result, ...]]:
        """The shapes with results that can differ, and all results of the reference."""
        if not graph.delta:
            return {}, self.rest
        with self.runner.changed(graph) as runner:
            engine = NativeEngine(graph, self.shapes, runner=runner)
            reach = Reach(engine, Change.between(self.graph, graph))
            found = {node: self._again(engine, reach, node) for node in engine.here}
        return {node: one for node, one in found.items() if one}, self._rest(engine)

    def _again(self, engine: NativeEngine, reach: Reach, node: Term) -> _Moved | None:
        moved = reach.of(node)
        if moved is None:
            return _Moved(self.results[node], tuple(self._whole(engine, node)))
        if not len(moved):
            return None
        known = self._of_focus(node)
        old = [one for term in engine.data.table.terms(moved) for one in known.get(term, ())]
        focus = engine.targets_among(node, moved)
        return _Moved(tuple(old), tuple(engine.results_for(engine.shapes.shape(node), focus)))

    def _of_focus(self, node: Term) -> dict[Term, tuple[Result, ...]]:
        """The results of a shape by focus node."""
        found = self._by_focus.get(node)
        if found is None:
            rows: defaultdict[Term, list[Result]] = defaultdict(list)
            for result in self.results[node]:
                rows[result.focus_node].append(result)
            found = self._by_focus[node] = {term: tuple(some) for term, some in rows.items()}
        return found

    @staticmethod
    def _whole(engine: NativeEngine, node: Term) -> Iterable[Result]:
        return engine.results_for(engine.shapes.shape(node), engine.target_numbers(node))

    def _rest(self, engine: NativeEngine) -> tuple[Result, ...]:
        if not engine.elsewhere:
            return ()
        left = without_targets(self.shapes.triples, engine.here)
        with ReferenceEngine() as reference:
            return reference.validate(_triples(engine.data), left, timeout_s=self.timeout_s).results

    @property
    def _engine_name(self) -> str:
        return f"{ENGINE}+pyshacl" if self.engine.elsewhere else ENGINE

    def _report(self, results: Results, rest: tuple[Result, ...]) -> Report:
        every = [result for found in results.values() for result in found]
        return Report.of([*every, *rest], engine=self._engine_name)


def _triples(data: DataGraph) -> Iterator[ox.Triple]:
    return (ox.Triple(s, ox.NamedNode(p), o) for s, p, o in data.triples())  # type: ignore[arg-type]


@dataclass(frozen=True)
class Run:
    """One validation: what was validated, and the results of each shape with a target.

    ``rest`` are the results of the shapes left to the reference engine.
    """

    triples: frozenset[ox.Triple]
    results: Results
    rest: tuple[Result, ...]
    report: Report = field(repr=False)
    standing: Standing | None = field(default=None, repr=False)


def run(
    data: Iterable[ox.Triple],
    shapes: Iterable[ox.Triple],
    *,
    before: Run | None = None,
    timeout_s: float | None = None,
) -> Run:
    """The validation of ``data``; with ``before``, of the same shapes, only what can differ.

    A run made with ``before`` cannot be built on in turn as cheaply: it is run whole then. Where
    the difference is known, :class:`Standing` is asked for it without comparing whole graphs.

    :raises Unprocessable: for shapes that cannot be used.
    :raises Timeout: where the reference engine passes ``timeout_s``, in seconds.
    """
    triples = frozenset(data)
    if before is None or before.standing is None:
        standing = Standing(triples, shapes, timeout_s=timeout_s)
        return Run(triples, standing.results, standing.rest, standing.report, standing)
    standing = before.standing
    graph = standing.graph.changed(triples - before.triples, before.triples - triples)
    results, rest = standing.results_after(graph)
    return Run(triples, results, rest, standing._report(results, rest))


__all__ = ["Difference", "Run", "Standing", "run"]
