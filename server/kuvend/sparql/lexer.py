"""The tokens of a SPARQL text, found without parsing it.

The engine parses inside a worker that may be killed; the serving process only needs to know
which keywords are really keywords, how deep brackets nest and how long the text is. Strings,
IRIs and comments are skipped as tokens, so a keyword inside them does not count, and codepoint
escapes are decoded first, so an escaped keyword does.
Source: SPARQL 1.2 §19.2 (codepoint escapes), §19.8 (grammar).
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import NamedTuple

_ESCAPE = re.compile(r"\\u([0-9A-Fa-f]{4})|\\U([0-9A-Fa-f]{8})")

# Atomic groups keep every alternative linear: a text of dots and letters must not backtrack. A
# quotation mark behind a backslash begins no string outside one either, so that after one string
# without an end no other is looked for up to there.
_TOKEN = re.compile(
    r"""
      (?P<space>\s+|\#[^\n\r]*)
    | (?P<string>\"{3}(?>(?:\"{0,2}(?:[^"\\]|\\.))*)\"{3}
               | '{3}(?>(?:'{0,2}(?:[^'\\]|\\.))*)'{3}
               | "(?>(?:[^"\\\n\r]|\\.)*)" | '(?>(?:[^'\\\n\r]|\\.)*)')
    | (?P<open><<\(|<<|\{\||[({\[])
    | (?P<close>\)>>|>>|\|\}|[)}\]])
    | (?P<iri><[^<>"{}|^`\\\x00-\x20]*>)
    | (?P<variable>[?$](?>[\w\u00b7]+))
    | (?P<language>@(?>[A-Za-z]+(?:-[A-Za-z0-9]+)*))
    | (?P<blank>_:(?>[\w.\-\u00b7]+))
    | (?P<name>(?>[^\W\d_][\w.\-\u00b7]*)(?P<local>:(?>(?:[\w:.\-\u00b7]|%[0-9A-Fa-f]{2}|\\.)*))?
             | :(?>(?:[\w:.\-\u00b7]|%[0-9A-Fa-f]{2}|\\.)*))
    | (?P<word>(?>_\w*))
    | (?P<number>(?>\d+(?:\.\d+)?|\.\d+)(?>[eE][+-]?\d+)?)
    | (?P<operator>&&|\|\||!=|<=|>=|\^\^|[=<>!+\-*/|^.;,&~?])
    | (?P<other>\\["'\\]|.)
    """,
    re.VERBOSE | re.DOTALL,
)


_PART = re.compile(r"(?P<number>\d+)|(?P<word>\w+)|(?P<operator>[.\-])|(?P<other>.)")


class Token(NamedTuple):
    """One token: its kind (a group name of the pattern), text and offset in the decoded text."""

    kind: str
    text: str
    offset: int


def decode_escapes(text: str) -> str:
    r"""``text`` with ``\uXXXX`` and ``\UXXXXXXXX`` replaced by the characters they stand for.

    A number that is no character becomes U+FFFD, which no keyword contains.

    >>> decode_escapes(r"S\u0045RVICE")
    'SERVICE'
    """
    if "\\" not in text:
        return text
    return _ESCAPE.sub(_character, text)


def _character(match: re.Match[str]) -> str:
    number = int(match[1] or match[2], 16)
    is_character = number < 0x110000 and not 0xD800 <= number <= 0xDFFF
    return chr(number) if is_character else "\ufffd"


def iter_tokens(text: str) -> Iterator[Token]:
    """The tokens of ``text`` in order, without white space and comments; never fails.

    >>> [t.text for t in iter_tokens('ASK { ?s <urn:SERVICE> "LOAD" } # LOAD')]
    ['ASK', '{', '?s', '<urn:SERVICE>', '"LOAD"', '}']
    """
    for match in _TOKEN.finditer(text):
        kind = match.lastgroup
        if kind == "name" and ":" not in match.group():
            yield from _split_run(match)
        elif kind != "space" and kind is not None:
            yield Token(kind, match.group(), match.start())


def _split_run(match: re.Match[str]) -> Iterator[Token]:
    """The words, numbers and operators of letters, dots and dashes that are no prefixed name.

    Taken as one run first: looking for the colon again after each dot would be quadratic.
    """
    for part in _PART.finditer(match.group()):
        yield Token(part.lastgroup or "other", part.group(), match.start() + part.start())


def position(text: str, offset: int) -> tuple[int, int]:
    """Line and column of a character offset, both counted from 1.

    >>> position("a\\nbc", 3)
    (2, 2)
    """
    before = text[:offset]
    return before.count("\n") + 1, offset - (before.rfind("\n") + 1) + 1
