"""Answers ready to send again to the very same request, as long as the release stays."""

from __future__ import annotations

from collections import OrderedDict

Pairs = list[tuple[str, str]]
# What identifies a request: its query string and the headers its answer depends on.
Key = tuple[str | None, ...]
_MAX_BODY_BYTES = 64 * 1024
_MAX_REQUEST_CHARACTERS = 8 * 1024
_MAX_HELD_BYTES = 16 * 1024 * 1024


class ReadyAnswers:
    """Status, headers and body by request; used on the event loop only.

    >>> ready = ReadyAnswers()
    >>> ready.put("release", ("a",), (200, [], b"x"))
    >>> ready.get("release", ("a",)), ready.get("next release", ("a",))
    ((200, [], b'x'), None)
    """

    def __init__(self) -> None:
        self._release = ""
        self._held_bytes = 0
        self._answers: OrderedDict[Key, tuple[int, Pairs, bytes]] = OrderedDict()

    def get(self, release: str, key: Key) -> tuple[int, Pairs, bytes] | None:
        """The answer to the request of ``key``; a new release forgets those of the last."""
        if release != self._release:
            self._answers.clear()
            self._held_bytes, self._release = 0, release
            return None
        return self._answers.get(key)

    def put(self, release: str, key: Key, answer: tuple[int, Pairs, bytes]) -> None:
        """Keep a small answer to a short request; the oldest make room."""
        if len(answer[2]) > _MAX_BODY_BYTES or _characters(key) > _MAX_REQUEST_CHARACTERS:
            return
        if release != self._release:
            self.get(release, key)
        if key not in self._answers:
            self._held_bytes += _size(key, answer[2])
        self._answers[key] = answer
        while self._held_bytes > _MAX_HELD_BYTES:
            dropped, (_, _, body) = self._answers.popitem(last=False)
            self._held_bytes -= _size(dropped, body)


def _size(key: Key, body: bytes) -> int:
    """About how many bytes are held; a letter has up to four."""
    return len(body) + 4 * _characters(key) + 1024


def _characters(key: Key) -> int:
    return sum(len(part) for part in key if part is not None)
