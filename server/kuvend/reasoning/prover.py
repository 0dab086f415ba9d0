"""Finding proofs: backward from the conclusion, level by level, until it is proved; then the
smallest proof among what was found.

Nothing is recorded when the graph is closed. Facts and the steps that conclude them form a graph
of alternatives; a fact is proved once one of its steps has all premises proved, so circles of
facts that support one another prove nothing.
"""

from __future__ import annotations

import heapq
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

from kuvend.reasoning.derivations import Derivations, Step
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.instances import Atom
from kuvend.reasoning.model import Fact
from kuvend.reasoning.proof import ASSERTED_RULE, Proof
from kuvend.terms import Term

# Solutions looked at for each rule instance; the next is tried where the last proved nothing.
_BREADTHS = (4, 32, 512, 1_000_000)
_MAX_FACTS = 200_000
_MAX_ALTERNATIVES = 50


@dataclass
class _Alternatives:
    """What was found so far: steps by the fact they conclude, and what is proved."""

    steps: dict[Atom, list[Step]] = field(default_factory=dict)
    proved: set[Atom] = field(default_factory=set)
    waiting: defaultdict[Atom, list[tuple[Atom, int]]] = field(
        default_factory=lambda: defaultdict(list)
    )
    missing: dict[tuple[Atom, int], int] = field(default_factory=dict)


class Prover:
    """Proves facts of an engine's closed graph, for as long as the graph stays as it is."""

    def __init__(
        self, engine: Engine, constructed: Callable[[Atom], Iterator[Step]] | None = None
    ) -> None:
        self._engine = engine
        self._derivations = Derivations(engine, constructed)

    def prove(self, fact: Fact, limit: int = 1) -> list[Proof]:
        """Up to ``limit`` proofs of ``fact``, smallest first; none where it does not follow."""
        goal = self._numbered(fact)
        if goal is None or not self._derivations.holds(goal):
            return []
        for breadth in _BREADTHS:
            found = self._explore(goal, breadth, further=limit > 1)
            if goal in found.proved:
                return self._extract(goal, found, limit)
        return []

    def _numbered(self, fact: Fact) -> Atom | None:
        numbers = self._engine.dictionary.numbers
        subject, predicate, obj = (numbers.get(term) for term in fact)
        if subject is None or predicate is None or obj is None:
            return None
        return subject, predicate, obj

    def _explore(self, goal: Atom, breadth: int, *, further: bool) -> _Alternatives:
        """Look back from the goal until it is proved; ``further``: one level more."""
        found = _Alternatives()
        level = [goal]
        found.steps[goal] = []
        while level and len(found.steps) < _MAX_FACTS:
            following: list[Atom] = []
            for fact in level:
                following += self._open(fact, breadth, found)
            if goal in found.proved and not self._derivations.is_asserted(goal):
                if not further:
                    break
                further = False
            elif goal in found.proved and not further:
                break
            level = following
        return found

    def _open(self, fact: Atom, breadth: int, found: _Alternatives) -> list[Atom]:
        """Find the steps to one fact; the premises not met before."""
        fresh = []
        if self._derivations.is_asserted(fact):
            self._settle(fact, found)
            if len(found.steps) > 1:
                return []
        for step in self._derivations.steps(fact, breadth):
            number = len(found.steps[fact])
            found.steps[fact].append(step)
            unproved = {premise for premise in step.premises if premise not in found.proved}
            found.missing[fact, number] = len(unproved)
            for premise in unproved:
                found.waiting[premise].append((fact, number))
                if premise not in found.steps:
                    found.steps[premise] = []
                    if self._derivations.is_asserted(premise):
                        self._settle(premise, found)
                    else:
                        fresh.append(premise)
            if found.missing[fact, number] == 0:
                self._settle(fact, found)
        return fresh

    def _settle(self, fact: Atom, found: _Alternatives) -> None:
        """Note that a fact is proved, and what is proved by that."""
        pending = [fact]
        while pending:
            proved = pending.pop()
            if proved in found.proved:
                continue
            found.proved.add(proved)
            for concluded, number in found.waiting.pop(proved, ()):
                found.missing[concluded, number] -= 1
                if found.missing[concluded, number] == 0:
                    pending.append(concluded)

    # -- the smallest --------------------------------------------------------------------------

    def _extract(self, goal: Atom, found: _Alternatives, limit: int) -> list[Proof]:
        best = self._cheapest(found)
        proofs: list[Proof] = []
        if self._derivations.is_asserted(goal):
            proofs.append(Proof(self._fact(goal), ASSERTED_RULE))
        steps = [s for s in found.steps[goal] if all(p in best for p in s.premises)]
        for step in steps[:_MAX_ALTERNATIVES]:
            if not self._leads_to(goal, step, best):
                premises = tuple(self._build(premise, best) for premise in step.premises)
                proof = Proof(self._fact(goal), step.rule, self._named(step), premises)
                if proof not in proofs:
                    proofs.append(proof)
        proofs.sort(key=lambda proof: (proof.size, proof.rule, proof.as_text()))
        return proofs[:limit]

    def _cheapest(self, found: _Alternatives) -> dict[Atom, Step | None]:
        """For each proved fact the step of its smallest proof; ``None`` for asserted ones.

        Knuth's generalisation of Dijkstra's algorithm: facts are settled in order of size.
        """
        uses: defaultdict[Atom, list[tuple[Atom, int]]] = defaultdict(list)
        left: dict[tuple[Atom, int], int] = {}
        cost: dict[tuple[Atom, int], int] = {}
        heap: list[tuple[int, Atom, int]] = []
        for fact, steps in found.steps.items():
            if self._derivations.is_asserted(fact):
                heap.append((1, fact, -1))
            for number, step in enumerate(steps):
                premises = set(step.premises)
                left[fact, number], cost[fact, number] = len(premises), 1
                for premise in premises:
                    uses[premise].append((fact, number))
                if not premises:
                    heap.append((1, fact, number))
        heapq.heapify(heap)
        best: dict[Atom, Step | None] = {}
        while heap:
            size, fact, number = heapq.heappop(heap)
            if fact in best:
                continue
            best[fact] = None if number < 0 else found.steps[fact][number]
            for use in uses[fact]:
                left[use] -= 1
                cost[use] += size
                if left[use] == 0:
                    heapq.heappush(heap, (cost[use], *use))
        return best

    def _leads_to(self, goal: Atom, step: Step, best: dict[Atom, Step | None]) -> bool:
        """Whether the smallest proofs of the premises use the goal itself."""
        pending, seen = list(step.premises), set()
        while pending:
            fact = pending.pop()
            if fact == goal:
                return True
            if fact not in seen:
                seen.add(fact)
                under = best[fact]
                pending += under.premises if under is not None else ()
        return False

    def _build(self, fact: Atom, best: dict[Atom, Step | None]) -> Proof:
        step = best[fact]
        if step is None:
            return Proof(self._fact(fact), ASSERTED_RULE)
        premises = tuple(self._build(premise, best) for premise in step.premises)
        return Proof(self._fact(fact), step.rule, self._named(step), premises)

    def _fact(self, fact: Atom) -> Fact:
        terms = self._engine.dictionary.terms
        return Fact(terms[fact[0]], terms[fact[1]], terms[fact[2]])

    def _named(self, step: Step) -> tuple[tuple[str, Term], ...]:
        terms = self._engine.dictionary.terms
        return tuple((name, terms[number]) for name, number in step.bindings)
