"""The serving side of the single writer: hands over changes and waits for what came of them.

A process of its own makes every change (:mod:`kuvend.project.writing`). Changes that come while
it works wait and are then made together, in one release. A release is published in one step and
names its changes, so that of a writer that died it is known which changes it still made.
"""

from __future__ import annotations

import dataclasses
import os
import secrets
import socket
import subprocess
import sys
import threading
import weakref
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from kuvend.config import Settings
from kuvend.errors import KuvendError, Timeout, TooManyRequests, Unavailable
from kuvend.project.changes import Change, Outcome, changes_as_json, outcomes_from_json
from kuvend.project.project import Project
from kuvend.sandbox import bare_environment
from kuvend.sparql import frames

_MAX_TOGETHER = 64
_MAX_BYTES_TOGETHER = 32 * 1024 * 1024


class Writer:
    """The one writer of a project's dataset."""

    def __init__(self, project: Project) -> None:
        self._project = project
        self._settings = project.settings
        self._turn = threading.Lock()
        self._queue = threading.Lock()
        self._waiting: dict[str, Change] = {}
        self._found: dict[str, Outcome | KuvendError] = {}
        self._process: subprocess.Popen[bytes] | None = None
        self._socket: socket.socket | None = None
        self._finalizer: weakref.finalize[..., Any] | None = None
        self._starting = threading.Lock()
        self._is_closed = False
        # The kernel ends the process when the thread that started it ends, so it is one that lives
        # as long as this does.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="kuvend-writer")

    def apply(self, change: Change) -> Outcome:
        """What came of ``change``; once this returns, the change survives a crash.

        :raises KuvendError: where it was refused or could not be made.
        """
        number = secrets.token_hex(8)
        with self._queue:
            if len(self._waiting) >= self._settings.query_queue:
                raise TooManyRequests("too many writes are waiting.", retry_after_s=5)
            self._waiting[number] = change
        try:
            with self._turn:
                # Whoever has the turn makes the changes of all who wait for theirs.
                if number not in self._found:
                    self._found |= self._carry_out(self._next_round(number, change))
                found = self._found.pop(number)
        finally:
            with self._queue:
                self._waiting.pop(number, None)
        if isinstance(found, KuvendError):
            raise found
        return found

    def close(self) -> None:
        """End the process, whatever it works on; changes that wait or come later are refused.

        What it had published of its last round is told as made.
        """
        with self._starting:
            self._is_closed = True
            if self._process is not None:
                self._process.kill()
        with self._turn:
            self._end()
        self._starter.shutdown()

    def _next_round(self, number: str, change: Change) -> dict[str, Change]:
        """The change of whoever has the turn, and those that wait, while there is room."""
        with self._queue:
            chosen: dict[str, Change] = {}
            size = 0
            for waiting, other in self._waiting.items():
                size += other.size
                if len(chosen) >= _MAX_TOGETHER or (chosen and size > _MAX_BYTES_TOGETHER):
                    break
                chosen[waiting] = other
            chosen.setdefault(number, change)
            for taken in chosen:
                self._waiting.pop(taken, None)
            return chosen

    def _carry_out(self, changes: Mapping[str, Change]) -> dict[str, Outcome | KuvendError]:
        """What came of the changes; where the writer fails at several, each is tried alone."""
        failure: KuvendError
        try:
            sock = self._ready_socket()
            sock.settimeout(self._settings.write_timeout_s)
            sock.sendall(frames.pack(frames.REQUEST, changes_as_json(changes)))
            kind, payload = frames.receive(sock)
            if kind == frames.END:
                return outcomes_from_json(payload)
            failure = KuvendError(
                f"an error of the program ({payload.decode()}); the operator's log has the rest."
            )
        except TimeoutError:
            limit_s = self._settings.write_timeout_s
            failure = Timeout(f"the change was stopped after {limit_s:g} s.")
        except (EOFError, OSError):
            failure = Unavailable("the writer ended; the change was not made.")
        except Unavailable as error:
            failure = error
        self._end()
        found = self._still_made(changes)
        left = {number: change for number, change in changes.items() if number not in found}
        if len(changes) == 1:
            return found | dict.fromkeys(left, failure)
        for number, change in left.items():
            found |= self._carry_out({number: change})
        return found

    def _still_made(self, changes: Mapping[str, Change]) -> dict[str, Outcome | KuvendError]:
        """Those of the changes that a writer which is gone had published."""
        try:
            release = self._project.release()
        except Unavailable:
            return {}
        made: Mapping[str, bool] = release.manifest.get("changes", {})
        return {n: Outcome(release.id, created=made[n]) for n in changes if n in made}

    def _ready_socket(self) -> socket.socket:
        """The way to the writer, which is started where there is none.

        :raises Unavailable: where this is closed.
        """
        if self._process is not None and self._process.poll() is None and self._socket is not None:
            return self._socket
        self._end()
        with self._starting:
            if self._is_closed:
                raise Unavailable("the service ends; the change was not made.")
            self._process, ours = self._starter.submit(_start).result()
        self._socket = ours
        self._finalizer = weakref.finalize(self, _end_process, self._process, ours)
        options = {"settings": _plain(self._settings), "root": str(self._project.folder.root)}
        ours.sendall(frames.pack_json(frames.REQUEST, options))
        return ours

    def _end(self) -> None:
        if self._finalizer is not None:
            self._finalizer()
        self._process = self._socket = self._finalizer = None


def _start() -> tuple[subprocess.Popen[bytes], socket.socket]:
    """A new writer and the way to it."""
    ours, theirs = socket.socketpair()
    number = str(theirs.fileno())
    with theirs:
        process = subprocess.Popen(
            [sys.executable, "-m", "kuvend.project.writing", number, str(os.getpid())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            # Nothing of the environment, which may hold a token.
            env=bare_environment(),
        )
    return process, ours


def _end_process(process: subprocess.Popen[bytes], sock: socket.socket) -> None:
    sock.close()
    process.kill()
    process.wait()


def _plain(settings: Settings) -> dict[str, Any]:
    values = dataclasses.asdict(settings)
    values["data_dir"] = str(settings.data_dir.resolve())
    # Tokens are checked before a change comes here.
    return {name: value for name, value in values.items() if name not in {"token", "tokens"}}
