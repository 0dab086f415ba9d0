"""The shapes graph of a project, read from ``shapes/*.ttl``."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.terms import label_blank_nodes


def read_shapes(folder: Path) -> tuple[ox.Triple, ...]:
    """The triples of every shapes file, blank nodes named after file and order.

    :raises BadSyntax: naming the file that does not parse.
    """
    triples: list[ox.Triple] = []
    for path in sorted(folder.rglob("*.ttl")):
        try:
            quads = list(ox.parse(path=str(path), format=ox.RdfFormat.TURTLE))
        except SyntaxError as error:
            raise BadSyntax(str(error), source=str(path), line=error.lineno) from error
        name = "-".join(path.relative_to(folder).with_suffix("").parts)
        named = label_blank_nodes(quads, f"shapes-{name}")
        triples.extend(quad.triple for quad in named)
    return tuple(dict.fromkeys(triples))
