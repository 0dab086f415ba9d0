"""Requests as plain values, and heads of responses as bytes."""

from __future__ import annotations

import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from email.utils import formatdate
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from kuvend.web.bodies import Body
    from kuvend.web.http1 import HttpConnection

Headers = dict[str, str]
_STATUS_LINES = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n" for s in HTTPStatus}


@dataclass(eq=False, slots=True)
class Request:
    """One request: target in parts, headers by lower-case name, body.

    ``body`` is ``None`` where it is too long or came too slowly. ``is_turned_away``
    says that other bodies took all the room. ``raw`` are the bytes it came
    as, where they came alone and are few. ``job`` is whatever answers it at this moment.
    """

    connection: HttpConnection
    method: str
    path: str
    query_string: str
    headers: Headers
    http_version: str
    body: Body | None
    keeps_alive: bool
    raw: bytes = b""
    is_turned_away: bool = False
    started: float = field(default_factory=time.perf_counter)
    number: str = ""
    job: Any = None

    @property
    def client(self) -> str:
        """Address and port of the client."""
        return self.connection.client

    @property
    def address(self) -> str:
        """The client without its port."""
        return self.connection.client.rpartition(":")[0].strip("[]")


class Reply:
    """What was answered: status, headers, and the body, which may still be coming."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: Iterable[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_streamed = False


class _Date:
    """The Date header, written once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._text = ""

    def __str__(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._text = f"Date: {formatdate(second, usegmt=True)}\r\n"
        return self._text


date_line = _Date()


def encode_fixed(status: int, headers: list[tuple[str, str]]) -> bytes:
    """The status line and these headers; the Date and the end of the head are to follow.

    :raises ValueError: for a header that would break out of its line.

    >>> encode_fixed(204, [("Allow", "GET")])
    b'HTTP/1.1 204 No Content\\r\\nAllow: GET\\r\\n'
    """
    lines = "".join([f"{name}: {value}\r\n" for name, value in headers])
    if lines.count("\n") != len(headers) or lines.count("\r") != len(headers) or "\0" in lines:
        raise ValueError("a header holds a line break")
    line = _STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"
    return (line + lines).encode("latin-1")


def encode_head(status: int, headers: list[tuple[str, str]], *, length: int | None = None) -> bytes:
    """The whole head of a response; with ``length``, its Content-Length, whatever was given."""
    if length is not None:
        headers = [pair for pair in headers if pair[0].lower() != "content-length"]
        headers.append(("Content-Length", str(length)))
    return b"%b%b\r\n" % (encode_fixed(status, headers), str(date_line).encode())
