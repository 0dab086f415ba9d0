"""What was written through the service, kept beside the releases.

A new build starts from the folders; these files carry over what is not in them.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox


class Written:
    """The files ``written.nq`` and ``withdrawn.nq`` of a data folder."""

    def __init__(self, data_dir: Path) -> None:
        self._added = data_dir / "written.nq"
        self._withdrawn = data_dir / "withdrawn.nq"

    def read(self) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """The quads written, and those of the folders that were withdrawn."""
        return _read(self._added), _read(self._withdrawn)

    def write(self, added: Iterable[ox.Quad], withdrawn: Iterable[ox.Quad]) -> None:
        """Replace both files, durably."""
        _write(self._added, added)
        _write(self._withdrawn, withdrawn)

    def digest(self) -> str:
        """A hash of both files; empty where nothing was ever written."""
        contents = [p.read_bytes() for p in (self._added, self._withdrawn) if p.is_file()]
        if not any(contents):
            return ""
        return hashlib.sha256(b"\0".join(contents)).hexdigest()


def _read(path: Path) -> list[ox.Quad]:
    if not path.is_file():
        return []
    return list(ox.parse(path.read_bytes(), ox.RdfFormat.N_QUADS))


def _write(path: Path, quads: Iterable[ox.Quad]) -> None:
    lines = "".join(sorted(f"{quad} .\n" for quad in quads)).encode()
    if path.is_file() and path.read_bytes() == lines:
        return
    fresh = path.with_suffix(".fresh")
    with fresh.open("wb") as handle:
        handle.write(lines)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(fresh, path)
