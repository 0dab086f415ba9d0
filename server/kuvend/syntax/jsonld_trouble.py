"""What the engine refuses of JSON-LD without saying where: the place, and words for it.

The engine is asked again with parts of the text left out, until the object that it refuses is
found: a few times for each level of nesting, however many objects there are.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from collections.abc import Set as AbstractSet

from kuvend.errors import BadSyntax
from kuvend.syntax.json_text import JsonArray, JsonObject, JsonReader

# Tells whether the engine still refuses the text without the objects that start at some offsets.
Refuses = Callable[[AbstractSet[int]], bool]

_MAX_LENGTH = 2_000_000
_KEYWORD = re.compile(r"@[a-z]+")

# What the engine says, what is told instead, and what to do.
_WORDS = (
    (r"@type and @language cannot be used together",
     "a text has a language or a type, not both.", "Take @language or @type away."),
    (r"@value and @id are incompatible",
     "an object holds a text or number (@value) or names a thing (@id), not both.",
     "Keep one of them."),
    (r"@value value must be a string, number, boolean or null",
     "@value holds one text, number, true or false.", "Write one object for each value."),
    (r"@language can be used only on a string @value",
     "a language goes with a text, not with a number.",
     "Write the value in quotation marks, or take @language away."),
    (r"@list and @set must be the only keys of an object",
     "an object with @list or @set has no other keys.", "Write the rest in an object around it."),
    (r"Objects with @value cannot contain properties, .* found",
     "an object with @value is a text or number and has no properties.",
     "To say more of a thing, name it with @id in place of @value."),
    (r"@type value '(.*)' must be an IRI: .*", "the type '{0}' is no address.",
     "Write it with its prefix, such as xsd:date or kv:Municipality."),
    (r"(@\w+) value must be a string", "the value of {0} must be a string.", ""),
    (r"(@\w+) is defined twice", "the key '{0}' stands twice in one object.", "Keep one of them."),
)  # fmt: skip


def placed(detail: str, reader: JsonReader, root: object, refuses: Refuses) -> BadSyntax:
    """The error for what the engine said, at the object, or the key in it, that it refuses."""
    said, advice = _in_words(detail)
    found = _at_fault(root, refuses) if len(reader.text) <= _MAX_LENGTH else None
    if found is None:
        return BadSyntax(said, source=reader.source, suggestion=advice)
    keys = {member.key: member.key_at for member in found.members}
    named = (keys[word] for word in _KEYWORD.findall(detail) if word in keys)
    problem = reader.problem(next(named, found.at), said)
    problem.suggestion = advice
    return problem


def _in_words(detail: str) -> tuple[str, str | None]:
    for pattern, said, advice in _WORDS:
        match = re.fullmatch(pattern, detail)
        if match is not None:
            return said.format(*match.groups()), advice or None
    return f"{detail}.", None


def _at_fault(root: object, refuses: Refuses) -> JsonObject | None:
    """The innermost object that is refused for what it says itself; the first of several."""
    found, without = None, frozenset[int]()
    inside = list(_outermost(root))
    while inside:
        number = _first(inside, without, refuses)
        if number is None:
            break
        found = inside[number]
        without |= {one.at for one in inside[number + 1 :]}
        inside = [inner for member in found.members for inner in _outermost(member.value)]
    return found


def _first(inside: list[JsonObject], without: AbstractSet[int], refuses: Refuses) -> int | None:
    """The number of the first object without which the text would pass, by halving."""

    def with_first(count: int) -> bool:
        return refuses(without | {one.at for one in inside[count:]})

    if with_first(0) or not with_first(len(inside)):
        return None
    low, high = 0, len(inside)  # refused with the first ``high``, not with the first ``low``
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if with_first(middle) else (middle, high)
    return low


def _outermost(value: object) -> Iterator[JsonObject]:
    """The objects in a value that no other object in it holds."""
    if isinstance(value, JsonObject):
        yield value
    elif isinstance(value, JsonArray):
        for item in value.items:
            yield from _outermost(item.value)
