"""Firing a plan: what the rules conclude from new facts, before it is known what of it is new."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from kuvend.reasoning.instances import Comparison, Instance, Link
from kuvend.reasoning.join import Columns, Joiner, head_keys
from kuvend.reasoning.plan import Plan, Trigger
from kuvend.reasoning.relation import (
    LOW,
    Keys,
    Relation,
    TooMuchWork,
    distinct,
    drop_repeats,
    expand,
    pair,
    swap,
)
from kuvend.reasoning.transitive import transitive_closure
from kuvend.reasoning.vocabulary import SAME_AS, TYPE

# Rules that only put other schema facts together.
COMPOSING = frozenset({"scm-sco", "scm-spo", "scm-dom1", "scm-dom2", "scm-rng1", "scm-rng2"})
# A transitive property that gains less than this part of itself is closed by joins.
_SMALL_GAIN = 8


@dataclass(frozen=True, slots=True)
class LinkReason:
    """Two members of one group: the rule and what its group variables were bound to."""

    link: Link
    group: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class RowReason:
    """An equality a rule concluded outright: the rule and all its bindings."""

    instance: Instance
    bindings: tuple[tuple[int, int], ...]


@dataclass
class Output:
    """Conclusions of a round: facts by predicate, those that only put others together apart,
    and terms to be made one, each with its reason."""

    facts: defaultdict[int, list[Keys]] = field(default_factory=lambda: defaultdict(list))
    composed: defaultdict[int, list[Keys]] = field(default_factory=lambda: defaultdict(list))
    merges: list[tuple[int, int, object]] = field(default_factory=list)

    def size(self) -> int:
        """How many keys were produced, repeats among them."""
        buckets = (self.facts, self.composed)
        return sum(len(keys) for b in buckets for parts in b.values() for keys in parts)


class Firing:
    """Fires plans over relations.

    During a retraction equality rules conclude that a term is the same as itself where a fact
    that goes may have made its class: so the classes are found that may fall apart.
    """

    def __init__(
        self,
        relations: Mapping[int, Relation],
        composed: Mapping[int, Relation],
        joiner: Joiner,
    ) -> None:
        self._relations = relations
        self._composed = composed
        self._joiner = joiner
        self._closed: set[int] = set()
        self._limit: int | None = None
        self._is_retracting = False

    def terms_were_united(self) -> None:
        """Tell that paths may have become connected: what was closed need no longer be."""
        self._closed.clear()

    def begin_retraction(self, limit: int) -> None:
        """From now on look for what depends on facts; produce no more than ``limit`` at once."""
        self._is_retracting, self._limit = True, limit
        self._joiner.limit = limit
        self._closed.clear()

    def end_retraction(self) -> None:
        """Conclude as usual again, without a limit."""
        self._is_retracting, self._limit = False, None
        self._joiner.limit = None

    def facts(self, instances: Iterable[Instance], output: Output) -> None:
        """Conclusions of instances without premises left."""
        for instance in instances:
            if not instance.body and instance.head is not None:
                subject, predicate, obj = instance.head
                if predicate == SAME_AS:
                    output.merges.append((subject, obj, RowReason(instance, ())))
                else:
                    output.facts[predicate].append(pair(subject, obj))

    def whole(self, plan: Plan, output: Output) -> None:
        """Conclusions of all instances of the plan from all facts there are."""
        for predicate in plan.table_predicates():
            relation = self._relations.get(predicate)
            if relation is not None and relation.size:
                self._tables(plan, predicate, relation.keys(), output)
        for rule in plan.joins:
            columns = self._joiner.evaluate(rule.body, _comparisons(rule))
            if columns is not None:
                self._conclude(rule, columns, output, is_whole=True)

    def delta(self, plan: Plan, delta: Mapping[int, Keys], output: Output) -> None:
        """Conclusions with at least one premise in ``delta``, which is part of the relations."""
        for predicate, keys in delta.items():
            self._tables(plan, predicate, keys, output)
            backward = _Once(keys)
            for trigger in plan.by_predicate.get(predicate, ()):
                self._trigger(trigger, keys, backward, output)
            if predicate == TYPE and plan.by_class:
                for number in drop_repeats(backward() >> 32).tolist():
                    for trigger in plan.by_class.get(number, ()):
                        self._trigger(trigger, keys, backward, output)
            if self._limit is not None and output.size() > self._limit:
                raise TooMuchWork

    def _tables(self, plan: Plan, predicate: int, keys: Keys, output: Output) -> None:
        facts = output.facts
        for target in plan.copies.get(predicate, ()):
            facts[target].append(keys)
        if predicate in plan.swaps or predicate in plan.object_types:
            backward = np.sort(swap(keys))
            for target in plan.swaps.get(predicate, ()):
                facts[target].append(backward)
            objects = drop_repeats(backward >> 32)
            for number in plan.object_types.get(predicate, ()):
                facts[TYPE].append(pair(objects, number))
        if predicate in plan.subject_types:
            subjects = drop_repeats(keys >> 32)
            for number in plan.subject_types[predicate]:
                facts[TYPE].append(pair(subjects, number))
        if predicate in plan.transitive:
            self._close(predicate, keys, output)
        if predicate == TYPE and len(plan.class_edges):
            rows, classes = expand(plan.class_edges, keys & LOW)
            facts[TYPE].append(pair(keys[rows] >> 32, classes))

    def _close(self, predicate: int, keys: Keys, output: Output) -> None:
        """Transitivity: from the base facts where much is new, by joins where little is."""
        relation, composed = self._relations[predicate], self._composed[predicate]
        if predicate in self._closed:
            # What the closure itself added needs no second look.
            self._closed.discard(predicate)
            keys = keys[~composed.contains(keys)]
        if not len(keys):
            return
        if len(keys) * _SMALL_GAIN >= relation.size and not self._is_retracting:
            base = relation.keys()
            closed = transitive_closure(base[~composed.contains(base)])
            self._closed.add(predicate)
            output.composed[predicate].append(closed)
            return
        limit = self._joiner.limit
        rows, further = relation.objects_of(keys & LOW, limit)
        output.composed[predicate].append(pair(keys[rows] >> 32, further))
        rows, before = relation.subjects_of(keys >> 32, limit)
        output.composed[predicate].append(pair(before, keys[rows] & LOW))

    def _trigger(self, trigger: Trigger, keys: Keys, backward: _Once, output: Output) -> None:
        rule, place = trigger
        if not all(atom[1] == TYPE or self._has_facts(atom[1]) for atom in rule.body):
            return
        columns = self._joiner.seed(rule.body[place], keys, backward)
        if columns is None:
            return
        rest = [atom for number, atom in enumerate(rule.body) if number != place]
        found = self._joiner.join(rest, columns, _comparisons(rule))
        if found is not None:
            self._conclude(rule, found, output, is_whole=False)

    def _has_facts(self, predicate: int) -> bool:
        relation = self._relations.get(predicate)
        return relation is not None and relation.size > 0

    def _conclude(
        self, rule: Instance | Link, columns: Columns, output: Output, *, is_whole: bool
    ) -> None:
        if isinstance(rule, Link):
            self._link(rule, columns, output, is_whole=is_whole)
        elif rule.head is None:
            return
        elif rule.head[1] == SAME_AS:
            self._merge_rows(rule, columns, output)
        else:
            bucket = output.composed if rule.name in COMPOSING else output.facts
            bucket[rule.head[1]].append(head_keys(rule.head, columns))

    def _link(self, link: Link, columns: Columns, output: Output, *, is_whole: bool) -> None:
        """Members of one group become one: each is linked to the next in its group."""
        if self._is_retracting:
            members = distinct(columns[link.member]).tolist()
            output.merges += [(member, member, None) for member in members]
            return
        if not is_whole:
            wider = self._widen(link, columns)
            if wider is None:
                return
            columns = wider
        rows = _distinct_rows([columns[v] for v in (*link.group, link.member)])
        neighbours = (rows[1:, :-1] == rows[:-1, :-1]).all(axis=1)
        for row in np.nonzero(neighbours)[0].tolist():
            group = tuple(rows[row, :-1].tolist())
            left, right = int(rows[row, -1]), int(rows[row + 1, -1])
            output.merges.append((left, right, LinkReason(link, group)))

    def _merge_rows(self, rule: Instance, columns: Columns, output: Output) -> None:
        if rule.head is None:
            return
        keys = head_keys(rule.head, columns)
        is_same = (keys >> 32) == (keys & LOW)
        for row in np.nonzero(is_same if self._is_retracting else ~is_same)[0].tolist():
            bindings = tuple((v, int(column[row])) for v, column in columns.items() if v < 0)
            key = int(keys[row])
            output.merges.append((key >> 32, key & 0xFFFFFFFF, RowReason(rule, bindings)))

    def _widen(self, link: Link, columns: Columns) -> Columns | None:
        """All rows of the groups that have a row in ``columns``."""
        if not link.group:
            return self._joiner.evaluate(link.body)
        groups = _distinct_rows([columns[v] for v in link.group])
        bound = {v: groups[:, i] for i, v in enumerate(link.group)}
        return self._joiner.join(link.body, bound)


class _Once:
    """The keys exchanged and sorted, made when first asked for."""

    def __init__(self, keys: Keys) -> None:
        self._keys = keys
        self._made: Keys | None = None

    def __call__(self) -> Keys:
        if self._made is None:
            self._made = np.sort(swap(self._keys))
        return self._made


def _distinct_rows(columns: list[Keys]) -> NDArray[np.int64]:
    """The rows of the columns in order, each once."""
    if len(columns) == 2:
        # Nearly always: a property and its value. One sort of keys is several times as fast.
        keys = distinct(pair(columns[0], columns[1]))
        return np.stack((keys >> 32, keys & LOW), axis=1)
    if len(columns) == 1:
        return distinct(columns[0])[:, np.newaxis]
    return np.unique(np.stack(columns, axis=1), axis=0)


def _comparisons(rule: Instance | Link) -> tuple[Comparison, ...]:
    return rule.comparisons if isinstance(rule, Instance) else ()
