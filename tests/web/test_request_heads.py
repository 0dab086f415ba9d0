"""Heads of requests: what they may say, and what is answered where they say anything else."""

from __future__ import annotations

import gzip
import json
import time
from collections.abc import Iterator

import pytest
from flask import Flask
from flask.testing import FlaskClient
from service_process import BEARER, Server, scratch_server

from kuvend.formats import RESULT_FORMATS, negotiate

QUERY = {"Content_Type": "application/sparql-query"}
TURTLE = {"Content_Type": "text/turtle"}
LINE = b"<urn:a> <urn:b> 1 ."


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    with scratch_server(tmp_path_factory.mktemp("data"), query_timeout_s=1) as running:
        yield running


def raw(server: Server, *lines: str) -> tuple[int, dict[str, object]]:
    """Status and problem of a request for a query, with these lines after the first."""
    text = "\r\n".join(["POST /sparql HTTP/1.1", *lines, "Content-Type: application/sparql-query"])
    answer = server.raw(text.encode() + b"\r\n\r\n6\r\nASK {}\r\n0\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    found = json.loads(body) if b"problem+json" in head else {}
    return int(head.split()[1]), found


CHUNKED = "Transfer-Encoding: chunked"


@pytest.mark.parametrize(
    ("lines", "source"),
    [
        ([CHUNKED], "Host"),
        ([CHUNKED, "Host: a", "Host: b"], "Host"),
        ([CHUNKED, "Host: a b"], "Host"),
        ([CHUNKED, 'Host: a"><script>'], "Host"),
        ([CHUNKED, f"Host: {'a' * 5000}"], "Host"),
        (["Host: a", "Transfer-Encoding: gzip, chunked"], "Transfer-Encoding"),
    ],
)
def test_a_head_that_says_what_is_not_so_is_refused(
    server: Server, lines: list[str], source: str
) -> None:
    status, found = raw(server, *lines)
    assert (status, found.get("source")) == (400, source)


def test_an_answer_that_is_kept_is_not_given_to_such_a_head_either(server: Server) -> None:
    asked = b"GET /sparql?query=ASK%7B%7D HTTP/1.1\r\n"
    for _ in range(3):
        assert b" 200 " in server.raw(asked + b"Host: a\r\n\r\n").partition(b"\r\n")[0]
    for hosts in (b"", b"Host: a\r\nHost: b\r\n"):
        assert b" 400 " in server.raw(asked + hosts + b"\r\n").partition(b"\r\n")[0]


@pytest.mark.parametrize("host", ["a", "a.example:8000", "[::1]:8000", "127.0.0.1", ""])
def test_hosts_are_taken_in_each_form(server: Server, host: str) -> None:
    assert raw(server, CHUNKED, f"Host: {host}")[0] == 200


@pytest.mark.parametrize("coding", ["gzip", "br", "deflate", "gzip, gzip", "none"])
@pytest.mark.parametrize(
    ("path", "kind"), [("/sparql", QUERY), ("/data?graph=urn:g", TURTLE), ("/update", {})]
)
def test_a_body_in_a_coding_that_is_not_read_is_told_as_that(
    server: Server, path: str, kind: dict[str, str], coding: str
) -> None:
    body = gzip.compress(b"ASK {}") if "gzip" in coding else b"ASK {}"
    status, answer, headers = server.request(
        "POST", path, body, Content_Encoding=coding, **kind, **BEARER
    )
    assert (status, headers["accept-encoding"]) == (415, "identity")
    assert json.loads(answer)["source"] == "Content-Encoding"


def test_what_is_submitted_may_be_packed(server: Server) -> None:
    asked = {"Accept": "application/json", **TURTLE}
    status, answer, _ = server.request(
        "POST", "/validate", gzip.compress(LINE), Content_Encoding="gzip", **asked
    )
    assert (status, json.loads(answer)["triples"]) == (200, 1)
    assert server.request("POST", "/validate", LINE, Content_Encoding="br", **asked)[0] == 415


def test_a_query_that_does_not_come_is_given_up_with_the_time_of_a_query(server: Server) -> None:
    server.request("GET", "/healthz")
    began = time.monotonic()
    status, _, _ = server.request("POST", "/sparql", b"ASK", Content_Length="100", **QUERY)
    assert status == 408
    assert time.monotonic() - began < 1.5


@pytest.mark.parametrize(
    ("accept", "name"),
    [("*", "json"), ("*;q=.2", "json"), (",,,", "json"), ("text/csv;q=nan, */*;q=0.1", "json"),
     ("text/csv, *", "json"), ("image/gif, *; q=.2", "json")],
)  # fmt: skip
def test_odd_accept_headers_are_read_as_they_are_meant(accept: str, name: str) -> None:
    assert negotiate(accept, RESULT_FORMATS).name == name


@pytest.mark.parametrize(
    ("asked", "status"),
    [("bytes=0-4", 206), ("bytes=-5", 206), ("bytes=99999999999-", 416), ("items=0-4", 200),
     ("bytes=0-1,3-4", 200), ("bytes=a-b", 200), ("bytes=1_0-2_0", 200), ("bytes", 200)],
)  # fmt: skip
def test_a_range_that_is_none_is_as_if_it_was_not_asked_for(
    client: FlaskClient, asked: str, status: int
) -> None:
    response = client.get("/dataset.nq", headers={"Range": asked})
    assert response.status_code == status
    if status == 416:
        assert response.headers["Content-Range"].startswith("bytes */")
        assert response.get_json()["detail"] == "the file ends before the range begins."
    response.close()


def test_an_answer_without_a_body_has_no_type(client: FlaskClient) -> None:
    assert "Content-Type" not in client.options("/sparql").headers


def test_a_long_list_of_languages_is_not_looked_for_in_each_name(app: Flask) -> None:
    many = ",".join(f"a{i}a;q=0.{i % 9 + 1}" for i in range(2000))
    client = app.test_client()
    client.get("/def", headers={"Accept-Language": "de"})
    began = time.process_time()
    for languages in (many, "a" * 15_000):
        assert client.get("/def", headers={"Accept-Language": languages}).status_code == 200
    assert time.process_time() - began < 8


@pytest.mark.parametrize("timeout", ["1_0", "%D9%A1", "nan", "inf", "-1", "0", "1e999", "1e-"])
def test_a_timeout_is_a_number_of_ascii_digits(client: FlaskClient, timeout: str) -> None:
    response = client.get(f"/sparql?query=ASK%7B%7D&timeout={timeout}")
    assert response.status_code == 400
    assert "timeout wants a positive number" in response.get_json()["detail"]
