"""Labels of things in the reader's language, with a fallback that always gives something."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import pyoxigraph as ox

from kuvend.namespaces import DCT, FOAF, ROV, SKOS, Namespace
from kuvend.store import Store

_RDFS_LABEL = ox.NamedNode("http://www.w3.org/2000/01/rdf-schema#label")
_SCHEMA = Namespace("https://schema.org/")

# The first property that gives a label wins, because it is the most deliberate one.
LABEL_PROPERTIES: tuple[ox.NamedNode, ...] = (
    SKOS.prefLabel,
    _RDFS_LABEL,
    ROV.legalName,
    FOAF.name,
    DCT.title,
    _SCHEMA.name,
)

_CACHE_SIZE = 50_000


def read_labels(store: Store, node: ox.NamedNode | ox.BlankNode) -> tuple[ox.Literal, ...]:
    """The labels of ``node`` by the best label property it has, in any graph, sorted."""
    for prop in LABEL_PROPERTIES:
        found = {q.object for q in store.quads(node, prop) if isinstance(q.object, ox.Literal)}
        if found:
            return tuple(sorted(found, key=str))
    return ()


def pick(labels: Iterable[ox.Literal], languages: Sequence[str]) -> ox.Literal | None:
    """The label a reader of ``languages`` (best first) wants; ``None`` where there is none.

    A tag matches its language (``tr-TR`` answers ``tr``, RFC 4647 lookup). Without a match: the
    untagged label, else the first.

    >>> pick([ox.Literal("Konya", language="tr"), ox.Literal("x", language="en")], ["sq", "en"])
    <Literal value=x language=en>
    """
    choices = list(labels)
    for language in languages:
        wanted = language.lower()
        for label in choices:
            tag = (label.language or "").lower()
            if tag == wanted or tag.startswith(f"{wanted}-"):
                return label
    untagged = [label for label in choices if not label.language]
    return next(iter(untagged or choices), None)


def local_name(iri: str) -> str:
    """The last part of an IRI, for things without a label.

    >>> local_name("https://w3id.org/kuvend/id/org/akk"), local_name("urn:x:y")
    ('akk', 'y')
    """
    for mark in "#/:":
        head, found, tail = iri.rpartition(mark)
        if found and tail and head:
            return tail
    return iri


class Labels:
    """Labels for one reader: the languages asked for, then the project's own.

    ``cache`` may be shared by readers of the same store.
    """

    def __init__(
        self,
        store: Store,
        languages: Sequence[str],
        *,
        cache: dict[ox.NamedNode, tuple[ox.Literal, ...]] | None = None,
    ) -> None:
        self.store = store
        self.languages = tuple(dict.fromkeys(languages))
        self._cache = {} if cache is None else cache

    def all(self, node: ox.NamedNode) -> tuple[ox.Literal, ...]:
        """Every label of ``node`` by its best label property."""
        found = self._cache.get(node)
        if found is None:
            found = read_labels(self.store, node)
            if len(self._cache) < _CACHE_SIZE:
                self._cache[node] = found
        return found

    def best(self, node: ox.NamedNode) -> ox.Literal:
        """The label to show; the local name, untagged, where there is none."""
        return pick(self.all(node), self.languages) or ox.Literal(local_name(node.value))

    def text(self, node: ox.NamedNode) -> str:
        """The label to show, as plain text."""
        return self.best(node).value

    def others(self, node: ox.NamedNode) -> tuple[ox.Literal, ...]:
        """The labels of ``node`` besides the best one."""
        best = self.best(node)
        return tuple(label for label in self.all(node) if label != best)
