"""Between the HTTP server and the application: queries take a short cut, the rest runs as WSGI.

A query for a program is answered on the event loop itself (``web/shortcut.py``): while a worker
evaluates it, nothing waits but a file descriptor. Everything else runs in a thread.
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
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from flask import Flask

from kuvend.config import Settings
from kuvend.errors import KuvendError
from kuvend.web.access import AccessLog, request_id
from kuvend.web.connection import PEER_KEY
from kuvend.web.querying import FAILURE_KEY, STREAMING_KEY
from kuvend.web.ready import ReadyAnswers, read_link
from kuvend.web.shortcut import ShortCut
from kuvend.web.wire import Reply, Request

_THREADS = 64
_MAX_UNDER_WAY = 512
_log = logging.getLogger("kuvend.web")


class Gateway:
    """Answers requests; used on the event loop it was made on."""

    def __init__(self, app: Flask, access: AccessLog) -> None:
        self._app = app
        self._access = access
        self._threads = ThreadPoolExecutor(_THREADS, thread_name_prefix="kuvend-web")
        self._under_way = 0
        settings: Settings = app.extensions["kuvend"].settings
        self._ready = ReadyAnswers()
        self._keeps_answers = settings.result_cache_mb > 0
        self._link: Path = app.extensions["kuvend"].releases.link
        self._max_body_bytes: int = app.config["MAX_CONTENT_LENGTH"]
        self._tasks: set[asyncio.Task[None]] = set()
        self._loop = asyncio.get_running_loop()
        self._short_cut = ShortCut(app, self)

    @property
    def is_busy(self) -> bool:
        """Whether any request is under way."""
        return self._under_way > 0

    def close(self) -> None:
        """Let the threads end."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    def again(self, data: bytes, client: str) -> bytes | None:
        """The answer to a request of exactly these bytes, where it is still the right one."""
        held = self._ready.get(data)
        if held is None or held.release != read_link(self._link):
            return None
        number = request_id(None)
        self._access.add("GET", "/sparql", client, held.status, 0.0, number)
        return held.encode(number)

    def start(self, request: Request) -> None:
        """Answer a request; the connection hears of it in its own time."""
        self._under_way += 1
        request.number = request_id(request.headers.get("x-request-id"))
        if self._under_way > _MAX_UNDER_WAY:
            self.send(request, _busy("too many requests are under way."))
            return
        if request.body is None and request.is_turned_away:
            self.send(request, _busy("other requests with large bodies are under way."))
            return
        failure = None
        if request.path == "/sparql" and request.body is not None:
            try:
                if self._short_cut.begin(request):
                    return
            except KuvendError as error:
                failure = error
        self.to_application(request, failure)

    def left(self, request: Request) -> None:
        """The client of a request under way has gone."""
        self._short_cut.left(request)

    def to_stream(self, request: Request, reply: Reply) -> None:
        """Send a reply whose body is still coming."""
        self._start_task(self._stream_query(request, reply))

    def to_application(self, request: Request, failure: KuvendError | None = None) -> None:
        """Have the application answer, in a thread; ``failure`` is what came of the query."""
        self._start_task(self._run(request, failure))

    def _start_task(self, work: Coroutine[Any, Any, None]) -> None:
        task = self._loop.create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _stream_query(self, request: Request, reply: Reply) -> None:
        try:
            await self._stream(request, reply)
        finally:
            self.done(request, reply.status)

    def send(self, request: Request, reply: Reply) -> None:
        """Send a whole reply and count it."""
        body = b"".join(reply.body)
        number = request.number
        request.connection.respond(reply.status, [*reply.headers, ("X-Request-Id", number)], body)
        self.done(request, reply.status)

    def done(self, request: Request, status: int) -> None:
        """The request is answered, or nobody waits for its answer."""
        self._under_way -= 1
        if request.body is not None:
            request.body.close()
        elapsed_s = time.perf_counter() - request.started
        number = request.number
        self._access.add(request.method, request.path, request.client, status, elapsed_s, number)

    def keep(
        self,
        release: str,
        request: Request,
        status: int,
        headers: list[tuple[str, str]],
        body: bytes,
    ) -> None:
        """Answer the same bytes from memory next time."""
        if not self._keeps_answers or not request.raw or "x-request-id" in request.headers:
            return
        if request.keeps_alive and request.method == "GET":
            self._ready.put(release, request.raw, status, headers, body)

    async def _run(self, request: Request, failure: KuvendError | None) -> None:
        environ = self._environ(request, failure)
        status = 500
        try:
            reply = await self._loop.run_in_executor(self._threads, self._call, environ)
            status = reply.status
            if reply.is_streamed:
                await self._stream(request, reply)
            else:
                request.connection.respond(
                    status, [*reply.headers, ("X-Request-Id", request.number)], b"".join(reply.body)
                )
        except Exception:
            # Whatever went wrong, this client must not wait for ever.
            request.connection.break_off()
            raise
        finally:
            self.done(request, status)

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

    async def _stream(self, request: Request, reply: Reply) -> None:
        """Send the body as it comes; where it fails, break the connection off."""
        connection = request.connection
        connection.begin_stream(reply.status, [*reply.headers, ("X-Request-Id", request.number)])
        parts = iter(reply.body)
        try:
            while True:
                part = await self._loop.run_in_executor(self._threads, _next, parts)
                if part is None:
                    connection.end_stream()
                    return
                await connection.send(part)
        except KuvendError as error:
            _log.warning("a result was broken off: %s", error)
            connection.break_off()
        except ConnectionError:
            _log.info("the client left before the end of a result")
        finally:
            await self._loop.run_in_executor(self._threads, _close, reply.body)

    def _environ(self, request: Request, failure: KuvendError | None) -> dict[str, Any]:
        host, _, port = request.connection.server.rpartition(":")
        body = None if request.body is None else request.body.read()
        environ: dict[str, Any] = {
            "REQUEST_METHOD": request.method,
            "SCRIPT_NAME": "",
            "PATH_INFO": unquote_to_bytes(request.path).decode("latin-1"),
            "QUERY_STRING": request.query_string,
            "REMOTE_ADDR": request.address,
            "SERVER_NAME": host,
            "SERVER_PORT": port,
            "SERVER_PROTOCOL": f"HTTP/{request.http_version}",
            "CONTENT_LENGTH": str(self._max_body_bytes + 1 if body is None else len(body)),
            "wsgi.version": (1, 0),
            "wsgi.url_scheme": "http",
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
            elif key != "CONTENT_LENGTH":
                environ[f"HTTP_{key}"] = value
        return environ


def _busy(why: str) -> Reply:
    headers = [("Content-Type", "application/problem+json"), ("Retry-After", "1")]
    problem = {"type": "about:blank", "title": "Not available", "status": 503, "detail": why}
    return Reply(503, headers, [json.dumps(problem).encode() + b"\n"])


def _next(parts: Iterator[bytes]) -> bytes | None:
    return next(parts, None)


def _close(parts: object) -> None:
    close = getattr(parts, "close", None)
    if close is not None:
        close()
