"""Whether the client of a request still waits, and breaking its connection off.

WSGI says neither. The server names the client's address and port in the environment, and the
socket is found among the open ones of this process when it is needed, which is seldom.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import select
import socket
from collections.abc import Callable, Mapping
from typing import Any

PEER_KEY = "kuvend.peer"


def watch_connection(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether the client has gone; always ``False`` where nobody knows."""
    peer = environ.get(PEER_KEY)
    return Connection(peer).is_gone if peer else _never


def break_off(environ: Mapping[str, Any]) -> None:
    """End the connection without the end of the body, so that no client takes it for whole."""
    peer = environ.get(PEER_KEY)
    if peer:
        Connection(peer).break_off()


def _never() -> bool:
    return False


class Connection:
    """The connection to ``peer``, which is ``address:port``."""

    __slots__ = ("_found", "_is_lost", "_peer")

    def __init__(self, peer: str) -> None:
        self._peer = peer
        self._found: socket.socket | None = None
        self._is_lost = False

    def __del__(self) -> None:
        # A duplicate left open would keep the connection open.
        if self._found is not None:
            self._found.close()

    def is_gone(self) -> bool:
        """Whether the client has hung up."""
        sock = self._socket()
        if sock is None:
            return self._is_lost
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLRDHUP)
        return bool(poll.poll(0))

    async def takes_more(self) -> None:
        """Wait until the client has taken most of what was sent before.

        The server holds any amount for a client that does not read.
        """
        sock = self._socket()
        if sock is None:
            return
        poll = select.poll()
        poll.register(sock.fileno(), select.POLLOUT)
        if poll.poll(0):
            return
        loop = asyncio.get_running_loop()
        taken: asyncio.Future[None] = loop.create_future()
        loop.add_writer(sock.fileno(), _resolve, taken)
        try:
            await taken
        finally:
            loop.remove_writer(sock.fileno())

    def break_off(self) -> None:
        """Shut the connection down at once."""
        sock = self._socket()
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)

    def _socket(self) -> socket.socket | None:
        """A duplicate of the client's socket; the server may close its own at any time."""
        if self._found is None and not self._is_lost:
            self._found = _find(self._peer)
            self._is_lost = self._found is None
        return self._found


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _find(peer: str) -> socket.socket | None:
    for name in os.listdir("/proc/self/fd"):
        with contextlib.suppress(OSError, ValueError):
            if not os.readlink(f"/proc/self/fd/{name}").startswith("socket:"):
                continue
            candidate = socket.socket(fileno=os.dup(int(name)))
            if _peer_of(candidate) == peer:
                return candidate
            candidate.close()
    return None


def _peer_of(sock: socket.socket) -> str | None:
    try:
        name = sock.getpeername()
    except OSError:
        return None
    if not isinstance(name, tuple):
        return None
    host = f"[{name[0]}]" if ":" in name[0] else name[0]
    return f"{host}:{name[1]}"
