"""Queries in killable worker processes: the only way a visitor's query meets the engine.

A query first runs in one of a few fast slots. One that takes longer than ``long_query_s`` leaves
its slot, is given low priority, and counts against ``long_queries``; where those are taken it is
stopped. So a slot is free again soon whatever visitors send, and short queries stay short.
"""

from __future__ import annotations

import itertools
import threading
import time
import weakref
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Unpack

from kuvend.config import Settings
from kuvend.errors import BadRequest, TooManyRequests, Unavailable
from kuvend.formats import COLUMN_FORMATS, RESULTS_JSON, TURTLE
from kuvend.sparql import failures
from kuvend.sparql.federation import check_addresses
from kuvend.sparql.guard import Limits, Outline, check, refuse_update
from kuvend.sparql.keeper import Keeper
from kuvend.sparql.options import ENTAILMENTS, Options, request_of
from kuvend.sparql.slowness import Slowness
from kuvend.sparql.stream import ANYONE, QueryResult, Running, Stream
from kuvend.sparql.table import Rows, Table, read_table
from kuvend.sparql.watch import Watch
from kuvend.sparql.workers import Nursery, Worker

_COLUMN_TYPES = frozenset(offer.media_type for offer in COLUMN_FORMATS)


class WouldWait(Exception):
    """No worker is free at this moment."""


class NeedsThread(Exception):
    """A query that is only begun where a thread may wait for it."""


class QueryPool:
    """Workers over one store, which must not change while the pool is open."""

    def __init__(
        self, store_path: Path, settings: Settings, *, prefixes: Mapping[str, str] | None = None
    ) -> None:
        self.settings = settings
        self.limits = Limits.for_queries(settings)
        self.prefixes = dict(prefixes or {})
        self._store_path = store_path
        self._nursery = Nursery(store_path, settings, self.prefixes)
        self._network_nursery: Nursery | None = None
        self._close_network: weakref.finalize[..., object] | None = None
        # Held by itself where nobody waits and nobody is told: the condition is the slower door.
        self._lock = threading.RLock()
        self._changed = threading.Condition(self._lock)
        self._idle: list[Worker] = []
        self._fast = self._long = self._waiting = 0
        self._clients: dict[str, int] = {}
        self._running: dict[int, Running] = {}
        self._slowness = Slowness()
        self._numbers = itertools.count(1)
        # The number of the query that began last.
        self.begun = 0
        self._closed = False
        self._watch = Watch(self)
        self._keeper = Keeper(self)
        # Called, from any thread, when a query that waits may find a worker.
        self.when_free: Callable[[], None] = _nobody_waits
        self._finalizer = weakref.finalize(
            self, _close_all, self._nursery, self._idle, (self._watch, self._keeper)
        )

    @property
    def is_closed(self) -> bool:
        """Whether no more queries begin."""
        return self._closed

    @property
    def network_isolated(self) -> bool:
        """Whether the workers have no network; known after the first query."""
        return self._nursery.network_isolated

    def run(self, query: str | Outline, **options: Unpack[Options]) -> QueryResult:
        """The result of ``query``, once its first bytes are there.

        :raises KuvendError: as ``check`` does, and where the query fails before its first bytes.
        """
        result = self.begin(query, **options)
        result.body.fetch()
        return result

    def begin(
        self, query: str | Outline, *, may_wait: bool = True, **options: Unpack[Options]
    ) -> QueryResult:
        """The result of ``query``, of which nothing is there yet.

        :raises WouldWait: where no worker is free and ``may_wait`` is false.
        :raises NeedsThread: where ``may_wait`` has to be true for this query.
        :raises KuvendError: as ``check`` does, and where there is no room for the query.
        """
        found = check(query, self.limits) if isinstance(query, str) else query
        refuse_update(found)
        entailment = options.get("entailment", ENTAILMENTS[0])
        if entailment not in ENTAILMENTS:
            raise BadRequest(
                f"entailment {entailment!r} is not offered.", suggestion="Use owl-rl or none."
            )
        chosen = options.get("format") or (TURTLE if found.is_graph else RESULTS_JSON)
        running = Running(
            next(self._numbers),
            found.text,
            options.get("client", ANYONE),
            self._deadline_s(options.get("timeout_s")),
        )
        has_columns = chosen.media_type in _COLUMN_TYPES
        if (found.services or has_columns) and not may_wait:
            raise NeedsThread
        if found.services:
            check_addresses(found.services, self.limits.service_hosts)
        if may_wait:
            nursery = self._nursery_with_network() if found.services else self._nursery
            worker = self._acquire(running, nursery, has_columns=has_columns)
        else:
            worker = self._take_idle(running)
        stream = Stream(self, running, worker)
        stream.send(request_of(found, chosen, options))
        return QueryResult(chosen, found, stream)

    def would_wait(self) -> bool:
        """Whether a query would have to wait now; a worker that is lacking is made meanwhile."""
        if self._closed:
            return False
        if not self._idle:
            self._keeper.wake()
            return True
        return self._fast >= self.settings.query_workers

    def deadline(self, wanted_s: float | None = None) -> float:
        """When, by the monotonic clock, a request of now ends that asks several queries."""
        return time.monotonic() + self._deadline_s(wanted_s)

    def _deadline_s(self, wanted_s: float | None) -> float:
        most = self.settings.query_timeout_s
        return most if wanted_s is None else max(0.001, min(wanted_s, most))

    def table(
        self,
        query: str | Outline,
        *,
        max_rows: int = 1000,
        first_row: int = 0,
        **options: Unpack[Options],
    ) -> Table:
        """At most ``max_rows`` rows of ``query`` from ``first_row`` on, as terms.

        ``options`` are those of ``run``.

        :raises KuvendError: as ``run`` does, and where the query fails on the way.
        """
        options["rows"] = Rows(first_row, max_rows)
        return read_table(self.run(query, **options).read())

    def under_way(self) -> list[Running]:
        """The queries under way in the order they began."""
        with self._lock:
            return list(self._running.values())

    def running(self) -> list[Running]:
        """The queries under way, oldest first."""
        with self._lock:
            return sorted(self._running.values(), key=lambda r: r.started)

    def cancel(self, number: int) -> bool:
        """Stop one query; ``False`` where there is none of this number."""
        with self._lock:
            running = self._running.get(number)
            if running is None:
                return False
            running.stop(failures.cancelled())
            return True

    def counts(self) -> dict[str, int]:
        """Workers and queue for the metrics."""
        with self._lock:
            return {
                "fast": self._fast,
                "long": self._long,
                "waiting": self._waiting,
                "idle": len(self._idle),
            }

    def close(self) -> None:
        """Stop every query and end every process."""
        with self._lock:
            self._closed = True
            for running in self._running.values():
                running.stop(Unavailable("the service is shutting down."))
            self._changed.notify_all()
        self._end_processes()

    def _end_processes(self) -> None:
        self._finalizer()
        if self._close_network is not None:
            self._close_network()

    def retire(self) -> None:
        """Close as soon as the queries under way have ended."""
        with self._lock:
            self._closed = True
            is_busy = bool(self._running)
        if not is_busy:
            self.close()

    def _nursery_with_network(self) -> Nursery:
        """The nursery of workers for queries that may call an allowed host, started when needed."""
        with self._lock:
            if self._network_nursery is None:
                self._network_nursery = Nursery(
                    self._store_path, self.settings, self.prefixes, network=True
                )
                self._close_network = weakref.finalize(self, self._network_nursery.close)
            return self._network_nursery

    def _acquire(self, running: Running, nursery: Nursery, *, has_columns: bool) -> Worker:
        self._take_slot(running)
        try:
            is_plain = nursery is self._nursery and not has_columns
            with self._lock:
                worker = self._idle.pop() if self._idle and is_plain else None
            running.worker = worker = worker or nursery.spawn(with_columns=has_columns)
            # A worker with a network, or the library for columns, serves one query and is gone.
            running.is_last_of_worker = not is_plain
            worker.wait_until_ready()
        except (EOFError, OSError) as error:
            self.finish(running, reusable=False)
            raise Unavailable("no worker could be started.") from error
        except BaseException:
            self.finish(running, reusable=False)
            raise
        with self._lock:
            self._start(running)
        self._watch.wake()
        return worker

    def _take_idle(self, running: Running) -> Worker:
        """A worker that is idle now, and a slot for it.

        :raises WouldWait: where there is none.
        """
        address = running.client.address
        with self._lock:
            self._check_client(address)
            if self._closed or not self._idle or self._fast >= self.settings.query_workers:
                raise WouldWait
            self._clients[address] = self._clients.get(address, 0) + 1
            self._fast += 1
            running.worker = worker = self._idle.pop()
            self._start(running)
        self._watch.wake()
        return worker

    def _start(self, running: Running) -> None:
        running.begin()
        self.begun = running.id
        step = self._slowness.step(running.query) if self._running else 0
        if step and running.worker is not None:
            running.begin_lowered(running.worker, step)
        self._running[running.id] = running
        if not self._idle:
            self._keeper.wake()

    def _take_slot(self, running: Running) -> None:
        settings = self.settings
        with self._lock:
            self._check_client(running.client.address)
            if self._fast >= settings.query_workers and self._waiting >= settings.query_queue:
                raise TooManyRequests("the queue of waiting queries is full.", retry_after_s=2)
            address = running.client.address
            self._clients[address] = self._clients.get(address, 0) + 1
            self._waiting += 1
            is_free = self._changed.wait_for(
                lambda: self._closed or self._fast < settings.query_workers,
                timeout=settings.query_wait_s,
            )
            self._waiting -= 1
            if self._closed or not is_free:
                self._forget_client(address)
                raise Unavailable("the service is too busy; try again in a few seconds.")
            self._fast += 1

    def _check_client(self, address: str) -> None:
        most = self.settings.client_queries
        if address and self._clients.get(address, 0) >= most:
            raise TooManyRequests(f"{most} of your queries are under way already.")

    def promote(self, running: Running) -> None:
        """Move a query that takes long out of its fast slot, or stop it where there is no room."""
        with self._lock:
            if running.is_long or running.id not in self._running:
                return
            if self._long >= self.settings.long_queries:
                running.stop(failures.too_many_long_queries(self._long))
                return
            running.is_long = True
            self._fast -= 1
            self._long += 1
            self._changed.notify()
        self._keeper.wake()
        self.when_free()

    def lacks_worker(self) -> bool:
        """Whether the next quick query would have to wait for a process to be made."""
        with self._lock:
            return not self._closed and not self._idle and self._fast <= self.settings.query_workers

    def stock_up(self) -> None:
        """Make one more worker, ready and idle.

        :raises KuvendError: where none can be started.
        :raises EOFError: where it died at once.
        """
        worker = self._nursery.spawn()
        try:
            worker.wait_until_ready()
        except BaseException:
            worker.close()
            raise
        with self._lock:
            is_kept = not self._closed
            if is_kept:
                self._idle.append(worker)
        if is_kept:
            self.when_free()
        else:
            worker.close()

    def finish(self, running: Running, *, reusable: bool) -> None:
        """Take back the worker of a query that has ended; it is kept if it is as good as new."""
        worker, is_unharmed = running.take_back()
        with self._lock:
            self._running.pop(running.id, None)
            if running.lowered:
                step = running.step_needed(worker, is_unharmed=is_unharmed)
                self._slowness.note(running.query, step)
            self._forget_client(running.client.address)
            if running.is_long:
                self._long -= 1
            else:
                self._fast -= 1
            has_room = self._fast + len(self._idle) <= self.settings.query_workers
            is_kept = reusable and is_unharmed and has_room and not self._closed
            is_kept = is_kept and not running.is_last_of_worker
            if is_kept and worker is not None and running.lowered:
                is_kept = worker.restore_priority()
            if is_kept and worker is not None:
                self._idle.append(worker)
            is_lacking = not self._idle
            is_last = self._closed and not self._running
            if self._waiting:
                self._changed.notify()
        if worker is not None and not is_kept:
            worker.close()
        if is_last:
            self._end_processes()
        elif is_lacking:
            self._keeper.wake()
        self.when_free()

    def _forget_client(self, client: str) -> None:
        left = self._clients[client] - 1
        if left > 0:
            self._clients[client] = left
        else:
            del self._clients[client]


def _nobody_waits() -> None:
    return


def _close_all(nursery: Nursery, idle: list[Worker], threads: tuple[Watch, Keeper]) -> None:
    for thread in threads:
        thread.close()
    while idle:
        idle.pop().close()
    nursery.close()
