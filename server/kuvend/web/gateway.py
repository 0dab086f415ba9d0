"""Between the HTTP server and the application: bodies are bounded, queries take a short cut.

Most requests run as WSGI in a thread. A query for a program is answered on the event loop itself:
while a worker evaluates it, nothing waits but a file descriptor.
"""

from __future__ import annotations

import asyncio
import io
import json
import logging
import sys
import time
from collections.abc import Callable, Coroutine, Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

from kuvend.config import Settings
from kuvend.errors import KuvendError, MethodNotAllowed, TooManyRequests
from kuvend.web.access import AccessLog, NoRequest, request_id
from kuvend.web.bodies import FAILURE_KEY as BODY_FAILURE_KEY
from kuvend.web.bodies import Bodies
from kuvend.web.connection import PEER_KEY
from kuvend.web.errors import PROBLEM, problem
from kuvend.web.forwarded import believe
from kuvend.web.headers import fixed_headers
from kuvend.web.incoming import Request
from kuvend.web.querying import FAILURE_KEY, STREAMING_KEY
from kuvend.web.ready import Key, Pairs
from kuvend.web.request_head import read_codings, wrong_head
from kuvend.web.shortcut import Reply, ShortCut, address_of, key_of
from kuvend.web.wire import without

# Pages are quick. What waits for workers, or for a client to read, has threads of its own.
_PAGE_THREADS = 16
_WAITING_THREADS = 64
_WAITING = frozenset(
    {"sparql", "update", "data", "validate", "sentences", "queries", "shapes", "dataset.nq"}
)
_QUERY_METHODS = frozenset({"GET", "POST"})
_MAX_UNDER_WAY = 512
_PIECE_BYTES = 64 * 1024
# What is given up has so long, in seconds, to take note of it.
_END_S = 0.5
# The body is read already, in one piece; who sees chunks announced would look for them.
_OF_THE_CONNECTION = frozenset({"CONTENT_LENGTH", "TRANSFER_ENCODING"})
_BUSY = (
    b'{"type":"about:blank","title":"Not available","status":503,'
    b'"detail":"too many requests are under way."}\n'
)
_PROBLEM = PROBLEM.media_type
_log = logging.getLogger("kuvend.web")


class Gateway:
    """What answers the requests of all connections; used on the event loop it is made on."""

    def __init__(self, app: Flask, access: AccessLog) -> None:
        self._app = app
        self._loop = asyncio.get_running_loop()
        self._fixed = list(fixed_headers().items())
        self._access = access
        self._pages = ThreadPoolExecutor(_PAGE_THREADS, thread_name_prefix="kuvend-page")
        self._waiting = ThreadPoolExecutor(_WAITING_THREADS, thread_name_prefix="kuvend-wait")
        self._under_way = 0
        self._tasks: set[asyncio.Task[None]] = set()
        self._short_cut = ShortCut(app)
        self._max_body_bytes: int = app.config["MAX_CONTENT_LENGTH"]
        settings: Settings = app.extensions["kuvend"].settings
        self._proxies = settings.proxies
        # Who sends a query waits for the answer no longer than the query may take.
        self._bodies = Bodies(self._max_body_bytes, stall_s=settings.query_timeout_s)

    @property
    def is_busy(self) -> bool:
        """Whether any request is under way."""
        return self._under_way > 0

    async def end(self) -> None:
        """Give up what is under way, then let the threads end."""
        for task in self._tasks:
            task.cancel()
        if self._tasks:
            await asyncio.wait(set(self._tasks), timeout=_END_S)
        self.close()

    def close(self) -> None:
        """Let the threads end."""
        for threads in (self._pages, self._waiting):
            threads.shutdown(wait=False, cancel_futures=True)
        self._short_cut.close()

    def start(self, request: Request) -> None:
        """Answer one request of a connection, now or later."""
        if self._proxies:
            believe(request, self._proxies)
        number = request_id(request.headers.get("x-request-id"))
        is_query = request.path == "/sparql" and request.method in _QUERY_METHODS
        key = key_of(request) if is_query else None
        wrong = wrong_head(request)
        if key is not None and wrong is None and request.body is None:
            self._start_query(request, key, number)
        elif wrong is None and self._under_way >= _MAX_UNDER_WAY:
            self._deliver(request, number, _busy())
        else:
            self._spawn(self._answer(request, key, wrong), request, number)

    def _start_query(self, request: Request, key: Key, number: str) -> None:
        """Answer a query without a body: from memory, or when a worker has, without a task."""
        held = self._short_cut.ready(key) if request.method == "GET" else None
        if held is not None:
            status, kept, body = held
            request.respond(status, [*kept, ("X-Request-Id", number)], body)
            self._note(request, status, number)
            return
        if self._under_way >= _MAX_UNDER_WAY:
            self._deliver(request, number, _busy())
            return
        found: Reply | KuvendError | bool
        try:
            told = partial(self._settle, request, number)
            found = self._short_cut.begin(request, key, b"", told)
        except KuvendError as error:
            found = error
        if found is True:
            self._under_way += 1
        else:
            self._deliver(request, number, found or None)

    def _settle(self, request: Request, number: str, found: Reply | KuvendError | None) -> None:
        """A query that a worker had has ended."""
        self._under_way -= 1
        self._deliver(request, number, found)

    def _deliver(self, request: Request, number: str, found: Reply | KuvendError | None) -> None:
        """Send what was found; the application has words for the rest."""
        if not isinstance(found, Reply):
            self._spawn(self._by_application(request, b"", found), request, number)
        elif found.is_streamed:
            self._spawn(_given(found), request, number)
        else:
            try:
                found.headers.append(("X-Request-Id", number))
                request.respond(found.status, found.headers, b"".join(found.body))
            except BaseException:
                request.connection.break_off()
                raise
            self._note(request, found.status, number)

    def refusal(self, error: KuvendError, client: str) -> tuple[int, Pairs, bytes]:
        """The answer to what was no request: status, headers and body."""
        number = request_id(None)
        self._access.add(NoRequest(client), error.status, 0.0, number)
        headers = [*self._fixed, ("Content-Type", _PROBLEM), ("X-Request-Id", number)]
        if isinstance(error, MethodNotAllowed):
            headers.append(("Allow", ", ".join(error.allow)))
        body = json.dumps(problem(error, ""), ensure_ascii=False).encode("utf-8", "replace")
        return error.status, headers, body + b"\n"

    def _spawn(self, answering: Coroutine[Any, Any, Reply], request: Request, number: str) -> None:
        # The loop keeps no task alive.
        task = self._loop.create_task(self._run(answering, request, number))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _run(
        self, answering: Coroutine[Any, Any, Reply], request: Request, number: str
    ) -> None:
        """Send what ``answering`` answers."""
        self._under_way += 1
        status = 500
        try:
            reply = await answering
            status = reply.status
            reply.headers.append(("X-Request-Id", number))
            if reply.is_streamed:
                await self._stream(request, reply)
            else:
                request.respond(status, reply.headers, b"".join(reply.body))
        except BaseException:
            # Whatever went wrong, this client must not wait for ever.
            request.connection.break_off()
            raise
        finally:
            self._under_way -= 1
            self._note(request, status, number)

    def _note(self, request: Request, status: int, number: str) -> None:
        self._access.add(request, status, time.perf_counter() - request.started, number)

    async def _answer(self, request: Request, key: Key | None, wrong: KuvendError | None) -> Reply:
        """The answer to a request with a body, or to one that is no query."""
        if wrong is not None:
            return await self._refuse(request, wrong)
        if request.body is None:
            return await self._by_application(request, b"", None)
        try:
            body = await self._bodies.read(request.body, request.headers)
        except TooManyRequests:
            return _busy()
        except KuvendError as error:
            return await self._refuse(request, error)
        try:
            if key is None or body is None:
                return await self._by_application(request, body, None)
            return await self._answer_query(request, key, body)
        finally:
            if body:
                self._bodies.release(len(body))

    async def _answer_query(self, request: Request, key: Key, body: bytes) -> Reply:
        told: asyncio.Future[Reply | KuvendError | None] = self._loop.create_future()
        found: Reply | KuvendError | bool | None
        try:
            found = self._short_cut.begin(request, key, body, told.set_result)
        except KuvendError as error:
            found = error
        if found is True:
            found = await told
        if isinstance(found, Reply):
            return found
        failure = found if isinstance(found, KuvendError) else None
        return await self._by_application(request, body, failure)

    async def _by_application(
        self, request: Request, body: bytes | None, failure: KuvendError | None
    ) -> Reply:
        environ = self._environ(request, body, failure)
        area = request.path.lstrip("/").partition("/")[0]
        threads = self._waiting if area in _WAITING else self._pages
        return await self._loop.run_in_executor(threads, self._call, environ)

    async def _refuse(self, request: Request, error: KuvendError) -> Reply:
        """The answer to a request whose head is wrong, or whose body did not come whole."""
        environ = {**self._environ(request, b"", None), BODY_FAILURE_KEY: error}
        if error.source == "Host":
            environ["HTTP_HOST"] = request.connection.server
        reply = await self._loop.run_in_executor(self._pages, self._call, environ)
        if error.source == "Content-Encoding":
            reply.headers.append(("Accept-Encoding", read_codings(request.path)))
        return reply

    def _call(self, environ: dict[str, Any]) -> Reply:
        """Run the application as WSGI."""
        reply = Reply(500, [], [])

        def start_response(
            status: str, headers: list[tuple[str, str]], _: Any = None
        ) -> Callable[[bytes], object]:
            # The connection tells the time.
            reply.status, reply.headers = int(status[:3]), without(headers, "date")
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
        if environ["REQUEST_METHOD"] != "HEAD":
            # It is that of what is really sent.
            reply.headers = without(reply.headers, "content-length")
        return reply

    async def _stream(self, request: Request, reply: Reply) -> None:
        """Send the body as it comes; where it fails, break the connection off."""
        loop, connection = self._loop, request.connection
        parts = iter(reply.body)
        try:
            connection.begin_stream(request, reply.status, reply.headers)
            while True:
                part = await loop.run_in_executor(self._waiting, _next, parts)
                if part is None:
                    connection.end_stream(request)
                    return
                for start in range(0, len(part), _PIECE_BYTES):
                    await connection.send(part[start : start + _PIECE_BYTES])
        except KuvendError as error:
            _log.warning("a result was broken off: %s", error)
            connection.break_off()
        except ConnectionError:
            _log.info("the client left before the end of a result, or took none of it")
        finally:
            await loop.run_in_executor(self._waiting, _close, reply.body)

    def _environ(
        self, request: Request, body: bytes | None, failure: KuvendError | None
    ) -> dict[str, Any]:
        host, _, port = request.connection.server.rpartition(":")
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(request.raw_path).decode("latin-1"),
            "QUERY_STRING": request.query_string,
            "REMOTE_ADDR": address_of(request.client),
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": f"HTTP/{request.http_version}",
            "CONTENT_LENGTH": str(self._max_body_bytes + 1 if body is None else len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": request.scheme,
            "wsgi.input": io.BytesIO(body or b""),
            "wsgi.errors": sys.stderr,
            "wsgi.multithread": True,
            "wsgi.multiprocess": False,
            "wsgi.run_once": False,
            PEER_KEY: request.connection,
        }
        if failure is not None:
            environ[FAILURE_KEY] = failure
        for name, value in request.headers.items():
            key = name.upper().replace("-", "_")
            if key == "CONTENT_TYPE":
                environ[key] = value
            elif key not in _OF_THE_CONNECTION:
                held = environ.get(f"HTTP_{key}")
                environ[f"HTTP_{key}"] = value if held is None else f"{held}, {value}"
        return environ


async def _given(reply: Reply) -> Reply:
    return reply


def _busy() -> Reply:
    headers = [("Content-Type", "application/problem+json"), ("Retry-After", "1")]
    return Reply(503, headers, [_BUSY])


def _next(parts: Iterator[bytes]) -> bytes | None:
    return next(parts, None)


def _close(parts: object) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()
