"""Whether nodes conform to shapes, for many nodes at once.

The standard leaves recursive shapes open. Here a node within a circle of shapes is taken to conform
until something says otherwise.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from kuvend.errors import Unprocessable
from kuvend.shacl.native.arrays import difference, union
from kuvend.shacl.native.constraints import violations
from kuvend.shacl.native.shapes import MAX_DEPTH, Shape
from kuvend.shacl.native.terms import Mask, Numbers
from kuvend.terms import Term

if TYPE_CHECKING:
    from kuvend.shacl.native.engine import NativeEngine

# Where a circle goes through one of these, taking more nodes to conform can make fewer conform.
_TURNING = ("not", "xone", "qualifiedValueShape")


class Verdicts:
    """The verdicts of one engine's shapes."""

    def __init__(self, engine: NativeEngine) -> None:
        self.engine = engine
        self._circles: dict[Term, tuple[frozenset[Term], bool]] = {}
        self._open: set[tuple[int, Term]] = set()
        self._under_way: dict[frozenset[Term], dict[Term, _Assumed]] = {}

    def conforms(self, nodes: Numbers, shape_node: Term) -> Mask:
        """Whether each of ``nodes`` conforms to the shape."""
        if not len(nodes):
            return np.ones(0, np.bool_)
        circle, turning = self._circle(shape_node)
        if not circle:
            return self._judge(nodes, shape_node)
        if turning:
            return np.array([self._one_by_one(node, shape_node) for node in nodes], np.bool_)
        if circle not in self._under_way:
            return self._settled(nodes, shape_node, circle)
        return self._under_way[circle].setdefault(shape_node, _Assumed()).look_up(nodes)

    def _judge(self, nodes: Numbers, shape_node: Term) -> Mask:
        engine = self.engine
        shape = engine.shapes.shape(shape_node)
        passed = np.ones(len(nodes), np.bool_)
        if shape.deactivated:
            return passed
        batch = engine.batch(shape, nodes)
        for _, (places, _) in violations(engine, batch):
            passed[places] = False
        for place, _, _ in engine.closed_rows(batch):
            passed[place] = False
        for inner in shape.properties:
            values, which = batch.distinct
            passed[batch.owner[~self.conforms(values, inner)[which]]] = False
        return passed

    # -- circles ---------------------------------------------------------------------------

    def _circle(self, node: Term) -> tuple[frozenset[Term], bool]:
        """The shapes on a way from ``node`` back to it, and whether one turns a verdict round."""
        found = self._circles.get(node)
        if found is None:
            shapes = self.engine.shapes
            reached = [one for inner in shapes.inner(node) for one in shapes.reached(inner)]
            back = (one for one in set(reached) if node in shapes.reached(one))
            circle = frozenset(back) if node in reached else frozenset()
            turning = any(_turns(shapes.shape(one)) for one in circle)
            found = self._circles[node] = (circle, turning)
        return found

    def _one_by_one(self, node: int, shape_node: Term) -> bool:
        key = (int(node), shape_node)
        if key in self._open:
            return True
        if len(self._open) >= MAX_DEPTH:
            raise Unprocessable(
                f"the shape {shape_node} leads back to itself too often in the data."
            )
        self._open.add(key)
        try:
            return bool(self._judge(np.array([node], np.int32), shape_node)[0])
        finally:
            self._open.discard(key)

    def _settled(self, nodes: Numbers, shape_node: Term, circle: frozenset[Term]) -> Mask:
        """All nodes are taken to conform; those that do not are struck out until none is left.

        The order does not matter: striking a node out can only strike out more.
        """
        asked = self._under_way[circle] = {shape_node: _Assumed()}
        asked[shape_node].look_up(nodes)
        try:
            changed = True
            while changed:
                changed = False
                for one, assumed in list(asked.items()):
                    standing = assumed.standing()
                    changed |= assumed.strike_out(standing[~self._judge(standing, one)])
                changed |= any(assumed.is_new() for assumed in asked.values())
            return asked[shape_node].look_up(nodes)
        finally:
            del self._under_way[circle]


class _Assumed:
    """The nodes a shape of a circle was asked about, and those of them found not to conform."""

    def __init__(self) -> None:
        self._asked = self._failed = np.empty(0, np.int32)
        self._new = False

    def look_up(self, nodes: Numbers) -> Mask:
        fresh = difference(nodes, self._asked)
        if len(fresh):
            self._asked = union(self._asked, fresh)
            self._new = True
        found: Mask = np.isin(nodes, self._failed, invert=True)
        return found

    def standing(self) -> Numbers:
        self._new = False
        return difference(self._asked, self._failed)

    def strike_out(self, nodes: Numbers) -> bool:
        self._failed = union(self._failed, nodes)
        return len(nodes) > 0

    def is_new(self) -> bool:
        """Whether nodes were asked about since the standing ones were last taken."""
        return self._new


def _turns(shape: Shape) -> bool:
    return any(constraint.name in _TURNING for constraint in shape.constraints)
