"""The shapes graph of a project, read from the files below ``shapes/``."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.terms import label_blank_nodes


def read_shapes(folder: Path) -> tuple[ox.Triple, ...]:
    """The triples of every shapes file, blank nodes named after file and order.

    :raises BadSyntax: naming the file that does not parse.
    """
    return merged(read_shape_files(folder))


def read_shape_files(folder: Path) -> dict[str, tuple[ox.Triple, ...]]:
    """The triples of each shapes file, by its path below ``folder`` without the ending.

    :raises BadSyntax: naming the file that does not parse.
    """
    found: dict[str, tuple[ox.Triple, ...]] = {}
    for path in sorted(folder.rglob("*.ttl")):
        try:
            quads = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            raise BadSyntax(str(error), source=str(path), line=error.lineno) from error
        parts = path.relative_to(folder).with_suffix("").parts
        named = label_blank_nodes(quads, f"shapes-{'-'.join(parts)}")
        found["/".join(parts)] = tuple(quad.triple for quad in named)
    return found


def merged(files: Mapping[str, tuple[ox.Triple, ...]]) -> tuple[ox.Triple, ...]:
    """The triples of all files, each once."""
    return tuple(dict.fromkeys(triple for triples in files.values() for triple in triples))
