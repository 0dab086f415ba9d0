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
from typing import TypedDict, Unpack

from kuvend.config import Settings
from kuvend.errors import BadRequest, TooManyRequests, Unavailable
from kuvend.formats import COLUMN_FORMATS, RESULTS_JSON, TURTLE, Format
from kuvend.sparql import failures
from kuvend.sparql.federation import check_addresses
from kuvend.sparql.guard import Limits, Outline, check
from kuvend.sparql.paging import Page, in_total_order
from kuvend.sparql.stream import ANYONE, Client, QueryResult, Running, Stream
from kuvend.sparql.table import Rows, Table, read_table
from kuvend.sparql.watch import Watch
from kuvend.sparql.workers import Nursery, Worker

ENTAILMENTS = ("owl-rl", "none")


class WouldWait(Exception):
    """No worker is free at this moment."""


class Options(TypedDict, total=False):
    """How to run a query.

    ``format`` must suit the form of the query; without it, JSON or Turtle. Graph names replace
    the dataset of the query (SPARQL 1.1 Protocol §2.1.4). ``entailment`` is ``owl-rl`` for the
    merged default graph or ``none`` for what was asserted. ``timeout_s`` can only lower the
    deadline. With ``rows`` the body is a table of those rows (``kuvend.sparql.table``); with
    ``page`` it is those rows of the result in a total order.
    """

    format: Format | None
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    timeout_s: float | None
    entailment: str
    client: Client
    rows: Rows | None
    page: Page | None


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
        :raises KuvendError: as ``check`` does, and where there is no room for the query.
        """
        found = check(query, self.limits) if isinstance(query, str) else query
        if found.is_update:
            raise BadRequest("this is an update, not a query.", suggestion="Send it to /update.")
        entailment = options.get("entailment", ENTAILMENTS[0])
        if entailment not in ENTAILMENTS:
            raise BadRequest(
                f"entailment {entailment!r} is not offered.", suggestion="Use owl-rl or none."
            )
        chosen = options.get("format") or (TURTLE if found.is_graph else RESULTS_JSON)
        running = Running(
            id=next(self._numbers),
            query=found.text,
            client=options.get("client", ANYONE),
            timeout_s=self._deadline_s(options.get("timeout_s")),
        )
        has_columns = chosen in COLUMN_FORMATS
        if (found.services or has_columns) and not may_wait:
            raise WouldWait
        if found.services:
            check_addresses(found.services, self.limits.service_hosts)
        nursery = self._nursery_with_network() if found.services else self._nursery
        worker = self._acquire(running, nursery, has_columns=has_columns, may_wait=may_wait)
        stream = Stream(self, running, worker)
        stream.send(_request(found, chosen, options))
        return QueryResult(chosen, found, stream)

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
        self._end_processes()

    def _end_processes(self) -> None:
        self._finalizer()
        if self._close_network is not None:
            self._close_network()

    def retire(self) -> None:
        """Close as soon as the queries under way have ended."""
        with self._changed:
            self._closed = True
            is_busy = bool(self._running)
        if not is_busy:
            self.close()

    def _nursery_with_network(self) -> Nursery:
        """The nursery of workers for queries that may call an allowed host, started when needed."""
        with self._changed:
            if self._network_nursery is None:
                self._network_nursery = Nursery(
                    self._store_path, self.settings, self.prefixes, network=True
                )
                self._close_network = weakref.finalize(self, self._network_nursery.close)
            return self._network_nursery

    def _acquire(
        self, running: Running, nursery: Nursery, *, has_columns: bool, may_wait: bool
    ) -> Worker:
        if may_wait:
            self._take_slot(running)
        else:
            self._take_free_slot(running)
        try:
            is_plain = nursery is self._nursery and not has_columns
            with self._changed:
                worker = self._idle.pop() if self._idle and is_plain else None
            running.worker = worker = worker or nursery.spawn(with_columns=has_columns)
            # A worker with a network, or the library for columns, serves one query and is gone.
            running.is_lowered = not is_plain
            worker.wait_until_ready()
        except (EOFError, OSError) as error:
            self.finish(running, reusable=False)
            raise Unavailable("no worker could be started.") from error
        except BaseException:
            self.finish(running, reusable=False)
            raise
        with self._changed:
            running.begin()
            self._running[running.id] = running
        self._watch.wake()
        return worker

    def _take_free_slot(self, running: Running) -> None:
        """Take a slot whose worker is idle now."""
        with self._changed:
            self._check_client(running.client.address)
            if self._closed or not self._idle or self._fast >= self.settings.query_workers:
                raise WouldWait
            self._clients[running.client.address] += 1
            self._fast += 1

    def _take_slot(self, running: Running) -> None:
        settings = self.settings
        with self._changed:
            self._check_client(running.client.address)
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

    def _check_client(self, address: str) -> None:
        most = self.settings.client_queries
        if address and self._clients[address] >= most:
            raise TooManyRequests(f"{most} of your queries are under way already.")

    def promote(self, running: Running) -> None:
        """Move a query that takes long out of its fast slot, or stop it where there is no room."""
        with self._changed:
            if running.is_long or running.id not in self._running:
                return
            if self._long >= self.settings.long_queries:
                running.stop(failures.too_many_long_queries(self._long))
                return
            running.is_long = True
            self._fast -= 1
            self._long += 1
            self._changed.notify()

    def finish(self, running: Running, *, reusable: bool) -> None:
        """Take back the worker of a query that has ended; it is kept if it is as good as new."""
        worker, is_unharmed = running.take_back()
        with self._changed:
            self._running.pop(running.id, None)
            self._forget_client(running.client.address)
            if running.is_long:
                self._long -= 1
            else:
                self._fast -= 1
            is_kept = reusable and is_unharmed and not running.is_lowered and not self._closed
            if is_kept and worker is not None:
                self._idle.append(worker)
            is_last = self._closed and not self._running
            self._changed.notify()
        if worker is not None and not is_kept:
            worker.close()
        if is_last:
            self._end_processes()

    def _forget_client(self, client: str) -> None:
        self._clients[client] -= 1
        if self._clients[client] <= 0:
            del self._clients[client]


def _close_all(nursery: Nursery, idle: list[Worker], watch: Watch) -> None:
    watch.close()
    while idle:
        idle.pop().close()
    nursery.close()


def _request(found: Outline, chosen: Format, options: Options) -> dict[str, object]:
    default_graphs: Sequence[str] = options.get("default_graphs", ())
    named_graphs: Sequence[str] = options.get("named_graphs", ())
    entailment = options.get("entailment", ENTAILMENTS[0])
    is_given = bool(default_graphs or named_graphs)
    if not is_given and len(found.default_graphs) > 1:
        # The engine would answer a triple once per FROM graph that holds it.
        default_graphs, named_graphs, is_given = found.default_graphs, found.named_graphs, True
    if found.default_graphs or found.named_graphs:
        entailment = ENTAILMENTS[0]
    page = options.get("page")
    return {
        "query": in_total_order(found.text) if page else found.text,
        "media_type": chosen.media_type,
        "default_graphs": list(dict.fromkeys(default_graphs)),
        "named_graphs": list(dict.fromkeys(named_graphs)) if is_given else None,
        "entailment": entailment,
        "uses_graph": found.uses_graph,
        "rows": options.get("rows"),
        "page": page,
    }
