"""One step back: the ways a fact of a closed graph follows from others by one rule.

Facts are given over the terms people wrote, not over representatives: a step is an instance of a
rule of the W3C tables as it stands, equality rules included.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from itertools import islice, product

import numpy as np

from kuvend.reasoning.contradictions import edge_premises
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.equality import Edge
from kuvend.reasoning.expansion import Expander
from kuvend.reasoning.facts import ASSERTED, BY_VALUE
from kuvend.reasoning.firing import LinkReason, RowReason
from kuvend.reasoning.instances import Atom, Instance
from kuvend.reasoning.join import Columns, row_count
from kuvend.reasoning.relation import LOW, Relation, contained
from kuvend.reasoning.vocabulary import (
    AXIOMATIC_TYPES,
    DIFFERENT_FROM,
    SAME_AS,
    SCHEMA_CLASSES,
    SCHEMA_PREDICATES,
    TYPE,
)

Bindings = tuple[tuple[str, int], ...]
_AXIOMS = {
    (member, TYPE, number): name
    for (number, members), names in zip(
        AXIOMATIC_TYPES,
        (("prp-ap",), ("cls-thing", "cls-nothing1"), ("dt-type1",)),
        strict=True,
    )
    for member, name in zip(members, names * len(members), strict=False)
}
# Of a variable whose value has equals, so many are tried in its place.
_MAX_EQUALS = 12


@dataclass(frozen=True, slots=True)
class Step:
    """One application of a rule. ``premises`` are in the order of the rule, axioms last."""

    rule: str
    premises: tuple[Atom, ...]
    bindings: Bindings = ()


class Derivations:
    """Steps back from the facts of an engine's closed graph."""

    def __init__(
        self, engine: Engine, constructed: Callable[[Atom], Iterator[Step]] | None = None
    ) -> None:
        self._engine = engine
        self._constructed = constructed
        self._by_head: defaultdict[tuple[int, int], list[Instance]] = defaultdict(list)
        self._transitive: set[int] = set()
        for instance in _instances_in_all_terms(engine):
            head = instance.head
            if head is not None:
                self._by_head[head[1], head[2] if head[1] == TYPE else 0].append(instance)
                if _is_transitivity(instance):
                    self._transitive.add(head[1])

    def holds(self, fact: Atom) -> bool:
        """Whether the fact is in the closure, trivial and generalised ones included."""
        subject, predicate, obj = fact
        engine = self._engine
        if fact in _AXIOMS or (predicate == SAME_AS and engine.equality.same(subject, obj)):
            return True
        if engine.dictionary.is_literal(subject) and self._is_virtual(fact):
            return True
        find = engine.equality.find
        relation = engine.relations.get(find(predicate))
        return relation is not None and relation.has(find(subject), find(obj))

    def is_asserted(self, fact: Atom) -> bool:
        """Whether someone stated the fact."""
        return self._engine.is_stated(fact)

    def steps(self, fact: Atom, limit: int) -> Iterator[Step]:
        """The steps that conclude ``fact``, at most ``limit`` for each rule instance."""
        if fact in _AXIOMS:
            yield Step(_AXIOMS[fact], ())
        if self._constructed is not None:
            yield from self._constructed(fact)
        if fact[1] == SAME_AS:
            yield from self._equality(fact)
        yield from self._by_value(fact)
        yield from self._rewritten(fact, limit)
        yield from self._by_rules(fact, limit)

    # -- equality ------------------------------------------------------------------------------

    def _equality(self, fact: Atom) -> Iterator[Step]:
        left, _, right = fact
        if left == right:
            yield from self._reflexive(left)
            return
        path = self._engine.equality.path(left, right)
        if len(path) == 1:
            yield from self._edge(path[0], left, right)
        elif path:
            middle = left
            for edge in path[: len(path) // 2]:
                middle = edge.other(middle)
            yield Step(
                "eq-trans",
                ((left, SAME_AS, middle), (middle, SAME_AS, right)),
                (("x", left), ("y", middle), ("z", right)),
            )

    def _reflexive(self, term: int) -> Iterator[Step]:
        for predicate, relation in self._engine.asserted.items():
            as_predicate = relation.keys()[:1].tolist() if predicate == term else ()
            for pair in (
                *((key >> 32, key & 0xFFFFFFFF) for key in as_predicate),
                *((term, o) for o in relation.objects(term)[:1]),
                *((s, term) for s in relation.subjects(term)[:1]),
            ):
                subject, obj = pair
                bindings = (("s", subject), ("p", predicate), ("o", obj))
                yield Step("eq-ref", ((subject, predicate, obj),), bindings)
                return

    def _edge(self, edge: Edge, left: int, right: int) -> Iterator[Step]:
        if edge.reason == ASSERTED:
            yield from self._edge_by_name(left, right)
            if (edge.left, edge.right) == (right, left):
                yield Step("eq-sym", ((right, SAME_AS, left),), (("x", right), ("y", left)))
        elif edge.reason == BY_VALUE:
            yield Step("dt-eq", (), (("literal1", left), ("literal2", right)))
        elif isinstance(edge.reason, LinkReason):
            link = edge.reason.link
            turned = Edge(left, right, edge.reason)
            values = dict(zip(link.group, edge.reason.group, strict=True))
            values |= {link.member: left, link.partner: right}
            yield _step(link.instance, values, tuple(edge_premises(turned)))
        elif isinstance(edge.reason, RowReason):
            if (edge.left, edge.right) == (left, right):
                values = dict(edge.reason.bindings)
                yield _step(edge.reason.instance, values, tuple(edge_premises(edge)))
            else:
                yield Step("eq-sym", ((right, SAME_AS, left),), (("x", right), ("y", left)))

    def _edge_by_name(self, left: int, right: int) -> Iterator[Step]:
        """Where it is asserted by a property that is the same as ``owl:sameAs``."""
        for name in self._engine.equality.members(SAME_AS):
            if name != SAME_AS and self.is_asserted((left, name, right)):
                bindings = (("s", left), ("p", name), ("o", right), ("p2", SAME_AS))
                premises = ((name, SAME_AS, SAME_AS), (left, name, right))
                yield Step("eq-rep-p", premises, bindings)

    def _rewritten(self, fact: Atom, limit: int) -> Iterator[Step]:
        """eq-rep-*: from the fact with one term replaced by an equal one."""
        grouped = self._engine.equality.grouped()
        if fact[1] == SAME_AS or not any(grouped[term] for term in fact):
            return
        targets: dict[tuple[int, int], None] = {}
        for other in islice(self._other_forms(fact), limit):
            targets.setdefault(_first_change(fact, other), None)
        for place, term in targets:
            before = tuple(term if i == place else old for i, old in enumerate(fact))
            rule, name = (("eq-rep-s", "s"), ("eq-rep-p", "p"), ("eq-rep-o", "o"))[place]
            bindings = tuple(zip("spo", before, strict=True))
            yield Step(
                rule,
                ((term, SAME_AS, fact[place]), (before[0], before[1], before[2])),
                (*bindings, (f"{name}2", fact[place])),
            )

    def _other_forms(self, fact: Atom) -> Iterator[Atom]:
        """Asserted facts equal to ``fact``, then the one over representatives, then all."""
        engine = self._engine
        members = [engine.equality.members(term) for term in fact]
        for predicate in members[1]:
            relation = engine.asserted.get(predicate)
            if relation is None or not relation.size:
                continue
            objects = set(members[2])
            for subject in members[0]:
                for obj in sorted(objects.intersection(relation.objects(subject))):
                    if (subject, predicate, obj) != fact:
                        yield subject, predicate, obj
        root = tuple(engine.equality.find(term) for term in fact)
        if root != fact:
            yield root[0], root[1], root[2]
        for subject, predicate, obj in product(*members):
            if (subject, predicate, obj) != fact:
                yield subject, predicate, obj

    # -- literals ------------------------------------------------------------------------------

    def _is_virtual(self, fact: Atom) -> bool:
        subject, predicate, obj = fact
        if predicate == TYPE and self._engine.literals.is_datatype(obj):
            return self._engine.dictionary.belongs(subject, obj)
        return (
            predicate == DIFFERENT_FROM
            and self._engine.dictionary.is_literal(obj)
            and not self._engine.equality.same(subject, obj)
        )

    def _by_value(self, fact: Atom) -> Iterator[Step]:
        subject, predicate, obj = fact
        if self._engine.dictionary.is_literal(subject) and self._is_virtual(fact):
            if predicate == TYPE:
                yield Step("dt-type2", (), (("literal", subject), ("datatype", obj)))
            else:
                yield Step("dt-diff", (), (("literal1", subject), ("literal2", obj)))

    # -- rules ---------------------------------------------------------------------------------

    def _by_rules(self, fact: Atom, limit: int) -> Iterator[Step]:
        subject, predicate, obj = fact
        if predicate in self._transitive:
            yield from self._along_path(fact)
        for instance in self._by_head.get((predicate, obj if predicate == TYPE else 0), ()):
            values = _match_head(instance, subject, obj)
            if values is not None:
                yield from self._solutions(instance, values, fact, limit)

    def _solutions(
        self, instance: Instance, values: dict[int, int], fact: Atom, limit: int
    ) -> Iterator[Step]:
        find = self._engine.equality.find
        columns: Columns = {_NO_VARIABLE: np.zeros(1, np.int64)}
        columns |= {v: np.array([find(term)], np.int64) for v, term in values.items()}
        body = tuple((_root(s, find), _root(p, find), _root(o, find)) for s, p, o in instance.body)
        found = self._engine.joiner.join(body, columns, instance.comparisons)
        if found is None:
            return
        for row in self._best_rows(instance, found, limit):
            open_values = {v: int(c[row]) for v, c in found.items() if v < 0 and v not in values}
            for choice in self._choices(open_values):
                bound = {**values, **choice}
                body = tuple(_fill(atom, bound) for atom in instance.body)
                if fact not in body:
                    yield _step(instance, bound, (*body, *instance.axioms))

    def _best_rows(self, instance: Instance, columns: Columns, limit: int) -> list[int]:
        """The rows with most premises asserted, at most ``limit``."""
        count = row_count(columns)
        if count <= 1:
            return list(range(count))
        score = np.zeros(count, np.int64)
        for atom in instance.body:
            relation = self._engine.asserted.get(atom[1])
            if relation is not None:
                subjects, objects = (
                    columns[slot] if slot < 0 else np.full(count, slot, np.int64)
                    for slot in (atom[0], atom[2])
                )
                score += relation.contains((subjects << 32) | objects)
        return np.argsort(-score, kind="stable")[:limit].tolist()

    def _choices(self, values: dict[int, int]) -> Iterator[dict[int, int]]:
        """The values, then with equal terms in place of those that have equals."""
        yield values
        doubtful = [v for v, term in values.items() if term in self._engine.equality.classes]
        if doubtful:
            members = [self._engine.equality.members(values[v])[:_MAX_EQUALS] for v in doubtful]
            for combination in islice(product(*members), _MAX_EQUALS**2):
                yield {**values, **dict(zip(doubtful, combination, strict=True))}

    def _along_path(self, fact: Atom) -> Iterator[Step]:
        """Transitivity, split in the middle of a shortest path, so that proofs stay shallow."""
        subject, predicate, obj = fact
        find = self._engine.equality.find
        path = self._path(predicate, find(subject), find(obj))
        if len(path) < 3:
            return
        middle = path[len(path) // 2]
        for instance in self._by_head[predicate, 0]:
            if _is_transitivity(instance):
                values = _match_head(instance, subject, obj) or {}
                values |= {
                    v: middle for atom in instance.body for v in atom if v < 0 and v not in values
                }
                body = tuple(_fill(atom, values) for atom in instance.body)
                if fact not in body:
                    yield _step(instance, values, (*body, *instance.axioms))

    def _path(self, predicate: int, start: int, end: int) -> list[int]:
        """The nodes of a shortest path over facts not themselves put together."""
        relation, composed = self._engine.relations[predicate], self._engine.composed[predicate]
        before: dict[int, int] = {}
        frontier, seen = [start], {start}
        while frontier and end not in before:
            rows, found = relation.objects_of(np.array(frontier, np.int64))
            tails = np.array(frontier, np.int64)[rows]
            keep = ~composed.contains((tails << 32) | found)
            following = []
            for tail, node in zip(tails[keep].tolist(), (found[keep] & LOW).tolist(), strict=True):
                if node not in before and (node not in seen or node == end):
                    before[node] = tail
                    seen.add(node)
                    following.append(node)
            frontier = following
        if end not in before:
            return []
        path = [end, before[end]]
        while path[-1] != start:
            path.append(before[path[-1]])
        return path[::-1]


def _instances_in_all_terms(engine: Engine) -> list[Instance]:
    """The instances of the rules; where terms of the schema have equals, in terms of each."""
    classes = engine.equality.classes
    touched = [root for root in classes if root in engine.plan_terms]
    if not touched or any(len(classes[root]) > _MAX_EQUALS for root in touched):
        return engine.all_instances()
    expander = Expander(engine, {root: classes[root] for root in touched}, all_forms=True)
    schema: defaultdict[int, Relation] = defaultdict(Relation)
    wanted = np.array(sorted(SCHEMA_CLASSES), np.int64)
    for predicate, relation in engine.relations.items():
        keys = relation.keys()
        if predicate == TYPE:
            keys = keys[contained(keys & LOW, wanted)]
        elif predicate not in SCHEMA_PREDICATES:
            continue
        for term, expanded in expander.expand(predicate, keys).items():
            schema[term].insert(schema[term].missing(expanded))
    return engine.instances_for(schema, engine.dictionary.number)


def _root(slot: int, find: Callable[[int], int]) -> int:
    return find(slot) if slot >= 0 else slot


_NO_VARIABLE = 1  # a column that is no variable, so that there is one row


def _is_transitivity(instance: Instance) -> bool:
    return instance.name in ("prp-trp", "scm-sco", "scm-spo")


def _match_head(instance: Instance, subject: int, obj: int) -> dict[int, int] | None:
    """The head's variables bound to a fact; ``None`` where it is not an instance of it."""
    head = instance.head
    if head is None:
        return None
    values: dict[int, int] = {}
    for slot, term in ((head[0], subject), (head[2], obj)):
        if slot >= 0:
            if slot != term:
                return None
        elif values.setdefault(slot, term) != term:
            return None
    return values


def _first_change(fact: Atom, other: Atom) -> tuple[int, int]:
    """The first place where the two differ, and what the other has there."""
    return next((i, b) for i, (a, b) in enumerate(zip(fact, other, strict=True)) if a != b)


def _fill(atom: Atom, values: dict[int, int]) -> Atom:
    subject, predicate, obj = (values.get(slot, slot) for slot in atom)
    return subject, predicate, obj


def _step(instance: Instance, values: dict[int, int], premises: tuple[Atom, ...]) -> Step:
    named = [(name.lstrip("?"), number) for name, number in instance.fixed]
    named += [
        (name.lstrip("?"), values[-1 - place])
        for place, name in enumerate(instance.names)
        if -1 - place in values
    ]
    return Step(instance.name, premises, tuple(named))
