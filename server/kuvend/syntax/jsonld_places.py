"""Where the things, keys and values of a JSON-LD text are written.

Each name, key and type is looked up in the meaning the engine gives it, so that the engine's quads
are found again: by subject, by subject and property, by the forms a value may come back in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.namespaces import RDF
from kuvend.syntax.json_text import Item, JsonObject, Member
from kuvend.syntax.jsonld_meaning import Meaning, Question, expand
from kuvend.syntax.jsonld_outline import Node, Outline, entries_of
from kuvend.syntax.jsonld_slips import advice_for, lost
from kuvend.terms import Subject, Term


class Places:
    """The places of one text; ``lost`` are the keys that mean nothing."""

    def __init__(self, outline: Outline, base_iri: str | None) -> None:
        self.outline, self.aliases = outline, outline.aliases
        self.subjects: dict[Subject, int] = {}
        self.keys: dict[tuple[Subject, str], int] = {}
        self.lost: list[BadSyntax] = []
        self._items: dict[tuple[Subject, str], list[tuple[Item, set[str]]]] = defaultdict(list)
        meaning = expand(self._questions(), base_iri)
        for node in outline.nodes:
            self._place(node, meaning)

    def _questions(self) -> set[Question]:
        wanted: set[Question] = set()
        for node in self.outline.nodes:
            wanted.add((node.contexts, "id", node.name))
            for member in node.object.members:
                if member.key in self.aliases["@type"]:
                    wanted.update((node.contexts, "type", text) for text in _texts(member))
                elif not self.outline.is_keyword(member.key):
                    wanted.add((node.contexts, self.outline.kind_of(member.key), member.key))
                    wanted.update((node.contexts, "id", text) for text in _texts(member))
        return wanted

    def _place(self, node: Node, meaning: Meaning) -> None:
        stack = "\n".join(node.contexts)
        subject = _subject(meaning.get((stack, "id", node.name), node.name))
        self.subjects.setdefault(subject, node.name_at)
        for member in node.object.members:
            if member.key in self.aliases["@type"]:
                predicate, kind = RDF.type.value, "type"
                self._dropped_types(member, lambda text: meaning.get((stack, "type", text)))
            elif self.outline.is_keyword(member.key):
                continue
            else:
                known = (stack, self.outline.kind_of(member.key), member.key)
                predicate, kind = meaning.get(known, ""), "id"
                if not predicate and member.value is not None:
                    self._dropped(member)
            self.keys.setdefault((subject, predicate), member.key_at)
            for item in self._entries(member):
                forms = self._forms(item, lambda text: meaning.get((stack, kind, text)))  # noqa: B023
                self._items[subject, predicate].append((item, forms))

    def item_of(self, quad: ox.Quad) -> Item | None:
        """The value a quad's object is written as, where it is found."""
        items = self._items.get((quad.subject, quad.predicate.value), [])
        value = quad.object
        text = f"_:{value.value}" if isinstance(value, ox.BlankNode) else str(_value_of(value))
        for item, forms in items:
            if text in forms:
                return item
        return items[0][0] if len(items) == 1 else None

    def _dropped(self, member: Member) -> None:
        detail = f"the key {member.key!r} means nothing here, so its value would be lost."
        self.lost.append(lost(self.outline.reader, member.key_at, detail, advice_for(member.key)))

    def _dropped_types(self, member: Member, known: Callable[[str], str | None]) -> None:
        """Classes without a meaning: a processor drops them."""
        for item in entries_of(member):
            if isinstance(item.value, str) and not _is_absolute(known(item.value)):
                detail = f"the class {item.value!r} means nothing here, so it would be lost."
                advice = "Write it with its prefix, such as kv:Municipality."
                self.lost.append(lost(self.outline.reader, item.at, detail, advice))

    def _entries(self, member: Member) -> list[Item]:
        """The values a member has: of an array, of a map, or the one."""
        of_objects = self.outline.maps | self.outline.opaque
        if member.key in of_objects and isinstance(member.value, JsonObject):
            return [inner for entry in member.value.members for inner in entries_of(entry)]
        return entries_of(member)

    def _forms(self, item: Item, meaning: Callable[[str], str | None]) -> set[str]:
        """The texts under which a value may come back: lexical forms and IRIs."""
        value = item.value
        if isinstance(value, JsonObject):
            named = next((m for m in value.members if m.key in self.aliases["@id"]), None)
            inner = next((m for m in value.members if m.key in self.aliases["@value"]), None)
            if inner is not None:
                return {_lexical(inner.value)}
            value = named.value if named is not None else f"_:{self.outline.place}{value.at}"
        if isinstance(value, float):
            return {_lexical(value), _canonical_double(value)}
        text = _lexical(value)
        expanded = meaning(text)
        return {text} if expanded is None else {text, expanded}


def _is_absolute(iri: str | None) -> bool:
    return iri is not None and ":" in iri


def _texts(member: Member) -> Iterator[str]:
    for item in entries_of(member):
        if isinstance(item.value, str) and " " not in item.value:
            yield item.value


def _lexical(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value)


def _canonical_double(value: float) -> str:
    """The lexical form JSON-LD gives a number with a fraction (JSON-LD API §8.2).

    >>> _canonical_double(2.5)
    '2.5E0'
    """
    mantissa, _, exponent = f"{value:.15E}".partition("E")
    digits = mantissa.rstrip("0")
    return f"{digits}0E{int(exponent)}" if digits.endswith(".") else f"{digits}E{int(exponent)}"


def _subject(text: str) -> Subject:
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    try:
        return ox.NamedNode(text)
    except ValueError:
        return ox.BlankNode("unnamed")


def _value_of(term: Term) -> str:
    return str(getattr(term, "value", term))
