"""Prefixes declared between the operations of an update: the grammar has them, the engine has not.

Source: SPARQL 1.1 Query §19.8, rule Update.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from kuvend.sparql.lexer import Token, iter_tokens

_LATER = re.compile(r";\s*+(?:#[^\n\r]*+\s*+)*+PREFIX\b", re.IGNORECASE)
_PLACE = re.compile(r"(?<=\bat )\d+(?=:\d)")


def declared_first(text: str) -> str:
    """``text`` with its later prefixes in a first line of their own, and blanks in their place.

    As it is where there are none, or one would mean something else in the operations before.

    >>> declared_first("DROP ALL; PREFIX a: <urn:a> DROP GRAPH a:b")
    'PREFIX a: <urn:a> \\nDROP ALL;                   DROP GRAPH a:b'
    """
    if not _LATER.search(text):
        return text
    known: dict[str, str] = {}
    first, rest, done = "", "", 0
    for words, is_later in _prefixes(list(iter_tokens(text))):
        name, iri = words[1].text, words[2].text
        if known.setdefault(name, iri) != iri:
            return text
        if is_later:
            start, end = words[0].offset, words[2].offset + len(iri)
            first += f"PREFIX {name} {iri} "
            rest += text[done:start] + re.sub(r"[^\n\r]", " ", text[start:end])
            done = end
    return f"{first}\n{rest}{text[done:]}" if first else text


def place_before(message: str) -> str:
    """A message of the engine about such a text, with the line in the text as it was.

    >>> place_before("error at 3:7: expected one of CREATE")
    'error at 2:7: expected one of CREATE'
    """
    return _PLACE.sub(lambda line: str(max(1, int(line[0]) - 1)), message, count=1)


def _prefixes(tokens: list[Token]) -> Iterator[tuple[list[Token], bool]]:
    """The three words of each ``PREFIX``, and whether an operation stands before it."""
    depth, is_later = 0, False
    for number, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        words = tokens[number : number + 3]
        if depth == 0 and token.text == ";":
            is_later = True
        elif depth == 0 and token.text.upper() == "PREFIX" and words[2:]:
            yield words, is_later
