"""The production server behind ``kuvend serve``."""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
import sys

import uvloop
from flask import Flask

from kuvend.config import Settings
from kuvend.errors import KuvendError, Unavailable
from kuvend.project import Project
from kuvend.project.changes import CARRY_OVER, Change
from kuvend.web import create_app
from kuvend.web.access import AccessLog
from kuvend.web.changing import close_writer, writer
from kuvend.web.connections import Connections
from kuvend.web.gateway import Gateway
from kuvend.web.operator import ACCESS_KEY
from kuvend.web.querying import querying
from kuvend.web.validate import close_validation

_log = logging.getLogger("kuvend.web")
_BACKLOG = 1024
# With what ends afterwards, processes and threads, all is over within five seconds.
_GRACE_S = 2.5
_ANSWER_S = 0.5


def check_address(host: str, port: int) -> None:
    """Nothing, where ``port`` of ``host`` is free; asked before anything is built.

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
    access = AccessLog(sys.stderr.fileno() if settings.access_log else None)
    app.extensions[ACCESS_KEY] = access
    try:
        uvloop.run(_run(app, access, settings))
    finally:
        close_validation(app)
        querying(app).pools.close()
        access.close()


async def _run(app: Flask, access: AccessLog, settings: Settings) -> None:
    gateway = Gateway(app, access)
    try:
        await _serve(gateway, app, settings)
    finally:
        await gateway.end()
        # The threads of the event loop are waited for, and one of them may be writing.
        close_writer(app)


async def _serve(gateway: Gateway, app: Flask, settings: Settings) -> None:
    loop = asyncio.get_running_loop()
    connections = Connections(gateway)
    server = await loop.create_server(
        connections.connect, settings.host, settings.port, backlog=_BACKLOG
    )
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stopping.set)
    loop.run_in_executor(None, _warm_up, app)
    await stopping.wait()
    server.close()
    connections.close()
    await _until_idle(gateway, connections, _GRACE_S)
    # Who waits for a change that is not made any more is told so.
    close_writer(app)
    await _until_idle(gateway, connections, _ANSWER_S)
    connections.abort()


async def _until_idle(gateway: Gateway, connections: Connections, limit_s: float) -> None:
    """Wait for what is under way, and until clients have taken what was answered."""
    loop = asyncio.get_running_loop()
    end = loop.time() + limit_s
    while (gateway.is_busy or connections.are_sending) and loop.time() < end:
        await asyncio.sleep(0.02)


def _warm_up(app: Flask) -> None:
    """Start the query workers before the first visitor comes; carry over what was written."""
    service = querying(app)
    try:
        service.pool().run("ASK {}").read()
        lacks_written = service.release().lacks_written
    except KuvendError as error:
        # Tried anew with each query, and told by `/readyz`.
        _log.error("no query can be answered: %s", error)
        return
    if lacks_written:
        try:
            writer(app).apply(Change(CARRY_OVER))
        except KuvendError as error:
            _log.error("what was written earlier does not fit the new build: %s", error)
