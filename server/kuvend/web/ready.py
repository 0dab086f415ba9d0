"""Answers ready to send again to the very same request, as long as the release stays."""

from __future__ import annotations

import os
from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

from kuvend.web.wire import date_line, encode_fixed

_MAX_BODY_BYTES = 64 * 1024
_MAX_HELD_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Held:
    """An answer as bytes, all but its date and number."""

    release: str
    status: int
    head: bytes
    body: bytes

    def encode(self, number: str) -> bytes:
        """The response, with this request identifier."""
        head = f"{date_line}X-Request-Id: {number}\r\n\r\n"
        return self.head + head.encode() + self.body


class ReadyAnswers:
    """Answers by the bytes of their request; used on the event loop only.

    >>> ready = ReadyAnswers()
    >>> ready.put("release", b"GET /", 304, [], b"")
    >>> ready.get(b"GET /").status, ready.get(b"GET /other")
    (304, None)
    """

    def __init__(self) -> None:
        self._release = ""
        self._held_bytes = 0
        self._answers: OrderedDict[bytes, Held] = OrderedDict()

    def get(self, request: bytes) -> Held | None:
        """The answer to ``request``, which may be that of an earlier release."""
        return self._answers.get(request)

    def put(
        self, release: str, request: bytes, status: int, headers: list[tuple[str, str]], body: bytes
    ) -> None:
        """Keep a small answer; the oldest make room, and all of an earlier release."""
        if len(body) > _MAX_BODY_BYTES:
            return
        if release != self._release:
            self._answers.clear()
            self._held_bytes, self._release = 0, release
        headers = [pair for pair in headers if pair[0] != "Content-Length"]
        if status not in {204, 304}:
            headers.append(("Content-Length", str(len(body))))
        if request not in self._answers:
            self._held_bytes += len(request) + len(body) + 1024
        self._answers[request] = Held(release, status, encode_fixed(status, headers), body)
        while self._held_bytes > _MAX_HELD_BYTES:
            dropped, held = self._answers.popitem(last=False)
            self._held_bytes -= len(dropped) + len(held.body) + 1024


def read_link(link: Path) -> str:
    """What the link to the current release says; cheap enough for every request."""
    try:
        return os.readlink(link)
    except OSError:
        return ""
