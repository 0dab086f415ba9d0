"""Why the engine refused a text: line, column and what to do.

The engine's parser reports the furthest place it tried, which for a misspelt keyword is the end
of a word it hoped for. So the usual mistakes are looked for in the tokens first.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping, Sequence
from typing import NamedTuple

from kuvend.errors import BadRequest, BadSyntax, KuvendError, Unavailable
from kuvend.near import near_names
from kuvend.sparql.bound_twice import find_bound_twice
from kuvend.sparql.keywords import FUNCTIONS, KEYWORDS, WORDS
from kuvend.sparql.lexer import Token, iter_tokens, position
from kuvend.sparql.mistakes import FOREIGN, Mistake, find_mistake
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.update_mistakes import find_update_mistake

_POSITION = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?P<rest>.*)", re.DOTALL)
# What the engine hoped for: quoted signs, classes of characters, keywords, or a reason in words.
_EXPECTED = re.compile(r'"(?:[^"\\]|\\.)*"|\[[^\]]*\]|[^\s,"\[][^,"\[]*')
_WORD = re.compile(r'"[^"\\]+"|[A-Z][A-Z]+')
_REASON = re.compile(r"(?:[A-Za-z*']+ ){3,}[A-Za-z']+")
_PAIRS = {"{": "}", "(": ")", "[": "]", "<<": ">>", "<<(": ")>>", "{|": "|}"}
_TERM_KINDS = frozenset({"iri", "name", "variable", "blank", "string", "number"})
_MAX_EXPECTED = 6


class _Finding(NamedTuple):
    offset: int
    detail: str
    suggestion: str | None = None


def explain_failure(kind: str, message: str, text: str, prefixes: Mapping[str, str]) -> KuvendError:
    """The engine's complaint (exception class and message) as an error for people."""
    if kind == "SyntaxError":
        return explain_syntax_error(message, text, prefixes)
    if kind in {"ValueError", "RuntimeError", "OSError"}:
        return BadRequest(f"the query cannot be evaluated: {message}")
    return Unavailable(f"the engine failed: {message}")


def explain_syntax_error(message: str, text: str, prefixes: Mapping[str, str]) -> BadSyntax:
    """The engine's syntax error at the place of the mistake, with a suggestion where one is known.

    >>> str(explain_syntax_error("error at 1:10: expected SELECT", "SELCT * {}", {}))
    "1:1: 'SELCT' is not a word of SPARQL. Did you mean SELECT?"
    """
    tokens = list(iter_tokens(text))
    finders: tuple[Callable[[], _Finding | None], ...] = (
        lambda: _open_string(tokens),
        lambda: _usual(tokens),
        lambda: _first(_unknown_prefix(tokens, prefixes), _unknown_word(tokens)),
        lambda: _unbalanced(tokens, text),
        lambda: _found(find_bound_twice(text)),
        lambda: _stated_reason(message, tokens, text),
        lambda: _incomplete_triple(tokens),
    )
    found = next((finding for find in finders if (finding := find())), None)
    if found is None:
        return _as_reported(message, text)
    line, column = position(text, found.offset)
    return BadSyntax(found.detail, line=line, column=column, suggestion=found.suggestion)


def _open_string(tokens: Sequence[Token]) -> _Finding | None:
    for token in tokens:
        if token.kind == "other" and token.text in {'"', "'"}:
            return _Finding(
                token.offset,
                "a string begins here and does not end on this line.",
                'Close it, or put it between """ and """ if it spans lines.',
            )
    return None


def _usual(tokens: Sequence[Token]) -> _Finding | None:
    return _first(_found(find_mistake(tokens)), _found(find_update_mistake(tokens)))


def _found(mistake: Mistake | None) -> _Finding | None:
    return None if mistake is None else _Finding(*mistake)


def _first(*findings: _Finding | None) -> _Finding | None:
    found = [finding for finding in findings if finding is not None]
    return min(found, key=lambda finding: finding.offset, default=None)


def _unknown_prefix(tokens: Sequence[Token], prefixes: Mapping[str, str]) -> _Finding | None:
    declared = Prologue(tokens).prefixes
    for index, token in enumerate(tokens):
        prefix = token.text.partition(":")[0]
        if token.kind != "name" or prefix in declared or _follows_prefix(tokens, index):
            continue
        known = prefixes.get(prefix)
        if known is not None:
            return _Finding(
                token.offset,
                f"the prefix {prefix}: is not declared.",
                f"Add PREFIX {prefix}: <{known}> at the top.",
            )
        near = near_names(prefix, [*declared, *prefixes])
        hint = f"Did you mean {near[0]}:?" if near else "Declare it with PREFIX at the top."
        return _Finding(token.offset, f"the prefix {prefix}: is not declared.", hint)
    return None


def _follows_prefix(tokens: Sequence[Token], index: int) -> bool:
    return index > 0 and tokens[index - 1].text.upper() == "PREFIX"


def _unknown_word(tokens: Sequence[Token]) -> _Finding | None:
    for index, token in enumerate(tokens):
        if token.kind != "word" or token.text.upper() in WORDS:
            continue
        is_called = index + 1 < len(tokens) and tokens[index + 1].text == "("
        words = sorted(FUNCTIONS | {"FILTER", "BIND", "IN"} if is_called else KEYWORDS)
        foreign = FOREIGN.get(token.text.upper())
        if foreign is not None:
            hint = f"SPARQL has {foreign} for it."
            return _Finding(token.offset, f"{token.text!r} is not a word of SPARQL.", hint)
        near = near_names(token.text.upper(), words, cutoff=0.7)
        hint = f"Did you mean {near[0]}?" if near else "A name needs a prefix, a variable a ?."
        return _Finding(token.offset, f"{token.text!r} is not a word of SPARQL.", hint)
    return None


def _unbalanced(tokens: Sequence[Token], text: str) -> _Finding | None:
    open_ones: list[Token] = []
    for token in tokens:
        if token.kind == "open":
            open_ones.append(token)
        elif token.kind == "close":
            if not open_ones:
                return _Finding(token.offset, f"{token.text!r} closes nothing.", "Remove it.")
            wanted = _PAIRS[open_ones[-1].text]
            if token.text != wanted:
                line, column = position(text, open_ones[-1].offset)
                return _Finding(
                    token.offset,
                    f"{token.text!r} stands where {wanted!r} should close the "
                    f"{open_ones[-1].text!r} of line {line}, column {column}.",
                    f"Add {wanted}.",
                )
            open_ones.pop()
    if not open_ones:
        return None
    last = open_ones[-1]
    return _Finding(
        last.offset, f"{last.text!r} is never closed.", f"Add {_PAIRS[last.text]} at the end."
    )


def _stated_reason(message: str, tokens: Sequence[Token], text: str) -> _Finding | None:
    """A reason the engine gives in words, among the things it expected."""
    if "variable that is unbound" in message:
        return _Finding(
            _select_offset(tokens),
            "SELECT names a variable that is neither grouped nor aggregated.",
            "Add it to GROUP BY, or aggregate it, for instance with SAMPLE.",
        )
    if "overrides an existing variable" in message:
        return _Finding(_select_offset(tokens), "a variable after AS is in use already.")
    if not tokens:
        return _Finding(0, "the text holds no query, only comments or white space.")
    return None


def _select_offset(tokens: Sequence[Token]) -> int:
    return next((t.offset for t in tokens if t.text.upper() == "SELECT"), 0)


def _incomplete_triple(tokens: Sequence[Token]) -> _Finding | None:
    """A group that ends, or a full stop, after one or two terms of a triple pattern."""
    run: list[Token] | None = None
    for index, token in enumerate(tokens):
        if token.kind in _TERM_KINDS or token.text == "a":
            run = None if run is None else [*run, token]
            if run and len(run) == 4 and not _goes_on(tokens, index):
                return _Finding(
                    token.offset,
                    "a triple pattern has 3 terms; a fourth begins here.",
                    "End the pattern with a full stop, or put ; or , before what goes on.",
                )
        elif token.text in {".", "}"}:
            if run and len(run) in {1, 2}:
                return _Finding(
                    token.offset,
                    f"a triple pattern ends here after {len(run)} of its 3 terms.",
                    "A pattern is a subject, a predicate and an object.",
                )
            run = []
        else:
            # Anything else may begin or continue a construct this check does not follow.
            run = [] if token.text == "{" and not _is_data_block(tokens, index) else None
    return None


def _goes_on(tokens: Sequence[Token], index: int) -> bool:
    """Whether one of the last terms belongs to a path or a literal."""
    around = tokens[max(0, index - 4) : index + 2]
    return any(token.kind in {"operator", "language"} and token.text != "." for token in around)


def _is_data_block(tokens: Sequence[Token], index: int) -> bool:
    before = [t.text.upper() for t in tokens[max(0, index - 2) : index]]
    return "VALUES" in before or (bool(before) and before[-1] == ")")


def _as_reported(message: str, text: str) -> BadSyntax:
    match = _POSITION.match(message)
    if match is None:
        return BadSyntax(message)
    line, column = int(match["line"]), int(match["column"])
    rest = match["rest"]
    if not rest.startswith("expected"):
        return BadSyntax(rest, line=line, column=column)
    expected = _EXPECTED.findall(rest.removeprefix("expected").removeprefix(" one of"))
    reason = next((each for each in expected if _REASON.fullmatch(each)), None)
    words = list(dict.fromkeys(each.strip('"') for each in expected if _WORD.fullmatch(each)))
    detail = "the text cannot go on like this."
    if reason is not None:
        detail = f"{reason}."
    elif words:
        shown = ", ".join(words[:_MAX_EXPECTED])
        detail = f"the text cannot go on like this; {shown} could stand here or a little before."
    return BadSyntax(detail, line=line, column=column)
