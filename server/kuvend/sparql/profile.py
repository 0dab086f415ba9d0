"""What a dataset holds, as far as a query can be judged by it before it runs."""

from __future__ import annotations

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.near import near_names
from kuvend.store import DEFAULT_GRAPH, Store

_CLASS_KINDS = frozenset({OWL.Class, RDFS.Class, RDFS.Datatype})
_PROPERTY_KINDS = frozenset(
    {OWL.ObjectProperty, OWL.DatatypeProperty, OWL.AnnotationProperty, RDF.Property}
)
_LOOK_AT_CLOCK = 20_000


@dataclass(frozen=True)
class Profile:
    """Classes and properties of the default graph with their numbers, and what goes together.

    ``together`` gives the properties that things of a class have; ``languages`` the languages of
    a property that says the same of one thing in several. ``elsewhere`` are the properties and
    classes that only named graphs have, ``declared`` the terms an ontology declares.
    """

    triples: int = 0
    properties: Mapping[str, int] = field(default_factory=dict)
    classes: Mapping[str, int] = field(default_factory=dict)
    together: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    languages: Mapping[str, frozenset[str]] = field(default_factory=dict)
    elsewhere: frozenset[str] = frozenset()
    declared: frozenset[str] = frozenset()

    def knows(self, iri: str) -> bool:
        """Whether any statement has ``iri`` as its property or class."""
        return iri in self.properties or iri in self.classes or iri in self.elsewhere

    def nearest(self, iri: str, among: Iterable[str]) -> str | None:
        """The one of ``among`` whose last part looks most like that of ``iri``.

        >>> Profile().nearest("urn:x#lable", ["urn:x#label", "urn:y#label"])
        'urn:x#label'
        """
        local: dict[str, list[str]] = defaultdict(list)
        for other in among:
            local[local_name(other).lower()].append(other)
        near = near_names(local_name(iri).lower(), local, cutoff=0.65)
        if not near:
            return None
        space = iri[: len(iri) - len(local_name(iri))]
        return min(local[near[0]], key=lambda o: (not o.startswith(space), o))


def local_name(iri: str) -> str:
    """The part of an IRI after its last separator."""
    return iri[max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":")) + 1 :]


class _OutOfTime(Exception):
    """Reading on would take longer than there is time."""


def profile_of(store: Store, *, budget_s: float = 10.0) -> Profile | None:
    """The profile of ``store``; ``None`` where it cannot be read within ``budget_s``."""
    end = time.monotonic() + budget_s
    names = store.graph_names()
    try:
        return measure(
            lambda: _until(end, (q.triple for q in store.quads(None, None, None, DEFAULT_GRAPH))),
            (t for name in names for t in _until(end, store.triples(name))),
        )
    except _OutOfTime:
        return None


def _until(end: float, triples: Iterable[ox.Triple]) -> Iterator[ox.Triple]:
    for number, triple in enumerate(triples):
        if number % _LOOK_AT_CLOCK == 0 and time.monotonic() > end:
            raise _OutOfTime
        yield triple


def measure(
    default_graph: Callable[[], Iterable[ox.Triple]], named_graphs: Iterable[ox.Triple] = ()
) -> Profile:
    """The profile of a dataset; the default graph is read twice.

    >>> a, c = ox.NamedNode("urn:a"), ox.NamedNode("urn:C")
    >>> measure(lambda: [ox.Triple(a, RDF.type, c)]).classes
    {'urn:C': 1}
    """
    kinds, classes, properties, triples = _first_reading(default_graph())
    together, languages = _second_reading(default_graph(), kinds)
    declared = {
        node.value
        for node, of in kinds.items()
        if isinstance(node, ox.NamedNode) and not of.isdisjoint(_CLASS_KINDS | _PROPERTY_KINDS)
    }
    other: set[str] = set()
    for triple in named_graphs:
        other.add(triple.predicate.value)
        if triple.predicate == RDF.type and isinstance(triple.object, ox.NamedNode):
            other.add(triple.object.value)
    return Profile(
        triples=triples,
        properties=dict(properties),
        classes=dict(classes),
        together={cls: dict(found) for cls, found in together.items()},
        languages=languages,
        elsewhere=frozenset(other - set(properties) - set(classes)),
        declared=frozenset(declared),
    )


_Node = ox.NamedNode | ox.BlankNode | ox.Triple


def _first_reading(
    triples: Iterable[ox.Triple],
) -> tuple[dict[_Node, set[ox.NamedNode]], Counter[str], Counter[str], int]:
    kinds: dict[_Node, set[ox.NamedNode]] = {}
    classes: Counter[str] = Counter()
    properties: Counter[str] = Counter()
    count = 0
    for triple in triples:
        count += 1
        properties[triple.predicate.value] += 1
        if triple.predicate == RDF.type and isinstance(triple.object, ox.NamedNode):
            kinds.setdefault(triple.subject, set()).add(triple.object)
            classes[triple.object.value] += 1
    return kinds, classes, properties, count


def _second_reading(
    triples: Iterable[ox.Triple], kinds: Mapping[_Node, set[ox.NamedNode]]
) -> tuple[dict[str, Counter[str]], dict[str, frozenset[str]]]:
    together: dict[str, Counter[str]] = defaultdict(Counter)
    said_in: dict[tuple[_Node, str], str] = {}
    languages: dict[str, set[str]] = defaultdict(set)
    several: set[str] = set()
    for triple in triples:
        predicate = triple.predicate.value
        for cls in kinds.get(triple.subject, ()):
            together[cls.value][predicate] += 1
        tag = triple.object.language if isinstance(triple.object, ox.Literal) else None
        if tag:
            languages[predicate].add(tag)
            if said_in.setdefault((triple.subject, predicate), tag) != tag:
                several.add(predicate)
    return together, {iri: frozenset(languages[iri]) for iri in several}
