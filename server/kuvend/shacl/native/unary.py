"""Filters that look at one variable alone, where they are of a few plain forms."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pyoxigraph as ox

from kuvend.shacl.native.terms import BLANK, IRI, LITERAL, Mask, Numbers, TermTable
from kuvend.shacl.native.tokens import Token

_KIND_TESTS = {"isliteral": LITERAL, "isiri": IRI, "isuri": IRI, "isblank": BLANK}


def passes(table: TermTable, tokens: list[Token], domains: dict[str, Numbers]) -> bool:
    """Narrow the domain of the variable ``tokens`` look at; False where nothing is left."""
    words = [token.word for token in tokens]
    negated = bool(tokens) and tokens[0].text == "!"
    rest = tokens[1:] if negated else tokens
    kind = _KIND_TESTS.get(words[1] if negated and len(words) > 1 else words[0] if words else "")
    if kind is None or len(rest) != 4 or rest[2].kind != "var":
        return True
    name = rest[2].text[1:]
    if name not in domains:
        return True
    domains[name] = domains[name][_kinds(table, domains[name], kind) ^ negated]
    return len(domains[name]) > 0


def _kinds(table: TermTable, numbers: Numbers, kind: int) -> Mask:
    """Whether each is of a kind; a number past the table stands for a literal."""
    found = np.full(len(numbers), kind == LITERAL, np.bool_)
    known = numbers < len(table)
    found[known] = table.kinds(numbers[known]) == kind
    return found


def named_by(table: TermTable, tokens: list[Token]) -> Iterator[tuple[str, Numbers]]:
    """The variable of ``?v IN ( IRI , … )`` and the numbers of these IRIs."""
    if len(tokens) < 4 or tokens[0].kind != "var" or tokens[1].word != "in":
        return
    listed = [token for token in tokens[3:-1] if token.text != ","]
    if all(token.kind == "iri" for token in listed):
        numbers = [table.intern(ox.NamedNode(token.text[1:-1])) for token in listed]
        yield tokens[0].text[1:], np.array(sorted(numbers), np.int32)
