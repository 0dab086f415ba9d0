"""The rules beyond SHACL, over one submission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.project.quotes import check_citations, check_passages
from kuvend.project.standing import StandingGraph
from kuvend.project.submission.parts import Part
from kuvend.project.terms_in_use import vocabulary_of
from kuvend.shacl.checks import (
    KnownThing,
    SourceDate,
    check_evidence,
    check_identity,
    check_languages,
    check_vocabulary,
)
from kuvend.shacl.checks.identity import NAME_PROPERTIES, KnownThings
from kuvend.shacl.finding import Finding


def beyond_shacl(
    parts: Iterable[Part],
    triples: Iterable[ox.Triple],
    live: StandingGraph,
    prefixes: dict[str, str],
    known: KnownThings,
) -> Iterator[Finding]:
    """The findings of the rules that are no shapes."""
    vocabulary = vocabulary_of(live.ontology, prefixes, known.base_iri)
    described = live.described | {str(getattr(triple.subject, "value", "")) for triple in triples}
    dates = [SourceDate(t.document, t.date) for t in live.texts if t.date]
    for part in parts:
        parsed, data = part.parsed, part.data
        yield from check_vocabulary(parsed, data, vocabulary)
        yield from check_languages(parsed, data)
        yield from check_identity(parsed, data, known, described, prefixes)
        yield from check_evidence(parsed, part.cited(), dates, prefixes)
        yield from check_citations(parsed, part.statements, live.texts)
        yield from check_passages(parsed, data, live.texts)


def known_things(live: StandingGraph, base_iri: str) -> KnownThings:
    """The things of the graph by the names they go by."""
    names: dict[str, list[str]] = {}
    for triple in live.asserted:
        if isinstance(triple.subject, ox.NamedNode):
            row = names.setdefault(triple.subject.value, [])
            if triple.predicate in NAME_PROPERTIES and isinstance(triple.object, ox.Literal):
                row.append(triple.object.value)
    things = (KnownThing(iri, tuple(found)) for iri, found in names.items())
    return KnownThings(things, base_iri)
