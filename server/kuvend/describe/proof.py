"""Why an inferred triple holds: rules of OWL 2 RL matched backwards, down to what is asserted.

The rules covered are those that give statements about things: inverse and symmetric properties,
wider properties and classes, chains, transitivity, domain and range, equivalence; and the rule
of the build that gives the first and last day of a date. The shortest proof is found first. What
another rule gave has no proof here.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import pyoxigraph as ox

from kuvend.describe.evidence import Claim, Evidence
from kuvend.namespaces import DCT, KV, OWL, RDF, RDFS
from kuvend.store import DEFAULT_GRAPH, GraphNames, Store
from kuvend.terms import Term

_MAX_DEPTH = 6
_MAX_STEPS = 2000
_MAX_BRANCHES = 200


@dataclass(frozen=True)
class Proof:
    """A triple with the rule, axioms and proofs of the premises it follows from.

    ``rule`` is the name in the OWL 2 RL tables, or ``date-envelope``; ``None`` for a triple that
    is asserted, which ``claims`` then support.
    """

    triple: ox.Triple
    rule: str | None = None
    axioms: tuple[ox.Triple, ...] = ()
    premises: tuple[Proof, ...] = ()
    claims: tuple[Claim, ...] = ()

    def all_claims(self) -> tuple[Claim, ...]:
        """The claims of every premise, at any depth, each once."""
        inner = (claim for premise in self.premises for claim in premise.all_claims())
        return tuple(dict.fromkeys((*self.claims, *inner)))


@dataclass(frozen=True)
class _Step:
    """One way a rule could give a triple."""

    rule: str
    premises: tuple[ox.Triple, ...]
    axioms: tuple[ox.Triple, ...]


class Prover:
    """Finds proofs over the default graph of a store."""

    def __init__(self, store: Store, graphs: GraphNames) -> None:
        self.store = store
        self.graphs = graphs
        self.evidence = Evidence(store, graphs)
        self._left = 0

    def prove(self, triple: ox.Triple) -> Proof | None:
        """The shortest proof of ``triple``; ``None`` where it does not hold or none is found."""
        if not self._holds(triple):
            return None
        self._left = _MAX_STEPS
        for depth in range(_MAX_DEPTH + 1):
            found = self._prove(triple, depth, frozenset())
            if found is not None:
                return found
        return None

    def _prove(self, triple: ox.Triple, depth: int, above: frozenset[ox.Triple]) -> Proof | None:
        if triple in above or self._left <= 0:
            return None
        self._left -= 1
        if self._is_asserted(triple):
            return Proof(triple, claims=self.evidence.claims_for(triple))
        if depth == 0:
            return None
        for step in islice(self._steps(triple), _MAX_BRANCHES):
            premises = self._premises(step, depth - 1, above | {triple})
            if premises is not None:
                return Proof(triple, step.rule, step.axioms, premises)
        return None

    def _premises(
        self, step: _Step, depth: int, above: frozenset[ox.Triple]
    ) -> tuple[Proof, ...] | None:
        found: list[Proof] = []
        for premise in step.premises:
            proof = self._prove(premise, depth, above)
            if proof is None:
                return None
            found.append(proof)
        return tuple(found)

    def _steps(self, triple: ox.Triple) -> Iterator[_Step]:
        yield from self._inverse(triple)
        yield from self._wider_property(triple)
        yield from self._chain(triple)
        yield from self._transitive(triple)
        yield from self._date_envelope(triple)
        if triple.predicate == RDF.type and isinstance(triple.object, ox.NamedNode):
            yield from self._wider_class(triple, triple.object)
            yield from self._domain(triple, triple.object)
            yield from self._range(triple, triple.object)

    def _inverse(self, triple: ox.Triple) -> Iterator[_Step]:
        prop = triple.predicate
        for quad in self._quads(prop, OWL.inverseOf, None):
            yield from self._turned(triple, quad.object, "prp-inv2", quad.triple)
        for quad in self._quads(None, OWL.inverseOf, prop):
            yield from self._turned(triple, quad.subject, "prp-inv1", quad.triple)
        for quad in self._quads(prop, RDF.type, OWL.SymmetricProperty):
            yield from self._turned(triple, prop, "prp-symp", quad.triple)

    def _turned(
        self, triple: ox.Triple, prop: Term, rule: str, axiom: ox.Triple
    ) -> Iterator[_Step]:
        if isinstance(prop, ox.NamedNode) and isinstance(
            triple.object, ox.NamedNode | ox.BlankNode
        ):
            other = ox.Triple(triple.object, prop, triple.subject)
            if self._holds(other):
                yield _Step(rule, (other,), (axiom,))

    def _wider_property(self, triple: ox.Triple) -> Iterator[_Step]:
        for quad in self._quads(triple.subject, None, triple.object):
            if quad.predicate == triple.predicate:
                continue
            for axiom, rule in (
                (RDFS.subPropertyOf, "prp-spo1"),
                (OWL.equivalentProperty, "prp-eqp1"),
            ):
                for found in self._quads(quad.predicate, axiom, triple.predicate):
                    yield _Step(rule, (quad.triple,), (found.triple,))

    def _chain(self, triple: ox.Triple) -> Iterator[_Step]:
        for quad in self._quads(triple.predicate, OWL.propertyChainAxiom, None):
            steps = self._list(quad.object)
            for path in islice(self._paths(triple.subject, steps, triple.object), 5):
                yield _Step("prp-spo2", path, (quad.triple,))

    def _paths(
        self, start: Term, steps: list[ox.NamedNode], end: Term
    ) -> Iterator[tuple[ox.Triple, ...]]:
        if not steps or isinstance(start, ox.Literal):
            return
        if len(steps) == 1:
            for quad in self._quads(start, steps[0], end):
                yield (quad.triple,)
            return
        for quad in islice(self._quads(start, steps[0], None), _MAX_BRANCHES):
            for rest in self._paths(quad.object, steps[1:], end):
                yield (quad.triple, *rest)

    def _transitive(self, triple: ox.Triple) -> Iterator[_Step]:
        prop = triple.predicate
        for axiom in self._quads(prop, RDF.type, OWL.TransitiveProperty):
            for first in islice(self._quads(triple.subject, prop, None), _MAX_BRANCHES):
                for second in self._quads(first.object, prop, triple.object):
                    yield _Step("prp-trp", (first.triple, second.triple), (axiom.triple,))

    def _date_envelope(self, triple: ox.Triple) -> Iterator[_Step]:
        """The first and last day a date can mean: a rule of the build, not of OWL."""
        if triple.predicate in (KV.notBefore, KV.notAfter):
            dates = tuple(quad.triple for quad in self._quads(triple.subject, DCT.date, None))
            if dates:
                yield _Step("date-envelope", dates, ())

    def _wider_class(self, triple: ox.Triple, cls: ox.NamedNode) -> Iterator[_Step]:
        for quad in self._quads(triple.subject, RDF.type, None):
            if not isinstance(quad.object, ox.NamedNode) or quad.object == cls:
                continue
            for axiom, rule in ((RDFS.subClassOf, "cax-sco"), (OWL.equivalentClass, "cax-eqc1")):
                for found in self._quads(quad.object, axiom, cls):
                    yield _Step(rule, (quad.triple,), (found.triple,))

    def _domain(self, triple: ox.Triple, cls: ox.NamedNode) -> Iterator[_Step]:
        for quad in islice(self._quads(triple.subject, None, None), _MAX_BRANCHES):
            for axiom in self._quads(quad.predicate, RDFS.domain, cls):
                yield _Step("prp-dom", (quad.triple,), (axiom.triple,))

    def _range(self, triple: ox.Triple, cls: ox.NamedNode) -> Iterator[_Step]:
        for quad in islice(self._quads(None, None, triple.subject), _MAX_BRANCHES):
            for axiom in self._quads(quad.predicate, RDFS.range, cls):
                yield _Step("prp-rng", (quad.triple,), (axiom.triple,))

    def _list(self, head: Term) -> list[ox.NamedNode]:
        found: list[ox.NamedNode] = []
        seen: set[Term] = set()
        while head != RDF.nil and head not in seen:
            seen.add(head)
            firsts = [q.object for q in self._quads(head, RDF.first, None)]
            rests = [q.object for q in self._quads(head, RDF.rest, None)]
            if not firsts or not rests or not isinstance(firsts[0], ox.NamedNode):
                return []
            found.append(firsts[0])
            head = rests[0]
        return found

    def _is_asserted(self, triple: ox.Triple) -> bool:
        quads = self.store.quads(triple.subject, triple.predicate, triple.object)
        names = (q.graph_name for q in quads if isinstance(q.graph_name, ox.NamedNode))
        return any(
            self.graphs.is_statements(name) or name == self.graphs.ontology for name in names
        )

    def _holds(self, triple: ox.Triple) -> bool:
        return any(True for _ in self._quads(triple.subject, triple.predicate, triple.object))

    def _quads(
        self, subject: Term | None, predicate: ox.NamedNode | None, obj: Term | None
    ) -> Iterator[ox.Quad]:
        if isinstance(subject, ox.Literal):
            return iter(())
        return self.store.quads(subject, predicate, obj, DEFAULT_GRAPH)
