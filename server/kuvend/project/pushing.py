"""A release pushed to a store elsewhere, graph by graph, and counted there.

The catalogue goes last: a store whose catalogue is that of the release has all of it.
"""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kuvend.errors import BadRequest
from kuvend.project.graph_store import GraphStore
from kuvend.project.release import Release
from kuvend.store import GraphNames

_HELD_TRIPLES = 200_000


@dataclass
class Pushed:
    """What became of a push: triples sent and found there, by graph, and graphs removed there."""

    counts: dict[str | None, tuple[int, int]] = field(default_factory=dict)
    removed: list[str] = field(default_factory=list)

    @property
    def differing(self) -> dict[str | None, tuple[int, int]]:
        """The graphs that hold another number of triples there than were sent."""
        return {name: pair for name, pair in self.counts.items() if pair[0] != pair[1]}


def push(
    release: Release,
    names: GraphNames,
    store: GraphStore,
    *,
    only: Sequence[str | None] = (),
    there: Iterable[str] = (),
    progress: Callable[[str], None] = lambda _: None,
) -> Pushed:
    """Make the graphs of ``store`` those of ``release``; ``only`` those named, if any are.

    Of the graphs known to be ``there``, those below ``graph/`` that the release does not have
    are removed, unless only some are pushed.

    :raises KuvendError: where the store refuses one; those before it are there already.
    """
    done = Pushed()
    catalog = names.catalog.value
    below = f"{names.base_iri}graph/"
    stale = set() if only else {name for name in there if name.startswith(below)}
    with tempfile.TemporaryDirectory() as folder:
        files = _split(release.quads(), Path(folder))
        missing = [name or "default" for name in only if name not in files]
        if missing:
            raise BadRequest(f"the release has no graph {missing[0]}.")
        wanted = [name for name in files if not only or name in only]
        for name in sorted(wanted, key=lambda name: (name == catalog, name or "")):
            file, count = files[name]
            progress(f"{name or 'default graph'}: {count} triples")
            store.put(name, file)
            done.counts[name] = (count, sum(1 for _ in store.lines(name)))
        for name in sorted(stale - {name for name in files if name}):
            progress(f"{name}: no longer in the release")
            if store.delete(name):
                done.removed.append(name)
    return done


def _split(quads: Iterable[ox.Quad], folder: Path) -> dict[str | None, tuple[Path, int]]:
    """A file of N-Triples for each graph, with the number of its triples."""
    files: dict[str | None, tuple[Path, int]] = {}
    for name, triples in _batches(quads):
        file, count = files.get(name, (folder / f"{len(files)}.nt", 0))
        with file.open("ab") as target:
            ox.serialize(triples, target, ox.RdfFormat.N_TRIPLES)
        files[name] = (file, count + len(triples))
    return files


def _batches(quads: Iterable[ox.Quad]) -> Iterator[tuple[str | None, list[ox.Triple]]]:
    """The quads by graph, no more held at once than memory is made for."""
    held: dict[str | None, list[ox.Triple]] = {}
    number = 0
    for number, quad in enumerate(quads, 1):
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else None
        held.setdefault(name, []).append(quad.triple)
        if number % _HELD_TRIPLES == 0:
            yield from held.items()
            held = {}
    yield from held.items()
