"""Why a triple does not follow: the rules that would conclude it, and the premise each lacks."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

import numpy as np

from kuvend.reasoning.engine import Engine
from kuvend.reasoning.instances import Atom, Instance
from kuvend.reasoning.join import Columns
from kuvend.reasoning.model import Fact
from kuvend.reasoning.table import RuleTemplate
from kuvend.reasoning.vocabulary import NUMBERS, SAME_AS, TYPE
from kuvend.terms import Term

# A premise as far as it is known: terms, and variables with their question mark.
Missing = tuple[Term | str, Term | str, Term | str]

# Rules for which it helps to know that an axiom is missing; others would fit almost anything.
_AXIOM_RULES = (
    "prp-symp", "prp-trp", "prp-inv1", "prp-inv2", "prp-spo1", "cax-sco", "prp-dom", "prp-rng",
)  # fmt: skip
_MAX_FOR_RULE = 5


@dataclass(frozen=True)
class NearMiss:
    """A rule that would conclude the triple if ``missing`` held; ``present`` does hold."""

    rule: str
    missing: tuple[Missing, ...]
    present: tuple[Fact, ...]
    is_axiom: bool = False

    def as_text(self) -> str:
        """One line: the rule and what it lacks."""
        lacks = " and ".join(" ".join(map(str, premise)) for premise in self.missing)
        kind = "the axiom" if self.is_axiom else "the statement"
        return f"{self.rule} would conclude it with {kind} {lacks} ."


def near_misses(engine: Engine, fact: Fact, limit: int) -> list[NearMiss]:
    """The rules that would conclude ``fact``, those that lack least first; statements before
    axioms. Empty where a term is unknown or no rule concludes such a triple."""
    numbers = engine.dictionary.numbers
    subject, predicate, obj = (numbers.get(term) for term in fact)
    if subject is None or predicate is None or obj is None:
        return []
    goal = engine.equality.find(subject), engine.equality.find(predicate), engine.equality.find(obj)
    search = _Search(engine, goal)
    found = dict.fromkeys([*search.statements(), *search.axioms()])
    ranked = sorted(
        found, key=lambda near: (len(near.missing), near.is_axiom, -len(near.present), str(near))
    )
    return ranked[:limit]


class _Search:
    def __init__(self, engine: Engine, goal: Atom) -> None:
        self._engine = engine
        self._goal = goal

    # -- a statement is missing ------------------------------------------------------------------

    def statements(self) -> Iterator[NearMiss]:
        """Instances of rules all but one of whose data premises hold."""
        for instance in self._engine.all_instances():
            head = instance.head
            if head is None or head[1] != self._goal[1] or not instance.body:
                continue
            bound = _bind(head, self._goal)
            if bound is not None:
                yield from islice(self._lacking(instance, bound), _MAX_FOR_RULE)

    def _lacking(self, instance: Instance, bound: dict[int, int]) -> Iterator[NearMiss]:
        for place, atom in enumerate(instance.body):
            rest = [other for number, other in enumerate(instance.body) if number != place]
            values = self._first_solution(rest, bound)
            if values is None:
                continue
            missing = tuple(values.get(slot, slot) for slot in atom)
            if missing == self._goal or self._holds(missing):
                continue
            facts = [tuple(values.get(slot, slot) for slot in other) for other in rest]
            yield NearMiss(
                instance.name,
                (self._named(missing, instance.names),),
                tuple(map(self._fact, [*facts, *instance.axioms])),
            )

    def _first_solution(self, atoms: list[Atom], bound: dict[int, int]) -> dict[int, int] | None:
        columns: Columns = {1: np.zeros(1, np.int64)}
        columns |= {variable: np.array([number], np.int64) for variable, number in bound.items()}
        found = self._engine.joiner.join(atoms, columns)
        return None if found is None else {v: int(c[0]) for v, c in found.items() if v < 0}

    # -- an axiom is missing ---------------------------------------------------------------------

    def axioms(self) -> Iterator[NearMiss]:
        """Rules of the tables all of whose data premises hold, without their axiom."""
        for template in self._engine.templates:
            if template.name in _AXIOM_RULES:
                yield from islice(self._without_axiom(template), _MAX_FOR_RULE)

    def _without_axiom(self, template: RuleTemplate) -> Iterator[NearMiss]:
        values: dict[str, int] = {}
        for slot, number in zip(template.heads[0], self._goal, strict=True):
            if isinstance(slot, str):
                if values.setdefault(slot, number) != number:
                    return
            elif NUMBERS[slot] != number:
                return
        axiom, *data = template.body
        for solution in self._match(data, values):
            missing = self._filled(axiom, solution)
            if missing[0] == missing[2] or self._holds(missing):
                continue
            yield NearMiss(
                template.name,
                (self._named(missing, ()),),
                tuple(self._fact(self._filled(pattern, solution)) for pattern in data),
                is_axiom=True,
            )

    def _match(
        self, patterns: list[tuple[Term | str, Term | str, Term | str]], values: dict[str, int]
    ) -> Iterator[dict[str, int]]:
        if not patterns:
            yield values
            return
        wanted = [values.get(s) if isinstance(s, str) else NUMBERS[s] for s in patterns[0]]
        for fact in self._facts(*wanted):
            if fact == self._goal:
                continue
            bound = dict(values)
            if all(
                not isinstance(slot, str) or bound.setdefault(slot, number) == number
                for slot, number in zip(patterns[0], fact, strict=True)
            ):
                yield from self._match(patterns[1:], bound)

    def _facts(self, s: int | None, p: int | None, o: int | None) -> Iterator[Atom]:
        predicates = [p] if p is not None else [q for q in self._engine.relations if q != SAME_AS]
        for predicate in predicates:
            relation = self._engine.relations.get(predicate)
            if relation is None or (p is None and predicate == TYPE):
                continue
            if s is not None and o is not None:
                if relation.has(s, o):
                    yield s, predicate, o
            elif s is not None:
                yield from ((s, predicate, other) for other in relation.objects(s)[:_MAX_FOR_RULE])
            elif o is not None:
                yield from ((other, predicate, o) for other in relation.subjects(o)[:_MAX_FOR_RULE])

    def _filled(
        self, pattern: tuple[Term | str, Term | str, Term | str], values: dict[str, int]
    ) -> Atom:
        subject, predicate, obj = (
            values[slot] if isinstance(slot, str) else NUMBERS[slot] for slot in pattern
        )
        return subject, predicate, obj

    # -- terms -----------------------------------------------------------------------------------

    def _holds(self, fact: tuple[int, ...]) -> bool:
        relation = self._engine.relations.get(fact[1])
        return min(fact) >= 0 and relation is not None and relation.has(fact[0], fact[2])

    def _fact(self, fact: tuple[int, ...]) -> Fact:
        terms = self._engine.dictionary.terms
        return Fact(terms[fact[0]], terms[fact[1]], terms[fact[2]])

    def _named(self, fact: tuple[int, ...], names: tuple[str, ...]) -> Missing:
        terms = self._engine.dictionary.terms
        subject, predicate, obj = (terms[slot] if slot >= 0 else names[-1 - slot] for slot in fact)
        return subject, predicate, obj


def _bind(head: Atom, goal: Atom) -> dict[int, int] | None:
    values: dict[int, int] = {}
    for slot, number in zip(head, goal, strict=True):
        if slot >= 0:
            if slot != number:
                return None
        elif values.setdefault(slot, number) != number:
            return None
    return values
