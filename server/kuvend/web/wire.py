"""Heads of responses as bytes."""

from __future__ import annotations

import time
from collections.abc import Sequence
from email.utils import formatdate
from http import HTTPStatus

Headers = Sequence[tuple[str, str]]
_STATUS_LINES = {s.value: f"HTTP/1.1 {s.value} {s.phrase}\r\n" for s in HTTPStatus}
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"
LAST_CHUNK = b"0\r\n\r\n"


class _Date:
    """The Date header, written once a second."""

    def __init__(self) -> None:
        self._second = 0
        self._line = ""

    def line(self) -> str:
        second = int(time.time())
        if second != self._second:
            self._second = second
            self._line = f"date: {formatdate(second, usegmt=True)}\r\n\r\n"
        return self._line


_date = _Date()


def encode_head(status: int, headers: Headers) -> bytes:
    """The head of a response with these headers, their names in lower case, and the Date.

    :raises ValueError: for a header that would break out of its line.

    >>> encode_head(204, [("Allow", "GET")]).splitlines()[:2]
    [b'HTTP/1.1 204 No Content', b'allow: GET']
    """
    lines = "".join([f"{name.lower()}: {value}\r\n" for name, value in headers])
    count = len(headers)
    if lines.count("\n") != count or lines.count("\r") != count or "\0" in lines:
        raise ValueError("a header holds a line break")
    first = _STATUS_LINES.get(status) or f"HTTP/1.1 {status} \r\n"
    return f"{first}{lines}{_date.line()}".encode("utf-8", "surrogateescape")


def length_of(headers: Headers) -> int | None:
    """The Content-Length among the headers.

    >>> length_of([("content-Length", "3"), ("Vary", "Accept")])
    3
    """
    return next((int(value) for name, value in headers if name.lower() == "content-length"), None)


def without(headers: Headers, *names: str) -> list[tuple[str, str]]:
    """The headers without those of these names, which are in lower case.

    >>> without([("content-Length", "3"), ("Vary", "Accept")], "date", "content-length")
    [('Vary', 'Accept')]
    """
    return [pair for pair in headers if pair[0].lower() not in names]


def chunk(part: bytes) -> bytes:
    """``part``, which is not empty, as a chunk of a body.

    >>> chunk(b"ten letter")
    b'a\\r\\nten letter\\r\\n'
    """
    return b"%x\r\n%b\r\n" % (len(part), part)
