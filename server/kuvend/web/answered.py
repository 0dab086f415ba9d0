"""Learning on the event loop that a worker has answered, at the price of one system call.

The descriptors of all workers are in an epoll set of their own, each of which reports once and
then is silent until it is armed again; the event loop watches that set alone. So nothing is
entered into the loop and taken out again for each query, and a worker that serves a thread next
wakes nobody here.
"""

from __future__ import annotations

import asyncio
import select
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
_ONCE = select.EPOLLIN | select.EPOLLONESHOT
_AT_ONCE = 64


class Answered(Generic[T]):
    """What waits, by the descriptor it waits for; used on the event loop it is opened on."""

    def __init__(self, loop: asyncio.AbstractEventLoop, take: Callable[[T], None]) -> None:
        self._epoll = select.epoll()
        self._waiting: dict[int, T] = {}
        self._loop = loop
        self._take = take
        loop.add_reader(self._epoll.fileno(), self._report)

    def tell(self, descriptor: int, waiting: T) -> None:
        """Call ``take`` with ``waiting`` when ``descriptor`` has something to read, or its end."""
        self._waiting[descriptor] = waiting
        try:
            self._epoll.modify(descriptor, _ONCE)
        except FileNotFoundError:
            # A new worker; the descriptor of one that is gone has left the set by itself.
            self._epoll.register(descriptor, _ONCE)

    def close(self) -> None:
        """Watch no more."""
        if not self._loop.is_closed():
            self._loop.remove_reader(self._epoll.fileno())
        self._epoll.close()

    def _report(self) -> None:
        for descriptor, _ in self._epoll.poll(0, _AT_ONCE):
            waiting = self._waiting.pop(descriptor, None)
            if waiting is None:
                continue
            try:
                self._take(waiting)
            except Exception as error:  # noqa: BLE001 - the others must be told all the same
                self._loop.call_exception_handler({"message": "lost", "exception": error})
