"""Releases: immutable folders of one dataset each, and the atomic switch between them.

``{data_dir}/releases/{id}/`` holds ``store/`` (the dataset, opened read-only), ``dataset.nq``
(the same dataset, sorted, byte-identical for the same input) and ``release.json``.
``{data_dir}/current`` is a symbolic link, replaced in one step. A build that dies leaves a
folder whose name starts with a dot, which the next build removes; the link never points there.
"""

from __future__ import annotations

import fcntl
import hashlib
import json
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import pyoxigraph as ox

from kuvend.errors import Unavailable
from kuvend.store import Store

_UNFINISHED = ".unfinished-"


@dataclass(frozen=True)
class Release:
    """One published dataset. Two releases with the same ``id`` hold the same triples."""

    path: Path

    @cached_property
    def manifest(self) -> dict[str, Any]:
        """What ``release.json`` says: hashes, date, counts, coverage."""
        text = (self.path / "release.json").read_text(encoding="utf-8")
        manifest: dict[str, Any] = json.loads(text)
        return manifest

    @property
    def id(self) -> str:
        """The first 16 hex digits of the dataset hash."""
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

    @property
    def store_path(self) -> Path:
        """The folder of the dataset."""
        return self.path / "store"

    @property
    def dataset_path(self) -> Path:
        """The dataset as sorted N-Quads."""
        return self.path / "dataset.nq"

    @cached_property
    def _store(self) -> Store:
        return Store.open_read_only(self.store_path)

    def store(self) -> Store:
        """The dataset, read-only, opened once."""
        return self._store


class ReleaseFolder:
    """The folder of releases under ``data_dir``."""

    def __init__(self, data_dir: Path, *, keep: int = 3) -> None:
        self.data_dir = data_dir
        self.releases = data_dir / "releases"
        self.link = data_dir / "current"
        self.keep = keep

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

    def publish_locked(self, quads: Iterable[ox.Quad], manifest: dict[str, Any]) -> Release:
        """:meth:`publish` with the lock taken for the time of it."""
        with self.locked():
            return self.publish(quads, manifest)

    def publish(self, quads: Iterable[ox.Quad], manifest: dict[str, Any]) -> Release:
        """Write ``quads`` as a new release and switch to it; the caller holds the lock.

        The lines of the dataset are sorted, so the same quads give the same bytes and the same
        ``id``; a release that exists already is only switched to.
        """
        self._remove_unfinished()
        ordered = sorted(set(quads), key=str)
        lines = "".join(f"{quad} .\n" for quad in ordered).encode()
        digest = hashlib.sha256(lines).hexdigest()
        full = {**manifest, "id": digest[:16], "dataset_sha256": digest, "quads": len(ordered)}
        folder = self.releases / digest[:16]
        if folder.exists():
            _write_durably(folder / ".release.json", _as_json(full))
            os.replace(folder / ".release.json", folder / "release.json")
        else:
            self._write(folder, ordered, lines, full)
        self._switch(folder)
        self._prune(folder)
        return Release(folder)

    def _write(
        self, folder: Path, quads: list[ox.Quad], lines: bytes, manifest: dict[str, Any]
    ) -> None:
        work = self.releases / f"{_UNFINISHED}{os.getpid()}"
        work.mkdir()
        with Store.create(work / "store") as store:
            store.load(quads)
            store.flush()
        _write_durably(work / "dataset.nq", lines)
        _write_durably(work / "release.json", _as_json(manifest))
        _sync_tree(work)
        os.rename(work, folder)
        _sync(self.releases)

    def _switch(self, folder: Path) -> None:
        fresh = self.data_dir / f"{_UNFINISHED}link-{os.getpid()}"
        fresh.unlink(missing_ok=True)
        fresh.symlink_to(Path("releases") / folder.name)
        os.replace(fresh, self.link)
        _sync(self.data_dir)

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


def _as_json(manifest: dict[str, Any]) -> bytes:
    return json.dumps(manifest, ensure_ascii=False, indent=2, sort_keys=True).encode() + b"\n"


def _write_durably(path: Path, content: bytes) -> None:
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def _sync(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _sync_tree(folder: Path) -> None:
    """Power loss must not leave a release whose files are empty."""
    for path in folder.rglob("*"):
        _sync(path)
    _sync(folder)
