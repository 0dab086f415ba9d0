"""Where the terms of a text that is known to be right stand, quad by quad in the engine's order.

The texts have been read by the engine; here they are only walked along, and no term is made.
"""

from __future__ import annotations

import re
from array import array
from collections.abc import Callable
from dataclasses import dataclass

from kuvend.syntax.plain import PROPERTY, SUBJECT, VALUE, walk_plain
from kuvend.syntax.tokens import spans

_LINE = re.compile(
    r"(?:\A|[\r\n])[ \t]*(?P<s>[<_][^ \t\r\n\"<>]*>?)[ \t]*(?P<p><[^<>]*>)[ \t]*"
    r"(?P<o><[^<>]*>|_:[^ \t\"<>\r\n:]*[^ \t\"<>\r\n.:]|"
    r"\"(?:[^\"\\]|\\.)*\"(?:\^\^<[^<>]*>|@[A-Za-z0-9-]+)?)"
)
_SUBJECT, _PREDICATE, _OBJECT = SUBJECT, PROPERTY, VALUE
_STRING, _DATATYPE, _DONE = range(3, 6)
_OPEN = -1  # the end of a list that is still being read
_OPERANDS = {"prefix": 2, "base": 1, "version": 1}


def scan_lines(text: str) -> array[int]:
    """The offsets of each statement of an N-Triples or N-Quads text, four a statement.

    >>> list(scan_lines('<urn:a> <urn:p> "x"@en .'))
    [0, 8, 16, 22]
    """
    rows: array[int] = array("i")
    add = rows.extend
    for match in _LINE.finditer(text):
        start = match.start
        add((start("s"), start("p"), start("o"), match.end("o")))
    return rows


def scan_turtle(text: str) -> array[int]:
    """The offsets of each triple of a Turtle or TriG text without triple terms.

    >>> list(scan_turtle("<urn:a> <urn:p> 1 , 2 ."))
    [0, 8, 16, 17, 0, 8, 20, 21]
    """
    return _Scan(text).run()


@dataclass
class _Outer:
    """What surrounds a blank node or list being read, and of a list how far it is."""

    subject: int
    predicate: int
    state: int
    list_at: int | None = None
    items: int = 0


class _Scan:
    """A walk along plain triples and, between them, along tokens.

    The engine notes a triple as soon as its value is complete, and gives those that one token
    completes in reverse.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.rows: array[int] = array("i")
        self.outer: list[_Outer] = []
        self.in_list = False
        self.list_ends: dict[int, int] = {}
        self.state = _SUBJECT
        self.subject = self.predicate = self.object = self.end = 0
        self.skip = 0

    def run(self) -> array[int]:
        at, rows = 0, self.rows
        while at >= 0:
            at = self.along_tokens(self.along_plain(at))
        for start in range(3, len(rows), 4) if self.list_ends else ():
            if rows[start] == _OPEN:
                rows[start] = self.list_ends[rows[start - 1]]
        return rows

    def along_plain(self, start: int) -> int:
        """Take the plain triples from ``start``; the offset where they end."""
        stop = walk_plain(self.text, start, self.rows)
        self.subject, self.predicate, self.state = stop.subject, stop.predicate, stop.follows
        return stop.end

    def along_tokens(self, start: int) -> int:
        """Take token after token until a subject may begin; -1 at the end of the text."""
        rows, before = self.rows, len(self.rows)
        for kind, at, end in spans(self.text, start):
            if self.skip:
                self.skip -= 1
            elif kind == "punct":
                _MARKS[self.text[at:end]](self, at, end)
            elif kind != "end":
                self.term(kind, at, end)
            after = len(rows)
            if after - before > 4:
                self.reverse(before)
            before = after
            if self.state == _SUBJECT and kind != "end" and not (self.outer or self.skip):
                return end
        return -1

    def reverse(self, start: int) -> None:
        last = self.rows[start:]
        del self.rows[start:]
        for row in range(len(last) - 4, -1, -4):
            self.rows.extend(last[row : row + 4])

    def term(self, kind: str, at: int, end: int) -> None:
        state = self.state
        if state == _STRING:
            if self.text[at] == "@":
                self.complete(self.object, end)
                return
            self.end_string()
            state = self.state
        if state == _PREDICATE:
            self.predicate, self.state = at, _OBJECT
        elif state == _SUBJECT:
            if not (kind == "word" and self.is_directive(self.text[at:end])):
                self.subject, self.state = at, _PREDICATE
        elif state == _DATATYPE:
            self.complete(self.object, end)
        else:
            self.begin_value(at)
            if kind == "string":
                self.object, self.end, self.state = at, end, _STRING
            else:
                self.complete(at, end)

    def is_directive(self, word: str) -> bool:
        name = word.lstrip("@").lower()
        self.skip = _OPERANDS.get(name, 0) + (word[0] == "@")
        return name == "graph" or name in _OPERANDS

    def end_string(self) -> None:
        """A string that nothing follows is complete only now."""
        if self.state == _STRING:
            self.complete(self.object, self.end)

    def complete(self, at: int, end: int) -> None:
        self.state = _DONE
        if self.in_list:
            self.rows.extend((at, at, at, end))
        else:
            self.rows.extend((self.subject, self.predicate, at, end))

    # -- punctuation -----------------------------------------------------------------------

    def datatype(self, _at: int, _end: int) -> None:
        self.state = _DATATYPE

    def comma(self, _at: int, _end: int) -> None:
        self.end_string()
        self.state = _OBJECT

    def semicolon(self, _at: int, _end: int) -> None:
        self.end_string()
        self.state = _PREDICATE

    def stop(self, _at: int, _end: int) -> None:
        self.end_string()
        self.state = _SUBJECT

    def open_node(self, at: int, _end: int) -> None:
        self.enter(at, None)
        self.subject, self.state, self.in_list = at, _PREDICATE, False

    def close_node(self, _at: int, end: int) -> None:
        self.end_string()
        node = self.subject
        self.closed(self.leave(), node, end)

    def enter(self, at: int, list_at: int | None) -> None:
        self.end_string()
        if self.state != _SUBJECT:
            self.begin_value(at)
        self.outer.append(_Outer(self.subject, self.predicate, self.state, list_at))

    def leave(self) -> _Outer:
        outer = self.outer.pop()
        self.subject, self.predicate = outer.subject, outer.predicate
        self.in_list = bool(self.outer) and self.outer[-1].list_at is not None
        return outer

    def closed(self, outer: _Outer, at: int, end: int) -> None:
        """A node or empty list as the subject or value it is."""
        if outer.state == _SUBJECT:
            self.subject, self.state = at, _PREDICATE
        else:
            self.complete(at, end)

    # -- lists -----------------------------------------------------------------------------

    def open_list(self, at: int, _end: int) -> None:
        self.enter(at, at)
        self.state, self.in_list = _OBJECT, True

    def begin_value(self, at: int) -> None:
        """In a list: the first item brings the triple that has the list, others a cell."""
        if not self.in_list:
            return
        around = self.outer[-1]
        around.items += 1
        if around.items > 1:
            self.rows.extend((at, at, at, at))
        elif around.state != _SUBJECT:
            start = around.list_at or 0
            inside = len(self.outer) > 1 and self.outer[-2].list_at is not None
            subject, predicate = (start, start) if inside else (around.subject, around.predicate)
            self.rows.extend((subject, predicate, start, _OPEN))

    def close_list(self, at: int, end: int) -> None:
        self.end_string()
        outer = self.leave()
        start = outer.list_at or 0
        if not outer.items:
            self.closed(outer, start, end)
            return
        self.list_ends[start] = end
        self.rows.extend((at, at, at, end))
        if outer.state == _SUBJECT:
            self.subject, self.state = start, _PREDICATE
        else:
            self.state = _DONE


_MARKS: dict[str, Callable[[_Scan, int, int], None]] = {
    "^^": _Scan.datatype,
    ",": _Scan.comma,
    ";": _Scan.semicolon,
    ".": _Scan.stop,
    "{": _Scan.stop,
    "}": _Scan.stop,
    "[": _Scan.open_node,
    "]": _Scan.close_node,
    "(": _Scan.open_list,
    ")": _Scan.close_list,
}
