"""A request as it comes: its head as plain values, its body in parts."""

from __future__ import annotations

import asyncio
import re
import time
from typing import TYPE_CHECKING
from urllib.parse import unquote

from kuvend.web.wire import Headers

if TYPE_CHECKING:
    import httptools

    from kuvend.web.http1 import HttpConnection

Pairs = list[tuple[bytes, bytes]]
_ABSOLUTE = re.compile(r"[a-z][a-z0-9+.-]*://([^/?]*)", re.IGNORECASE)
_MAX_BUFFERED_BYTES = 256 * 1024
# Names of headers as text; what visitors make up is not kept.
_NAMES: dict[bytes, str] = {}
_MAX_NAMES, _LONGEST_NAME = 256, 64


class Body:
    """The body of a request, iterated once.

    Iterating raises ``ConnectionError`` where the connection ends before the body does, and
    ``BadRequest`` where what comes is no body.
    """

    __slots__ = ("_buffer", "_connection", "_error", "_waiting", "is_whole")

    def __init__(self, connection: HttpConnection) -> None:
        self._connection = connection
        # One buffer: the smallest chunk has one byte, and an object for each would be fifty.
        self._buffer = bytearray()
        self._waiting: asyncio.Future[None] | None = None
        self._error: Exception | None = None
        self.is_whole = False

    def add(self, part: bytes) -> bool:
        """Take ``part``; whether there is room for more."""
        self._buffer += part
        self._wake()
        return len(self._buffer) < _MAX_BUFFERED_BYTES

    def finish(self) -> None:
        """Nothing follows."""
        self.is_whole = True
        self._wake()

    def fail(self, error: Exception) -> None:
        """Nothing follows, though it is not whole."""
        if not self.is_whole and self._error is None:
            self._error = error
            self._wake()

    def __aiter__(self) -> Body:
        return self

    async def __anext__(self) -> bytes:
        while not self._buffer:
            if self.is_whole:
                raise StopAsyncIteration
            if self._error is not None:
                raise self._error
            self._connection.want_body()
            self._waiting = asyncio.get_running_loop().create_future()
            await self._waiting
        part, self._buffer = bytes(self._buffer), bytearray()
        return part

    def _wake(self) -> None:
        if self._waiting is not None and not self._waiting.done():
            self._waiting.set_result(None)


class Request:
    """One request of a connection, which also takes the answer.

    ``headers`` has each name in lower case once; values of one name are joined by commas.
    ``path`` is decoded, ``raw_path`` and ``query_string`` are as they came, in ASCII.
    """

    __slots__ = (
        "_pairs",
        "body",
        "client",
        "connection",
        "headers",
        "http_version",
        "keeps_alive",
        "method",
        "path",
        "query_string",
        "raw_path",
        "scheme",
        "started",
    )

    def __init__(
        self,
        connection: HttpConnection,
        parser: httptools.HttpRequestParser,
        target: bytes,
        pairs: Pairs,
    ) -> None:
        self.connection = connection
        # Address and port.
        self.client = connection.client
        self.scheme = "http"
        self.method: str = parser.get_method().decode("ascii")
        self.http_version: str = parser.get_http_version()
        self.keeps_alive: bool = parser.should_keep_alive()
        self.headers = _named(pairs)
        self.body: Body | None = None
        self.started = time.perf_counter()
        self._pairs = pairs
        self.raw_path, self.query_string, authority = _split(target)
        if authority and ("host" in self.headers or self.http_version == "1.0"):
            # RFC 9112 §3.2.2: what the address says counts.
            self.headers["host"] = authority
        if self.http_version == "1.0" and "transfer-encoding" in self.headers:
            self.keeps_alive = False
        self.path = unquote(self.raw_path) if "%" in self.raw_path else self.raw_path

    def respond(self, status: int, headers: Headers, body: bytes) -> None:
        """Send a whole answer."""
        self.connection.respond(self, status, headers, body)

    def values(self, name: str) -> list[str]:
        """The values of all headers with this name.

        >>> from types import SimpleNamespace as Some
        >>> parser = Some(get_method=lambda: b"GET", get_http_version=str, should_keep_alive=bool)
        >>> pairs = [(b"Host", b"a"), (b"host", b"b")]
        >>> Request(Some(client=""), parser, b"/", pairs).values("host")
        ['a', 'b']
        """
        return [v.decode("latin-1") for k, v in self._pairs if k.decode("latin-1").lower() == name]


def _split(target: bytes) -> tuple[str, str, str]:
    """Path, query string and authority of a request target.

    >>> _split(b"/a?q=1#part"), _split(b"http://h:1/%C3%AB")
    (('/a', 'q=1', ''), ('/%C3%AB', '', 'h:1'))
    """
    path, _, query_string = target.decode("ascii").partition("#")[0].partition("?")
    authority = ""
    if not path.startswith("/"):
        match = _ABSOLUTE.match(path)
        if match is not None:
            authority, path = match[1], path[match.end() :]
        path = "/" + path.removeprefix("/")
    return path, query_string, authority


def _named(pairs: Pairs) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, value in pairs:
        name = _NAMES.get(key)
        if name is None:
            name = key.decode("latin-1").lower()
            if len(_NAMES) < _MAX_NAMES and len(key) <= _LONGEST_NAME:
                _NAMES[key] = name
        text = value.decode("latin-1")
        found[name] = f"{found[name]}, {text}" if name in found else text
    return found
