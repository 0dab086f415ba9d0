"""The writer's process: makes every change, one round after the other.

What a visitor sends is parsed here and not in the serving process, without a network and within a
memory ceiling; the serving side kills it at its deadline, and the kernel when that side is gone: an
orphan would keep the lock of the releases. Run as ``python -m kuvend.project.writing FD PID`` by
:class:`kuvend.project.writer.Writer`.
"""

from __future__ import annotations

import json
import os
import signal
import socket
import sys
import threading
import traceback
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from kuvend import sandbox
from kuvend.config import Settings
from kuvend.errors import DiskFull, KuvendError, OutOfMemory
from kuvend.project.changes import Change, Outcome, changes_from_json, outcomes_as_json
from kuvend.project.folder import ProjectFolder
from kuvend.project.live import LiveDataset
from kuvend.project.project import Project
from kuvend.sparql import frames

# The engine recurses on nested input.
_STACK_BYTES = 256 * 1024 * 1024


def main(sock: socket.socket) -> None:
    """Make changes until the other side closes, or until something goes wrong in a way that nobody
    foresaw: what is held may be half made then, and the other side starts anew."""
    _, payload = frames.receive(sock)
    project = _project(json.loads(payload))
    sandbox.limit_memory(project.settings.write_memory_mb * 1024 * 1024)
    live = LiveDataset(project)
    while True:
        try:
            _, payload = frames.receive(sock)
        except EOFError:
            return
        try:
            found = _make(live, changes_from_json(payload))
        except Exception as error:  # noqa: BLE001 - whatever it is, one change must not end all
            traceback.print_exc()
            sock.sendall(frames.pack(frames.ERROR, type(error).__name__.encode()))
            return
        if found is None:
            # Several changes need too much room together; the other side sends each alone.
            return
        sock.sendall(frames.pack(frames.END, outcomes_as_json(found)))
        if any(isinstance(outcome, OutOfMemory) for outcome in found.values()):
            return


def _make(
    live: LiveDataset, changes: Mapping[str, Change]
) -> dict[str, Outcome | KuvendError] | None:
    try:
        return live.apply_all(changes)
    except DiskFull as error:
        # Of several, some may be published already; the other side finds which.
        return dict.fromkeys(changes, error) if len(changes) == 1 else None
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
    sandbox.die_with_parent(int(sys.argv[2]))
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir("/")
    # A process with several threads may not be let out of its network.
    sandbox.leave_network()
    threading.stack_size(_STACK_BYTES)
    thread = threading.Thread(target=_run, args=(int(sys.argv[1]),))
    thread.start()
    thread.join()
