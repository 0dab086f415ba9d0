"""Queries on the event loop from their turn to the first bytes of their answer.

A query starts when the pool has a worker idle; until then it waits here, in the order of arrival,
and costs neither a thread nor a process.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

from kuvend.errors import KuvendError, Unavailable
from kuvend.sparql import Client, NeedsThread, Prepared, QueryPool, QueryResult, WouldWait
from kuvend.web.answered import Answered

_LOOK_S = 0.05
_log = logging.getLogger("kuvend.sparql")


@dataclass(eq=False, slots=True)
class Job:
    """A query on its way; ``done`` is called once, when it has answered or cannot start.

    Then there is a ``result`` with its first bytes, or an ``error``, or neither where the pool
    takes no more queries.
    """

    pool: QueryPool
    prepared: Prepared
    client: Client
    done: Callable[[Job], None]
    waits_until: float = 0.0
    result: QueryResult | None = None
    error: KuvendError | NeedsThread | None = None


class Lane:
    """Who is evaluated and who waits; used on the event loop it is made on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._answered: Answered[Job] = Answered(self._loop, self._take)
        self._waiting: deque[Job] = deque()
        self._is_looking = False

    def close(self) -> None:
        """Wait for workers no more."""
        self._answered.close()

    def begin(self, job: Job) -> bool:
        """Whether ``job`` will be done: it has started, or waits; else there is no room for it.

        :raises KuvendError: where the query cannot start.
        :raises NeedsThread: where it cannot be begun here.
        """
        if not self._waiting and not job.pool.is_closed and self._start(job):
            return True
        return not job.pool.is_closed and self._wait_in_line(job)

    def _start(self, job: Job) -> bool:
        """Whether a worker has the query now.

        :raises KuvendError: where it cannot start.
        :raises NeedsThread: where it cannot be begun here.
        """
        if job.pool.would_wait():
            return False
        try:
            job.result = job.pool.begin(
                job.prepared.outline, may_wait=False, **job.prepared.options(job.client)
            )
        except WouldWait:
            return False
        self._answered.tell(job.result.body.fileno(), job)
        return True

    def _take(self, job: Job) -> None:
        """The worker of ``job`` has something to say."""
        result, job.result = job.result, None
        assert result is not None
        try:
            if not result.body.look():
                job.result = result
                self._answered.tell(result.body.fileno(), job)
                return
            job.result = result
        except KuvendError as error:
            job.error = error
        except Exception:  # noqa: BLE001 - logged
            # Left to the application; the client must not wait for ever.
            _log.exception("an answer could not be read")
        if self._waiting:
            # In a turn of its own: whatever becomes of the others, this one is done.
            self._loop.call_soon(self._pump)
        job.done(job)

    def _wait_in_line(self, job: Job) -> bool:
        """Whether there was room to wait."""
        settings = job.pool.settings
        if len(self._waiting) >= settings.query_queue:
            return False
        job.waits_until = self._loop.time() + settings.query_wait_s
        job.pool.when_free = self._free
        self._waiting.append(job)
        if not self._is_looking:
            self._is_looking = True
            self._loop.call_later(_LOOK_S, self._look)
        return True

    def _free(self) -> None:
        """A worker has become idle; told from any thread."""
        if self._waiting and threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._pump)

    def _pump(self) -> None:
        """Start what waits, as far as there are workers."""
        while self._waiting and self._leaves(self._waiting[0]):
            self._waiting.popleft()

    def _leaves(self, job: Job) -> bool:
        """Whether ``job`` need not wait any more."""
        try:
            if not job.pool.is_closed:
                return self._start(job)
        except (KuvendError, NeedsThread) as error:
            job.error = error
        except Exception:  # noqa: BLE001 - logged
            # Left to the application; those behind it must not wait for it.
            _log.exception("a query could not be started")
        self._loop.call_soon(job.done, job)
        return True

    def _look(self) -> None:
        """Give up on what waited too long."""
        self._pump()
        now = self._loop.time()
        while self._waiting and self._waiting[0].waits_until < now:
            job = self._waiting.popleft()
            job.error = Unavailable("the service is too busy; try again in a few seconds.")
            self._loop.call_soon(job.done, job)
        self._is_looking = bool(self._waiting)
        if self._is_looking:
            self._loop.call_later(_LOOK_S, self._look)
