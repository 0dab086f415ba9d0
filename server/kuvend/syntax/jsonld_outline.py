"""The outline of a JSON-LD text: its node objects with the contexts in force, and their names.

A context is written out or ours; another is refused. A node without a name is given one that
says where it stands, to be put in where the engine reads the text.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import NamedTuple

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
from kuvend.syntax.jsonld_slips import KEYWORDS
from kuvend.syntax.jsonld_terms import Terms, propagates, without_propagate, written_out

OWN_CONTEXT = f"{KUVEND_BASE}context.jsonld"

_KEYWORDS = ("@id", "@value")
_HOLDING = frozenset({"@graph", "@included", "@list", "@set"})
_OF_VALUES = frozenset({"@value", "@language", "@direction"})
_PLACE = "j"  # blank nodes are named after the offset of their object


@dataclass
class Node:
    """What one object says of a node: the object, the terms in force in it, the node's name.

    The name is as written, under ``names``; a nest says more of the node around it, and what
    ``is_reverse`` says runs the other way.
    """

    object: JsonObject
    terms: Terms
    names: Terms
    name: str
    name_at: int
    is_reverse: bool = False


class Entry(NamedTuple):
    """A member of a map, whose key names the node, or else is its class."""

    member: Member
    is_name: bool


class Outline:
    """The nodes of a text, and ``insertions``: what to put in at which offset.

    ``stacks`` are the contexts in force anywhere, by number; ``aliases`` the words that stand
    for a keyword anywhere.

    :raises BadSyntax: for a context that would have to be fetched, a name that is no string.
    """

    def __init__(self, reader: JsonReader, root: Item, contexts: Mapping[str, object]) -> None:
        self.reader, self.root, self.known = reader, root, contexts
        self.insertions: list[tuple[int, str]] = []
        self.aliases = {word: {word} for word in _KEYWORDS}
        self.nodes: list[Node] = []
        self.stacks = {0: Terms(0)}
        self._numbers: dict[tuple[int, str], Terms] = {}
        self._scoped: dict[tuple[int, int, str], Terms] = {}
        self.place = _PLACE
        while f"_:{self.place}" in reader.text:
            self.place += "x"
        self.check_contexts()
        self.learn_aliases()
        self.walk(root.value, self.stacks[0])

    def check_contexts(self) -> None:
        for node in self.reader.objects:
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

    def learn_aliases(self) -> None:
        for node in self.reader.objects:
            for member in node.members:
                if member.key == "@context":
                    for context in objects(member.value):
                        self.learn(context)

    def learn(self, context: JsonObject) -> None:
        for member in context.members:
            value = member.value
            named = value.get("@id") if isinstance(value, JsonObject) else None
            meant = value if named is None else named.value
            if isinstance(meant, str) and meant in self.aliases:
                self.aliases[meant].add(member.key)

    def under(self, terms: Terms, context: object) -> Terms:
        """The terms in force under one more context."""
        whole = written_out(context, self.known)
        text = json.dumps(without_propagate(whole))
        found = self._numbers.get((terms.number, text))
        if found is None:
            found = Terms(len(self.stacks), text, terms).learn(whole)
            self._numbers[terms.number, text] = self.stacks[found.number] = found
        return found

    def under_scope(self, terms: Terms, holder: Terms, key: str) -> Terms:
        """The terms in force under the context that ``key`` has of its own in ``holder``."""
        place = (terms.number, holder.number, key)
        found = self._scoped.get(place)
        if found is None:
            found = self._scoped[place] = self.under(terms, holder.scoped(key))
        return found

    # -- nodes -----------------------------------------------------------------------------

    def walk(self, value: object, terms: Terms, entry: Entry | None = None) -> None:
        """Note the nodes in a value, which stands in the ``entry`` of a map."""
        if isinstance(value, JsonArray):
            for item in value.items:
                self.walk(item.value, terms, entry)
        elif isinstance(value, JsonObject):
            self.walk_object(value, terms, entry)

    def walk_object(self, node: JsonObject, terms: Terms, entry: Entry | None) -> None:
        around, own = terms, node.get("@context")
        if own is not None:
            context = plain(own.value)
            terms = self.under(around, context)
            inside = terms if propagates(context, otherwise=True) else around
        else:
            inside = terms
        kinds = {terms.keyword(member.key) or member.key for member in node.members}
        # What looks like a keyword and is none is passed over.
        kinds = {kind for kind in kinds if kind in KEYWORDS or not kind.startswith("@")}
        if kinds & _OF_VALUES:
            return
        if kinds & {"@list", "@set"} or (kinds and kinds <= {"@context", "@graph"}):
            self.walk_members(Node(node, terms, terms, "", node.at), inside)
            return
        typed = self.typed(node, terms)
        if typed is not terms and self.reaches_in(node, terms):
            inside = typed
        self.walk_members(self.add_node(node, typed, entry, around), inside)

    def typed(self, node: JsonObject, terms: Terms) -> Terms:
        """The terms in force under the contexts that the classes of a node have of their own."""
        found = terms
        for name in self.scoped_classes(node, terms):
            found = self.under_scope(found, terms, name)
        return found

    def reaches_in(self, node: JsonObject, terms: Terms) -> bool:
        scopes = (terms.scoped(name) for name in self.scoped_classes(node, terms))
        return any(propagates(scope, otherwise=False) for scope in scopes)

    def scoped_classes(self, node: JsonObject, terms: Terms) -> list[str]:
        return sorted(
            item.value
            for member in node.members
            if terms.keyword(member.key) == "@type"
            for item in entries_of(member)
            if isinstance(item.value, str) and terms.has_scope(item.value)
        )

    def walk_members(self, node: Node, inside: Terms) -> None:
        """Walk what an object says; ``inside`` are the terms in force in the nodes it holds."""
        for member in node.object.members:
            keyword = node.terms.keyword(member.key)
            if keyword == "@nest":
                self.walk_nest(member, node, inside)
            elif keyword == "@reverse" and isinstance(member.value, JsonObject):
                reverse = Node(
                    member.value, node.terms, node.names, node.name, node.name_at, is_reverse=True
                )
                self.nodes.append(reverse)
                self.walk_members(reverse, inside)
            elif keyword is None:
                self.walk_property(member, node.terms, inside)
            elif keyword in _HOLDING:
                self.walk(member.value, inside)

    def walk_nest(self, member: Member, node: Node, inside: Terms) -> None:
        for item in entries_of(member):
            if isinstance(item.value, JsonObject):
                nest = Node(item.value, node.terms, node.names, node.name, node.name_at)
                self.nodes.append(nest)
                self.walk_members(nest, inside)

    def walk_property(self, holder: Member, terms: Terms, inside: Terms) -> None:
        key, value = holder.key, holder.value
        if terms.is_opaque(key):
            return
        if terms.has_scope(key):
            inside = self.under_scope(inside, terms, key)
        if not (terms.is_map(key) and isinstance(value, JsonObject)):
            self.walk(value, inside)
            return
        by_name, by_class = terms.names_by_key(key), terms.types_by_key(key)
        for member in value.members:
            known = (by_name or by_class) and inside.keyword(member.key) != "@none"
            self.walk(member.value, inside, Entry(member, by_name) if known else None)

    def add_node(self, node: JsonObject, terms: Terms, entry: Entry | None, around: Terms) -> Node:
        """Note a node; one without a name gets one, unless a map has its name or class.

        A class from a map has to come before the name, so there the node stays without.
        """
        named = next((m for m in node.members if terms.keyword(m.key) == "@id"), None)
        found = Node(node, terms, terms, f"_:{self.place}{node.at}", node.at)
        if named is not None:
            if not isinstance(named.value, str):
                raise self.reader.problem(named.at, "the value of @id must be a string.")
            found.name, found.name_at = named.value, named.at
        elif entry is not None and entry.is_name:
            found.name, found.name_at = entry.member.key, entry.member.key_at
            found.names = around
        elif entry is None:
            comma = "," if node.members else ""
            self.insertions.append((node.at + 1, f'"@id":"{found.name}"{comma}'))
        self.nodes.append(found)
        return found


def entries_of(member: Member) -> list[Item]:
    """The values of a member: those of an array or map of ``@set`` or ``@list``, else the one."""
    value = member.value
    if isinstance(value, JsonArray):
        return value.items
    return [Item(value, member.at, member.end)]
