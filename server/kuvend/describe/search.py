"""Search in labels and quotes: tolerant of case, diacritics, apostrophes and word ends."""

from __future__ import annotations

import unicodedata
from bisect import bisect_left
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.describe.labels import LABEL_PROPERTIES
from kuvend.namespaces import KV, OA, SKOS
from kuvend.store import DEFAULT_GRAPH, GraphNames, Store

# Letters that Unicode does not decompose, and apostrophes, which writers use at will or omit.
_LETTERS = str.maketrans(
    {
        "ı": "i", "İ": "i", "I": "i", "đ": "d", "ł": "l", "ø": "o", "ґ": "г",
        "'": None, "’": None, "ʼ": None, "‘": None, "`": None, "´": None, "ʹ": None,
    }
)  # fmt: skip

_ALTERNATIVE = (SKOS.altLabel, KV.acronym, KV.formerName, KV.nameVariant)
_TEXTS = (KV.statementText, SKOS.definition)


def fold(text: str) -> str:
    """``text`` as it is compared: small letters, no diacritics, no apostrophes, single spaces.

    >>> fold("İSTİŞARE ışık"), fold("Kuvendi\\u00a0Këshillit")
    ('istisare isik', 'kuvendi keshillit')
    >>> fold("об’єднання") == fold("об'єднання")
    True
    """
    plain = unicodedata.normalize("NFKD", text.translate(_LETTERS)).casefold()
    letters = (c if c.isalnum() else " " for c in plain if not unicodedata.combining(c))
    return " ".join("".join(letters).split())


@dataclass(frozen=True)
class Entry:
    """A text that can be found and the node it leads to.

    ``weight`` ranks kinds of text: 3 label, 2 other name, 1 statement or quote.
    """

    node: ox.NamedNode
    text: str
    language: str | None
    weight: int


@dataclass(frozen=True)
class Hit:
    """A node found, the text by which it was found, and the score (higher is better)."""

    node: ox.NamedNode
    entry: Entry
    score: float


class SearchIndex:
    """An inverted index of folded words with search by the beginning of words.

    >>> index = SearchIndex([Entry(ox.NamedNode("urn:k"), "Birlik Meclisi", "tr", 3)])
    >>> [hit.node.value for hit in index.search("MECLİS")]
    ['urn:k']
    """

    def __init__(self, entries: Iterable[Entry]) -> None:
        self.entries = tuple(entries)
        postings: dict[str, set[int]] = defaultdict(set)
        for number, entry in enumerate(self.entries):
            for word in fold(entry.text).split():
                postings[word].add(number)
        self._postings = dict(postings)
        self._words = sorted(postings)

    def __len__(self) -> int:
        return len(self.entries)

    def search(self, text: str, *, limit: int = 50) -> list[Hit]:
        """The nodes whose texts have every word of ``text``, or a word that begins with it."""
        words = fold(text).split()
        if not words:
            return []
        found = set.intersection(*(self._beginning_with(word) for word in words))
        best: dict[ox.NamedNode, Hit] = {}
        for number in found:
            entry = self.entries[number]
            hit = Hit(entry.node, entry, _score(entry, words))
            if entry.node not in best or _rank(hit) < _rank(best[entry.node]):
                best[entry.node] = hit
        return sorted(best.values(), key=_rank)[:limit]

    def _beginning_with(self, beginning: str) -> set[int]:
        found: set[int] = set()
        for word in self._words[bisect_left(self._words, beginning) :]:
            if not word.startswith(beginning):
                break
            found |= self._postings[word]
        return found


def _score(entry: Entry, words: list[str]) -> float:
    have = fold(entry.text).split()
    whole = sum(word in have for word in words)
    exact = have == words
    return entry.weight * 10 + whole * 2 + (20 if exact else 0) - min(len(have), 40) / 10


def _rank(hit: Hit) -> tuple[float, str, str]:
    return (-hit.score, hit.entry.text, hit.node.value)


def build_search_index(store: Store, graphs: GraphNames) -> SearchIndex:
    """The index of every label, other name, statement and quote of a store."""
    return SearchIndex(sorted(set(_iter_entries(store, graphs)), key=str))


def _iter_entries(store: Store, graphs: GraphNames) -> Iterator[Entry]:
    weighted = [
        *((prop, 3) for prop in LABEL_PROPERTIES),
        *((prop, 2) for prop in _ALTERNATIVE),
        *((prop, 1) for prop in _TEXTS),
    ]
    for prop, weight in weighted:
        for quad in store.quads(None, prop, None, DEFAULT_GRAPH):
            if isinstance(quad.object, ox.Literal) and isinstance(quad.subject, ox.NamedNode):
                yield Entry(quad.subject, quad.object.value, quad.object.language, weight)
    for quad in store.quads(None, OA.exact, None, graphs.evidence):
        for link in store.quads(None, OA.hasSelector, quad.subject, graphs.evidence):
            if isinstance(quad.object, ox.Literal) and isinstance(link.subject, ox.NamedNode):
                yield Entry(link.subject, quad.object.value, None, 1)
