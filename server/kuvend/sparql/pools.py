"""The pool of the release that is served now."""

from __future__ import annotations

import threading
from collections.abc import Mapping
from pathlib import Path

from kuvend.config import Settings
from kuvend.sparql.pool import QueryPool


class Pools:
    """One pool per release: a new one when the release changes, the old one drained."""

    def __init__(self, settings: Settings, prefixes: Mapping[str, str]) -> None:
        self._settings = settings
        self._prefixes = prefixes
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._pool: QueryPool | None = None

    def at(self, store_path: Path) -> QueryPool:
        """The pool over the store at ``store_path``; that of an earlier path ends its queries
        and closes."""
        with self._lock:
            if self._pool is not None and self._path == store_path:
                return self._pool
            old, self._pool = (
                self._pool,
                QueryPool(store_path, self._settings, prefixes=self._prefixes),
            )
            self._path = store_path
        if old is not None:
            old.retire()
        return self._pool

    def serves(self, store_path: Path) -> bool:
        """Whether the pool over this store is there already."""
        return self._pool is not None and self._path == store_path

    @property
    def current(self) -> QueryPool | None:
        """The pool in use, if any query came yet."""
        return self._pool

    def close(self) -> None:
        """Stop every query."""
        with self._lock:
            if self._pool is not None:
                self._pool.close()
            self._pool = self._path = None
