"""One HTTP/1.1 connection on the event loop: heads parsed, bodies bounded, answers written.

The parser is llhttp. Nothing here waits: requests that are whole go to the gateway one at a time,
and what a client sends meanwhile stays in a small buffer. A slow or silent client costs a
connection until its deadline passes (``Connections`` looks once a second), never a thread.
"""

from __future__ import annotations

import asyncio
import math
from typing import TYPE_CHECKING, cast

import httptools

from kuvend.web.bodies import Bodies, Body
from kuvend.web.wire import Headers, Request, encode_head

if TYPE_CHECKING:
    from kuvend.web.gateway import Gateway

_HEAD_S = 10.0
_IDLE_S = 75.0
_BODY_S = 60.0
_LINGER_S = 5.0
# Longer heads only come from queries in the address; percent-encoded they take three times as much.
_MAX_HEAD_BYTES = 256 * 1024
_MAX_HEADERS = 100
_MAX_PENDING_BYTES = 256 * 1024
_MAX_CONNECTIONS = 4096
_MAX_REPEATED_BYTES = 4096
_HIGH_WATER_BYTES = 256 * 1024
_CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"


class Connections:
    """All connections of a server, and the deadlines they have to keep."""

    def __init__(self, gateway: Gateway, bodies: Bodies, *, stall_s: float) -> None:
        self.gateway = gateway
        self.bodies = bodies
        self.stall_s = stall_s
        self.loop = asyncio.get_running_loop()
        self.is_closing = False
        self._open: set[HttpConnection] = set()
        self._timer = self.loop.call_later(1.0, self._sweep)

    def connect(self) -> HttpConnection:
        """The protocol of one more connection."""
        return HttpConnection(self)

    def add(self, connection: HttpConnection) -> bool:
        """Whether there is room for it."""
        if len(self._open) >= _MAX_CONNECTIONS:
            return False
        self._open.add(connection)
        return True

    def remove(self, connection: HttpConnection) -> None:
        """It is closed."""
        self._open.discard(connection)

    def close(self) -> None:
        """Close every connection as soon as nothing is under way on it."""
        self.is_closing = True
        for connection in list(self._open):
            connection.close_when_idle()

    def abort(self) -> None:
        """Close every connection now."""
        self._timer.cancel()
        for connection in list(self._open):
            connection.break_off()

    def _sweep(self) -> None:
        now = self.loop.time()
        for connection in list(self._open):
            if connection.deadline < now:
                connection.break_off()
        self._timer = self.loop.call_later(1.0, self._sweep)


class HttpConnection(asyncio.Protocol):
    """One client; the gateway answers its requests in order."""

    def __init__(self, connections: Connections) -> None:
        self._all = connections
        self._gateway = connections.gateway
        self._loop = connections.loop
        self._parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport | None = None
        self.client = self.server = ""
        self.is_gone = False
        self.deadline = math.inf
        self._current: Request | None = None
        self._queue: list[Request] = []
        self._pending = bytearray()
        self._is_between = True
        self._ignores_input = False
        self._is_chunked = False
        self._writable: asyncio.Future[None] | None = None
        self._start_message()

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock, where there is room for one more."""
        self._transport = cast(asyncio.Transport, transport)
        self.client = _as_text(transport.get_extra_info("peername"))
        self.server = _as_text(transport.get_extra_info("sockname"))
        if not self._all.add(self):
            self._transport.abort()
            return
        self._transport.set_write_buffer_limits(high=_HIGH_WATER_BYTES)
        self.deadline = self._loop.time() + _HEAD_S

    def data_received(self, data: bytes) -> None:
        """Answer at once what was answered before, else parse."""
        if self._ignores_input:
            return
        if self._current is not None:
            self._pending += data
            if len(self._pending) > _MAX_PENDING_BYTES and self._transport is not None:
                self._transport.pause_reading()
            return
        if self._is_between and self._transport is not None:
            again = self._gateway.again(data, self.client)
            if again is not None:
                self._transport.write(again)
                self.deadline = self._loop.time() + _IDLE_S
                return
        self._feed(data)

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody waits any more: stop what was under way."""
        self.is_gone = True
        self._all.remove(self)
        self._body.close()
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        if self._current is not None:
            self._gateway.left(self._current)

    def pause_writing(self) -> None:
        """The client reads more slowly than it is sent to."""
        self._writable = self._loop.create_future()
        self.deadline = self._loop.time() + self._all.stall_s

    def resume_writing(self) -> None:
        """There is room again."""
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None
        self.deadline = math.inf if self._current is not None else self._loop.time() + _IDLE_S

    # What the parser tells.

    def on_url(self, part: bytes) -> None:
        """Some of the request target."""
        self._target += part
        self._count_head(len(part))

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header."""
        self._headers.append((name, value))
        self._count_head(len(name) + len(value) + 4)

    def on_headers_complete(self) -> None:
        """The head is whole: a body may follow."""
        self.deadline = self._loop.time() + _BODY_S
        self._named = _named(self._headers)
        length = self._named.get("content-length", "0")
        if length.isdigit() and int(length[:18]) > self._all.bodies.max_body_bytes:
            self._body.refuse()
        elif self._named.get("expect", "").lower() == "100-continue" and self._transport:
            self._transport.write(_CONTINUE)

    def on_body(self, part: bytes) -> None:
        """Some of the body."""
        self._body.add(part)

    def on_message_complete(self) -> None:
        """The request is whole."""
        self._complete()

    # Parsing.

    def _start_message(self) -> None:
        self._target = b""
        self._headers: list[tuple[bytes, bytes]] = []
        self._named: Headers = {}
        self._head_bytes = 0
        self._body = Body(self._all.bodies)

    def _count_head(self, count: int) -> None:
        self._head_bytes += count
        if self._head_bytes > _MAX_HEAD_BYTES or len(self._headers) > _MAX_HEADERS:
            raise _HeadTooLarge

    def _feed(self, data: bytes) -> None:
        was_between = self._is_between
        if was_between:
            self.deadline = self._loop.time() + _HEAD_S
        self._is_between = False
        try:
            self._parser.feed_data(data)
        except httptools.HttpParserUpgrade:
            # The request is answered as it stands; no other protocol is spoken.
            self._ignores_input = True
        except httptools.HttpParserCallbackError as error:
            self._refuse(431 if isinstance(error.__context__, _HeadTooLarge) else 400)
        except httptools.HttpParserError:
            self._refuse(400)
        if self._body.is_refused and self._named and not self._ignores_input:
            self._ignores_input = True
            self._complete()
        if was_between and self._is_between and len(self._queue) == 1:
            self._queue[0].raw = data if len(data) <= _MAX_REPEATED_BYTES else b""
        self._begin_next()

    def _complete(self) -> None:
        target = self._target.partition(b"#")[0]
        is_odd = not target.isascii() or any(byte <= 0x20 or byte == 0x7F for byte in target)
        method = self._parser.get_method().decode("ascii")
        if is_odd or method == "CONNECT" or "," in self._named.get("host", ""):
            self._refuse(400)
            return
        path, _, query_string = target.decode("ascii").partition("?")
        if not path.startswith("/"):
            path = "/" + path.partition("://")[2].partition("/")[2]
        self._queue.append(
            Request(
                connection=self,
                method=method,
                path=path,
                query_string=query_string,
                headers=self._named,
                http_version=self._parser.get_http_version(),
                body=None if self._body.is_refused else self._body,
                is_turned_away=self._body.is_turned_away,
                keeps_alive=self._parser.should_keep_alive() and not self._ignores_input,
            )
        )
        self._is_between = True
        self._start_message()

    def _refuse(self, status: int) -> None:
        """Answer what is no request, after those before it, and close."""
        self._ignores_input = True
        if self._current is None and not self._queue and self._transport is not None:
            self._transport.write(encode_head(status, [("Connection", "close")], length=0))
            self._close_gently()

    def _begin_next(self) -> None:
        if self._current is None and self._queue:
            self._current = self._queue.pop(0)
            self.deadline = math.inf
            self._gateway.start(self._current)

    # What the gateway does.

    def respond(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
        """Send a whole answer to the request under way."""
        request = self._current
        if self.is_gone or request is None or self._transport is None:
            return
        has_body = status >= 200 and status not in {204, 304}
        if not request.keeps_alive:
            headers = [*headers, ("Connection", "close")]
        head = encode_head(status, headers, length=len(body) if has_body else None)
        is_sent = has_body and request.method != "HEAD"
        self._transport.write(head + body if is_sent else head)
        self._finish()

    def begin_stream(self, status: int, headers: list[tuple[str, str]]) -> None:
        """Send the head of an answer whose length nobody knows."""
        request = self._current
        if self.is_gone or request is None or self._transport is None:
            return
        self._is_chunked = request.http_version == "1.1"
        if not self._is_chunked:
            request.keeps_alive = False
        more = [("Transfer-Encoding", "chunked")] if self._is_chunked else []
        more += [] if request.keeps_alive else [("Connection", "close")]
        self._transport.write(encode_head(status, [*headers, *more]))

    async def send(self, part: bytes) -> None:
        """Send some of the body; returns when there is room for more.

        :raises ConnectionError: where the client has gone.
        """
        if self._transport is not None and not self.is_gone and part:
            is_chunked = self._is_chunked
            self._transport.write(b"%x\r\n%b\r\n" % (len(part), part) if is_chunked else part)
        if self._writable is not None:
            await self._writable
        if self.is_gone:
            raise ConnectionError("the client has gone")

    def end_stream(self) -> None:
        """The body is whole."""
        if self._transport is not None and not self.is_gone:
            if self._is_chunked:
                self._transport.write(b"0\r\n\r\n")
            self._finish()

    def break_off(self) -> None:
        """Shut the connection down at once, so that no client takes what it has for whole."""
        self.is_gone = True
        if self._transport is not None:
            self._transport.abort()

    def break_off_soon(self) -> None:
        """The same from any thread."""
        self._loop.call_soon_threadsafe(self.break_off)

    def close_when_idle(self) -> None:
        """Close, now or after the answer under way."""
        if self._current is None and self._transport is not None:
            self._transport.close()

    def _finish(self) -> None:
        """The answer is sent: go on with what the client sent meanwhile, or close."""
        request, self._current = self._current, None
        is_last = self._ignores_input and not self._queue
        if request is None or not request.keeps_alive or is_last or self._all.is_closing:
            self._close_gently()
            return
        if self._writable is None:
            self.deadline = self._loop.time() + _IDLE_S
        if self._queue or self._pending:
            # Not at once: a long row of requests must not become as deep a stack.
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if self._current is not None or self.is_gone or self._transport is None:
            return
        if self._queue:
            self._begin_next()
        elif self._pending:
            data, self._pending = bytes(self._pending), bytearray()
            self._transport.resume_reading()
            self._feed(data)

    def _close_gently(self) -> None:
        """Close; where the client still sends, let it read the answer first."""
        if self._transport is None:
            return
        if self._ignores_input and self._transport.can_write_eof():
            self._transport.write_eof()
            self.deadline = self._loop.time() + _LINGER_S
        else:
            self._transport.close()


class _HeadTooLarge(Exception):
    """The request line and headers are longer than is read."""


def _named(pairs: list[tuple[bytes, bytes]]) -> Headers:
    """The headers by lower-case name; the values of one given several times are joined."""
    found: Headers = {}
    for name_bytes, value_bytes in pairs:
        name, value = name_bytes.decode("latin-1").lower(), value_bytes.decode("latin-1")
        found[name] = f"{found[name]}, {value}" if name in found else value
    return found


def _as_text(address: object) -> str:
    if not isinstance(address, tuple):
        return ""
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{host}:{address[1]}"
