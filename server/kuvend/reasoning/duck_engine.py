"""The engine whose joins run in DuckDB, within a memory limit, and spill to disk.

Rules, numbering, equality, contradictions and output are those of ``Engine``; only the evaluation
is another. Schema facts are mirrored in memory, where the rules are compiled for them. The terms,
what was asserted and the finished closure are in memory too (8 bytes a triple); what a join needs
besides is not.
"""

from __future__ import annotations

from collections.abc import Iterable

import numpy as np

from kuvend.reasoning.duck_tables import Tables
from kuvend.reasoning.engine import Engine, asks_for_same, asks_for_thing
from kuvend.reasoning.facts import Delta
from kuvend.reasoning.firing import Output, RowReason
from kuvend.reasoning.instances import Instance
from kuvend.reasoning.relation import Keys, distinct, pair
from kuvend.reasoning.vocabulary import SAME_AS, SCHEMA_CLASSES, SCHEMA_PREDICATES, TYPE

DEFAULT_MEMORY = "1GB"


class DuckEngine(Engine):
    """A graph closed once, by joins that spill to disk; it takes no changes and gives no proofs.

    ``memory`` is what DuckDB may use ("1GB").
    """

    def __init__(self, *, things: bool = False, memory: str = DEFAULT_MEMORY) -> None:
        super().__init__(things=things)
        self._tables = Tables(memory)
        self._typed: set[int] = set()

    def run(self, delta: Delta) -> None:
        """Close the graph; ``delta`` is what ``load`` gave, and is emptied."""
        self.absorb(self._axiomatic())
        for predicate in list(self.relations):
            self._tables.put(predicate, self.relations.pop(predicate).keys())
        delta.clear()
        self._close()
        self.relations.clear()
        for predicate in self._tables.predicates():
            self._fetch(predicate)
        # As in memory, the types of literals are not kept as facts.
        types, _ = self.literals.split_types(self.relations.pop(TYPE).keys())
        self.relations[TYPE].insert(types)

    def release(self) -> None:
        """Let go of the tables and their files; what is closed stays."""
        self._tables.close()

    def _axiomatic(self) -> Output:
        output = Output()
        self.axioms(output)
        return output

    def _close(self) -> None:
        known: set[tuple[object, ...]] = set()
        while self._advance():
            self.rounds += 1
            instances = self._compile_for_mirror()
            self._type_literals(instances)
            fresh = [i for i in instances if i.key not in known]
            old = [i for i in instances if i.key in known]
            known.update(i.key for i in fresh)
            self.instances = instances
            output = Output()
            self._fire(fresh, output, whole=True)
            self._fire(old, output, whole=False)
            self._take_equal_literals(output)
            self._unite(output)

    def _advance(self) -> bool:
        """Take in what was concluded; whether something of it was new."""
        count = self._tables.settle()
        found = self._tables.types_of(self._literals(), TYPE)
        if len(found):
            _, clashes = self.literals.split_types(found)
            self.clashes.update(clashes)
            wrong = np.array(clashes, np.int64).reshape(-1, 2)
            self._tables.discard(TYPE, pair(wrong[:, 0], wrong[:, 1]))
        return count > 0

    def _compile_for_mirror(self) -> list[Instance]:
        """Every instance for the schema facts of the moment."""
        self.relations.clear()
        for predicate in SCHEMA_PREDICATES:
            self._fetch(predicate)
        self._fetch(TYPE, sorted(SCHEMA_CLASSES))
        instances = self._compiler().instances(self.templates)
        if not self.things and any(map(asks_for_thing, instances)):
            self.things = True
            instances = self._compiler().instances(self.templates)
        if not self._reflexive and any(map(asks_for_same, instances)):
            self._reflexive = True
            terms = self._tables.terms()
            self._tables.put(SAME_AS, pair(terms, terms))
        return instances

    def _fetch(self, predicate: int, objects: Iterable[int] = ()) -> None:
        keys = self._tables.relation(predicate, objects)
        if len(keys):
            self.relations[predicate].insert(keys)

    def _type_literals(self, instances: list[Instance]) -> None:
        """dt-type2 for the datatypes that rules ask for."""
        asked = {a[2] for i in instances for a in i.body if a[1] == TYPE and a[2] >= 0}
        for datatype in sorted(asked - self._typed):
            if self.literals.is_datatype(datatype):
                literals = self._literals()
                members = literals[self.literals.members(literals, datatype)]
                self._tables.put(TYPE, pair(members, datatype))
        self._typed |= asked

    def _literals(self) -> Keys:
        """The literals that represent their class."""
        roots = np.unique(self.equality.representative)
        return roots[self.literals.mask(roots)]

    def _fire(self, instances: list[Instance], output: Output, *, whole: bool) -> None:
        equal = [i for i in instances if i.head is not None and i.head[1] == SAME_AS]
        others = [i for i in instances if i.head is not None and i.head[1] != SAME_AS]
        if whole:
            self.firing.facts(instances, output)
        self._tables.conclude([i for i in others if i.body], whole=whole)
        for instance, values in self._tables.equalities([i for i in equal if i.body], whole=whole):
            bindings = {-1 - place: value for place, value in enumerate(values)}
            left, right = (bindings.get(slot, slot) for slot in _ends(instance))
            reason = RowReason(instance, tuple(bindings.items()))
            output.merges.append((left, right, reason))

    def _unite(self, output: Output) -> None:
        """Make one what was concluded to be, and put the other conclusions to the tables."""
        united = [self.equality.unite(*merge) for merge in output.merges]
        losers = np.array(sorted(u[1] for u in united if u is not None), np.int64)
        if len(losers):
            self._tables.replace(losers, self.equality.representative[losers])
            winners = distinct(self.equality.representative[losers])
            output.facts[SAME_AS].append(pair(winners, winners))
            self.type_named_literals(winners, output)
        for predicate, parts in output.facts.items():
            keys = self.equality.normalise(np.concatenate(parts))
            self._tables.put(self.equality.find(predicate), keys)


def _ends(instance: Instance) -> tuple[int, int]:
    if instance.head is None:
        raise ValueError(f"{instance.name} concludes nothing")
    return instance.head[0], instance.head[2]
