"""What was written through the service and is not in the folders: the record of a project's writes.

A release carries its record, so both are switched to in one step, and a new build, which starts
from the folders, takes the record over from the release before it.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

import pyoxigraph as ox


@dataclass(frozen=True)
class Written:
    """The quads written, and those of the folders that were withdrawn.

    >>> q = ox.Quad(*(ox.NamedNode(f"urn:{name}") for name in "spog"))
    >>> Written(frozenset([q])).content
    b'A <urn:s> <urn:p> <urn:o> <urn:g> .\\n'
    >>> Written.parse(Written(frozenset([q])).content).added == {q}
    True
    """

    added: frozenset[ox.Quad] = frozenset()
    withdrawn: frozenset[ox.Quad] = frozenset()

    @cached_property
    def content(self) -> bytes:
        """The record as RDF Patch rows, sorted: ``A`` for added, ``D`` for withdrawn."""
        return "".join([*_rows("A", self.added), *_rows("D", self.withdrawn)]).encode()

    @property
    def digest(self) -> str:
        """A hash of the record; empty where nothing was ever written."""
        return hashlib.sha256(self.content).hexdigest() if self.content else ""

    def after(self, added: Iterable[ox.Quad], removed: Iterable[ox.Quad]) -> Written:
        """The record once these quads came and went too."""
        came, gone = frozenset(added), frozenset(removed)
        return Written(
            (self.added - gone) | (came - self.withdrawn),
            (self.withdrawn - came) | (gone - self.added),
        )

    @classmethod
    def parse(cls, content: bytes) -> Written:
        """The record that :attr:`content` was written from."""
        rows = content.split(b"\n")
        return cls(_quads(rows, b"A "), _quads(rows, b"D "))


def _rows(letter: str, quads: Iterable[ox.Quad]) -> list[str]:
    return sorted(f"{letter} {quad} .\n" for quad in quads)


def _quads(rows: Iterable[bytes], start: bytes) -> frozenset[ox.Quad]:
    lines = b"\n".join(row[2:] for row in rows if row.startswith(start))
    return frozenset(ox.parse(lines, ox.RdfFormat.N_QUADS))
