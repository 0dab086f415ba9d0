"""The pool of the release that is served now, and the switch to the next one."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from kuvend.config import Settings
from kuvend.sparql.pool import QueryPool

# A request may have taken the old pool a moment before the switch and begin its query after it.
_OVERLAP_S = 5.0


class Pools:
    """One pool at a time; the one before finishes its queries and closes."""

    def __init__(self, settings: Settings, prefixes: Mapping[str, str]) -> None:
        self._settings = settings
        self._prefixes = prefixes
        self._lock = threading.Lock()
        self._pool: QueryPool | None = None
        self._retiring: dict[QueryPool, threading.Timer] = {}

    @property
    def current(self) -> QueryPool | None:
        """The pool in use, if any query came yet."""
        return self._pool

    def open(self, store_path: Path) -> QueryPool:
        """The first pool, over the store at ``store_path``; queries wait until it is loaded."""
        with self._lock:
            if self._pool is None:
                self._pool = QueryPool(store_path, self._settings, prefixes=self._prefixes)
            return self._pool

    def prepare(self, store_path: Path) -> QueryPool:
        """A pool over the store at ``store_path`` that can answer, for :meth:`adopt` or to close.

        :raises KuvendError: where the store cannot be opened.
        """
        pool = QueryPool(store_path, self._settings, prefixes=self._prefixes)
        try:
            pool.run("ASK {}").read()
        except BaseException:
            pool.close()
            raise
        return pool

    def adopt(self, pool: QueryPool) -> None:
        """Answer from ``pool`` from now on; queries under way end on the earlier one."""
        with self._lock:
            old, self._pool = self._pool, pool
            if old is not None:
                timer = threading.Timer(_OVERLAP_S, self._retire, (old,))
                timer.daemon = True
                self._retiring[old] = timer
                timer.start()

    def close(self) -> None:
        """Stop every query."""
        with self._lock:
            pools = [*self._retiring, *([self._pool] if self._pool else [])]
            for timer in self._retiring.values():
                timer.cancel()
            self._retiring.clear()
            self._pool = None
        for pool in pools:
            pool.close()

    def _retire(self, pool: QueryPool) -> None:
        with self._lock:
            self._retiring.pop(pool, None)
        pool.retire()
