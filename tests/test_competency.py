"""Every competency question is answered by its query, row by row, from the built release."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from kuvend.formats import RESULTS_TSV
from kuvend.project import Project, Release
from kuvend.sparql import QueryPool, check
from places import ROOT, SHARED

FOLDER = ROOT / "queries" / "competency"
QUERIES = sorted(FOLDER.glob("*.rq"))
ANSWERS = {"value", "list", "ordered", "span", "none"}
HEADER = re.compile(r"^#\+ (\w+): (.+)$", re.MULTILINE)


def header(query: Path) -> dict[str, str]:
    """The ``#+ name: value`` lines at the head of a query."""
    return dict(HEADER.findall(query.read_text(encoding="utf-8")))


def expected_rows(query: Path) -> list[str]:
    """The lines of the expected result, the variables first."""
    return query.with_suffix(".expected.tsv").read_text(encoding="utf-8").splitlines()


@pytest.fixture(scope="module")
def pool(project: Project, release: Release) -> Iterator[QueryPool]:
    """The workers that answer a visitor's queries, over the release."""
    with contextlib.closing(QueryPool(release.store_path, project.settings)) as opened:
        yield opened


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_answer(query: Path, pool: QueryPool) -> None:
    outline = check(query.read_text(encoding="utf-8"), pool.limits)
    result = pool.run(outline, format=RESULTS_TSV)
    variables, *rows = b"".join(result.body).decode().splitlines()
    expected_variables, *expected = expected_rows(query)
    assert variables == expected_variables
    if header(query)["answer"] == "ordered":
        assert rows == expected
    else:
        assert sorted(rows) == sorted(expected)


@pytest.mark.parametrize("query", QUERIES, ids=lambda path: path.stem)
def test_header(query: Path, release: Release) -> None:
    told = header(query)
    slugs = {row["document"] for row in release.manifest["coverage"]}
    assert query.stem.startswith(told["id"].lower() + "-")
    assert told["question"].endswith("?")
    assert told["answer"] in ANSWERS
    assert set(told["documents"].split(", ")) <= slugs
    assert expected_rows(query)[1:], "an answer has at least one row, also where nothing is stated"
    if told["answer"] == "ordered":
        assert "ORDER BY" in query.read_text(encoding="utf-8")


def test_ids_are_unique() -> None:
    ids = [header(query)["id"] for query in QUERIES]
    assert len(ids) == len(set(ids))


def test_not_stated_is_answered_by_an_absence_note() -> None:
    silent = [q for q in QUERIES if header(q)["answer"] == "none"]
    assert silent
    for query in silent:
        text = query.read_text(encoding="utf-8")
        assert "kv:absentProperty" in text or "kv:AbsenceNote" in text, query.name


def gold(name: str) -> Path:
    """A file of the shared measure; the test skips without it."""
    path = SHARED / "gold" / name
    if not path.is_file():
        pytest.skip(f"needs {name}, which is not part of the product")
    return path


def test_every_gold_question_has_a_query() -> None:
    questions = json.loads(gold("questions.json").read_text(encoding="utf-8"))
    asked = {header(query)["id"] for query in QUERIES}
    assert {question["id"] for question in questions} <= asked
