"""The thread that keeps one worker more than is at work, so that no query waits for a process."""

from __future__ import annotations

import logging
import threading
import weakref
from typing import TYPE_CHECKING

from kuvend.errors import KuvendError

if TYPE_CHECKING:
    from kuvend.sparql.pool import QueryPool

_PAUSE_S = 0.5
_log = logging.getLogger("kuvend.sparql")


class Keeper:
    """Makes workers for a pool while it lacks one."""

    def __init__(self, pool: QueryPool) -> None:
        self._pool = weakref.ref(pool)
        self._wanted = threading.Event()
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def wake(self) -> None:
        """Look whether a worker is lacking."""
        if self._thread is None:
            self._thread = threading.Thread(target=self._run, name="kuvend-keeper", daemon=True)
            self._thread.start()
        if not self._wanted.is_set():
            self._wanted.set()

    def close(self) -> None:
        """Make no more."""
        self._closed.set()
        self._wanted.set()

    def _run(self) -> None:
        while self._wanted.wait() and not self._closed.is_set():
            self._wanted.clear()
            pool = self._pool()
            if pool is None:
                return
            try:
                while pool.lacks_worker():
                    pool.stock_up()
            except (KuvendError, EOFError, OSError) as error:
                if not self._closed.is_set():
                    _log.warning("no spare worker could be made: %s", error)
                self._closed.wait(_PAUSE_S)
            del pool
