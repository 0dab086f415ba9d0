"""Transitive closure of edge lists equals the textbook definition."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.reasoning.relation import distinct, pair
from kuvend.reasoning.transitive import transitive_closure

EDGES = st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), max_size=20)


def textbook(edges: set[tuple[int, int]]) -> set[tuple[int, int]]:
    closed = set(edges)
    while True:
        more = {(a, d) for a, b in closed for c, d in closed if b == c} - closed
        if not more:
            return closed
        closed |= more


@settings(derandomize=True)
@given(EDGES)
def test_closure_of_any_edges_is_the_textbook_closure(edges: set[tuple[int, int]]) -> None:
    keys = pair(
        np.array([a for a, _ in edges], np.int64), np.array([b for _, b in edges], np.int64)
    )
    closed = transitive_closure(distinct(keys) if edges else np.empty(0, np.int64))
    pairs = [(k >> 32, k & 0xFFFFFFFF) for k in closed.tolist()]
    assert set(pairs) == textbook(edges)
    assert len(pairs) == len(set(pairs))
    assert pairs == sorted(pairs)


def test_a_chain_of_a_thousand_closes_to_all_ordered_pairs() -> None:
    chain = np.arange(1000)
    assert len(transitive_closure(pair(chain, chain + 1))) == 1000 * 1001 // 2


def test_a_cycle_reaches_every_node_from_every_node_itself_included() -> None:
    nodes = np.arange(300)
    assert len(transitive_closure(distinct(pair(nodes, (nodes + 1) % 300)))) == 300 * 300
