"""The access log: one JSON line per request, and the numbers the metrics count."""

from __future__ import annotations

import itertools
import json
import math
import re
import secrets
import threading
import time
from bisect import bisect_left
from collections import Counter
from typing import NamedTuple, Protocol

from kuvend.web.lines import Lines

_SAFE_ID = re.compile(r"[\w.:-]{1,64}", re.ASCII)
# Unique across restarts by its beginning, within a run by its number.
_START = secrets.token_hex(4)
_numbers = itertools.count()
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "DELETE", "OPTIONS", "PATCH"})
_AREAS = frozenset(
    {"", "sparql", "update", "data", "id", "doc", "def", "concept", "shapes", "graph", "document",
     "explain", "validate", "queries", "search", "describe", "explore", "catalog", "static",
     "operator", "healthz", "readyz", "metrics", "rules", "sentences", "documents", "dataset",
     "dataset.nq", "queries.ttl", "llms.txt", "openapi.json", ".well-known"}
)  # fmt: skip
# Upper bounds of the latency histogram, in seconds.
BUCKETS_S = (0.001, 0.003, 0.01, 0.03, 0.1, 0.3, 1.0, 3.0, 10.0, 30.0)


class Asked(Protocol):
    """What is noted of a request."""

    @property
    def method(self) -> str:
        """Its method, as it came."""

    @property
    def path(self) -> str:
        """Its path, decoded."""

    @property
    def client(self) -> str:
        """Address and port of who sent it."""


class NoRequest(NamedTuple):
    """What came where no request did."""

    client: str
    method: str = "other"
    path: str = ""


def request_id(given: str | None) -> str:
    """The identifier a proxy gave the request where it is harmless, else a fresh one.

    >>> request_id("abc-1"), len(request_id("a b"))
    ('abc-1', 16)
    """
    if given and _SAFE_ID.fullmatch(given):
        return given
    return f"{_START}{next(_numbers):08x}"


class AccessLog:
    """Counts requests and, where wanted, writes a line about each to a descriptor."""

    def __init__(self, fd: int | None = None) -> None:
        self._lines = None if fd is None else Lines(fd)
        self._lock = threading.Lock()
        self.requests: Counter[tuple[str, str, int]] = Counter()
        self.latency: Counter[float] = Counter()
        self.total_s = 0.0

    def add(self, request: Asked, status: int, elapsed_s: float, number: str) -> None:
        """Note one answered request."""
        # Only what is bounded becomes a label: a visitor must not make the numbers grow.
        method = request.method if request.method in _METHODS else "other"
        first = request.path.partition("/")[2].partition("/")[0]
        area = first if first in _AREAS else "other"
        rank = bisect_left(BUCKETS_S, elapsed_s)
        bucket = BUCKETS_S[rank] if rank < len(BUCKETS_S) else math.inf
        with self._lock:
            self.requests[method, area, status] += 1
            self.latency[bucket] += 1
            self.total_s += elapsed_s
        if self._lines is not None:
            line = _line(request, status, elapsed_s, number)
            self._lines.write(json.dumps(line, ensure_ascii=False))

    def close(self) -> None:
        """Write the lines that wait."""
        if self._lines is not None:
            self._lines.close()

    def snapshot(self) -> tuple[Counter[tuple[str, str, int]], Counter[float], float]:
        """Requests by method, area and status; by latency bucket; and all their seconds."""
        with self._lock:
            return self.requests.copy(), self.latency.copy(), self.total_s


def _line(request: Asked, status: int, elapsed_s: float, number: str) -> dict[str, str | float]:
    return {
        "time": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime()),
        "id": number,
        "client": request.client.rpartition(":")[0],
        "method": request.method,
        "path": request.path,
        "status": status,
        "ms": round(elapsed_s * 1000, 1),
    }
