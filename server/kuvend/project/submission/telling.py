"""What is told of a submission: results and contradictions in words, with place and other side."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from functools import cached_property
from operator import attrgetter

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.project.consequences import Effect
from kuvend.project.standing import LABELS, StandingGraph, add_label
from kuvend.project.submission.parts import Part
from kuvend.shacl.finding import Finding, Related, severity_of
from kuvend.shacl.graph import Graph
from kuvend.shacl.phrasing import Phrasing, component_name, contradiction_texts, rule_texts
from kuvend.shacl.places import Places
from kuvend.shacl.report import Result
from kuvend.syntax import Span
from kuvend.terms import Term

_MAX_RELATED = 5


class Telling:
    """Findings of one submission: its parts' places, the graph's labels and sentences."""

    def __init__(
        self,
        live: StandingGraph,
        shapes: Iterable[ox.Triple],
        prefixes: dict[str, str],
        parts: Sequence[Part],
        triples: list[ox.Triple],
    ) -> None:
        self.live, self.triples = live, triples
        self.places = Places(part.parsed for part in parts)
        self.phrasing = Phrasing(Graph(shapes), prefixes, self.label_of)

    def finding(self, result: Result) -> Finding:
        """A result in words, with its place and what the graph says on the other side."""
        return Finding(
            rule=self.rule_of(result),
            severity=severity_of(result),
            messages=self.phrasing.messages(result),
            span=self.places.of_result(result) or self.span_of_neighbour(result),
            focus_node=result.focus_node,
            path=result.path,
            value=result.value,
            result=result,
            causes=self.phrasing.causes(result),
            related=tuple(self.other_side(result)),
        )

    @staticmethod
    def rule_of(result: Result) -> str:
        """The shape's own name where it has one, else the constraint's."""
        shape = result.source_shape
        if isinstance(shape, ox.NamedNode):
            return f"shape/{shape.value.replace('#', '/').rpartition('/')[2]}"
        return f"shacl/{component_name(result)}"

    def span_of_neighbour(self, result: Result) -> Span | None:
        """For a result about a thing of the graph: where the submission touches it."""
        for term in (result.focus_node, result.value):
            if term is None:
                continue
            mine = self._speaking_of.get(term)
            if mine is not None:
                return self.places.span(mine.subject, mine.predicate.value, mine.object)
            for triple in self.live.about.get(term, ()):
                if self.places.has_subject(triple.object):
                    return self.places.subject_span(triple.object)
        return None

    def other_side(self, result: Result) -> Iterator[Related]:
        """The sentences behind what the graph already says of the same thing and property."""
        predicate = result.predicate
        if predicate is None:
            return
        said = self.live.about.get(result.focus_node, ())
        for triple in [one for one in said if one.predicate == predicate][:_MAX_RELATED]:
            yield from self.citations(triple)

    def citations(self, triple: ox.Triple) -> Iterator[Related]:
        value = self.phrasing.name(triple.object, "en")
        for claim in self.live.reader.claims_for(triple)[:_MAX_RELATED]:
            for passage in claim.passages:
                document = passage.source.document
                slug = document.value.rpartition("/")[2] if document else ""
                yield Related(f"{value}: {slug} “{passage.exact}”", iri=claim.iri.value)

    def contradictions(self, effect: Effect) -> Iterator[Finding]:
        for found in effect.inconsistencies:
            mine = self.behind(found.triples)
            messages, advice = contradiction_texts(self.phrasing, found.rule, found.message)
            theirs = (r for t in found.triples if t not in mine for r in self.citations(t))
            yield self.of_triples(
                Finding("kuvend/contradiction", "violation", messages, advice), mine, theirs
            )
        for same in effect.same_as:
            mine = self.behind(same.triples)
            names = {
                side: self.phrasing.name(term, "en")
                for side, term in (("left", same.left), ("right", same.right))
            }
            messages, advice = rule_texts("merged-things", names)
            yield self.of_triples(
                Finding("kuvend/merged-things", "violation", messages, advice), mine, ()
            )

    def behind(self, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
        """The submission's triples among ``triples``, else those about the same things."""
        given = set(triples)
        mine = given & self._order.keys()
        if mine:
            return self._in_order(mine)
        ontology = self.live.ontology.terms
        things = {
            term
            for triple in given
            for term in (triple.subject, triple.object)
            if isinstance(term, ox.NamedNode | ox.BlankNode) and term.value not in ontology
        }
        of_things = (t for thing in things for t in self._of_object.get(thing, ()))
        return self._in_order(of_things) or self._in_order(
            t for thing in things for t in self._of_subject.get(thing, ())
        )

    def _in_order(self, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
        """The submission's ``triples`` as they follow each other in it."""
        return sorted(triples, key=self._order.__getitem__)

    def of_triples(
        self, finding: Finding, triples: list[ox.Triple], related: Iterable[Related]
    ) -> Finding:
        """The finding at the first of the submission's triples behind it."""
        told = tuple(related)[:_MAX_RELATED]
        if not triples:
            return replace(finding, related=told)
        first = triples[0]
        span = self.places.span(first.subject, first.predicate.value, first.object)
        return replace(
            finding, span=span, focus_node=first.subject, value=first.object, related=told
        )

    # Most submissions are right, so what tells of their mistakes is made when first asked for.

    @cached_property
    def _order(self) -> dict[ox.Triple, int]:
        return {triple: place for place, triple in enumerate(self.triples)}

    @cached_property
    def _of_subject(self) -> dict[Term, list[ox.Triple]]:
        return self._grouped(attrgetter("subject"))

    @cached_property
    def _of_object(self) -> dict[Term, list[ox.Triple]]:
        return self._grouped(attrgetter("object"))

    def _grouped(self, part: Callable[[ox.Triple], Term]) -> dict[Term, list[ox.Triple]]:
        found: dict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in self.triples:
            found[part(triple)].append(triple)
        return found

    @cached_property
    def _speaking_of(self) -> dict[Term, ox.Triple]:
        """The first triple about each thing."""
        found: dict[Term, ox.Triple] = {}
        for triple in self.triples:
            found.setdefault(triple.subject, triple)
            found.setdefault(triple.object, triple)
        return found

    @cached_property
    def labels(self) -> dict[Term, dict[str, str]]:
        """The labels of what the submission names, those it has in the graph included."""
        known = self.live.labels
        named = [triple for triple in self.triples if triple.predicate in LABELS]
        labels: dict[Term, dict[str, str]] = {
            triple.subject: dict(known.get(triple.subject, {})) for triple in named
        }
        for triple in named:
            add_label(labels, triple)
        return labels

    @cached_property
    def classes(self) -> dict[Term, Term]:
        return {
            triple.subject: triple.object for triple in self.triples if triple.predicate == RDF.type
        }

    def label_of(self, term: Term, language: str) -> str | None:
        """The label of a term; a blank node goes by its class."""
        found = self.labels[term] if term in self.labels else self.live.labels.get(term, {})
        label = found.get(language) or found.get("en") or found.get("")
        if label is None and isinstance(term, ox.BlankNode) and term in self.classes:
            inner = self.label_of(self.classes[term], language)
            return f"[{inner}]" if inner else None
        return label or next(iter(found.values()), None)
