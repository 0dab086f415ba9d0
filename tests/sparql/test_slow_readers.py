"""Clients that do not read what they asked for take no memory and no threads of others."""

from __future__ import annotations

import http.client
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import quote

import pytest
from service_process import BEARER, Server, scratch_server

from kuvend.sandbox import resident_bytes

READERS = 40
ENDLESS = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"


@pytest.fixture(scope="module")
def server(quick_folders: Callable[[], Path]) -> Iterator[Server]:
    with scratch_server(quick_folders(), query_timeout_s=8, query_workers=2) as running:
        text = "".join(f"<urn:s{n}> <urn:p> '{'x' * 200}{n}' .\n" for n in range(40_000))
        put = running.request("PUT", "/data?default", text, Content_Type="text/turtle", **BEARER)
        assert put[0] == 204
        yield running


def test_a_dump_is_not_held_for_those_who_do_not_read(server: Server) -> None:
    size = len(server.request("GET", "/dataset.nq")[1])
    assert size > 8_000_000
    before = resident_bytes(server.process.pid)
    asked = f"GET /dataset.nq HTTP/1.1\r\nHost: 127.0.0.1:{server.port}\r\n\r\n".encode()
    readers = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(READERS)]
    for reader in readers:
        reader.sendall(asked)
    for reader in readers:
        reader.recv(1)
    assert server.request("GET", "/healthz")[0] == 200
    assert len(server.request("GET", "/dataset.nq")[1]) == size
    assert resident_bytes(server.process.pid) - before < READERS * size / 3
    for reader in readers:
        reader.close()


def test_a_part_of_a_dump_is_that_part(server: Server) -> None:
    whole = server.request("GET", "/dataset.nq")[1]
    status, part, headers = server.request("GET", "/dataset.nq", Range="bytes=500000-1499999")
    assert (status, headers["content-length"]) == (206, "1000000")
    assert part == whole[500_000:1_500_000]


def test_queries_that_wait_leave_the_pages_alone(server: Server) -> None:
    def ask() -> None:
        connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        path = f"/sparql?query={quote(ENDLESS)}&timeout=6"
        connection.request("GET", path, headers={"Accept": "text/html"})
        connection.getresponse().read()
        connection.close()

    # More than there are threads for what waits.
    asking = [threading.Thread(target=ask) for _ in range(90)]
    for thread in asking:
        thread.start()
    answered = [server.request("GET", "/healthz")[0] for _ in range(3)]
    still_asking = [thread for thread in asking if thread.is_alive()]
    for thread in asking:
        thread.join()
    assert answered == [200, 200, 200]
    assert len(still_asking) > 20


def test_a_name_is_decoded_once(server: Server) -> None:
    put = server.request(
        "PUT", "/data/a%2562", "<urn:a> <urn:p> 1 .", Content_Type="text/turtle", **BEARER
    )
    assert put[0] == 201
    assert server.request("GET", "/data/ab")[0] == 404
    assert server.request("GET", "/data/a%2562")[0] == 200
