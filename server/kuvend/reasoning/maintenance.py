"""Changing a closed graph: assertions added and retracted, the closure kept as if made anew.

Adding continues the evaluation. Retracting first takes out everything some derivation of which
used a retracted fact (delete), then puts back what still follows (rederive). Classes of equals
that may have lost a reason are dissolved and made again from what is left. Where that would cost
as much as closing the graph anew, or an axiom goes, the graph is closed anew.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.contradictions import asserted_form
from kuvend.reasoning.engine import Engine, touches_schema
from kuvend.reasoning.facts import BY_VALUE, Delta
from kuvend.reasoning.firing import Output
from kuvend.reasoning.instances import Atom, Instance
from kuvend.reasoning.join import Columns
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.relation import (
    EMPTY,
    LOW,
    Keys,
    Mask,
    TooMuchWork,
    contained,
    distinct,
)
from kuvend.reasoning.values import literal_value
from kuvend.reasoning.vocabulary import SAME_AS, TYPE

# A retraction that touches more than this part of the closure is done by closing anew.
_LARGE_SHARE = 8
_LARGE_AT_LEAST = 20_000


def add(
    engine: Engine, triples: Iterable[ox.Triple], journal: Journal, *, concluded: bool = False
) -> None:
    """Assert triples and close, noting in ``journal`` what that did.

    ``concluded`` triples are taken as given but count as inferred: a rule made them.
    """
    engine.journal = journal
    try:
        engine.run(engine.load(triples, concluded=concluded))
    finally:
        engine.journal = None


def retract(
    engine: Engine, triples: Iterable[ox.Triple], journal: Journal, *, concluded: bool = False
) -> None:
    """Assert these triples no longer and close, noting what that did. Unknown ones are ignored."""
    engine.journal = journal
    try:
        gone = _unassert(engine, triples, None if concluded else journal)
        retraction = _Retraction(engine)
        try:
            retraction.delete(gone)
        except TooMuchWork:
            retraction.give_up()
            _close_anew(engine, journal)
        else:
            retraction.rederive()
    finally:
        engine.journal = None


def _unassert(engine: Engine, triples: Iterable[ox.Triple], journal: Journal | None) -> Delta:
    numbers = engine.dictionary.numbers
    pairs: defaultdict[int, list[int]] = defaultdict(list)
    for subject, predicate, obj in triples:
        s, p, o = numbers.get(subject), numbers.get(predicate), numbers.get(obj)
        if s is not None and p is not None and o is not None:
            pairs[p].append((s << 32) | o)
    gone: Delta = {}
    for predicate, found in pairs.items():
        keys = distinct(np.array(found, np.int64))
        keys = keys[engine.asserted[predicate].contains(keys)]
        if len(keys):
            engine.asserted[predicate].remove(keys)
            engine.concluded[predicate].remove(keys)
            if journal is not None:
                journal.retracted(predicate, keys)
            gone[predicate] = keys
    return gone


def _close_anew(engine: Engine, journal: Journal) -> None:
    for predicate, relation in engine.relations.items():
        journal.removed(predicate, relation.keys())
    for root, members in engine.equality.classes.items():
        journal.class_changed(root, members)
    engine.close_anew()


class _Retraction:
    """One retraction: first ``delete``, which only looks, then ``rederive`` or ``give_up``."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine
        self._deleted: Delta = {}
        self._dissolving: set[int] = set()
        size = sum(relation.size for relation in engine.relations.values())
        self._limit = max(_LARGE_AT_LEAST, size // _LARGE_SHARE)
        self._spent = 0
        # Classes noted whose facts have not been marked yet.
        self._unseen: set[int] = set()

    def delete(self, gone: Delta) -> None:
        """Find all facts that may no longer follow, and the classes that may fall apart.

        :raises TooMuchWork: where closing anew is the shorter way.
        """
        engine = self._engine
        if touches_schema(gone) or engine.is_reflexive or engine.kept_apart:
            raise TooMuchWork
        engine.firing.begin_retraction(self._limit)
        frontier = self._first(gone)
        frontier = self._mark(frontier)
        while frontier:
            if touches_schema(frontier):
                raise TooMuchWork
            output = Output()
            engine.firing.delta(engine.plan, frontier, output)
            self._spend(output.size())
            candidates = self._conclusions(output)
            roots = {engine.equality.find(left) for left, _, _ in output.merges}
            frontier = self._mark(candidates, roots)
        engine.firing.end_retraction()

    def give_up(self) -> None:
        """Leave the engine as it was before ``delete``."""
        self._engine.firing.end_retraction()

    def rederive(self) -> None:
        """Take out what was found and put back what still follows."""
        engine = self._engine
        for predicate, keys in self._deleted.items():
            engine.discard(predicate, keys)
        output = Output()
        members = self._dissolve(output)
        engine.axioms(output)
        engine.type_named_literals(self._named_literals(), output)
        for predicate, keys in self._deleted.items():
            rest = keys[~self._mentions(keys)]
            again = self._derivable(predicate, rest)
            if len(again):
                output.facts[predicate].append(again)
        if len(members):
            self._restate(members, output)
        engine.run(engine.absorb(output))

    # -- what goes ---------------------------------------------------------------------------

    def _first(self, gone: Delta) -> Delta:
        """The retracted facts by representative, without those still asserted in other terms."""
        equality = self._engine.equality
        found: defaultdict[int, list[Keys]] = defaultdict(list)
        for predicate, keys in gone.items():
            target = equality.find(predicate)
            if target == SAME_AS:
                self._will_dissolve(set(equality.representative[keys >> 32].tolist()))
                continue
            found[target].append(equality.normalise(keys))
        return {
            p: self._unsupported(p, distinct(np.concatenate(parts))) for p, parts in found.items()
        }

    def _conclusions(self, output: Output) -> Delta:
        """The concluded facts that are there, not asserted and not yet marked."""
        found: Delta = {}
        gathered: defaultdict[int, list[Keys]] = defaultdict(list)
        for bucket in (output.facts, output.composed):
            for predicate, parts in bucket.items():
                gathered[predicate] += parts
        for predicate, parts in gathered.items():
            keys = distinct(np.concatenate(parts))
            keys = keys[self._engine.relations[predicate].contains(keys)]
            found[predicate] = self._unsupported(predicate, keys)
        return found

    def _unsupported(self, predicate: int, keys: Keys) -> Keys:
        """Facts no asserted fact stands for.

        Where one does, in other terms, the classes of its terms may have been made by the form
        that goes: they are dissolved too.
        """
        engine = self._engine
        asserted = engine.asserted[predicate].contains(keys)
        grouped = engine.equality.grouped()
        doubtful = grouped[keys >> 32] | grouped[keys & LOW] | grouped[predicate]
        keys, doubtful = keys[doubtful | ~asserted], doubtful[doubtful | ~asserted]
        supported = [
            key
            for key in keys[doubtful].tolist()
            if self._is_asserted((key >> 32, predicate, key & 0xFFFFFFFF))
        ]
        kept = distinct(np.array(supported, np.int64))
        self._will_dissolve({*(kept >> 32).tolist(), *(kept & LOW).tolist()})
        return keys[~contained(keys, kept)]

    def _is_asserted(self, fact: Atom) -> bool:
        self._spend(1)
        subject, predicate, obj = asserted_form(self._engine, fact)
        relation = self._engine.asserted.get(predicate)
        return relation is not None and relation.has(subject, obj)

    def _mark(self, candidates: Delta, roots: set[int] | None = None) -> Delta:
        """Add the candidates, and all that speaks of the roots, to what goes; the new ones."""
        fresh: defaultdict[int, list[Keys]] = defaultdict(list)
        for predicate, keys in candidates.items():
            fresh[predicate].append(keys)
        self._will_dissolve(roots or set())
        if self._unseen:
            for predicate, keys in self._about(self._unseen).items():
                fresh[predicate].append(keys)
            self._unseen = set()
        frontier: Delta = {}
        for predicate, parts in fresh.items():
            known = self._deleted.get(predicate, EMPTY)
            keys = distinct(np.concatenate(parts))
            keys = keys[~contained(keys, known)]
            if len(keys):
                frontier[predicate] = keys
                self._deleted[predicate] = np.sort(np.concatenate((known, keys)))
        return frontier

    def _will_dissolve(self, roots: set[int]) -> None:
        """Note classes that may fall apart."""
        classes = self._engine.equality.classes
        fresh = {root for root in roots if root in classes} - self._dissolving
        if fresh & self._engine.plan_terms or any(
            self._engine.relations.get(root) for root in fresh
        ):
            raise TooMuchWork
        self._dissolving |= fresh
        self._unseen |= fresh

    def _about(self, roots: set[int]) -> Delta:
        """All facts that mention one of the roots."""
        flags = np.zeros(len(self._engine.equality.representative), bool)
        flags[list(roots)] = True
        found = {}
        for predicate, relation in self._engine.relations.items():
            keys = relation.keys()
            keys = keys[flags[keys >> 32] | flags[keys & LOW]]
            if len(keys):
                found[predicate] = keys
                self._spend(len(keys))
        return found

    def _spend(self, amount: int) -> None:
        self._spent += amount
        if self._spent > self._limit:
            raise TooMuchWork

    # -- what comes back -----------------------------------------------------------------------

    def _mentions(self, keys: Keys) -> Mask:
        """Which facts speak of a class that was dissolved."""
        if not self._dissolving:
            return np.zeros(len(keys), bool)
        roots = np.array(sorted(self._dissolving), np.int64)
        return contained(keys >> 32, roots) | contained(keys & LOW, roots)

    def _dissolve(self, output: Output) -> Keys:
        """Dissolve the classes noted; their members. What is equal by value or assertion stays."""
        engine = self._engine
        members: list[int] = []
        for root in sorted(self._dissolving):
            journal = engine.journal
            if journal is not None:
                journal.class_changed(root, engine.equality.members(root))
            members += engine.equality.dissolve(root)
        by_value: dict[object, int] = {}
        for member in members:
            term = engine.dictionary.terms[member]
            value = literal_value(term) if isinstance(term, ox.Literal) else None
            if value is not None and value[0] != "other":
                first = by_value.setdefault(value, member)
                output.merges.append((first, member, BY_VALUE))
        return distinct(np.array(members, np.int64))

    def _restate(self, members: Keys, output: Output) -> None:
        """Put in again what is asserted of the members of dissolved classes."""
        engine = self._engine
        flags = np.zeros(len(engine.equality.representative), bool)
        flags[members] = True
        for predicate, relation in list(engine.asserted.items()):
            keys = relation.keys()
            keys = keys[flags[keys >> 32] | flags[keys & LOW]]
            if len(keys):
                engine.restate(predicate, keys, output)

    def _named_literals(self) -> Keys:
        """Representatives with equals that lost a type; one may be the name of a literal."""
        subjects = distinct(self._deleted.get(TYPE, EMPTY) >> 32)
        return subjects[self._engine.equality.grouped()[subjects]]

    def _derivable(self, predicate: int, keys: Keys) -> Keys:
        """Those of the facts that follow in one step from what is left."""
        if not len(keys):
            return keys
        found = np.zeros(len(keys), bool)
        for instance in self._engine.concluding(predicate):
            rows = np.nonzero(~found)[0]
            if not len(rows):
                break
            columns = _bind_head(instance, keys[rows], rows)
            if columns is None:
                continue
            proved = self._engine.joiner.join(instance.body, columns, instance.comparisons)
            if proved is not None:
                found[proved[_ROW]] = True
        return keys[found]


_ROW = 1  # a column that is no variable: which fact a row belongs to


def _bind_head(instance: Instance, keys: Keys, rows: np.ndarray) -> Columns | None:
    """The head's variables bound to the facts it can conclude."""
    head = instance.head
    if head is None:
        return None
    keep = np.ones(len(keys), bool)
    columns: Columns = {}
    for slot, values in ((head[0], keys >> 32), (head[2], keys & LOW)):
        if slot >= 0:
            keep &= values == slot
        elif slot in columns:
            keep &= columns[slot] == values
        else:
            columns[slot] = values
    if not keep.any():
        return None
    return {**{v: column[keep] for v, column in columns.items()}, _ROW: rows[keep]}
