"""Queries on the event loop from their turn to the first bytes of their answer.

A query starts when the pool has a worker idle; until then it waits here, in the order of arrival,
and costs neither a thread nor a process.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass

from kuvend.errors import KuvendError, Unavailable
from kuvend.sparql import Client, NeedsThread, Prepared, QueryPool, QueryResult, WouldWait
from kuvend.web.answered import Answered

_LOOK_S = 0.05


@dataclass(eq=False, slots=True)
class Job:
    """A query on its way; ``done`` is told when it has answered or cannot start."""

    pool: QueryPool
    prepared: Prepared
    client: Client
    done: asyncio.Future[None]
    waits_until: float = 0.0
    result: QueryResult | None = None


class Lane:
    """Who is evaluated and who waits; used on the event loop it is made on."""

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._answered = Answered(self._loop)
        self._waiting: deque[Job] = deque()
        self._is_looking = False

    def close(self) -> None:
        """Wait for workers no more."""
        self._answered.close()

    async def run(self, pool: QueryPool, prepared: Prepared, client: Client) -> QueryResult | None:
        """The result with its first bytes; ``None`` where the pool takes no more queries.

        :raises KuvendError: where the query fails.
        :raises NeedsThread: where it cannot be begun here.
        """
        job = Job(pool, prepared, client, self._loop.create_future())
        if (self._waiting or not self._start(job)) and not self._wait_in_line(job):
            return None
        try:
            await job.done
        except BaseException:
            self._give_up(job)
            raise
        if job.result is not None:
            try:
                job.result.body.fetch()
            finally:
                self._pump()
        return job.result

    def _start(self, job: Job) -> bool:
        """Whether the query need not wait any more."""
        if job.done.done():
            return True
        if job.pool.would_wait():
            return False
        try:
            result = job.pool.begin(
                job.prepared.outline, may_wait=False, **job.prepared.options(job.client)
            )
        except WouldWait:
            if not job.pool.is_closed:
                return False
            job.done.set_result(None)
        except (KuvendError, NeedsThread) as error:
            job.done.set_exception(error)
        else:
            job.result = result
            self._answered.tell(result.body.fileno(), job.done)
        return True

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

    def _give_up(self, job: Job) -> None:
        if job.result is not None:
            self._answered.forget(job.result.body.fileno())
            job.result.close()

    def _free(self) -> None:
        """A worker has become idle; told from any thread."""
        if self._waiting and threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._pump)

    def _pump(self) -> None:
        """Start what waits, as far as there are workers."""
        while self._waiting and self._start(self._waiting[0]):
            self._waiting.popleft()

    def _look(self) -> None:
        """Give up on what waited too long."""
        self._pump()
        now = self._loop.time()
        while self._waiting and self._waiting[0].waits_until < now:
            job = self._waiting.popleft()
            if not job.done.done():
                job.done.set_exception(
                    Unavailable("the service is too busy; try again in a few seconds.")
                )
        self._is_looking = bool(self._waiting)
        if self._is_looking:
            self._loop.call_later(_LOOK_S, self._look)
