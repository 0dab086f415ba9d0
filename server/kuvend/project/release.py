"""Releases: immutable folders of one dataset each, and the atomic switch between them.

``{data_dir}/releases/{id}/`` holds ``dataset.nq`` (sorted, byte-identical for the same input),
mostly ``store/`` (the same dataset, opened read-only), ``release.json``, and, where anything was
written through the service, the record of it, which ``release.json`` names by its hash.
``{data_dir}/current`` is a symbolic link, replaced in one step. A build that dies leaves a
folder whose name starts with a dot, which the next build removes; the link never points there.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kuvend.errors import Unavailable
from kuvend.project import durable
from kuvend.project.draft import Delta
from kuvend.project.written import Written
from kuvend.store import Store

_UNFINISHED = ".unfinished-"
_DATASET = "dataset.nq"
_GENERATION = "store_generation"
# A store that shares files with the one before collects small files; after so many changes it is
# written anew, and so it is where a change touches more than one quad in so many.
_MAX_GENERATIONS = 100
_LARGE_CHANGE = 4


@dataclass(frozen=True)
class Release:
    """One published dataset. Two releases with the same ``id`` hold the same graphs."""

    path: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What ``release.json`` says: hashes, date, counts, coverage."""
        text = (self.path / "release.json").read_text(encoding="utf-8")
        manifest: dict[str, Any] = json.loads(text)
        return manifest

    @property
    def id(self) -> str:
        """The first 16 hex digits of the dataset hash; with empty graphs, of a hash of both."""
        return str(self.manifest["id"])

    @property
    def dataset_hash(self) -> str:
        """SHA-256 of ``dataset.nq``."""
        return str(self.manifest["dataset_sha256"])

    @property
    def date(self) -> str:
        """The date the dataset speaks of as today, ``YYYY-MM-DD``."""
        return str(self.manifest["date"])

    @property
    def input_hash(self) -> str:
        """The fingerprint of what it was built from."""
        return str(self.manifest["input_sha256"])

    @cached_property
    def written(self) -> Written:
        """What was written through the service up to this release.

        :raises Unavailable: where the record is damaged.
        """
        digest = str(self.manifest.get("written", ""))
        if not digest:
            return Written()
        advice = "Run `kuvend restore` with a backup; a build does not know what was written."
        return Written.parse(self._whole(_record_name(digest), digest, advice))

    @property
    def empty_graphs(self) -> frozenset[str]:
        """The IRIs of the named graphs that hold nothing."""
        return frozenset(self.manifest.get("empty_graphs", ()))

    @property
    def lacks_written(self) -> bool:
        """Whether this is a build that leaves out what was written before it."""
        return bool(self.manifest.get("written")) and not self.manifest.get("holds_written")

    @property
    def store_path(self) -> Path:
        """What to open the dataset from: its store or, in a release made by a change to a dataset
        that is held in memory anyway, its file."""
        store = self.path / "store"
        return store if store.is_dir() else self.dataset_path

    @property
    def dataset_path(self) -> Path:
        """The dataset as sorted N-Quads."""
        return self.path / _DATASET

    @cached_property
    def _store(self) -> Store:
        if self.store_path.is_dir():
            return Store.open_read_only(self.store_path)
        store = Store.in_memory()
        store.load(self.quads())
        return store

    def quads(self) -> Iterator[ox.Quad]:
        """The dataset as it was parsed; a store writes some literals anew.

        :raises Unavailable: where its file is damaged.
        """
        advice = "Run `kuvend build`, or `kuvend restore` with a backup."
        content = self._whole(self.dataset_path.name, self.dataset_hash, advice)
        return iter(ox.parse(content, ox.RdfFormat.N_QUADS))

    def _whole(self, name: str, digest: str, advice: str) -> bytes:
        """The content of a file of the release, which is to have the SHA-256 ``digest``."""
        path = self.path / name
        content = path.read_bytes() if path.is_file() else None
        if content is None or hashlib.sha256(content).hexdigest() != digest:
            raise Unavailable(
                f"the release {self.path.name} is damaged: {name} is not as it was written.",
                suggestion=advice,
            )
        return content

    def store(self) -> Store:
        """The dataset, read-only, opened once."""
        return self._store


class ReleaseFolder:
    """The folder of releases under ``data_dir``."""

    def __init__(self, data_dir: Path, *, keep: int = 3, memory_bytes: int = 0) -> None:
        self.data_dir = data_dir
        self.releases = data_dir / "releases"
        self.link = data_dir / "current"
        self.keep = keep
        self.memory_bytes = memory_bytes

    def current(self) -> Release:
        """The release that is served now.

        :raises Unavailable: where nothing was built yet.
        """
        target = self.link.resolve()
        if not (target / "release.json").is_file():
            raise Unavailable(
                f"there is no release in {self.data_dir} yet.", suggestion="Run `kuvend build`."
            )
        return Release(target)

    @contextmanager
    def locked(self) -> Iterator[None]:
        """Keep other builds out of this folder until the block is left."""
        self.releases.mkdir(parents=True, exist_ok=True)
        with (self.data_dir / "build.lock").open("w") as handle:
            fcntl.flock(handle, fcntl.LOCK_EX)
            yield

    def written(self) -> Written:
        """What was written up to the current release; nothing where there is none.

        :raises Unavailable: where the record is damaged.
        """
        try:
            release = self.current()
        except Unavailable:
            return Written()
        return release.written

    def empty_graphs(self) -> frozenset[str]:
        """The empty graphs of the current release; none where there is none."""
        try:
            return self.current().empty_graphs
        except Unavailable:
            return frozenset()

    def publish_locked(self, quads: Iterable[ox.Quad], manifest: dict[str, Any]) -> Release:
        """:meth:`publish` with the lock taken for the time of it."""
        with self.locked():
            return self.publish(quads, manifest)

    def publish(
        self,
        quads: Iterable[ox.Quad],
        manifest: dict[str, Any],
        written: Written | None = None,
        *,
        holds_written: bool = False,
        switch: bool = True,
    ) -> Release:
        """Write ``quads`` as a new release and switch to it; the caller holds the lock.

        The lines of the dataset are sorted, so the same quads give the same bytes and the same
        ``id``; a release that exists already is only switched to. ``written`` goes with it, and
        ``holds_written`` says whether it is in the quads. Without ``switch`` the release before
        it stays current.

        :raises DiskFull: where there is no room for it; nothing is left of it then.
        """
        ordered = sorted(set(quads), key=str)
        dataset = _Dataset.of((str(quad) for quad in ordered), manifest, written or Written())
        dataset.manifest["holds_written"] = holds_written

        def fill(path: Path) -> list[Path]:
            with Store.create(path) as store:
                store.load(ordered)
                for name in dataset.empty_graphs:
                    store.engine.add_graph(ox.NamedNode(name))
                store.flush()
            return []

        return self._publish(dataset, fill, switch=switch)

    def publish_change(
        self,
        before: Release,
        lines: Iterable[str],
        delta: Delta,
        manifest: dict[str, Any],
        written: Written,
    ) -> Release:
        """:meth:`publish` for the release after ``before``, at a cost that follows the change.

        ``lines`` are the quads of the whole dataset, sorted, ``delta`` what changed. Up to
        ``memory_bytes`` there is no store: who opens the release reads the file, which cannot
        name empty graphs. A store shares files with that of ``before``.
        """
        dataset = _Dataset.of(lines, manifest, written)
        dataset.manifest["holds_written"] = True
        if len(dataset.content) <= self.memory_bytes and not dataset.empty_graphs:
            return self._publish(dataset, lambda _: [])
        generation = int(before.manifest.get(_GENERATION, 0)) + 1
        size = int(dataset.manifest["quads"])
        is_large = len(delta) * _LARGE_CHANGE > size or not before.store_path.is_dir()
        if is_large or generation > _MAX_GENERATIONS:
            return self.publish(_parsed(dataset), dataset.manifest, written, holds_written=True)
        dataset.manifest[_GENERATION] = generation
        left = {q.graph_name.value for q in delta.removed if isinstance(q.graph_name, ox.NamedNode)}
        left |= before.empty_graphs
        gone = left.difference(dataset.manifest["graphs"], dataset.empty_graphs)

        def fill(path: Path) -> list[Path]:
            shared = durable.copy_store(before.store_path, path)
            durable.change_store(path, delta, gone=gone, empty=dataset.empty_graphs)
            return shared

        return self._publish(dataset, fill)

    def _publish(
        self, dataset: _Dataset, fill: Callable[[Path], list[Path]], *, switch: bool = True
    ) -> Release:
        self._remove_unfinished()
        folder = self.releases / str(dataset.manifest["id"])
        if folder.exists():
            _replace_manifest(folder, dataset)
        else:
            work = self.releases / f"{_UNFINISHED}{os.getpid()}"
            with durable.whole_or_none(work):
                _fill(work, dataset, fill)
                os.rename(work, folder)
                durable.sync(self.releases)
        if switch:
            self._switch(folder)
            self._prune(folder)
        return Release(folder)

    def _switch(self, folder: Path) -> None:
        fresh = self.data_dir / f"{_UNFINISHED}link-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        with durable.whole_or_none(fresh):
            fresh.symlink_to(Path("releases") / folder.name)
            os.replace(fresh, self.link)
        durable.sync(self.data_dir)

    def _remove_unfinished(self) -> None:
        for path in self.releases.glob(f"{_UNFINISHED}*"):
            shutil.rmtree(path)
        for path in self.data_dir.glob(f"{_UNFINISHED}*"):
            path.unlink()

    def _prune(self, current: Path) -> None:
        """Remove the oldest releases beyond ``keep``; open readers keep their files."""
        others = [p for p in self.releases.iterdir() if p.is_dir() and p.name != current.name]
        others.sort(key=lambda path: path.stat().st_mtime, reverse=True)
        for path in others[self.keep :]:
            doomed = self.releases / f"{_UNFINISHED}old-{path.name}"
            os.rename(path, doomed)
            shutil.rmtree(doomed)


def _record_name(digest: str) -> str:
    return f"written-{digest[:16]}.patch"


@dataclass(frozen=True)
class _Dataset:
    """What is about to be published: its lines, its manifest, and what was written."""

    content: bytes
    manifest: dict[str, Any]
    written: Written

    @property
    def empty_graphs(self) -> list[str]:
        """The IRIs of the named graphs that hold nothing."""
        return list(self.manifest.get("empty_graphs", ()))

    @classmethod
    def of(cls, lines: Iterable[str], manifest: dict[str, Any], written: Written) -> _Dataset:
        content = "".join(f"{line} .\n" for line in lines).encode()
        digest = hashlib.sha256(content)
        full = {**manifest, "dataset_sha256": digest.hexdigest()}
        for name in manifest.get("empty_graphs", ()):
            digest.update(f"<{name}>\n".encode())
        full["id"] = digest.hexdigest()[:16]
        full |= {"quads": content.count(b"\n"), "written": written.digest}
        full.pop(_GENERATION, None)
        return cls(content, full, written)


def _parsed(dataset: _Dataset) -> Iterator[ox.Quad]:
    return iter(ox.parse(dataset.content, ox.RdfFormat.N_QUADS))


def _fill(work: Path, dataset: _Dataset, fill: Callable[[Path], list[Path]]) -> None:
    """Make the folder of a release; ``fill`` makes its store and says what is on the disk of it."""
    work.mkdir()
    shared = fill(work / "store")
    if (work / "store").is_dir():
        durable.sync_tree(work / "store", but=shared)
    durable.write(work / _DATASET, dataset.content)
    if dataset.written.digest:
        durable.write(work / _record_name(dataset.written.digest), dataset.written.content)
    durable.write(work / "release.json", _as_json(dataset.manifest))
    durable.sync(work)


def _replace(path: Path, content: bytes) -> None:
    """Give a file ``content`` in one step, where it has another or is not there."""
    if path.is_file() and path.read_bytes() == content:
        return
    fresh = path.with_name(f".{path.name}")
    with durable.whole_or_none(fresh):
        durable.write(fresh, content)
        os.replace(fresh, path)
    durable.sync(path.parent)


def _replace_manifest(folder: Path, dataset: _Dataset) -> None:
    """Give a release that is there another manifest and record, in one step.

    Its dataset is written anew where it was damaged.
    """
    manifest = {k: v for k, v in dataset.manifest.items() if k != _GENERATION}
    held = Release(folder).manifest
    manifest |= {_GENERATION: held[_GENERATION]} if _GENERATION in held else {}
    _replace(folder / _DATASET, dataset.content)
    if dataset.written.digest:
        _replace(folder / _record_name(dataset.written.digest), dataset.written.content)
    _replace(folder / "release.json", _as_json(manifest))
    for path in folder.glob("written-*.patch"):
        if path.name != _record_name(dataset.written.digest):
            path.unlink()


def _as_json(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"
