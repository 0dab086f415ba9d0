"""The words of a value: of a JSON-LD object that says no more than a value or a name, those."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.syntax.json_text import Item, JsonObject, JsonReader, Member
from kuvend.syntax.model import Parsed, PositionedQuad, Span


def value_stretch(parsed: Parsed, quad: PositionedQuad) -> tuple[int, int]:
    """Where the words of a quad's value start and end: in ``{"@value": "A"}`` those of ``"A"``.

    Objects are written over several lines, and the one with the words is meant.
    """
    held = _member(parsed, quad, "@id" if isinstance(quad.object, ox.NamedNode) else "@value")
    return (quad.object_at, quad.object_end) if held is None else (held.at, held.end)


def value_span(parsed: Parsed, quad: PositionedQuad) -> Span | None:
    """The span of the words of a quad's value."""
    return parsed.span(*value_stretch(parsed, quad))


def keyword_stretch(parsed: Parsed, quad: PositionedQuad, keyword: str) -> tuple[int, int] | None:
    """Where what ``keyword`` has in a value object is written; ``None`` where there is none."""
    held = _member(parsed, quad, keyword)
    return None if held is None else (held.at, held.end)


def _member(parsed: Parsed, quad: PositionedQuad, keyword: str) -> Member | None:
    text = parsed.lines.text if parsed.lines else ""
    if isinstance(quad.object, ox.BlankNode) or text[quad.object_at : quad.object_at + 1] != "{":
        return None
    found = _read(parsed, quad.object_at)
    if not isinstance(found.value, JsonObject):
        return None
    held = found.value.get(keyword) or found.value.get(keyword.removeprefix("@"))
    return held if isinstance(held, Member) and not isinstance(held.value, JsonObject) else None


def _read(parsed: Parsed, at: int) -> Item:
    assert parsed.lines is not None, "asked only of a text"
    reader = JsonReader(parsed.lines.text, source=parsed.source, lines=parsed.lines)
    try:
        return reader.value_at(at)
    except BadSyntax:  # another syntax, in which the bracket means something else
        return Item(None, at, at)
