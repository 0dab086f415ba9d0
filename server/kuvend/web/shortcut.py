"""Queries of programs, from the event loop to a worker and back, without a thread or a task.

A query that finds no idle worker waits here for its turn. What needs more than that - a page, a
service description, the first query of a new release, a call to another host - is left to the
application.
"""

from __future__ import annotations

import asyncio
import threading
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from flask import Flask

from kuvend.errors import KuvendError, Unavailable
from kuvend.sparql import (
    Answer,
    Client,
    Conditions,
    Prepared,
    QueryResult,
    WouldWait,
    read_query_call,
)
from kuvend.web.connection import client_gone
from kuvend.web.headers import fixed_headers
from kuvend.web.querying import Current, querying
from kuvend.web.ready import read_link
from kuvend.web.wire import Reply, Request

if TYPE_CHECKING:
    from kuvend.web.gateway import Gateway

_RESULT_HEADERS = (
    "X-Content-Type-Options",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
)
_LOOK_S = 0.25


@dataclass(eq=False, slots=True)
class Job:
    """A query on its way."""

    request: Request
    current: Current
    prepared: Prepared
    waiting_until: float = 0.0
    result: QueryResult | None = None
    is_listening: bool = False


class ShortCut:
    """Answers queries on the event loop it was made on."""

    def __init__(self, app: Flask, gateway: Gateway) -> None:
        self._app = app
        self._gateway = gateway
        self._loop = asyncio.get_running_loop()
        self._thread = threading.get_ident()
        self._link = app.extensions["kuvend"].releases.link
        self._waiting: deque[Job] = deque()
        self._is_looking = False
        fixed = fixed_headers()
        # A result is no page: what governs scripts and frames is left out.
        self._fixed = [(name, fixed[name]) for name in _RESULT_HEADERS if name in fixed]

    def begin(self, request: Request) -> bool:
        """Whether the query is answered or on its way; if not, the application has to answer.

        :raises KuvendError: where there is no answer.
        """
        method, headers = request.method, request.headers
        accept = headers.get("accept", "")
        service = querying(self._app)
        # The first query, and the first of a new release, take their time in a thread.
        held = service.held
        if method not in {"GET", "POST"} or "html" in accept or held is None:
            return False
        if held.target != read_link(self._link) or request.body is None:
            return False
        content_type = headers.get("content-type", "")
        call = read_query_call(method, request.query_string, content_type, request.body.read())
        if call is None or call.format_name == "html":
            return False
        asked = Conditions(
            accept or None, headers.get("accept-encoding", ""), headers.get("if-none-match", "")
        )
        prepared = service.endpoint.prepare(
            call, held.pool, release_id=held.release.id, conditions=asked
        )
        answer = service.endpoint.kept(prepared)
        if answer is not None:
            self._send(request, held, answer)
            return True
        return not prepared.outline.services and self._enter(Job(request, held, prepared))

    def left(self, request: Request) -> None:
        """The client has gone: stop its query."""
        job = request.job
        if isinstance(job, Job) and job.result is not None and job.is_listening:
            self._stop_listening(job)
            job.result.close()
            self._over(job)

    def _enter(self, job: Job) -> bool:
        pool = job.current.pool
        if len(self._waiting) >= pool.settings.query_queue:
            return False
        job.request.job = job
        pool.when_free = self._free
        if not self._waiting and self._start(job):
            return True
        job.waiting_until = self._loop.time() + pool.settings.query_wait_s
        self._waiting.append(job)
        if not self._is_looking:
            self._is_looking = True
            self._loop.call_later(_LOOK_S, self._look)
        return True

    def _free(self) -> None:
        """A worker has become idle; told from any thread."""
        if self._waiting and threading.get_ident() != self._thread:
            self._loop.call_soon_threadsafe(self._pump)

    def _pump(self) -> None:
        """Start what waits, as far as there are workers."""
        while self._waiting and self._start(self._waiting[0]):
            self._waiting.popleft()

    def _look(self) -> None:
        """Give up on what waited too long."""
        self._pump()
        now = self._loop.time()
        while self._waiting and self._waiting[0].waiting_until < now:
            self._fail(
                self._waiting.popleft(),
                Unavailable("the service is too busy; try again in a few seconds."),
            )
        self._is_looking = bool(self._waiting)
        if self._is_looking:
            self._loop.call_later(_LOOK_S, self._look)

    def _start(self, job: Job) -> bool:
        """Whether the job need not wait any more."""
        request, pool = job.request, job.current.pool
        if request.connection.is_gone:
            self._over(job)
            return True
        client = Client(request.address, client_gone(request.connection))
        try:
            result = pool.begin(
                job.prepared.outline, may_wait=False, **job.prepared.options(client)
            )
        except WouldWait:
            if not pool.is_closed:
                return False
            self._gateway.to_application(request)
            return True
        except KuvendError as error:
            self._fail(job, error)
            return True
        job.result, job.is_listening = result, True
        self._loop.add_reader(result.body.fileno(), self._readable, job)
        return True

    def _stop_listening(self, job: Job) -> None:
        if job.is_listening and job.result is not None:
            job.is_listening = False
            self._loop.remove_reader(job.result.body.fileno())

    def _readable(self, job: Job) -> None:
        result = job.result
        assert result is not None
        try:
            if not result.body.take(lambda: self._stop_listening(job)):
                return
        except KuvendError as error:
            self._fail(job, error)
        else:
            self._answer(job, result)
        self._pump()

    def _answer(self, job: Job, result: QueryResult) -> None:
        endpoint = querying(self._app).endpoint
        answer = endpoint.finish(job.prepared, result)
        if result.is_complete:
            self._send(job.request, job.current, answer)
            return
        reply = Reply(answer.status, self._headers(answer), answer.body)
        self._gateway.to_stream(job.request, reply)

    def _headers(self, answer: Answer) -> list[tuple[str, str]]:
        headers = [*self._fixed, *answer.headers.items()]
        if answer.result is not None:
            headers.append(("Server-Timing", f"query;dur={answer.result.elapsed_s * 1000:.1f}"))
        return headers

    def _send(self, request: Request, current: Current, answer: Answer) -> None:
        body = b"".join(answer.body)
        headers = self._headers(answer)
        named = [*headers, ("X-Request-Id", request.number)]
        request.connection.respond(answer.status, named, body)
        self._gateway.done(request, answer.status)
        if "ETag" in answer.headers:
            kept = [pair for pair in headers if pair[0] != "Server-Timing"]
            self._gateway.keep(current.target, request, answer.status, kept, body)

    def _fail(self, job: Job, error: KuvendError) -> None:
        self._gateway.to_application(job.request, error)

    def _over(self, job: Job) -> None:
        """Nobody waits for the answer."""
        self._gateway.done(job.request, 499)
