"""The outline of a JSON-LD text: its node objects with the contexts in force, and their names.

A context is written out or ours; another is refused. A node without a name is given one that
says where it stands, to be put in where the engine reads the text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass

from kuvend.errors import BadSyntax
from kuvend.namespaces import KUVEND_BASE
from kuvend.syntax.json_text import (
    Item,
    JsonArray,
    JsonObject,
    JsonReader,
    Member,
    objects,
    plain,
)

OWN_CONTEXT = f"{KUVEND_BASE}context.jsonld"

_KEYWORDS = ("@id", "@type", "@value", "@list", "@set", "@graph", "@nest", "@reverse", "@included")
_PLACE = "j"  # blank nodes are named after the offset of their object


@dataclass
class Node:
    """A node object: its object, the contexts in force (outermost first), its name as written."""

    object: JsonObject
    contexts: tuple[str, ...]
    name: str
    name_at: int
    parent: tuple[int, Member] | None = None


class Outline:
    """The nodes of a text, and ``insertions``: what to put in at which offset.

    :raises BadSyntax: for a context that would have to be fetched, a name that is no string.
    """

    def __init__(self, reader: JsonReader, root: Item, contexts: Mapping[str, object]) -> None:
        self.reader, self.root, self.known = reader, root, contexts
        self.insertions: list[tuple[int, str]] = []
        self.aliases = {word: {word} for word in _KEYWORDS}
        self.maps: set[str] = set()  # terms whose objects are maps, not nodes
        self.opaque: set[str] = set()  # terms whose values hold no nodes at all
        self.nodes: list[Node] = []
        self.place = _PLACE
        while f"_:{self.place}" in reader.text:
            self.place += "x"
        self.check_contexts()
        self.learn_definitions()
        self.walk(root.value, (), None)

    def check_contexts(self) -> None:
        for node in objects(self.root.value):
            for member in node.members:
                if member.key == "@context":
                    self.check_context(Item(member.value, member.at, member.end))
                elif member.key == "@import":
                    raise self.remote(member, str(member.value))

    def check_context(self, item: Item) -> None:
        if isinstance(item.value, JsonArray):
            for part in item.value.items:
                self.check_context(part)
        elif isinstance(item.value, str):
            if item.value not in self.known:
                raise self.remote(item, item.value)
            self.insertions.append((item.at, json.dumps(self.known[item.value])))
            self.insertions.append((item.end, ""))

    def remote(self, item: Item, name: str) -> BadSyntax:
        problem = self.reader.problem(item.at, f"the context {name!r} is not fetched.")
        problem.suggestion = f"Write the context out, or use {OWN_CONTEXT}."
        return problem

    def learn_definitions(self) -> None:
        for node in objects(self.root.value):
            for member in node.members:
                if member.key == "@context":
                    for context in objects(member.value):
                        self.learn(context)

    def learn(self, context: JsonObject) -> None:
        for member in context.members:
            definition = plain(member.value)
            if isinstance(definition, str) and definition in self.aliases:
                self.aliases[definition].add(member.key)
            if not isinstance(definition, dict):
                continue
            if definition.get("@id") in self.aliases:
                self.aliases[str(definition["@id"])].add(member.key)
            containers = str(definition.get("@container", ""))
            if definition.get("@type") == "@json" or "@language" in containers:
                self.opaque.add(member.key)
            elif any(word in containers for word in ("@index", "@id", "@type", "@graph")):
                self.maps.add(member.key)

    def walk(
        self, value: object, contexts: tuple[str, ...], parent: tuple[int, Member] | None
    ) -> None:
        if isinstance(value, JsonArray):
            for item in value.items:
                self.walk(item.value, contexts, parent)
        elif isinstance(value, JsonObject):
            self.walk_object(value, contexts, parent)

    def walk_object(
        self, node: JsonObject, contexts: tuple[str, ...], parent: tuple[int, Member] | None
    ) -> None:
        own = node.get("@context")
        if own is not None:
            contexts = (*contexts, self.inlined(own.value))
        kinds = {member.key for member in node.members}
        if kinds & self.aliases["@value"]:
            return
        containers = self.aliases["@list"] | self.aliases["@set"]
        only_graph = not kinds - {"@context"} - self.aliases["@graph"]
        if not kinds & containers and not (only_graph and kinds):
            self.add_node(node, contexts, parent)
        for member in node.members:
            self.walk_member(member, contexts, node)

    def walk_member(self, member: Member, contexts: tuple[str, ...], node: JsonObject) -> None:
        if member.key == "@context" or member.key in self.opaque:
            return
        if member.key in self.aliases["@nest"] | self.aliases["@reverse"] | self.maps:
            for item in entries_of(member):
                self.walk(item.value, contexts, None)
            return
        self.walk(member.value, contexts, (node.at, member))

    def add_node(
        self, node: JsonObject, contexts: tuple[str, ...], parent: tuple[int, Member] | None
    ) -> None:
        named = next((m for m in node.members if m.key in self.aliases["@id"]), None)
        if named is None:
            name = f"_:{self.place}{node.at}"
            comma = "," if node.members else ""
            self.insertions.append((node.at + 1, f'"@id":"{name}"{comma}'))
            self.nodes.append(Node(node, contexts, name, node.at, parent))
        elif isinstance(named.value, str):
            self.nodes.append(Node(node, contexts, named.value, named.at, parent))
        else:
            raise self.reader.problem(named.at, "the value of @id must be a string.")

    def inlined(self, value: object) -> str:
        """A context as JSON text, the known ones written out."""
        if isinstance(value, str):
            return json.dumps(self.known.get(value, {}))
        if isinstance(value, JsonArray):
            return ",".join(self.inlined(item.value) for item in value.items)
        return json.dumps(plain(value))

    def kind_of(self, key: str) -> str:
        """The kind of question that tells what a key means."""
        if key in self.opaque:
            return "texts"
        return "map" if key in self.maps else "key"

    def is_keyword(self, key: str) -> bool:
        return key.startswith("@") or any(key in words for words in self.aliases.values())


def entries_of(member: Member) -> list[Item]:
    """The values of a member: those of an array or map of ``@set`` or ``@list``, else the one."""
    value = member.value
    if isinstance(value, JsonArray):
        return value.items
    return [Item(value, member.at, member.end)]
