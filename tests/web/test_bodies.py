"""Bodies of requests: bounded one by one and all together."""

from __future__ import annotations

import asyncio
import socket
import struct
import time
from collections.abc import AsyncIterator, Iterable, Iterator

import pytest
from service_process import BEARER, TOKEN, Server, scratch_server

from kuvend.errors import BadRequest, TooManyRequests, TooSlow
from kuvend.web.bodies import Bodies


async def parts(sizes: Iterable[int]) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size


def read(bodies: Bodies, *sizes: int, **headers: str) -> bytes | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(bodies.read(parts(sizes), named))


def test_a_body_comes_whole_and_is_counted_until_it_is_given_back() -> None:
    bodies = Bodies(100)
    assert read(bodies, 40, 60) == b"x" * 100
    assert bodies.held_bytes == 100
    bodies.release(100)
    assert bodies.held_bytes == 0


@pytest.mark.parametrize("length", ["101", "9" * 5000])
def test_a_body_that_is_too_long_holds_nothing(length: str) -> None:
    bodies = Bodies(100)
    assert read(bodies, 60, 60) is None
    assert read(bodies, 1, content_length=length) is None
    assert bodies.held_bytes == 0


def test_bodies_that_are_too_much_together_are_turned_away() -> None:
    bodies = Bodies(100)
    held = 0
    with pytest.raises(TooManyRequests):
        while True:
            held += len(read(bodies, 50, 50) or b"")
    assert held == bodies.held_bytes == 1600
    bodies.release(100)
    assert read(bodies, 100) is not None


def test_a_body_that_comes_too_slowly_is_told_as_that() -> None:
    bodies = Bodies(100, timeout_s=0.05)
    with pytest.raises(TooSlow, match="1 bytes in"):
        asyncio.run(bodies.read(stalled(), {}))
    assert bodies.held_bytes == 0


async def stalled() -> AsyncIterator[bytes]:
    yield b"x"
    await asyncio.Event().wait()


def test_a_body_that_stalls_is_not_waited_for_to_the_end() -> None:
    bodies = Bodies(100, stall_s=0.05)
    with pytest.raises(TooSlow):
        asyncio.run(asyncio.wait_for(bodies.read(stalled(), {}), 5))
    with pytest.raises(TooSlow, match="bytes in"):
        asyncio.run(asyncio.wait_for(bodies.read(trickling(1, 1000), {}), 5))
    assert bodies.held_bytes == 0


def test_a_body_that_comes_slowly_and_steadily_is_read() -> None:
    bodies = Bodies(20_000, stall_s=0.2)
    read = asyncio.run(bodies.read(trickling(500, 30), {}))
    assert read is not None
    assert len(read) == 15_000


async def trickling(size: int, times: int) -> AsyncIterator[bytes]:
    for _ in range(times):
        await asyncio.sleep(0.02)
        yield b"x" * size


def test_a_body_that_was_cut_off_is_refused() -> None:
    bodies = Bodies(100)
    for headers, told in (({"content-length": "60"}, "40 of 60 bytes"), ({}, "40 of . bytes")):
        with pytest.raises(BadRequest, match=told):
            asyncio.run(bodies.read(cut_off(40), headers))
    assert bodies.held_bytes == 0


async def cut_off(size: int) -> AsyncIterator[bytes]:
    yield b"x" * size
    raise ConnectionError


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with scratch_server(tmp_path_factory.mktemp("data")) as running:
        yield running


LINE = b"<urn:a> <urn:p> <urn:b> .\n"
IN_CHUNKS = b"Transfer-Encoding: chunked"
CHUNK = b"%x\r\n%b\r\n" % (len(LINE), LINE)
PUT_HEADERS = {**BEARER, "Content_Type": "application/n-triples"}
LAST_CHUNK = b"0\r\n\r\n"


def head(graph: str, length: bytes) -> bytes:
    lines = [
        f"PUT /data?graph={graph} HTTP/1.1".encode(),
        b"Host: localhost",
        f"Authorization: Bearer {TOKEN}".encode(),
        b"Content-Type: application/n-triples",
        length,
    ]
    return b"\r\n".join([*lines, b"", b""])


@pytest.mark.parametrize("end", ["half", "close", "reset"])
@pytest.mark.parametrize(
    ("length", "body"), [(b"Content-Length: 500", LINE), (IN_CHUNKS, CHUNK), (IN_CHUNKS, CHUNK[:9])]
)
def test_a_connection_that_ends_within_a_body_changes_nothing(
    server: Server, end: str, length: bytes, body: bytes
) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(head("urn:cut", length) + body)
        # The server has begun to answer a later request once this one is under way.
        assert server.request("GET", "/healthz")[0] == 200
        if end == "half":
            sock.shutdown(socket.SHUT_WR)
            assert sock.recv(65536).startswith(b"HTTP/1.1 400 ")
        elif end == "reset":
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    # Changes are made in turn: one that was begun for the body comes before this one.
    time.sleep(0.2)
    put = server.request("PUT", "/data?graph=urn:next", LINE, **PUT_HEADERS)
    assert put[0] in {201, 204}
    assert server.request("GET", "/data?graph=urn:cut")[0] == 404


def test_a_body_in_chunks_is_taken_whole(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(head("urn:chunks", IN_CHUNKS) + CHUNK + LAST_CHUNK)
        assert sock.recv(65536).startswith(b"HTTP/1.1 201 ")
    found = server.request("GET", "/data?graph=urn:chunks", Accept="application/n-triples")
    assert found[1] == LINE
