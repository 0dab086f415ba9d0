"""Usual mistakes in the writing of a query, each seen in a few tokens side by side.

Every rule speaks of something that is never right, wherever else the text may be wrong.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from itertools import accumulate, pairwise
from typing import NamedTuple

from kuvend.sparql.keywords import AGGREGATES
from kuvend.sparql.lexer import Token

_COMPARISONS = frozenset({"=", "!=", "<", ">", "<=", ">=", "&&", "||", "+", "-", "*", "/"})
_BRACES = frozenset({"WHERE", "OPTIONAL", "MINUS", "UNION"})
_AFTER_BY = frozenset({"HAVING", "ORDER", "LIMIT", "OFFSET", "VALUES"})
_TYPOGRAPHIC = frozenset("“”„‟‘’‚«»")
_SCHEMES = frozenset({"http", "https", "urn"})
# What other query languages say, and what SPARQL says for it.
FOREIGN = {
    "AND": "&&", "OR": "||", "LIKE": "CONTAINS(…, …) or REGEX(…, …)", "NULL": "!BOUND(?x)",
    "IS": "= or BOUND(?x)", "JOIN": "a full stop between patterns", "ON": "a shared variable",
    "LENGTH": "STRLEN", "SUBSTRING": "SUBSTR", "UPPER": "UCASE", "LOWER": "LCASE",
    "COUNT_DISTINCT": "COUNT(DISTINCT ?x)", "TOP": "LIMIT", "MATCH": "WHERE { … }",
}  # fmt: skip


class Mistake(NamedTuple):
    """Where it is, what is wrong, and what to do."""

    offset: int
    detail: str
    suggestion: str | None = None


def find_mistake(tokens: Sequence[Token]) -> Mistake | None:
    """The first usual mistake in the text, or nothing.

    >>> from kuvend.sparql.lexer import iter_tokens
    >>> find_mistake(list(iter_tokens("SELECT ?a, ?b { ?a ?b 1 }"))).detail
    'the columns of a SELECT stand side by side, without commas.'
    """
    found = (mistake for rule in _RULES for mistake in rule(tokens))
    return min(found, key=lambda mistake: mistake.offset, default=None)


def _word(token: Token | None) -> str:
    return token.text.upper() if token is not None and token.kind == "word" else ""


def _pairs(tokens: Sequence[Token]) -> Iterator[tuple[Token, Token | None]]:
    return zip(tokens, [*tokens[1:], None], strict=False)


def _end(token: Token) -> int:
    return token.offset + len(token.text)


def _quotes(tokens: Sequence[Token]) -> Iterator[Mistake]:
    for token in tokens:
        if token.kind == "other" and token.text in _TYPOGRAPHIC:
            yield Mistake(token.offset, f"{token.text} does not open a string.", 'Write " instead.')


def _prologue(tokens: Sequence[Token]) -> Iterator[Mistake]:
    for index, token in enumerate(tokens):
        if _word(token) != "PREFIX":
            continue
        name, iri = (*tokens[index + 1 : index + 3], token, token)[:2]
        if name.kind == "word":
            yield Mistake(
                _end(name), f"a colon is missing after {name.text}.",
                f"Write PREFIX {name.text}: <…>.",
            )  # fmt: skip
        elif iri.kind != "iri":
            yield Mistake(
                iri.offset, "the IRI of a PREFIX stands in angle brackets.", "Add < and >."
            )


def _open_iris(tokens: Sequence[Token]) -> Iterator[Mistake]:
    for token, after in _pairs(tokens):
        is_iri = after is not None and after.text.partition(":")[0] in _SCHEMES
        if token.text == "<" and is_iri and after is not None and after.offset == _end(token):
            yield Mistake(
                token.offset, "this IRI does not end, or has a space or a quote in it.",
                "Close it with >, and write a space as %20.",
            )  # fmt: skip


def _followers(tokens: Sequence[Token]) -> Iterator[Mistake]:
    """Words after which one thing alone can stand."""
    for token, after in _pairs(tokens):
        word = _word(token)
        place = after.offset if after is not None else _end(token)
        text = after.text if after is not None else ""
        if word in _BRACES and text != "{":
            yield Mistake(place, f"{word} is followed by a group in braces.", "Add { here.")
        elif word in {"ORDER", "GROUP"} and text.upper() != "BY":
            yield Mistake(place, f"{word} is followed by BY.", f"Write {word} BY.")
        elif word == "BY" and (not text or text == "}" or text.upper() in _AFTER_BY):
            yield Mistake(place, "BY is followed by what to order or to group by.", "Name it here.")
        elif word in {"LIMIT", "OFFSET"} and not text.isdigit():
            yield Mistake(place, f"{word} is followed by a whole number from 0.")
        elif (
            word == "FILTER"
            and after is not None
            and after.kind in {"variable", "number", "string"}
        ):
            yield Mistake(place, "the condition of a FILTER stands in brackets.", "Add ( and ).")


def _unions(tokens: Sequence[Token]) -> Iterator[Mistake]:
    for before, token in pairwise(tokens):
        if _word(token) == "UNION" and before.text != "}":
            yield Mistake(
                token.offset,
                "UNION stands between two groups in braces.",
                "Write { … } UNION { … }.",
            )


def _conditions(tokens: Sequence[Token]) -> Iterator[Mistake]:
    """A comparison that goes on after the call that FILTER or HAVING began with."""
    ends = _ends_of_blocks(tokens)
    for index, (token, after) in enumerate(_pairs(tokens)):
        if _word(token) not in {"FILTER", "HAVING"} or after is None or after.kind != "word":
            continue
        end = ends[index + 2]
        is_call = _word(after) not in {"NOT", "EXISTS"} and end < len(tokens)
        if is_call and tokens[end].text in _COMPARISONS:
            detail = f"the whole condition of a {_word(token)} stands in brackets."
            yield Mistake(after.offset, detail, "Add ( and ).")


def _equals(tokens: Sequence[Token]) -> Iterator[Mistake]:
    for token, after in _pairs(tokens):
        is_double = token.text == "=" and after is not None and after.text == "="
        if is_double and after is not None and after.offset == _end(token):
            yield Mistake(token.offset, "SPARQL compares with one =.", "Write =.")


def _heads(tokens: Sequence[Token]) -> Iterator[Mistake]:
    words = [_word(token) for token in tokens]
    ends = _ends_of_blocks(tokens)
    # How many AS there are before each token.
    names = [0, *accumulate(word == "AS" for word in words)]
    for index, word in enumerate(words):
        if word == "SELECT":
            yield from _head(tokens, index + 1, ends, names)


def _head(
    tokens: Sequence[Token], index: int, ends: Sequence[int], names: Sequence[int]
) -> Iterator[Mistake]:
    """The columns of one SELECT."""
    start = index
    while index < len(tokens) and tokens[index].text != "{" and _word(tokens[index]) not in {
        "WHERE", "FROM", "SELECT",
    }:  # fmt: skip
        token = tokens[index]
        if token.text == ",":
            detail = "the columns of a SELECT stand side by side, without commas."
            yield Mistake(token.offset, detail, "Remove the comma.")
        if _word(token) in AGGREGATES:
            hint = f"Write ({token.text}(…) AS ?name)."
            yield Mistake(token.offset, "a calculated column stands in brackets with a name.", hint)
        end = ends[index]
        if token.text == "(" and names[index] == names[end]:
            detail = "a calculated column needs a name."
            yield Mistake(tokens[end - 1].offset, detail, "Add AS ?name before the bracket.")
        index = end
    yield from _twice(tokens, start, index, ends)
    named = [t for t in tokens[start:index] if _word(t) not in {"DISTINCT", "REDUCED"}]
    if not named and index < len(tokens):
        yield Mistake(tokens[index].offset, "SELECT names no columns.", "Name some, or write *.")


def _twice(tokens: Sequence[Token], index: int, end: int, ends: Sequence[int]) -> Iterator[Mistake]:
    """Columns of a head that have the name of one before."""
    seen: set[str] = set()
    while index < end:
        # The name of a calculated column stands before its closing bracket.
        token = tokens[index if tokens[index].kind == "variable" else max(index, ends[index] - 2)]
        if token.kind == "variable" and token.text[1:] in seen:
            detail = f"{token.text} is the name of a column already."
            yield Mistake(token.offset, detail, "Choose another name.")
        seen.add(token.text[1:])
        index = ends[index]


def _stars(tokens: Sequence[Token]) -> Iterator[Mistake]:
    words = [_word(token) for token in tokens]
    if not tokens or "GROUP" not in words or words.count("SELECT") != 1:
        return
    index = words.index("SELECT")
    following = tokens[index + 1 : index + 2]
    if following and following[0].text == "*":
        yield Mistake(
            following[0].offset, "SELECT * does not go with GROUP BY.",
            "Name the columns: those that are grouped, and aggregates.",
        )  # fmt: skip


def _languages(tokens: Sequence[Token]) -> Iterator[Mistake]:
    for token, after in _pairs(tokens):
        if token.kind == "string" and after is not None and after.text == "@":
            yield Mistake(after.offset, "a language tag is missing after @.", "For instance @en.")


def _values(tokens: Sequence[Token]) -> Iterator[Mistake]:
    ends = _ends_of_blocks(tokens)
    for index, token in enumerate(tokens):
        if _word(token) != "VALUES":
            continue
        end = ends[index + 1]
        if end < len(tokens) and tokens[end].text not in {"{", ")"}:
            yield Mistake(
                tokens[end].offset, "the values of VALUES stand in braces.", "Add { here."
            )


def _ends(tokens: Sequence[Token]) -> Iterator[Mistake]:
    """A second WHERE, or a full stop or semicolon, after the group of the query."""
    depth = 0
    is_closed = False
    for token in tokens:
        depth += (token.text == "{") - (token.text == "}")
        if depth == 0 and is_closed and (_word(token) == "WHERE" or token.text in {";", "."}):
            yield Mistake(token.offset, f"{token.text} stands after the end of the query.",
                          "Put all patterns into one group.")  # fmt: skip
            return
        is_closed = is_closed or (depth == 0 and token.text == "}" and _is_query(tokens))


def _is_query(tokens: Sequence[Token]) -> bool:
    """Whether the first word after the prologue begins a query with rows."""
    words = (_word(token) for token in tokens)
    first = next((word for word in words if word and word not in {"PREFIX", "BASE"}), "")
    return first in {"SELECT", "ASK"}


def _ends_of_blocks(tokens: Sequence[Token]) -> list[int]:
    """For each token where the bracketed block it opens ends, or where it ends itself.

    One that is never closed ends with the text. There is an entry more for each of two tokens
    past the end, so that what follows the last ones can be asked for.
    """
    ends = list(range(1, len(tokens) + 1)) + [len(tokens)] * 2
    open_ones: list[int] = []
    for index, token in enumerate(tokens):
        if token.kind == "open":
            open_ones.append(index)
            ends[index] = len(tokens)
        elif token.kind == "close" and open_ones:
            ends[open_ones.pop()] = index + 1
    return ends


_RULES: tuple[Callable[[Sequence[Token]], Iterator[Mistake]], ...] = (
    _quotes, _prologue, _open_iris, _followers, _unions, _conditions, _equals, _heads,
    _stars, _languages, _values, _ends,
)  # fmt: skip
