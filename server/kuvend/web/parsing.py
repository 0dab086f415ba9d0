"""Requests out of the bytes of a connection.

The parser is llhttp. It holds a header until its end, reads extensions of chunks and headers
behind a body, and stops behind a head that asks for another protocol; all that is bounded or put
right here. Source: RFC 9112.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING

import httptools

from kuvend.errors import AddressTooLong, BadRequest, HeadTooLarge, KuvendError
from kuvend.web.incoming import Body, Pairs, Request
from kuvend.web.refused import Refused, told

if TYPE_CHECKING:
    from kuvend.web.http1 import HttpConnection

# Queries in the address make heads long; percent-encoded they take three times as much.
_MAX_HEAD_BYTES = 512 * 1024
_MAX_HEADERS = 100
# Bytes with their chunk heads for each byte of a body: chunks of one byte each, which take six, are
# much work for little.
_MOST_AROUND = 2
_MAX_WAITING = 100
_HEAD_END = b"\r\n\r\n"
_NOT_ASCII = re.compile(rb"[\x80-\xff]")


class RequestParser:
    """Reads one connection: what it read waits in ``waiting``, the last of them may be arriving."""

    def __init__(self, connection: HttpConnection) -> None:
        self._connection = connection
        self._parser = httptools.HttpRequestParser(self)
        self.waiting: deque[Request] = deque()
        # The request whose end has not come yet.
        self.arriving: Request | None = None
        self.is_within_head = self._is_line_over = False
        # Nothing that comes is read any more; and why, where nobody was told yet.
        self.is_over = False
        self.refusal: KuvendError | None = None
        self._target = bytearray()
        self._pairs: Pairs = []
        # What came since the request began, how much of it was body, and what had come with that.
        self._fed_bytes = self._body_bytes = self._fed_at_body = 0
        # Whose body follows, where a new parser has to read it.
        self._resumed: Request | None = None

    def feed(self, data: bytes) -> None:
        """Read some bytes; where they are no request, ``refusal`` says why."""
        if data.isascii():
            self._feed(data)
            return
        start = 0
        while start < len(data) and self._is_in_line and not self.is_over:
            # A head without a body may be followed by another.
            end = data.find(_HEAD_END, start) + len(_HEAD_END)
            end = end if end >= len(_HEAD_END) else len(data)
            self._feed(_with_plain_address(data[start:end], begins=not self.is_within_head))
            start = end
        if start < len(data):
            self._feed(data[start:])

    def _feed(self, data: bytes) -> None:
        if self.is_over:
            return
        self._fed_bytes += len(data)
        was_within_head = self.is_within_head
        try:
            self._parser.feed_data(data)
            if self.is_within_head or self.arriving is not None:
                self._check_size()
        except httptools.HttpParserUpgrade as upgrade:
            self._pass_over_upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError as error:
            self.refuse(told(error))
        except Refused as refused:
            self.refuse(refused.error)
        if self.is_within_head and b"\n" in (data if was_within_head else data.lstrip(b"\r\n")):
            self._is_line_over = True

    @property
    def _is_in_line(self) -> bool:
        """Whether what comes next is of the first line of a request."""
        return not self._is_line_over if self.is_within_head else self.arriving is None

    def refuse(self, error: KuvendError) -> None:
        """Read nothing more, for this reason."""
        self.is_over = True
        body = self._arriving_body()
        if body is not None:
            body.fail(BadRequest(f"the request body cannot be read: {error.detail}"))
        else:
            self.refusal = error

    def cut_off(self) -> None:
        """Nothing more comes; who waits for a body learns that it is not whole."""
        self.is_over = True
        body = self._arriving_body()
        if body is not None:
            body.fail(ConnectionError("the connection has ended"))

    def _arriving_body(self) -> Body | None:
        return None if self.arriving is None else self.arriving.body

    def _pass_over_upgrade(self, rest: bytes) -> None:
        """No other protocol is spoken; the parser has stopped behind the head, before the body."""
        request = self.waiting[-1]
        if request.method == "CONNECT":
            self.is_over = True
            return
        self._parser = httptools.HttpRequestParser(self)
        if request.body is not None:
            # The old parser took the body for one of that protocol.
            request.body, self._resumed = Body(self._connection), request
            framing = next(name for name in _FRAMING if name in request.headers)
            head = f"POST / HTTP/1.1\r\n{framing}: {request.headers[framing]}\r\n\r\n"
            rest = head.encode("latin-1") + rest
        if rest:
            self.feed(rest)

    def _check_size(self) -> None:
        """Nothing, where what came is not much longer than what it says.

        :raises Refused: where it is.
        """
        if self.is_within_head and len(self._target) > _MAX_HEAD_BYTES:
            raise Refused(AddressTooLong(f"the address has more than {_MAX_HEAD_BYTES} bytes."))
        is_long = self._fed_bytes - self._fed_at_body > _MAX_HEAD_BYTES
        if is_long or self._fed_bytes > _MAX_HEAD_BYTES + _MOST_AROUND * self._body_bytes:
            raise Refused(HeadTooLarge(f"the head has more than {_MAX_HEAD_BYTES} bytes."))

    # What the parser tells.

    def on_message_begin(self) -> None:
        """A request begins."""
        if self._resumed is not None:
            return
        self.is_within_head, self._is_line_over = True, False
        self._connection.head_began()
        self._target = bytearray()
        self._pairs = []
        self._fed_bytes = self._body_bytes = self._fed_at_body = 0

    def on_url(self, part: bytes) -> None:
        """Some of the request target."""
        self._target += part

    def on_header(self, name: bytes, value: bytes) -> None:
        """One header; those behind a body are not read."""
        if self.is_within_head:
            self._pairs.append((name, value))
            if len(self._pairs) > _MAX_HEADERS:
                raise Refused(HeadTooLarge(f"more than {_MAX_HEADERS} headers came."))

    def on_headers_complete(self) -> None:
        """The head is whole."""
        self.is_within_head = False
        if self._resumed is not None:
            self.arriving, self._resumed = self._resumed, None
            return
        request = Request(self._connection, self._parser, bytes(self._target), self._pairs)
        if request.http_version not in {"1.0", "1.1"}:
            raise Refused(BadRequest(f"HTTP/{request.http_version} is not spoken here."))
        if len(self.waiting) >= _MAX_WAITING:
            raise Refused(BadRequest(f"more than {_MAX_WAITING} requests came at once."))
        if any(name in request.headers for name in _FRAMING):
            request.body = Body(self._connection)
        self.arriving = request
        self.waiting.append(request)

    def on_body(self, part: bytes) -> None:
        """Some of the body."""
        self._body_bytes += len(part)
        self._fed_at_body = self._fed_bytes
        body = self._arriving_body()
        if body is not None and not body.add(part):
            self._connection.pause_reading()

    def on_message_complete(self) -> None:
        """The request is whole."""
        body, self.arriving = self._arriving_body(), None
        if body is not None:
            body.finish()
            # Whoever reads a whole body does not ask for more of it.
            self._connection.resume_reading()


def _with_plain_address(data: bytes, *, begins: bool) -> bytes:
    """``data`` with letters beyond ASCII in the first line percent-encoded.

    The parser refuses them; people write names of places as they are spelt. Where a request
    ``begins``, blank lines may come first.
    """
    blank = data[: len(data) - len(data.lstrip(b"\r\n"))] if begins else b""
    line, end, rest = data[len(blank) :].partition(b"\n")
    return blank + _NOT_ASCII.sub(lambda found: b"%%%02X" % found[0][0], line) + end + rest


_FRAMING = ("content-length", "transfer-encoding")
