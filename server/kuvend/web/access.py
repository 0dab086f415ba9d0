"""The access log: one JSON line per request, and the numbers the metrics count."""

from __future__ import annotations

import itertools
import json
import re
import secrets
import threading
import time
from bisect import bisect_left
from collections import Counter
from typing import TextIO

_SAFE_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
# Unique across restarts by its beginning, within a run by its number.
_START = secrets.token_hex(4)
_numbers = itertools.count()
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_AREAS = frozenset(
    {"", "sparql", "update", "data", "id", "doc", "def", "concept", "shapes", "graph", "document",
     "explain", "validate", "queries", "search", "describe", "explore", "catalog", "static",
     "operator", "healthz", "readyz", "metrics"}
)  # fmt: skip
# Upper bounds of the latency histogram, in seconds.
BUCKETS_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)
_BOUNDS = (*BUCKETS_S, float("inf"))


def request_id(given: str | None) -> str:
    """The identifier a proxy gave the request where it is harmless, else a fresh one.

    >>> request_id("abc-1"), len(request_id("a b"))
    ('abc-1', 16)
    """
    if given and _SAFE_ID.fullmatch(given):
        return given
    return f"{_START}{next(_numbers):08x}"


class AccessLog:
    """Counts requests and, where wanted, writes a line about each."""

    def __init__(self, stream: TextIO | None = None) -> None:
        self._stream = stream
        self._lock = threading.Lock()
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.latency: Counter[float] = Counter()
        self.total_s = 0.0

    def add(
        self, method: str, path: str, client: str, status: int, elapsed_s: float, number: str
    ) -> None:
        """Note one answered request of ``client``, which is ``address:port``."""
        # Only what is bounded becomes a label: a visitor must not make the numbers grow.
        label = method if method in _METHODS else "other"
        first = path.split("/", 2)[1] if "/" in path else ""
        area = first if first in _AREAS else "other"
        bucket = _BOUNDS[bisect_left(BUCKETS_S, elapsed_s)]
        with self._lock:
            self.requests[label, area, status] += 1
            self.latency[bucket] += 1
            self.total_s += elapsed_s
        if self._stream is not None:
            self._write(
                {
                    "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
                    "id": number,
                    "client": client.rpartition(":")[0],
                    "method": method,
                    "path": path,
                    "status": status,
                    "ms": round(elapsed_s * 1000, 1),
                }
            )

    def snapshot(self) -> tuple[Counter[tuple[str, str, int]], Counter[float], float]:
        """Requests by method, area and status; by latency bucket; and all their seconds."""
        with self._lock:
            return self.requests.copy(), self.latency.copy(), self.total_s

    def _write(self, line: dict[str, object]) -> None:
        assert self._stream is not None
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
