"""The process in which visitors' submissions are validated: frames in, reports out.

It keeps the graph as it stands and its report between requests, has no network and a memory
ceiling, and is ended by whoever waits when a request takes too long.
"""

from __future__ import annotations

import contextlib
import json
import os
import sys
import traceback
from collections import OrderedDict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import IO, Any

import pyoxigraph as ox

from kuvend.config import Settings
from kuvend.errors import KuvendError, OutOfMemory
from kuvend.project.folder import ProjectFolder
from kuvend.project.project import Project
from kuvend.project.shape_catalogue import ShapeCatalogue
from kuvend.project.shape_states import nodes_of_shapes, states_json
from kuvend.project.standing import StandingGraph, read_standing_graph
from kuvend.project.submission import Checker, Part, read_parts
from kuvend.project.validation_call import (
    Progress,
    Selection,
    ValidationCall,
    contents_in,
    refusal_json,
)
from kuvend.project.validation_process import Report
from kuvend.project.validation_service import release_name
from kuvend.sandbox import die_with_parent, leave_network, limit_memory
from kuvend.shacl.frames import read_frame, write_frame
from kuvend.shacl.prepare import refuse_imports
from kuvend.shacl.writers import write
from kuvend.syntax import Source

_CHECKERS = 4


class _Service:
    """Answers requests for one project; the last few checkers of its graph are kept."""

    def __init__(self, project: Project, *, max_bytes: int, timeout_s: float) -> None:
        self.project, self.max_bytes = project, max_bytes
        self.timeout_s = timeout_s
        self.name = ""
        self.checkers: OrderedDict[tuple[object, ...], Checker] = OrderedDict()
        self._standing: StandingGraph | None = None

    def answer(self, call: ValidationCall, report: Report) -> tuple[dict[str, Any], list[bytes]]:
        """Whether the data conform; the data where wanted, then the report in each format."""
        base = self.project.settings.base_iri
        sources = _counted(call.sources, report)
        parts = read_parts(sources, base_iri=base, max_bytes=self.max_bytes)
        report(Progress("graph"))
        checker = self.checker(call.selection)
        report(Progress("checking"))
        outcome = checker.check(parts, keep_going=call.keep_going)
        outcome = replace(outcome, fails_on=call.selection.fails_on)
        texts = [_triples(parts) if call.wants_data else b""]
        for number, form in enumerate(call.forms):
            report(Progress("writing", number, len(call.forms)))
            texts.append(write(outcome, form, call.languages).encode())
        added = outcome.additions.new_statements if outcome.additions else 0
        return {"conforms": outcome.conforms, "added": added}, texts

    def states(self) -> bytes:
        """How the graph as it stands meets each shape."""
        self.follow()
        standing = self.standing()
        return json.dumps(states_json(nodes_of_shapes(standing, standing.shapes))).encode()

    def prepare(self) -> None:
        """Read the graph as it stands before a call comes, so that no visitor's time is spent on
        it. What is wrong with it is told to the first who asks."""
        with contextlib.suppress(Exception):
            self.follow()
            self.standing()

    def forget(self) -> None:
        """Read everything anew for the next call."""
        self.name, self._standing = "", None
        self.checkers.clear()

    def follow(self) -> None:
        """Forget what was of an earlier release."""
        current = release_name(self.project)
        if current != self.name:
            self.forget()
            self.name = current

    def standing(self) -> StandingGraph:
        if self._standing is None:
            self._standing = read_standing_graph(self.project)
        return self._standing

    def checker(self, selection: Selection) -> Checker:
        """The checker for the graph as it is now."""
        self.follow()
        if selection.uploaded:
            return self.made(selection)
        key = (selection.alone, selection.sets)
        if key not in self.checkers:
            self.checkers[key] = self.made(selection)
        self.checkers.move_to_end(key)
        if len(self.checkers) > _CHECKERS:
            self.checkers.popitem(last=False)
        return self.checkers[key]

    def made(self, selection: Selection) -> Checker:
        standing = self.standing()
        return Checker.of(
            standing.without_data() if selection.alone else standing,
            prefixes=self.project.prefixes,
            base_iri=self.project.settings.base_iri,
            shapes=self.shapes(selection),
            timeout_s=self.timeout_s,
        )

    def shapes(self, selection: Selection) -> tuple[ox.Triple, ...] | None:
        """The shapes asked for; ``None`` for those of the graph."""
        if selection.uploaded:
            uploaded = self.read(selection.uploaded)
            refuse_imports(uploaded, self.project.settings.base_iri)
            return uploaded
        if selection.is_all:
            return None
        return ShapeCatalogue.read(self.project.folder.shapes).triples_of(selection.sets)

    def read(self, sources: Iterable[Source]) -> tuple[ox.Triple, ...]:
        parts = read_parts(sources, base_iri=None, max_bytes=self.max_bytes)
        for part in parts:
            part.parsed.raise_first()
        return tuple(triple for part in parts for triple in part.parsed.triples())


def _counted(sources: Sequence[Source], report: Report) -> Iterator[Source]:
    """The sources, telling of each as it is asked for."""
    for number, source in enumerate(sources):
        report(Progress("reading", number, len(sources)))
        yield source


def _triples(parts: Iterable[Part]) -> bytes:
    """What the parts state, each triple once; blank nodes of two parts are kept apart."""
    triples = dict.fromkeys(quad.triple for part in parts for quad in part.data)
    return ox.serialize(triples, format=ox.RdfFormat.N_TRIPLES) or b""


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
    service.prepare()
    while payload := read_frame(sys.stdin.buffer):
        head = json.loads(payload)
        count = 0 if "states" in head else contents_in(head)
        contents = [read_frame(sys.stdin.buffer) for _ in range(count)]
        status, texts = _answered(service, head, contents, out)
        write_frame(out, json.dumps(status).encode())
        for text in texts:
            write_frame(out, text)


def _answered(
    service: _Service, head: dict[str, Any], contents: list[bytes], out: IO[bytes]
) -> tuple[dict[str, Any], list[bytes]]:
    def report(progress: Progress) -> None:
        write_frame(out, json.dumps(progress.as_json()).encode())

    try:
        if "states" in head:
            return {}, [service.states()]
        return service.answer(ValidationCall.read(head, contents), report)
    except KuvendError as error:
        return refusal_json(error), []
    except MemoryError:
        return refusal_json(OutOfMemory("the memory limit was reached.")), []
    except Exception as error:  # noqa: BLE001 - whatever it is, one call must not end the process
        traceback.print_exc()
        service.forget()
        told = f"an error of the program ({type(error).__name__}); the operator's log has the rest."
        return refusal_json(KuvendError(told)), []


if __name__ == "__main__":
    main()
