"""What the readers of files and quotes say, in each language.

They speak English, as all errors do; a finding is for people, in theirs.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import cache

from kuvend.shacl.archive_words import ARCHIVES
from kuvend.shacl.json_words import JSON_LD, JSON_TEXT, XML_AND_BYTES
from kuvend.shacl.quote_words import CITATIONS, DESCRIBED, PARTS, QUOTES
from kuvend.shacl.turtle_words import MISSING, TERMS, WANTED
from kuvend.shacl.wording import LANGUAGES, Text

SENTENCES = (
    *MISSING,
    *WANTED,
    *TERMS,
    *JSON_TEXT,
    *JSON_LD,
    *XML_AND_BYTES,
    *ARCHIVES,
    *CITATIONS,
    *DESCRIBED,
    *QUOTES,
)
Patterns = tuple[tuple[re.Pattern[str], Text], ...]

_PLACEHOLDER = re.compile(r"\{([a-z]+)\}")


def in_languages(said: str) -> Text:
    """A sentence of a reader by language; in English for all where there are no words for it.

    >>> in_languages("a value is missing before the end of the text.")["tr"]
    'bir değer eksik, ardından metnin sonu geliyor.'
    >>> in_languages("something else.")["sq"]
    'something else.'
    """
    return _matched(said, _sentences()) or dict.fromkeys(LANGUAGES, said)


def _matched(said: str, patterns: Patterns) -> Text | None:
    for pattern, texts in patterns:
        match = pattern.fullmatch(said)
        if match is not None:
            values = {name: _value(value) for name, value in match.groupdict().items()}
            return {language: _filled(text, values, language) for language, text in texts.items()}
    return None


def _filled(text: str, values: Mapping[str, Text], language: str) -> str:
    return _PLACEHOLDER.sub(lambda match: values[match[1]][language], text)


def _value(said: str) -> Text:
    """A value in words: parts that have some are said in each language, others as they are."""
    whole = _matched(said, _parts())
    if whole is not None:
        return whole
    pieces = [_matched(piece, _parts()) for piece in said.split("; ")]
    if len(pieces) > 1 and all(pieces):
        return {one: "; ".join(piece[one] for piece in pieces if piece) for one in LANGUAGES}
    return dict.fromkeys(LANGUAGES, said)


@cache
def _sentences() -> Patterns:
    return _patterns(SENTENCES)


@cache
def _parts() -> Patterns:
    return _patterns(PARTS)


def _patterns(texts: Iterable[Text]) -> Patterns:
    """Each English text as a pattern; those that say most come first."""
    ordered = sorted(texts, key=lambda one: -len(_PLACEHOLDER.sub("", one["en"])))
    return tuple((_pattern(one["en"]), one) for one in ordered)


def _pattern(text: str) -> re.Pattern[str]:
    parts = _PLACEHOLDER.split(text)
    written = [
        f"(?P<{part}>.+?)" if number % 2 else re.escape(part) for number, part in enumerate(parts)
    ]
    return re.compile("".join(written), re.DOTALL)
