"""Transitive closure of an edge list: linear in what comes out, also on long chains and cycles.

A few edges are followed one by one. Of many the strongly connected components are found first; the
components, taken from the sinks upward in levels, collect the closures of their successors.
"""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray

from kuvend.reasoning.relation import LOW, Keys, distinct, drop_repeats, pair, ranges

Index = NDArray[np.intp]
# So few edges are followed sooner than the arrays for a level each are made: most hierarchies.
_FEW = 256


def transitive_closure(edges: Keys) -> Keys:
    """All pairs connected by a path of one or more ``edges``, sorted.

    >>> closed = transitive_closure(pair(np.array([1, 2]), np.array([2, 3])))
    >>> [(k >> 32, k & 0xFFFFFFFF) for k in closed.tolist()]
    [(1, 2), (1, 3), (2, 3)]
    """
    return follow_each(edges) if len(edges) <= _FEW else close_by_levels(edges)


def close_by_levels(edges: Keys) -> Keys:
    """The closure of any number of edges but none, level by level."""
    nodes, numbers = np.unique(np.concatenate((edges >> 32, edges & LOW)), return_inverse=True)
    tails, heads = numbers[: len(edges)], numbers[len(edges) :]
    component = _components(len(nodes), tails, heads)
    reached = _close_levels(component, tails, heads)
    return np.sort(_expand_members(nodes, component, reached))


def follow_each(edges: Keys) -> Keys:
    """The closure of few edges, followed one by one from each node."""
    successors: defaultdict[int, list[int]] = defaultdict(list)
    for key in edges.tolist():
        successors[key >> 32].append(key & 0xFFFFFFFF)
    closed: list[int] = []
    for node, first in successors.items():
        reached: set[int] = set()
        waiting = list(first)
        while waiting:
            after = waiting.pop()
            if after not in reached:
                reached.add(after)
                waiting += successors.get(after, ())
        closed += [(node << 32) | after for after in reached]
    return np.sort(np.array(closed, np.int64))


class _Adjacency:
    """Neighbours of each node in one array, with offsets."""

    def __init__(self, count: int, tails: Index, heads: Index) -> None:
        order = np.argsort(tails, kind="stable")
        self.neighbours = heads[order]
        self.degree = np.bincount(tails, minlength=count)
        self.offset = np.concatenate(([0], np.cumsum(self.degree)))

    def of(self, nodes: Index) -> tuple[Index, Index]:
        """(node, neighbour) for every edge out of ``nodes``."""
        counts = self.degree[nodes]
        return np.repeat(nodes, counts), self.neighbours[ranges(self.offset[nodes], counts)]


def _components(count: int, tails: Index, heads: Index) -> Index:
    """For each node the least node of its strongly connected component."""
    component = np.arange(count)
    core = _cyclic_core(count, tails, heads)
    if len(core):
        local = np.full(count, -1)
        local[core] = np.arange(len(core))
        inside = (local[tails] >= 0) & (local[heads] >= 0)
        graph = _Adjacency(len(core), local[tails[inside]], local[heads[inside]])
        component[core] = core[_tarjan(len(core), graph)]
    return component


def _cyclic_core(count: int, tails: Index, heads: Index) -> Index:
    """The nodes left when those without a way out are peeled off again and again."""
    incoming = _Adjacency(count, heads, tails)
    degree = np.bincount(tails, minlength=count)
    alive = np.ones(count, bool)
    frontier = np.nonzero(degree == 0)[0]
    while len(frontier):
        alive[frontier] = False
        _, before = incoming.of(frontier)
        np.subtract.at(degree, before, 1)
        before = distinct(before)
        frontier = before[(degree[before] == 0) & alive[before]]
    return np.nonzero(alive)[0]


def _tarjan(count: int, graph: _Adjacency) -> Index:
    """For each node the least node of its component; iterative, so depth does not matter."""
    search = _Search(count, graph)
    for root in range(count):
        if search.index[root] < 0:
            search.visit(root)
    return search.label


class _Search:
    """Tarjan's depth-first search for strongly connected components."""

    def __init__(self, count: int, graph: _Adjacency) -> None:
        self._offset, self._neighbours = graph.offset.tolist(), graph.neighbours.tolist()
        self.index = [-1] * count
        self.label = np.zeros(count, np.intp)
        self._low = [0] * count
        self._open: list[int] = []
        self._is_open = [False] * count
        self._path: list[tuple[int, int]] = []
        self._clock = 0

    def visit(self, root: int) -> None:
        """Search from ``root``, labelling each component when its last node is left."""
        self._enter(root)
        while self._path:
            node, place = self._path.pop()
            if place == self._offset[node + 1]:
                self._leave(node)
                continue
            self._path.append((node, place + 1))
            after = self._neighbours[place]
            if self.index[after] < 0:
                self._enter(after)
            elif self._is_open[after]:
                self._low[node] = min(self._low[node], self.index[after])

    def _enter(self, node: int) -> None:
        self.index[node] = self._low[node] = self._clock
        self._clock += 1
        self._open.append(node)
        self._is_open[node] = True
        self._path.append((node, self._offset[node]))

    def _leave(self, node: int) -> None:
        if self._path:
            parent = self._path[-1][0]
            self._low[parent] = min(self._low[parent], self._low[node])
        if self._low[node] != self.index[node]:
            return
        members = [self._open.pop()]
        while members[-1] != node:
            members.append(self._open.pop())
        for member in members:
            self._is_open[member] = False
        self.label[members] = min(members)


def _close_levels(component: Index, tails: Index, heads: Index) -> Keys:
    """Pairs of components connected by a path; a component with a cycle reaches itself."""
    count = len(component)
    above, below = component[tails], component[heads]
    loops = np.zeros(count, bool)
    loops[above[above == below]] = True
    edges = distinct(pair(above[above != below], below[above != below]))
    outgoing = _Adjacency(count, edges >> 32, edges & LOW)
    incoming = _Adjacency(count, edges & LOW, edges >> 32)
    start, length = np.zeros(count, np.intp), np.zeros(count, np.intp)
    store, used = np.empty(max(16, 4 * len(edges)), np.int64), 0
    waiting = outgoing.degree.copy()
    present = np.zeros(count, bool)
    present[component] = True
    frontier = np.nonzero((waiting == 0) & present)[0]
    while len(frontier):
        reached = _reach(frontier, outgoing, loops, (store, start, length))
        if len(reached):
            store = _ensure(store, used + len(reached))
            store[used : used + len(reached)] = reached & LOW
            nodes, first, counts = np.unique(reached >> 32, return_index=True, return_counts=True)
            start[nodes], length[nodes] = used + first, counts
            used += len(reached)
        _, before = incoming.of(frontier)
        np.subtract.at(waiting, before, 1)
        before = distinct(before)
        frontier = before[waiting[before] == 0]
    sources = np.nonzero(length)[0]
    return pair(np.repeat(sources, length[sources]), store[ranges(start[sources], length[sources])])


def _reach(
    frontier: Index, outgoing: _Adjacency, loops: NDArray[np.bool_], done: tuple[Keys, Index, Index]
) -> Keys:
    """What the nodes of this level reach: their successors and what those reach."""
    store, start, length = done
    tails, heads = outgoing.of(frontier)
    counts = length[heads]
    further = store[ranges(start[heads], counts)]
    own = frontier[loops[frontier]]
    return drop_repeats(
        np.sort(
            np.concatenate(
                (pair(tails, heads), pair(np.repeat(tails, counts), further), pair(own, own))
            )
        )
    )


def _ensure(store: Keys, size: int) -> Keys:
    if size <= len(store):
        return store
    return np.concatenate((store, np.empty(max(size, len(store)), np.int64)))


def _expand_members(nodes: Keys, component: Index, reached: Keys) -> Keys:
    """Pairs of components as pairs of all their members, in terms of the original nodes."""
    order = np.argsort(component, kind="stable")
    size = np.bincount(component, minlength=len(component))
    offset = np.cumsum(size) - size
    left, right = reached >> 32, reached & LOW
    counts = size[left]
    lefts, rights = order[ranges(offset[left], counts)], np.repeat(right, counts)
    counts = size[rights]
    return pair(nodes[np.repeat(lefts, counts)], nodes[order[ranges(offset[rights], counts)]])
