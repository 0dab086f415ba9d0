"""From the rule tables and an ontology to Horn rules over fixed predicates.

A rule of the tables speaks of an axiom and of data: ``?p rdfs:domain ?c . ?x ?p ?y => …``. For
each axiom in the graph it becomes one ``Instance`` in which only data are left to be matched.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache

from kuvend.reasoning.relation import LOW, Relation
from kuvend.reasoning.table import Pattern, RuleTemplate, Slot
from kuvend.reasoning.vocabulary import (
    FIRST,
    NIL,
    NUMBERS,
    REST,
    SCHEMA_CLASSES,
    SCHEMA_PREDICATES,
    THING,
    TYPE,
)
from kuvend.terms import Term

# Numbers of terms; a negative number is a variable of the instance.
Atom = tuple[int, int, int]
Environment = dict[str, int]

# Covered rules conclude what follows as well by cax-sco or prp-spo1 from what scm-* adds; so does
# any rule whose axiom only puts others together. They are left out of forward evaluation, and
# make for shorter proofs.
_COVERED = frozenset({"cax-eqc1", "cax-eqc2", "prp-eqp1", "prp-eqp2", "cls-int2", "cls-uni"})
# Rules that conclude their own premise from an axiom with the same term on both sides.
_IDLE_IF_EQUAL = _COVERED - {"cls-int2", "cls-uni"} | {"cax-sco", "prp-spo1"}
# Rules that have a variant for owl:Thing without the premise that something is one.
_THING_VARIANT = frozenset({"cls-svf1", "cls-maxqc1", "cls-maxqc3"})
# Sequences read from one list head where equality or bad data give list nodes several members.
_MAX_READINGS = 64


@dataclass(frozen=True, slots=True)
class Comparison:
    """A condition of a rule of the project on two bound values, such as ``?a != ?b``."""

    operator: str
    left: int
    right: int


@dataclass(frozen=True, slots=True)
class Instance:
    """A rule with its axioms filled in.

    ``axioms`` are the schema facts it came from, ``names`` the variables behind -1, -2, …, and
    ``fixed`` what the axioms bound.
    """

    name: str
    body: tuple[Atom, ...]
    head: Atom | None
    axioms: tuple[Atom, ...] = ()
    names: tuple[str, ...] = ()
    fixed: tuple[tuple[str, int], ...] = ()
    comparisons: tuple[Comparison, ...] = ()

    @property
    def key(self) -> tuple[object, ...]:
        """What makes two instances the same for evaluation."""
        return self.body, self.head, self.comparisons


@dataclass(frozen=True, slots=True)
class Link:
    """An equality rule seen from one side: rows of ``group`` values with the same values make
    their ``member`` values one. Linear where the rule as written is quadratic."""

    instance: Instance
    body: tuple[Atom, ...]
    group: tuple[int, ...]
    member: int
    partner: int


class SchemaView:
    """The schema facts as Python dictionaries, as they stand when this object is made."""

    def __init__(self, relations: Mapping[int, Relation], composed: Mapping[int, Relation]) -> None:
        self._relations = relations
        self._composed = composed
        self._pairs: dict[int, list[tuple[int, int]]] = {}
        self._by_subject: dict[int, dict[int, list[int]]] = {}
        self._composed_keys: dict[int, frozenset[int]] = {}

    def match(self, subject: int | None, predicate: int, obj: int | None) -> list[tuple[int, int]]:
        """The (subject, object) pairs of the pattern, sorted."""
        relation = self._relations.get(predicate)
        if relation is None:
            return []
        if subject is not None and obj is not None:
            return [(subject, obj)] if relation.has(subject, obj) else []
        if subject is not None:
            return [(subject, o) for o in self._objects(predicate).get(subject, ())]
        if obj is not None:
            return sorted((s, obj) for s in relation.subjects(obj))
        return self._all(predicate)

    def is_composed(self, fact: Atom) -> bool:
        """Whether this fact only sums up others (a subclass of a subclass, …)."""
        predicate = fact[1]
        keys = self._composed_keys.get(predicate)
        if keys is None:
            relation = self._composed.get(predicate)
            keys = frozenset(relation.keys().tolist() if relation is not None else ())
            self._composed_keys[predicate] = keys
        return (fact[0] << 32) | fact[2] in keys

    def lists(self, head: int) -> list[tuple[tuple[int, ...], tuple[Atom, ...]]]:
        """Each reading of the RDF list: its members and the triples it is made of."""
        readings: list[tuple[tuple[int, ...], tuple[Atom, ...]]] = []
        paths: list[tuple[int, list[Atom]]] = [(head, [])]  # where to read on, and what was read
        while paths and len(readings) < _MAX_READINGS:
            node, facts = paths.pop()
            seen = {fact[0] for fact in facts}
            while node != NIL and node not in seen:
                seen.add(node)
                steps = [
                    (first, rest)
                    for _, first in self.match(node, FIRST, None)
                    for _, rest in self.match(node, REST, None)
                ]
                if not steps:
                    break
                paths += [
                    (rest, [*facts, (node, FIRST, first), (node, REST, rest)])
                    for first, rest in steps[1:]
                ]
                first, rest = steps[0]
                facts += [(node, FIRST, first), (node, REST, rest)]
                node = rest
            if node == NIL:
                members = tuple(fact[2] for fact in facts if fact[1] == FIRST)
                readings.append((members, tuple(facts)))
        return readings

    def _all(self, predicate: int) -> list[tuple[int, int]]:
        if predicate not in self._pairs:
            keys = self._relations[predicate].keys()
            self._pairs[predicate] = list(
                zip((keys >> 32).tolist(), (keys & LOW).tolist(), strict=True)
            )
        return self._pairs[predicate]

    def _objects(self, predicate: int) -> dict[int, list[int]]:
        if predicate not in self._by_subject:
            index: defaultdict[int, list[int]] = defaultdict(list)
            for subject, obj in self._all(predicate):
                index[subject].append(obj)
            self._by_subject[predicate] = dict(index)
        return self._by_subject[predicate]


class Compiler:
    """Turns rule templates into instances for the schema of the moment."""

    def __init__(
        self, number: Callable[[Term], int], schema: SchemaView, *, thing: bool = True
    ) -> None:
        self._number = number
        # The terms of the tables are the same objects each time; hashing them would cost more.
        self._constants: dict[int, int] = {}
        self._patterns: dict[int, tuple[Pattern, tuple[str | int, str | int, str | int]]] = {}
        self._schema = schema
        self._thing = thing

    def instances(
        self, templates: Iterable[RuleTemplate], *, covered: bool = False
    ) -> list[Instance]:
        """All instances, each once, in the order of the templates; ``covered`` ones if asked."""
        found: dict[tuple[object, ...], Instance] = {}
        for template in templates:
            if template.name in _COVERED and not covered:
                continue
            for instance in self._instantiate(template, covered):
                if self._useful(instance):
                    found.setdefault((instance.name, *instance.key), instance)
        return list(found.values())

    def _useful(self, instance: Instance) -> bool:
        if instance.head is not None and instance.head in instance.body:
            return False
        if instance.name in _THING_VARIANT:
            return not any(atom[1:] == (TYPE, THING) for atom in instance.body)
        return self._thing or instance.head is None or instance.head[1:] != (TYPE, THING)

    def _instantiate(self, template: RuleTemplate, covered: bool) -> Iterator[Instance]:
        schema_atoms, data_atoms = split_body(template)
        for environment, axioms in self._solve(schema_atoms, {}, ()):
            if not covered and any(map(self._schema.is_composed, axioms)):
                continue
            if template.name in _IDLE_IF_EQUAL and axioms[0][0] == axioms[0][2]:
                continue
            for filled, facts, data, heads in self._fill_list(template, environment, data_atoms):
                yield from self._make(template, filled, axioms + facts, data, heads)

    def _solve(
        self, atoms: tuple[Pattern, ...], environment: Environment, facts: tuple[Atom, ...]
    ) -> Iterator[tuple[Environment, tuple[Atom, ...]]]:
        if not atoms:
            yield environment, facts
            return
        subject, predicate, obj = atoms[0]
        number = self._value(predicate, environment)
        if number is None:
            return
        for pair in self._schema.match(
            self._value(subject, environment), number, self._value(obj, environment)
        ):
            bound = dict(environment)
            if all(
                not isinstance(slot, str) or bound.setdefault(slot, term) == term
                for slot, term in zip((subject, obj), pair, strict=True)
            ):
                yield from self._solve(atoms[1:], bound, (*facts, (pair[0], number, pair[1])))

    def _fill_list(
        self, template: RuleTemplate, environment: Environment, data: tuple[Pattern, ...]
    ) -> Iterator[tuple[Environment, tuple[Atom, ...], tuple[Pattern, ...], tuple[Pattern, ...]]]:
        """The environment with list members bound, list triples, and patterns with numbers in
        place of the index letters."""
        if template.members is None:
            yield environment, (), data, template.heads
            return
        head = environment["?list"]
        rest = {name: value for name, value in environment.items() if name != "?list"}
        for members, facts in self._schema.lists(head):
            for bound, patterns, heads in _range_over(template, members, data):
                yield {**rest, **bound}, facts, patterns, heads

    def _make(
        self,
        template: RuleTemplate,
        environment: Environment,
        axioms: tuple[Atom, ...],
        data: tuple[Pattern, ...],
        heads: tuple[Pattern, ...],
    ) -> Iterator[Instance]:
        # Variables by name: what the axioms bound, and the others numbered as they come.
        places = dict(environment)
        names: list[str] = []

        def place(slot: str | int) -> int:
            if isinstance(slot, int):
                return slot
            value = places.get(slot)
            if value is None:
                names.append(slot)
                value = places[slot] = -len(names)
            return value

        def atom(pattern: Pattern) -> Atom:
            subject, predicate, obj = self._numbered(pattern)
            return place(subject), place(predicate), place(obj)

        body = tuple(dict.fromkeys(map(atom, data)))
        for head in map(atom, heads) if heads else (None,):
            yield Instance(
                name=template.name,
                body=body,
                head=head,
                axioms=axioms,
                names=tuple(names),
                fixed=tuple(environment.items()),
            )

    def _numbered(self, pattern: Pattern) -> tuple[str | int, str | int, str | int]:
        """The pattern with the numbers of its terms."""
        found = self._patterns.get(id(pattern))
        if found is None:
            subject, predicate, obj = (
                slot if isinstance(slot, str) else self._constant(slot) for slot in pattern
            )
            # The pattern is kept with it, so that no other gets its id.
            found = self._patterns[id(pattern)] = (pattern, (subject, predicate, obj))
        return found[1]

    def _value(self, slot: Slot, environment: Environment) -> int | None:
        if isinstance(slot, str):
            return environment.get(slot)
        return self._constant(slot)

    def _constant(self, slot: Term) -> int:
        known = self._constants.get(id(slot))
        if known is None:
            known = self._constants[id(slot)] = self._number(slot)
        return known


@cache
def split_body(template: RuleTemplate) -> tuple[tuple[Pattern, ...], tuple[Pattern, ...]]:
    """Premises to be matched against the schema, and those left for the data.

    A rule all of whose premises are schema (scm-*) keeps them as data: it is one instance.
    """
    schema = tuple(p for p in template.body if is_schema_pattern(p))
    data = tuple(p for p in template.body if not is_schema_pattern(p))
    if not data and template.members is None:
        return (), schema
    return schema, data


def is_schema_pattern(pattern: Pattern) -> bool:
    """Whether the premise asks for an axiom."""
    if isinstance(pattern[1], str):
        return False
    predicate = NUMBERS[pattern[1]]
    if predicate in SCHEMA_PREDICATES:
        return True
    return (
        predicate == TYPE
        and not isinstance(pattern[2], str)
        and NUMBERS[pattern[2]] in SCHEMA_CLASSES
    )


def _range_over(
    template: RuleTemplate, members: tuple[int, ...], data: tuple[Pattern, ...]
) -> Iterator[tuple[Environment, tuple[Pattern, ...], tuple[Pattern, ...]]]:
    spec = template.members
    if spec is None or not members:
        return
    count = len(members)
    if spec.mode == "every":
        bound = {_index(spec.variables[0], i): members[i - 1] for i in range(1, count + 1)}
        plain = [p for p in data if not _is_indexed(p)]
        indexed = [p for p in data if _is_indexed(p)]
        repeated = [_rename(p, i) for i in range(1, count + 1) for p in indexed]
        yield bound, (*plain, *repeated), tuple(_rename(h, count) for h in template.heads)
    elif spec.mode == "some":
        for i in range(1, count + 1):
            yield (
                {_index(spec.variables[0], i): members[i - 1]},
                tuple(_rename(p, i) for p in data),
                tuple(_rename(h, i) for h in template.heads),
            )
    else:
        first, second = spec.variables
        for i in range(count):
            for j in range(i + 1, count):
                yield {first: members[i], second: members[j]}, data, template.heads


def _is_indexed(pattern: Pattern) -> bool:
    return any(isinstance(slot, str) and "_i" in slot for slot in pattern)


def _index(name: str, number: int) -> str:
    """The index letters of a variable as numbers: ``?u_i+1`` is ``?u_3`` for the second member."""
    return (
        name.replace("_n+1", f"_{number + 1}")
        .replace("_i+1", f"_{number + 1}")
        .replace("_i", f"_{number}")
    )


def _rename(pattern: Pattern, number: int) -> Pattern:
    subject, predicate, obj = (
        _index(slot, number) if isinstance(slot, str) else slot for slot in pattern
    )
    return subject, predicate, obj


def as_link(instance: Instance) -> Link | None:
    """The one-sided view of an equality rule, where it is symmetric in the two it makes one."""
    head = instance.head
    if head is None or head[0] >= 0 or head[2] >= 0 or instance.comparisons:
        return None
    left, right = head[0], head[2]
    one_side = tuple(atom for atom in instance.body if right not in atom)
    other_side = {
        tuple(left if slot == right else slot for slot in atom)
        for atom in instance.body
        if left not in atom
    }
    if set(one_side) != other_side or not any(left in atom for atom in one_side):
        return None
    group = sorted({slot for atom in one_side for slot in atom if slot < 0} - {left}, reverse=True)
    return Link(instance, one_side, tuple(group), left, right)
