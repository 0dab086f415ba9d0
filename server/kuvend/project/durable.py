"""Files that are on the disk before anyone relies on them."""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pyoxigraph as ox

from kuvend.errors import DiskFull
from kuvend.project.draft import Delta

# Files of a store that are never changed once they are written.
_FINAL = ".sst"
_NOT_COPIED = ("LOCK", "LOG")
# No room at all, or none for this user.
_FULL = (errno.ENOSPC, errno.EDQUOT)


@contextmanager
def whole_or_none(path: Path) -> Iterator[None]:
    """Leave nothing at ``path``, a name that the block gives up in the end, where that fails.

    :raises DiskFull: where there is no room for what it makes.
    """
    try:
        yield
    except BaseException as error:
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path, ignore_errors=True)
        else:
            path.unlink(missing_ok=True)
        if _is_full(error):
            raise DiskFull(
                "the disk is full: the new release was not made, the one before is served on.",
                suggestion=f"Make room on the disk of {path.parent}, then try again.",
            ) from error
        raise


def _is_full(error: BaseException) -> bool:
    """Whether it says that there is no room; the engine says so in words alone."""
    if not isinstance(error, OSError):
        return False
    return error.errno in _FULL or any(os.strerror(number) in str(error) for number in _FULL)


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
    try:
        for quad in delta.removed:
            engine.remove(quad)
        engine.extend(delta.added)
        for name in gone:
            engine.remove_graph(ox.NamedNode(name))
        for name in empty:
            engine.add_graph(ox.NamedNode(name))
        engine.flush()
    finally:
        # An error would keep it open, and with it the room of its files.
        del engine
