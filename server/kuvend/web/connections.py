"""All connections of the server, and the deadlines they have to keep."""

from __future__ import annotations

import asyncio
import resource
from collections import defaultdict
from typing import TYPE_CHECKING

from kuvend.web.http1 import HttpConnection

if TYPE_CHECKING:
    from kuvend.web.gateway import Gateway

_LOOK_S = 1.0
_MAX_CONNECTIONS = 4096
# What the workers, the store and the pages open beside the connections.
_OTHER_FILES = 512
# To look for those to close takes as long as there are connections.
_CLOSED_AT_ONCE = 64


class Connections:
    """Who is connected; used on the event loop it is made on."""

    def __init__(self, gateway: Gateway) -> None:
        self.gateway = gateway
        self.loop = asyncio.get_running_loop()
        self.is_closing = False
        self._most = _room()
        self._open: set[HttpConnection] = set()
        self._timer = self.loop.call_later(_LOOK_S, self._look)

    @property
    def count(self) -> int:
        """How many are open."""
        return len(self._open)

    @property
    def silent(self) -> list[HttpConnection]:
        """Those that ask nothing now."""
        return [connection for connection in self._open if connection.asks_nothing]

    @property
    def are_sending(self) -> bool:
        """Whether any client has not taken all it was answered."""
        return any(connection.unsent_bytes for connection in self._open)

    def connect(self) -> HttpConnection:
        """The protocol of one more connection."""
        return HttpConnection(self)

    def add(self, connection: HttpConnection) -> bool:
        """Whether there is room for it, or could be made."""
        if len(self._open) >= self._most:
            self._make_room()
        if len(self._open) >= self._most:
            return False
        self._open.add(connection)
        return True

    def _make_room(self) -> None:
        """Close some that ask nothing, of whoever has most of those; the longest silent first."""
        by_address: defaultdict[str, list[HttpConnection]] = defaultdict(list)
        for connection in self.silent:
            by_address[connection.client.rpartition(":")[0]].append(connection)
        most = max(by_address.values(), key=len, default=[])
        for connection in sorted(most, key=_deadline)[:_CLOSED_AT_ONCE]:
            self._open.discard(connection)
            connection.break_off()

    def remove(self, connection: HttpConnection) -> None:
        """It is closed."""
        self._open.discard(connection)

    def close(self) -> None:
        """Close every connection as soon as nothing is under way on it."""
        self.is_closing = True
        for connection in list(self._open):
            connection.close_when_idle()

    def abort(self) -> None:
        """Close every connection now."""
        self._timer.cancel()
        for connection in list(self._open):
            connection.break_off()

    def _look(self) -> None:
        self._timer = self.loop.call_later(_LOOK_S, self._look)
        now = self.loop.time()
        for connection in [c for c in self._open if c.deadline < now]:
            # Each in a turn of its own: where one fails, the others must not wait for ever.
            self.loop.call_soon(connection.expire)


def _deadline(connection: HttpConnection) -> float:
    return connection.deadline


def _room() -> int:
    """How many connections may be open; the process may open more files where it can."""
    now, most = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = _MAX_CONNECTIONS + _OTHER_FILES
    if now < wanted:
        now = wanted if most == resource.RLIM_INFINITY else min(wanted, most)
        resource.setrlimit(resource.RLIMIT_NOFILE, (now, most))
    return max(64, min(_MAX_CONNECTIONS, now - _OTHER_FILES))
