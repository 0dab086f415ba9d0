"""Which instances are to be fired when which facts are new.

Most instances have one data premise; those are kept as plain tables (copy a pair, exchange it,
type its subject or object) and fired for a whole predicate at once. The others are joins.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np

from kuvend.reasoning.instances import Atom, Instance, Link, as_link
from kuvend.reasoning.relation import EMPTY, Keys, distinct
from kuvend.reasoning.vocabulary import SAME_AS, TYPE

# Where a new fact of a predicate (or type fact of a class) may complete a body.
Trigger = tuple[Instance | Link, int]


class Plan:
    """Instances sorted by what sets them off; contradictions and mere facts are left out."""

    def __init__(self, instances: Iterable[Instance]) -> None:
        self.copies: defaultdict[int, list[int]] = defaultdict(list)
        self.swaps: defaultdict[int, list[int]] = defaultdict(list)
        self.subject_types: defaultdict[int, list[int]] = defaultdict(list)
        self.object_types: defaultdict[int, list[int]] = defaultdict(list)
        self.transitive: set[int] = set()
        self.by_predicate: defaultdict[int, list[Trigger]] = defaultdict(list)
        self.by_class: defaultdict[int, list[Trigger]] = defaultdict(list)
        self.joins: list[Instance | Link] = []
        self.class_edges: Keys = EMPTY
        edges: list[int] = []
        seen: set[object] = set()
        for instance in instances:
            if instance.head is None or not instance.body:
                continue
            if instance.key in seen:
                continue
            seen.add(instance.key)
            if not self._add_simple(instance, edges):
                self._add_join(instance)
        if edges:
            self.class_edges = distinct(np.array(edges, np.int64))

    def table_predicates(self) -> set[int]:
        """The predicates whose facts set off one of the tables."""
        found = {*self.copies, *self.swaps, *self.subject_types, *self.object_types}
        return found | self.transitive | ({TYPE} if len(self.class_edges) else set())

    def _add_simple(self, instance: Instance, edges: list[int]) -> bool:
        """Put an instance of one premise into its table; whether it fitted one."""
        head = instance.head
        if head is None or instance.comparisons:
            return False
        if _is_transitivity(instance.body, head):
            self.transitive.add(head[1])
            return True
        if len(instance.body) != 1 or head[1] == SAME_AS:
            return False
        subject, predicate, obj = instance.body[0]
        if predicate == TYPE and subject < 0 <= obj:
            if head == (subject, TYPE, head[2]) and head[2] >= 0:
                edges.append((obj << 32) | head[2])
                return True
            return False
        if subject >= 0 or obj >= 0 or subject == obj:
            return False
        table = {
            (subject, obj): self.copies,
            (obj, subject): self.swaps,
        }.get((head[0], head[2]))
        if table is not None:
            table[predicate].append(head[1])
            return True
        if head[1] == TYPE and head[2] >= 0 and head[0] in (subject, obj):
            types = self.subject_types if head[0] == subject else self.object_types
            types[predicate].append(head[2])
            return True
        return False

    def _add_join(self, instance: Instance) -> None:
        linked = as_link(instance) if instance.head and instance.head[1] == SAME_AS else None
        rule = linked or instance
        self.joins.append(rule)
        for place, atom in enumerate(rule.body):
            if atom[1] == TYPE and atom[2] >= 0:
                self.by_class[atom[2]].append((rule, place))
            else:
                self.by_predicate[atom[1]].append((rule, place))


def _is_transitivity(body: tuple[Atom, ...], head: Atom) -> bool:
    if len(body) != 2 or {atom[1] for atom in body} != {head[1]}:
        return False
    for first, second in (body, body[::-1]):
        places = (first[0], first[2], second[2])
        if second[0] == first[2] and (head[0], head[2]) == (first[0], second[2]):
            return len(set(places)) == 3 and all(slot < 0 for slot in places)
    return False
