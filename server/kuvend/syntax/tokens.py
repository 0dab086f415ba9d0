"""Tokens of Turtle 1.2 and TriG 1.2: one regular expression, every token with its offset.

Source: https://www.w3.org/TR/rdf12-turtle/#sec-grammar-grammar
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from typing import NamedTuple

_BASE = (
    "A-Za-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u02ff\u0370-\u037d\u037f-\u1fff\u200c-\u200d"
    "\u2070-\u218f\u2c00-\u2fef\u3001-\ud7ff\uf900-\ufdcf\ufdf0-\ufffd\U00010000-\U000effff"
)
_U = f"{_BASE}_"
_CHARS = rf"{_U}\-0-9\u00b7\u0300-\u036f\u203f-\u2040"
# Possessive: after a whole run of name characters there is a colon or there is none. Giving
# letters back to look again would take the square of the time in a long text without one.
_RUN = rf"[{_BASE}][{_CHARS}.]*+"
_ESCAPE = r"%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%]"
_LOCAL = rf"(?:[{_U}:0-9]|{_ESCAPE})(?:(?:[{_CHARS}.:]|{_ESCAPE})*(?:[{_CHARS}:]|{_ESCAPE}))?"
_STRING_ESCAPE = r"\\(?:[tbnrf\"'\\]|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})"

_WORD = r"[A-Za-z]++(?:-[A-Za-z0-9]++)*+(?:--[A-Za-z]++)?+"

# Order matters: longer forms first. The group names are the kinds of token.
_PATTERNS: tuple[tuple[str, str], ...] = (
    ("name", rf"(?:{_RUN}(?<!\.))?:(?:{_LOCAL})?"),
    ("iri", r"<(?:[^\x00-\x20<>\"{}|^`\\]|\\u[0-9A-Fa-f]{4}|\\U[0-9A-Fa-f]{8})*>"),
    (
        "string",
        rf'"""(?:"{{0,2}}(?:[^"\\]|{_STRING_ESCAPE}))*"""'
        rf"|'''(?:'{{0,2}}(?:[^'\\]|{_STRING_ESCAPE}))*'''"
        rf'|"(?!"")(?:[^"\\\n\r]|{_STRING_ESCAPE})*"'
        rf"|'(?!'')(?:[^'\\\n\r]|{_STRING_ESCAPE})*'"
        r'|""(?!")' + r"|''(?!')",
    ),
    ("punct", r"<<\(|\)>>|<<|>>|\{\||\|\}|\^\^|[;,\[\](){}~]|\.(?![0-9])"),
    ("word", rf"@{_WORD}|{_WORD}(?![{_CHARS}.])"),
    (
        "number",
        r"[+-]?(?:[0-9]+\.[0-9]*[eE][+-]?[0-9]+|\.[0-9]+[eE][+-]?[0-9]+"
        r"|[0-9]+[eE][+-]?[0-9]+|[0-9]*\.[0-9]+|[0-9]+)",
    ),
    (
        "blank",
        rf"_:[{_U}0-9](?:[{_CHARS}.]*[{_CHARS}])?",
    ),
    ("run", _RUN),
    # With all that could be in it: another in there would be looked through once more.
    (
        "open_long",
        rf'"""(?:"{{0,2}}(?:[^"\\]|{_STRING_ESCAPE}))*+'
        rf"|'''(?:'{{0,2}}(?:[^'\\]|{_STRING_ESCAPE}))*+",
    ),
    ("open", r"[\"'](?:[^\"'\\\n\r]|\\.)*"),
    ("bad_iri", r"<[^\s<>]*>?"),
    # A mark behind a backslash begins no string outside one either: so the text is not gone through
    # again for each of many strings without an end.
    ("bad", r"\\[\"'\\]|."),
    ("end", r"\Z"),
)


def _pattern(patterns: Iterable[tuple[str, str]]) -> re.Pattern[str]:
    return re.compile(
        # Possessive: white space before a token is never given back to be a "bad" token.
        r"[ \t\r\n]*+(?:#[^\n\r]*+[ \t\r\n]*+)*+(?:"
        + "|".join(f"(?P<{kind}>{pattern})" for kind, pattern in patterns)
        + ")",
        re.S,
    )


_TOKEN = _pattern(_PATTERNS)
# What a run of name characters that is no name is made of: words, full stops, numbers.
_IN_RUN = _pattern(
    [
        (kind, rf"@?{_WORD}" if kind == "word" else pattern)
        for kind, pattern in _PATTERNS
        if kind not in ("name", "run")
    ]
)


def alternatives(*kinds: str) -> str:
    """The expression of tokens of some kinds, without groups.

    >>> bool(re.fullmatch(alternatives("name", "blank"), "_:b1"))
    True
    """
    return "|".join(pattern for kind, pattern in _PATTERNS if kind in kinds)


_UNICODE = re.compile(r"\\(u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8}|.)", re.S)
_SIMPLE = {"t": "\t", "b": "\b", "n": "\n", "r": "\r", "f": "\f", '"': '"', "'": "'", "\\": "\\"}


class Token(NamedTuple):
    """A token: its kind, its text as written, where it starts."""

    kind: str
    text: str
    at: int

    @property
    def end(self) -> int:
        """The offset after its last character."""
        return self.at + len(self.text)


def tokenize(text: str) -> list[Token]:
    """All tokens of ``text`` and an ``end`` token; what is no token is of kind ``bad…``/``open…``.

    >>> [token.text for token in tokenize("<a> :b 1.5.")]
    ['<a>', ':b', '1.5', '.', '']
    """
    make = Token._make
    return [make((kind, text[at:end], at)) for kind, at, end in spans(text)]


def spans(text: str, start: int = 0) -> Iterator[tuple[str, int, int]]:
    """The kind, the start and the end of each token from an offset where one may begin."""
    while start >= 0:
        matches, start = _TOKEN.finditer(text, start), -1
        for match in matches:
            kind = match.lastgroup
            at, end = match.span(match.lastindex)  # type: ignore[arg-type]
            if kind != "run":
                yield kind, at, end  # type: ignore[misc]
                continue
            for inner in _inside(text, at, end):
                yield inner
                start = inner[2]
            if start > end:  # a number that goes on after the run: "a.5e+3"
                break
            start = -1


def _inside(text: str, at: int, end: int) -> Iterator[tuple[str, int, int]]:
    while at < end:
        match = _IN_RUN.match(text, at)
        assert match is not None and match.lastgroup is not None, "one alternative always matches"
        yield match.lastgroup, at, match.end()
        at = match.end()


def unescape(text: str) -> str:
    """``text`` with string and Unicode escapes replaced.

    :raises ValueError: for what is no escape, or names a surrogate or no code point.
    """
    return _UNICODE.sub(_character, text) if "\\" in text else text


def _character(match: re.Match[str]) -> str:
    escape = match[1]
    if escape[0] in "uU" and len(escape) > 1:
        code = int(escape[1:], 16)
        if 0xD800 <= code <= 0xDFFF:
            raise ValueError(f"\\{escape} is half of a surrogate pair, not a character")
        if code > sys.maxunicode:
            raise ValueError(f"\\{escape} stands for no character")
        return chr(code)
    if escape not in _SIMPLE:
        raise ValueError(f"\\{escape} stands for no character")
    return _SIMPLE[escape]


def string_value(token: Token) -> str:
    """The characters a string token stands for.

    >>> string_value(Token("string", '"a\\\\n"', 0))
    'a\\n'
    """
    text = token.text
    quotes = 3 if text[:3] in ('"""', "'''") and len(text) >= 6 else 1
    return unescape(text[quotes:-quotes])
