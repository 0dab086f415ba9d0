"""Validating again after a change: only the focus nodes whose results the change can move.

:class:`Standing` is a graph that stands and is validated: it keeps its index, the store its
queries ran over and the results of each shape. ``Standing.after(added, removed)`` validates it
with a few triples added and taken away, without copying it, and leaves it as it was: a service
holds one ``Standing`` and asks it about every submission. :func:`run` does the same for whole sets.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
import pyoxigraph as ox

from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.engine import ENGINE, NativeEngine, without_targets
from kuvend.shacl.native.reach import Change, Reach
from kuvend.shacl.native.runner import QueryRunner
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.reference import ReferenceEngine
from kuvend.shacl.report import Report, Result
from kuvend.terms import Term

Results = Mapping[Term, tuple[Result, ...]]


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

    @property
    def report(self) -> Report:
        """The report of the graph as it stands."""
        return self._report(self.results, self.rest)

    def after(self, added: Iterable[ox.Triple], removed: Iterable[ox.Triple] = ()) -> Report:
        """The report of the graph with ``added`` and without ``removed``.

        The same as that of a full run; the graph that stands is not changed. One call at a time.
        """
        graph = self.graph.changed(added, removed)
        return self._report(*self.results_after(graph))

    def results_after(self, graph: DataGraph) -> tuple[Results, tuple[Result, ...]]:
        """The results by shape, and those of the reference, for a graph made of this one."""
        if not graph.delta:
            return self.results, self.rest
        with self.runner.changed(graph) as runner:
            engine = NativeEngine(graph, self.shapes, runner=runner)
            reach = Reach(engine, Change.between(self.graph, graph))
            results = {node: self._again(engine, reach, node) for node in engine.here}
        return results, self._rest(engine)

    def _again(self, engine: NativeEngine, reach: Reach, node: Term) -> tuple[Result, ...]:
        moved = reach.of(node)
        if moved is None:
            return tuple(self._whole(engine, node))
        if not len(moved):
            return self.results[node]
        gone = set(engine.data.table.terms(moved))
        kept = [result for result in self.results[node] if result.focus_node not in gone]
        focus = np.intersect1d(moved, engine.target_numbers(node))
        return (*kept, *engine.results_for(engine.shapes.shape(node), focus))

    @staticmethod
    def _whole(engine: NativeEngine, node: Term) -> Iterable[Result]:
        return engine.results_for(engine.shapes.shape(node), engine.target_numbers(node))

    def _rest(self, engine: NativeEngine) -> tuple[Result, ...]:
        if not engine.elsewhere:
            return ()
        triples = (ox.Triple(s, ox.NamedNode(p), o) for s, p, o in engine.data.triples())  # type: ignore[arg-type]
        left = without_targets(self.shapes.triples, engine.here)
        with ReferenceEngine() as reference:
            return reference.validate(triples, left, timeout_s=self.timeout_s).results

    def _report(self, results: Results, rest: tuple[Result, ...]) -> Report:
        every = [result for found in results.values() for result in found]
        name = f"{ENGINE}+pyshacl" if self.engine.elsewhere else ENGINE
        return Report.of([*every, *rest], engine=name)


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


__all__ = ["Run", "Standing", "run"]
