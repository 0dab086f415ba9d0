"""The writer's process: makes every change, one round after the other.

What a visitor sends is parsed here and not in the serving process, without a network and within a
memory ceiling; the serving side kills it at its deadline. Run as
``python -m kuvend.project.writing FD`` by :class:`kuvend.project.writer.Writer`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kuvend import sandbox
from kuvend.config import Settings
from kuvend.errors import KuvendError, OutOfMemory
from kuvend.project.changes import Change, Outcome, changes_from_json, outcomes_as_json
from kuvend.project.folder import ProjectFolder
from kuvend.project.live import LiveDataset
from kuvend.project.project import Project
from kuvend.sparql import frames

# The engine recurses on nested input.
_STACK_BYTES = 256 * 1024 * 1024


def main(sock: socket.socket) -> None:
    """Make changes until the other side closes."""
    _, payload = frames.receive(sock)
    project = _project(json.loads(payload))
    sandbox.leave_network()
    sandbox.limit_memory(project.settings.write_memory_mb * 1024 * 1024)
    live = LiveDataset(project)
    while True:
        try:
            _, payload = frames.receive(sock)
        except EOFError:
            return
        found = _make(live, changes_from_json(payload))
        if found is None:
            # Several changes need too much memory together; the other side sends each alone.
            return
        sock.sendall(frames.pack(frames.END, outcomes_as_json(found)))
        if any(isinstance(outcome, OutOfMemory) for outcome in found.values()):
            return


def _make(
    live: LiveDataset, changes: Mapping[str, Change]
) -> dict[str, Outcome | KuvendError] | None:
    try:
        return live.apply_all(changes)
    except KuvendError as error:
        return dict.fromkeys(changes, error)
    except MemoryError:
        if len(changes) > 1:
            return None
        problem = OutOfMemory("the change needs more memory than writes may use.")
        return dict.fromkeys(changes, problem)


def _project(options: dict[str, Any]) -> Project:
    values = {**options["settings"], "data_dir": Path(options["settings"]["data_dir"])}
    return Project(Settings(**values), ProjectFolder.open(Path(options["root"])))


def _run(descriptor: int) -> None:
    with socket.socket(fileno=descriptor) as control:
        main(control)


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir("/")
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_run, args=(int(sys.argv[1]),))
    thread.start()
    thread.join()
