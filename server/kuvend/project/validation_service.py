"""Validation for visitors: a process of its own, with a deadline and a memory ceiling."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from dataclasses import dataclass
from typing import Any

from kuvend.errors import KuvendError, OutOfMemory, Timeout, TooManyRequests
from kuvend.project.project import Project
from kuvend.shacl.frames import read_frame, write_frame
from kuvend.syntax import Source

TIMEOUT_S = 60.0
MEMORY_MB = 3072
WAIT_S = 20.0
MAX_UNDER_WAY = 9


@dataclass(frozen=True)
class ValidationCall:
    """One request: what to validate, how to answer.

    ``form`` names the report format; ``shapes`` replace the project's; ``alone`` leaves the
    graph's data out; ``keep_going`` checks what is readable despite syntax errors.
    """

    sources: tuple[Source, ...]
    form: str = "json"
    languages: tuple[str, ...] = ("en",)
    alone: bool = False
    keep_going: bool = False
    shapes: Source | None = None

    def head(self) -> bytes:
        """Everything but the contents, for the way to the worker."""
        values: dict[str, Any] = {
            "sources": [{"name": one.name, "media_type": one.media_type} for one in self.sources],
            "form": self.form,
            "languages": list(self.languages),
            "alone": self.alone,
            "keep_going": self.keep_going,
            "shapes_type": self.shapes.media_type if self.shapes else None,
        }
        return json.dumps(values).encode()


class ValidationService:
    """One worker process for a project; calls take turns.

    It starts with the first call; a call past its deadline ends it, and the next starts another.
    """

    def __init__(
        self, project: Project, *, timeout_s: float = TIMEOUT_S, memory_mb: int = MEMORY_MB
    ) -> None:
        self.project, self.timeout_s, self.memory_mb = project, timeout_s, memory_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._turn = threading.Lock()
        self._places = threading.BoundedSemaphore(MAX_UNDER_WAY)

    def validate(self, call: ValidationCall) -> str:
        """The report.

        :raises TooManyRequests: where too many wait, or the wait for a turn is too long.
        :raises Timeout: past the deadline.
        :raises OutOfMemory: past the memory ceiling.
        :raises KuvendError: for sources or shapes that are refused.
        """
        # Each that waits keeps a thread of the server from answering others.
        if not self._places.acquire(blocking=False):
            raise _busy()
        try:
            if not self._turn.acquire(timeout=WAIT_S):
                raise _busy()
            try:
                return self._exchange(call)
            finally:
                self._turn.release()
        finally:
            self._places.release()

    def _exchange(self, call: ValidationCall) -> str:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None, "both are pipes"
        late = threading.Event()
        timer = threading.Timer(self.timeout_s, _end, [process, late])
        timer.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                write_frame(process.stdin, call.head())
                for source in call.sources:
                    write_frame(process.stdin, source.content)
                write_frame(process.stdin, call.shapes.content if call.shapes else b"")
            head = read_frame(process.stdout)
            answer = read_frame(process.stdout) if head else b""
        finally:
            timer.cancel()
        if not head:
            self.close()
            if late.is_set():
                raise Timeout(f"the validation was stopped after {self.timeout_s:g} s.")
            raise OutOfMemory("the validation ended at its memory limit.")
        return _result(json.loads(head), answer)

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self.close()
            self._process = subprocess.Popen(
                [sys.executable, "-m", "kuvend.project.validation_worker", str(os.getpid())],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env={"PATH": os.defpath, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
            )
            assert self._process.stdin is not None, "it is a pipe"
            write_frame(self._process.stdin, self._start())
        return self._process

    def _start(self) -> bytes:
        settings = self.project.settings
        values = {
            "data_dir": str(settings.data_dir.resolve()),
            "base_iri": settings.base_iri,
            "folder": str(self.project.folder.root),
            "memory_mb": self.memory_mb,
            "max_bytes": 4 * settings.max_body_bytes,
            "timeout_s": self.timeout_s,
        }
        return json.dumps(values).encode()

    def close(self) -> None:
        """End the worker, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()


def _busy() -> TooManyRequests:
    return TooManyRequests("other submissions are being validated.", retry_after_s=10)


def _result(status: dict[str, Any], answer: bytes) -> str:
    if status["ok"]:
        return answer.decode()
    place = {name: status.get(name) for name in ("source", "line", "column", "suggestion")}
    raise KuvendError.told(status["error"], status["detail"], **place)


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()
