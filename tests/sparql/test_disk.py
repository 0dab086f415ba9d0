"""What the writer does where the disk is not as it should be: damaged files, no room."""

from __future__ import annotations

import errno
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner

from kuvend.cli.build import build
from kuvend.config import Settings
from kuvend.errors import DiskFull, Unavailable
from kuvend.project import Project, durable
from kuvend.project.changes import UPDATE, Change, Outcome
from kuvend.project.live import LiveDataset
from kuvend.project.writer import Writer


@pytest.fixture
def writer(small: Project) -> Iterator[Writer]:
    """The writer of the small project."""
    made = Writer(small)
    yield made
    made.close()


def insert(text: str) -> Change:
    return Change(UPDATE, text=f"INSERT DATA {{ {text} }}")


def holds(project: Project, text: str) -> bool:
    return bool(project.release().store().engine.query(f"ASK {{ {text} }}"))


def in_the_middle(content: bytes) -> bytes:
    return content[: len(content) // 2]


def at_a_line(content: bytes) -> bytes:
    return b"".join(content.splitlines(keepends=True)[:-1])


def test_a_release_without_its_dataset_is_not_taken_for_an_empty_one(scratch: Project) -> None:
    dataset = scratch.release().dataset_path
    dataset.unlink()
    with pytest.raises(Unavailable, match=r"damaged: dataset\.nq"):
        LiveDataset(scratch).apply(insert("<urn:s> <urn:p> 1"))
    assert scratch.release().dataset_path == dataset


@pytest.mark.parametrize("cut", [in_the_middle, at_a_line])
@pytest.mark.parametrize("first", ["", "<urn:s> <urn:p> 1"], ids=["built", "written"])
def test_nothing_is_made_of_a_damaged_release_and_a_build_mends_it(
    small: Project, writer: Writer, cut: Callable[[bytes], bytes], first: str
) -> None:
    if first:
        with_first = Writer(small)
        with_first.apply(insert(first))
        with_first.close()
    path = small.release().dataset_path
    whole = path.read_bytes()
    path.write_bytes(cut(whole))
    before = small.release().id
    with pytest.raises(Unavailable, match=r"damaged: dataset\.nq") as refused:
        writer.apply(insert("<urn:t> <urn:p> 2"))
    assert "kuvend build" in str(refused.value)
    assert small.release().id == before
    assert CliRunner().invoke(build, obj=small).exit_code == 0
    assert small.release().dataset_path.read_bytes() == whole
    writer.apply(insert("<urn:t> <urn:p> 2"))
    assert holds(small, f"<urn:t> <urn:p> 2 . {first}")


def test_a_damaged_record_of_writes_is_not_taken_for_an_empty_one(
    small: Project, writer: Writer
) -> None:
    writer.apply(insert("<urn:s> <urn:p> 1"))
    before = small.release()
    (record,) = before.path.glob("written-*.patch")
    kept = record.read_bytes()
    record.write_bytes(b"")
    for attempt in (small.build, lambda: before.written):
        with pytest.raises(Unavailable, match="kuvend restore"):
            attempt()
    assert small.release().id == before.id
    record.write_bytes(kept)
    small.build()
    writer.apply(insert("<urn:t> <urn:p> 2"))
    assert holds(small, "<urn:s> <urn:p> 1 . <urn:t> <urn:p> 2")


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of 24 MiB, where one may be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    try:
        mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(place)]
        subprocess.run(mount, check=True, capture_output=True)
    except (OSError, subprocess.CalledProcessError):
        pytest.skip("nothing may be mounted here")
    yield place
    subprocess.run(["umount", "--lazy", str(place)], check=True)


def fill_up(disk: Path, *, but: int) -> Path:
    """A file that takes all room but that many bytes."""
    ballast = disk / "ballast"
    free = shutil.disk_usage(disk).free
    ballast.write_bytes(b"0" * max(free - but, 0))
    return ballast


def left_over(project: Project) -> list[Path]:
    return list(project.settings.data_dir.rglob(".*"))


@pytest.mark.parametrize("memory_store_mb", [0, 64], ids=["store", "file"])
@pytest.mark.parametrize("room", [0, 4096, 65536, 262144])
def test_a_full_disk_refuses_a_write_and_leaves_nothing_of_it(
    small_disk: Path, memory_store_mb: int, room: int
) -> None:
    settings = Settings(
        data_dir=small_disk / "state", scratch=True, memory_store_mb=memory_store_mb
    )
    project = Project(settings)
    project.ensure_release()
    writer = Writer(project)
    numbers = " . ".join(f"<urn:s{n}> <urn:p> {n}" for n in range(20_000))
    try:
        writer.apply(insert("<urn:s> <urn:p> 1"))
        process = writer._process
        before = project.release().id
        ballast = fill_up(small_disk, but=room)
        with pytest.raises(DiskFull, match="was not made") as refused:
            writer.apply(insert(numbers))
        assert refused.value.status == 507
        assert str(small_disk) in str(refused.value)
        assert left_over(project) == []
        assert project.release().id == before
        assert holds(project, "<urn:s> <urn:p> 1")
        ballast.unlink()
        writer.apply(insert(numbers))
        assert holds(project, "<urn:s> <urn:p> 1 . <urn:s9> <urn:p> 9")
        assert writer._process is process
    finally:
        writer.close()


def test_of_several_changes_those_there_is_room_for_are_made(small_disk: Path) -> None:
    project = Project(Settings(data_dir=small_disk / "state", scratch=True))
    project.ensure_release()
    writer = Writer(project)
    try:
        fill_up(small_disk, but=65536)
        numbers = " . ".join(f"<urn:s{n}> <urn:p> {n}" for n in range(20_000))
        found = writer._carry_out({"few": insert("<urn:s> <urn:p> 1"), "many": insert(numbers)})
        assert {name: type(outcome) for name, outcome in found.items()} == {
            "few": Outcome,
            "many": DiskFull,
        }
        assert holds(project, "<urn:s> <urn:p> 1")
        assert not holds(project, "<urn:s9> <urn:p> 9")
    finally:
        writer.close()


def test_a_full_disk_does_not_harm_the_record_of_the_release_there_is(
    small: Project, writer: Writer, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A build that comes to the same release as before changes its manifest alone."""
    writer.apply(insert("<urn:s> <urn:p> 1"))
    small.build()
    before = small.release()
    kept = before.written

    def full(path: Path, content: bytes) -> None:
        path.write_bytes(content[:10])
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(durable, "write", full)
    with pytest.raises(DiskFull), small.releases.locked():
        small.releases.publish(before.quads(), before.manifest, kept, holds_written=True)
    assert small.release().written == kept
    assert left_over(small) == []
