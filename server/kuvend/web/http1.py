"""One HTTP/1.1 connection on the event loop: heads parsed, bodies handed on, answers written.

The parser is llhttp. Nothing here waits for a client: one that is slow or silent costs a
connection until its deadline (``kuvend.web.connections`` looks once a second), never a thread.
Requests of a connection are answered in turn; what a client sends meanwhile stays in a small
buffer, and then in the kernel. Source: RFC 9112.
"""

from __future__ import annotations

import asyncio
import math
from collections import deque
from typing import TYPE_CHECKING, cast

import httptools

from kuvend.errors import AddressTooLong, BadRequest, HeadTooLarge, KuvendError, TooSlow
from kuvend.web.incoming import Body, Pairs, Request
from kuvend.web.refused import Refused, told
from kuvend.web.wire import CONTINUE, LAST_CHUNK, Headers, chunk, encode_head

if TYPE_CHECKING:
    from kuvend.web.connections import Connections

# A client has so long, in seconds, to send a head, to ask again, to take something of what was
# sent to it, and to read the last answer before the connection is closed.
_HEAD_S = 10.0
_IDLE_S = 75.0
_SEND_S = 30.0
_LINGER_S = 5.0
# Queries in the address make heads long; percent-encoded they take three times as much.
_MAX_HEAD_BYTES = 512 * 1024
_MAX_HEADERS = 100
# Bytes of chunk heads for each byte of a body; the least chunk has six for one.
_MOST_AROUND = 8
_MAX_PENDING_BYTES = 256 * 1024
_MAX_WAITING = 100
# An answer up to this size is sent in one piece with its head.
_ONE_PIECE_BYTES = 64 * 1024


class HttpConnection(asyncio.Protocol):
    """One client; the gateway answers its requests in order."""

    def __init__(self, connections: Connections) -> None:
        self._all = connections
        self._loop = connections.loop
        self.parser = httptools.HttpRequestParser(self)
        self._transport: asyncio.Transport = cast("asyncio.Transport", None)
        self.client = self.server = ""
        self.deadline = math.inf
        # The client has sent its last byte, or is not there any more.
        self._has_left = self._is_lost = False
        self._current: Request | None = None
        self._waiting: deque[Request] = deque()
        self._arriving: Request | None = None
        self._pending = bytearray()
        self._is_within_head = self._ignores_input = False
        # How the body that is being sent goes out.
        self._is_chunked = self._sends_body = False
        self._refusal: KuvendError | None = None
        self._writable: asyncio.Future[None] | None = None
        self._unsent_bytes = 0
        self._target = bytearray()
        self._pairs: Pairs = []
        # What came of the request that is arriving, and how much of it was body.
        self._fed_bytes = self._body_bytes = 0

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
        if self._ignores_input:
            return
        if self._current is None or self._arriving is not None:
            self._feed(data)
            return
        self._pending += data
        if len(self._pending) > _MAX_PENDING_BYTES:
            self._transport.pause_reading()

    def eof_received(self) -> bool:
        """The client sends no more; it may still read what it asked for."""
        self._has_left = self._ignores_input = True
        body = self._arriving_body()
        if body is not None:
            body.fail(ConnectionError("the connection has ended"))
        return self._current is not None

    def connection_lost(self, error: Exception | None) -> None:
        """Nobody waits any more: stop what was under way."""
        self._has_left = self._is_lost = self._ignores_input = True
        self._all.remove(self)
        self._waiting.clear()
        body = self._arriving_body()
        if body is not None:
            body.fail(ConnectionError("the connection is lost"))
        self._wake_writer()

    def pause_writing(self) -> None:
        """The client reads more slowly than it is sent to."""
        self._writable = self._loop.create_future()
        self._unsent_bytes = self._transport.get_write_buffer_size()
        self.deadline = self._loop.time() + _SEND_S

    def resume_writing(self) -> None:
        """There is room again."""
        self._wake_writer()
        self.deadline = math.inf if self._current is not None else self._loop.time() + _IDLE_S

    def _wake_writer(self) -> None:
        if self._writable is not None and not self._writable.done():
            self._writable.set_result(None)
        self._writable = None

    # What the parser tells.

    def on_message_begin(self) -> None:
        """A request begins."""
        self._is_within_head = True
        if self._current is None:
            self.deadline = self._loop.time() + _HEAD_S
        self._target = bytearray()
        self._pairs = []
        self._fed_bytes = self._body_bytes = 0

    def on_url(self, part: bytes) -> None:
        """Some of the request target."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; those after a body are not read."""
        if self._is_within_head:
            self._pairs.append((name, value))
            if len(self._pairs) > _MAX_HEADERS:
                raise Refused(HeadTooLarge(f"more than {_MAX_HEADERS} headers came."))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self._is_within_head = False
        request = Request(self, bytes(self._target), self._pairs)
        if request.http_version not in {"1.0", "1.1"}:
            raise Refused(BadRequest(f"HTTP/{request.http_version} is not spoken here."))
        if len(self._waiting) >= _MAX_WAITING:
            raise Refused(BadRequest(f"more than {_MAX_WAITING} requests came at once."))
        if "content-length" in request.headers or "transfer-encoding" in request.headers:
            request.body = Body(self)
        self._arriving = request
        self._waiting.append(request)

    def on_body(self, part: bytes) -> None:
        """Some of the body."""
        self._body_bytes += len(part)
        body = self._arriving_body()
        if body is not None and not body.add(part):
            self._transport.pause_reading()

    def on_message_complete(self) -> None:
        """The request is whole."""
        body, self._arriving = self._arriving_body(), None
        if body is not None:
            body.finish()

    def _arriving_body(self) -> Body | None:
        return None if self._arriving is None else self._arriving.body

    # Parsing.

    def _feed(self, data: bytes) -> None:
        self._fed_bytes += len(data)
        try:
            self.parser.feed_data(data)
            if self._is_within_head or self._arriving is not None:
                self._check_size()
        except httptools.HttpParserUpgrade:
            # It is answered as it stands; no other protocol is spoken.
            self._ignores_input = True
        except httptools.HttpParserError as error:
            self._refuse(told(error))
        except Refused as refused:
            self._refuse(refused.error)
        if self._current is None:
            self._begin_next()

    def _check_size(self) -> None:
        """Nothing, where what came is not much longer than what it says.

        The parser holds a header until its end; extensions of chunks and headers after the
        body are bytes as well.
        """
        if self._is_within_head and len(self._target) > _MAX_HEAD_BYTES:
            raise Refused(AddressTooLong(f"the address has more than {_MAX_HEAD_BYTES} bytes."))
        if self._fed_bytes > _MAX_HEAD_BYTES + _MOST_AROUND * self._body_bytes:
            raise Refused(HeadTooLarge(f"the head has more than {_MAX_HEAD_BYTES} bytes."))

    def _refuse(self, error: KuvendError) -> None:
        """Take nothing more from this client; tell it why after what it asked before."""
        self._ignores_input = True
        body = self._arriving_body()
        if body is not None:
            body.fail(BadRequest(f"the request body cannot be read: {error.detail}"))
        else:
            self._refusal = error

    def _begin_next(self) -> None:
        if self._waiting:
            request = self._current = self._waiting.popleft()
            self.deadline = math.inf
            self._all.gateway.start(request)
        elif self._refusal is not None:
            error, self._refusal = self._refusal, None
            status, headers, body = self._all.gateway.refusal(error, self.client)
            length = [("content-length", str(len(body))), ("connection", "close")]
            self._transport.write(encode_head(status, [*headers, *length]) + body)
            self._close_gently()

    # What the gateway does.

    def is_gone(self) -> bool:
        """Whether the client has hung up, or at least sends no more."""
        return self._has_left

    def want_body(self) -> None:
        """More of the body of the request under way is waited for."""
        request = self._arriving
        if request is None or request is not self._current or self._is_lost:
            return
        if request.headers.get("expect", "").lower() == "100-continue":
            del request.headers["expect"]
            self._transport.write(CONTINUE)
        self._transport.resume_reading()

    def respond(self, request: Request, status: int, headers: Headers, body: bytes) -> None:
        """Send a whole answer to the request under way.

        Its length stands in ``headers`` for HEAD alone.
        """
        if self._is_lost:
            return
        has_body = status >= 200 and status not in {204, 304}
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
        self._is_chunked = all(name.lower() != "content-length" for name, _ in headers)
        if self._is_chunked and request.http_version == "1.0":
            self._is_chunked = request.keeps_alive = False
        more = [("transfer-encoding", "chunked")] if self._is_chunked else []
        self._transport.write(encode_head(status, [*self._with_end(request, headers), *more]))
        self._sends_body = request.method != "HEAD"

    async def send(self, part: bytes) -> None:
        """Send some of the body; returns when there is room for more.

        :raises ConnectionError: where the client has gone, or takes nothing for too long.
        """
        if part and self._sends_body and not self._is_lost:
            self._transport.write(chunk(part) if self._is_chunked else part)
        if self._writable is not None:
            await self._writable
        if self._is_lost:
            raise ConnectionError("the client has gone")

    def end_stream(self, request: Request) -> None:
        """The body is whole."""
        if not self._is_lost:
            if self._is_chunked and self._sends_body:
                self._transport.write(LAST_CHUNK)
            self._finish(request)

    def break_off(self) -> None:
        """Shut the connection down at once, so that no client takes what it has for whole."""
        self._has_left = self._ignores_input = True
        self._transport.abort()

    def break_off_soon(self) -> None:
        """The same from any thread."""
        self._loop.call_soon_threadsafe(self.break_off)

    def _with_end(self, request: Request, headers: Headers) -> Headers:
        """The headers, which say whether the connection ends after this answer."""
        is_last = self._ignores_input and not self._waiting and self._refusal is None
        if is_last or self._all.is_closing or self._arriving is request:
            request.keeps_alive = False
        if not request.keeps_alive:
            return [*headers, ("connection", "close")]
        if request.http_version == "1.0":
            return [*headers, ("connection", "keep-alive")]
        return headers

    def _finish(self, request: Request) -> None:
        """The answer is sent: go on with what the client sent meanwhile, or close."""
        self._current = None
        if not request.keeps_alive:
            self._close_gently()
            return
        if self._writable is None:
            self.deadline = self._loop.time() + _IDLE_S
        if self._waiting or self._pending or self._refusal is not None:
            # Not at once: a long row of requests must not become as deep a stack.
            self._loop.call_soon(self._go_on)

    def _go_on(self) -> None:
        if self._current is not None or self._is_lost:
            return
        if self._waiting or self._refusal is not None:
            self._begin_next()
        elif self._pending:
            data, self._pending = bytes(self._pending), bytearray()
            self._transport.resume_reading()
            self._feed(data)

    # The end.

    def expire(self) -> None:
        """The deadline has passed."""
        if self._writable is not None:
            unsent_bytes = self._transport.get_write_buffer_size()
            if unsent_bytes >= self._unsent_bytes:
                self.break_off()
                return
            self._unsent_bytes = unsent_bytes
            self.deadline = self._loop.time() + _SEND_S
        elif self._is_within_head and not self._ignores_input:
            self._refuse(TooSlow(f"the head of the request did not come within {_HEAD_S:.0f} s."))
            self._begin_next()
        else:
            self._transport.abort()

    def close_when_idle(self) -> None:
        """Close, now or after the answer under way."""
        if self._current is None and not self._ignores_input:
            self._transport.close()

    def _close_gently(self) -> None:
        """Close; where the client may still send, let it read the answer first."""
        self._waiting.clear()
        is_amidst = self._arriving is not None or self._is_within_head
        self._ignores_input = True
        if is_amidst and not self._has_left:
            self._transport.resume_reading()
            self._transport.write_eof()
            self.deadline = self._loop.time() + _LINGER_S
        else:
            self._transport.close()


def _as_text(address: object) -> str:
    """``address:port`` of a socket.

    >>> _as_text(("::1", 80, 0, 0))
    '[::1]:80'
    """
    if not isinstance(address, tuple):
        return ""
    host = f"[{address[0]}]" if ":" in address[0] else address[0]
    return f"{host}:{address[1]}"
