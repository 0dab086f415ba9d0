"""Files that are on the disk before anyone relies on them."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kuvend.project.draft import Delta

# Files of a store that are never changed once they are written.
_FINAL = ".sst"
_NOT_COPIED = ("LOCK", "LOG")


def write(path: Path, content: bytes) -> None:
    """Write a file and wait until it is on the disk; its folder is not synced."""
    with path.open("wb") as handle:
        handle.write(content)
        handle.flush()
        os.fsync(handle.fileno())


def sync(path: Path) -> None:
    """Wait until a file, or the names in a folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def sync_tree(folder: Path, *, but: Iterable[Path] = ()) -> None:
    """Wait for a folder and all in it; power loss must not leave files that are empty."""
    done = set(but)
    for path in folder.rglob("*"):
        if path not in done:
            sync(path)
    sync(folder)


def copy_store(source: Path, target: Path) -> list[Path]:
    """Copy a store that nobody writes to; the files shared with it, which are on the disk.

    The engine never changes a table file, so these have one more name instead of a copy.
    """
    target.mkdir()
    shared = []
    for path in sorted(source.iterdir()):
        fresh = target / path.name
        if path.suffix == _FINAL:
            os.link(path, fresh)
            shared.append(fresh)
        elif not path.name.startswith(_NOT_COPIED):
            shutil.copyfile(path, fresh)
    return shared


def change_store(path: Path, delta: Delta, *, gone: Iterable[str], empty: Iterable[str]) -> None:
    """Change the store at ``path``, which is closed afterwards.

    ``gone`` are the IRIs of graphs there are no more, ``empty`` of those that hold nothing.
    """
    engine = ox.Store(str(path))
    for quad in delta.removed:
        engine.remove(quad)
    engine.extend(delta.added)
    for name in gone:
        engine.remove_graph(ox.NamedNode(name))
    for name in empty:
        engine.add_graph(ox.NamedNode(name))
    engine.flush()
