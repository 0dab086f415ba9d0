"""A load driver: some connections in a process of their own, each asking one query after another.

Requests are written and answers read by hand over kept-alive sockets: a comfortable HTTP client
would take more time than a fast server needs to answer.
"""

from __future__ import annotations

import multiprocessing
import socket
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from urllib.parse import quote


@dataclass(frozen=True)
class Measured:
    """What a run showed: requests a second, latency percentiles in milliseconds, failures."""

    per_second: float
    p50_ms: float
    p99_ms: float
    failures: int


class Connection:
    """One kept-alive connection."""

    def __init__(self, port: int, path: str, accept: str) -> None:
        self._port, self._path, self._accept = port, path, accept
        self._socket = socket.create_connection(("127.0.0.1", port), timeout=20)
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._buffer = b""

    def ask(self, query: str) -> tuple[int, int]:
        """Status and body length of the answer to ``query``."""
        target = f"{self._path}?query={quote(query)}"
        head = f"GET {target} HTTP/1.1\r\nHost: localhost\r\nAccept: {self._accept}\r\n\r\n"
        self._socket.sendall(head.encode())
        headers, status = self._head()
        length = headers.get(b"content-length")
        if length is not None:
            return status, self._skip(int(length))
        return status, sum(self._chunks())

    def _head(self) -> tuple[dict[bytes, bytes], int]:
        while b"\r\n\r\n" not in self._buffer:
            self._receive()
        head, _, self._buffer = self._buffer.partition(b"\r\n\r\n")
        lines = head.split(b"\r\n")
        pairs = (line.partition(b":") for line in lines[1:])
        found = {name.strip().lower(): value.strip() for name, _, value in pairs}
        return found, int(lines[0].split()[1])

    def _chunks(self) -> Iterator[int]:
        while True:
            while b"\r\n" not in self._buffer:
                self._receive()
            line, _, self._buffer = self._buffer.partition(b"\r\n")
            size = int(line, 16)
            yield self._skip(size + 2) - 2
            if size == 0:
                return

    def _skip(self, count: int) -> int:
        left = count - len(self._buffer)
        if left <= 0:
            self._buffer = self._buffer[count:]
            return count
        self._buffer = b""
        while left > 0:
            part = self._socket.recv(min(left, 1 << 18))
            if not part:
                raise ConnectionError("the server closed the connection")
            left -= len(part)
        return count

    def _receive(self) -> None:
        part = self._socket.recv(1 << 16)
        if not part:
            raise ConnectionError("the server closed the connection")
        self._buffer += part


def measure(
    port: int,
    path: str,
    queries: list[str],
    *,
    connections: int,
    seconds: float,
    accept: str = "application/sparql-results+json",
) -> Measured:
    """What ``connections`` clients see that take turns with ``queries`` for ``seconds``."""
    receiver, sender = multiprocessing.Pipe(duplex=False)
    arguments = (sender, port, path, queries, connections, seconds, accept)
    process = multiprocessing.get_context("fork").Process(target=_drive, args=arguments)
    process.start()
    times, failures, elapsed = receiver.recv()
    process.join()
    times.sort()
    if not times:
        return Measured(0.0, 0.0, 0.0, failures)
    p50, p99 = (times[min(len(times) - 1, int(len(times) * share))] * 1000 for share in (0.5, 0.99))
    return Measured(len(times) / elapsed, p50, p99, failures)


def _drive(
    sender: object, port: int, path: str, queries: list[str], connections: int, seconds: float,
    accept: str,
) -> None:  # fmt: skip
    times: list[float] = []
    failures = [0]
    end = time.perf_counter() + seconds
    started = time.perf_counter()
    threads = [
        threading.Thread(target=_one, args=(port, path, queries[i::connections] or queries, end,
                                            accept, times, failures))
        for i in range(connections)
    ]  # fmt: skip
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    sender.send((times, failures[0], time.perf_counter() - started))  # type: ignore[attr-defined]


def _one(
    port: int, path: str, queries: list[str], end: float, accept: str, times: list[float],
    failures: list[int],
) -> None:  # fmt: skip
    connection = Connection(port, path, accept)
    number = 0
    while (begun := time.perf_counter()) < end:
        try:
            status, _ = connection.ask(queries[number % len(queries)])
            if status == 200:
                times.append(time.perf_counter() - begun)
            else:
                failures[0] += 1
        except OSError:
            failures[0] += 1
            connection = Connection(port, path, accept)
        number += 1


def median_ms(action: Callable[[], object], *, seconds: float = 1.0) -> float:
    """The median time of ``action``, repeated for ``seconds`` or three times."""
    times: list[float] = []
    end = time.perf_counter() + seconds
    while len(times) < 3 or time.perf_counter() < end:
        begun = time.perf_counter()
        action()
        times.append(time.perf_counter() - begun)
    return sorted(times)[len(times) // 2] * 1000
