"""The thread that keeps time: it stops queries at their deadline and when their reader left."""

from __future__ import annotations

import threading
import time
import weakref
from typing import TYPE_CHECKING

from kuvend.errors import Unavailable
from kuvend.sparql import failures
from kuvend.sparql.cores import Cores

if TYPE_CHECKING:
    from kuvend.sparql.pool import QueryPool
    from kuvend.sparql.stream import Running

_TICK_S = 0.01
# Most queries are over before this, and need no look at what they used.
_SMALL_S = 0.002
# A query younger than this is not asked whether its client still waits.
_PATIENCE_S = 0.05


class Watch:
    """Looks at the running queries of a pool a hundred times a second, while there are any."""

    def __init__(self, pool: QueryPool) -> None:
        self._pool = weakref.ref(pool)
        self._cores = Cores()
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
        while self._wanted.wait() and not self._closed:
            time.sleep(_TICK_S)
            pool = self._pool()
            if pool is None:
                return
            self._wanted.clear()
            running = pool.under_way()
            if running:
                self._wanted.set()
            cores = self._cores.for_slow(pool.begun, time.monotonic())
            for query in running:
                _look(pool, query, is_alone=len(running) == 1)
                query.keep_to(cores)
            del pool


def _look(pool: QueryPool, query: Running, *, is_alone: bool) -> None:
    settings, elapsed_s = pool.settings, query.elapsed_s
    if not is_alone and elapsed_s > _SMALL_S:
        query.give_way()
    if query.working_s > query.timeout_s:
        query.stop(failures.deadline_passed(query.timeout_s))
    elif elapsed_s > query.timeout_s + settings.stream_timeout_s:
        query.stop(failures.reader_too_slow(settings.stream_timeout_s))
    elif elapsed_s > _PATIENCE_S and query.client.is_gone():
        query.stop(Unavailable("the client has gone away."))
    elif elapsed_s > settings.long_query_s:
        pool.promote(query)
