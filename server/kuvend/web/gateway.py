"""Between the HTTP server and the application: bodies are bounded, queries take a short cut.

The server speaks RSGI. Most requests run as WSGI in a thread. A query for a program is answered
on the event loop itself: while a worker evaluates it, nothing waits but a file descriptor.
"""

from __future__ import annotations

import asyncio
import io
import logging
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from flask import Flask

from kuvend.config import Settings
from kuvend.errors import KuvendError, TooManyRequests
from kuvend.web.access import AccessLog, request_id
from kuvend.web.bodies import FAILURE_KEY as BODY_FAILURE_KEY
from kuvend.web.bodies import Bodies
from kuvend.web.connection import PEER_KEY, Connection
from kuvend.web.querying import FAILURE_KEY, STREAMING_KEY
from kuvend.web.ready import Request
from kuvend.web.request_head import read_codings, wrong_head
from kuvend.web.shortcut import Reply, ShortCut, address_of, request_of

# Pages are quick. What waits for workers, or for a client to read, has threads of its own.
_PAGE_THREADS = 16
_WAITING_THREADS = 64
_WAITING = frozenset(
    {"sparql", "update", "data", "validate", "sentences", "queries", "shapes", "dataset.nq"}
)
_QUERY_METHODS = frozenset({"GET", "POST"})
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


class Gateway:
    """The RSGI application."""

    def __init__(self, app: Flask, access: AccessLog) -> None:
        self._app = app
        self._access = access
        self._pages = ThreadPoolExecutor(_PAGE_THREADS, thread_name_prefix="kuvend-page")
        self._waiting = ThreadPoolExecutor(_WAITING_THREADS, thread_name_prefix="kuvend-wait")
        self._under_way = 0
        self._short_cut = ShortCut(app)
        self._max_body_bytes: int = app.config["MAX_CONTENT_LENGTH"]
        settings: Settings = app.extensions["kuvend"].settings
        # Who sends a query waits for the answer no longer than the query may take.
        self._bodies = Bodies(self._max_body_bytes, stall_s=settings.query_timeout_s)

    @property
    def is_busy(self) -> bool:
        """Whether any request is under way."""
        return self._under_way > 0

    def close(self) -> None:
        """Let the threads end."""
        for threads in (self._pages, self._waiting):
            threads.shutdown(wait=False, cancel_futures=True)
        self._short_cut.close()

    async def __rsgi__(self, scope: Any, protocol: Any) -> None:
        """Answer one request."""
        started = time.perf_counter()
        method, headers = scope.method, scope.headers
        number = request_id(headers.get("x-request-id"))
        is_query = scope.path == "/sparql" and method in _QUERY_METHODS
        request = request_of(scope, headers) if is_query else None
        wrong = wrong_head(scope)
        if request is not None and method == "GET" and wrong is None:
            held = self._short_cut.ready(request)
            if held is not None:
                status, kept, body = held
                protocol.response_bytes(status, [*kept, ("X-Request-Id", number)], body)
                self._access.add(scope, status, time.perf_counter() - started, number)
                return
        self._under_way += 1
        try:
            reply = (
                await self._reply(scope, protocol, method, request)
                if wrong is None
                else await self._refuse(scope, wrong)
            )
            reply.headers.append(("X-Request-Id", number))
            if reply.is_streamed:
                await self._stream(scope, protocol, reply)
            else:
                protocol.response_bytes(reply.status, reply.headers, b"".join(reply.body))
        finally:
            self._under_way -= 1
        self._access.add(scope, reply.status, time.perf_counter() - started, number)

    async def _reply(
        self, scope: Any, protocol: Any, method: str, request: Request | None
    ) -> Reply:
        if self._under_way > _MAX_UNDER_WAY:
            return _busy()
        if method == "GET" and "content-length" not in scope.headers:
            return await self._answer(scope, method, request, b"")
        try:
            body = await self._bodies.read(scope, protocol)
        except TooManyRequests:
            return _busy()
        except KuvendError as error:
            return await self._refuse(scope, error)
        try:
            return await self._answer(scope, method, request, body)
        finally:
            if body:
                self._bodies.release(len(body))

    async def _answer(
        self, scope: Any, method: str, request: Request | None, body: bytes | None
    ) -> Reply:
        failure: KuvendError | None = None
        if request is not None and body is not None:
            try:
                found = await self._short_cut.answer(scope, method, request, body)
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
        """The answer to a request whose head is wrong, or whose body did not come whole."""
        environ = {**self._environ(scope, b"", None), BODY_FAILURE_KEY: error}
        if error.source == "Host":
            environ["HTTP_HOST"] = scope.server
        loop = asyncio.get_running_loop()
        reply = await loop.run_in_executor(self._pages, self._call, environ)
        if error.source == "Content-Encoding":
            reply.headers.append(("Accept-Encoding", read_codings(scope.path)))
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
            "REMOTE_ADDR": address_of(scope.client),
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


def _next(parts: Iterator[bytes]) -> bytes | None:
    return next(parts, None)


def _close(parts: object) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()
