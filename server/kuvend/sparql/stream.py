"""One query under way, and its result as it comes from the worker."""

from __future__ import annotations

import json
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, NamedTuple, Protocol

from kuvend.config import Settings
from kuvend.errors import KuvendError, Unavailable
from kuvend.formats import Format
from kuvend.sparql import failures, frames
from kuvend.sparql.explain import explain_failure
from kuvend.sparql.guard import Outline
from kuvend.sparql.slowness import LOWEST, step_of
from kuvend.sparql.workers import Worker

_RECEIVE_BYTES = 128 * 1024
_FIRST_BYTES = 8 * 1024


def _never() -> bool:
    return False


class Client(NamedTuple):
    """Who asks: an address to count by, and a way to see that nobody waits any more."""

    address: str = ""
    is_gone: Callable[[], bool] = _never


ANYONE = Client()


@dataclass(eq=False, slots=True)
class Running:
    """One query under way: who asked, since when, until when."""

    id: int
    query: str
    client: Client
    timeout_s: float
    worker: Worker | None = None
    started: float = 0.0
    away_s: float = 0.0
    away_since: float | None = None
    # What its worker had used when the watch first saw it.
    cpu_seen_s: float | None = None
    # How far its worker gave way to others.
    lowered: int = 0
    # The only cores its worker may use, where it was told.
    cores: frozenset[int] | None = None
    is_last_of_worker: bool = False
    is_long: bool = False
    failure: KuvendError | None = None
    _lock: threading.Lock = field(default_factory=threading.Lock, repr=False)

    def begin(self) -> None:
        """Start the clock."""
        self.started = time.monotonic()

    @property
    def elapsed_s(self) -> float:
        """Seconds since the query started."""
        return time.monotonic() - self.started

    @property
    def working_s(self) -> float:
        """Seconds the worker had, without those it waited for the client to read."""
        away_since = self.away_since
        now_away = 0.0 if away_since is None else time.monotonic() - away_since
        return self.elapsed_s - self.away_s - now_away

    def stop(self, reason: KuvendError) -> None:
        """Kill the worker; whoever reads the result gets ``reason``.

        A query that has ended is left alone: its worker may serve another by now.
        """
        with self._lock:
            if self.worker is None or self.failure is not None:
                return
            self.failure = reason
            self.worker.signal_kill()

    def give_way(self) -> None:
        """Let the kernel prefer others, or all others, by what was used since the first call.

        The time that passes would not do: on a busy machine what is quick waits as well.
        """
        with self._lock:
            if self.worker is None or self.lowered == LOWEST:
                return
            used_s = self.worker.cpu_s()
            if self.cpu_seen_s is None:
                self.cpu_seen_s = used_s
            wanted = step_of(used_s - self.cpu_seen_s)
            if wanted > self.lowered:
                self.lowered = wanted
                self.worker.lower_priority(is_last=wanted == LOWEST)

    def begin_lowered(self, worker: Worker, step: int) -> None:
        """Give way from the start, as the same query had to before."""
        with self._lock:
            self.lowered, self.cpu_seen_s = step, worker.cpu_s()
            worker.lower_priority(is_last=step == LOWEST)

    def keep_to(self, cores: frozenset[int]) -> None:
        """Have a worker that gives way to all others use these cores alone."""
        with self._lock:
            if self.worker is None or self.lowered < LOWEST or cores == self.cores:
                return
            self.cores = cores
            self.worker.keep_to(cores)

    def step_needed(self, worker: Worker | None, *, is_unharmed: bool) -> int:
        """How far the same query has to give way next time."""
        if worker is None or self.cpu_seen_s is None or not is_unharmed:
            return self.lowered
        return step_of(worker.cpu_s() - self.cpu_seen_s)

    def take_back(self) -> tuple[Worker | None, bool]:
        """The worker, which is this query's no longer, and whether it is unharmed."""
        with self._lock:
            worker, self.worker = self.worker, None
            return worker, self.failure is None


class Owner(Protocol):
    """What a stream needs of its pool."""

    settings: Settings
    prefixes: dict[str, str]

    def finish(self, running: Running, *, reusable: bool) -> None:
        """Take back the worker."""


class Stream:
    """The bytes of one result, in order; closes itself at the end and on failure."""

    __slots__ = (
        "__weakref__",
        "_buffer",
        "_is_over",
        "_is_whole",
        "_owner",
        "_ready",
        "_worker",
        "elapsed_s",
        "head",
        "running",
        "sent_bytes",
    )

    def __init__(self, owner: Owner, running: Running, worker: Worker) -> None:
        self.running = running
        self._owner = owner
        self._worker = worker
        self._buffer = bytearray()
        self._ready: list[bytes] = []
        self._is_over = False
        # The worker has said that this is the end.
        self._is_whole = False
        # What the worker said about the result before its first bytes.
        self.head: dict[str, Any] = {}
        self.sent_bytes = 0
        self.elapsed_s = 0.0

    def send(self, request: dict[str, Any]) -> None:
        """Hand the request to the worker; nothing is read yet.

        :raises KuvendError: where the worker is gone.
        """
        try:
            self._worker.send(request)
        except OSError as error:
            raise self._fail() from error

    def fetch(self) -> None:
        """Wait for the first bytes or the end.

        :raises KuvendError: where the query fails before either.
        """
        self._fetch()

    def fileno(self) -> int:
        """The descriptor that becomes readable when the worker has answered."""
        return self._worker.sock.fileno()

    @property
    def is_complete(self) -> bool:
        """Whether the whole result is here already."""
        return self._is_over

    def __iter__(self) -> Iterator[bytes]:
        return self

    def __next__(self) -> bytes:
        if not self._ready and not self._is_over:
            self._fetch()
        if self._ready:
            return self._ready.pop(0)
        if not self._is_whole:
            # Closed on the way: what was read must not be taken for all there is.
            raise Unavailable("the result was closed before its end.")
        raise StopIteration

    def rest(self) -> bytes:
        """All bytes that have not been read, once they are there.

        :raises KuvendError: where the query fails on the way.
        """
        if self._is_whole and len(self._ready) == 1:
            return self._ready.pop()
        return b"".join(self)

    def close(self) -> None:
        """Stop a query that is still running."""
        if not self._is_over:
            self._end(reusable=False)

    def __del__(self) -> None:
        self.close()

    def look(self) -> bool:
        """Take what has come, without waiting; whether the first bytes or the end are there.

        :raises KuvendError: where the query fails before either.
        """
        return self._receive(socket.MSG_DONTWAIT)

    def _fetch(self) -> None:
        """Move at least one frame from the worker to ``_ready``, or end."""
        self._receive(0)

    def _receive(self, flags: int) -> bool:
        running = self.running
        if running.away_since is not None:
            running.away_s += time.monotonic() - running.away_since
            running.away_since = None
        size = _RECEIVE_BYTES if self.sent_bytes else _FIRST_BYTES
        while not self._ready and not self._is_over:
            try:
                part = self._worker.sock.recv(size, flags)
            except BlockingIOError:
                return False
            except OSError:
                part = b""
            if not part:
                raise self._fail()
            if not self._buffer and len(part) >= frames.HEADER.size:
                kind, length = frames.HEADER.unpack_from(part)
                if frames.HEADER.size + length == len(part):
                    self._take_frame(kind, part[frames.HEADER.size :])
                    continue
            self._buffer += part
            self._take_frames()
        running.away_since = time.monotonic()
        return True

    def _take_frames(self) -> None:
        while len(self._buffer) >= frames.HEADER.size and not self._is_over:
            kind, length = frames.HEADER.unpack_from(self._buffer)
            if length > frames.MAX_FRAME_BYTES:
                raise self._fail()
            end = frames.HEADER.size + length
            if len(self._buffer) < end:
                return
            payload = bytes(self._buffer[frames.HEADER.size : end])
            del self._buffer[:end]
            self._take_frame(kind, payload)

    def _take_frame(self, kind: bytes, payload: bytes) -> None:
        if kind in (frames.WHOLE, frames.DATA):
            self.sent_bytes += len(payload)
            if self.sent_bytes > self._owner.settings.max_result_bytes:
                self._end(reusable=False)
                raise failures.result_too_large(self._owner.settings)
            if payload:
                self._ready.append(payload)
            if kind == frames.WHOLE:
                self._is_whole = True
                self._end(reusable=True)
        elif kind == frames.HEAD:
            self.head = json.loads(payload)
        elif kind == frames.END:
            self._is_whole = True
            self._end(reusable=True)
        elif kind == frames.ERROR:
            raise self._reported(json.loads(payload))

    def _reported(self, error: dict[str, str]) -> KuvendError:
        if error["kind"] == "MemoryError":
            self._end(reusable=False)
            return failures.out_of_memory(self._owner.settings)
        self._end(reusable=True)
        if "suggestion" in error:
            advice = error["suggestion"] or None
            return KuvendError.told(error["kind"], error["message"], suggestion=advice)
        return explain_failure(
            error["kind"], error["message"], self.running.query, self._owner.prefixes
        )

    def _fail(self) -> KuvendError:
        """The worker is gone: why."""
        failure = self.running.failure
        if failure is None:
            failure = failures.crashed(self._worker.last_words(), self._owner.settings)
        self._end(reusable=False)
        return failure

    def _end(self, *, reusable: bool) -> None:
        if self._is_over:
            return
        self._is_over = True
        self.elapsed_s = self.running.elapsed_s
        self._owner.finish(self.running, reusable=reusable)


@dataclass(slots=True)
class QueryResult:
    """The answer of one query: its format and its bytes, which may still be coming.

    Reading ``body`` raises a ``KuvendError`` where the query fails after its first bytes; what
    was read until then is not the whole result.
    """

    format: Format
    outline: Outline
    body: Stream

    @property
    def content_type(self) -> str:
        """The Content-Type to send."""
        return self.format.content_type

    @property
    def is_complete(self) -> bool:
        """Whether the query has ended and the whole body is here."""
        return self.body.is_complete

    @property
    def elapsed_s(self) -> float:
        """How long the query has run."""
        return self.body.elapsed_s if self.body.is_complete else self.body.running.elapsed_s

    def read(self) -> bytes:
        """The whole body.

        :raises KuvendError: where the query fails on the way.
        """
        return self.body.rest()

    def close(self) -> None:
        """Stop a query that is still running; what has not been read is given up."""
        self.body.close()
