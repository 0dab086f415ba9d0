"""What the writer does where the disk is not as it should be: damaged files, no room."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pytest
from click.testing import CliRunner

from kuvend.cli.build import build
from kuvend.errors import Unavailable
from kuvend.project import Project
from kuvend.project.changes import UPDATE, Change
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
