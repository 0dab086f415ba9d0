"""The annotated facts of two documents lie inside the passages that claims quote."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import pytest

from kuvend.describe import Evidence
from kuvend.namespaces import KUVEND_BASE
from kuvend.project import Project, Release
from places import SHARED

FACTS = SHARED / "gold" / "facts.jsonl"


def facts() -> Iterator[dict[str, Any]]:
    for line in FACTS.read_text(encoding="utf-8").splitlines():
        yield json.loads(line)


def passages_by_document(project: Project, release: Release) -> dict[str, list[tuple[int, int]]]:
    evidence = Evidence(release.store(), project.graphs)
    spans: dict[str, list[tuple[int, int]]] = {}
    for source in evidence.sources():
        assert source.document is not None
        slug = source.document.value.removeprefix(f"{KUVEND_BASE}document/")
        spans[slug] = [(p.start, p.end) for p in evidence.passages_of(source.iri)]
    return spans


@pytest.mark.skipif(not FACTS.exists(), reason="the annotated facts are not beside the project")
def test_every_annotated_span_lies_inside_one_passage(project: Project, release: Release) -> None:
    spans = passages_by_document(project, release)
    found = list(facts())
    assert len(found) > 100
    missed = [
        fact["id"]
        for fact in found
        if not any(
            start <= fact["start"] and fact["end"] <= end
            for start, end in spans[fact["doc"].split(".")[0]]
        )
    ]
    assert not missed


def test_the_passages_of_each_document_cover_its_text(project: Project, release: Release) -> None:
    for row in release.manifest["coverage"]:
        assert row["covered_characters"] / row["characters"] > 0.95, row["document"]
        assert row["uncited"] == []
