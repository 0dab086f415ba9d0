"""The words of rules, shapes and pages: each language has them all, with its own letters."""

from __future__ import annotations

import json
import pkgutil
import re
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path

import pyoxigraph as ox
import pytest

import kuvend.web
from kuvend import shacl
from kuvend.namespaces import SH
from kuvend.project import ProjectFolder
from kuvend.shacl import rule_titles
from kuvend.shacl.wording import LANGUAGES
from kuvend.shacl.writers import as_text

Words = tuple[str, dict[str, str]]

_MODULES = (
    *(
        import_module(f"kuvend.shacl.{module.name}")
        for module in pkgutil.iter_modules(shacl.__path__)
        if module.name.endswith("_words")
    ),
    rule_titles,
    as_text,
)
_PLACEHOLDER = re.compile(r"\{[?$]?\w+\}")
_NAME = re.compile(r"[\w.-]*:[\w.…-]+|@\w+|/\w+|\{[^}]*\}|https?:\S+|--\w+")
_CYRILLIC = "а-щьюяєіїґА-ЩЬЮЯЄІЇҐ"
# Letters of neighbours that slip in from another keyboard.
_FOREIGN = {
    "en": re.compile(r"[^\W\d_a-zA-Zç]"),
    "sq": re.compile(r"[^\W\d_a-zA-ZçëÇË]"),
    "uk": re.compile(rf"[^\W\d_a-zA-Z{_CYRILLIC}]"),
    "tr": re.compile(r"[^\W\d_a-zA-ZçğıöşüâîûÇĞİÖŞÜÂÎÛ]"),
}
_MIXED = re.compile(rf"[a-zA-Z][{_CYRILLIC}]|[{_CYRILLIC}][a-zA-Z]")
_SINGULAR = re.compile(
    r"(?:^|[.:;,]\s)(?:shto|shkruaj|përdor|kontrollo|jep|mbaj|додай|вкажи|пиши|напиши)\b"
)
_CLOSING = ".?!:…"


def _tables(value: object, name: str) -> Iterator[Words]:
    """The texts by language in a table of words, however deep."""
    if isinstance(value, dict) and value.keys() == set(LANGUAGES):
        yield name, value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _tables(inner, f"{name} {key}")
    elif isinstance(value, tuple):
        for number, inner in enumerate(value):
            yield from _tables(inner, f"{name} {number}")


def words_of_rules() -> list[Words]:
    return [
        words
        for module in _MODULES
        for name, value in vars(module).items()
        if not name.startswith("__")
        for words in _tables(value, f"{module.__name__.rpartition('.')[2]}.{name}")
    ]


def words_of_shapes() -> list[Words]:
    """The messages of shapes, and the titles of sets and profiles."""
    found: dict[str, dict[str, str]] = {}
    for path in sorted(ProjectFolder.open().shapes.rglob("*.ttl")):
        for quad in ox.parse(path=path, format=ox.RdfFormat.TURTLE):
            if isinstance(quad.object, ox.Literal) and quad.object.language in LANGUAGES:
                kind = "message" if quad.predicate == SH.message else quad.predicate.value
                key = f"{path.stem} {quad.subject.value} {kind}"
                found.setdefault(key, {})[quad.object.language] = quad.object.value
    return [*found.items()]


def words_of_pages() -> list[Words]:
    folder = Path(kuvend.web.__file__).parent / "words"
    texts = {path.stem: json.loads(path.read_text("utf-8")) for path in folder.glob("*.json")}
    keys = texts["sq"].keys()
    return [
        (f"pages {key}", {"en": key, **{lang: rows.get(key, "") for lang, rows in texts.items()}})
        for key in keys
    ]


ALL = [*words_of_rules(), *words_of_shapes(), *words_of_pages()]


def wrong_letters(text: str, language: str) -> list[str]:
    """What is in a text that its language does not write."""
    bare = _NAME.sub(" ", text)
    found = _FOREIGN[language].findall(bare) + _MIXED.findall(bare)
    # An apostrophe is U+2019, in every language.
    return found + re.findall(r"\w['`ʼ´]\w", bare)


def test_all_the_words_are_looked_at() -> None:
    assert len(words_of_rules()) > 230
    assert len(words_of_shapes()) > 250
    assert len(words_of_pages()) > 200
    assert wrong_letters("об'єкт, Сараj, объект", "uk")
    assert wrong_letters("İl’in işi kv:hasParty", "tr") == []


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_language_has_every_text(language: str) -> None:
    assert [name for name, texts in ALL if not texts.get(language, "").strip()] == []


def test_the_placeholders_are_the_same_in_each_language() -> None:
    for name, texts in ALL:
        shown = {language: sorted({*_PLACEHOLDER.findall(t)}) for language, t in texts.items()}
        assert len({*map(tuple, shown.values())}) == 1, (name, shown)


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_letters_are_those_of_the_language(language: str) -> None:
    found = {name: wrong_letters(texts[language], language) for name, texts in ALL}
    assert {name: letters for name, letters in found.items() if letters} == {}


@pytest.mark.parametrize("language", LANGUAGES)
def test_the_marks_are_set_as_in_print(language: str) -> None:
    wrong = re.compile(r"…\.|\.\.|  |(?<![>}]) [,.;:?!](?![\w/])|\( | \)")
    assert [name for name, texts in ALL if wrong.search(texts[language])] == []


def test_a_sentence_is_one_in_each_language() -> None:
    # Pages have parts of sentences, which stand where the grammar of a language wants them.
    for name, texts in [*words_of_rules(), *words_of_shapes()]:
        # A value at the end may close the sentence itself.
        whole = {language: text.rstrip() for language, text in texts.items()}
        ends = {one: text[-1] in _CLOSING for one, text in whole.items() if text[-1] != "}"}
        assert len({*ends.values()}) < 2, (name, ends)


def test_people_are_spoken_to_politely() -> None:
    """Rules and shapes say *shtoni*, *додайте*; the short forms are for the buttons of pages."""
    for name, texts in [*words_of_rules(), *words_of_shapes()]:
        for language in ("sq", "uk"):
            assert not _SINGULAR.search(texts[language].casefold()), (name, language)
