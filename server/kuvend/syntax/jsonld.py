"""JSON-LD with positions; what a term or a name means is asked of the engine, never guessed here.

Every node object without ``@id`` gets one that says where it stands, put in on its own line, so
the blank nodes of the result carry their place. Then the engine expands each distinct key, name
and type under its contexts once, and each quad is looked up: its value, else its key, else its
node. Nothing is fetched: a context is written out, or is ours.

Source: https://www.w3.org/TR/json-ld11/
"""

from __future__ import annotations

import json
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.namespaces import KUVEND_BASE, RDF, prefixes
from kuvend.syntax.json_text import (
    Item,
    JsonArray,
    JsonObject,
    JsonReader,
    Member,
    objects,
    plain,
)
from kuvend.syntax.jsonld_meaning import Meaning, Question, expand
from kuvend.syntax.model import Lines, Parsed, PositionedQuad
from kuvend.terms import Subject, Term

OWN_CONTEXT = f"{KUVEND_BASE}context.jsonld"

_KEYWORDS = ("@id", "@type", "@value", "@list", "@set", "@graph", "@nest", "@reverse", "@included")
_PLACE = "j"  # blank nodes are named after the offset of their object


def own_context(base_iri: str = KUVEND_BASE) -> dict[str, str]:
    """Our context: the prefixes of the project, as JSON-LD wants them."""
    return prefixes(base_iri)


def parse_jsonld(
    text: str,
    *,
    source: str,
    base_iri: str | None = None,
    contexts: Mapping[str, object] | None = None,
    blank_prefix: str = "",
) -> Parsed:
    """The quads of a JSON-LD text with their positions, or the error that stopped it.

    ``contexts`` maps the IRIs of contexts that may be named to what they hold; by default ours.
    A key that means nothing is reported: JSON-LD would drop what it says in silence.

    >>> text = '{"@context": {"name": "urn:x:name"},\\n "@id": "urn:x:a", "name": "A"}'
    >>> parsed = parse_jsonld(text, source="a.jsonld")
    >>> str(parsed.quads[0].object), parsed.position(parsed.quads[0].object_at)
    ('"A"', (2, 28))
    """
    lines = Lines(text)
    reader = JsonReader(text, source=source, lines=lines)
    known = {OWN_CONTEXT: own_context()} if contexts is None else contexts
    parsed = Parsed(source, lines=lines)
    try:
        _Document(reader, reader.read(), base_iri, known, blank_prefix).read_into(parsed)
    except BadSyntax as error:
        parsed.errors.append(error)
    except RecursionError:
        parsed.errors.append(reader.problem(0, "nested too deep."))
    return parsed


@dataclass
class _Node:
    """A node object: its object, the contexts in force (outermost first), its name as written."""

    object: JsonObject
    contexts: tuple[str, ...]
    name: str
    name_at: int
    parent: tuple[int, Member] | None = None


@dataclass
class _Places:
    """Where (subject, predicate) pairs and their values are written."""

    subjects: dict[Subject, int] = field(default_factory=dict)
    keys: dict[tuple[Subject, str], int] = field(default_factory=dict)
    items: dict[tuple[Subject, str], list[tuple[Item, set[str]]]] = field(
        default_factory=lambda: defaultdict(list)
    )


class _Document:
    def __init__(
        self,
        reader: JsonReader,
        root: Item,
        base_iri: str | None,
        contexts: Mapping[str, object],
        blank_prefix: str,
    ) -> None:
        self.reader, self.root, self.base = reader, root, base_iri
        self.known, self.blank_prefix = contexts, blank_prefix
        self.insertions: list[tuple[int, str]] = []
        self.aliases = {word: {word} for word in _KEYWORDS}
        self.maps: set[str] = set()  # terms whose objects are maps, not nodes
        self.opaque: set[str] = set()  # terms whose values hold no nodes at all
        self.nodes: list[_Node] = []
        self.place = _PLACE
        while f"_:{self.place}" in reader.text:
            self.place += "x"

    def read_into(self, parsed: Parsed) -> None:
        self.check_contexts()
        self.learn_definitions()
        self.walk(self.root.value, (), None)
        quads = self.engine_quads()
        places = self.places(parsed)
        self.position(quads, places, parsed)

    # -- contexts --------------------------------------------------------------------------

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

    # -- nodes -----------------------------------------------------------------------------

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
            for item in _entries(member):
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
            self.nodes.append(_Node(node, contexts, name, node.at, parent))
        elif isinstance(named.value, str):
            self.nodes.append(_Node(node, contexts, named.value, named.at, parent))
        else:
            raise self.reader.problem(named.at, "the value of @id must be a string.")

    def inlined(self, value: object) -> str:
        """A context as JSON text, the known ones written out."""
        if isinstance(value, str):
            return json.dumps(self.known.get(value, {}))
        if isinstance(value, JsonArray):
            return ",".join(self.inlined(item.value) for item in value.items)
        return json.dumps(plain(value))

    # -- what the engine says --------------------------------------------------------------

    def engine_quads(self) -> list[ox.Quad]:
        text, pieces, last = self.reader.text, [], 0
        pairs = sorted(self.insertions, key=lambda pair: pair[0])
        skipping = False
        for at, added in pairs:
            # A named context is replaced: its text goes, what it holds comes.
            if not skipping:
                pieces.append(text[last:at])
            last, skipping = at, added.startswith(("{", "["))
            pieces.append(added)
        pieces.append(text[last:])
        try:
            return list(ox.parse("".join(pieces), format=ox.RdfFormat.JSON_LD, base_iri=self.base))
        except SyntaxError as error:
            detail = re.sub(r"^Parser error at line .*?: ", "", str(error.msg))
            raise BadSyntax(
                f"{detail}.", source=self.reader.source, line=error.lineno, column=1
            ) from error

    # -- places ----------------------------------------------------------------------------

    def places(self, parsed: Parsed) -> _Places:
        wanted: set[Question] = set()
        for node in self.nodes:
            wanted.add((node.contexts, "id", node.name))
            for member in node.object.members:
                if member.key in self.aliases["@type"]:
                    wanted.update((node.contexts, "type", text) for text in _texts(member))
                elif not self.is_keyword(member.key):
                    wanted.add((node.contexts, self.kind_of(member.key), member.key))
                    wanted.update((node.contexts, "id", text) for text in _texts(member))
        meaning = expand(wanted, self.base)
        places = _Places()
        for node in self.nodes:
            self.place_node(node, meaning, places, parsed)
        return places

    def kind_of(self, key: str) -> str:
        """The kind of question that tells what a key means."""
        if key in self.opaque:
            return "texts"
        return "map" if key in self.maps else "key"

    def is_keyword(self, key: str) -> bool:
        return key.startswith("@") or any(key in words for words in self.aliases.values())

    def place_node(
        self,
        node: _Node,
        meaning: Meaning,
        places: _Places,
        parsed: Parsed,
    ) -> None:
        stack = "\n".join(node.contexts)
        subject = _subject(meaning.get((stack, "id", node.name), node.name))
        places.subjects.setdefault(subject, node.name_at)
        for member in node.object.members:
            if member.key in self.aliases["@type"]:
                predicate, kind = RDF.type.value, "type"
            elif self.is_keyword(member.key):
                continue
            else:
                known = (stack, self.kind_of(member.key), member.key)
                predicate, kind = meaning.get(known, ""), "id"
                if not predicate and member.value is not None:
                    self.report_dropped(member, parsed)
            places.keys.setdefault((subject, predicate), member.key_at)
            for item in self.entries(member):
                forms = self.forms(item, lambda text: meaning.get((stack, kind, text)))  # noqa: B023
                places.items[subject, predicate].append((item, forms))

    def report_dropped(self, member: Member, parsed: Parsed) -> None:
        problem = self.reader.problem(
            member.key_at, f"the key {member.key!r} means nothing here, so its value would be lost."
        )
        problem.suggestion = "Define it in the @context, or write a whole IRI or a prefixed name."
        parsed.errors.append(problem)

    def entries(self, member: Member) -> list[Item]:
        """The values a member has: of an array, of a map, or the one."""
        if member.key in self.maps | self.opaque and isinstance(member.value, JsonObject):
            return [inner for entry in member.value.members for inner in _entries(entry)]
        return _entries(member)

    def forms(self, item: Item, meaning: object) -> set[str]:
        """The texts under which a value may come back: lexical forms and IRIs."""
        value = item.value
        if isinstance(value, JsonObject):
            named = next((m for m in value.members if m.key in self.aliases["@id"]), None)
            inner = next((m for m in value.members if m.key in self.aliases["@value"]), None)
            if inner is not None:
                return {_lexical(inner.value)}
            value = named.value if named is not None else f"_:{self.place}{value.at}"
        if isinstance(value, float):
            return {_lexical(value), _canonical_double(value)}
        text = _lexical(value)
        expanded = meaning(text) if callable(meaning) else None
        return {text, expanded} if isinstance(expanded, str) else {text}

    def position(self, quads: list[ox.Quad], places: _Places, parsed: Parsed) -> None:
        heads: dict[Term, int] = {}
        subjects: dict[Subject, int] = {}
        for quad in self.outer_first(quads, places):
            subject, predicate = quad.subject, quad.predicate.value
            at = places.subjects.get(subject, heads.get(subject, 0))
            key_at = places.keys.get((subject, predicate), at)
            item = self.item_of(quad, places)
            value_at, end = (item.at, item.end) if item else (key_at, key_at)
            if isinstance(quad.object, ox.BlankNode):
                heads.setdefault(quad.object, value_at)
            renamed = [self.renamed(term) for term in (subject, quad.object, quad.graph_name)]
            row = PositionedQuad(
                renamed[0], quad.predicate, renamed[1], renamed[2], at, key_at, value_at, end  # type: ignore[arg-type]
            )  # fmt: skip
            subjects.setdefault(row.subject, at)
            parsed.quads.append(row)
        parsed.subjects = subjects

    @staticmethod
    def outer_first(quads: list[ox.Quad], places: _Places) -> list[ox.Quad]:
        """Quads of written nodes before those of list cells, so that cells find their place."""
        return sorted(quads, key=lambda quad: quad.subject not in places.subjects)

    @staticmethod
    def item_of(quad: ox.Quad, places: _Places) -> Item | None:
        items = places.items.get((quad.subject, quad.predicate.value), [])
        value = quad.object
        text = f"_:{value.value}" if isinstance(value, ox.BlankNode) else str(_value_of(value))
        for item, forms in items:
            if text in forms:
                return item
        return items[0][0] if len(items) == 1 else None

    def renamed(self, term: Term | ox.DefaultGraph) -> Term | ox.DefaultGraph:
        if isinstance(term, ox.BlankNode) and self.blank_prefix:
            return ox.BlankNode(self.blank_prefix + term.value)
        return term


def _value_of(term: Term) -> str:
    return str(getattr(term, "value", term))


def _entries(member: Member) -> list[Item]:
    """The values of a member: those of an array or map of ``@set`` or ``@list``, else the one."""
    value = member.value
    if isinstance(value, JsonArray):
        return value.items
    return [Item(value, member.at, member.end)]


def _texts(member: Member) -> Iterator[str]:
    for item in _entries(member):
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
