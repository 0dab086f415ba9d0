"""What is written to the merged default graph, done to the graphs of statements it is made of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pyoxigraph as ox

from kuvend.project.draft import Delta, Draft
from kuvend.store import DEFAULT_GRAPH


def moved_to_statements(
    draft: Draft, delta: Delta, updates: ox.NamedNode, is_statements: Callable[[object], bool]
) -> Delta:
    """``delta``, which ``draft`` holds, with what it did to the merge done to graphs of statements.

    What is inserted is stated in ``updates`` from then on, also what stood in the merge because it
    follows or the ontology says it. What a graph of statements says already stays as it is.
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
    said = (quad for merged in merge.removed for quad in stated(merged.triple))
    added = tuple(
        quad
        for quad in dict.fromkeys(
            ox.Quad(new.subject, new.predicate, new.object, updates) for new in inserted
        )
        if quad not in draft
    )
    opened = (updates,) if added and not draft.has_graph(updates) else ()
    moved = Delta(added, tuple(dict.fromkeys(said)), opened)
    draft.change(moved)
    return replace(
        delta,
        added=(*elsewhere.added, *moved.added),
        removed=(*elsewhere.removed, *moved.removed),
        opened=(*delta.opened, *moved.opened),
        restated=(),
    )
