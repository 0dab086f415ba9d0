"""A closed graph at one moment, asked fact by fact: what holds, what is asserted, what is inferred.

``Now`` asks the engine as it is, ``Before`` as it was before the change a journal tells of.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from kuvend.reasoning.engine import Engine
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.relation import EMPTY, LOW, Keys, Mask, contained, distinct
from kuvend.reasoning.trivial import REFLEXIVE
from kuvend.reasoning.vocabulary import DIFFERENT_FROM, NOTHING, NUMBERS, SAME_AS, THING, TYPE

_REFLEXIVE = frozenset(NUMBERS[predicate] for predicate in REFLEXIVE)


class Now:
    """The graph as it is. Facts are given over the terms people wrote."""

    def __init__(self, engine: Engine) -> None:
        self.engine = engine

    def inferred(self, predicate: int, keys: Keys) -> Mask:
        """Which facts are inferred, tell something, and are in the form they are given in."""
        keep = self.holds(predicate, keys) & ~self.asserted(predicate, keys)
        keep &= ~self.engine.literals.mask(keys >> 32)
        return keep & self.tells(predicate, keys) & self._in_given_form(keys)

    def holds(self, predicate: int, keys: Keys) -> Mask:
        """Which facts are in the closure."""
        relation = self.engine.relations.get(self.engine.equality.find(predicate))
        if relation is None:
            return np.zeros(len(keys), bool)
        return relation.contains(self.engine.equality.normalise(keys))

    def asserted(self, predicate: int, keys: Keys) -> Mask:
        """Which facts someone stated."""
        relation = self.engine.asserted.get(predicate)
        if relation is None:
            return np.zeros(len(keys), bool)
        found = relation.contains(keys)
        concluded = self.engine.concluded.get(predicate)
        return found if concluded is None else found & ~concluded.contains(keys)

    def members(self, number: int) -> list[int]:
        """The terms equal to this one."""
        return self.engine.equality.members(number)

    def tells(self, predicate: int, keys: Keys) -> Mask:
        """Which conclusions tell a reader something (see ``trivial.py``)."""
        literal, vocabulary = self.engine.literals.mask, self.engine.dictionary.vocabulary()
        subjects, objects = keys >> 32, keys & LOW
        keep: Mask = (objects != THING) & (subjects != NOTHING) & ~vocabulary[subjects]
        keep &= ~literal(subjects)
        if predicate in _REFLEXIVE:
            keep &= subjects != objects
        if predicate in (SAME_AS, DIFFERENT_FROM):
            keep &= ~literal(objects)
        if predicate == TYPE:
            keep &= ~vocabulary[objects] | (objects == NOTHING)
        if len(self.spelled):
            keep &= ~self._restates(predicate, keys)
        return keep

    @cached_property
    def spelled(self) -> Keys:
        """The literals that are equal to something."""
        is_literal = self.engine.dictionary.is_literal
        classes = self.engine.equality.classes.values()
        return np.array(sorted(m for c in classes for m in c if is_literal(m)), np.int64)

    def _restates(self, predicate: int, keys: Keys) -> Mask:
        """Which say with another spelling of a literal what is asserted."""
        found = np.zeros(len(keys), bool)
        for row in np.nonzero(contained(keys & LOW, self.spelled))[0].tolist():
            key = int(keys[row])
            spellings = [m for m in self.members(key & 0xFFFFFFFF) if m != key & 0xFFFFFFFF]
            others = [(key >> 32 << 32) | m for m in spellings if self._is_literal(m)]
            found[row] = bool(self.asserted(predicate, np.array(others, np.int64)).any())
        return found

    def _in_given_form(self, keys: Keys) -> Mask:
        """Which have the least spelling of a literal with several as object."""
        keep = np.ones(len(keys), bool)
        terms = self.engine.dictionary.terms
        for row in np.nonzero(contained(keys & LOW, self.spelled))[0].tolist():
            number = int(keys[row]) & 0xFFFFFFFF
            forms = self.in_use.intersection(self.members(number))
            keep[row] = number == min(forms, key=lambda form: str(terms[form]), default=number)
        return keep

    @cached_property
    def in_use(self) -> frozenset[int]:
        """The spellings that are asserted somewhere, of the literals equal to something."""
        asserted = self.engine.asserted
        objects = [self._spelled_objects(r.keys()) for r in asserted.values() if r.size]
        return frozenset(np.concatenate([EMPTY, *objects]).tolist())

    def _spelled_objects(self, keys: Keys) -> Keys:
        objects = keys & LOW
        return distinct(objects[contained(objects, self.spelled)])

    def _is_literal(self, number: int) -> bool:
        return self.engine.dictionary.is_literal(number)


class Before(Now):
    """The graph as it was before the change of ``journal``."""

    def __init__(self, engine: Engine, journal: Journal) -> None:
        super().__init__(engine)
        self._journal = journal
        self._classes = journal.former_classes
        self._representative = engine.equality.representative
        if self._classes:
            self._representative = self._representative.copy()
            for member, (root, _) in self._classes.items():
                self._representative[member] = root

    def holds(self, predicate: int, keys: Keys) -> Mask:
        """Which facts were in the closure."""
        roots = self._representative
        keys = (roots[keys >> 32] << 32) | roots[keys & LOW]
        predicate = int(roots[predicate])
        relation = self.engine.relations.get(predicate)
        now = np.zeros(len(keys), bool) if relation is None else relation.contains(keys)
        came, went = self._journal.came, self._journal.went
        return _before(now, keys, came.get(predicate), went.get(predicate))

    def asserted(self, predicate: int, keys: Keys) -> Mask:
        """Which facts were asserted."""
        now = super().asserted(predicate, keys)
        fresh, dropped = self._journal.newly_asserted, self._journal.no_longer_asserted
        return _before(now, keys, fresh.get(predicate), dropped.get(predicate))

    def members(self, number: int) -> list[int]:
        """The terms that were equal to this one."""
        former = self._classes.get(number)
        return former[1] if former is not None else super().members(number)

    @cached_property
    def in_use(self) -> frozenset[int]:
        """The spellings that were asserted somewhere."""
        fresh, dropped = self._journal.newly_asserted, self._journal.no_longer_asserted
        objects = [self._spelled_objects(keys) for keys in dropped.values()]
        for predicate, relation in self.engine.asserted.items():
            keys = relation.keys()
            if predicate in fresh:
                keys = keys[~contained(keys, fresh[predicate])]
            objects.append(self._spelled_objects(keys))
        return frozenset(np.concatenate([EMPTY, *objects]).tolist())

    @cached_property
    def spelled(self) -> Keys:
        """The literals that were equal to something."""
        former = [m for _, c in self._classes.values() if len(c) > 1 for m in c]
        literals = {m for m in former if self._is_literal(m)}
        now = Now(self.engine).spelled.tolist()
        return np.array(sorted(literals.union(m for m in now if m not in self._classes)), np.int64)


def _before(now: Mask, keys: Keys, came: Keys | None, went: Keys | None) -> Mask:
    """What was the case, given what is and what changed; nothing both came and went."""
    if came is not None:
        now = now & ~contained(keys, came)
    return now if went is None else now | contained(keys, went)
