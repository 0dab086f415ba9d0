"""The access log: a line of JSON for each request, and nobody waits for who reads them."""

from __future__ import annotations

import json
import os
import signal
import threading
from pathlib import Path

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
