"""Where in its file a term or a statement stands."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyoxigraph as ox

from kuvend.ontology.findings import Finding
from kuvend.syntax import Parsed, parse_turtle
from kuvend.syntax.files import read_utf8


class Places:
    """Line and column of terms in ontology files; each file is parsed once, when asked for."""

    def __init__(self) -> None:
        self._parsed: dict[Path, Parsed | None] = {}

    def parsed(self, path: Path) -> Parsed | None:
        """The file with positions; ``None`` for formats that have none here."""
        if path not in self._parsed:
            self._parsed[path] = _parse(path)
        return self._parsed[path]

    def locate(self, finding: Finding) -> Finding:
        """``finding`` with the place where its file first makes a statement about its term."""
        if finding.file is None or finding.line is not None or finding.term is None:
            return finding
        parsed = self.parsed(finding.file)
        node = ox.NamedNode(finding.term)
        if parsed is None:
            return finding
        offset = parsed.subjects.get(node)
        if offset is None:
            offset = _mentioned(parsed, node)
        position = None if offset is None else parsed.position(offset)
        return finding.at(*position) if position else finding

    def locate_all(self, findings: Iterable[Finding]) -> list[Finding]:
        """Each finding with its place, in the order given."""
        return [self.locate(finding) for finding in findings]


def _mentioned(parsed: Parsed, node: ox.NamedNode) -> int | None:
    for quad in parsed.quads:
        if quad.predicate == node:
            return quad.predicate_at
        if quad.object == node:
            return quad.object_at
    return None


def _parse(path: Path) -> Parsed | None:
    if path.suffix != ".ttl":
        return None
    return parse_turtle(read_utf8(path), source=str(path))
