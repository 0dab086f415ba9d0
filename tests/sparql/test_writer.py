"""The process that writes: how it ends, and what is told of the changes it had under way."""

from __future__ import annotations

import dataclasses
import fcntl
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from http.client import HTTPException
from pathlib import Path

import pytest
from service_process import BEARER, scratch_server

from kuvend.errors import KuvendError, NonConforming, Unavailable
from kuvend.project import Project
from kuvend.project.changes import PUT, UPDATE, Change, Outcome
from kuvend.project.live import LiveDataset
from kuvend.project.writer import Writer

SIZE = "<https://w3id.org/kuvend/def#size>"
NUMBERS = Change(
    UPDATE, text=f"INSERT DATA {{ {' '.join(f'<urn:s{n}> <urn:p> {n} .' for n in range(300))} }}"
)
# Three hundred numbers in all orders of five: it ends in no time that a test would wait.
ENDLESS = Change(
    UPDATE,
    text="INSERT { <urn:x> <urn:p> ?a } WHERE { ?s ?p ?a . ?t ?p ?b . ?u ?p ?c . ?v ?p ?d . "
    "?w ?p ?e FILTER(?a + ?b + ?c + ?d + ?e < 0) }",
)
ALONE = """
import sys
from pathlib import Path
from kuvend.config import Settings
from kuvend.project import Project
from kuvend.project.changes import UPDATE, Change
from kuvend.project.writer import Writer

writer = Writer(Project(Settings(data_dir=Path(sys.argv[1]), scratch=True, write_timeout_s=3600)))
writer.apply(Change(UPDATE, text=sys.argv[2]))
print(writer._process.pid, flush=True)
writer.apply(Change(UPDATE, text=sys.argv[3]))
"""


@contextmanager
def open_writer(project: Project, **settings: object) -> Iterator[Writer]:
    changed = dataclasses.replace(project.settings, **settings)  # type: ignore[arg-type]
    writer = Writer(Project(changed, project.folder))
    try:
        yield writer
    finally:
        writer.close()


def is_locked(data_dir: Path) -> bool:
    """Whether some process writes to the releases."""
    with (data_dir / "build.lock").open("w") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        return False


def wait_until_locked(data_dir: Path, wanted: bool) -> None:
    end = time.monotonic() + 120
    while is_locked(data_dir) is not wanted:
        assert time.monotonic() < end, f"the lock is {'free' if wanted else 'held'} still"
        time.sleep(0.05)


def test_a_writer_does_not_outlive_its_service(scratch: Project) -> None:
    data_dir = scratch.settings.data_dir
    service = subprocess.Popen(
        [sys.executable, "-c", ALONE, str(data_dir), NUMBERS.text, ENDLESS.text],
        stdout=subprocess.PIPE,
    )
    assert service.stdout is not None
    pid = int(service.stdout.readline())
    try:
        wait_until_locked(data_dir, True)
        service.kill()
        service.wait()
        wait_until_locked(data_dir, False)
    finally:
        service.stdout.close()
        with suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def test_a_writer_is_told_no_token(scratch: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUVEND_TOKEN", "open sesame")
    with open_writer(scratch) as writer:
        writer.apply(NUMBERS)
        assert writer._process is not None
        environment = Path(f"/proc/{writer._process.pid}/environ").read_bytes()
        assert b"KUVEND" not in environment


def test_a_writer_outlives_the_thread_that_wrote_first(scratch: Project) -> None:
    with open_writer(scratch) as writer:
        first = threading.Thread(target=writer.apply, args=(NUMBERS,))
        first.start()
        first.join()
        process = writer._process
        writer.apply(Change(UPDATE, text="INSERT DATA { <urn:a> <urn:p> 1 }"))
        assert writer._process is process
        assert process is not None


def test_closing_does_not_wait_for_a_change(scratch: Project) -> None:
    found: list[KuvendError] = []

    def write(writer: Writer) -> None:
        try:
            writer.apply(ENDLESS)
        except KuvendError as error:
            found.append(error)

    with open_writer(scratch, write_timeout_s=3600.0) as writer:
        writer.apply(NUMBERS)
        threads = [threading.Thread(target=write, args=(writer,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        wait_until_locked(scratch.settings.data_dir, True)
        writer.close()
        for thread in threads:
            thread.join()
        assert [type(error) for error in found] == [Unavailable, Unavailable]
        with pytest.raises(Unavailable, match="the service ends"):
            writer.apply(NUMBERS)


def test_a_server_ends_in_the_middle_of_a_change(tmp_path: Path) -> None:
    update = {**BEARER, "Content_Type": "application/sparql-update"}
    with scratch_server(tmp_path, write_timeout_s=3600) as server:
        assert server.request("POST", "/update", NUMBERS.text, **update)[0] == 204

        answers: list[int] = []

        def write() -> None:
            with suppress(OSError, HTTPException):
                answers.append(server.request("POST", "/update", ENDLESS.text, **update)[0])

        thread = threading.Thread(target=write)
        thread.start()
        wait_until_locked(tmp_path / "scratch", True)
        server.process.terminate()
        # The patience of the client that writes is three minutes.
        assert server.process.wait(timeout=150) == 0
        thread.join()
        assert set(answers) <= {500, 503}
        assert not is_locked(tmp_path / "scratch")


def test_an_error_nobody_foresaw_is_told_and_the_next_change_is_made(scratch: Project) -> None:
    lock = scratch.settings.data_dir / "build.lock"
    expected = r"error of the program \(IsADirectoryError\)"
    with open_writer(scratch) as writer:
        lock.unlink()
        lock.mkdir()
        with pytest.raises(KuvendError, match=expected) as told:
            writer.apply(NUMBERS)
        assert told.value.status == 500
        assert str(lock) not in str(told.value)
        lock.rmdir()
        assert writer.apply(NUMBERS).release_id == scratch.release().id


def test_a_release_names_all_that_was_made_in_its_round(small: Project) -> None:
    settings = dataclasses.replace(small.settings, validate_writes="refuse")
    live = LiveDataset(Project(settings, small.folder))

    def put(name: str, size: int) -> Change:
        content = f"<urn:{name}> {SIZE} {size} .".encode()
        graph = f"https://w3id.org/kuvend/graph/statements/{name}"
        return Change(PUT, graph=graph, content=content, media_type="text/turtle")

    found = live.apply_all({"1": put("a", 1), "2": put("b", 2), "3": put("c", 300)})
    assert [type(f) for f in found.values()] == [Outcome, Outcome, NonConforming]
    assert small.release().manifest["changes"] == {"1": True, "2": True}
    live.apply_all({"4": put("c", 3)})
    assert small.release().manifest["changes"] == {"4": True}


def test_a_refusal_tells_what_the_change_brings_and_not_what_was_there(small: Project) -> None:
    def insert(name: str, size: int) -> Change:
        return Change(UPDATE, text=f"INSERT DATA {{ <urn:{name}> {SIZE} {size} }}")

    def opened(wanted: str) -> LiveDataset:
        settings = dataclasses.replace(small.settings, validate_writes=wanted)
        return LiveDataset(Project(settings, small.folder))

    warning = opened("warn")
    assert "urn:old" in warning.apply(insert("old", 300)).report
    assert warning.apply(insert("good", 3)).report == ""
    told = warning.apply(insert("new", 400)).report
    assert "urn:new" in told
    assert "urn:old" not in told
    refusing = opened("refuse")
    # What was there before is no ground to refuse a change that has nothing to do with it.
    assert refusing.apply(insert("better", 4)).report == ""
    with pytest.raises(NonConforming) as refused:
        refusing.apply(insert("newest", 500))
    assert "urn:newest" in str(refused.value)
    assert "urn:old" not in str(refused.value)
    with pytest.raises(NonConforming, match="urn:newest"):
        refusing.apply(insert("newest", 500))
