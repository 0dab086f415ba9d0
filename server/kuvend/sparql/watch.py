"""The thread that keeps time: it stops queries at their deadline and when their reader left."""

from __future__ import annotations

import threading
import time
import weakref
from typing import TYPE_CHECKING

from kuvend.errors import Unavailable
from kuvend.sparql import failures

if TYPE_CHECKING:
    from kuvend.sparql.pool import QueryPool
    from kuvend.sparql.stream import Running

_TICK_S = 0.01
_TICKS_A_LOOK = 5
# Beside others, what takes longer gives way to what may be quicker.
_QUICK_S = 0.01


class Watch:
    """Looks at the running queries of a pool while there are any.

    A hundred times a second at how long each runs, twenty times at the rest.
    """

    def __init__(self, pool: QueryPool) -> None:
        self._pool = weakref.ref(pool)
        self._wanted = threading.Event()
        self._closed = False
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Start looking: a query has begun."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="kuvend-watch", daemon=True)
            self._thread.start()
        if not self._wanted.is_set():
            self._wanted.set()

    def close(self) -> None:
        """Stop looking."""
        self._closed = True
        self._wanted.set()

    def _run(self) -> None:
        pause = threading.Event()
        ticks = 0
        while self._wanted.wait() and not self._closed:
            pause.wait(_TICK_S)
            pool = self._pool()
            if pool is None:
                return
            self._wanted.clear()
            running = pool.under_way()
            if running:
                self._wanted.set()
            if len(running) > 1:
                _give_way(running)
            ticks += 1
            if ticks % _TICKS_A_LOOK == 0:
                for query in running:
                    _look(pool, query)
            del pool


def _give_way(running: list[Running]) -> None:
    """Lower the priority of those that take long."""
    latest = time.monotonic() - _QUICK_S
    for query in running:
        # They stand in the order they began.
        if query.started > latest:
            return
        query.lower_priority()


def _look(pool: QueryPool, query: Running) -> None:
    settings = pool.settings
    if query.working_s > query.timeout_s:
        query.stop(failures.deadline_passed(query.timeout_s))
    elif query.elapsed_s > query.timeout_s + settings.stream_timeout_s:
        query.stop(failures.reader_too_slow(settings.stream_timeout_s))
    elif query.client.is_gone():
        query.stop(Unavailable("the client has gone away."))
    elif query.elapsed_s > settings.long_query_s:
        pool.promote(query)
