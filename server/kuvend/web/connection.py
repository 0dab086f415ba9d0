"""Whether the client of a request still waits, and breaking its connection off.

WSGI says neither; the servers that tell do so each in its own key of the environment.
"""

from __future__ import annotations

import contextlib
import select
import socket
from collections.abc import Callable, Mapping
from typing import Any

CONNECTION_KEY = "kuvend.connection"


def watch_connection(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether the client has gone; always ``False`` where nobody knows."""
    sock = connection_of(environ)
    if sock is not None:
        return lambda: _is_hung_up(sock)
    told = environ.get("waitress.client_disconnected")
    return told if callable(told) else lambda: False


def connection_of(environ: Mapping[str, Any]) -> socket.socket | None:
    """The client's socket where the server hands it over."""
    found = environ.get(CONNECTION_KEY) or environ.get("gunicorn.socket")
    return found if isinstance(found, socket.socket) else None


def break_off(environ: Mapping[str, Any]) -> None:
    """End the connection without the end of the body, so that no client takes it for whole."""
    sock = connection_of(environ)
    if sock is not None:
        with contextlib.suppress(OSError):
            sock.shutdown(socket.SHUT_RDWR)


def _is_hung_up(sock: socket.socket) -> bool:
    try:
        number = sock.fileno()
        if number < 0:
            return True
        poll = select.poll()
        poll.register(number, select.POLLRDHUP)
        return bool(poll.poll(0))
    except (OSError, ValueError):
        return True
