"""Where a SPARQL text would make the engine call out: ``SERVICE`` and ``LOAD``.

The engine's parser needs no white space after a keyword, so ``SERVICE:x``, ``SERVICEex:x`` and
``trueSERVICE<…>`` all call out although they look like names; and ``?a<?b)SERVICE:x#>`` is a
comparison although ``<…>`` looks like an IRI. Each of these spellings is recognised here.
"""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import urlsplit

from kuvend.sparql.lexer import Token
from kuvend.sparql.prologue import Prologue

UNKNOWN_HOST = "?"


def find_reach(tokens: Sequence[Token], names: Prologue) -> tuple[frozenset[str], frozenset[str]]:
    """The words among ``SERVICE`` and ``LOAD`` that act as keywords, and the hosts of services.

    A host that cannot be read, for instance a variable, is ``?``.
    """
    words: set[str] = set()
    hosts: set[str] = set()
    depth = 0
    for index, token in enumerate(tokens):
        depth += (token.kind == "open") - (token.kind == "close")
        if _is_service(tokens, index, names):
            words.add("SERVICE")
            hosts.add(_host(tokens, index, names))
        elif _is_load(tokens, index, names, depth):
            words.add("LOAD")
    return frozenset(words), frozenset(hosts)


def _is_service(tokens: Sequence[Token], index: int, names: Prologue) -> bool:
    kind, text, _ = tokens[index]
    if kind == "word":
        return "SERVICE" in text.upper()
    if kind == "iri":
        return _hides_a_service(text)
    if kind != "name":
        return False
    prefix = text.partition(":")[0]
    if "SERVICE" not in prefix.upper():
        return False
    opens_group = index + 1 < len(tokens) and tokens[index + 1].text == "{"
    return opens_group or not (prefix in names.prefixes or _declares(tokens, index))


def _hides_a_service(iri: str) -> bool:
    """Whether it may be two comparisons with a SERVICE between them and a comment to the end."""
    inside = iri.upper().partition(")")[2]
    return "#" in inside.partition("SERVICE")[2]


def _is_load(tokens: Sequence[Token], index: int, names: Prologue, depth: int) -> bool:
    kind, text, _ = tokens[index]
    if not text.upper().startswith("LOAD"):
        return False
    if kind == "word":
        return True
    if kind != "name" or _declares(tokens, index):
        return False
    return depth <= 0 or text.partition(":")[0] not in names.prefixes


def _declares(tokens: Sequence[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].text.upper() == "PREFIX"


def _host(tokens: Sequence[Token], index: int, names: Prologue) -> str:
    if tokens[index].text.upper() != "SERVICE":
        return UNKNOWN_HOST
    rest = list(tokens[index + 1 : index + 3])
    if rest and rest[0].text.upper() == "SILENT":
        rest = rest[1:]
    iri = names.absolute(rest[0]) if rest else None
    try:
        return (urlsplit(iri).netloc.lower() if iri else "") or UNKNOWN_HOST
    except ValueError:
        return UNKNOWN_HOST
