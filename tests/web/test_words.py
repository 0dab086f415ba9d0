"""The words of the pages: every one is there in every language, with the same places to fill."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

import kuvend.web
from kuvend.web.languages import PAGE_LANGUAGES
from kuvend.web.library import KIND_TITLES
from kuvend.web.reading import GROUPS
from kuvend.web.rendering import NAVIGATION
from kuvend.web.vocabulary import AXIOM_WORDS

WEB = Path(kuvend.web.__file__).parent
CALL = re.compile(r"""\b(?:t|words)\(\s*(["'])(?P<text>.+?)\1\s*[,)]""")


def words_in_use() -> set[str]:
    found = {
        match["text"]
        for path in (*(WEB / "templates").iterdir(), *WEB.glob("*.py"))
        for match in CALL.finditer(path.read_text(encoding="utf-8"))
    }
    titles = {title for title, _ in NAVIGATION}
    return found | titles | set(GROUPS) | set(KIND_TITLES.values()) | set(AXIOM_WORDS.values())


@pytest.mark.parametrize("language", [tag for tag in PAGE_LANGUAGES if tag != "en"])
def test_every_word_of_the_pages_is_translated(language: str) -> None:
    text = (WEB / "words" / f"{language}.json").read_text(encoding="utf-8")
    translated: dict[str, str] = json.loads(text)
    used = words_in_use()
    assert len(used) > 100
    assert not used - translated.keys()
    for english, local in translated.items():
        assert local.strip()
        assert set(re.findall(r"{\w+}", english)) == set(re.findall(r"{\w+}", local)), english
