"""The production server behind ``kuvend serve``."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys
from typing import Any

from flask import Flask
from granian.constants import HTTPModes
from granian.http import HTTP1Settings
from granian.server.embed import Server

from kuvend.config import Settings
from kuvend.errors import KuvendError, Unavailable
from kuvend.project import Project
from kuvend.project.changes import CARRY_OVER, Change
from kuvend.web import create_app
from kuvend.web.access import AccessLog
from kuvend.web.changing import close_writer, writer
from kuvend.web.gateway import Gateway
from kuvend.web.operator import ACCESS_KEY
from kuvend.web.querying import querying
from kuvend.web.validate import close_validation

_log = logging.getLogger("kuvend.web")
_HEAD_TIMEOUT_MS = 10_000
_MAX_CONNECTIONS = 4096
_GRACE_S = 4.5
_ANSWER_S = 0.5


def check_address(host: str, port: int) -> None:
    """Nothing, where ``port`` of ``host`` is free.

    The server shares its port with any other that lets it, so that a second one would take
    every other request of the first without a word.

    :raises Unavailable: where the port is taken or may not be used.
    """
    try:
        family, kind, *_, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
        with socket.socket(family, kind) as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(address)
    except OSError as error:
        raise Unavailable(
            f"cannot listen on {host}:{port}: {error.strerror}.",
            suggestion="Choose another with --port or KUVEND_PORT.",
        ) from error


def serve(project: Project, settings: Settings) -> None:
    """Answer on ``settings.host`` and ``settings.port`` until SIGTERM or SIGINT.

    A new release is served from the next request on. At the end queries under way get a few
    seconds, then every process that was started is ended.
    """
    logging.basicConfig(stream=sys.stderr, level=logging.WARNING)
    # Many short requests share the interpreter; the default of 5 ms makes each wait for others.
    sys.setswitchinterval(0.0005)
    app = create_app(project)
    access = AccessLog(sys.stderr if settings.access_log else None)
    app.extensions[ACCESS_KEY] = access
    gateway = Gateway(app, access)
    try:
        asyncio.run(_run(gateway, app, settings))
    finally:
        gateway.close()
        close_validation(app)
        querying(app).pools.close()


def _ignore_late_end(loop: asyncio.AbstractEventLoop, context: dict[str, Any]) -> None:
    """Report what the loop reports, but not that the server ended after it was given up.

    Idle connections are not waited for, so the server's task is cancelled; it sets the result of
    a future of that task all the same.
    """
    if not isinstance(context.get("exception"), asyncio.InvalidStateError):
        loop.default_exception_handler(context)


async def _run(gateway: Gateway, app: Flask, settings: Settings) -> None:
    try:
        await _serve(gateway, app, settings)
    finally:
        # The threads of the event loop are waited for, and one of them may be writing.
        close_writer(app)


async def _serve(gateway: Gateway, app: Flask, settings: Settings) -> None:
    server = Server(
        gateway,
        address=settings.host,
        port=settings.port,
        http=HTTPModes.http1,
        websockets=False,
        backlog=1024,
        backpressure=_MAX_CONNECTIONS,
        http1_settings=HTTP1Settings(header_read_timeout=_HEAD_TIMEOUT_MS),
        log_enabled=False,
    )
    loop = asyncio.get_running_loop()
    serving = loop.create_task(server.serve())
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.run_in_executor(None, _warm_up, app)
    waiting = loop.create_task(stopping.wait())
    await asyncio.wait({serving, waiting}, return_when=asyncio.FIRST_COMPLETED)
    if serving.done():
        serving.result()
        return
    loop.set_exception_handler(_ignore_late_end)
    server.stop()  # type: ignore[no-untyped-call]
    await _until_idle(gateway, serving, _GRACE_S)
    # Who waits for a change that is not made any more is told so.
    close_writer(app)
    await _until_idle(gateway, serving, _ANSWER_S)


async def _until_idle(gateway: Gateway, serving: asyncio.Task[None], limit_s: float) -> None:
    """Wait for what is under way; connections kept alive without a request are not waited for."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limit_s
    while not serving.done() and gateway.is_busy and loop.time() < end:
        await asyncio.wait({serving}, timeout=0.05)


def _warm_up(app: Flask) -> None:
    """Start the query workers before the first visitor comes; carry over what was written."""
    service = querying(app)
    service.pool().run("ASK {}").read()
    if service.release().lacks_written:
        try:
            writer(app).apply(Change(CARRY_OVER))
        except KuvendError as error:
            _log.error("what was written earlier does not fit the new build: %s", error)
