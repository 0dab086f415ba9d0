"""Variables that BIND or AS gives a value though they have one.

Source: SPARQL 1.1 §18.2.4.4, §19.8 (notes 12 and 13).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from kuvend.sparql import elements
from kuvend.sparql.lexer import Token
from kuvend.sparql.mistakes import Mistake
from kuvend.sparql.tree import SERVICE, SUBSELECT, Group, read_tree

_HINT = "Choose another name."


def find_bound_twice(text: str) -> Mistake | None:
    """The first such variable, nothing where there is none.

    >>> find_bound_twice("ASK { ?s ?p ?o BIND(1 AS ?o) }").detail
    'BIND gives a value to ?o, which is bound before it.'
    """
    tree = read_tree(text)
    if tree is None:
        return None
    found = [*_head(tree.where, tree.tokens), *_in_group(tree.where)]
    return min(found, key=lambda mistake: mistake.offset, default=None)


def _head(group: Group, tokens: Sequence[Token]) -> Iterator[Mistake]:
    """The names of a SELECT that its group binds."""
    # Of groups of rows, what the WHERE binds is not seen any more.
    if group.select is None or group.has_group_by:
        return
    bound = group.solutions_bind()
    for before, token in pairwise(tokens):
        if token.text == "{":
            return
        if before.text.upper() == "AS" and token.text[1:] in bound:
            detail = f"{token.text} is the name of a column, and is bound in the WHERE as well."
            yield Mistake(token.offset, detail, _HINT)


def _in_group(group: Group) -> Iterator[Mistake]:
    before: set[str] = set()
    for part in group.parts:
        if part.kind == elements.BIND and len(part.tokens) > 2:
            token = part.tokens[-2]
            if token.kind == "variable" and token.text[1:] in before:
                detail = f"BIND gives a value to {token.text}, which is bound before it."
                yield Mistake(token.offset, detail, _HINT)
        for inner in part.groups:
            if part.kind == SUBSELECT:
                yield from _head(inner, part.tokens)
            yield from _in_group(inner)
        if part.kind != SERVICE:
            before |= part.binds()
