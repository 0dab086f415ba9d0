"""A process that validates for visitors, as seen from outside: calls in, reports out, an end."""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import struct
import subprocess
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from kuvend.errors import KuvendError, OutOfMemory, Timeout, Unprocessable
from kuvend.project.project import Project
from kuvend.project.validation_call import Progress, Reports, ValidationCall, refusal
from kuvend.sandbox import bare_environment
from kuvend.shacl.frames import write_frame

_LOOK_MS = 200
# A worker has this long to start, beside the time its first call has.
_START_S = 60.0
_OVERFLOW = (-signal.SIGSEGV, -signal.SIGBUS)

Stop = Callable[[], KuvendError | None]
Report = Callable[[Progress], None]


class ValidationProcess:
    """One worker at a time for a project, started when it is needed.

    One that passes a deadline or is waited for no more is killed. With ``follows_at_once`` another
    follows one that came to its end, so that the next call need not wait for it to start.
    """

    def __init__(self, project: Project, *, follows_at_once: bool = False) -> None:
        self.project = project
        self._follows_at_once = follows_at_once
        self._process: subprocess.Popen[bytes] | None = None
        # Whether it has answered nothing yet, so that it may still be starting.
        self._is_new = False

    def validate(
        self,
        call: ValidationCall,
        *,
        timeout_s: float,
        stop: Stop = lambda: None,
        report: Report = lambda _: None,
    ) -> Reports:
        """The reports. ``stop`` is asked now and then, and ends the work with the error it gives.

        :raises Timeout: past the deadline.
        :raises OutOfMemory: past the memory ceiling.
        :raises KuvendError: for sources or shapes that are refused.
        """
        status, (data, *bodies) = self._exchange(
            call.frames(), len(call.forms) + 1, timeout_s=timeout_s, stop=stop, report=report
        )
        texts = dict(zip(call.forms, bodies, strict=True))
        return Reports(bool(status["conforms"]), texts, added=status["added"], data=data)

    def states(self, *, timeout_s: float) -> dict[str, Any]:
        """How the graph as it stands meets each shape, as plain values by the shape's IRI.

        :raises KuvendError: as :meth:`validate`.
        """
        frames = [json.dumps({"states": True}).encode()]
        _, bodies = self._exchange(frames, 1, timeout_s=timeout_s)
        found: dict[str, Any] = json.loads(bodies[0])
        return found

    def close(self) -> None:
        """End the worker, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        _close_pipes(process)
        process.wait()

    def _exchange(
        self,
        payloads: Iterable[bytes],
        count: int,
        *,
        timeout_s: float,
        stop: Stop = lambda: None,
        report: Report = lambda _: None,
    ) -> tuple[dict[str, Any], list[bytes]]:
        process = self._running(timeout_s)
        assert process.stdin is not None and process.stdout is not None, "both are pipes"
        deadline = _Deadline(process)
        deadline.begin(timeout_s + (_START_S if self._is_new else 0))
        try:
            # A worker that dies while it reads is noticed when it does not answer.
            with contextlib.suppress(BrokenPipeError):
                for payload in payloads:
                    write_frame(process.stdin, payload)
            frames = _Frames(process.stdout.fileno(), stop)
            while True:
                status = json.loads(frames.next())
                if "stage" not in status:
                    break
                if self._is_new:
                    # What it took to start is not the visitor's time.
                    self._is_new = False
                    deadline.begin(timeout_s)
                report(Progress(**status))
            if "error" in status:
                raise refusal(status)
            return status, [frames.next() for _ in range(count)]
        except _Ended as ended:
            code = process.wait() if deadline.is_past else _reaped(process)
            self._replace(timeout_s)
            raise _reason(code, timeout_s if deadline.is_past else None) from ended
        except _Stopped as stopped:
            self.close()
            raise stopped.error from stopped
        finally:
            deadline.cancel()

    def _replace(self, timeout_s: float) -> None:
        """Another worker for the one that has ended, if one is to follow."""
        self.close()
        if self._follows_at_once:
            with contextlib.suppress(OSError):
                self._running(timeout_s)

    def _running(self, timeout_s: float) -> subprocess.Popen[bytes]:
        """The worker, which is started where there is none."""
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kuvend.project.validation_worker", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                env=bare_environment(),
            )
            assert self._process.stdin is not None, "it is a pipe"
            write_frame(self._process.stdin, self._start(timeout_s))
            self._is_new = True
        assert self._process is not None, "it was started where there was none"
        return self._process

    def _start(self, timeout_s: float) -> bytes:
        settings = self.project.settings
        values = {
            "data_dir": str(settings.data_dir.resolve()),
            "base_iri": settings.base_iri,
            "folder": str(self.project.folder.root),
            "memory_mb": settings.validation_memory_mb,
            "max_bytes": 4 * settings.max_body_bytes,
            "timeout_s": timeout_s,
        }
        return json.dumps(values).encode()


class _Deadline:
    """Kills a worker when the time given last is over."""

    def __init__(self, process: subprocess.Popen[bytes]) -> None:
        self._process = process
        self._past = threading.Event()
        self._timer: threading.Timer | None = None

    @property
    def is_past(self) -> bool:
        """Whether the worker was killed for it."""
        return self._past.is_set()

    def begin(self, seconds: float) -> None:
        """Count from now."""
        self.cancel()
        self._timer = threading.Timer(seconds, self._end)
        self._timer.start()

    def cancel(self) -> None:
        """Let the worker live."""
        if self._timer is not None:
            self._timer.cancel()

    def _end(self) -> None:
        self._past.set()
        self._process.kill()


class _Ended(Exception):
    """The worker's end of the pipe is closed."""


class _Stopped(Exception):
    """Nobody waits for the answer any more."""

    def __init__(self, error: KuvendError) -> None:
        super().__init__()
        self.error = error


class _Frames:
    """The frames that come from a worker; between their bytes it is asked whether to go on."""

    def __init__(self, descriptor: int, stop: Stop) -> None:
        self._descriptor, self._stop = descriptor, stop
        self._poll = select.poll()
        self._poll.register(descriptor, select.POLLIN | select.POLLHUP)

    def next(self) -> bytes:
        (size,) = struct.unpack("!I", self._read(4))
        return self._read(size)

    def _read(self, size: int) -> bytes:
        found = bytearray()
        while len(found) < size:
            while not self._poll.poll(_LOOK_MS):
                error = self._stop()
                if error is not None:
                    raise _Stopped(error)
            piece = os.read(self._descriptor, min(size - len(found), 1 << 20))
            if not piece:
                raise _Ended
            found += piece
        return bytes(found)


def _reaped(process: subprocess.Popen[bytes]) -> int:
    """How the process ended; one that only closed its pipe is ended."""
    try:
        return process.wait(timeout=5)
    except subprocess.TimeoutExpired:
        process.kill()
        return process.wait()


def _close_pipes(process: subprocess.Popen[bytes]) -> None:
    for pipe in (process.stdin, process.stdout):
        if pipe is not None:
            with contextlib.suppress(OSError):
                pipe.close()


def _reason(code: int, timeout_s: float | None) -> KuvendError:
    if timeout_s is not None:
        return Timeout(f"the validation was stopped after {timeout_s:g} s.")
    if code in _OVERFLOW:
        return Unprocessable("the submission is nested too deeply to be validated.")
    return OutOfMemory("the validation ended at its memory limit.")


__all__ = ["Report", "Stop", "ValidationProcess"]
