"""The access log: a line of JSON for each request, and nobody waits for who reads them."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

import pytest
from raw_http import HEALTH, answers
from service_process import Server, scratch_server

from kuvend.web.lines import Lines


def ask_much(running: Server) -> None:
    """Ask more than a pipe holds lines about."""
    for _ in range(30):
        found = answers(running.raw((HEALTH + b"\r\n") * 50))
        assert [status for status, _, _ in found] == [200] * 50


def read(descriptor: int) -> bytes:
    """All that comes until nobody writes any more."""
    with open(descriptor, "rb") as stream:
        return stream.read()


def test_who_reads_the_log_late_holds_nobody_up(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    with scratch_server(tmp_path, stderr=write_end, access_log=True) as running:
        os.close(write_end)
        ask_much(running)
        assert running.request("GET", "/healthz", X_Request_Id="the-last")[0] == 200
        received: list[bytes] = []
        reader = threading.Thread(target=lambda: received.append(read(read_end)))
        reader.start()
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
        reader.join()
    lines = [json.loads(line) for line in received[0].splitlines() if line.startswith(b"{")]
    assert sum(line["path"] == "/healthz" and line["status"] == 200 for line in lines) == 1501
    assert lines[-1]["id"] == "the-last"


@pytest.mark.parametrize(
    ("proxies", "client", "endpoint"),
    [
        (0, "127.0.0.1", "http://127.0.0.1"),
        (1, "192.0.2.2", "https://data.example"),
        (2, "[2001:db8::1]", "https://data.example"),
        (3, "127.0.0.1", "http://127.0.0.1"),
    ],
)
def test_proxies_are_believed_as_far_as_there_are(
    tmp_path: Path, proxies: int, client: str, endpoint: str
) -> None:
    read_end, write_end = os.pipe()
    headers = {
        "X_Forwarded_For": "198.51.100.9, 2001:db8::1, 192.0.2.2",
        "X_Forwarded_Proto": "https, https",
        "X_Forwarded_Host": "data.example, data.example",
    }
    if proxies == 3:
        headers["X_Forwarded_For"] = "any, ' OR 1, 192.0.2.2"
    with scratch_server(tmp_path, stderr=write_end, access_log=True, proxies=proxies) as running:
        os.close(write_end)
        described = running.request("GET", "/sparql", X_Request_Id="asked", **headers)[1]
        assert f"<{endpoint}".encode() in described
        running.process.send_signal(signal.SIGTERM)
        running.process.wait(30)
    lines = [json.loads(line) for line in read(read_end).splitlines() if line.startswith(b"{")]
    assert next(line["client"] for line in lines if line["id"] == "asked") == client


def test_a_log_that_nobody_reads_keeps_nothing_from_its_end(tmp_path: Path) -> None:
    read_end, write_end = os.pipe()
    with scratch_server(tmp_path, stderr=write_end, access_log=True) as running:
        os.close(write_end)
        ask_much(running)
        running.process.send_signal(signal.SIGTERM)
        assert running.process.wait(30) == 0
    os.close(read_end)


def test_lines_beyond_what_may_wait_are_counted() -> None:
    read_end, write_end = os.pipe()
    lines = Lines(write_end, most=10)
    text = "x" * 100_000
    for _ in range(30):
        lines.write(text)
    told: list[bytes] = []
    reader = threading.Thread(target=lambda: told.extend(read(read_end).splitlines()))
    reader.start()
    lines.close()
    os.close(write_end)
    reader.join()
    whole = [line for line in told if line == text.encode()]
    counted = [json.loads(line)["lost_lines"] for line in told if line.startswith(b"{")]
    assert len(whole) + sum(counted) == 30
    assert len(counted) == 1
