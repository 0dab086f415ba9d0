"""What is written to the merged default graph, done to the graphs of statements it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyoxigraph as ox

from kuvend.project.draft import Delta, Draft
from kuvend.project.spelling import stored_quad
from kuvend.store import DEFAULT_GRAPH


def moved_to_statements(
    draft: Draft, delta: Delta, updates: ox.NamedNode, is_statements: Callable[[object], bool]
) -> Delta:
    """``delta``, which ``draft`` holds, with what it did to the merge done to graphs of statements.

    What is inserted is stated in ``updates`` from then on, also what stood in the merge because it
    follows or the ontology says it. What a graph of statements says already stays as it is. What is
    deleted is stated nowhere from then on, but where the same change states it.
    """
    merge = delta.within(lambda name: name == DEFAULT_GRAPH)

    def stated(triple: ox.Triple) -> list[ox.Quad]:
        return [quad for quad in draft.holding(triple) if is_statements(quad.graph_name)]

    # What a later operation of the same update took away is not written.
    again = [quad for quad in delta.restated if quad in draft and not stated(quad.triple)]
    inserted = [*merge.added, *again]
    if not inserted and not merge.removed:
        return delta
    draft.change(merge.inverse)
    elsewhere = delta.within(lambda name: name != DEFAULT_GRAPH)
    fresh = {stored_quad(quad) for quad in elsewhere.added}
    said = (
        quad
        for merged in merge.removed
        for quad in stated(merged.triple)
        if stored_quad(quad) not in fresh
    )
    written = (ox.Quad(q.subject, q.predicate, q.object, updates) for q in inserted)
    fresh_here = tuple(quad for quad in dict.fromkeys(written) if quad not in draft)
    opened = (updates,) if fresh_here and not draft.has_graph(updates) else ()
    moved = Delta(fresh_here, tuple(dict.fromkeys(said)), opened)
    draft.change(moved)
    came, went = (*elsewhere.added, *moved.added), (*elsewhere.removed, *moved.removed)
    # What was taken out of a graph of statements by its name and is stated there again.
    both = set(came).intersection(went)
    return replace(
        delta,
        added=tuple(quad for quad in came if quad not in both),
        removed=tuple(quad for quad in went if quad not in both),
        opened=(*delta.opened, *moved.opened),
        restated=(),
    )
