"""One HTTP/1.1 connection on the event loop: requests handed on in turn, answers written.

Nothing here waits for a client: one that is slow or silent costs a connection until its deadline
(``kuvend.web.connections`` looks once a second), never a thread. What a client sends before its
turn stays in a small buffer, and then in the kernel; while it does not take its answers, nothing
more is read from it. Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import contextlib
import math
import socket
import struct
from typing import TYPE_CHECKING, cast

from kuvend.errors import TooSlow
from kuvend.web.incoming import Request
from kuvend.web.parsing import RequestParser
from kuvend.web.wire import CONTINUE, LAST_CHUNK, Headers, chunk, encode_head, length_of

if TYPE_CHECKING:
    from kuvend.web.connections import Connections

# A client has so long, in seconds, to send a head, to ask again, to take something of what was
# sent to it, and to read the last answer before the connection is closed.
_HEAD_S = 10.0
_IDLE_S = 75.0
_SEND_S = 30.0
_LINGER_S = 5.0
# So much has to be taken in that time.
_LEAST_TAKEN_BYTES = 16 * 1024
_MAX_PENDING_BYTES = 256 * 1024
# Who still sends a body that is too long gets so far before it has to read that it is.
_MAX_DISCARDED_BYTES = 64 * 1024 * 1024
# An answer up to this size is sent in one piece with its head.
_ONE_PIECE_BYTES = 64 * 1024
_RESET = struct.pack("ii", 1, 0)


class HttpConnection(asyncio.Protocol):
    """One client; the gateway answers its requests in order."""

    def __init__(self, connections: Connections) -> None:
        self._all = connections
        self._loop = connections.loop
        self._parser = RequestParser(self)
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.client = self.server = ""
        self.deadline = math.inf
        # The client has sent its last byte, or is not there any more.
        self._has_left = self._is_lost = False
        self._current: Request | None = None
        # What came before its turn, and how much came after all was over.
        self._pending = bytearray()
        self._discarded_bytes = 0
        # How the body that is being sent goes out, and how much of it is to come if that is known.
        self._is_chunked = self._sends_body = False
        self._rest_bytes: int | None = None
        self._ends_by_closing = False
        self._writable: asyncio.Future[None] | None = None
        self._unsent_bytes = 0

    # What the transport tells.

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Start the clock, where there is room for one more."""
        self._transport = cast("asyncio.Transport", transport)
        self.client = _as_text(transport.get_extra_info("peername"))
        self.server = _as_text(transport.get_extra_info("sockname"))
        self.deadline = self._loop.time() + _HEAD_S
        if not self._all.add(self):
            self._transport.abort()

    def data_received(self, data: bytes) -> None:
        """Parse, or keep what comes before its turn."""
        if self._parser.is_over:
            self._discard(len(data))
            return
        if not self._pending and self._may_feed():
            self._feed(data)
            return
        self._pending += data
        if len(self._pending) > _MAX_PENDING_BYTES:
            self.pause_reading()

    def _discard(self, size: int) -> None:
        """Take note of what nobody reads any more."""
        if self._current is not None or self._has_more():
            # Its answers come first.
            self.pause_reading()
            return
        self._discarded_bytes += size
        if self._discarded_bytes > _MAX_DISCARDED_BYTES:
            self._transport.abort()

    def eof_received(self) -> bool:
        """The client sends no more; it may still read what it asked for."""
        self._has_left = True
        if not self._pending:
            self._parser.cut_off()
        return self._current is not None or self._has_more()

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody waits any more: stop what was under way."""
        self._has_left = self._is_lost = True
        self._all.remove(self)
        self._pending.clear()
        self._parser.waiting.clear()
        self._parser.cut_off()
        self._wake_writer()

    def pause_writing(self) -> None:
        """The client reads more slowly than it is sent to."""
        self._writable = self._loop.create_future()
        self._unsent_bytes = self.unsent_bytes
        self.deadline = self._loop.time() + _SEND_S

    def resume_writing(self) -> None:
        """There is room again."""
        self._wake_writer()
        self.deadline = math.inf if self._current is not None else self._loop.time() + _IDLE_S
        if self._current is None and self._has_more():
            self._loop.call_soon(self._go_on)

    def _wake_writer(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # Requests in turn.

    def head_began(self) -> None:
        """A request has begun to come."""
        if self._current is None:
            self.deadline = self._loop.time() + _HEAD_S

    def _may_feed(self) -> bool:
        """Whether what comes is of the request under way, or begins the next."""
        if self._current is None:
            return self._writable is None and not self._parser.waiting
        return self._parser.arriving is self._current

    def _has_more(self) -> bool:
        """Whether there is something to answer, or may be."""
        parser = self._parser
        return bool(parser.waiting or self._pending or parser.refusal is not None)

    def _feed(self, data: bytes) -> None:
        self._parser.feed(data)
        if self._parser.is_over:
            self._pending.clear()
        if self._current is None:
            self._begin_next()

    def _begin_next(self) -> None:
        parser = self._parser
        if parser.waiting:
            request = self._current = parser.waiting.popleft()
            self.deadline = math.inf
            try:
                self._all.gateway.start(request)
            except BaseException:
                self.break_off()
                raise
        elif parser.refusal is not None:
            error, parser.refusal = parser.refusal, None
            status, headers, body = self._all.gateway.refusal(error, self.client)
            length = [("content-length", str(len(body))), ("connection", "close")]
            self._transport.write(encode_head(status, [*headers, *length]) + body)
            self._close_gently()

    def _finish(self, request: Request) -> None:
        """The answer is sent: go on with what the client sent meanwhile, or close."""
        self._current = None
        if not request.keeps_alive:
            self._close_gently()
            return
        if self._writable is None:
            self.deadline = self._loop.time() + _IDLE_S
        if self._has_more():
            # Not at once: a long row of requests must not become as deep a stack.
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if self._current is not None or self._is_lost or self._writable is not None:
            return
        self._begin_next()
        if self._pending and self._may_feed():
            data, self._pending = bytes(self._pending), bytearray()
            self.resume_reading()
            self._feed(data)
            if self._has_left:
                self._parser.cut_off()
        if self._has_left and self._current is None and not self._has_more():
            self._close_gently()

    # What the body of a request, and the application, want of the connection.

    def is_gone(self) -> bool:
        """Whether the client has hung up, or at least sends no more."""
        return self._has_left

    def pause_reading(self) -> None:
        """Leave what comes to the kernel."""
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        """Read again."""
        if not self._has_left:
            self._transport.resume_reading()

    def want_body(self) -> None:
        """More of the body of the request under way is waited for."""
        request = self._parser.arriving
        if request is None or request is not self._current or self._is_lost:
            return
        if request.headers.get("expect", "").lower() == "100-continue":
            del request.headers["expect"]
            self._transport.write(CONTINUE)
        self.resume_reading()

    # Answers.

    def respond(self, request: Request, status: int, headers: Headers, body: bytes) -> None:
        """Send a whole answer to the request under way.

        Its length stands in ``headers`` for HEAD alone.
        """
        if self._is_lost:
            return
        has_body = _has_body(status)
        if request.method == "HEAD":
            body = b""
        elif has_body:
            headers = [*headers, ("content-length", str(len(body)))]
        head = encode_head(status, self._with_end(request, headers))
        if not has_body or len(body) <= _ONE_PIECE_BYTES:
            self._transport.write(head + body if has_body else head)
        else:
            self._transport.writelines([head, body])
        self._finish(request)

    def begin_stream(self, request: Request, status: int, headers: Headers) -> None:
        """Send the head of an answer whose length nobody knows, or which is in the headers."""
        if self._is_lost:
            return
        self._rest_bytes = length_of(headers)
        self._sends_body = _has_body(status) and request.method != "HEAD"
        self._is_chunked = _has_body(status) and self._rest_bytes is None
        if self._is_chunked and request.http_version == "1.0":
            self._is_chunked = request.keeps_alive = False
            self._ends_by_closing = True
        more = [("transfer-encoding", "chunked")] if self._is_chunked else []
        self._transport.write(encode_head(status, [*self._with_end(request, headers), *more]))

    async def send(self, part: bytes) -> None:
        """Send some of the body; returns when there is room for more.

        :raises ConnectionError: where the client has gone, or takes nothing for too long.
        """
        if part and self._sends_body and not self._is_lost:
            self._transport.write(chunk(part) if self._is_chunked else part)
            if self._rest_bytes is not None:
                self._rest_bytes -= len(part)
        if self._writable is not None:
            await self._writable
        if self._is_lost:
            raise ConnectionError("the client has gone")

    def end_stream(self, request: Request) -> None:
        """The body is whole."""
        if self._is_lost:
            return
        if self._sends_body and self._rest_bytes:
            # Not as long as was said: what follows would be taken for the rest of it.
            self.break_off()
            return
        if self._is_chunked and self._sends_body:
            self._transport.write(LAST_CHUNK)
        self._ends_by_closing = False
        self._finish(request)

    def _with_end(self, request: Request, headers: Headers) -> Headers:
        """The headers, which say whether the connection ends after this answer."""
        parser = self._parser
        is_last = (parser.is_over or self._has_left) and not self._has_more()
        if is_last or self._all.is_closing or parser.arriving is request:
            request.keeps_alive = False
        if not request.keeps_alive:
            return [*headers, ("connection", "close")]
        if request.http_version == "1.0":
            return [*headers, ("connection", "keep-alive")]
        return headers

    # The end.

    @property
    def asks_nothing(self) -> bool:
        """Whether nothing is under way on it, and nothing is left to send."""
        return self._current is None and self._writable is None and not self._has_more()

    @property
    def unsent_bytes(self) -> int:
        """What was written and is not with the kernel yet."""
        return self._transport.get_write_buffer_size()

    def break_off(self) -> None:
        """Shut the connection down at once, so that no client takes what it has for whole."""
        self._has_left = self._parser.is_over = True
        if self._ends_by_closing and not self._is_lost:
            sock = self._transport.get_extra_info("socket")
            with contextlib.suppress(OSError):
                # By a reset: any other end would be that of the body.
                sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, _RESET)
        self._transport.abort()

    def break_off_soon(self) -> None:
        """The same from any thread."""
        self._loop.call_soon_threadsafe(self.break_off)

    def expire(self) -> None:
        """The deadline has passed."""
        if self._writable is not None:
            taken_bytes = self._unsent_bytes - self.unsent_bytes
            if taken_bytes < _LEAST_TAKEN_BYTES:
                self.break_off()
                return
            self._unsent_bytes -= taken_bytes
            self.deadline = self._loop.time() + _SEND_S
        elif self._parser.is_within_head and not self._parser.is_over:
            self._parser.refuse(TooSlow(f"the request's head did not come within {_HEAD_S:.0f} s."))
            self._begin_next()
        else:
            self._transport.abort()

    def close_when_idle(self) -> None:
        """Close, now or after the answer under way."""
        if self._current is None and not self._parser.is_over:
            self._transport.close()

    def _close_gently(self) -> None:
        """Close; where the client may still send, let it read the answer first."""
        parser = self._parser
        is_amidst = parser.arriving is not None or parser.is_within_head
        parser.is_over = True
        parser.waiting.clear()
        self._pending.clear()
        if self._is_lost:
            return
        if is_amidst and not self._has_left:
            self.resume_reading()
            self._transport.write_eof()
            self.deadline = self._loop.time() + _LINGER_S
            return
        if self._writable is None:
            self.deadline = self._loop.time() + _SEND_S
        self._transport.close()


def _has_body(status: int) -> bool:
    return status >= 200 and status not in {204, 304}


def _as_text(address: object) -> str:
    """``address:port`` of a socket.

    >>> _as_text(("::1", 80, 0, 0))
    '[::1]:80'
    """
    if not isinstance(address, tuple):
        return ""
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{host}:{address[1]}"
