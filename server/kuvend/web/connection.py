"""What the application may know of the client's connection: whether it stands, and its end.

WSGI says neither. The server puts the connection into the environment.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Protocol

PEER_KEY = "kuvend.peer"


class Peer(Protocol):
    """A connection as the application sees it, from any thread."""

    def is_gone(self) -> bool:
        """Whether the client has hung up."""

    def break_off_soon(self) -> None:
        """Shut it down."""


def watch_connection(environ: Mapping[str, Any]) -> Callable[[], bool]:
    """A function that says whether the client has gone; always ``False`` where nobody knows."""
    peer: Peer | None = environ.get(PEER_KEY)
    return _never if peer is None else peer.is_gone


def break_off(environ: Mapping[str, Any]) -> None:
    """End the connection without the end of the body, so that no client takes it for whole."""
    peer: Peer | None = environ.get(PEER_KEY)
    if peer is not None:
        peer.break_off_soon()


def _never() -> bool:
    return False
