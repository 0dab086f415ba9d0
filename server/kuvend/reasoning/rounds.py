"""Rules that are queries: run over the closed graph, round by round, until nothing changes.

Each round constructs anew from the closure of what is asserted and what the last round
constructed; so a count follows its members, and negation sees what other rules added.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import cast

import pyoxigraph as ox

from kuvend.errors import BadRequest, BadSyntax
from kuvend.reasoning import maintenance
from kuvend.reasoning.derivations import Step
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.instances import Atom
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.model import Fact
from kuvend.reasoning.output import Inferences, sorted_triples
from kuvend.reasoning.rules import Pattern, Rule
from kuvend.terms import Term

_MAX_ROUNDS = 50
# How many matched triples the explanation of a query rule names.
_MAX_PREMISES = 200


class Rounds:
    """The query rules of a project over one engine, for a release of ``date``."""

    def __init__(self, engine: Engine, rules: tuple[Rule, ...], date: datetime.date | None) -> None:
        self._engine = engine
        self._rules = tuple(rule for rule in rules if not rule.horn)
        self._date = date
        self._constructed: dict[ox.Triple, Rule] = {}
        self._store: ox.Store | None = None

    def withdraw(self, journal: Journal) -> None:
        """Take out what was constructed, before a change of what is asserted."""
        self._store = None
        if self._constructed:
            maintenance.retract(self._engine, self._constructed, journal, concluded=True)
            self._constructed = {}

    def settle(self, journal: Journal) -> None:
        """Construct until two rounds agree.

        :raises BadRequest: for rules that never settle, or with a date missing.
        """
        for _ in range(_MAX_ROUNDS if self._rules else 0):
            constructed = self._construct()
            gone = self._constructed.keys() - constructed.keys()
            fresh = constructed.keys() - self._constructed.keys()
            if not gone and not fresh:
                return
            if gone:
                maintenance.retract(self._engine, gone, journal, concluded=True)
            if fresh:
                maintenance.add(self._engine, sorted(fresh, key=str), journal, concluded=True)
            self._constructed = constructed
        if self._rules:
            names = ", ".join(rule.name for rule in self._rules)
            raise BadRequest(f"the rules {names} do not settle: each round undoes the last")

    def _construct(self) -> dict[ox.Triple, Rule]:
        """What the rules construct from the closure as it stands, without what is asserted."""
        store = self._closed_store()
        found: dict[ox.Triple, Rule] = {}
        for rule in self._rules:
            try:
                for triple in cast(ox.QueryTriples, store.query(rule.query(self._date))):
                    if not self._engine.is_stated_triple(triple):
                        found.setdefault(triple, rule)
            except (SyntaxError, RuntimeError) as error:
                raise BadSyntax(f"the rule {rule.name}: {error}", source=rule.source) from error
        return found

    def _closed_store(self) -> ox.Store:
        store = ox.Store()
        engine = self._engine
        terms = engine.dictionary.terms
        triples = sorted_triples(engine, Inferences(engine).keys())
        store.extend(ox.Quad(*triple) for triple in triples)
        store.extend(
            ox.Quad(terms[key >> 32], terms[predicate], terms[key & 0xFFFFFFFF])  # type: ignore[arg-type]
            for predicate, relation in engine.asserted.items()
            for key in relation.keys().tolist()
        )
        self._store = store
        return store

    def steps(self, fact: Atom) -> Iterator[Step]:
        """The rule that constructed the fact, with the triples its patterns matched."""
        if not self._constructed:
            return
        terms = self._engine.dictionary.terms
        triple = Fact(terms[fact[0]], terms[fact[1]], terms[fact[2]]).triple
        rule = self._constructed.get(triple) if triple is not None else None
        if triple is None or rule is None:
            return
        store = self._store or self._closed_store()
        for head in rule.at(self._date).heads:
            values = _unify(head, triple)
            if values is not None:
                premises = self._matched(store, rule, values)
                numbers = self._engine.dictionary.numbers
                bindings = tuple((name[1:], numbers[term]) for name, term in values.items())
                yield Step(rule.name, premises, bindings)
                return

    def _matched(self, store: ox.Store, rule: Rule, values: dict[str, Term]) -> tuple[Atom, ...]:
        body = [tuple(values.get(s, s) if isinstance(s, str) else s for s in p) for p in rule.body]
        text = " . ".join(" ".join(map(str, pattern)) for pattern in body)
        numbers = self._engine.dictionary.numbers
        found: dict[Atom, None] = {}
        query = f"SELECT * WHERE {{ {text} }} LIMIT {_MAX_PREMISES}"
        for solution in cast(ox.QuerySolutions, store.query(query)):
            for pattern in body:
                triple = [solution[s[1:]] if isinstance(s, str) else s for s in pattern]
                subject, predicate, obj = (numbers[term] for term in triple)
                found[subject, predicate, obj] = None
        return tuple(found)


def _unify(head: Pattern, triple: ox.Triple) -> dict[str, Term] | None:
    values: dict[str, Term] = {}
    for slot, term in zip(head, triple, strict=True):
        if isinstance(slot, str):
            if values.setdefault(slot, term) != term:
                return None
        elif slot != term:
            return None
    return values
