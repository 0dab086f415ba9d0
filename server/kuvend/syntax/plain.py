"""Where triples written in the plainest way stand: one expression a triple, not one a token.

Most of a large text is names, addresses, numbers and short strings with a full stop, semicolon or
comma after them. The walk stops at anything else; the one along the tokens goes on from there.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from functools import cache
from typing import NamedTuple

from kuvend.syntax.tokens import alternatives

Step = Callable[[str, int], re.Match[str] | None]
SUBJECT, PROPERTY, VALUE = range(3)  # what may follow

# Atomic throughout: a token once found is not given back, as a reader of tokens would not.
_SPACE = r"[ \t\r\n]*+(?:#[^\n\r]*+[ \t\r\n]*+)*+"
_ENDED = r"(?=[ \t\r\n;,])"
_SIMPLE = rf"[A-Za-z][A-Za-z0-9_-]*+:(?:[A-Za-z0-9_-]++|\\[/.,()'&+])++{_ENDED}"
_NAME = rf"{_SIMPLE}|{alternatives('name', 'iri')}"
_STRING = r"\"(?!\"\")(?:[^\"\\\n\r]++|\\.)*+\"|'(?!'')(?:[^'\\\n\r]++|\\.)*+'"
_LITERAL = rf"(?:{_STRING})(?:@[A-Za-z][A-Za-z0-9-]*+|\^\^(?:{_NAME}))?+"
_OTHER = rf"{alternatives('blank', 'number')}|(?:true|false){_ENDED}"
# The group a match ends with tells what may follow it.
_THIRD = rf"{_SPACE}((?>{_NAME}|{_LITERAL}|{_OTHER})){_SPACE}(?:(,)|(;)|(\.)(?![0-9]))"
_SECOND = rf"{_SPACE}((?>{_NAME}|a{_ENDED})){_THIRD}"
_FIRST = rf"{_SPACE}((?>{_NAME}|{alternatives('blank')})){_SECOND}"
_STEPS = (_FIRST, f"(){_SECOND}", f"()(){_THIRD}")
_FOLLOWS = {4: VALUE, 5: PROPERTY, 6: SUBJECT}


@cache
def _steps() -> tuple[Step, ...]:
    """What finds a triple from its subject, property or value on; made when first needed."""
    return tuple(re.compile(text).match for text in _STEPS)


class Stop(NamedTuple):
    """Where a walk stopped: the offset, those of the subject and property, what may follow."""

    end: int
    subject: int
    predicate: int
    follows: int


def walk_plain(text: str, start: int, rows: array[int]) -> Stop:
    """Add the offsets of the plain triples from ``start`` on, where a subject may begin.

    They are four for each, as :class:`Positions` has them. The text is known to be right.

    >>> rows = array("i")
    >>> walk_plain("<urn:a> a <urn:B> ; <urn:p> 1 , ( 2 ) .", 0, rows)
    Stop(end=31, subject=0, predicate=20, follows=2)
    >>> list(rows)
    [0, 8, 10, 17, 0, 20, 28, 29]
    """
    add, steps = rows.extend, _steps()
    subject = predicate = 0
    follows = SUBJECT
    while (match := steps[follows](text, start)) is not None:
        if follows == SUBJECT:
            subject = match.start(1)
        if follows != VALUE:
            predicate = match.start(2)
        add((subject, predicate, *match.span(3)))
        start = match.end()
        follows = _FOLLOWS[match.lastindex or 0]
    return Stop(start, subject, predicate, follows)
