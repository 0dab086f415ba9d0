"""VoID of what a query meets: the merged default graph by class, and by property within a class.

The catalogue graph counts what documents assert. These count what is asserted and inferred
together, from the profile that is read once for a release.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kuvend.namespaces import RDF, VOID, XSD
from kuvend.sparql.profile import Profile, local_name


def partition_triples(dataset: ox.NamedNode, profile: Profile) -> Iterator[ox.Triple]:
    """The default graph of ``dataset`` as a subset with its partitions."""
    whole = ox.NamedNode(f"{dataset.value}#default-graph")
    yield ox.Triple(dataset, VOID.subset, whole)
    yield ox.Triple(whole, RDF.type, VOID.Dataset)
    yield ox.Triple(whole, VOID.triples, _integer(profile.triples))
    yield ox.Triple(whole, VOID.classes, _integer(len(profile.classes)))
    yield ox.Triple(whole, VOID.properties, _integer(len(profile.properties)))
    yield from _properties(whole, "all", profile.properties)
    for cls, entities in sorted(profile.classes.items()):
        part = ox.NamedNode(f"{whole.value}-class-{_name(cls)}")
        yield ox.Triple(whole, VOID.classPartition, part)
        yield ox.Triple(part, VOID["class"], ox.NamedNode(cls))
        yield ox.Triple(part, VOID.entities, _integer(entities))
        yield from _properties(part, "has", profile.together.get(cls, {}))


def _properties(owner: ox.NamedNode, word: str, counts: Mapping[str, int]) -> Iterator[ox.Triple]:
    for prop, count in sorted(counts.items()):
        part = ox.NamedNode(f"{owner.value}-{word}-{_name(prop)}")
        yield ox.Triple(owner, VOID.propertyPartition, part)
        yield ox.Triple(part, VOID.property, ox.NamedNode(prop))
        yield ox.Triple(part, VOID.triples, _integer(count))


def _name(iri: str) -> str:
    """A name for an IRI that no other has.

    >>> _name("https://w3id.org/kuvend/def#Count")
    'Count-52384e'
    """
    digest = hashlib.sha256(iri.encode()).hexdigest()[:6]
    word = "".join(c for c in local_name(iri) if c.isascii() and c.isalnum())
    return f"{word}-{digest}"


def _integer(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=XSD.integer)
