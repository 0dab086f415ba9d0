"""Answers that were made once for a release, kept while there is room."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Made:
    """A body and the members of its Link header."""

    body: bytes
    links: tuple[str, ...] = ()

    @property
    def size(self) -> int:
        """About how many bytes it takes to keep it."""
        return len(self.body) + sum(len(link) + 64 for link in self.links) + 1024


class PageCache:
    """The most recently used answers by entity tag, up to ``max_bytes`` together.

    >>> cache = PageCache(10_000)
    >>> cache.get("a", lambda: Made(b"12345")) is cache.get("a", lambda: Made(b"never made"))
    True
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._made: OrderedDict[str, Made] = OrderedDict()
        self._bytes = 0
        self._lock = threading.Lock()

    def get(self, tag: str, make: Callable[[], Made]) -> Made:
        """The answer under ``tag``, made where it is not kept."""
        with self._lock:
            if tag in self._made:
                self._made.move_to_end(tag)
                return self._made[tag]
        made = make()
        # One large body must not push out many small ones.
        if made.size <= self._max_bytes // 8:
            self._keep(tag, made)
        return made

    def _keep(self, tag: str, made: Made) -> None:
        with self._lock:
            if tag not in self._made:
                self._bytes += made.size
            self._made[tag] = made
            while self._bytes > self._max_bytes and self._made:
                _, dropped = self._made.popitem(last=False)
                self._bytes -= dropped.size
