"""How long connections are waited for, and how many there may be."""

from __future__ import annotations

import asyncio
import socket
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

import pytest
from flask import Flask
from raw_http import HEALTH, HOST, answers

from kuvend.web import http1
from kuvend.web.access import AccessLog
from kuvend.web.connections import Connections
from kuvend.web.gateway import Gateway

BODY = (
    b"POST /sparql HTTP/1.1\r\nContent-Type: application/sparql-query\r\nContent-Length: 5\r\n"
    + HOST
    + b"\r\n"
)


@asynccontextmanager
async def listening(app: Flask) -> AsyncIterator[tuple[int, Connections]]:
    """A port on which ``app`` is served."""
    loop = asyncio.get_running_loop()
    gateway = Gateway(app, AccessLog(None))
    connections = Connections(gateway)
    server = await loop.create_server(connections.connect, "127.0.0.1", 0)
    try:
        yield server.sockets[0].getsockname()[1], connections
    finally:
        server.close()
        connections.abort()
        gateway.close()


async def received(port: int, *parts: bytes, pause_s: float = 0.0) -> bytes:
    """What comes for these parts until the server closes."""
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    try:
        for part in parts:
            writer.write(part)
            await asyncio.sleep(pause_s)
        return await asyncio.wait_for(reader.read(), 60)
    except ConnectionError:
        return b""
    finally:
        writer.close()


@pytest.fixture
def impatient(monkeypatch: pytest.MonkeyPatch) -> Callable[..., None]:
    """Sets how long connections are waited for, in seconds."""

    def wait(**limits: float) -> None:
        monkeypatch.setattr("kuvend.web.connections._LOOK_S", 0.05)
        for name, limit in limits.items():
            monkeypatch.setattr(http1, f"_{name.upper()}", limit)

    return wait


def test_a_head_that_does_not_come_is_given_up(app: Flask, impatient: Callable[..., None]) -> None:
    impatient(head_s=0.2)

    async def slowly() -> tuple[bytes, bytes]:
        async with listening(app) as (port, _):
            # The time is that of the head, not that since the last letter of it.
            letters = [bytes([letter]) for letter in HEALTH]
            return await received(port, *letters, pause_s=0.05), await received(port, b"\r\n")

    late, silent = asyncio.run(slowly())
    ((status, _, body),) = answers(late)
    assert status == 408
    assert b"did not come within" in body
    assert silent == b""


def test_a_connection_that_asks_nothing_more_is_closed(
    app: Flask, impatient: Callable[..., None]
) -> None:
    impatient(idle_s=0.2)

    async def once() -> bytes:
        async with listening(app) as (port, _):
            return await received(port, HEALTH + b"\r\n")

    assert answers(asyncio.run(once()))[0][2] == b"ok\n"


def test_who_takes_nothing_of_what_is_sent_is_cut_off(
    app: Flask, impatient: Callable[..., None]
) -> None:
    impatient(send_s=0.3)

    async def without_reading() -> None:
        async with listening(app) as (port, connections):
            with socket.create_connection(("127.0.0.1", port)) as sock:
                sock.sendall(b"GET /dataset.nq HTTP/1.1\r\n" + HOST + b"\r\n")
                while not connections.count:
                    await asyncio.sleep(0.01)
                while connections.count:
                    await asyncio.sleep(0.05)

    asyncio.run(asyncio.wait_for(without_reading(), 60))


def test_who_takes_it_slowly_gets_it_whole(app: Flask, impatient: Callable[..., None]) -> None:
    impatient(send_s=0.3)

    async def slowly() -> int:
        async with listening(app) as (port, _):
            reader, writer = await asyncio.open_connection("127.0.0.1", port, limit=65536)
            writer.write(b"GET /dataset.nq HTTP/1.1\r\n" + HOST + b"Connection: close\r\n\r\n")
            size = 0
            while part := await asyncio.wait_for(reader.read(1 << 18), 60):
                size += len(part)
                await asyncio.sleep(0.02)
            writer.close()
            return size

    assert asyncio.run(slowly()) > 5_000_000


def test_who_asks_nothing_makes_room_for_who_does(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("kuvend.web.connections._MAX_CONNECTIONS", 64)
    monkeypatch.setattr("kuvend.web.connections._CLOSED_AT_ONCE", 2)

    async def many() -> tuple[bytes, list[int]]:
        async with listening(app) as (port, connections):
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(64)]
            for number, (_, writer) in enumerate(held):
                # Some have begun to ask; one has asked and sends the body.
                writer.write(BODY if number == 0 else HEALTH if number % 2 else b"")
            while connections.count < 64:
                await asyncio.sleep(0.01)
            answered = await received(port, HEALTH + b"Connection: close\r\n\r\n")
            await asyncio.sleep(0.2)
            closed = [number for number, (reader, _) in enumerate(held) if reader.at_eof()]
            held[0][1].write(b"ASK{}")
            assert (await held[0][0].read(15)) == b"HTTP/1.1 200 OK"
            for _, writer in held:
                writer.close()
            return answered, closed

    answered, closed = asyncio.run(many())
    assert answers(answered)[0][0] == 200
    assert len(closed) == 2
    assert 0 not in closed


def test_there_is_an_end_to_connections(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("kuvend.web.connections._MAX_CONNECTIONS", 64)

    async def many() -> tuple[bytes, bytes]:
        async with listening(app) as (port, connections):
            held = [await asyncio.open_connection("127.0.0.1", port) for _ in range(64)]
            for _, writer in held:
                writer.write(BODY)
            while connections.count < 64 or connections.silent:
                await asyncio.sleep(0.01)
            refused = await received(port, HEALTH + b"Connection: close\r\n\r\n")
            held.pop()[1].close()
            while connections.count == 64:
                await asyncio.sleep(0.01)
            answered = await received(port, HEALTH + b"Connection: close\r\n\r\n")
            for _, writer in held:
                writer.close()
            return refused, answered

    refused, answered = asyncio.run(many())
    assert refused == b""
    assert answers(answered)[0][0] == 200
