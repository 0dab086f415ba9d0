"""Writing a term anew at its place in a source, in the syntax and with the prefixes found there."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from functools import lru_cache

import pyoxigraph as ox

from kuvend.namespaces import compact
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.syntax.jsonld import own_context
from kuvend.syntax.jsonld_outline import OWN_CONTEXT
from kuvend.syntax.value_words import value_stretch

# JSON starts with an object's first key or an array of such; no other syntax does.
_JSON = re.compile(r"\ufeff?\s*(\{\s*\"|\[\s*[\[{\"])")
_XML = re.compile(r"\ufeff?\s*<(\?xml|!|[\w.-]*:?RDF\b)")
_QUOTED = re.compile(
    r"(\"\"\"(?:[^\"\\]|\\.|\"(?!\"\"))*\"\"\"|'''(?:[^'\\]|\\.|'(?!''))*'''"
    r"|\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*')",
    re.S,
)
_BARE = re.compile(r"[+-]?[0-9.]+(?:[eE][+-]?[0-9]+)?|true|false")
_JSON_STRING = re.compile(r'"(?:[^"\\]|\\.)*"', re.S)
_SHORT = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r", "\t": "\\t"}


def is_json(parsed: Parsed) -> bool:
    """Whether the source is JSON-LD."""
    return parsed.lines is not None and _JSON.match(parsed.lines.text) is not None


def stretch(parsed: Parsed, quad: PositionedQuad, part: str) -> tuple[int, int]:
    """Where the words of the subject, predicate or object of a quad start and end."""
    if part == "object":
        # A literal is written anew with all that belongs to it, an address by itself.
        is_name = isinstance(quad.object, ox.NamedNode)
        return value_stretch(parsed, quad) if is_name else (quad.object_at, quad.object_end)
    start, limit = quad.predicate_at, quad.object_at
    if part == "subject":
        start, limit = quad.subject_at, max(quad.predicate_at, quad.subject_at + 1)
    text = parsed.lines.text if parsed.lines else ""
    quoted = _JSON_STRING.match(text, start) if is_json(parsed) else None
    if quoted is not None:
        return start, quoted.end()
    words = text[start:limit].split(maxsplit=1)
    return start, start + len(words[0]) if words else start


def written(parsed: Parsed, quad: PositionedQuad, part: str = "object") -> str:
    """The text of one part of a quad as it stands in the source."""
    start, end = stretch(parsed, quad, part)
    return parsed.lines.text[start:end] if parsed.lines else ""


def iri_text(iri: str, parsed: Parsed, at: int) -> str | None:
    """An IRI as this source would write it at an offset, with what is declared before.

    ``None`` where the syntax is not written here.
    """
    if parsed.lines is None or _XML.match(parsed.lines.text):
        return None
    if is_json(parsed):
        return json.dumps(_json_name(iri, parsed), ensure_ascii=False)
    return compact(iri, parsed.prefixes_at(at))


def reworded(term: ox.Literal, text: str) -> ox.Literal:
    """A literal of the same kind with other words: language, base direction, datatype stay.

    >>> str(reworded(ox.Literal("A ", language="en"), "A"))
    '"A"@en'
    """
    if term.language is not None:
        return ox.Literal(text, language=term.language, direction=term.direction)
    return ox.Literal(text, datatype=term.datatype)


def literal_text(parsed: Parsed, quad: PositionedQuad, term: ox.Literal) -> str | None:
    """``term`` in the place of the quad's literal, what need not change as it stands.

    ``None`` where it cannot be done surely: another syntax, or words that come from elsewhere.
    """
    if parsed.lines is None or _XML.match(parsed.lines.text):
        return None
    was = written(parsed, quad)
    if is_json(parsed):
        return _json_literal(parsed, quad, term, was)
    quoted = _QUOTED.match(was)
    if quoted is None and not _BARE.fullmatch(was):
        return None
    same = isinstance(quad.object, ox.Literal) and quad.object.value == term.value
    text = quoted[1] if quoted and same else _turtle_string(term.value)
    if term.language is not None:
        direction = f"--{term.direction.value}" if term.direction else ""
        return f"{text}@{term.language}{direction}"
    if term.datatype.value.endswith("#string"):
        return text
    return f"{text}^^{iri_text(term.datatype.value, parsed, quad.object_at)}"


def _turtle_string(text: str) -> str:
    return '"' + "".join(_SHORT.get(letter, letter) for letter in text) + '"'


def _json_literal(parsed: Parsed, quad: PositionedQuad, term: ox.Literal, was: str) -> str | None:
    try:
        before = json.loads(was)
    except ValueError:
        return None
    old = quad.object
    if isinstance(before, str) and isinstance(old, ox.Literal) and _same_kind(old, term):
        return json.dumps(term.value, ensure_ascii=False)
    if isinstance(before, dict) and "@value" not in before:
        return None
    value: dict[str, object] = {"@value": term.value}
    if term.language is not None:
        value["@language"] = term.language
        if term.direction is not None:
            value["@direction"] = term.direction.value
    elif not term.datatype.value.endswith("#string"):
        value["@type"] = _json_name(term.datatype.value, parsed)
    return json.dumps(value, ensure_ascii=False)


def _same_kind(old: ox.Literal, new: ox.Literal) -> bool:
    return (old.datatype, old.language, old.direction) == (
        new.datatype,
        new.language,
        new.direction,
    )


def _json_name(iri: str, parsed: Parsed) -> str:
    assert parsed.lines is not None, "asked only of a text"
    short = compact(iri, _json_prefixes(parsed.lines.text))
    return iri if short.startswith("<") else short


@lru_cache(maxsize=4)
def _json_prefixes(text: str) -> Mapping[str, str]:
    """The prefixes that mean one thing all over a JSON-LD text: those of its outermost context.

    A context further in may change some; where one forgets all, none is sure.
    """
    try:
        root = json.loads(text)
    except ValueError:
        return {}
    named: dict[str, str] = {}
    outermost = list(_parts(root.get("@context"))) if isinstance(root, dict) else []
    for context in outermost:
        if context == OWN_CONTEXT:
            named |= own_context()
        elif isinstance(context, dict):
            named |= {k: v for k, v in context.items() if _is_prefix(k, v)}
    inner = list(_contexts(root))[len(outermost) :]
    if None in inner or OWN_CONTEXT in inner:
        return {}
    changed = {key for context in inner if isinstance(context, dict) for key in context}
    return {prefix: namespace for prefix, namespace in named.items() if prefix not in changed}


def _parts(context: object) -> Iterator[object]:
    yield from context if isinstance(context, list) else [context]


def _is_prefix(name: object, value: object) -> bool:
    return isinstance(value, str) and value.endswith(("#", "/")) and not str(name).startswith("@")


def _contexts(value: object) -> Iterator[object]:
    """The contexts in a value, from the outside in, those of terms too."""
    if isinstance(value, list):
        for item in value:
            yield from _contexts(item)
    elif isinstance(value, dict):
        if "@context" in value:
            yield from _parts(value["@context"])
        for inner in value.values():
            yield from _contexts(inner)
