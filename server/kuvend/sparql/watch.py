"""The thread that keeps time: it stops queries at their deadline and when their reader left."""

from __future__ import annotations

import threading
import weakref
from typing import TYPE_CHECKING

from kuvend.errors import Unavailable
from kuvend.sparql import failures

if TYPE_CHECKING:
    from kuvend.sparql.pool import QueryPool
    from kuvend.sparql.stream import Running

_TICK_S = 0.05
# Beside others, what takes longer gives way to what may be quicker; the worker is replaced.
_QUICK_S = 0.1


class Watch:
    """Looks at the running queries of a pool twenty times a second, while there are any."""

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
        while self._wanted.wait() and not self._closed:
            pause.wait(_TICK_S)
            pool = self._pool()
            if pool is None:
                return
            self._wanted.clear()
            running = pool.running()
            if running:
                self._wanted.set()
            for query in running:
                _look(pool, query)
                if len(running) > 1 and query.elapsed_s > _QUICK_S:
                    query.lower_priority()
            del pool


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
