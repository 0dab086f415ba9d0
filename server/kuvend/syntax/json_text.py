"""JSON with positions: the tree of a text, each key and value with its offset.

Source: RFC 8259. One error stops it: JSON has no place to start again from.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field

from kuvend.errors import BadSyntax
from kuvend.syntax.model import Lines

MAX_DEPTH = 100  # deeper JSON-LD makes some parsers fail badly; nobody writes it by hand

_SPACE = re.compile(r"[ \t\r\n]*")
_STRING = re.compile(r'"(?:[^"\\\x00-\x1f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*"')
_PLAIN = re.compile(r"-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null")

Value = "Node | str | int | float | bool | None"


@dataclass
class Item:
    """A value of an array or a member: ``at`` and ``end`` are offsets."""

    value: object
    at: int
    end: int


@dataclass
class Member(Item):
    """A member of an object: its key, where that stands, and its value."""

    key: str = ""
    key_at: int = 0


@dataclass
class JsonObject:
    """An object: its members in order, repeats included."""

    at: int
    members: list[Member] = field(default_factory=list)

    def get(self, key: str) -> Member | None:
        """The member of that key; the last where there are several."""
        return next((m for m in reversed(self.members) if m.key == key), None)


@dataclass
class JsonArray:
    """An array of items."""

    at: int
    items: list[Item] = field(default_factory=list)


class JsonReader:
    """A JSON text, read once by ``read``."""

    def __init__(self, text: str, *, source: str, lines: Lines) -> None:
        self.text, self.source, self.lines = text, source, lines

    def read(self) -> Item:
        """The value of the whole text.

        :raises BadSyntax: with line and column.
        """
        item = self._value(self._space(0), 0)
        end = self._space(item.end)
        if end < len(self.text):
            raise self.problem(end, "something follows the end of the JSON text.")
        return item

    def _space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _value(self, at: int, depth: int) -> Item:
        if depth > MAX_DEPTH:
            raise self.problem(at, f"nested more than {MAX_DEPTH} levels deep.")
        start = self.text[at : at + 1]
        if start == "{":
            return self._object(at, depth)
        if start == "[":
            return self._array(at, depth)
        match = _STRING.match(self.text, at) or _PLAIN.match(self.text, at)
        if match is None:
            raise self.problem(at, self._what_is_wrong(at))
        return Item(_value_of(match.group()), at, match.end())

    def _what_is_wrong(self, at: int) -> str:
        found = self.text[at : at + 1]
        if not found:
            return "the text ends where a value is expected."
        if found == '"':
            return "this string is not closed, or has a character that must be escaped."
        if found in "}]":
            return "a value is missing here; is there a comma too many before it?"
        if found == "'":
            return "JSON strings stand in double quotation marks."
        return f"{found!r} starts no JSON value."

    def _no_key(self, at: int) -> str:
        if self.text.startswith(("//", "/*", "#"), at):
            return "JSON has no comments."
        if self.text.startswith("'", at):
            return "JSON strings stand in double quotation marks."
        return "a key in double quotation marks is expected here."

    def _object(self, at: int, depth: int) -> Item:
        node = JsonObject(at)
        position = self._space(at + 1)
        while self.text[position : position + 1] != "}":
            match = _STRING.match(self.text, position)
            if match is None:
                raise self.problem(position, self._no_key(position))
            colon = self._space(match.end())
            if self.text[colon : colon + 1] != ":":
                raise self.problem(colon, "':' is missing after the key.")
            item = self._value(self._space(colon + 1), depth + 1)
            key = str(json.loads(match.group()))
            node.members.append(Member(item.value, item.at, item.end, key, position))
            position = self._after(item.end, "}")
        return Item(node, at, position + 1)

    def _array(self, at: int, depth: int) -> Item:
        node = JsonArray(at)
        position = self._space(at + 1)
        while self.text[position : position + 1] != "]":
            item = self._value(position, depth + 1)
            node.items.append(item)
            position = self._after(item.end, "]")
        return Item(node, at, position + 1)

    def _after(self, at: int, closing: str) -> int:
        """The next member's place, past a comma, or the closing bracket's."""
        position = self._space(at)
        found = self.text[position : position + 1]
        if found == ",":
            following = self._space(position + 1)
            if self.text[following : following + 1] == closing:
                raise self.problem(position, f"a comma too many before {closing!r}.")
            return following
        if found != closing:
            # At the end of what comes before: there it has to be put.
            raise self.problem(at, f"',' or {closing!r} is missing here.")
        return position

    def problem(self, at: int, detail: str) -> BadSyntax:
        """The error to raise for a place."""
        line, column = self.lines.at(at)
        return BadSyntax(detail, source=self.source, line=line, column=column)


def _value_of(text: str) -> object:
    try:
        return json.loads(text)
    except ValueError:  # more digits than an integer is made of here
        return float(text)


def objects(value: object) -> Iterator[JsonObject]:
    """Every object in a value, from the outside in."""
    if isinstance(value, JsonObject):
        yield value
        for member in value.members:
            yield from objects(member.value)
    elif isinstance(value, JsonArray):
        for item in value.items:
            yield from objects(item.value)


def plain(value: object) -> object:
    """The value as Python's json module has it."""
    if isinstance(value, JsonObject):
        return {member.key: plain(member.value) for member in value.members}
    if isinstance(value, JsonArray):
        return [plain(item.value) for item in value.items]
    return value
