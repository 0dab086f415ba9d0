"""The pool's side of the nursery and of its workers: start them, talk to them, kill them."""

from __future__ import annotations

import array
import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import threading
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

from kuvend import sandbox
from kuvend.config import Settings
from kuvend.errors import Unavailable
from kuvend.sparql import frames
from kuvend.sparql.frames import PLAIN, WITH_COLUMNS

_START_TIMEOUT_S = 120.0
_LOWER_BY = 10
_MOST_NICENESS = 19
# What a worker may inherit; a token in the environment is none of its business.
_KEPT_VARIABLES = ("PATH", "PYTHONPATH", "PYTHONHOME", "LANG", "LC_ALL", "TZ", "LD_LIBRARY_PATH")


class Worker:
    """One worker process and the socket to it."""

    def __init__(self, pid: int, sock: socket.socket, stderr_fd: int) -> None:
        self.pid = pid
        self.sock = sock
        self._stderr_fd = stderr_fd
        self._is_alive = True
        self._is_ready = False
        self._lock = threading.Lock()
        try:
            self._pidfd = os.pidfd_open(pid)
        except ProcessLookupError:
            self._pidfd = -1

    def send(self, request: dict[str, Any]) -> None:
        """Hand over one request.

        :raises OSError: where the worker is gone.
        """
        self.sock.sendall(frames.pack_request(request))

    def wait_until_ready(self) -> None:
        """Return when the worker has opened its store.

        :raises EOFError: where it died instead.
        """
        if not self._is_ready:
            frames.receive(self.sock)
            self._is_ready = True

    def cpu_s(self) -> float:
        """The processor time the worker has used, in seconds."""
        return sandbox.cpu_s(self.pid)

    def lower_priority(self, *, is_last: bool) -> None:
        """Let the kernel prefer others; with ``is_last`` whatever else wants to run."""
        with contextlib.suppress(OSError):
            niceness = min(_MOST_NICENESS, _own_niceness() + _LOWER_BY)
            self._schedule(os.SCHED_IDLE if is_last else os.SCHED_BATCH, niceness)

    def restore_priority(self) -> bool:
        """Whether the worker is scheduled like others again, which takes a privilege."""
        try:
            self._schedule(os.SCHED_BATCH, _own_niceness())
            self._use_cores(os.sched_getaffinity(0))
        except OSError:
            return False
        return True

    def keep_to(self, cores: Iterable[int]) -> None:
        """Let the worker run on ``cores`` alone."""
        with contextlib.suppress(OSError):
            self._use_cores(cores)

    def _use_cores(self, cores: Iterable[int]) -> None:
        for thread in self._threads():
            os.sched_setaffinity(thread, cores)

    def _schedule(self, policy: int, niceness: int) -> None:
        for thread in self._threads():
            os.sched_setscheduler(thread, policy, os.sched_param(0))
            os.setpriority(os.PRIO_PROCESS, thread, niceness)

    def _threads(self) -> list[int]:
        return [int(thread) for thread in os.listdir(f"/proc/{self.pid}/task")]

    def signal_kill(self) -> None:
        """Kill the process, and let who reads from its socket see the end now.

        A process that gave way to all others, or holds much memory, takes a while to be gone.
        """
        with self._lock, contextlib.suppress(OSError):
            if self._pidfd >= 0:
                signal.pidfd_send_signal(self._pidfd, signal.SIGKILL)
            self.sock.shutdown(socket.SHUT_RDWR)

    def last_words(self) -> str:
        """What the process wrote to standard error, for instance why it aborted."""
        try:
            return os.read(self._stderr_fd, 4096).decode("utf-8", "replace")
        except (BlockingIOError, OSError):
            return ""

    def close(self) -> None:
        """Kill the process and free what belongs to it; may be called twice."""
        self.signal_kill()
        with self._lock:
            if not self._is_alive:
                return
            self._is_alive = False
            self.sock.close()
            os.close(self._stderr_fd)
            if self._pidfd >= 0:
                os.close(self._pidfd)
                self._pidfd = -1


def _own_niceness() -> int:
    return os.getpriority(os.PRIO_PROCESS, 0)


class Nursery:
    """The process that forks workers; started at once, waited for when first needed."""

    def __init__(
        self,
        store_path: Path,
        settings: Settings,
        prefixes: Mapping[str, str],
        *,
        network: bool = False,
    ) -> None:
        self._options = {
            "store_path": str(store_path.resolve()),
            "base_iri": settings.base_iri,
            "memory_store_bytes": settings.memory_store_mb * 1024 * 1024,
            "memory_bytes": settings.query_memory_mb * 1024 * 1024,
            "prefixes": dict(prefixes),
            "network": network,
        }
        self._lock = threading.Lock()
        self._is_ready = False
        self.network_isolated = False
        self._is_closed = False
        self._process, self._control = self._launch()

    def spawn(self, *, with_columns: bool = False) -> Worker:
        """A new worker, which may still be opening its store.

        ``with_columns`` gives it the library that writes Arrow and Parquet; the first such worker
        waits until the nursery has loaded it.

        :raises Unavailable: where the store cannot be opened, and after the end.
        """
        with self._lock:
            if self._is_closed:
                raise Unavailable("the service is shutting down.")
            try:
                return self._spawn(with_columns)
            except (EOFError, OSError):
                # The nursery itself is gone, for instance by the kernel's choice.
                self._end()
                self._process, self._control = self._launch()
                return self._spawn(with_columns)

    def close(self) -> None:
        """End the nursery and, through the kernel, every worker it forked."""
        with self._lock:
            self._is_closed = True
            self._end()

    def _launch(self) -> tuple[subprocess.Popen[bytes], socket.socket]:
        ours, theirs = socket.socketpair()
        environment = {name: os.environ[name] for name in _KEPT_VARIABLES if name in os.environ}
        environment.setdefault("HOME", "/nonexistent")
        with theirs:
            process = subprocess.Popen(
                [sys.executable, "-m", "kuvend.sparql.nursery", str(theirs.fileno())],
                pass_fds=[theirs.fileno()],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                env=environment,
                cwd="/",
                # Where the kernel shares the processor among sessions, what queries use is not
                # charged to the process that serves.
                start_new_session=True,
            )
        ours.settimeout(_START_TIMEOUT_S)
        ours.sendall(frames.pack_json(frames.REQUEST, self._options))
        self._is_ready = False
        return process, ours

    def _spawn(self, with_columns: bool) -> Worker:
        if not self._is_ready:
            self.network_isolated = self._receive()["network_isolated"]
            self._is_ready = True
        ours, theirs = socket.socketpair()
        read_end, write_end = os.pipe2(os.O_CLOEXEC | os.O_NONBLOCK)
        with theirs:
            handed_over = array.array("i", [theirs.fileno(), write_end])
            try:
                wish = WITH_COLUMNS if with_columns else PLAIN
                self._control.sendmsg([wish], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, handed_over)])
                pid = self._receive()["pid"]
            except (EOFError, OSError):
                ours.close()
                os.close(read_end)
                raise
            finally:
                os.close(write_end)
        return Worker(pid, ours, read_end)

    def _receive(self) -> dict[str, Any]:
        kind, payload = frames.receive(self._control)
        answer: dict[str, Any] = json.loads(payload)
        if kind == frames.ERROR:
            raise Unavailable(f"the store cannot be opened: {answer['message']}")
        return answer

    def _end(self) -> None:
        self._control.close()
        self._process.kill()
        self._process.wait()
