"""Usual mistakes in the writing of an update, told where they are.

The engine sees them at the end of the operation, or says what else could stand there.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuvend.sparql.guard import QUERY_FORMS, UPDATE_FORMS
from kuvend.sparql.lexer import Token
from kuvend.sparql.mistakes import Mistake

# Operations on whole graphs; what they name has no braces.
_ON_GRAPHS = frozenset({"LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY"})
_BEGINNINGS = UPDATE_FORMS | QUERY_FORMS | {"PREFIX", "BASE"}
# Where a group ends the operation, and where it holds triples to take away.
_LAST = frozenset({"INSERT DATA", "DELETE DATA", "DELETE WHERE", "WHERE"})
_TAKING_AWAY = frozenset({"DELETE", "DELETE DATA", "DELETE WHERE"})


def find_update_mistake(tokens: Sequence[Token]) -> Mistake | None:
    """The first usual mistake in an update; nothing in a query.

    >>> from kuvend.sparql.lexer import iter_tokens
    >>> find_update_mistake(list(iter_tokens("CLEAR ALL DROP ALL"))).suggestion
    'Put ; before DROP.'
    """
    words = (t.text.upper() for t in tokens if t.kind == "word")
    first = next((word for word in words if word not in {"PREFIX", "BASE"}), "")
    return next(_mistakes(tokens), None) if first in UPDATE_FORMS else None


def _mistakes(tokens: Sequence[Token]) -> Iterator[Mistake]:
    depth = 0
    first = last = block = ""
    is_done = False
    for token in tokens:
        word = token.text.upper() if token.kind == "word" and depth == 0 else ""
        if depth:
            yield from _in_block(token, block)
        if token.kind == "open":
            block = last if depth == 0 else block
            depth += 1
        elif token.kind == "close":
            depth -= 1
            is_done = depth == 0 and block in _LAST
            # What follows is no pair with the word before the group.
            last = "" if depth == 0 else last
        elif depth == 0 and token.text == ";":
            first = last = ""
            is_done = False
        if word in _BEGINNINGS and (is_done or first in _ON_GRAPHS):
            detail = "two operations stand side by side."
            yield Mistake(token.offset, detail, f"Put ; before {token.text}.")
        first = first or word
        last = _kind(last, word) if word else last


def _kind(before: str, word: str) -> str:
    """The words that say what a group is for, where ``word`` is the last of them."""
    is_pair = word in {"DATA", "WHERE"} and before in {"INSERT", "DELETE"}
    return f"{before} {word}" if is_pair else word


def _in_block(token: Token, block: str) -> Iterator[Mistake]:
    """What a group of this kind cannot hold."""
    if token.kind == "variable" and block in {"INSERT DATA", "DELETE DATA"}:
        yield Mistake(
            token.offset, f"{block} takes no variables, and {token.text} is one.",
            f"Write {block.split(maxsplit=1)[0]} {{ … }} WHERE {{ … }}.",
        )  # fmt: skip
    if block in _TAKING_AWAY and (token.kind == "blank" or token.text == "["):
        yield Mistake(
            token.offset, f"{block} takes no blank nodes: none here would be that of the data.",
            "Write a variable, in DELETE { … } WHERE { … }.",
        )  # fmt: skip
