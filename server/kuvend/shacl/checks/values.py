"""What kind of value a property has: a date, a number, a text, a thing of some kind."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Mapping
from typing import Final

import pyoxigraph as ox

from kuvend.namespaces import RDF, XSD
from kuvend.shacl.dates import day_in_words
from kuvend.terms import Term

DATE: Final = "date"
NUMBER: Final = "number"
TEXT: Final = "text"
THING: Final = "thing"
LITERALS: Final = frozenset({DATE, NUMBER, TEXT})

_DATES = frozenset({XSD.date, XSD.gYear, XSD.gYearMonth, XSD.dateTime})
_NUMBERS = frozenset({XSD.integer, XSD.decimal, XSD.double, XSD.nonNegativeInteger, XSD.int})
_PLAIN = frozenset({XSD.string, RDF.langString})
_LIKE_A_DATE = re.compile(r"(1\d|20)\d\d(-\d\d){0,2}")
_SEGMENT = re.compile(r"(?:/id/(?P<kind>[a-z]+)/[^/]+|/(?P<section>concept|document)/[^/]+)$")


def kinds_of_value(term: Term) -> frozenset[str]:
    """What a value may be: of an address the kind it names, of a literal the kinds it fits.

    >>> sorted(kinds_of_value(ox.Literal("1999", datatype=XSD.integer)))
    ['date', 'number']
    >>> kinds_of_value(ox.NamedNode("https://w3id.org/kuvend/id/event/x"))
    frozenset({'event'})
    """
    if isinstance(term, ox.NamedNode):
        match = _SEGMENT.search(term.value)
        return frozenset({(match["kind"] or match["section"]) if match else THING})
    if not isinstance(term, ox.Literal):
        return frozenset({THING})
    if term.datatype in _DATES:
        return frozenset({DATE})
    found = set()
    if term.datatype in _NUMBERS:
        found.add(NUMBER)
    elif term.datatype in _PLAIN:
        found.add(TEXT)
    if _LIKE_A_DATE.fullmatch(term.value) or day_in_words(term.value):
        found.add(DATE)
    return frozenset(found or {TEXT})


def kinds_by_property(triples: Iterable[ox.Triple]) -> Mapping[str, frozenset[str]]:
    """The kinds of value that each property has in ``triples``, as they are typed."""
    found: dict[str, set[str]] = defaultdict(set)
    for triple in triples:
        kinds = kinds_of_value(triple.object)
        # A number that could be a year is a number where somebody entered it as one.
        found[triple.predicate.value] |= kinds if len(kinds) == 1 else kinds - {DATE}
    return {iri: frozenset(kinds) for iri, kinds in found.items()}
