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
# What nearly all of a text is made of, each in one step: a key with its colon, a string without
# escapes, a comma with the white space around it. Where they do not fit the slower ways are gone.
_EASY_KEY = re.compile(r'"([^"\\\x00-\x1f]*+)"[ \t\r\n]*+:[ \t\r\n]*+')
_EASY_STRING = re.compile(r'"([^"\\\x00-\x1f]*+)"')
_EASY_COMMA = re.compile(r"[ \t\r\n]*+,[ \t\r\n]*+(?![\]}])")

_GLUED = re.compile(r"[^\s,:\]\[{}\"]+")
_WORD = re.compile(r"[A-Za-z]+")
_DECIMAL_COMMA = re.compile(r"\d+,$")
_SOUGHT = 30
_NOTHING = frozenset({"nan", "none", "null", "undefined", "nil", "na", "infinity"})
_TYPOGRAPHIC = frozenset("“”„‟«»‘’")
_ADVICE = (
    "Text and dates stand in double quotation marks; "
    "a number has digits alone and no zero before them."
)

Value = "Node | str | int | float | bool | None"


@dataclass(slots=True)
class Item:
    """A value of an array or a member: ``at`` and ``end`` are offsets."""

    value: object
    at: int
    end: int


@dataclass(slots=True)
class Member(Item):
    """A member of an object: its key, where that stands, and its value."""

    key: str = ""
    key_at: int = 0


@dataclass(slots=True)
class JsonObject:
    """An object: its members in order, repeats included."""

    at: int
    members: list[Member] = field(default_factory=list)

    def get(self, key: str) -> Member | None:
        """The member of that key; the last where there are several."""
        return next((m for m in reversed(self.members) if m.key == key), None)


@dataclass(slots=True)
class JsonArray:
    """An array of items."""

    at: int
    items: list[Item] = field(default_factory=list)


class JsonReader:
    """A JSON text, read once by ``read``; ``objects`` are then all there are, outside in."""

    def __init__(self, text: str, *, source: str, lines: Lines) -> None:
        self.text, self.source, self.lines = text, source, lines
        self.objects: list[JsonObject] = []

    def read(self) -> Item:
        """The value of the whole text.

        :raises BadSyntax: with line and column.
        """
        start = self._space(0)
        value, end = self._value(start, 0)
        after = self._space(end)
        if after < len(self.text):
            raise self.problem(after, "something follows the end of the JSON text.")
        return Item(value, start, end)

    def value_at(self, at: int) -> Item:
        """The value that starts at an offset.

        :raises BadSyntax: where none does.
        """
        known = len(self.objects)
        value, end = self._value(at, 0)
        del self.objects[known:]
        return Item(value, at, end)

    def _space(self, at: int) -> int:
        match = _SPACE.match(self.text, at)
        return match.end() if match else at

    def _value(self, at: int, depth: int) -> tuple[object, int]:
        """The value that starts at an offset, and the offset after it."""
        easy = _EASY_STRING.match(self.text, at)
        if easy is not None:
            return easy[1], easy.end()
        if depth > MAX_DEPTH:
            raise self.problem(at, f"nested more than {MAX_DEPTH} levels deep.")
        start = self.text[at : at + 1]
        if start == "{":
            return self._object(at, depth)
        if start == "[":
            return self._array(at, depth)
        match = _STRING.match(self.text, at) or _PLAIN.match(self.text, at)
        if match is None:
            raise self._no_value(at)
        glued = _GLUED.match(self.text, match.end()) if start != '"' else None
        if glued is not None:
            problem = self.problem(at, f"{match.group() + glued.group()!r} is not a JSON value.")
            problem.suggestion = _ADVICE
            raise problem
        return _value_of(match.group()), match.end()

    def _no_value(self, at: int) -> BadSyntax:
        """The error for what is no value: a word of another language, other quotation marks."""
        word = _WORD.match(self.text, at)
        if word is not None:
            problem = self.problem(at, f"{word[0]!r} is not a value.")
            lowered = word[0].lower()
            problem.suggestion = (
                f"Write {lowered} in small letters."
                if lowered in ("true", "false")
                else "Leave the property out."
                if lowered in _NOTHING
                else _ADVICE
            )
            return problem
        return self._other_quotes(at) or self.problem(at, self._what_is_wrong(at))

    def _other_quotes(self, at: int) -> BadSyntax | None:
        found = self.text[at : at + 1]
        if not found or found not in _TYPOGRAPHIC:
            return None
        problem = self.problem(at, f"{found} is a typographic quotation mark.")
        problem.suggestion = 'Text stands in straight quotation marks: "…".'
        return problem

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

    def _no_key(self, at: int) -> BadSyntax:
        """The error for what is no key."""
        if self.text.startswith(("//", "/*", "#"), at):
            return self.problem(at, "JSON has no comments.")
        if self.text.startswith("'", at):
            return self.problem(at, "JSON strings stand in double quotation marks.")
        decimal = _DECIMAL_COMMA.search(self.text[max(0, at - _SOUGHT) : at])
        if decimal is not None and self.text[at : at + 1].isdigit():
            place = at - len(decimal[0])
            return self.problem(
                place, "a decimal number is written with a point, not with a comma."
            )
        return self._other_quotes(at) or self.problem(
            at, "a key in double quotation marks is expected here."
        )

    def _object(self, at: int, depth: int) -> tuple[JsonObject, int]:
        text, node = self.text, JsonObject(at)
        self.objects.append(node)
        position = self._space(at + 1)
        while text[position : position + 1] != "}":
            easy = _EASY_KEY.match(text, position)
            key, start = (easy[1], easy.end()) if easy else self._key(position)
            value, end = self._value(start, depth + 1)
            node.members.append(Member(value, start, end, key, position))
            position = self._after(end, "}")
        return node, position + 1

    def _key(self, at: int) -> tuple[str, int]:
        """The key at an offset, and the offset of its value."""
        match = _STRING.match(self.text, at)
        if match is None:
            raise self._no_key(at)
        colon = self._space(match.end())
        if self.text[colon : colon + 1] != ":":
            raise self.problem(colon, "':' is missing after the key.")
        return str(json.loads(match.group())), self._space(colon + 1)

    def _array(self, at: int, depth: int) -> tuple[JsonArray, int]:
        text, node = self.text, JsonArray(at)
        position = self._space(at + 1)
        while text[position : position + 1] != "]":
            value, end = self._value(position, depth + 1)
            node.items.append(Item(value, position, end))
            position = self._after(end, "]")
        return node, position + 1

    def _after(self, at: int, closing: str) -> int:
        """The next member's place, past a comma, or the closing bracket's."""
        easy = _EASY_COMMA.match(self.text, at)
        if easy is not None:
            return easy.end()
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
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, JsonObject):
            yield one
            waiting += [m.value for m in reversed(one.members) if not isinstance(m.value, str)]
        elif isinstance(one, JsonArray):
            waiting += [i.value for i in reversed(one.items) if not isinstance(i.value, str)]


def plain(value: object) -> object:
    """The value as Python's json module has it."""
    if isinstance(value, JsonObject):
        return {member.key: plain(member.value) for member in value.members}
    if isinstance(value, JsonArray):
        return [plain(item.value) for item in value.items]
    return value
