"""The rules beyond SHACL, over one submission."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kuvend.namespaces import RDF, SKOS
from kuvend.project.quotes import check_citations, check_passages
from kuvend.project.standing import StandingGraph
from kuvend.project.submission.parts import Part
from kuvend.shacl.checks import (
    Addresses,
    Kinds,
    KnownThing,
    SourceDate,
    Vocabulary,
    check_addresses,
    check_evidence,
    check_habits,
    check_identity,
    check_kinds,
    check_languages,
    check_text,
    check_vocabulary,
)
from kuvend.shacl.checks.identity import NAME_PROPERTIES, KnownThings
from kuvend.shacl.checks.values import kinds_by_property
from kuvend.shacl.finding import Finding
from kuvend.shacl.phrasing import rule_texts
from kuvend.syntax import Parsed
from kuvend.terms import Term


def beyond_shacl(
    parts: Iterable[Part],
    triples: Sequence[ox.Triple],
    live: StandingGraph,
    vocabulary: Vocabulary,
    known: KnownThings,
) -> Iterator[Finding]:
    """The findings of the rules that are no shapes."""
    prefixes = vocabulary.prefixes
    described = live.described | {str(getattr(triple.subject, "value", "")) for triple in triples}
    named = frozenset(t.subject for t in triples if t.predicate == SKOS.prefLabel)
    named |= {ox.NamedNode(one.iri) for one in known.by_iri.values() if one.names}
    typed = {triple.subject for triple in triples if triple.predicate == RDF.type}
    classless = frozenset(
        subject.value
        for subject in {triple.subject for triple in triples} - typed
        if isinstance(subject, ox.NamedNode) and subject.value not in live.described
    )
    kinds = Kinds.of(live.ontology.triples)
    classes = _classes(live, triples)
    dates = [SourceDate(t.document, t.date) for t in live.texts if t.date]
    here = Addresses(known.base_iri, prefixes, known.kinds_of_class)
    for part in parts:
        parsed, data = part.parsed, part.data
        yield from check_vocabulary(parsed, data, vocabulary)
        yield from check_languages(parsed, data)
        yield from check_text(parsed, data)
        yield from check_addresses(parsed, data, here, vocabulary)
        # What could not be read may have been the class.
        unsaid = frozenset() if parsed.errors else classless
        yield from check_identity(parsed, data, known, described, prefixes, unsaid)
        yield from check_kinds(parsed, data, kinds, classes, prefixes)
        yield from check_habits(parsed, data, f"{known.base_iri}id/", prefixes, named)
        if not data and not parsed.errors:
            yield _nothing_stated(parsed)
        yield from check_evidence(parsed, part.cited(), dates, prefixes)
        yield from check_citations(parsed, part.statements, live.texts)
        yield from check_passages(parsed, data, live.texts)


def _classes(live: StandingGraph, triples: Sequence[ox.Triple]) -> dict[Term, set[Term]]:
    """The classes of the things in a submission, as it gives them and as the graph does."""
    found: dict[Term, set[Term]] = {}
    for triple in triples:
        for term in (triple.subject, triple.object):
            if term not in found and not isinstance(term, ox.Literal):
                found[term] = {known.object for known in live.types.get(term, ())}
    for triple in triples:
        if triple.predicate == RDF.type:
            found[triple.subject].add(triple.object)
    return found


def _nothing_stated(parsed: Parsed) -> Finding:
    messages, advice = rule_texts("nothing-stated", {"name": parsed.source})
    return Finding("kuvend/nothing-stated", "warning", messages, advice, span=parsed.span(0, 0))


def known_things(live: StandingGraph, base_iri: str) -> KnownThings:
    """The things of the graph by the names they go by."""
    names: dict[str, list[str]] = {}
    for triple in live.asserted:
        if isinstance(triple.subject, ox.NamedNode):
            row = names.setdefault(triple.subject.value, [])
            if triple.predicate in NAME_PROPERTIES and isinstance(triple.object, ox.Literal):
                row.append(triple.object.value)
    things = (KnownThing(iri, tuple(found)) for iri, found in names.items())
    types = (
        (str(getattr(subject, "value", "")), str(getattr(row.object, "value", "")))
        for subject, rows in live.types.items()
        for row in rows
    )
    return KnownThings(things, base_iri, types, kinds_by_property(live.asserted))
