"""``SELECT *`` with its columns in the order in which the query names them.

The engine gives them by the alphabet.
"""

from __future__ import annotations

import re

from kuvend.sparql.lexer import Token
from kuvend.sparql.tree import Tree, read_tree, values_of

_STAR = re.compile(r"\bSELECT\s*(?:DISTINCT\s*|REDUCED\s*)?\*", re.IGNORECASE)


def in_order_of_appearance(text: str) -> str:
    """``text`` with the ``*`` of its SELECT written out, where that changes the order of columns.

    A text that is no such query, or is wrong, comes back as it is.

    >>> in_order_of_appearance("SELECT * { ?z ?y ?a MINUS { ?b ?c ?d } }")
    'SELECT ?z ?y ?a { ?z ?y ?a MINUS { ?b ?c ?d } }'
    """
    if "*" not in text or not _STAR.search(text):
        return text
    tree = read_tree(text)
    if tree is None:
        return text
    star = _outer_star(tree)
    if star is None or tree.where.has_group_by:
        # Beside GROUP BY a star is a mistake, which names in its place would hide.
        return text
    scope = tree.where.binds() | values_of(tree.where.tail)
    ordered = [name for name in _named(tree) if name in scope]
    if not ordered or ordered == sorted(ordered):
        return text
    columns = " ".join(f"?{name}" for name in ordered)
    return f"{text[: star.offset]}{columns}{text[star.offset + 1 :]}"


def _outer_star(tree: Tree) -> Token | None:
    """The ``*`` of the outermost SELECT."""
    if tree.select is None or not tree.select.is_star:
        return None
    return next((token for token in tree.tokens if token.text == "*"), None)


def _named(tree: Tree) -> list[str]:
    return list(dict.fromkeys(t.text[1:] for t in tree.tokens if t.kind == "variable"))
