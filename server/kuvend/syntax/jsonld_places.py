"""Where the things, keys and values of a JSON-LD text are written.

Each name, key and type is looked up in the meaning the engine gives it, so that the engine's quads
are found again: by subject, by subject and property, by the forms a value may come back in.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.namespaces import RDF
from kuvend.syntax.json_text import Item, JsonArray, JsonObject, Member
from kuvend.syntax.jsonld_meaning import Meaning, Question, expand
from kuvend.syntax.jsonld_outline import Node, Outline, entries_of
from kuvend.syntax.jsonld_slips import advice_for, lost
from kuvend.syntax.jsonld_terms import Terms
from kuvend.syntax.jsonld_values import list_in, member_for, number_forms, spread
from kuvend.terms import Subject, Term


class Places:
    """The places of one text; ``lost`` are the keys that mean nothing."""

    def __init__(self, outline: Outline, base_iri: str | None) -> None:
        self.outline = outline
        self.subjects: dict[Subject, int] = {}
        self.keys: dict[tuple[Subject, str], int] = {}
        self.lost: list[BadSyntax] = []
        self.lists: dict[tuple[Subject, str], list[tuple[Item, Terms]]] = defaultdict(list)
        # Of each property of a node: its values in order, and the first that comes back so.
        self._items: dict[tuple[Subject, str], list[Item]] = defaultdict(list)
        self._forms: dict[tuple[Subject, str], dict[str, Item]] = defaultdict(dict)
        self._names: dict[int, str] = {}  # of the node that opens at an offset
        meaning = expand(self._questions(), outline.stacks, base_iri)
        for node in outline.nodes:
            name = meaning.get((node.names.number, "id", node.name), node.name)
            self._names.setdefault(node.object.at, name)
        for node in outline.nodes:
            self._place(node, meaning)

    def _questions(self) -> set[Question]:
        wanted: set[Question] = set()
        for node in self.outline.nodes:
            terms, number = node.terms, node.terms.number
            wanted.add((node.names.number, "id", node.name))
            for member in node.object.members:
                keyword = terms.keyword(member.key)
                if keyword == "@type":
                    wanted.update((number, "type", text) for text in _texts(member))
                elif keyword is None:
                    wanted.add((number, _kind_of(terms, member.key), member.key))
                    wanted.update((number, "id", text) for text in self._names_in(node, member))
        return wanted

    def _names_in(self, node: Node, member: Member) -> Iterator[str]:
        for item in self._values(node.terms, member):
            if isinstance(item.value, str) and " " not in item.value:
                yield item.value

    def _place(self, node: Node, meaning: Meaning) -> None:
        number = node.terms.number
        subject = _subject(self._names[node.object.at])
        self.subjects.setdefault(subject, node.name_at)
        for member in node.object.members:
            keyword = node.terms.keyword(member.key)
            if keyword == "@type":
                predicate, kind = RDF.type.value, "type"
                self._dropped_types(member, node, meaning)
            elif keyword is not None:
                continue
            else:
                known = (number, _kind_of(node.terms, member.key), member.key)
                predicate, kind = meaning.get(known, ""), "id"
                if not predicate and member.value is not None:
                    self._dropped(member, node)
            if not node.is_reverse:
                self.keys.setdefault((subject, predicate), member.key_at)
                for item, language in self._in_languages(node.terms, member):
                    forms = self._forms_of(item, node.terms)
                    meant = {meaning.get((number, kind, form), form) for form in forms}
                    tagged = {f"{form}@{language}" for form in forms if language}
                    self._note((subject, predicate), item, forms | meant | tagged)
                    if list_in(item, node.terms, member.key) is not None:
                        self.lists[subject, predicate].append((item, node.terms))

    def _note(self, place: tuple[Subject, str], item: Item, forms: set[str]) -> None:
        self._items[place].append(item)
        for form in forms:
            self._forms[place].setdefault(form, item)

    def item_of(self, quad: ox.Quad) -> Item | None:
        """The value a quad's object is written as, where it is found."""
        place = (quad.subject, quad.predicate.value)
        known = self._forms.get(place, {})
        for form in _written_as(quad.object):
            if form in known:
                return known[form]
        items = self._items.get(place, [])
        return items[0] if len(items) == 1 else None

    def _dropped(self, member: Member, node: Node) -> None:
        if node.terms.is_dropped(member.key):
            return
        detail = f"the key {member.key!r} means nothing here, so its value would be lost."
        self.lost.append(lost(self.outline.reader, member.key_at, detail, advice_for(member.key)))

    def _dropped_types(self, member: Member, node: Node, meaning: Meaning) -> None:
        """Classes without a meaning: a processor drops them."""
        for item in entries_of(member):
            if isinstance(item.value, str) and not _is_absolute(
                meaning.get((node.terms.number, "type", item.value))
            ):
                detail = f"the class {item.value!r} means nothing here, so it would be lost."
                advice = "Write it with its prefix, such as kv:Municipality."
                self.lost.append(lost(self.outline.reader, item.at, detail, advice))

    def _values(self, terms: Terms, member: Member) -> Iterator[Item]:
        """The values a member has: of an array, of a set, of a map, or the one."""
        return (item for item, _ in self._in_languages(terms, member))

    def _in_languages(self, terms: Terms, member: Member) -> Iterator[tuple[Item, str]]:
        """The values of a member, each with the language it is written in, as far as it says so.

        Two languages may have one text.
        """
        if terms.is_list(member.key):
            yield member, ""
        elif isinstance(member.value, JsonObject) and terms.holds_entries(member.key):
            for entry in member.value.members:
                yield from ((item, entry.key.lower()) for item in spread(entry, terms))
        else:
            for item in spread(member, terms):
                tag = None
                if isinstance(item.value, JsonObject):
                    tag = member_for("@language", item.value, terms)
                yield item, str(tag.value).lower() if tag else ""

    def _forms_of(self, item: Item, terms: Terms) -> set[str]:
        """The texts under which a value may come back: lexical forms and IRIs."""
        value = item.value
        if isinstance(value, JsonObject):
            inner = member_for("@value", value, terms)
            if inner is None:
                name = self._names.get(value.at)
                return {RDF.nil.value} if name is None else {name}
            item, value = inner, inner.value
        if isinstance(value, bool):
            return {"true" if value else "false"}
        if isinstance(value, int | float):
            return number_forms(self.outline.reader.text[item.at : item.end])
        return {RDF.nil.value} if isinstance(value, JsonArray) else {str(value)}


def _kind_of(terms: Terms, key: str) -> str:
    """The kind of question that tells what a key means."""
    if terms.is_opaque(key):
        return "texts"
    if terms.types_by_key(key):
        return "classes"
    return "map" if terms.is_map(key) else "key"


def _is_absolute(iri: str | None) -> bool:
    return iri is not None and ":" in iri


def _texts(member: Member) -> Iterator[str]:
    for item in entries_of(member):
        if isinstance(item.value, str) and " " not in item.value:
            yield item.value


def _subject(text: str) -> Subject:
    if text.startswith("_:"):
        return ox.BlankNode(text[2:])
    try:
        return ox.NamedNode(text)
    except ValueError:
        return ox.BlankNode("unnamed")


def _written_as(term: Term) -> Iterator[str]:
    """The forms a term is looked up by, the surest first."""
    if isinstance(term, ox.Literal) and term.language is not None:
        yield f"{term.value}@{term.language}"
    yield _as_text(term)


def _as_text(term: Term) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))
