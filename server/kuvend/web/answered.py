"""Waiting on the event loop until a worker has answered, at the price of one system call.

The descriptors of all workers are in an epoll set of their own, each of which reports once and
then is silent until it is armed again; the event loop watches that set alone. So nothing is
entered into the loop and taken out again for each query, and a worker that serves a thread next
wakes nobody here.
"""

from __future__ import annotations

import asyncio
import contextlib
import select

_ONCE = select.EPOLLIN | select.EPOLLONESHOT
_AT_ONCE = 64


class Answered:
    """Futures by the descriptor they wait for; used on the event loop it is opened on."""

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._epoll = select.epoll()
        self._waiting: dict[int, asyncio.Future[None]] = {}
        self._loop = loop
        loop.add_reader(self._epoll.fileno(), self._report)

    def tell(self, descriptor: int, done: asyncio.Future[None]) -> None:
        """Set ``done`` when ``descriptor`` has something to read, or its end."""
        self._waiting[descriptor] = done
        try:
            self._epoll.modify(descriptor, _ONCE)
        except FileNotFoundError:
            # A new worker; the descriptor of one that is gone has left the set by itself.
            self._epoll.register(descriptor, _ONCE)

    def forget(self, descriptor: int) -> None:
        """Nobody waits for ``descriptor`` any more."""
        self._waiting.pop(descriptor, None)
        with contextlib.suppress(OSError):
            self._epoll.unregister(descriptor)

    def close(self) -> None:
        """Watch no more."""
        if not self._loop.is_closed():
            self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def _report(self) -> None:
        for descriptor, _ in self._epoll.poll(0, _AT_ONCE):
            waiting = self._waiting.pop(descriptor, None)
            if waiting is not None and not waiting.done():
                waiting.set_result(None)
