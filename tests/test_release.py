"""Releases are immutable, byte-identical for the same input, and switched to in one step."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.errors import Unavailable
from kuvend.project import ReleaseFolder
from kuvend.project.draft import Draft
from kuvend.project.written import Written

WRITER = """
import sys, pyoxigraph as ox
from pathlib import Path
from kuvend.project import ReleaseFolder
folder, first = Path(sys.argv[1]), int(sys.argv[2])
n = lambda i: ox.NamedNode(f"urn:n:{i}")
print("started", flush=True)
for k in range(first, first + 1000):
    quads = [ox.Quad(n(i), n(k), n(i + 1), n(0)) for i in range(2000)]
    releases = ReleaseFolder(folder, keep=1)
    with releases.locked():
        releases.publish(quads, {"date": "2026-01-01", "input_sha256": "x"})
"""


def quads(count: int = 3) -> list[ox.Quad]:
    node = ox.NamedNode
    return [ox.Quad(node(f"urn:{i}"), node("urn:p"), ox.Literal(str(i))) for i in range(count)]


def manifest() -> dict[str, str]:
    return {"date": "2026-01-01", "input_sha256": "abc"}


def test_the_same_quads_give_the_same_bytes_and_the_same_id(tmp_path: Path) -> None:
    one = ReleaseFolder(tmp_path / "one").publish_locked(quads(), manifest())
    two = ReleaseFolder(tmp_path / "two").publish_locked(reversed(quads()), manifest())
    assert one.id == two.id
    assert one.dataset_path.read_bytes() == two.dataset_path.read_bytes()
    assert (one.path / "release.json").read_bytes() == (two.path / "release.json").read_bytes()


def test_a_release_holds_what_was_published(tmp_path: Path) -> None:
    release = ReleaseFolder(tmp_path).publish_locked(quads(5), manifest())
    assert set(release.store().quads()) == set(quads(5))


def test_without_a_build_there_is_no_release_and_the_error_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(Unavailable, match="kuvend build"):
        ReleaseFolder(tmp_path).current()


def test_an_open_release_can_be_read_after_newer_ones_pushed_it_out(tmp_path: Path) -> None:
    releases = ReleaseFolder(tmp_path, keep=0)
    old = releases.publish_locked(quads(3), manifest())
    store = old.store()
    releases.publish_locked(quads(4), manifest())
    assert not old.path.exists()
    assert len(list(store.quads())) == 3


def test_going_back_to_an_earlier_dataset_switches_to_its_release(tmp_path: Path) -> None:
    releases = ReleaseFolder(tmp_path)
    first = releases.publish_locked(quads(3), manifest())
    releases.publish_locked(quads(4), manifest())
    releases.publish_locked(quads(3), manifest())
    assert releases.current().id == first.id


def test_a_build_killed_at_any_moment_leaves_a_whole_release_serving(tmp_path: Path) -> None:
    ReleaseFolder(tmp_path).publish_locked(quads(2), manifest())
    rng = random.Random(7)
    for round_ in range(6):
        process = subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path), str(round_ * 1000)],
            stdout=subprocess.PIPE,
        )
        assert process.stdout is not None
        assert process.stdout.readline() == b"started\n"
        time.sleep(rng.uniform(0.0, 0.4))
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
        process.stdout.close()
        current = ReleaseFolder(tmp_path).current()
        found = sorted(f"{quad} ." for quad in current.store().quads())
        assert found == sorted(current.dataset_path.read_text().splitlines())
        assert current.manifest["quads"] == len(found)
    after = ReleaseFolder(tmp_path).publish_locked(quads(3), manifest())
    assert ReleaseFolder(tmp_path).current().id == after.id
    assert not list(tmp_path.rglob(".unfinished-*"))


def test_a_store_changed_by_a_few_quads_shares_files_with_the_one_before(tmp_path: Path) -> None:
    releases = ReleaseFolder(tmp_path)
    before = releases.publish_locked(quads(100), manifest())
    draft = Draft(before.quads())
    delta = draft.update("DELETE WHERE { <urn:7> ?p ?o } ; INSERT DATA { <urn:x> <urn:p> 1 }", None)
    assert (len(delta.added), len(delta.removed)) == (1, 1)
    counts = {**manifest(), "graphs": draft.sizes()}
    with releases.locked():
        after = releases.publish_change(before, draft.lines(), delta, counts, Written())
    assert set(after.store().quads()) == set(draft.store)
    assert set(before.store().quads()) == set(quads(100))
    shared = {p.stat().st_ino for p in (before.path / "store").glob("*.sst")}
    assert shared & {p.stat().st_ino for p in (after.path / "store").glob("*.sst")}


def test_a_change_to_a_small_dataset_writes_no_store(tmp_path: Path) -> None:
    releases = ReleaseFolder(tmp_path, memory_bytes=1_000_000)
    before = releases.publish_locked(quads(), manifest())
    draft = Draft(before.quads())
    delta = draft.update("INSERT DATA { <urn:x> <urn:p> 1 }", None)
    with releases.locked():
        after = releases.publish_change(before, draft.lines(), delta, manifest(), Written())
    assert not (after.path / "store").exists()
    assert len(list(after.store().quads())) == 4


def test_what_was_written_goes_with_the_release(tmp_path: Path) -> None:
    releases = ReleaseFolder(tmp_path)
    record = Written(added=frozenset(quads(2)))
    with releases.locked():
        releases.publish(quads(), manifest(), record)
        assert releases.current().written == record
        assert releases.current().lacks_written
        releases.publish(quads(), manifest(), record, holds_written=True)
    assert not releases.current().lacks_written
    assert releases.written() == record


def test_a_record_follows_what_comes_and_goes() -> None:
    one, two, three = quads()
    record = Written(frozenset([one]), frozenset([two])).after([two], [one, three])
    assert record == Written(frozenset(), frozenset([three]))
    assert Written.parse(record.content) == record
    assert Written().digest == ""
