"""The BASE and PREFIX declarations of a SPARQL text, read from its tokens."""

from __future__ import annotations

import re
from collections.abc import Sequence
from urllib.parse import urljoin

from kuvend.sparql.lexer import Token, decode_escapes

# Joining takes time by the length of the base, for each name that is joined.
_MAX_BASE = 1000
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


class Prologue:
    """What makes the names of a text absolute.

    >>> from kuvend.sparql.lexer import iter_tokens
    >>> names = Prologue(list(iter_tokens("PREFIX a: <urn:x:> ASK { a:b a:c a:d }")))
    >>> names.absolute(Token("name", "a:b", 0))
    'urn:x:b'
    """

    def __init__(self, tokens: Sequence[Token], base_iri: str = "") -> None:
        self.base = base_iri
        self.prefixes: dict[str, str] = {}
        for index, token in enumerate(tokens):
            word = token.text.upper() if token.kind == "word" else ""
            if word == "BASE" and index + 1 < len(tokens):
                self.base = self.absolute(tokens[index + 1]) or self.base
            elif word == "PREFIX" and index + 2 < len(tokens):
                name, iri = tokens[index + 1], tokens[index + 2]
                self.prefixes[name.text.partition(":")[0]] = self.absolute(iri) or ""

    def absolute(self, token: Token) -> str | None:
        """The IRI a token stands for; ``None`` where it is none or its prefix is not declared.

        What is relative to a base of more than a thousand characters is ``None`` as well.
        """
        if token.kind == "iri":
            inner = decode_escapes(token.text[1:-1])
            if _SCHEME.match(inner):
                # Joining would drop the # that ends a namespace.
                return inner
            if len(self.base) > _MAX_BASE:
                return None
            try:
                return urljoin(self.base, inner) if self.base else inner
            except ValueError:
                return None
        if token.kind == "name":
            prefix, _, local = token.text.partition(":")
            namespace = self.prefixes.get(prefix)
            if namespace:
                return namespace + local.replace("\\", "")
        return None
