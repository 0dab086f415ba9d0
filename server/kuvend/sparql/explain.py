"""Why the engine refused a text: line, column and what to do."""

from __future__ import annotations

import re
from collections.abc import Mapping

from kuvend.errors import BadRequest, BadSyntax, KuvendError, Unavailable

_POSITION = re.compile(r"error at (?P<line>\d+):(?P<column>\d+): (?P<rest>.*)", re.DOTALL)


def explain_failure(kind: str, message: str, text: str, prefixes: Mapping[str, str]) -> KuvendError:
    """The engine's complaint (exception class and message) as an error for people."""
    if kind == "SyntaxError":
        return explain_syntax_error(message, text, prefixes)
    if kind in {"ValueError", "RuntimeError"}:
        return BadRequest(f"the query cannot be evaluated: {message}")
    return Unavailable(f"the engine failed: {message}")


def explain_syntax_error(message: str, text: str, prefixes: Mapping[str, str]) -> BadSyntax:
    """The engine's syntax error with its position."""
    match = _POSITION.match(message)
    if match is None:
        return BadSyntax(message)
    return BadSyntax(match["rest"], line=int(match["line"]), column=int(match["column"]))
