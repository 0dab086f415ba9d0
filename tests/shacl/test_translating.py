"""What the readers of files and quotes say has words in every language."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

import kuvend
from kuvend.shacl.translating import SENTENCES, in_languages
from kuvend.shacl.wording import LANGUAGES

FOLDER = Path(kuvend.__file__).parent
# The engine's own words, a list of what there is, and errors of whole files, which are no findings.
_NOT_OURS = ("X.", "X", "the gzip", "the zip", "the archive", "X is not read here", "there is no")
_SAYING = {"report", "problem", "lost", "BadSyntax", "QuoteError", "Unprocessable"}
# These add what stands there.
_BEFORE = {"fail", "expect", "next"}
_NAMES = {"advice", "detail", "suggestion"}


def _samples(node: ast.AST | None) -> Iterator[str]:
    """The sentences an expression may be, X for each value."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        yield node.value
    elif isinstance(node, ast.JoinedStr):
        yield "".join(
            str(part.value) if isinstance(part, ast.Constant) else "X" for part in node.values
        )
    elif isinstance(node, ast.IfExp):
        yield from (*_samples(node.body), *_samples(node.orelse))
    elif isinstance(node, ast.BoolOp):
        for value in node.values:
            yield from _samples(value)
    elif isinstance(node, ast.Tuple):
        for value in node.elts:
            yield from _samples(value)


def _called(node: ast.Call) -> str:
    return node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")


def said_in(path: Path) -> Iterator[str]:
    """The sentences of a module that may end in a finding."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Call) and _called(node) in _SAYING | _BEFORE:
            end = " X." if _called(node) in _BEFORE else ""
            for part in (*node.args, *(keyword.value for keyword in node.keywords)):
                yield from (f"{text}{end}" for text in _samples(part) if " " in text)
        elif isinstance(node, ast.Assign):
            name = node.targets[0]
            if getattr(name, "id", getattr(name, "attr", "")) in _NAMES:
                yield from _samples(node.value)
        elif isinstance(node, ast.Yield) or (
            isinstance(node, ast.Return) and path.stem in {"reader", "json_text", "reading"}
        ):
            yield from (text for text in _samples(node.value) if text.endswith("."))


# Errors of what a string token may hold are said by the reader; files of a project make no finding.
_OTHERS = {"tokens", "files"}
MODULES = [
    *(path for path in sorted((FOLDER / "syntax").glob("*.py")) if path.stem not in _OTHERS),
    *(
        FOLDER / "corpus" / f"{name}.py"
        for name in ("statements", "citations", "locate", "envelope")
    ),
]


def test_sentences_are_found_in_the_readers() -> None:
    found = [text for path in MODULES for text in said_in(path)]
    assert len({*found}) > 70
    assert len(SENTENCES) > 80


@pytest.mark.parametrize("path", MODULES, ids=lambda path: path.stem)
def test_every_sentence_of_a_reader_is_said_in_every_language(path: Path) -> None:
    told = {text for text in said_in(path) if not text.startswith(_NOT_OURS)}
    assert {text for text in told if in_languages(text)["sq"] == text} == set()


def test_values_stay_as_they_are_and_parts_are_translated() -> None:
    said = (
        "the quote “a” is not in the document. The nearest passage, line 2, column 1, is “b”: "
        "the quote has “c”, the document “d”; and 2 more differences."
    )
    found = in_languages(said)
    assert found["en"] == said
    assert found["uk"].endswith("рядок 2, стовпець 1: «b»; у цитаті «c», у документі «d»; "
                                "і ще відмінностей: 2.")  # fmt: skip
    assert in_languages("a value is missing before '.'.")["sq"].endswith("më pas vjen '.'.")


def test_what_nobody_foresaw_is_said_as_it_is() -> None:
    assert in_languages("unforeseen") == dict.fromkeys(LANGUAGES, "unforeseen")
