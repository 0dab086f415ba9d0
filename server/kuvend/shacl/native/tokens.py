"""The tokens of a SPARQL query."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

_TOKEN = re.compile(
    r"(?P<space>(?:\s|#[^\n\r]*)+)|(?P<iri><[^\s<>\"{}|^`\\]*>)"
    # Nothing is given back, and a quotation mark behind a backslash begins no string outside one
    # either: both keep the time linear where strings have no end.
    r"|(?P<string>\"\"\"(?:\"{0,2}(?:[^\"\\]|\\.))*+\"\"\"|'''(?:'{0,2}(?:[^'\\]|\\.))*+'''"
    r"|\"(?:[^\"\\\n\r]|\\.)*+\"|'(?:[^'\\\n\r]|\\.)*+')"
    r"|(?P<var>[?$]\w+)|(?P<name>[\w.\-]*:(?:[\w.\-:%]*[\w\-:%])?)|(?P<word>@?\w[\w\-]*)"
    r"|(?P<punct>\\[\"'\\]|.)",
    re.S,
)


@dataclass(frozen=True)
class Token:
    """A token of a query, white space left out."""

    kind: str
    text: str

    @property
    def word(self) -> str:
        """The token as a keyword in small letters; empty for other kinds."""
        return self.text.lower() if self.kind == "word" else ""

    @property
    def is_this(self) -> bool:
        """Whether it is ``$this``."""
        return self.kind == "var" and self.text[1:] == "this"


def tokens_of(text: str) -> list[Token]:
    """All tokens of a query, white space included."""
    found = (Token(m.lastgroup or "", m.group()) for m in _TOKEN.finditer(text))
    return list(found)


def solid(tokens: Iterable[Token]) -> list[Token]:
    """The tokens without white space and comments."""
    return [token for token in tokens if token.kind != "space"]


def prefixes_of(tokens: list[Token]) -> dict[str, str]:
    """The prefixes a query declares; ``tokens`` are without white space."""
    return {
        tokens[index + 1].text[:-1]: tokens[index + 2].text[1:-1]
        for index, token in enumerate(tokens[:-2])
        if token.word == "prefix"
    }
