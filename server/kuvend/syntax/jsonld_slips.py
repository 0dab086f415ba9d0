"""Slips that JSON-LD passes over in silence: keywords it does not have, keys twice, odd addresses.

A processor drops what they say, so nobody would learn of them; here each is an error with a place.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Iterator, Mapping

from kuvend.errors import BadSyntax
from kuvend.syntax.json_text import JsonArray, JsonObject, JsonReader, Member, objects

KEYWORDS = frozenset(
    {
        "@id", "@type", "@value", "@language", "@direction", "@graph", "@list", "@set", "@reverse",
        "@included", "@index", "@nest", "@context", "@base", "@vocab", "@version", "@propagate",
        "@protected", "@container", "@prefix", "@json", "@none", "@import", "@annotation",
    }
)  # fmt: skip
# What people write for a keyword, by its letters alone.
_MEANT = {
    "id": "@id", "iri": "@id", "uri": "@id", "ref": "@id", "type": "@type", "class": "@type",
    "datatype": "@type", "value": "@value", "val": "@value", "text": "@value",
    "language": "@language", "lang": "@language", "graph": "@graph", "context": "@context",
    "list": "@list", "set": "@set", "reverse": "@reverse",
}  # fmt: skip
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')
_LANGUAGE = re.compile(r"[a-z]{2,3}(-[A-Za-z0-9]{2,8})*")


def slips(reader: JsonReader, aliases: Mapping[str, set[str]]) -> Iterator[BadSyntax]:
    """The slips in a text that was read, in the order of its objects."""
    contexts = {id(inner) for one in reader.objects for inner in _contexts(one)}
    for one in reader.objects:
        yield from _repeated(one, reader)
        for member in one.members:
            if member.key.startswith("@") and member.key not in KEYWORDS:
                yield _no_keyword(member, reader)
            elif id(one) not in contexts and member.key in aliases["@id"]:
                yield from _odd_address(member, reader)
            elif member.key in aliases["@value"] and member.value is None:
                advice = "Write the value, or leave the property out."
                yield lost(reader, member.at, "a value that is null says nothing.", advice)


def keyword_meant(key: str) -> str | None:
    """The keyword somebody meant by ``key``.

    >>> keyword_meant("@Id"), keyword_meant("lang"), keyword_meant("prefLabel")
    ('@id', '@language', None)
    >>> keyword_meant("@tpye"), keyword_meant("@contex")
    ('@type', '@context')
    """
    meant = _MEANT.get(key.lstrip("@").lower())
    if meant is not None or not key.startswith("@"):
        return meant
    return next(iter(difflib.get_close_matches(key.lower(), sorted(KEYWORDS), n=1)), None)


def advice_for(key: str) -> str:
    """What to do about a key that means nothing."""
    meant = keyword_meant(key)
    if meant is not None:
        return f"Write {meant}."
    if _LANGUAGE.fullmatch(key) and len(key) == 2:
        return f'Write {{"@value": "…", "@language": "{key}"}}.'
    return "Define it in the @context, or write a whole IRI or a prefixed name."


def lost(reader: JsonReader, at: int, detail: str, suggestion: str) -> BadSyntax:
    """The error for what would be dropped; the rest of the text can still be read."""
    problem = reader.problem(at, detail)
    problem.suggestion, problem.is_loss = suggestion, True
    return problem


def _contexts(one: JsonObject) -> Iterable[JsonObject]:
    return (
        inner
        for member in one.members
        if member.key == "@context"
        for inner in objects(member.value)
    )


def _repeated(one: JsonObject, reader: JsonReader) -> Iterator[BadSyntax]:
    if len({member.key for member in one.members}) == len(one.members):
        return
    seen: set[str] = set()
    for member in one.members:
        if member.key in seen:
            yield lost(
                reader,
                member.key_at,
                f"the key {member.key!r} stands twice in one object.",
                "Keep one of them, or write all its values in one list: [ …, … ].",
            )
        seen.add(member.key)


def _no_keyword(member: Member, reader: JsonReader) -> BadSyntax:
    detail = f"the key {member.key!r} is no keyword of JSON-LD, so its value would be lost."
    return lost(reader, member.key_at, detail, advice_for(member.key))


def _odd_address(member: Member, reader: JsonReader) -> Iterator[BadSyntax]:
    value = member.value
    if isinstance(value, JsonArray | JsonObject) or not isinstance(value, str):
        return
    if value.startswith("_:"):
        return
    found = _NOT_IN_IRI.search(value)
    if found is not None or not value:
        detail = f"the address {value!r} has {_named(found[0]) if found else 'no letters'}."
        advice = "An address has no blanks, quotation marks or braces; write the name with hyphens."
        yield lost(reader, member.at, detail, advice)


def _named(letter: str) -> str:
    return "a blank" if letter.isspace() else f"the character {letter!r}"
