"""A slow, literal reference: the rule tables evaluated as they are written, on generalised RDF.

Nothing of the engine is used but the text of the tables and the values of literals: no
compilation, no representatives, no virtual facts. Only for graphs of some dozen triples.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import combinations

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.reasoning.table import Pattern, RuleTemplate, rule_table
from kuvend.reasoning.values import OWL_RL_DATATYPES, belongs_to, literal_value
from kuvend.terms import Term

Fact = tuple[Term, Term, Term]
Bindings = dict[str, Term]


class Graph:
    """Facts of generalised RDF, and what one rule of the tables concludes from them at once."""

    def __init__(self, facts: Iterable[Fact]) -> None:
        self.facts: set[Fact] = set()
        self._by_predicate: defaultdict[Term, set[Fact]] = defaultdict(set)
        self._by_subject: defaultdict[tuple[Term, Term], set[Fact]] = defaultdict(set)
        self._by_object: defaultdict[tuple[Term, Term], set[Fact]] = defaultdict(set)
        for fact in facts:
            self.add(fact)

    def add(self, fact: Fact) -> bool:
        if fact in self.facts:
            return False
        self.facts.add(fact)
        subject, predicate, obj = fact
        self._by_predicate[predicate].add(fact)
        self._by_subject[subject, predicate].add(fact)
        self._by_object[predicate, obj].add(fact)
        return True

    def conclusions(self, rule: RuleTemplate) -> Iterator[list[Fact]]:
        if rule.members is None:
            for found in self._solve(list(rule.body), {}):
                yield [filled(head, found) for head in rule.heads]
            return
        before = list(rule.body[: rule.members.premise + 1])
        for found in self._solve(before, {}):
            for members in self._lists(found["?list"]):
                yield from self._with_list(rule, found, members)

    def _with_list(
        self, rule: RuleTemplate, found: Bindings, members: tuple[Term, ...]
    ) -> Iterator[list[Fact]]:
        assert rule.members is not None
        rest = list(rule.body[rule.members.premise + 1 :])
        names = rule.members.variables
        if rule.members.mode == "pair":
            for i, j in combinations(range(len(members)), 2):
                start = {**found, names[0]: members[i], names[1]: members[j]}
                yield from ([] for _ in self._solve(rest, start))
        elif rule.members.mode == "some":
            for member in members:
                for solution in self._solve(rest, {**found, names[0]: member}):
                    yield [filled(head, solution) for head in rule.heads]
        elif members:
            yield from self._with_every(rule, rest, found, members)

    def _with_every(
        self, rule: RuleTemplate, rest: list[Pattern], found: Bindings, members: tuple[Term, ...]
    ) -> Iterator[list[Fact]]:
        assert rule.members is not None
        start = dict(found)
        body = [p for p in rest if not any("_i" in s for s in variables(p))]
        for i, member in enumerate(members, 1):
            start[indexed(rule.members.variables[0], i)] = member
            body += [renamed(p, i) for p in rest if any("_i" in s for s in variables(p))]
        for solution in self._solve(body, start):
            yield [filled(renamed(head, len(members)), solution) for head in rule.heads]

    def _solve(self, body: list[Pattern], found: Bindings) -> Iterator[Bindings]:
        if not body:
            yield found
            return
        best = max(body, key=lambda p: sum(not isinstance(s, str) or s in found for s in p))
        rest = [p for p in body if p is not best]
        wanted = [found.get(s) if isinstance(s, str) else s for s in best]
        for fact in self._match(*wanted):
            bound = dict(found)
            if all(
                bound.setdefault(s, term) == term if isinstance(s, str) else s == term
                for s, term in zip(best, fact, strict=True)
            ):
                yield from self._solve(rest, bound)

    def _match(self, subject: Term | None, predicate: Term | None, obj: Term | None) -> list[Fact]:
        if predicate is None:
            facts: Iterable[Fact] = self.facts
        elif subject is not None:
            facts = self._by_subject.get((subject, predicate), ())
        elif obj is not None:
            facts = self._by_object.get((predicate, obj), ())
        else:
            facts = self._by_predicate.get(predicate, ())
        return [f for f in facts if subject in (None, f[0]) and obj in (None, f[2])]

    def _lists(self, node: Term, seen: tuple[Term, ...] = ()) -> Iterator[tuple[Term, ...]]:
        if node == RDF.nil:
            yield ()
        elif node not in seen:
            for first in self._match(node, RDF.first, None):
                for rest in self._match(node, RDF.rest, None):
                    for tail in self._lists(rest[2], (*seen, node)):
                        yield (first[2], *tail)


class Reference(Graph):
    """The closure of ``triples``: ``facts``, and the names of the rules that concluded false."""

    def __init__(self, triples: Iterable[ox.Triple], *, limit: int = 40_000) -> None:
        super().__init__((t.subject, t.predicate, t.object) for t in triples)
        self.false: set[str] = set()
        self._limit = limit
        self._literals()
        rules = [r for r in rule_table() if r.heads == () or r.body]
        rules = [r for r in rules if r.name not in ("eq-ref", "dt-not-type")]
        while self._step(rules):
            if len(self.facts) > self._limit:
                raise OverflowError(len(self.facts))
        self._not_type()

    def _step(self, rules: list[RuleTemplate]) -> bool:
        changed = False
        for term in {term for fact in self.facts for term in fact}:
            changed |= self.add((term, OWL.sameAs, term))
        for rule in rules:
            for heads in list(self.conclusions(rule)):
                if not heads:
                    self.false.add(rule.name)
                for head in heads:
                    changed |= self.add(head)
        return changed

    def _literals(self) -> None:
        """The axioms of the tables, and dt-type2, dt-eq, dt-diff for the literals there are."""
        self.add((OWL.Thing, RDF.type, OWL.Class))
        self.add((OWL.Nothing, RDF.type, OWL.Class))
        for datatype in OWL_RL_DATATYPES:
            self.add((datatype, RDF.type, RDFS.Datatype))
        literals = {t for f in self.facts for t in f if isinstance(t, ox.Literal)}
        for literal in literals:
            value = literal_value(literal)
            if value is None:
                self.false.add("dt-not-type")
                continue
            for datatype in OWL_RL_DATATYPES:
                if belongs_to(literal, datatype):
                    self.add((literal, RDF.type, datatype))
            for other in literals:
                if (third := literal_value(other)) is not None:
                    predicate = OWL.sameAs if value == third else OWL.differentFrom
                    self.add((literal, predicate, other))

    def _not_type(self) -> None:
        for subject, predicate, obj in self.facts:
            if (
                predicate == RDF.type
                and isinstance(subject, ox.Literal)
                and obj in OWL_RL_DATATYPES
                and not belongs_to(subject, obj)  # type: ignore[arg-type]
            ):
                self.false.add("dt-not-type")


def filled(pattern: Pattern, found: Bindings) -> Fact:
    subject, predicate, obj = (found[s] if isinstance(s, str) else s for s in pattern)
    return subject, predicate, obj


def variables(pattern: Pattern) -> list[str]:
    return [slot for slot in pattern if isinstance(slot, str)]


def renamed(pattern: Pattern, number: int) -> Pattern:
    subject, predicate, obj = (indexed(s, number) if isinstance(s, str) else s for s in pattern)
    return subject, predicate, obj


def indexed(name: str, number: int) -> str:
    for letters, value in (("_n+1", number + 1), ("_i+1", number + 1), ("_i", number)):
        if name.endswith(letters):
            return f"{name.removesuffix(letters)}_{value}"
    return name
