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
from kuvend.project.written import Written
from kuvend.web import create_app
from kuvend.web.access import AccessLog
from kuvend.web.bodies import Bodies
from kuvend.web.changing import close_writer, writer
from kuvend.web.gateway import Gateway
from kuvend.web.http1 import Connections
from kuvend.web.operator import ACCESS_KEY
from kuvend.web.querying import querying
from kuvend.web.validate import close_validation

_log = logging.getLogger("kuvend.web")
_BACKLOG = 1024
_GRACE_S = 5.0


def check_address(host: str, port: int) -> None:
    """Nothing, where ``port`` of ``host`` is free.

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
    try:
        uvloop.run(_run(app, access, settings))
    finally:
        close_writer(app)
        close_validation(app)
        querying(app).pools.close()


async def _run(app: Flask, access: AccessLog, settings: Settings) -> None:
    gateway = Gateway(app, access)
    connections = Connections(
        gateway, Bodies(app.config["MAX_CONTENT_LENGTH"]), stall_s=settings.stream_timeout_s
    )
    loop = asyncio.get_running_loop()
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
    end = loop.time() + _GRACE_S
    while gateway.is_busy and loop.time() < end:
        await asyncio.sleep(0.02)
    connections.abort()
    gateway.close()


def _warm_up(app: Flask) -> None:
    """Start the query workers before the first visitor comes; carry over what was written."""
    service = querying(app)
    service.pool().run("ASK {}").read()
    written = Written(service.project.settings.data_dir).digest()
    if written and written != service.release().manifest.get("written"):
        try:
            writer(app).apply(Change(CARRY_OVER))
        except KuvendError as error:
            _log.error("what was written earlier does not fit the new build: %s", error)
