"""Properties of other vocabularies that people are used to, where the project has one of its own.

They are properties, so no rule objects; but nothing here looks for a name or a date in them.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

import pyoxigraph as ox

from kuvend.namespaces import KV, RDFS, SKOS, compact
from kuvend.shacl.checks.raising import finding
from kuvend.shacl.finding import Finding
from kuvend.shacl.rewriting import iri_text, stretch
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.terms import Term

_DCT, _FOAF = "http://purl.org/dc/terms/", "http://xmlns.com/foaf/0.1/"
_PROV, _SCHEMA = "http://www.w3.org/ns/prov#", ("http://schema.org/", "https://schema.org/")
_DATE = ox.NamedNode(f"{_DCT}date")
_TERMS = frozenset({"holding", "membership"})

_NAMES = frozenset(
    [RDFS.label.value, f"{_DCT}title", f"{_FOAF}name", *(f"{one}name" for one in _SCHEMA)]
)
# By property, then by the kind of the address: what is used here.
_INSTEAD: Mapping[str, Mapping[str, ox.NamedNode]] = {
    f"{_DCT}date": {"org": KV.foundingDate},
    f"{_DCT}created": {"org": KV.foundingDate, "event": _DATE},
    f"{_DCT}issued": {"org": KV.foundingDate, "event": _DATE},
    f"{_PROV}startedAtTime": {"event": _DATE, **dict.fromkeys(_TERMS, KV.startDate)},
    f"{_PROV}endedAtTime": dict.fromkeys(_TERMS, KV.endDate),
    f"{_PROV}generatedAtTime": {"org": KV.foundingDate},
    **{f"{one}foundingDate": {"org": KV.foundingDate} for one in _SCHEMA},
    **{f"{one}dissolutionDate": {"org": KV.dissolutionDate} for one in _SCHEMA},
    **{f"{one}startDate": dict.fromkeys(_TERMS, KV.startDate) for one in _SCHEMA},
    **{f"{one}endDate": dict.fromkeys(_TERMS, KV.endDate) for one in _SCHEMA},
}


def check_habits(
    parsed: Parsed,
    quads: Iterable[PositionedQuad],
    things: str,
    prefixes: Mapping[str, str],
    named: frozenset[Term],
) -> Iterator[Finding]:
    """The properties of other vocabularies said of things below ``things`` for one of ours.

    A thing in ``named`` has its name: another property may repeat it.
    """
    for quad in quads:
        right = _right(quad, things, named)
        if right is None or not isinstance(quad.object, ox.Literal):
            continue
        values = {
            "name": compact(quad.predicate.value, prefixes),
            "near": compact(right.value, prefixes),
        }
        at = stretch(parsed, quad, "predicate")[0]
        yield finding(
            "other-property", "warning", values, parsed=parsed, quad=quad, part="predicate",
            fix=iri_text(right.value, parsed, at),
        )  # fmt: skip


def _right(quad: PositionedQuad, things: str, named: frozenset[Term]) -> ox.NamedNode | None:
    subject, predicate = quad.subject, quad.predicate.value
    if not isinstance(subject, ox.NamedNode) or not subject.value.startswith(things):
        return None
    if predicate in _NAMES:
        return None if subject in named else SKOS.prefLabel
    kind = subject.value.removeprefix(things).partition("/")[0]
    return _INSTEAD.get(predicate, {}).get(kind)
