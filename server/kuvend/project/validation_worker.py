"""The process in which visitors' submissions are validated: frames in, a report out.

It keeps the graph as it stands and its report between requests, has no network and a memory
ceiling, and is ended by whoever waits when a request takes too long.
"""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path
from typing import Any

from kuvend.config import Settings
from kuvend.errors import KuvendError
from kuvend.project.folder import ProjectFolder
from kuvend.project.project import Project
from kuvend.project.standing import read_standing_graph
from kuvend.project.submission import Checker, read_parts
from kuvend.shacl.frames import read_frame, write_frame
from kuvend.shacl.writers import write
from kuvend.sparql.sandbox import die_with_parent, leave_network, limit_memory
from kuvend.syntax import Source


class _Service:
    """Answers requests for one project; the checkers of the last graph are kept."""

    def __init__(self, project: Project, *, max_bytes: int, timeout_s: float) -> None:
        self.project, self.max_bytes = project, max_bytes
        self.timeout_s = timeout_s
        self.name = ""
        self.checkers: dict[bool, Checker] = {}

    def answer(self, head: dict[str, Any], contents: list[bytes], shapes: bytes) -> str:
        """The report in the form asked for."""
        sources = [
            Source(str(one["name"]), content, one.get("media_type"))
            for one, content in zip(head["sources"], contents, strict=True)
        ]
        base = self.project.settings.base_iri
        parts = read_parts(sources, base_iri=base, max_bytes=self.max_bytes)
        checker = self.checker(alone=bool(head["alone"]), shapes=shapes, head=head)
        outcome = checker.check(parts, keep_going=bool(head["keep_going"]))
        return write(outcome, str(head["form"]), head["languages"])

    def checker(self, *, alone: bool, shapes: bytes, head: dict[str, Any]) -> Checker:
        """The checker for the graph as it is now."""
        current = self.current()
        if current != self.name:
            self.name, self.checkers = current, {}
        if shapes:
            return self.made(alone=alone, shapes=shapes, head=head)
        if alone not in self.checkers:
            self.checkers[alone] = self.made(alone=alone, shapes=b"", head=head)
        return self.checkers[alone]

    def made(self, *, alone: bool, shapes: bytes, head: dict[str, Any]) -> Checker:
        standing = read_standing_graph(self.project)
        chosen = None
        if shapes:
            source = Source("shapes", shapes, head.get("shapes_type"))
            found = read_parts([source], base_iri=None, max_bytes=self.max_bytes)
            for part in found:
                part.parsed.raise_first()
            chosen = tuple(triple for part in found for triple in part.parsed.triples())
        return Checker.of(
            standing.without_data() if alone else standing,
            prefixes=self.project.prefixes,
            base_iri=self.project.settings.base_iri,
            shapes=chosen,
            timeout_s=self.timeout_s,
        )

    def current(self) -> str:
        try:
            return self.project.release().id
        except KuvendError:
            return "folders"


def main() -> None:
    """Answer requests until standard input closes."""
    die_with_parent(int(sys.argv[1]))
    out = os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # prints must not reach the frames
    start = json.loads(read_frame(sys.stdin.buffer))
    settings = Settings(data_dir=Path(start["data_dir"]), base_iri=start["base_iri"])
    project = Project(settings, ProjectFolder(Path(start["folder"])))
    leave_network()
    if start["memory_mb"]:
        limit_memory(int(start["memory_mb"]) * 1024 * 1024)
    service = _Service(project, max_bytes=start["max_bytes"], timeout_s=start["timeout_s"])
    while payload := read_frame(sys.stdin.buffer):
        head = json.loads(payload)
        contents = [read_frame(sys.stdin.buffer) for _ in head["sources"]]
        shapes = read_frame(sys.stdin.buffer)
        status, answer = _answered(service, head, contents, shapes)
        write_frame(out, json.dumps(status).encode())
        write_frame(out, answer.encode())


def _answered(
    service: _Service, head: dict[str, Any], contents: list[bytes], shapes: bytes
) -> tuple[dict[str, Any], str]:
    try:
        return {"ok": True}, service.answer(head, contents, shapes)
    except KuvendError as error:
        place = {"source": error.source, "line": error.line, "column": error.column}
        told = {"detail": error.detail, "suggestion": error.suggestion, **place}
        return {"ok": False, "error": type(error).__name__, **told}, ""
    except MemoryError:
        return {"ok": False, "error": "OutOfMemory", "detail": "the memory limit was reached."}, ""


if __name__ == "__main__":
    main()
