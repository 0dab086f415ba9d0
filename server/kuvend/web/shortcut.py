"""Queries of programs, from the event loop to a worker and back without a thread.

What needs more than that - a page, a service description, the first query of a new release, a
call to another host, a long text - is left to the application.
"""

from __future__ import annotations

import os
from collections.abc import Iterable
from typing import Any

from flask import Flask

from kuvend.config import Settings
from kuvend.sparql import (
    Answer,
    Client,
    Conditions,
    NeedsThread,
    read_query_call,
)
from kuvend.web.connection import Connection
from kuvend.web.headers import fixed_headers
from kuvend.web.lane import Lane
from kuvend.web.querying import querying
from kuvend.web.ready import Headers, ReadyAnswers, Request

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

    def __init__(self, status: int, headers: Headers, body: Iterable[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_streamed = False


class ShortCut:
    """Answers queries on the event loop."""

    def __init__(self, app: Flask) -> None:
        settings: Settings = app.extensions["kuvend"].settings
        self._service = querying(app)
        # Made on the event loop it belongs to.
        self._lane: Lane | None = None
        self._ready = ReadyAnswers()
        self._keeps_answers = settings.result_cache_mb > 0
        self._link: str = os.fspath(app.extensions["kuvend"].releases.link)
        fixed = fixed_headers()
        # A result is no page: what governs scripts and frames is left out.
        self._fixed = [(name, fixed[name]) for name in _RESULT_HEADERS if name in fixed]

    def close(self) -> None:
        """Wait for workers no more."""
        if self._lane is not None:
            self._lane.close()

    def ready(self, request: Request) -> tuple[int, Headers, bytes] | None:
        """The answer to a GET request that was answered before, as long as the release stays."""
        return self._ready.get(self._release_name(), request) if self._keeps_answers else None

    async def answer(self, scope: Any, method: str, request: Request, body: bytes) -> Reply | None:
        """The answer to a query for a program; ``None`` where the application has to answer.

        :raises KuvendError: where there is no answer.
        """
        query_string, accept, encoding, etag = request
        # The first query, and the first of a new release, take their time in a thread.
        held = self._service.held
        is_page = accept is not None and "html" in accept
        is_long = len(query_string or "") + len(body) > _MAX_TEXT_BYTES
        if is_page or is_long or held is None or held.target != self._release_name():
            return None
        content_type = scope.headers.get("content-type") or "" if method == "POST" else ""
        call = read_query_call(method, query_string or "", content_type, body)
        if call is None or call.format_name == "html":
            return None
        endpoint = self._service.endpoint
        prepared = endpoint.prepare(
            call,
            held.pool,
            release_id=held.release.id,
            conditions=Conditions(accept or "", encoding or "", etag or ""),
        )
        answer = endpoint.kept(prepared)
        if answer is None:
            if self._lane is None:
                self._lane = Lane()
            peer = scope.client
            asking = Client(address_of(peer), Connection(peer).is_gone)
            try:
                result = await self._lane.run(held.pool, prepared, asking)
            except NeedsThread:
                return None
            if result is None:
                return None
            answer = endpoint.finish(prepared, result)
        reply = self._as_reply(answer)
        if self._keeps_answers and method == "GET" and not reply.is_streamed:
            self._keep(held.target, request, answer, reply)
        return reply

    def _release_name(self) -> str:
        """What the link to the current release says; cheap enough for every request."""
        try:
            return os.readlink(self._link)
        except OSError:
            return ""

    def _keep(self, target: str, request: Request, answer: Answer, reply: Reply) -> None:
        """Answer the same request from memory next time."""
        if "ETag" not in answer.headers:
            return
        whole = b"".join(reply.body)
        reply.body = (whole,)
        kept = [pair for pair in reply.headers if pair[0] != "Server-Timing"]
        self._ready.put(target, request, (reply.status, kept, whole))

    def _as_reply(self, answer: Answer) -> Reply:
        headers = [*self._fixed, *answer.headers.items()]
        reply = Reply(answer.status, headers, answer.body)
        result = answer.result
        if result is not None:
            headers.append(("Server-Timing", f"query;dur={result.elapsed_s * 1000:.1f}"))
            reply.is_streamed = not result.is_complete
        return reply


def request_of(scope: Any, headers: Any) -> Request:
    """What identifies a query, headers included."""
    get = headers.get
    return (scope.query_string, get("accept"), get("accept-encoding"), get("if-none-match"))


def address_of(peer: str) -> str:
    """The address in ``address:port``.

    >>> address_of("[::1]:80")
    '::1'
    """
    return peer.rpartition(":")[0].strip("[]")
