"""The pages about statements and evidence show what the program does."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from kuvend.corpus import Corpus, read_corpus

ROOT = Path(__file__).resolve().parents[2]
HOW_TO = (ROOT / "docs/how-to/write-statements.md").read_text(encoding="utf-8")
REFERENCE = (ROOT / "docs/reference/evidence.md").read_text(encoding="utf-8")
FILE = re.compile(r"^`(data/[^`]+)`:\n\n```\w+\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
OUTPUT = re.compile(r"^```text\n(.*?)^```", flags=re.DOTALL | re.MULTILINE)
STATEMENTS = Path("data/statements/plain-union.ttl")


@pytest.fixture
def example(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """The files of the how-to page, in the current folder."""
    files = FILE.findall(HOW_TO)
    assert len(files) == 3
    for name, text in files:
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_text(text, encoding="utf-8")
    monkeypatch.chdir(tmp_path)


def read() -> Corpus:
    return read_corpus(Path("data"), "https://w3id.org/kuvend/")


def outputs() -> list[str]:
    return [" ".join(text.split()) for text in OUTPUT.findall(HOW_TO)]


@pytest.mark.usefixtures("example")
def test_the_example_of_the_how_to_page_reads_and_reports_as_shown() -> None:
    corpus = read()
    assert corpus.problems == ()
    assert " ".join(corpus.coverage[0].as_text().split()) in outputs()


@pytest.mark.usefixtures("example")
def test_the_mistake_of_the_how_to_page_is_told_as_shown() -> None:
    text = STATEMENTS.read_text(encoding="utf-8")
    wrong = text.replace("Birliği 1990 yılında kuruldu", "Birligi 1990 yılında kuruldu")
    assert wrong != text
    STATEMENTS.write_text(wrong, encoding="utf-8")
    (problem,) = read().problems
    assert str(problem) in outputs()


def test_the_python_example_of_the_reference_holds(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(ROOT)
    (code,) = re.findall(r"^```python\n(.*?)^```", REFERENCE, flags=re.DOTALL | re.MULTILINE)
    exec(compile(code, "evidence.md", "exec"), {})
