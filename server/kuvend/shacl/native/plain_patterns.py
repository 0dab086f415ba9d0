"""Regular expressions so plain that Python's own run them in time, some ten times faster.

Python tries one way after the other. That takes long only where parts of varying length follow or
hold one another, so patterns with more than one such part, and long texts for one, are not run.
"""

from __future__ import annotations

import re
from functools import lru_cache

# One character: a letter or other sign without a meaning, an escape, a set, or any.
_SIGN = r"[^\\\[\](){}?*+|^$.&~#\s-]|[ -]"
_ESCAPE = r"\\[srntd.\-/\\+*?()\[\]{}|^$]"
_SET = r"\[\^?(?:[^\\\[\]^&~|]|\\[srntd.\-/\\\]])+\]"
_ATOM = rf"(?:{_SIGN}|{_ESCAPE}|{_SET}|\.)"
_FIXED = r"(?:\{[0-9]{1,2}\})?"
_TOKENS = re.compile(
    rf"(?P<varying>{_ATOM}(?:[+*]|\{{[0-9]{{1,2}},[0-9]{{0,2}}\}}))|(?P<optional>{_ATOM}\?)"
    rf"|(?P<plain>{_ATOM}{_FIXED})|(?P<end>\$)|(?P<start>\^)|(?P<open>\((?:\?:)?)|(?P<close>\))"
    r"|(?P<or>\|)"
)
_MOST_OPTIONAL = 4
# Characters of a text that a pattern with one varying part is tried on: at most their square.
_LONGEST = 2000
_ANY_LENGTH = 0


class PlainPattern:
    """A pattern that Python may run on texts up to ``longest`` characters, if that is not 0."""

    def __init__(self, expression: re.Pattern[str], longest: int) -> None:
        self.search = expression.search
        self.longest = longest

    def matches(self, text: str) -> bool:
        """Whether some part of the text matches."""
        return self.search(text) is not None


@lru_cache(maxsize=256)
def plain_pattern(text: str) -> PlainPattern | None:
    """The pattern for Python, or ``None`` where it is not plain enough.

    >>> plain_pattern("^[a-z]+$").matches("abc"), plain_pattern("(a+)+")
    (True, None)
    """
    parts: list[str] = []
    varying = optional = at = depth = 0
    while at < len(text):
        token = _TOKENS.match(text, at)
        if token is None:
            return None
        kind, at = token.lastgroup, token.end()
        depth += (kind == "open") - (kind == "close")
        if depth < 0 or (kind == "close" and text[at : at + 1] in {"?", "*", "+", "{"}):
            return None
        varying += kind == "varying"
        optional += kind == "optional"
        # Python's $ also matches before a last line break.
        parts.append(r"\Z" if kind == "end" else token[0])
    if depth or varying > 1 or optional > _MOST_OPTIONAL:
        return None
    try:
        expression = re.compile("".join(parts))
    except re.error:
        return None
    return PlainPattern(expression, _LONGEST if varying else _ANY_LENGTH)
