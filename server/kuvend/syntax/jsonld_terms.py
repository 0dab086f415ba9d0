"""What the contexts in force say of a key: a keyword under another name, a map, a scope of its own.

Only what the outline needs to know before the engine is asked; what a key means, the engine says.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

_UNDEFINED: object = object()
_MAPS = frozenset({"@index", "@id", "@type"})


class Terms:
    """The term definitions in force: those of a context, under those of the contexts around it.

    ``number`` names this stack of contexts, ``text`` is the innermost as JSON, without
    ``@propagate``, which is for the outline to see to.
    """

    def __init__(self, number: int, text: str = "", outer: Terms | None = None) -> None:
        self.number, self.text, self.outer = number, text, outer
        self._own: dict[str, object] = {}
        self._keywords: dict[str, str | None] = {}
        self._words: dict[str, frozenset[str]] = {}
        self._is_closed = outer is None

    def learn(self, context: object) -> Terms:
        """Take the definitions of a context in, once; ``null`` forgets those around it."""
        for part in context if isinstance(context, list) else [context]:
            if part is None:
                self._own, self._is_closed = {}, True
            elif isinstance(part, dict):
                self._own |= part
        return self

    def definition(self, key: str) -> object:
        """What a key is defined as, in the plain types of JSON."""
        terms: Terms | None = self
        while terms is not None:
            if key in terms._own:
                return terms._own[key]
            terms = None if terms._is_closed else terms.outer
        return _UNDEFINED

    def keyword(self, key: str) -> str | None:
        """The keyword a key is or stands for.

        >>> terms = Terms(0).learn({"id": "@id", "name": {"@id": "id"}})
        >>> terms.keyword("name"), terms.keyword("@type"), terms.keyword("title")
        ('@id', '@type', None)
        """
        if key not in self._keywords:
            self._keywords[key] = self._keyword(key)
        return self._keywords[key]

    def _keyword(self, key: str) -> str | None:
        for _ in range(3):  # a name for a name for a keyword
            if key.startswith("@"):
                return key
            found = self.definition(key)
            named = found.get("@id") if isinstance(found, dict) else found
            if not isinstance(named, str) or named == key:
                return None
            key = named
        return None

    def is_dropped(self, key: str) -> bool:
        """Whether a context says that the key means nothing."""
        found = self.definition(key)
        return found is None or (isinstance(found, dict) and found.get("@id", "") is None)

    def is_opaque(self, key: str) -> bool:
        """Whether its values hold no nodes: they are JSON, or texts by language."""
        return "@language" in self._containers(key) or self._get(key, "@type") == "@json"

    def is_list(self, key: str) -> bool:
        """Whether its values are those of a list."""
        return "@list" in self._containers(key)

    def is_map(self, key: str) -> bool:
        """Whether an object there is a map, its keys no properties."""
        return not _MAPS.isdisjoint(self._containers(key))

    def holds_entries(self, key: str) -> bool:
        """Whether the values stand in the members of an object there: of a map, by language."""
        return self.is_map(key) or "@language" in self._containers(key)

    def names_by_key(self, key: str) -> bool:
        """Whether the keys of such a map name the nodes."""
        containers = self._containers(key)
        return "@id" in containers and "@graph" not in containers

    def types_by_key(self, key: str) -> bool:
        """Whether the keys of such a map are the classes of the nodes."""
        return "@type" in self._containers(key)

    def scoped(self, key: str) -> object:
        """The context for what stands under a property or class; ``_UNDEFINED`` without one."""
        return self._get(key, "@context")

    def has_scope(self, key: str) -> bool:
        """Whether a property or class has a context of its own."""
        return self.scoped(key) is not _UNDEFINED

    def _get(self, key: str, word: str) -> object:
        found = self.definition(key)
        return found.get(word, _UNDEFINED) if isinstance(found, dict) else _UNDEFINED

    def _containers(self, key: str) -> frozenset[str]:
        words = self._words.get(key)
        if words is None:
            found = self._get(key, "@container")
            listed = found if isinstance(found, list) else [found]
            words = self._words[key] = frozenset(word for word in listed if isinstance(word, str))
        return words


def without_propagate(context: object) -> object:
    """A context that says nothing of how far it reaches."""
    if isinstance(context, list):
        return [without_propagate(part) for part in context]
    if isinstance(context, dict):
        return {key: value for key, value in context.items() if key != "@propagate"}
    return context


def propagates(context: object, *, otherwise: bool) -> bool:
    """Whether a context reaches the nodes inside; ``otherwise`` where it does not say."""
    for part in context if isinstance(context, list) else [context]:
        if isinstance(part, dict) and isinstance(part.get("@propagate"), bool):
            return part["@propagate"] is True
    return otherwise


def written_out(context: object, known: Mapping[str, object]) -> object:
    """A context with the known ones it names put in their places, those of scopes too."""
    if isinstance(context, str):
        return known.get(context, {})
    if isinstance(context, list):
        return [written_out(part, known) for part in context]
    if isinstance(context, dict):
        return {key: _definition(value, known) for key, value in context.items()}
    return context


def _definition(value: object, known: Mapping[str, object]) -> object:
    if isinstance(value, dict) and "@context" in value:
        return {**value, "@context": written_out(value["@context"], known)}
    return value


def ancestors(terms: Terms) -> Iterator[Terms]:
    """A stack and those it stands on, from the inside out."""
    one: Terms | None = terms
    while one is not None:
        yield one
        one = one.outer
