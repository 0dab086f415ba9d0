"""Answers kept for as long as their release is served."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from functools import lru_cache
from typing import TypeVar

T = TypeVar("T")
_LONGEST = 1000


def of_header(read: Callable[..., T]) -> Callable[..., T]:
    """``read``, whose first argument is a header, with its answers for short ones remembered.

    Clients send the same few again and again; one of half a megabyte is not worth keeping.
    """
    kept = lru_cache(maxsize=512)(read)

    def answer(header: str | None, *more: Hashable) -> T:
        return (kept if len(header or "") <= _LONGEST else read)(header, *more)

    return answer


class ResultCache:
    """Whole result bodies by key, the least lately used dropped first.

    >>> cache = ResultCache(max_bytes=10)
    >>> cache.put("a", b"12345678"); cache.put("b", b"1234")
    >>> cache.get("a"), cache.get("b")
    (None, b'1234')
    """

    def __init__(self, max_bytes: int) -> None:
        self._max_bytes = max_bytes
        self._held_bytes = 0
        self._bodies: OrderedDict[Hashable, bytes] = OrderedDict()
        self._lock = threading.Lock()
        self.hits = 0
        self.misses = 0

    def get(self, key: Hashable) -> bytes | None:
        """The body kept under ``key``."""
        with self._lock:
            body = self._bodies.get(key)
            if body is None:
                self.misses += 1
                return None
            self.hits += 1
            self._bodies.move_to_end(key)
            return body

    def put(self, key: Hashable, body: bytes) -> None:
        """Keep ``body``, unless it alone is larger than all the room."""
        if len(body) > self._max_bytes:
            return
        with self._lock:
            self._held_bytes += len(body) - len(self._bodies.pop(key, b""))
            self._bodies[key] = body
            while self._held_bytes > self._max_bytes:
                _, dropped = self._bodies.popitem(last=False)
                self._held_bytes -= len(dropped)

    def clear(self) -> None:
        """Forget everything: the release has changed."""
        with self._lock:
            self._bodies.clear()
            self._held_bytes = 0
