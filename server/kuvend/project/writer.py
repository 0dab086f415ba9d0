"""The single writer: a process of its own that makes every change, one after the other.

What a visitor sends is parsed there and not in the serving process, without a network, within a
deadline; a writer that does not come back is killed, and the next change starts a new one. A
release is published in one step, so a writer killed at any moment leaves the old state or the
new one. Run as ``python -m kuvend.project.writer FD`` by :class:`Writer`.
"""

from __future__ import annotations

import dataclasses
import json
import os
import signal
import socket
import subprocess
import sys
import threading
import weakref
from pathlib import Path
from typing import Any

from kuvend.config import Settings
from kuvend.errors import KuvendError, OutOfMemory, Timeout, TooManyRequests, Unavailable
from kuvend.project.changes import Change, Outcome, error_as_json, outcome_from_json
from kuvend.project.folder import ProjectFolder
from kuvend.project.live import LiveDataset
from kuvend.project.project import Project
from kuvend.sparql import frames, sandbox


class Writer:
    """The serving side: hands over changes and waits for what came of them."""

    def __init__(self, project: Project) -> None:
        self._settings = project.settings
        self._root = project.folder.root
        self._turn = threading.Semaphore(1)
        self._waiting = 0
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None

    def apply(self, change: Change) -> Outcome:
        """What came of ``change``; once this returns, the change survives a crash.

        :raises KuvendError: where it was refused or could not be made.
        """
        if self._waiting >= self._settings.query_queue:
            raise TooManyRequests("too many writes are waiting.", retry_after_s=5)
        self._waiting += 1
        try:
            with self._turn:
                return self._apply(change)
        finally:
            self._waiting -= 1

    def close(self) -> None:
        """End the process."""
        with self._turn:
            self._end()

    def _apply(self, change: Change) -> Outcome:
        try:
            sock = self._ready_socket()
            sock.settimeout(self._settings.write_timeout_s)
            sock.sendall(frames.pack(frames.REQUEST, change.as_json()))
            _, payload = frames.receive(sock)
        except TimeoutError as error:
            self._end()
            limit_s = self._settings.write_timeout_s
            raise Timeout(f"the change was stopped after {limit_s:g} s.") from error
        except (EOFError, OSError) as error:
            self._end()
            raise Unavailable("the writer ended; the change was not made.") from error
        return outcome_from_json(payload)

    def _ready_socket(self) -> socket.socket:
        if self._process is not None and self._process.poll() is None and self._socket is not None:
            return self._socket
        self._end()
        ours, theirs = socket.socketpair()
        with theirs:
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kuvend.project.writer", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
            )
        self._socket = ours
        self._finalizer = weakref.finalize(self, _end_process, self._process, ours)
        options = {"settings": _plain(self._settings), "root": str(self._root)}
        ours.sendall(frames.pack_json(frames.REQUEST, options))
        return ours

    def _end(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
        self._process = self._socket = self._finalizer = None


def _end_process(process: subprocess.Popen[bytes], sock: socket.socket) -> None:
    sock.close()
    process.kill()
    process.wait()


def _plain(settings: Settings) -> dict[str, Any]:
    values = dataclasses.asdict(settings)
    values["data_dir"] = str(settings.data_dir.resolve())
    # Tokens are checked before a change comes here.
    return {name: value for name, value in values.items() if name not in {"token", "tokens"}}


def main(sock: socket.socket) -> None:
    """Make changes until the other side closes."""
    _, payload = frames.receive(sock)
    options = json.loads(payload)
    settings = Settings(
        **{**options["settings"], "data_dir": Path(options["settings"]["data_dir"])}
    )
    sandbox.leave_network()
    sandbox.limit_memory(settings.write_memory_mb * 1024 * 1024)
    project = Project(settings, ProjectFolder.open(Path(options["root"])))
    live: LiveDataset | None = None
    while True:
        try:
            _, payload = frames.receive(sock)
        except EOFError:
            return
        try:
            live = live or LiveDataset(project)
            answer = live.apply(Change.from_json(payload)).as_json()
        except KuvendError as error:
            answer = error_as_json(error)
        except MemoryError:
            answer = error_as_json(OutOfMemory("the change needs more memory than writes may use."))
        sock.sendall(frames.pack(frames.END, answer))


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    os.chdir("/")
    with socket.socket(fileno=int(sys.argv[1])) as control:
        main(control)
