"""Between the HTTP server and the application: bodies are bounded, queries take a short cut.

The server speaks RSGI. Most requests run as WSGI in a thread. A query for a program is answered
on the event loop itself: while a worker evaluates it, nothing waits but a file descriptor.
"""

from __future__ import annotations

import asyncio
import io
import logging
import os
import sys
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from flask import Flask

from kuvend.config import Settings
from kuvend.errors import KuvendError, TooManyRequests
from kuvend.sparql import (
    Answer,
    Client,
    Conditions,
    Prepared,
    QueryPool,
    QueryResult,
    WouldWait,
    read_query_call,
)
from kuvend.web.access import AccessLog, request_id
from kuvend.web.bodies import FAILURE_KEY as BODY_FAILURE_KEY
from kuvend.web.bodies import Bodies
from kuvend.web.connection import PEER_KEY, Connection
from kuvend.web.headers import fixed_headers
from kuvend.web.querying import FAILURE_KEY, STREAMING_KEY, querying
from kuvend.web.ready import ReadyAnswers

# Pages are quick. What waits for workers, or for a client to read, has threads of its own.
_PAGE_THREADS = 16
_WAITING_THREADS = 64
_WAITING = frozenset(
    {"sparql", "update", "data", "validate", "sentences", "queries", "shapes", "dataset.nq"}
)
_RESULT_HEADERS = (
    "X-Content-Type-Options",
    "Access-Control-Allow-Origin",
    "Access-Control-Expose-Headers",
)
_MAX_UNDER_WAY = 512
# A client has this long, in seconds, to take one piece of a body.
_SEND_S = 30.0
_PIECE_BYTES = 64 * 1024
# So much is sent before it is asked whether it is taken.
_UNWATCHED_BYTES = 256 * 1024
# The body is read already, in one piece; who sees chunks announced would look for them.
_OF_THE_CONNECTION = frozenset({"CONTENT_LENGTH", "TRANSFER_ENCODING"})
_BUSY = (
    b'{"type":"about:blank","title":"Not available","status":503,'
    b'"detail":"too many requests are under way."}\n'
)
_log = logging.getLogger("kuvend.web")


class Reply:
    """What the application answered: status, headers, and the body, which may still be coming."""

    def __init__(self, status: int, headers: list[tuple[str, str]], body: Iterable[bytes]) -> None:
        self.status = status
        self.headers = headers
        self.body = body
        self.is_streamed = False


class Lane:
    """Turns for queries on the event loop: as many at once as there are fast slots.

    A query that takes long gives its turn back, as it gives its slot back in the pool.
    """

    def __init__(self, slots: int, long_after_s: float) -> None:
        self._free = slots
        self._long_after_s = long_after_s
        self._waiting: deque[asyncio.Future[None]] = deque()

    @property
    def waiting(self) -> int:
        """How many queries wait for their turn."""
        return len(self._waiting)

    async def take(self) -> Callable[[], None]:
        """Wait for a turn; the function returned gives it back, once, however often called."""
        loop = asyncio.get_running_loop()
        if self._free > 0:
            self._free -= 1
        else:
            turn: asyncio.Future[None] = loop.create_future()
            self._waiting.append(turn)
            await turn
        is_given_back = False

        def give_back() -> None:
            nonlocal is_given_back
            if is_given_back:
                return
            is_given_back = True
            timer.cancel()
            while self._waiting:
                following = self._waiting.popleft()
                if not following.done():
                    following.set_result(None)
                    return
            self._free += 1

        timer = loop.call_later(self._long_after_s, give_back)
        return give_back


class Gateway:
    """The RSGI application."""

    def __init__(self, app: Flask, access: AccessLog) -> None:
        self._app = app
        self._access = access
        self._pages = ThreadPoolExecutor(_PAGE_THREADS, thread_name_prefix="kuvend-page")
        self._waiting = ThreadPoolExecutor(_WAITING_THREADS, thread_name_prefix="kuvend-wait")
        self._under_way = 0
        settings: Settings = app.extensions["kuvend"].settings
        self._lane = Lane(settings.query_workers, settings.long_query_s)
        self._ready = ReadyAnswers()
        self._keeps_answers = settings.result_cache_mb > 0
        self._link: Path = app.extensions["kuvend"].releases.link
        fixed = fixed_headers()
        # A result is no page: what governs scripts and frames is left out.
        self._fixed = [(name, fixed[name]) for name in _RESULT_HEADERS if name in fixed]
        self._max_body_bytes: int = app.config["MAX_CONTENT_LENGTH"]
        self._bodies = Bodies(self._max_body_bytes)

    @property
    def is_busy(self) -> bool:
        """Whether any request is under way."""
        return self._under_way > 0

    def close(self) -> None:
        """Let the threads end."""
        for threads in (self._pages, self._waiting):
            threads.shutdown(wait=False, cancel_futures=True)

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        started = time.perf_counter()
        number = request_id(scope.headers.get("x-request-id"))
        asked = _repeatable_request(scope)
        if asked is not None:
            held = self._ready.get(self._release_name(), asked)
            if held is not None:
                status, headers, body = held
                protocol.response_bytes(status, [*headers, ("X-Request-Id", number)], body)
                self._access.add(scope, status, time.perf_counter() - started, number)
                return
        self._under_way += 1
        try:
            reply = await self._reply(scope, protocol)
            reply.headers.append(("X-Request-Id", number))
            if reply.is_streamed:
                await self._stream(scope, protocol, reply)
            else:
                protocol.response_bytes(reply.status, reply.headers, b"".join(reply.body))
        finally:
            self._under_way -= 1
        self._access.add(scope, reply.status, time.perf_counter() - started, number)

    def _release_name(self) -> str:
        """What the link to the current release says; cheap enough for every request."""
        try:
            return os.readlink(self._link)
        except OSError:
            return ""

    async def _reply(self, scope: Any, protocol: Any) -> Reply:
        if self._under_way > _MAX_UNDER_WAY:
            return _busy()
        try:
            body = await self._bodies.read(scope, protocol)
        except TooManyRequests:
            return _busy()
        except KuvendError as error:
            return await self._refuse(scope, error)
        try:
            return await self._answer(scope, body)
        finally:
            self._bodies.release(len(body or b""))

    async def _answer(self, scope: Any, body: bytes | None) -> Reply:
        failure: KuvendError | None = None
        if scope.path == "/sparql" and scope.method in {"GET", "POST"} and body is not None:
            try:
                found = await self._query(scope, body)
                if found is not None:
                    return found
            except KuvendError as error:
                failure = error
        environ = self._environ(scope, body, failure)
        loop = asyncio.get_running_loop()
        area = scope.path.lstrip("/").partition("/")[0]
        threads = self._waiting if area in _WAITING else self._pages
        return await loop.run_in_executor(threads, self._call, environ)

    async def _refuse(self, scope: Any, error: KuvendError) -> Reply:
        """The answer to a request whose body did not come whole."""
        environ = {**self._environ(scope, b"", None), BODY_FAILURE_KEY: error}
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._pages, self._call, environ)

    async def _query(self, scope: Any, body: bytes) -> Reply | None:
        """The answer to a query for a program; ``None`` where the application has to answer.

        :raises KuvendError: where there is no answer.
        """
        headers = scope.headers
        accept = headers.get("accept") or ""
        service = querying(self._app)
        # The first query, and the first of a new release, take their time in a thread.
        held = service.held
        if "html" in accept or held is None or held.target != self._release_name():
            return None
        content_type = headers.get("content-type") or ""
        call = read_query_call(scope.method, scope.query_string, content_type, body)
        if call is None or call.format_name == "html":
            return None
        asked = Conditions(
            accept, headers.get("accept-encoding") or "", headers.get("if-none-match") or ""
        )
        prepared = service.endpoint.prepare(
            call, held.pool, release_id=held.release.id, conditions=asked
        )
        answer = service.endpoint.kept(prepared)
        if answer is None:
            result = await self._run(held.pool, prepared, scope)
            if result is None:
                return None
            answer = service.endpoint.finish(prepared, result)
        reply = self._as_reply(answer)
        asked_again = _repeatable_request(scope)
        if asked_again and not reply.is_streamed and "ETag" in answer.headers:
            self._keep(held.target, asked_again, reply)
        return reply

    def _keep(self, target: str, request: tuple[str | None, ...], reply: Reply) -> None:
        """Answer the same request from memory next time."""
        if not self._keeps_answers:
            return
        whole = b"".join(reply.body)
        reply.body = [whole]
        kept = [pair for pair in reply.headers if pair[0] != "Server-Timing"]
        self._ready.put(target, request, (reply.status, kept, whole))

    async def _run(self, pool: QueryPool, prepared: Prepared, scope: Any) -> QueryResult | None:
        """The result with its first bytes; ``None`` where a thread has to wait for a worker."""
        if self._lane.waiting >= pool.settings.query_queue:
            return None
        give_back = await self._lane.take()
        try:
            options = prepared.options(_client(scope))
            result = pool.begin(prepared.outline, may_wait=False, **options)
            await _first_bytes(result)
            return result
        except WouldWait:
            return None
        finally:
            give_back()

    def _as_reply(self, answer: Answer) -> Reply:
        headers = [*self._fixed, *answer.headers.items()]
        if answer.result is not None:
            headers.append(("Server-Timing", f"query;dur={answer.result.elapsed_s * 1000:.1f}"))
        reply = Reply(answer.status, headers, answer.body)
        reply.is_streamed = answer.result is not None and not answer.result.is_complete
        return reply

    def _call(self, environ: dict[str, Any]) -> Reply:
        """Run the application as WSGI."""
        reply = Reply(500, [], [])

        def start_response(
            status: str, headers: list[tuple[str, str]], _: Any = None
        ) -> Callable[[bytes], object]:
            reply.status, reply.headers = int(status[:3]), list(headers)
            return lambda _: None

        parts = self._app.wsgi_app(environ, start_response)
        reply.is_streamed = bool(environ.get(STREAMING_KEY))
        if reply.is_streamed:
            reply.body = parts
            return reply
        try:
            reply.body = [b"".join(parts)]
        finally:
            _close(parts)
        return reply

    async def _stream(self, scope: Any, protocol: Any, reply: Reply) -> None:
        """Send the body as it comes; where it fails, break the connection off."""
        loop = asyncio.get_running_loop()
        transport = protocol.response_stream(reply.status, reply.headers)
        parts = iter(reply.body)
        connection, sent = Connection(scope.client), 0
        try:
            while True:
                part = await loop.run_in_executor(self._waiting, _next, parts)
                if part is None:
                    return
                for start in range(0, len(part), _PIECE_BYTES):
                    async with asyncio.timeout(_SEND_S):
                        if sent > _UNWATCHED_BYTES:
                            await connection.takes_more()
                        await transport.send_bytes(part[start : start + _PIECE_BYTES])
                sent += len(part)
        except KuvendError as error:
            _log.warning("a result was broken off: %s", error)
            connection.break_off()
        except TimeoutError:
            _log.info("a client that does not read was cut off")
            connection.break_off()
        except RuntimeError:
            # The client has gone away; RSGI has no class of its own for it.
            _log.info("the client left before the end of a result")
        finally:
            await loop.run_in_executor(self._waiting, _close, reply.body)

    def _environ(
        self, scope: Any, body: bytes | None, failure: KuvendError | None
    ) -> dict[str, Any]:
        host, _, port = scope.server.rpartition(":")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": scope.method,
            "SCRIPT_NAME": "",
            # The server has decoded it once; once more and %2562 would be another name.
            "PATH_INFO": scope.path.encode().decode("latin-1"),
            "QUERY_STRING": scope.query_string,
            "REMOTE_ADDR": _address(scope.client),
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": f"HTTP/{scope.http_version}",
            "CONTENT_LENGTH": str(self._max_body_bytes + 1 if body is None else len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": scope.scheme,
            "wsgi.input": io.BytesIO(body or b""),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            PEER_KEY: scope.client,
        }
        if failure is not None:
            environ[FAILURE_KEY] = failure
        for name, value in scope.headers.items():
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                environ[key] = value
            elif key not in _OF_THE_CONNECTION:
                held = environ.get(f"HTTP_{key}")
                environ[f"HTTP_{key}"] = value if held is None else f"{held}, {value}"
        if "HTTP_HOST" not in environ and scope.authority:
            environ["HTTP_HOST"] = scope.authority
        return environ


def _busy() -> Reply:
    headers = [("Content-Type", "application/problem+json"), ("Retry-After", "1")]
    return Reply(503, headers, [_BUSY])


def _repeatable_request(scope: Any) -> tuple[str | None, ...] | None:
    """What identifies a query by GET, headers included; ``None`` for any other request."""
    if scope.method != "GET" or scope.path != "/sparql":
        return None
    get = scope.headers.get
    return (scope.query_string, get("accept"), get("accept-encoding"), get("if-none-match"))


def _client(scope: Any) -> Client:
    return Client(_address(scope.client), Connection(scope.client).is_gone)


def _address(peer: str) -> str:
    return peer.rpartition(":")[0].strip("[]")


async def _first_bytes(result: QueryResult) -> None:
    """Wait on the event loop until the worker has answered, then take what is there.

    :raises KuvendError: where the query fails.
    """
    loop = asyncio.get_running_loop()
    answered: asyncio.Future[None] = loop.create_future()
    descriptor = result.body.fileno()
    loop.add_reader(descriptor, _resolve, answered)
    try:
        await answered
    except BaseException:
        result.close()
        raise
    finally:
        loop.remove_reader(descriptor)
    result.body.fetch()


def _resolve(future: asyncio.Future[None]) -> None:
    if not future.done():
        future.set_result(None)


def _next(parts: Iterator[bytes]) -> bytes | None:
    return next(parts, None)


def _close(parts: object) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()
