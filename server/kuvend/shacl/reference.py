"""pyshacl, the reference engine, in a process of its own with a deadline and a memory ceiling."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterable
from types import TracebackType

import pyoxigraph as ox

from kuvend.errors import KuvendError, OutOfMemory, Timeout, Unprocessable
from kuvend.sandbox import bare_environment
from kuvend.shacl.frames import ASKED, read_frame, write_frame
from kuvend.shacl.prepare import prepare_shapes
from kuvend.shacl.report import Report, read_report

ENGINE = "pyshacl"
_WORKER = "kuvend.shacl.reference_worker"


class ReferenceEngine:
    """A pyshacl process; it starts with the first call and is ended by ``close`` or a deadline.

    One call at a time; the process ends with the thread that made the first. ``memory_mb`` is the
    ceiling of its address space, 0 for none.
    """

    def __init__(self, *, memory_mb: int = 0) -> None:
        self.memory_mb = memory_mb
        self._process: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def validate(
        self,
        data: Iterable[ox.Triple],
        shapes: Iterable[ox.Triple],
        *,
        timeout_s: float | None = None,
    ) -> Report:
        """The report on ``data``; triples with triple terms are left out (SHACL 1.0 has none).

        :raises Unprocessable: for shapes pyshacl cannot use.
        :raises Timeout: past ``timeout_s``, in seconds.
        :raises OutOfMemory: past the memory ceiling.
        """
        frames = [ASKED, _lines(data), _lines(prepare_shapes(shapes))]
        with self._lock:
            status, answer = self._exchange(frames, timeout_s)
        if status == "bad-shapes":
            raise Unprocessable(f"the shapes cannot be used: {answer.decode()}")
        if status == "memory":
            raise OutOfMemory("the validation reached its memory limit.")
        return read_report(
            (quad.triple for quad in ox.parse(answer, format=ox.RdfFormat.N_TRIPLES)),
            engine=ENGINE,
        )

    def _exchange(self, frames: list[bytes], timeout_s: float | None) -> tuple[str, bytes]:
        process = self._running()
        assert process.stdin is not None and process.stdout is not None, "both are pipes"
        late = threading.Event()
        timer = threading.Timer(timeout_s or 0, _end, [process, late])
        if timeout_s is not None:
            timer.start()
        try:
            with contextlib.suppress(BrokenPipeError):
                for frame in frames:
                    write_frame(process.stdin, frame)
            head = read_frame(process.stdout)
            answer = read_frame(process.stdout) if head else b""
        finally:
            timer.cancel()
        if not head:
            self.close()
            if late.is_set():
                raise Timeout(f"the validation was stopped after {timeout_s:g} s.")
            if self.memory_mb:
                raise OutOfMemory("the validation reached its memory limit.")
            raise KuvendError("the pyshacl process ended without an answer.")
        return str(json.loads(head)["status"]), answer

    def _running(self) -> subprocess.Popen[bytes]:
        if self._process is None or self._process.poll() is not None:
            self._process = subprocess.Popen(
                [sys.executable, "-m", _WORKER, str(os.getpid()), str(self.memory_mb)],
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=subprocess.DEVNULL,
                env=bare_environment(),
            )
        return self._process

    def close(self) -> None:
        """End the process, if there is one."""
        process, self._process = self._process, None
        if process is None:
            return
        process.kill()
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        process.wait()

    def __enter__(self) -> ReferenceEngine:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()


def _end(process: subprocess.Popen[bytes], late: threading.Event) -> None:
    late.set()
    process.kill()


def _lines(triples: Iterable[ox.Triple]) -> bytes:
    kept = (
        triple
        for triple in triples
        if not isinstance(triple.object, ox.Triple) and not isinstance(triple.subject, ox.Triple)
    )
    return ox.serialize(kept, format=ox.RdfFormat.N_TRIPLES) or b""
