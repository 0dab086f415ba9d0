"""The mistakes contributors make: each found on its line, in words, by one file a mistake.

In a file ``# <- RULE`` marks the line on which that rule has to object; ``*`` before a name is
not read. Examples that pass have no mark and must give no violation.
"""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path

import pytest

from kuvend.project import Project
from kuvend.project.submission import Checker, checker_of, read_parts
from kuvend.shacl.finding import Validation
from kuvend.shacl.wording import LANGUAGES
from kuvend.syntax import Source

FOLDER = Path(__file__).parent / "mistakes"
FILES = sorted(FOLDER.glob("*.ttl"))
PASSING = sorted((FOLDER / "passing").glob("*.ttl"))
_MARK = re.compile(r"# <- (?P<anywhere>anywhere )?(?P<rules>.+)$")


@pytest.fixture(scope="module")
def checker(project: Project) -> Checker:
    return checker_of(project)


@cache
def text_of(path: Path) -> str:
    return path.read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def outcomes() -> dict[Path, Validation]:
    return {}


def outcome(checker: Checker, path: Path, outcomes: dict[Path, Validation]) -> Validation:
    if path not in outcomes:
        outcomes[path] = validate(checker, path)
    return outcomes[path]


def validate(checker: Checker, path: Path) -> Validation:
    source = Source(path.name, text_of(path).encode())
    parts = read_parts([source], base_iri=checker.base_iri, max_bytes=10**6)
    return checker.check(parts)


def test_there_are_forty_mistakes() -> None:
    assert len(FILES) >= 40


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_the_mistake_is_found_on_its_line(
    path: Path, checker: Checker, outcomes: dict[Path, Validation]
) -> None:
    found = outcome(checker, path, outcomes)
    rows = {(f.rule, f.span.line if f.span else None) for f in found.findings}
    marks = 0
    for number, line in enumerate(text_of(path).splitlines(), start=1):
        match = _MARK.search(line)
        for rule in match["rules"].split() if match else ():
            if rule.startswith("*"):
                continue
            marks += 1
            if match and match["anywhere"]:
                assert rule in {name for name, _ in rows}, sorted(rows, key=str)
            else:
                assert (rule, number) in rows, sorted(rows, key=str)
    assert marks


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_finding_has_words_in_four_languages(
    path: Path, checker: Checker, outcomes: dict[Path, Validation]
) -> None:
    for finding in outcome(checker, path, outcomes).findings:
        for language in LANGUAGES:
            assert finding.messages.get(language), (finding.rule, language)
            assert "{" not in finding.messages[language], finding.messages[language]


@pytest.mark.parametrize("path", PASSING, ids=lambda path: path.stem)
def test_what_is_right_passes(
    path: Path, checker: Checker, outcomes: dict[Path, Validation]
) -> None:
    found = outcome(checker, path, outcomes)
    assert [
        f"{f.span}: {f.message(['en'])}" for f in found.findings if f.severity == "violation"
    ] == []
