"""A dataset in memory that changes are tried on; each says its exact effect, and can be undone."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kuvend.project.spelling import preferred, stored_quad
from kuvend.project.updating import carry_out
from kuvend.sparql import only_inserts
from kuvend.store import DEFAULT_GRAPH
from kuvend.syntax.sparql_spelling import as_the_engine_reads

Name = ox.NamedNode | ox.BlankNode | ox.DefaultGraph
GraphName = ox.NamedNode | ox.BlankNode


@dataclass(frozen=True)
class Delta:
    """What a change did: quads that came and went, as they are written, and named graphs that did.

    A quad that is written otherwise from now on went and came. ``restated`` are quads of the
    default graph that an update inserted although they were there.
    """

    added: tuple[ox.Quad, ...] = ()
    removed: tuple[ox.Quad, ...] = ()
    opened: tuple[GraphName, ...] = ()
    closed: tuple[GraphName, ...] = ()
    restated: tuple[ox.Quad, ...] = ()

    def __len__(self) -> int:
        return len(self.added) + len(self.removed)

    @property
    def parts(self) -> tuple[tuple[object, ...], ...]:
        """What came and went; nothing where all of it is empty."""
        return (self.added, self.removed, self.opened, self.closed)

    @property
    def inverse(self) -> Delta:
        """What undoes it."""
        return Delta(self.removed, self.added, self.closed, self.opened)

    def within(self, belongs: Callable[[Name], bool]) -> Delta:
        """Its quads in the graphs whose name ``belongs``."""

        def chosen(quads: Iterable[ox.Quad]) -> tuple[ox.Quad, ...]:
            return tuple(quad for quad in quads if belongs(quad.graph_name))

        return Delta(chosen(self.added), chosen(self.removed))


class Draft:
    """The quads of a dataset under change, and what became of them since a release.

    The engine writes some literals anew (``"01"`` becomes ``"1"``). Quads are told apart as it
    writes them, and published as they came.

    >>> draft = Draft([])
    >>> draft.update("INSERT DATA { <urn:a> <urn:b> 1 }", None).added[0].predicate.value
    'urn:b'
    >>> len(draft)
    1
    """

    def __init__(self, quads: Iterable[ox.Quad], graphs: Iterable[str] = ()) -> None:
        given = list(quads)
        self.store = ox.Store()
        self.store.bulk_extend(given)
        for name in graphs:
            self.store.add_graph(ox.NamedNode(name))
        self._quads: set[ox.Quad] = set(self.store)
        others = preferred(quad for quad in given if quad not in self._quads)
        plain = self._quads.intersection(given) if others else ()
        # How quads came that the engine writes otherwise.
        self._as_written = {held: quad for held, quad in others.items() if held not in plain}
        self._graphs = set(self.store.named_graphs())
        self._lines = sorted(str(self.as_written(quad)) for quad in self._quads)
        self._sizes = Counter(_name(quad) for quad in self._quads)
        # Quads that changed since the lines were made, each with its line in them if it has one.
        self._changed: dict[ox.Quad, str | None] = {}
        self._came: set[ox.Quad] = set()
        self._removed: set[ox.Quad] = set()

    def __len__(self) -> int:
        return len(self._quads)

    def __contains__(self, quad: ox.Quad) -> bool:
        return stored_quad(quad) in self._quads

    def as_written(self, quad: ox.Quad) -> ox.Quad:
        """``quad`` of this dataset, as the engine writes it, with its literal as it came."""
        return self._as_written.get(quad, quad)

    def graph(self, name: Name) -> list[ox.Quad]:
        """The quads of one graph, as they came."""
        return [self.as_written(q) for q in self.store.quads_for_pattern(None, None, None, name)]

    def holding(self, triple: ox.Triple) -> list[ox.Quad]:
        """The quads, of any graph, that say ``triple`` in any spelling, as they came."""
        found = self.store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
        return [self.as_written(quad) for quad in found]

    def has_graph(self, name: Name) -> bool:
        """Whether there is this graph; the default graph always is."""
        return isinstance(name, ox.DefaultGraph) or name in self._graphs

    def update(self, text: str, base_iri: str | None, *, with_restated: bool = False) -> Delta:
        """Carry out an update and say what it did, with what it restated where that is asked for.

        :raises SyntaxError, ValueError, RuntimeError, OSError: as the engine does.
        """
        text = as_the_engine_reads(text)
        if only_inserts(text):
            return self._insert(text, base_iri)
        try:
            inserted = carry_out(self.store, text, base_iri, with_inserted=with_restated)
        except BaseException:
            self._restore()
            raise
        after, graphs = set(self.store), set(self.store.named_graphs())
        delta = Delta(
            tuple(after - self._quads),
            tuple(self.as_written(quad) for quad in self._quads - after),
            tuple(graphs - self._graphs),
            tuple(self._graphs - graphs),
            tuple(self._quads.intersection(ox.Quad(*triple) for triple in inserted)),
        )
        self._note(delta)
        return delta

    def _insert(self, text: str, base_iri: str | None) -> Delta:
        """Carry out an update that does nothing but insert what it says: that is found without
        looking through the dataset."""
        fresh = ox.Store()
        fresh.update(text, base_iri=base_iri)
        delta = Delta(
            added=tuple(q for q in fresh if q not in self._quads),
            opened=tuple(g for g in fresh.named_graphs() if g not in self._graphs),
            restated=tuple(
                q
                for q in fresh.quads_for_pattern(None, None, None, DEFAULT_GRAPH)
                if q in self._quads
            ),
        )
        self.change(delta)
        return delta

    def _restore(self) -> None:
        """Make the store hold what is held here, after an update that failed half-way."""
        there = set(self.store)
        for quad in there - self._quads:
            self.store.remove(quad)
        self.store.extend(self._quads - there)
        graphs = set(self.store.named_graphs())
        for name in graphs - self._graphs:
            self.store.remove_graph(name)
        for name in self._graphs - graphs:
            self.store.add_graph(name)

    def replace(self, name: Name, quads: Sequence[ox.Quad], *, keep: bool) -> Delta:
        """Put ``quads`` into the graph ``name``, in place of what is there unless ``keep``."""
        wanted: dict[ox.Quad, ox.Quad | None] = dict(preferred(quads).items())
        if keep:
            wanted = {held: quad for held, quad in wanted.items() if held not in self._quads}
        else:
            wanted = self.nothing_in(name) | wanted
        opened = () if isinstance(name, ox.DefaultGraph) or name in self._graphs else (name,)
        delta = replace(self.becoming(wanted), opened=opened)
        self.change(delta)
        return delta

    def becoming(self, wanted: Mapping[ox.Quad, ox.Quad | None]) -> Delta:
        """The change after which each quad, as the engine writes it, is held as it is wanted:
        in this spelling, or not at all."""
        added, removed = [], []
        for quad, fresh in wanted.items():
            held = self.as_written(quad) if quad in self._quads else None
            if held != fresh:
                removed += [] if held is None else [held]
                added += [] if fresh is None else [fresh]
        return Delta(tuple(added), tuple(removed))

    def nothing_in(self, *names: Name) -> dict[ox.Quad, ox.Quad | None]:
        """For :meth:`becoming`: that no quad of these graphs is wanted."""
        return {
            quad: None
            for name in names
            for quad in self.store.quads_for_pattern(None, None, None, name)
        }

    def drop(self, name: Name) -> Delta:
        """Remove the graph ``name`` with what it holds."""
        gone = () if isinstance(name, ox.DefaultGraph) else (name,)
        delta = Delta(removed=tuple(self.graph(name)), closed=gone)
        self.change(delta)
        return delta

    def change(self, delta: Delta) -> None:
        """Make a change that is known already."""
        for quad in delta.removed:
            self.store.remove(quad)
        self.store.extend(delta.added)
        for name in delta.opened:
            self.store.add_graph(name)
        for name in delta.closed:
            self.store.remove_graph(name)
        self._note(delta)

    def since_release(self) -> Delta:
        """What changed since :meth:`released`, as one change, as the engine writes it."""
        return Delta(tuple(self._came), tuple(self._removed))

    def lines(self) -> list[str]:
        """The quads as they came, in N-Quads without the full stop, sorted."""
        gone = {line for line in self._changed.values() if line is not None}
        held = [str(self.as_written(quad)) for quad in self._changed if quad in self._quads]
        if gone:
            self._lines = [line for line in self._lines if line not in gone]
        if held:
            self._lines = sorted([*self._lines, *held])
        self._changed = {}
        return self._lines

    def released(self) -> None:
        """Count changes anew: what is held is published."""
        self.lines()
        self._came, self._removed = set(), set()

    def sizes(self) -> dict[str, int]:
        """How many quads each graph holds, the default graph as ``default``."""
        return {name: size for name, size in sorted(self._sizes.items()) if size}

    def empty_graphs(self) -> list[str]:
        """The named graphs that hold nothing."""
        names = (name.value for name in self._graphs if isinstance(name, ox.NamedNode))
        return sorted(name for name in names if not self._sizes[name])

    def _note(self, delta: Delta) -> None:
        for quad in map(stored_quad, delta.removed):
            if quad in self._quads:
                self._changed.setdefault(quad, str(self.as_written(quad)))
                self._quads.discard(quad)
                self._as_written.pop(quad, None)
                self._sizes[_name(quad)] -= 1
                _move(quad, self._came, self._removed)
        for written in delta.added:
            quad = stored_quad(written)
            if quad not in self._quads:
                self._changed.setdefault(quad, None)
                self._quads.add(quad)
                if quad != written:
                    self._as_written[quad] = written
                self._sizes[_name(quad)] += 1
                _move(quad, self._removed, self._came)
        self._graphs |= {
            *delta.opened,
            *(q.graph_name for q in delta.added if not isinstance(q.graph_name, ox.DefaultGraph)),
        }
        self._graphs -= set(delta.closed)


def _name(quad: ox.Quad) -> str:
    name = quad.graph_name
    return "default" if isinstance(name, ox.DefaultGraph) else name.value


def _move(quad: ox.Quad, undone: set[ox.Quad], done: set[ox.Quad]) -> None:
    if quad in undone:
        undone.remove(quad)
    else:
        done.add(quad)
