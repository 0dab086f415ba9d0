"""Transitive closure of edge lists equals the textbook definition."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.reasoning.relation import Keys, distinct, pair
from kuvend.reasoning.transitive import close_by_levels, follow_each, transitive_closure

EDGES = st.sets(st.tuples(st.integers(0, 8), st.integers(0, 8)), min_size=1, max_size=20)


def textbook(edges: set[tuple[int, int]]) -> set[tuple[int, int]]:
    closed = set(edges)
    while True:
        more = {(a, d) for a, b in closed for c, d in closed if b == c} - closed
        if not more:
            return closed
        closed |= more


@pytest.mark.parametrize("close", [follow_each, close_by_levels])
@settings(derandomize=True, deadline=None)
@given(EDGES)
def test_closure_of_any_edges_is_the_textbook_closure(
    close: Callable[[Keys], Keys], edges: set[tuple[int, int]]
) -> None:
    keys = pair(
        np.array([a for a, _ in edges], np.int64), np.array([b for _, b in edges], np.int64)
    )
    closed = close(distinct(keys))
    pairs = [(k >> 32, k & 0xFFFFFFFF) for k in closed.tolist()]
    assert set(pairs) == textbook(edges)
    assert len(pairs) == len(set(pairs))
    assert pairs == sorted(pairs)


def test_no_edges_close_to_none() -> None:
    assert len(transitive_closure(np.empty(0, np.int64))) == 0


@pytest.mark.parametrize("count", [255, 256, 257, 1000])
def test_few_edges_and_many_close_alike(count: int) -> None:
    edges = np.random.default_rng(count).integers(0, count, (count, 2))
    keys = distinct(pair(edges[:, 0], edges[:, 1]))
    assert np.array_equal(transitive_closure(keys), close_by_levels(keys))
    assert np.array_equal(follow_each(keys), close_by_levels(keys))


def test_a_chain_of_a_thousand_closes_to_all_ordered_pairs() -> None:
    chain = np.arange(1000)
    assert len(transitive_closure(pair(chain, chain + 1))) == 1000 * 1001 // 2


def test_a_cycle_reaches_every_node_from_every_node_itself_included() -> None:
    nodes = np.arange(300)
    assert len(transitive_closure(distinct(pair(nodes, (nodes + 1) % 300)))) == 300 * 300
