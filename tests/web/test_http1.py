"""Requests as bytes: what is none, what comes at once or in pieces, and how answers end."""

from __future__ import annotations

import http.client
import json
import socket
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.parse import quote

import pytest
from raw_http import HEALTH, HOST, answers
from service_process import BEARER, Server, scratch_server

from kuvend.sandbox import resident_bytes
from kuvend.web import incoming

QUERY = b"POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
CHUNKS = b"Transfer-Encoding: chunked\r\n"
ENDLESS = quote("SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }").encode()
# What was streamed once is kept whole, so each time limit is another request.
ROWS = b"/sparql?query=SELECT%20*%20%7B%3Fs%20%3Fp%20%3Fo%7D&timeout="


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with scratch_server(tmp_path_factory.mktemp("data")) as running:
        text = "".join(f"<urn:s{n}> <urn:p> '{'x' * 100}{n}' .\n" for n in range(8000))
        put = running.request("PUT", "/data?default", text, Content_Type="text/turtle", **BEARER)
        assert put[0] == 204
        yield running


@pytest.mark.parametrize(
    ("sent", "status", "told"),
    [
        (b"\x16\x03\x01\x02\x00\x01\r\n\r\n", 405, "no method"),
        (b"FETCH / HTTP/1.1\r\n\r\n", 405, "no method"),
        (b"GET / HTTP/3.0\r\n\r\n", 400, "HTTP/1.1"),
        (b"GET / HTTP/2.0\r\n\r\n", 400, "HTTP/2.0 is not spoken"),
        (b"GET /a b HTTP/1.1\r\n\r\n", 400, "not HTTP/1.1"),
        ("GET /ë\x00 HTTP/1.1\r\n\r\n".encode(), 400, "Percent-encode"),
        (b"GET / HTTP/1.1\r\nHost : a\r\n\r\n", 400, "not HTTP/1.1"),
        (b"GET / HTTP/1.1\r\nHost: a\r\nX: a\x00b\r\n\r\n", 400, "not HTTP/1.1"),
        (QUERY + b"Content-Length: 6\r\n" + CHUNKS + b"\r\n6\r\nASK {}\r\n0\r\n\r\n", 400, "both"),
        (QUERY + b"Content-Length: 6\r\nContent-Length: 7\r\n\r\nASK {} ", 400, "Content-Length"),
        (QUERY + b"Content-Length: -6\r\n\r\nASK {}", 400, "Content-Length"),
        (QUERY + CHUNKS + b"\r\nzz\r\nASK {}\r\n0\r\n\r\n", 400, "chunk size"),
        (HEALTH + b"".join(b"X-%d: 1\r\n" % n for n in range(200)) + b"\r\n", 431, "100 headers"),
        (HEALTH + b"X: " + b"a" * 2_000_000, 431, "bytes"),
        (b"GET /" + b"a" * 2_000_000, 414, "bytes"),
    ],
)
def test_what_is_no_request_is_told_why(
    server: Server, sent: bytes, status: int, told: str
) -> None:
    (answer,) = answers(server.raw(sent))
    assert answer[0] == status
    assert answer[1]["connection"] == "close"
    assert answer[1]["content-type"] == "application/problem+json"
    assert answer[1]["x-request-id"]
    problem = json.loads(answer[2])
    assert problem["status"] == status
    assert told in problem["detail"] + problem.get("suggestion", "")
    assert ("allow" in answer[1]) == (status == 405)


def answer_to_pieces(server: Server, *pieces: bytes) -> tuple[int, dict[str, str], bytes]:
    """The one answer to a request that comes in these pieces."""
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        for piece in pieces:
            sock.sendall(piece)
            time.sleep(0.05)
        sock.shutdown(socket.SHUT_WR)
        (answer,) = answers(b"".join(iter(lambda: sock.recv(65536), b"")))
    return answer


@pytest.mark.parametrize("cut", [0, 20, 34, 35, 36, 60])
def test_an_address_may_be_written_as_names_are_spelt(server: Server, cut: int) -> None:
    text = "SELECT%20(%22Prishtinë,%20Львів,%20Iğdır%22%20AS%20?n)%20%7B%7D"
    sent = f"GET /sparql?query={text} HTTP/1.1\r\n".encode() + HOST + b"Accept: text/csv\r\n\r\n"
    answer = answer_to_pieces(server, sent[:cut], sent[cut:])
    assert answer[0] == 200
    assert answer[2].decode() == 'n\r\n"Prishtinë, Львів, Iğdır"\r\n'


def test_addresses_as_names_are_spelt_may_come_at_once(server: Server) -> None:
    text = "SELECT%20(%22Prishtinë%22%20AS%20?n)%20%7B%7D"
    sent = f"\r\nGET /sparql?query={text} HTTP/1.1\r\n".encode() + HOST + b"\r\n"
    found = answers(server.raw(sent * 3))
    assert [status for status, _, _ in found] == [200] * 3
    assert all("Prishtinë".encode() in body for _, _, body in found)


def test_a_header_comes_as_it_was_sent_however_it_is_cut(server: Server) -> None:
    sent = "GET /sparql?query=ASK%7B%7D HTTP/1.1\r\nAccept: ë\r\n".encode() + HOST + b"\r\n"
    whole = answers(server.raw(sent))[0]
    for cut in (36, 38, 47):
        answer = answer_to_pieces(server, sent[:cut], sent[cut:])
        assert (answer[0], answer[2]) == (whole[0], whole[2])


def test_requests_at_once_are_answered_in_their_order_up_to_the_one_that_is_none(
    server: Server,
) -> None:
    asked = [b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n", b"GET /healthz HTTP/1.1\r\n"] * 3
    sent = b"".join(line + HOST + b"\r\n" for line in asked)
    found = answers(server.raw(sent + b"no request\r\n\r\n" + sent))
    assert [status for status, _, _ in found] == [200] * 6 + [405]
    assert [body for _, _, body in found[:6]] == [b'{"head":{},"boolean":true}', b"ok\n"] * 3
    assert [headers.get("connection") for _, headers, _ in found] == [None] * 6 + ["close"]


def test_more_at_once_than_are_kept_are_refused(server: Server) -> None:
    found = answers(server.raw((HEALTH + b"\r\n") * 300))
    assert [status for status, _, _ in found[:100]] == [200] * 100
    assert found[-1][0] == 400
    assert b"at once" in found[-1][2]


def test_headers_after_a_body_are_not_those_of_the_next_request(server: Server) -> None:
    trailer = b"X-Request-Id: of-the-body\r\n\r\n"
    body = b"\r\n6;ext=1\r\nASK {}\r\n0\r\n" + trailer
    found = answers(server.raw(QUERY + CHUNKS + body + HEALTH + b"\r\n"))
    assert [status for status, _, _ in found] == [200, 200]
    assert all(headers["x-request-id"] != "of-the-body" for _, headers, _ in found)


@pytest.mark.parametrize("filler", [b"X: " + b"a" * 3_000_000, b"0;" + b"a" * 3_000_000])
def test_what_goes_on_around_a_body_is_cut_off(server: Server, filler: bytes) -> None:
    end = b"0\r\n" if filler.startswith(b"X") else b""
    (answer,) = answers(server.raw(QUERY + CHUNKS + b"\r\n6\r\nASK {}\r\n" + end + filler))
    assert answer[0] == 400
    assert b"cannot be read" in answer[2]


def test_a_body_is_asked_for_where_the_client_waits_for_that(server: Server) -> None:
    expecting = QUERY + b"Expect: 100-continue\r\n"
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(expecting + b"Content-Length: 6\r\n\r\n")
        assert sock.recv(100) == b"HTTP/1.1 100 Continue\r\n\r\n"
        sock.sendall(b"ASK {}")
        assert sock.recv(65536).startswith(b"HTTP/1.1 200 ")
    (answer,) = answers(server.raw(expecting + b"Content-Length: 999999999\r\n\r\n"))
    assert answer[0] == 413


def test_who_sends_no_more_is_answered_all_the_same(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(HEALTH + b"\r\n" + HEALTH + b"\r\n")
        sock.shutdown(socket.SHUT_WR)
        received = b""
        while part := sock.recv(65536):
            received += part
    assert [status for status, _, _ in answers(received)] == [200, 200]


TURTLE = {"Content-Type": "text/turtle", **BEARER}
UPGRADE = {"Connection": "Upgrade, HTTP2-Settings", "Upgrade": "h2c", "HTTP2-Settings": "AAEAAA"}


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_is_read_though_another_protocol_is_asked_for(server: Server, chunked: bool) -> None:
    """Java's client asks for HTTP/2; the parser then takes the body for that."""
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
    for number in range(2):
        line = f"<urn:h2c> <urn:p> {number} .\n".encode()
        connection.request(
            "PUT", "/data?graph=urn:h2c", iter([line]) if chunked else line,
            {**TURTLE, **UPGRADE}, encode_chunked=chunked,
        )  # fmt: skip
        response = connection.getresponse()
        response.read()
        assert response.status in {201, 204}
        connection.request("GET", "/data?graph=urn:h2c", headers={"Accept": "text/csv, */*"})
        assert f" {number} ." in connection.getresponse().read().decode()
    connection.close()


@pytest.mark.parametrize("size", [200_000, 500_000, 3_000_000])
def test_a_connection_goes_on_after_a_long_body(server: Server, size: int) -> None:
    connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=20)
    for _ in range(2):
        body = b"<urn:long> <urn:p> 1 ." + b" " * size
        connection.request("PUT", "/data?graph=urn:long", body, TURTLE)
        response = connection.getresponse()
        response.read()
        assert response.status in {201, 204}
        connection.request("GET", "/healthz")
        assert connection.getresponse().read() == b"ok\n"
    connection.close()


def test_what_comes_in_pieces_between_two_answers_keeps_its_order(server: Server) -> None:
    asked = [
        QUERY + b"X-Request-Id: n%d\r\nContent-Length: 6\r\n\r\nASK {}" % number
        for number in range(300)
    ]
    data = b"".join(asked)
    with socket.create_connection(("127.0.0.1", server.port), timeout=20) as sock:
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        received = b""
        for start in range(0, len(data), 77):
            sock.sendall(data[start : start + 77])
            sock.settimeout(0.0003)
            with suppress(TimeoutError, BlockingIOError):
                received += sock.recv(65536)
            sock.settimeout(20)
        while received.count(b'"boolean":true}') < 300:
            received += sock.recv(65536)
    found = answers(received)
    assert [headers["x-request-id"] for _, headers, _ in found] == [f"n{n}" for n in range(300)]


def test_who_takes_no_answers_is_not_read_from_either(server: Server) -> None:
    asked = b"GET " + ROWS + b"6 HTTP/1.1\r\n" + HOST + b"\r\n"
    assert answers(server.raw(asked + asked))
    before = resident_bytes(server.process.pid)
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.settimeout(0.2)
        with pytest.raises(TimeoutError):
            while True:
                sock.sendall(asked)
        assert resident_bytes(server.process.pid) - before < 50_000_000
        assert server.request("GET", "/healthz")[0] == 200


def test_who_goes_on_sending_what_is_refused_is_not_read_for_ever(server: Server) -> None:
    sent = 0
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.settimeout(0.2)
        sock.sendall(b"GET " + ROWS + b"6 HTTP/1.1\r\n" + HOST + b"\r\nno request\r\n\r\n")
        with suppress(TimeoutError, ConnectionError):
            while sent < 200_000_000:
                sock.sendall(b"x" * 10_000)
                sent += 10_000
    assert sent < 100_000_000


def test_bodies_of_requests_that_wait_are_left_outside(server: Server) -> None:
    tiny = QUERY + CHUNKS + b"\r\n" + b"1\r\n \r\n" * 40_000
    before = resident_bytes(server.process.pid)
    with socket.create_connection(("127.0.0.1", server.port)) as sock:
        sock.settimeout(0.5)
        sock.sendall(b"GET /sparql?query=" + ENDLESS + b"&timeout=5 HTTP/1.1\r\n" + HOST + b"\r\n")
        with suppress(TimeoutError, ConnectionError):
            for _ in range(100):
                sock.sendall(tiny)
        assert resident_bytes(server.process.pid) - before < 50_000_000
    assert server.request("GET", "/healthz")[0] == 200


def test_a_body_of_the_smallest_chunks_is_refused_before_it_is_much_work(server: Server) -> None:
    (answer,) = answers(server.raw(QUERY + CHUNKS + b"\r\n" + b"1\r\n \r\n" * 400_000))
    assert answer[0] == 400


def test_an_answer_without_a_body_has_no_chunk(server: Server) -> None:
    tag = server.request("GET", "/dataset.nq")[2]["etag"].encode()
    asked = b"GET /dataset.nq HTTP/1.1\r\nHost: a\r\nIf-None-Match: " + tag + b"\r\n\r\n"
    head, _, rest = server.raw(asked + HEALTH + b"\r\n").partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 304 ")
    assert head.count(b"\r\ndate: ") == 1
    assert b"transfer-encoding" not in head
    assert rest.startswith(b"HTTP/1.1 200 ")


def test_a_stream_that_fails_does_not_look_whole_to_an_old_client(server: Server) -> None:
    flood = quote("SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i }").encode()
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall(b"GET /sparql?query=" + flood + b"&timeout=0.5 HTTP/1.0\r\n\r\n")
        with pytest.raises(ConnectionResetError):
            while sock.recv(1 << 20):
                pass


def test_requests_before_the_end_of_what_is_sent_are_all_answered(server: Server) -> None:
    with socket.create_connection(("127.0.0.1", server.port), timeout=60) as sock:
        sock.sendall((b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n" + HOST + b"\r\n") * 20)
        sock.shutdown(socket.SHUT_WR)
        received = b""
        while part := sock.recv(65536):
            received += part
    assert [status for status, _, _ in answers(received)] == [200] * 20


def test_the_address_says_the_host(server: Server) -> None:
    asked = b"GET http://b.example/healthz HTTP/1.1\r\nHost: a\r\n\r\n"
    assert answers(server.raw(asked))[0][0] == 200
    asked = b"GET http://u@b:99999999/healthz HTTP/1.0\r\n\r\n"
    assert answers(server.raw(asked))[0][0] == 400


def test_names_of_headers_are_not_kept(server: Server) -> None:
    for number in range(3):
        name = b"X%d" % number + b"a" * 300_000
        assert answers(server.raw(HEALTH + name + b": 1\r\n\r\n"))[0][0] == 200
    assert all(len(name) <= 64 for name in incoming._NAMES)


def test_at_the_end_clients_get_what_they_were_answered(tmp_path: Path) -> None:
    with scratch_server(tmp_path) as running:
        text = "".join(f"<urn:s{n}> <urn:p> '{'x' * 400}{n}' .\n" for n in range(10_000))
        running.request("PUT", "/data?default", text, Content_Type="text/turtle", **BEARER)
        with socket.create_connection(("127.0.0.1", running.port), timeout=60) as sock:
            sock.sendall(b"GET " + ROWS + b"5 HTTP/1.1\r\n" + HOST + b"\r\n")
            received = sock.recv(1000)
            running.process.terminate()
            while part := sock.recv(65536):
                received += part
                time.sleep(0.001)
        assert len(received) > 5_000_000
        assert received.endswith(b"\r\n0\r\n\r\n")
