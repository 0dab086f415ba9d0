"""Queries in killable worker processes: the only way a visitor's query meets the engine.

A query first runs in one of a few fast slots. One that takes longer than ``long_query_s`` leaves
its slot, is given low priority, and counts against ``long_queries``; where those are taken it is
stopped. So a slot is free again soon whatever visitors send, and short queries stay short.
"""

from __future__ import annotations

import itertools
import threading
import weakref
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from kuvend.config import Settings
from kuvend.errors import BadRequest, TooManyRequests, Unavailable
from kuvend.formats import RESULTS_JSON, TURTLE, Format
from kuvend.sparql import failures
from kuvend.sparql.guard import Limits, Outline, check
from kuvend.sparql.stream import ANYONE, Client, QueryResult, Running, Stream
from kuvend.sparql.table import Rows, Table, read_table
from kuvend.sparql.watch import Watch
from kuvend.sparql.workers import Nursery, Worker

ENTAILMENTS = ("owl-rl", "none")


class QueryPool:
    """Workers over one store, which must not change while the pool is open."""

    def __init__(
        self, store_path: Path, settings: Settings, *, prefixes: Mapping[str, str] | None = None
    ) -> None:
        self.settings = settings
        self.limits = Limits.for_queries(settings)
        self.prefixes = dict(prefixes or {})
        self._nursery = Nursery(store_path, settings)
        self._changed = threading.Condition()
        self._idle: list[Worker] = []
        self._fast = self._long = self._waiting = 0
        self._clients: Counter[str] = Counter()
        self._running: dict[int, Running] = {}
        self._numbers = itertools.count(1)
        self._closed = False
        self._watch = Watch(self)
        self._finalizer = weakref.finalize(self, _close_all, self._nursery, self._idle, self._watch)

    @property
    def network_isolated(self) -> bool:
        """Whether the workers have no network; known after the first query."""
        return self._nursery.network_isolated

    def run(
        self,
        query: str | Outline,
        *,
        format: Format | None = None,  # noqa: A002 - the word users know
        default_graphs: Sequence[str] = (),
        named_graphs: Sequence[str] = (),
        timeout_s: float | None = None,
        entailment: str = "owl-rl",
        client: Client = ANYONE,
        rows: Rows | None = None,
    ) -> QueryResult:
        """The result of ``query``, once its first bytes are there.

        ``format`` must suit the form of the query; ``None`` is JSON or Turtle. Graph names given
        replace the dataset of the query (SPARQL 1.1 Protocol §2.1.4). ``entailment`` is
        ``owl-rl`` for the merged default graph or ``none`` for what was asserted. ``timeout_s``
        can only lower the deadline. With ``rows``
        the body is a table of those rows for programs (``kuvend.sparql.table``).

        :raises KuvendError: as ``check`` does, and where the query fails before its first bytes.
        """
        found = check(query, self.limits) if isinstance(query, str) else query
        if entailment not in ENTAILMENTS:
            raise BadRequest(
                f"entailment {entailment!r} is not offered.", suggestion="Use owl-rl or none."
            )
        chosen = format or (TURTLE if found.is_graph else RESULTS_JSON)
        most = self.settings.query_timeout_s
        running = Running(
            id=next(self._numbers),
            query=found.text,
            client=client,
            timeout_s=most if timeout_s is None else max(0.001, min(timeout_s, most)),
        )
        worker = self._acquire(running)
        stream = Stream(self, running, worker)
        request = _request(found, chosen, default_graphs, named_graphs, entailment)
        stream.start({**request, "prefixes": self.prefixes, "rows": rows})
        return QueryResult(chosen, found, stream)

    def table(
        self, query: str | Outline, *, max_rows: int = 1000, first_row: int = 0, **options: Any
    ) -> Table:
        """At most ``max_rows`` rows of ``query`` from ``first_row`` on, as terms.

        ``options`` are those of ``run``.

        :raises KuvendError: as ``run`` does, and where the query fails on the way.
        """
        return read_table(self.run(query, rows=Rows(first_row, max_rows), **options).read())

    def running(self) -> list[Running]:
        """The queries under way, oldest first."""
        with self._changed:
            return sorted(self._running.values(), key=lambda r: r.started)

    def cancel(self, number: int) -> bool:
        """Stop one query; ``False`` where there is none of this number."""
        with self._changed:
            running = self._running.get(number)
            if running is None:
                return False
            running.stop(failures.cancelled())
            return True

    def counts(self) -> dict[str, int]:
        """Workers and queue for the metrics."""
        with self._changed:
            return {
                "fast": self._fast,
                "long": self._long,
                "waiting": self._waiting,
                "idle": len(self._idle),
            }

    def close(self) -> None:
        """Stop every query and end every process."""
        with self._changed:
            self._closed = True
            for running in self._running.values():
                running.stop(Unavailable("the service is shutting down."))
            self._changed.notify_all()
        self._finalizer()

    def retire(self) -> None:
        """Close as soon as the queries under way have ended."""
        with self._changed:
            self._closed = True
            is_busy = bool(self._running)
        if not is_busy:
            self.close()

    def _acquire(self, running: Running) -> Worker:
        self._take_slot(running)
        try:
            with self._changed:
                worker = self._idle.pop() if self._idle else None
            running.worker = worker or self._nursery.spawn()
            running.worker.wait_until_ready()
        except (EOFError, OSError) as error:
            self._give_back(running)
            raise Unavailable("no worker could be started.") from error
        except BaseException:
            self._give_back(running)
            raise
        with self._changed:
            running.begin()
            self._running[running.id] = running
        self._watch.wake()
        return running.worker

    def _take_slot(self, running: Running) -> None:
        settings = self.settings
        with self._changed:
            if (
                running.client.address
                and self._clients[running.client.address] >= settings.client_queries
            ):
                raise TooManyRequests(
                    f"{settings.client_queries} of your queries are under way already.",
                )
            if self._fast >= settings.query_workers and self._waiting >= settings.query_queue:
                raise TooManyRequests("the queue of waiting queries is full.", retry_after_s=2)
            self._clients[running.client.address] += 1
            self._waiting += 1
            is_free = self._changed.wait_for(
                lambda: self._closed or self._fast < settings.query_workers,
                timeout=settings.query_wait_s,
            )
            self._waiting -= 1
            if self._closed or not is_free:
                self._forget_client(running.client.address)
                raise Unavailable("the service is too busy; try again in a few seconds.")
            self._fast += 1

    def promote(self, running: Running) -> None:
        """Move a query that takes long out of its fast slot, or stop it where there is no room."""
        with self._changed:
            if running.is_long or running.id not in self._running or running.worker is None:
                return
            if self._long >= self.settings.long_queries:
                running.stop(failures.too_many_long_queries(self._long))
                return
            running.is_long = True
            self._fast -= 1
            self._long += 1
            self._changed.notify()
        running.worker.lower_priority()

    def finish(self, running: Running, *, reusable: bool) -> None:
        """Take back the worker of a query that has ended, or replace it."""
        worker = running.worker
        keep = reusable and not running.is_long and not self._closed
        if worker is not None and not keep:
            worker.close()
            worker = None
        self._give_back(running, worker)

    def _give_back(self, running: Running, worker: Worker | None = None) -> None:
        with self._changed:
            self._running.pop(running.id, None)
            self._forget_client(running.client.address)
            if running.is_long:
                self._long -= 1
            else:
                self._fast -= 1
            if worker is not None:
                self._idle.append(worker)
            is_last = self._closed and not self._running
            self._changed.notify()
        if is_last:
            self._finalizer()

    def _forget_client(self, client: str) -> None:
        self._clients[client] -= 1
        if self._clients[client] <= 0:
            del self._clients[client]


def _close_all(nursery: Nursery, idle: list[Worker], watch: Watch) -> None:
    watch.close()
    while idle:
        idle.pop().close()
    nursery.close()


def _request(
    found: Outline,
    chosen: Format,
    default_graphs: Sequence[str],
    named_graphs: Sequence[str],
    entailment: str,
) -> dict[str, object]:
    is_given = bool(default_graphs or named_graphs)
    if not is_given and len(found.default_graphs) > 1:
        # The engine would answer a triple once per FROM graph that holds it.
        default_graphs, named_graphs, is_given = found.default_graphs, found.named_graphs, True
    if found.default_graphs or found.named_graphs:
        entailment = "owl-rl"
    return {
        "query": found.text,
        "media_type": chosen.media_type,
        "default_graphs": list(dict.fromkeys(default_graphs)),
        "named_graphs": list(dict.fromkeys(named_graphs)) if is_given else None,
        "entailment": entailment,
        "uses_graph": found.uses_graph,
    }
