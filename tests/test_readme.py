"""What the README shows is what the server answers."""

from __future__ import annotations

import contextlib
import csv
import io
import re

from kuvend.formats import RESULTS_CSV
from kuvend.project import Project, Release
from kuvend.sparql import QueryPool
from places import ROOT

README = (ROOT / "README.md").read_text(encoding="utf-8")


def block(language: str) -> str:
    found = re.search(rf"```{language}\n(.*?)```", README, re.DOTALL)
    assert found, f"the README has no {language} block"
    return found[1]


def answer(query: str, project: Project, release: Release, entailment: str = "owl-rl") -> str:
    with contextlib.closing(QueryPool(release.store_path, project.settings)) as pool:
        result = pool.run(query, format=RESULTS_CSV, entailment=entailment)
        return b"".join(result.body).decode().replace("\r\n", "\n")


def test_the_first_query_gives_the_answer_shown(project: Project, release: Release) -> None:
    rows = sorted(answer(block("sparql"), project, release).splitlines())
    assert rows == sorted(block("csv").splitlines())


def test_the_second_query_needs_inference_and_gives_the_answer_shown(
    project: Project, release: Release
) -> None:
    found = re.search(r'setQuery\("""(.*?)"""\)', block("python"), re.DOTALL)
    assert found
    rows = list(csv.reader(io.StringIO(answer(found[1], project, release))))[1:]
    assert [f"{body} <- {law}" for body, law in rows] == block("text").splitlines()
    asserted = answer(found[1], project, release, entailment="none")
    assert asserted.splitlines() == ["body,law"]
