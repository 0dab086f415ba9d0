"""Which prefixes a graph needs."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox


def used_prefixes(triples: Iterable[ox.Triple], prefixes: Mapping[str, str]) -> dict[str, str]:
    """Those of ``prefixes`` that shorten an IRI of ``triples``.

    >>> a = ox.NamedNode("urn:x:a")
    >>> used_prefixes([ox.Triple(a, a, a)], {"x": "urn:x:", "y": "urn:y:"})
    {'x': 'urn:x:'}
    """
    spaces = {_namespace(iri) for triple in triples for iri in _iris(triple)}
    return {name: iri for name, iri in prefixes.items() if iri in spaces}


def _iris(triple: ox.Triple) -> Iterator[str]:
    for term in (triple.subject, triple.predicate, triple.object):
        if isinstance(term, ox.NamedNode):
            yield term.value
        elif isinstance(term, ox.Literal):
            yield term.datatype.value
        elif isinstance(term, ox.Triple):
            yield from _iris(term)


def _namespace(iri: str) -> str:
    """``iri`` up to its last separator, which is where a local name begins."""
    end = max(iri.rfind("#"), iri.rfind("/"), iri.rfind(":"))
    return iri[: end + 1]
