"""What somebody meant whose Turtle goes on where a statement should end."""

from __future__ import annotations

import re
from typing import NamedTuple

from kuvend.syntax.tokens import Token

_DATE = re.compile(r"\d{4}(-\d\d){1,2}(?![\w-])")
_GROUPED = re.compile(r"[+-]?\d{1,3}(?:[ \t\u00a0]\d{3})+(?![\w.])")
_GLUED = re.compile(r"[^\s;,\]\[(){}]+")
_TYPES = {4: "xsd:gYear", 7: "xsd:gYearMonth", 10: "xsd:date"}

_GOING_ON = "Write ';' to say more of the same thing, ',' before another value, '.' at the end."


class Slip(NamedTuple):
    """What is wrong, what to do, and where; without words of its own only what to do."""

    detail: str | None
    suggestion: str
    at: int


def slip_between(before: Token, token: Token, text: str) -> Slip | None:
    """The slip behind a ``token`` that cannot follow the one ``before`` it; ``None`` if unknown.

    >>> slip_between(Token("number", "2022", 3), Token("number", "-05", 7), ":p 2022-05-03 .")
    Slip(detail="'2022-05-03' is a date without quotation marks.", \
suggestion='Write "2022-05-03"^^xsd:date.', at=3)
    """
    is_glued = token.at == before.end
    if before.kind == "number":
        return _of_number(before, is_glued, text)
    if before.kind == "string" and token.text == "^":
        return Slip("'^' stands alone.", 'A type follows two of them: "…"^^xsd:date.', token.at)
    if before.kind == "string" and is_glued and token.kind in ("word", "name", "run", "string"):
        detail = f"the text ends here, and {token.text[:40]!r} follows it."
        return Slip(detail, 'Quotation marks within a text are written \\".', token.at)
    if before.kind == "name" and token.kind == "word" and token.text[:1].isupper():
        detail = f"'{before.text} {token.text}' is a name with a blank in it."
        return Slip(detail, f"Write {before.text}{token.text}.", before.at)
    if token.kind == "word" and token.text.startswith("@"):
        return Slip("a text has a language or a type, not both.", "Keep one of them.", token.at)
    if token.kind in ("name", "iri") or token.text == "a":
        advice = (
            "Write ';' to say more of the same thing, ',' before another value, '.' at the end."
        )
        return Slip(None, advice, before.end)
    return None


def _of_number(before: Token, is_glued: bool, text: str) -> Slip | None:
    date, grouped = _DATE.match(text, before.at), _GROUPED.match(text, before.at)
    if is_glued and date is not None:
        written = f'"{date[0]}"^^{_TYPES[len(date[0])]}'
        detail = f"{date[0]!r} is a date without quotation marks."
        return Slip(detail, f"Write {written}.", before.at)
    if grouped is not None:
        right = re.sub(r"\s", "", grouped[0])
        return Slip(f"{grouped[0]!r} is a number with a blank in it.", f"Write {right}.", before.at)
    glued = _GLUED.match(text, before.at)
    if is_glued and glued is not None:
        detail = f"{glued[0].rstrip('.')!r} is not a number."
        return Slip(detail, "Write the digits alone.", before.at)
    return None
