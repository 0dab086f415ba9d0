"""How the graph as it stands meets each shape: the nodes it looks at, and those that break it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from itertools import islice
from typing import Any

import pyoxigraph as ox

from kuvend.project.standing import StandingGraph
from kuvend.shacl.native import DataGraph, NativeEngine
from kuvend.shacl.native.shapes import ShapesGraph
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.report import Result
from kuvend.terms import Term

_SAMPLE = 12
_MAX_FAILING = 50


@dataclass
class NodesOfShape:
    """The nodes one shape looks at: how many, and the IRIs of some that meet it or do not."""

    targets: int = 0
    failed: int = 0
    sample: list[str] = field(default_factory=list)
    failing: list[str] = field(default_factory=list)


def nodes_of_shapes(
    standing: StandingGraph, shapes: Iterable[ox.Triple]
) -> dict[str, NodesOfShape]:
    """The nodes of each named shape with a target, and of the property shapes behind it.

    A shape that only the reference engine does is left out.
    """
    data = DataGraph(standing.everything())
    engine = NativeEngine(data, ShapesGraph(prepare_shapes(shapes)))
    found: dict[str, NodesOfShape] = {}
    for node in engine.here:
        shape = engine.shapes.shape(node)
        targets = engine.targets(node)
        results = tuple(engine.validate(shape, tuple(targets)))
        for part in dict.fromkeys([node, *shape.properties]):
            if isinstance(part, ox.NamedNode):
                own = [r for r in results if part in (node, r.source_shape)]
                _add(found.setdefault(part.value, NodesOfShape()), targets, own)
    return found


def _add(state: NodesOfShape, targets: list[Term], results: list[Result]) -> None:
    broken = dict.fromkeys(result.focus_node for result in results)
    state.targets += len(targets)
    state.failed += len(broken)
    _fill(state.sample, (node for node in targets if node not in broken), _SAMPLE)
    _fill(state.failing, broken, _MAX_FAILING)


def _fill(rows: list[str], nodes: Iterable[Term], most: int) -> None:
    """Add the IRIs among ``nodes`` to ``rows``, up to so many."""
    named = (node.value for node in nodes if isinstance(node, ox.NamedNode))
    rows += islice(named, max(0, most - len(rows)))


def states_json(states: Mapping[str, NodesOfShape]) -> dict[str, Any]:
    """The states as plain values, for the way between processes."""
    return {shape: asdict(state) for shape, state in states.items()}
