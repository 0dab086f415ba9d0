"""SPARQL as the engine reads it.

Of three functions it wants the bracket right behind the name, where the grammar allows white space
and comments between them.

Source: https://www.w3.org/TR/sparql11-query/#rBuiltInCall
"""

from __future__ import annotations

import re

_NAMES = ("COALESCE", "CONCAT", "BNODE")
_APART = re.compile(r"(?:COALESCE|CONCAT|BNODE)[\s#]", re.I)
_PARTS = re.compile(
    r"(?P<name>(?<![\w:?$@.\-])(?:COALESCE|CONCAT|BNODE))(?P<space>(?:\s|#[^\n\r]*+)++)(?=\()"
    r"|<[^\s<>\"{}|^`\\]*>|#[^\n\r]*"
    # A string without an end goes as far as it can: looking for one again from each quotation mark
    # in it would take the square of the time.
    r"|\"\"\"(?:[^\"\\]++|\\.|\"(?!\"\"))*+(?:\"\"\")?|'''(?:[^'\\]++|\\.|'(?!''))*+(?:''')?"
    r"|\"(?:[^\"\\\n\r]++|\\.)*+\"?|'(?:[^'\\\n\r]++|\\.)*+'?",
    re.I | re.S,
)


def as_the_engine_reads(text: str) -> str:
    """The query or update with the white space before such names, so nothing else moves.

    >>> as_the_engine_reads("SELECT (CONCAT (?a, 'concat (') AS ?b) {}")
    "SELECT ( CONCAT(?a, 'concat (') AS ?b) {}"
    """
    capitals = text.upper()
    # Hardly a text has any of them, and to look for letters of either case takes longer.
    if not any(name in capitals for name in _NAMES) or not _APART.search(text):
        return text
    return _PARTS.sub(_turned, text)


def _turned(match: re.Match[str]) -> str:
    return match["space"] + match["name"] if match["name"] else match[0]
