"""Whether an update does nothing but insert what it says: told from its tokens."""

from __future__ import annotations

from kuvend.sparql.lexer import iter_tokens

_WORDS = frozenset({"PREFIX", "BASE", "VERSION", "INSERT", "DATA"})


def only_inserts(text: str) -> bool:
    """Whether ``text`` is ``INSERT DATA`` alone, once or more often; in doubt it is not.

    >>> only_inserts("PREFIX a: <urn:a> INSERT DATA { a:b a:c 1 }")
    True
    >>> only_inserts("INSERT DATA { <urn:a> <urn:b> 1 } ; DELETE WHERE { ?s ?p ?o }")
    False
    """
    depth = 0
    before = ""
    is_found = False
    for kind, token, _ in iter_tokens(text):
        depth += (kind == "open") - (kind == "close")
        if depth or kind in {"open", "close"}:
            before = ""
            continue
        word = token.upper()
        if kind == "word":
            is_plain = word in _WORDS and (word == "DATA") == (before == "INSERT")
        elif kind == "name":
            is_plain = before == "PREFIX"
        else:
            is_plain = kind in {"iri", "string"} or token == ";"
        if not is_plain:
            return False
        is_found = is_found or word == "DATA"
        before = word
    return is_found and depth == 0
