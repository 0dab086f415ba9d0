"""Rules that are queries: run over the closed graph, round by round, until nothing changes.

Each round constructs anew from the closure of what is asserted and what the last round
constructed; so a count follows its members, and negation sees what other rules added.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator
from typing import Any, cast

import numpy as np
import pyoxigraph as ox

from kuvend.errors import BadRequest, BadSyntax
from kuvend.namespaces import RDF
from kuvend.reasoning import maintenance
from kuvend.reasoning.derivations import Step
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.instances import Atom
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.model import Fact
from kuvend.reasoning.output import Inferences
from kuvend.reasoning.relation import EMPTY, LOW, Keys, distinct
from kuvend.reasoning.rules import Pattern, Rule
from kuvend.terms import Term

_MAX_ROUNDS = 50
NOWHERE = -1  # the number of a term that the graph does not mention
# How many matched triples the explanation of a query rule names.
_MAX_PREMISES = 200


class Rounds:
    """The query rules of a project over one engine, for a release of ``date``."""

    def __init__(self, engine: Engine, rules: tuple[Rule, ...], date: datetime.date | None) -> None:
        self._engine = engine
        self._rules = tuple(rule for rule in rules if not rule.horn)
        self._date = date
        self._constructed: dict[ox.Triple, Rule] = {}
        # The closure as queries see it: its keys by predicate, and the same in a store.
        self._held: dict[int, Keys] = {}
        self._store = ox.Store()
        self._is_current = False

    def withdraw(self, journal: Journal) -> None:
        """Take out what was constructed, before a change of what is asserted."""
        self._is_current = False
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
        """What the rules read of the closure, in a store; what has changed is changed there."""
        held, self._held = self._held, self._read()
        for predicate in held.keys() | self._held.keys():
            before, after = held.get(predicate, EMPTY), self._held.get(predicate, EMPTY)
            if not np.array_equal(before, after):
                gone = np.setdiff1d(before, after, True)
                for quad in self._quads(predicate, gone):
                    self._store.remove(quad)
                # "01" and "1" are two literals and one in the store: what stays of a subject
                # that lost a value is put in again.
                touched = ~np.isin(after, before) | np.isin(after >> 32, gone >> 32)
                self._store.extend(self._quads(predicate, after[touched]))
        self._is_current = True
        return self._store

    def _read(self) -> dict[int, Keys]:
        """The keys of the closure that the rules can match, by predicate."""
        wanted = self._wanted()
        inferred = Inferences(self._engine).keys(wanted)
        stated = self._engine.asserted
        asserted = {p: stated[p].keys() for p in stated if wanted is None or p in wanted}
        found: dict[int, Keys] = {}
        for predicate in inferred.keys() | asserted.keys():
            parts = [one[predicate] for one in (inferred, asserted) if predicate in one]
            keys = distinct(np.concatenate(parts))
            values = None if wanted is None else wanted[predicate]
            found[predicate] = keys if values is None else keys[np.isin(keys & LOW, values)]
        return found

    def _wanted(self) -> dict[int, list[int] | None] | None:
        """The predicates that the rules read and the values they read of each, ``None`` for all."""
        numbers = self._engine.dictionary.numbers
        wanted: dict[int, list[int] | None] = {}
        for rule in self._rules:
            if rule.reads is None:
                return None
            for predicate, value in rule.reads:
                values = wanted.setdefault(numbers.get(predicate, NOWHERE), [])
                if value is None:
                    wanted[numbers.get(predicate, NOWHERE)] = None
                elif values is not None:
                    values.append(numbers.get(value, NOWHERE))
        return wanted

    def _quads(self, predicate: int, keys: Keys) -> Iterator[ox.Quad]:
        terms: list[Any] = self._engine.dictionary.terms
        name = terms[predicate]
        return (ox.Quad(terms[key >> 32], name, terms[key & LOW]) for key in keys.tolist())

    def steps(self, fact: Atom) -> Iterator[Step]:
        """The rule that constructed the fact, with the triples its patterns matched."""
        if not self._constructed:
            return
        terms = self._engine.dictionary.terms
        triple = Fact(terms[fact[0]], terms[fact[1]], terms[fact[2]]).triple
        rule = self._constructed.get(triple) if triple is not None else None
        if triple is None or rule is None:
            return
        store = self._store if self._is_current else self._closed_store()
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
        found: dict[Atom, None] = {}
        query = f"SELECT * WHERE {{ {text} }} LIMIT {_MAX_PREMISES}"
        for solution in cast(ox.QuerySolutions, store.query(query)):
            for pattern in body:
                triple = [solution[s[1:]] if isinstance(s, str) else s for s in pattern]
                found.update(dict.fromkeys(self._facts_of(*triple)))
        return tuple(found)

    def _facts_of(self, subject: Term, predicate: Term, value: Term) -> Iterator[Atom]:
        """The facts behind a triple of the store, which has one spelling for literals like 01."""
        numbers, terms = self._engine.dictionary.numbers, self._engine.dictionary.terms
        about, by = numbers[subject], numbers[predicate]
        held = self._held[by]
        start, end = np.searchsorted(held, [about << 32, (about + 1) << 32])
        values = (held[start:end] & LOW).tolist()
        if (exactly := numbers.get(value, NOWHERE)) in values:
            values = [exactly]
        elif isinstance(value, ox.Literal):
            stored = _as_stored(value)
            values = [number for number in values if _as_stored(terms[number]) == stored]
        yield from ((about, by, number) for number in values)


def _as_stored(term: Term) -> Term:
    store = ox.Store()
    store.add(ox.Quad(ox.BlankNode(), RDF.value, term))
    return next(iter(store)).object


def _unify(head: Pattern, triple: ox.Triple) -> dict[str, Term] | None:
    values: dict[str, Term] = {}
    for slot, term in zip(head, triple, strict=True):
        if isinstance(slot, str):
            if values.setdefault(slot, term) != term:
                return None
        elif slot != term:
            return None
    return values
