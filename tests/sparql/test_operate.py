"""The production server as an operator meets it: a process, its children, its commands."""

from __future__ import annotations

import dataclasses
import http.client
import json
import signal
import socket
import tarfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from urllib.parse import urlencode

import pytest
from click.testing import CliRunner
from service_process import BEARER, Server, scratch_server

from kuvend.cli.operate import backup, cancel, ps, restore, token
from kuvend.config import Settings
from kuvend.errors import BadRequest, Conflict, NotFound, Unauthorized
from kuvend.project import Project
from kuvend.project.backups import back_up
from kuvend.project.backups import restore as restore_backup
from kuvend.project.changes import UPDATE, Change
from kuvend.project.live import LiveDataset

TOKEN = BEARER
RUNAWAY = "/sparql?" + urlencode(
    {"query": "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"}
)
FLOOD = "/sparql?" + urlencode({"query": "SELECT * { ?a ?b ?c . ?d ?e ?f }"})


def descendants(pid: int) -> set[int]:
    found: set[int] = set()
    for path in Path("/proc").iterdir():
        if path.name.isdigit():
            try:
                parent = int((path / "stat").read_text().rpartition(")")[2].split()[1])
            except (OSError, ValueError):
                continue
            if parent == pid:
                found |= {int(path.name)} | descendants(int(path.name))
    return found


@pytest.fixture(scope="module")
def server(quick_folders: Callable[[], Path]) -> Iterator[Server]:
    """A server with three thousand triples."""
    folder = quick_folders()
    with scratch_server(folder, query_timeout_s=5, max_result_bytes=3_000_000) as running:
        lines = "".join(f"<urn:s{i}> <urn:p{i % 10}> {i} .\n" for i in range(3000))
        content = {"Content_Type": "text/turtle", **TOKEN}
        assert running.request("PUT", "/data?default", lines, **content)[0] == 204
        yield running


def start(server: Server, path: str) -> socket.socket:
    sock = socket.create_connection(("127.0.0.1", server.port))
    sock.sendall(f"GET {path} HTTP/1.1\r\nHost: localhost\r\n\r\n".encode())
    return sock


def running_queries(server: Server) -> list[dict[str, object]]:
    status, body, _ = server.request("GET", "/operator/queries", **TOKEN)
    assert status == 200
    found: list[dict[str, object]] = json.loads(body)["queries"]
    return found


def wait_for_queries(server: Server, count: int) -> list[dict[str, object]]:
    end = time.monotonic() + 60
    while len(found := running_queries(server)) != count:
        assert time.monotonic() < end
        time.sleep(0.02)
    return found


def test_health_readiness_and_metrics(server: Server) -> None:
    assert server.request("GET", "/healthz")[:2] == (200, b"ok\n")
    ready = json.loads(server.request("GET", "/readyz")[1])
    assert ready["ready"] is True
    metrics = server.request("GET", "/metrics")[1].decode()
    assert 'kuvend_requests_total{method="PUT",area="data",status="204"} 1' in metrics
    assert "kuvend_request_seconds_count" in metrics
    for line in metrics.splitlines():
        assert line.startswith("#") or float(line.rpartition(" ")[2]) >= 0


def test_every_answer_has_an_identifier(server: Server) -> None:
    _, _, headers = server.request("GET", "/healthz", X_Request_Id="given-1")
    assert headers["x-request-id"] == "given-1"
    _, _, headers = server.request("GET", "/healthz", X_Request_Id="not <good>")
    assert headers["x-request-id"] != "not <good>"


def test_a_client_that_leaves_stops_its_query(server: Server) -> None:
    sock = start(server, RUNAWAY)
    wait_for_queries(server, 1)
    sock.close()
    wait_for_queries(server, 0)


def test_the_operator_lists_and_cancels_queries(
    server: Server, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert server.request("GET", "/operator/queries")[0] == 401
    project = Project(Settings(port=server.port, token="open-sesame", data_dir=server.data_dir))
    with start(server, RUNAWAY) as sock:
        (query,) = wait_for_queries(server, 1)
        listed = CliRunner().invoke(ps, [], obj=project)
        assert "COUNT(*)" in listed.output
        assert CliRunner().invoke(cancel, [str(query["id"])], obj=project).exit_code == 0
        answer = sock.recv(65536)
        assert answer.startswith(b"HTTP/1.1 503")
        assert b"cancelled" in answer
    assert CliRunner().invoke(ps, ["--json"], obj=project).output.strip() == "[]"


def test_the_commands_tell_what_the_service_refuses_as_it_does(server: Server) -> None:
    project = Project(Settings(port=server.port, token="open-sesame", data_dir=server.data_dir))
    absent = CliRunner().invoke(cancel, ["99999"], obj=project).exception
    assert isinstance(absent, NotFound)
    assert "no query 99999" in str(absent)
    stranger = Project(Settings(port=server.port, token="wrong", data_dir=server.data_dir))
    assert isinstance(CliRunner().invoke(ps, [], obj=stranger).exception, Unauthorized)
    elsewhere = ["--url", f"http://127.0.0.1:{server.port}/healthz/nothing"]
    assert isinstance(CliRunner().invoke(ps, elsewhere, obj=project).exception, NotFound)


def test_a_result_that_breaks_off_never_looks_whole(server: Server) -> None:
    for accept in ("text/csv", "application/sparql-results+json"):
        with pytest.raises(http.client.IncompleteRead):
            server.request("GET", FLOOD, Accept=accept)


def test_a_query_fails_in_time_and_says_why(server: Server) -> None:
    status, body, headers = server.request("GET", f"{RUNAWAY}&timeout=0.3")
    assert status == 503
    assert headers["content-type"] == "application/problem+json"
    assert b"0.3 s" in body


def test_a_body_too_large_is_413(server: Server) -> None:
    sock = socket.create_connection(("127.0.0.1", server.port))
    with sock:
        head = "POST /sparql HTTP/1.1\r\nHost: a\r\nContent-Type: application/sparql-query\r\n"
        sock.sendall(f"{head}Content-Length: 99999999\r\n\r\n".encode())
        assert sock.recv(65536).startswith(b"HTTP/1.1 413")


def test_half_open_connections_starve_nobody(server: Server) -> None:
    sockets = [socket.create_connection(("127.0.0.1", server.port)) for _ in range(200)]
    for sock in sockets:
        sock.sendall(b"GET /sparql HTTP/1.1\r\nHost")
    assert server.request("GET", "/healthz")[0] == 200
    for sock in sockets:
        sock.close()


def test_a_backup_taken_while_serving_can_be_restored(server: Server, tmp_path: Path) -> None:
    settings = Settings(data_dir=server.data_dir / "scratch", scratch=True)
    project = Project(settings)
    file = tmp_path / "kuvend.tar.gz"
    assert CliRunner().invoke(backup, [str(file)], obj=project).exit_code == 0
    with pytest.raises(Conflict):
        back_up(project.releases, file)
    release_id = project.release().id
    content = {"Content_Type": "application/sparql-update", **TOKEN}
    assert (
        server.request("POST", "/update", "INSERT DATA { <urn:x> <urn:p> 1 }", **content)[0] == 204
    )
    assert project.release().id != release_id
    assert CliRunner().invoke(restore, [str(file)], obj=project).exit_code == 0
    asked = server.request("GET", "/sparql?query=ASK%7B%3Curn:x%3E%20%3Fp%201%7D")
    assert json.loads(asked[1])["boolean"] is False
    elsewhere = Project(dataclasses.replace(settings, data_dir=tmp_path / "other"))
    restore_backup(elsewhere.releases, file)
    assert elsewhere.release().id == release_id
    (tmp_path / "broken.tar.gz").write_bytes(file.read_bytes()[:1000])
    with pytest.raises(BadRequest, match="no backup"):
        restore_backup(elsewhere.releases, tmp_path / "broken.tar.gz")
    with tarfile.open(file) as archive:
        archive.extractall(tmp_path / "inside", filter="data")
    (dataset,) = (tmp_path / "inside").rglob("dataset.nq")
    dataset.write_bytes(dataset.read_bytes().replace(b"urn:p1>", b"urn:p2>", 1))
    with tarfile.open(tmp_path / "changed.tar.gz", "w:gz") as archive:
        archive.add(tmp_path / "inside" / "releases", arcname="releases")
    with pytest.raises(BadRequest, match="damaged"):
        restore_backup(elsewhere.releases, tmp_path / "changed.tar.gz")
    assert elsewhere.release().id == release_id


def test_a_damaged_backup_is_told_to_be_one(scratch: Project, tmp_path: Path) -> None:
    LiveDataset(scratch).apply(Change(UPDATE, text="INSERT DATA { <urn:x> <urn:p> 1 }"))
    file, damaged = tmp_path / "kuvend.tar.gz", tmp_path / "damaged.tar.gz"
    back_up(scratch.releases, file)
    whole = file.read_bytes()
    for place in range(len(whole) // 9, len(whole) - 1, len(whole) // 9):
        content = bytearray(whole)
        content[place] ^= 0x10
        damaged.write_bytes(content)
        with pytest.raises(BadRequest, match="damaged") as told:
            restore_backup(scratch.releases, damaged)
        assert "unfinished" not in str(told.value)
    for name, words in (("a.txt", "holds no releases"), ("releases/a/b.txt", "no dataset.nq")):
        with tarfile.open(damaged, "w:gz") as archive:
            archive.add(__file__, arcname=name)
        with pytest.raises(BadRequest, match=words) as told:
            restore_backup(scratch.releases, damaged)
        assert "unfinished" not in str(told.value)
    restore_backup(scratch.releases, file)


@pytest.mark.parametrize("name", ["bad name", "a:b", "", "tab\there", 'quo"te'])
def test_a_token_gets_a_name_that_the_settings_can_hold(name: str) -> None:
    refused = CliRunner().invoke(token, [name])
    assert (refused.exit_code, refused.stdout) == (2, "")
    assert "without spaces" in refused.stderr


def test_a_token_is_made_with_the_line_for_the_settings() -> None:
    made = CliRunner().invoke(token, ["importer", "--scope", "write", "--scope", "read"])
    assert "importer:write+read:" in made.stderr
    assert len(made.stdout.strip()) > 30


def test_the_end_is_clean(server: Server) -> None:
    sock = start(server, RUNAWAY)
    wait_for_queries(server, 1)
    children = descendants(server.process.pid)
    assert len(children) >= 2
    server.process.send_signal(signal.SIGTERM)
    assert server.process.wait(timeout=120) == 0
    sock.close()
    end = time.monotonic() + 60
    while any(Path(f"/proc/{pid}").exists() for pid in children):
        assert time.monotonic() < end, "a process was left behind"
        time.sleep(0.05)
