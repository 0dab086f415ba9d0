"""Properties said of, or leading to, a thing of a kind they cannot have.

Reasoning finds these too, but at the class of the thing; the mistake is where the property stands.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, compact
from kuvend.shacl.address_words import TURNED
from kuvend.shacl.checks.raising import finding
from kuvend.shacl.finding import Finding
from kuvend.shacl.graph import Graph
from kuvend.shacl.hierarchy import with_ancestors
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.terms import Term

Classes = Mapping[Term, frozenset[Term]]


@dataclass(frozen=True)
class Kinds:
    """What an ontology says of kinds: domains and ranges with those of inverse and wider
    properties, wider classes, and which classes exclude each other."""

    domains: Classes
    ranges: Classes
    wider: Classes
    disjoint: frozenset[tuple[Term, Term]]
    _known: dict[tuple[Term, Term], bool] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def of(cls, ontology: Iterable[ox.Triple]) -> Kinds:
        """The kinds in the triples of an ontology."""
        rows: dict[Term, dict[Term, set[Term]]] = defaultdict(lambda: defaultdict(set))
        triples = list(ontology)
        for triple in triples:
            if isinstance(triple.object, ox.NamedNode | ox.BlankNode):
                rows[triple.predicate][triple.subject].add(triple.object)
        broader = rows[RDFS.subClassOf]
        classes = {one: with_ancestors(one, broader) for one in [*broader]}
        inverse: dict[Term, set[Term]] = defaultdict(set)
        for one, others in rows[OWL.inverseOf].items():
            for other in others:
                inverse[one].add(other)
                inverse[other].add(one)
        domains, ranges = rows[RDFS.domain], rows[RDFS.range]
        named = {*domains, *ranges, *inverse, *rows[RDFS.subPropertyOf]}
        ends: tuple[dict[Term, frozenset[Term]], dict[Term, frozenset[Term]]] = ({}, {})
        for prop in named:
            above = with_ancestors(prop, rows[RDFS.subPropertyOf])
            turned = {other for one in above for other in inverse[one]}
            for found, own, opposite in ((ends[0], domains, ranges), (ends[1], ranges, domains)):
                direct = {c for one in above for c in own.get(one, ())}
                direct |= {c for one in turned for c in opposite.get(one, ())}
                found[prop] = frozenset(c for c in direct if isinstance(c, ox.NamedNode))
        lists = Graph(t for t in triples if t.predicate in (RDF.first, RDF.rest))
        return cls(*ends, classes, _disjoint(rows, lists))

    def clash(self, given: Iterable[Term], wanted: Iterable[Term]) -> tuple[Term, Term] | None:
        """A given class and a wanted one that exclude each other."""
        for own in given:
            for asked in wanted:
                if self._exclude_each_other(own, asked):
                    return own, asked
        return None

    def _exclude_each_other(self, own: Term, asked: Term) -> bool:
        known = self._known.get((own, asked))
        if known is None:
            mine, theirs = (self.wider.get(one, frozenset({one})) for one in (own, asked))
            known = any((one, other) in self.disjoint for one in mine for other in theirs)
            self._known[own, asked] = known
        return known

    def fits(self, given: Iterable[Term], wanted: Iterable[Term]) -> bool:
        """Whether one of the given classes is, or is within, a wanted one."""
        asked = set(wanted)
        return any(asked & self.wider.get(own, frozenset({own})) for own in given)


def _disjoint(
    rows: Mapping[Term, Mapping[Term, set[Term]]], lists: Graph
) -> frozenset[tuple[Term, Term]]:
    pairs = {(a, b) for a, others in rows[OWL.disjointWith].items() for b in others}
    for heads in rows[OWL.members].values():
        for head in heads:
            members = lists.list_members(head)
            pairs |= {(a, b) for a in members for b in members if a != b}
    return frozenset(pairs | {(b, a) for a, b in pairs})


def check_kinds(
    parsed: Parsed,
    quads: Iterable[PositionedQuad],
    kinds: Kinds,
    classes: Mapping[Term, Iterable[Term]],
    prefixes: Mapping[str, str],
) -> Iterator[Finding]:
    """The uses of properties that clash with the classes of their subject or value.

    ``classes`` are the classes each thing is given, here or in the graph.
    """
    for quad in quads:
        wanted = kinds.domains.get(quad.predicate)
        clash = kinds.clash(classes.get(quad.subject, ()), wanted) if wanted else None
        if clash is not None:
            values = _values(quad, quad.subject, clash, prefixes)
            yield finding(
                "wrong-subject", "violation", values, parsed=parsed, quad=quad, part="predicate"
            )
        wanted = kinds.ranges.get(quad.predicate)
        if not wanted or isinstance(quad.object, ox.Literal):
            continue
        clash = kinds.clash(classes.get(quad.object, ()), wanted)
        if clash is not None:
            values = _values(quad, quad.object, clash, prefixes)
            found = finding("wrong-object", "violation", values, parsed=parsed, quad=quad)
            turned = kinds.fits(classes.get(quad.subject, ()), wanted)
            yield replace(found, advice=TURNED) if turned else found


def _values(
    quad: PositionedQuad, thing: Term, clash: tuple[Term, Term], prefixes: Mapping[str, str]
) -> dict[str, str]:
    def short(term: Term) -> str:
        return compact(term.value, prefixes) if isinstance(term, ox.NamedNode) else "[ … ]"

    return {
        "name": short(thing),
        "property": short(quad.predicate),
        "class": short(clash[0]),
        "wanted": short(clash[1]),
    }
