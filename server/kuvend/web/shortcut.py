"""Queries of programs, from the event loop to a worker and back without a thread.

What needs more than that - a page, a service description, the first query of a new release, a
call to another host, a long text - is left to the application.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import Callable, Iterable
from functools import partial
from typing import NamedTuple

from flask import Flask

from kuvend.config import Settings
from kuvend.errors import KuvendError
from kuvend.sparql import (
    Answer,
    Client,
    Conditions,
    NeedsThread,
    read_query_call,
)
from kuvend.web.headers import fixed_headers
from kuvend.web.incoming import Request
from kuvend.web.lane import Job, Lane
from kuvend.web.querying import querying
from kuvend.web.ready import Key, Pairs, ReadyAnswers

_RESULT_HEADERS = (
    "X-Content-Type-Options",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
)


# Reading a longer text takes tens of milliseconds, and all others would wait for it.
_MAX_TEXT_BYTES = 4096


class Reply:
    """What the application answered: status, headers, and the body, which may still be coming."""

    __slots__ = ("body", "headers", "is_streamed", "status")

    def __init__(self, status: int, headers: Pairs, body: Iterable[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_streamed = False


Done = Callable[[Reply | KuvendError | None], None]


class _Asked(NamedTuple):
    """A query on its way: whom to tell, and under what to keep the answer."""

    key: Key
    target: str
    may_be_kept: bool
    done: Done


class ShortCut:
    """Answers queries on the event loop it is made on."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions["kuvend"].settings
        self._service = querying(app)
        self._loop = asyncio.get_running_loop()
        self._lane = Lane()
        self._name, self._read_at = "", -1.0
        self._ready = ReadyAnswers()
        self._keeps_answers = settings.result_cache_mb > 0
        self._link: str = os.fspath(app.extensions["kuvend"].releases.link)
        fixed = fixed_headers()
        # A result is no page: what governs scripts and frames is left out.
        self._fixed = [(name, fixed[name]) for name in _RESULT_HEADERS if name in fixed]

    def close(self) -> None:
        """Wait for workers no more."""
        self._lane.close()

    def ready(self, key: Key) -> tuple[int, Pairs, bytes] | None:
        """The answer to a GET request that was answered before, as long as the release stays."""
        return self._ready.get(self._release_name(), key) if self._keeps_answers else None

    def begin(self, request: Request, key: Key, body: bytes, done: Done) -> Reply | bool:
        """The answer to a query for a program where it is kept.

        ``True`` where ``done`` will be called with the answer, or with what failed, or with
        ``None`` where the application has to answer after all; ``False`` where it has to now.

        :raises KuvendError: where there is no answer.
        """
        query_string, accept, encoding, etag = key
        # The first query, and the first of a new release, take their time in a thread.
        held = self._service.held
        is_page = accept is not None and "html" in accept
        is_long = sum([len(part) for part in key if part]) + len(body) > _MAX_TEXT_BYTES
        if is_page or is_long or held is None or held.target != self._release_name():
            return False
        method = request.method
        content_type = request.headers.get("content-type", "") if method == "POST" else ""
        call = read_query_call(method, query_string or "", content_type, body)
        if call is None or call.format_name == "html":
            return False
        endpoint = self._service.endpoint
        prepared = endpoint.prepare(
            call,
            held.pool,
            release_id=held.release.id,
            conditions=Conditions(accept or "", encoding or "", etag or ""),
        )
        asked = _Asked(key, held.target, method == "GET", done)
        answer = endpoint.kept(prepared)
        if answer is not None:
            return self._replied(asked, answer)
        asking = Client(address_of(request.client), request.connection.is_gone)
        try:
            return self._lane.begin(Job(held.pool, prepared, asking, partial(self._done, asked)))
        except NeedsThread:
            return False

    def _done(self, asked: _Asked, job: Job) -> None:
        """Tell what came of ``job``."""
        if job.result is None:
            asked.done(job.error if isinstance(job.error, KuvendError) else None)
            return
        found: Reply | KuvendError | None = None
        try:
            found = self._replied(asked, self._service.endpoint.finish(job.prepared, job.result))
        except KuvendError as error:
            found = error
        finally:
            asked.done(found)

    def _replied(self, asked: _Asked, answer: Answer) -> Reply:
        reply = self._as_reply(answer)
        if self._keeps_answers and asked.may_be_kept and not reply.is_streamed:
            self._keep(asked, answer, reply)
        return reply

    def _release_name(self) -> str:
        """What the link to the current release says.

        It is read once in each turn of the event loop: the answer to a change made here is
        told by another, and who builds elsewhere cannot tell a thousandth of a second.
        """
        held, now = self._service.held, self._loop.time()
        if now != self._read_at or held is None or held.target != self._name:
            self._read_at = now
            try:
                self._name = os.readlink(self._link)
            except OSError:
                self._name = ""
        return self._name

    def _keep(self, asked: _Asked, answer: Answer, reply: Reply) -> None:
        """Answer the same request from memory next time."""
        if "ETag" not in answer.headers:
            return
        whole = b"".join(reply.body)
        reply.body = (whole,)
        kept = [pair for pair in reply.headers if pair[0] != "Server-Timing"]
        self._ready.put(asked.target, asked.key, (reply.status, kept, whole))

    def _as_reply(self, answer: Answer) -> Reply:
        headers = [*self._fixed, *answer.headers.items()]
        reply = Reply(answer.status, headers, answer.body)
        result = answer.result
        if result is not None:
            headers.append(("Server-Timing", f"query;dur={result.elapsed_s * 1000:.1f}"))
            reply.is_streamed = not result.is_complete
        return reply


def key_of(request: Request) -> Key:
    """What identifies a query, headers included."""
    get = request.headers.get
    return (request.query_string, get("accept"), get("accept-encoding"), get("if-none-match"))


def address_of(peer: str) -> str:
    """The address in ``address:port``.

    >>> address_of("[::1]:80")
    '::1'
    """
    return peer.rpartition(":")[0].strip("[]")
