"""``Reasoner``: a graph kept closed while statements come and go, and able to say why."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.reasoning import maintenance
from kuvend.reasoning.ablation import AxiomWorth, is_axiom, worth_of
from kuvend.reasoning.changes import changed_inferences
from kuvend.reasoning.closing import closed_engine, closure_of
from kuvend.reasoning.contradictions import (
    contradictions_of_addition,
    find_contradictions,
    find_same_as,
)
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.model import Closure, Fact, Inconsistency, SameAs
from kuvend.reasoning.output import Inferences, n_triples, sorted_triples
from kuvend.reasoning.proof import Proof
from kuvend.reasoning.prover import Prover
from kuvend.reasoning.rules import Rule
from kuvend.reasoning.whynot import NearMiss, near_misses
from kuvend.syntax.pause import collector_paused
from kuvend.terms import Term


@dataclass(frozen=True)
class Delta:
    """The effect of a change: what is inferred now and was not, and the other way round, sorted.

    ``inconsistencies`` are those of the whole graph after the change, ``same_as`` those of the
    classes of equals that the change touched.
    """

    inferred: tuple[ox.Triple, ...]
    withdrawn: tuple[ox.Triple, ...]
    inconsistencies: tuple[Inconsistency, ...] = ()
    same_as: tuple[SameAs, ...] = ()

    def then(self, other: Delta) -> Delta:
        """The effect of two changes, one after the other."""
        (came, gone), (more, fewer) = (
            (dict.fromkeys(one.inferred), dict.fromkeys(one.withdrawn)) for one in (self, other)
        )
        inferred = [t for t in came if t not in fewer] + [t for t in more if t not in gone]
        withdrawn = [t for t in gone if t not in more] + [t for t in fewer if t not in came]
        same = dict.fromkeys((*self.same_as, *other.same_as))
        return Delta(
            tuple(sorted(inferred, key=str)),
            tuple(sorted(withdrawn, key=str)),
            other.inconsistencies,
            tuple(same),
        )


class Reasoner:
    """A graph and its closure under OWL 2 RL and the rules of a project.

    >>> a, b, p = (ox.NamedNode(f"urn:{name}") for name in "abp")
    >>> from kuvend.namespaces import OWL, RDF
    >>> reasoner = Reasoner([ox.Triple(p, RDF.type, OWL.SymmetricProperty)])
    >>> str(reasoner.add([ox.Triple(a, p, b)]).inferred[0])
    '<urn:b> <urn:p> <urn:a>'
    """

    def __init__(
        self,
        triples: Iterable[ox.Triple] = (),
        *,
        rules: Sequence[Rule] = (),
        date: datetime.date | None = None,
        all_triples: bool = False,
        index: bool = True,
    ) -> None:
        """Close ``triples``; ``index`` makes ready for changes and proofs, which otherwise the
        first of them does."""
        self._all = all_triples
        self._prover: Prover | None = None
        # ``None`` until they are asked for. Where there are none, less cannot bring any.
        self._contradictions: list[Inconsistency] | None = None
        with collector_paused():
            self._engine, self._rounds = closed_engine(
                triples, tuple(rules), date, things=all_triples
            )
            if index:
                self._engine.index()

    def add(self, triples: Iterable[ox.Triple]) -> Delta:
        """Assert more triples; the effect."""
        return self._change(maintenance.add, triples)

    def remove(self, triples: Iterable[ox.Triple]) -> Delta:
        """Assert these triples no longer; the effect. Triples never asserted are ignored."""
        return self._change(maintenance.retract, triples)

    def preview(self, triples: Iterable[ox.Triple], without: Iterable[ox.Triple] = ()) -> Delta:
        """The effect that asserting these triples would have, those of ``without`` no longer
        asserted; the graph stays as it is."""
        stated = self._engine.is_stated_triple
        fresh = [t for t in dict.fromkeys(triples) if not stated(t)]
        gone = [t for t in dict.fromkeys(without) if stated(t)]
        delta = self.remove(gone).then(self.add(fresh)) if gone else self.add(fresh)
        self.remove(fresh)
        if gone:
            self.add(gone)
        return delta

    def closure(self) -> Closure:
        """The closure as it stands, as ``close`` would give it for what is asserted."""
        return closure_of(self._engine, all_triples=self._all)

    def n_triples(self) -> Iterator[str]:
        """The inferred triples as N-Triples in order, some thousand lines at a time."""
        keys = Inferences(self._engine, all_triples=self._all).keys()
        return n_triples(self._engine, keys)

    def notes(self) -> list[str]:
        """What is left out of the inferred triples beyond the trivial ones, in words."""
        return Inferences(self._engine, all_triples=self._all).notes()

    def generalised(self) -> list[Fact]:
        """The conclusions with a literal as subject, where all triples were asked for."""
        return Inferences(self._engine, all_triples=True).generalised() if self._all else []

    def inconsistencies(self) -> list[Inconsistency]:
        """The contradictions of the graph as it stands."""
        if self._contradictions is None:
            self._contradictions = find_contradictions(self._engine)
        return list(self._contradictions)

    def same_as(self) -> list[SameAs]:
        """The IRIs that were made one and that nobody said are the same."""
        return find_same_as(self._engine)

    def explain(self, subject: Term, predicate: Term, obj: Term, *, limit: int = 1) -> list[Proof]:
        """Up to ``limit`` proofs that this triple follows, smallest first; for an asserted one
        itself first. Empty where it does not follow."""
        if self._prover is None:
            self._prover = Prover(self._engine, self._rounds.steps)
        return self._prover.prove(Fact(subject, predicate, obj), limit)

    def why_not(
        self, subject: Term, predicate: Term, obj: Term, *, limit: int = 5
    ) -> list[NearMiss]:
        """The rules that would conclude this triple, with the premise each lacks, nearest first."""
        return near_misses(self._engine, Fact(subject, predicate, obj), limit)

    def unknown(self, terms: Iterable[Term]) -> list[Term]:
        """Those of the terms that the graph does not mention."""
        return [term for term in terms if term not in self._engine.dictionary.numbers]

    def ablation(self, axioms: Iterable[ox.Triple] | None = None) -> list[AxiomWorth]:
        """What each asserted axiom is worth: the inferred triples lost when it alone is taken
        away. Most valuable first; the graph is as before afterwards."""
        chosen = self._axioms() if axioms is None else axioms
        ordered = sorted(chosen, key=str)
        self._prover = None
        return worth_of(ordered, self._lost_without(ordered))

    def _axioms(self) -> Iterator[ox.Triple]:
        terms = self._engine.dictionary.terms
        for predicate, relation in list(self._engine.asserted.items()):
            for key in relation.keys().tolist():
                fact = Fact(terms[key >> 32], terms[predicate], terms[key & 0xFFFFFFFF])
                if fact.triple is not None and is_axiom(fact.triple):
                    yield fact.triple

    def _lost_without(self, axioms: Iterable[ox.Triple]) -> Iterator[tuple[ox.Triple, ...]]:
        """For each axiom the inferred triples that are lost without it; each time anew."""
        engine = self._engine
        before = Inferences(engine).keys()
        for axiom in axioms:
            predicate, key = engine.key_of(axiom)
            self._rounds.withdraw(Journal())
            engine.asserted[predicate].remove(key)
            engine.close_anew()
            self._rounds.settle(Journal())
            after = Inferences(engine)
            lost = {p: after.missing(p, keys) for p, keys in before.items()}
            engine.asserted[predicate].insert(key)
            yield tuple(sorted_triples(engine, {p: k for p, k in lost.items() if len(k)}))
        self._rounds.withdraw(Journal())
        engine.close_anew()
        self._rounds.settle(Journal())

    def _change(
        self,
        change: Callable[[Engine, Iterable[ox.Triple], Journal], None],
        triples: Iterable[ox.Triple],
    ) -> Delta:
        journal = Journal()
        self._prover = None
        self._rounds.withdraw(journal)
        change(self._engine, triples, journal)
        self._rounds.settle(journal)
        if self._contradictions is None or self._contradictions:
            # Not known, or there were some: look at everything.
            self._contradictions = find_contradictions(self._engine)
        elif journal.came:
            self._contradictions = contradictions_of_addition(self._engine, journal)
        return self._delta(journal)

    def _delta(self, journal: Journal) -> Delta:
        appeared, disappeared = changed_inferences(self._engine, journal)
        return Delta(
            inferred=tuple(sorted_triples(self._engine, appeared)),
            withdrawn=tuple(sorted_triples(self._engine, disappeared)),
            inconsistencies=tuple(self._contradictions or ()),
            same_as=tuple(find_same_as(self._engine, journal.former_classes)),
        )
