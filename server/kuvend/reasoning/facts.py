"""A graph as relations over representatives: what is asserted, what holds, what is equal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.dictionary import Dictionary
from kuvend.reasoning.equality import Equality
from kuvend.reasoning.firing import Output
from kuvend.reasoning.instances import Atom
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.literals import LiteralTypes
from kuvend.reasoning.relation import LOW, Keys, Relation, distinct, pair
from kuvend.reasoning.vocabulary import AXIOMATIC_TYPES, NAMED_BY_RULES, SAME_AS, TYPE, VOCABULARY
from kuvend.terms import Term

# Facts that are new, by predicate: sorted keys.
Delta = dict[int, Keys]

ASSERTED, BY_VALUE = "asserted", "dt-eq"


class FactBase:
    """``relations`` is in terms of representatives; ``asserted`` holds what was given, in the
    terms it was given in. Conclusions are taken in by ``absorb``."""

    def __init__(self) -> None:
        self.dictionary = Dictionary(VOCABULARY)
        self.equality = Equality(self._rank)
        self.relations: defaultdict[int, Relation] = defaultdict(Relation)
        self.asserted: defaultdict[int, Relation] = defaultdict(Relation)
        # Those of the asserted facts that a rule of the project constructed.
        self.concluded: defaultdict[int, Relation] = defaultdict(Relation)
        # Facts that only put others together (transitivity, scm-sco, …), a part of relations.
        self.composed: defaultdict[int, Relation] = defaultdict(Relation)
        # Literals a rule says are of a datatype they are not of (dt-not-type).
        self.clashes: set[tuple[int, int]] = set()
        # Terms the rules name that something says are one: they are not taken to be.
        self.kept_apart: set[tuple[int, int]] = set()
        self.literals = LiteralTypes(self.dictionary)
        self.journal: Journal | None = None
        self._equals_taken = 0
        # Whether each term is to be the same as itself in the relation of owl:sameAs.
        self._reflexive = False

    def load(self, triples: Iterable[ox.Triple], *, concluded: bool = False) -> Delta:
        """Assert triples; the facts that were not there, ready for ``run``.

        ``concluded`` ones are constructed by a rule: given, and yet inferred.
        """
        output = Output()
        fresh = self.dictionary.encode(triples)
        for predicate, keys in fresh.items():
            new = self.asserted[predicate].missing(keys)
            self.asserted[predicate].insert(new)
            if concluded:
                self.concluded[predicate].insert(new)
            elif self.journal is not None:
                self.journal.asserted(predicate, new)
            fresh[predicate] = new
        self.equality.grow(len(self.dictionary))
        self._take_equal_literals(output)
        for predicate, keys in fresh.items():
            self.restate(predicate, keys, output)
        return self.absorb(output)

    def _take_equal_literals(self, output: Output) -> None:
        pairs = self.dictionary.equal_literals
        for left, right in pairs[self._equals_taken :]:
            output.merges.append((left, right, BY_VALUE))
        self._equals_taken = len(pairs)

    def restate(self, predicate: int, keys: Keys, output: Output) -> None:
        """Put asserted facts, given in their own terms, to ``output``."""
        target = self.equality.find(predicate)
        if target == SAME_AS:
            pairs = zip((keys >> 32).tolist(), (keys & LOW).tolist(), strict=True)
            output.merges += [(a, b, ASSERTED) for a, b in pairs]
        elif len(keys):
            output.facts[target].append(self.equality.normalise(keys))
        if self._reflexive and len(keys):
            self._add_reflexive(np.concatenate((keys >> 32, keys & LOW, [predicate])), output)

    def number(self, term: Term) -> int:
        """The representative of ``term``, which may be new here."""
        number = self.dictionary.number(term)
        self.equality.grow(len(self.dictionary))
        return self.equality.find(number)

    def reset(self) -> None:
        """Forget all conclusions; what is asserted stays, to be put in again by ``reload``."""
        self.equality.clear()
        self.equality.grow(len(self.dictionary))
        self.relations.clear()
        self.composed.clear()
        self.clashes.clear()
        self.kept_apart.clear()
        self._equals_taken = 0
        self._reflexive = False

    def reload(self) -> Delta:
        """All asserted facts, put in anew after ``reset``."""
        output = Output()
        self._take_equal_literals(output)
        for predicate, relation in list(self.asserted.items()):
            self.restate(predicate, relation.keys(), output)
        return self.absorb(output)

    def index(self) -> None:
        """Make the indexes that changes and proofs will ask for, so that the first is not slow."""
        self.dictionary.datatypes()
        self.dictionary.vocabulary()
        for relation in (*self.relations.values(), *self.asserted.values()):
            relation.keys()
            relation.backward_keys()

    def key_of(self, triple: ox.Triple) -> tuple[int, Keys]:
        """Predicate and key of a triple all of whose terms are known."""
        subject, predicate, obj = (self.dictionary.numbers[term] for term in triple)
        return predicate, pair(subject, obj)

    def is_stated_triple(self, triple: ox.Triple) -> bool:
        """Whether someone stated the triple."""
        subject, predicate, obj = (self.dictionary.numbers.get(term) for term in triple)
        if subject is None or predicate is None or obj is None:
            return False
        return self.is_stated((subject, predicate, obj))

    def is_stated(self, fact: Atom) -> bool:
        """Whether someone stated the fact: it is asserted and no rule constructed it."""
        subject, predicate, obj = fact
        relation = self.asserted.get(predicate)
        if relation is None or not relation.has(subject, obj):
            return False
        return not self.concluded[predicate].has(subject, obj)

    def axioms(self, output: Output) -> None:
        """Put what holds in every graph to ``output`` (prp-ap, cls-thing, …, dt-type1)."""
        for number, members in AXIOMATIC_TYPES:
            output.facts[TYPE].append(self.equality.normalise(pair(np.array(members), number)))

    def absorb(self, output: Output) -> Delta:
        """Make equal what was concluded to be, and add the facts that are new; those."""
        has_merged = self._merge(output)
        delta: Delta = {}
        for bucket, is_composed in ((output.facts, False), (output.composed, True)):
            for predicate, parts in _regrouped(bucket, self.equality, has_merged).items():
                keys = self._insert(
                    predicate,
                    np.concatenate(parts),
                    has_merged=has_merged,
                    is_composed=is_composed,
                )
                if not len(keys):
                    continue
                if is_composed:
                    self.composed[predicate].insert(keys)
                earlier = delta.get(predicate)
                delta[predicate] = (
                    keys if earlier is None else np.sort(np.concatenate((earlier, keys)))
                )
        return delta

    def _insert(self, predicate: int, keys: Keys, *, has_merged: bool, is_composed: bool) -> Keys:
        keys = distinct(self.equality.normalise(keys) if has_merged else keys)
        relation = self.relations[predicate]
        if has_merged and not is_composed and self.composed[predicate].size:
            # A fact in new terms may be one that was put together from facts now gone.
            self.composed[predicate].remove(keys)
        keys = relation.missing(keys)
        if predicate == TYPE and len(keys):
            keys, clashes = self.literals.split_types(keys)
            self.clashes.update(clashes)
            if clashes and self.journal is not None:
                self.journal.has_clash = True
        if len(keys):
            relation.insert(keys)
            if self.journal is not None:
                self.journal.added(predicate, keys)
        return keys

    def discard(self, predicate: int, keys: Keys) -> None:
        """Take facts out of a relation."""
        self.relations[predicate].remove(keys)
        if self.composed[predicate].size:
            self.composed[predicate].remove(keys)
        if self.journal is not None and len(keys):
            self.journal.removed(predicate, keys)

    def _merge(self, output: Output) -> bool:
        """Make terms one until nothing more is to be; whether there were any."""
        has_merged = False
        while output.merges:
            losers = self._unite_all(output)
            if losers:
                has_merged = True
                self._rewrite(losers, output)
                winners = distinct(self.equality.representative[losers])
                output.facts[SAME_AS].append(pair(winners, winners))
                self.type_named_literals(winners, output)
                self.terms_united({*losers, *winners.tolist()})
                if SAME_AS in winners:
                    self._equate_by_names(output)
        return has_merged

    def _unite_all(self, output: Output) -> list[int]:
        """Make one what ``output`` says; the representatives that go."""
        losers: list[int] = []
        merges, output.merges = output.merges, []
        for left, right, reason in merges:
            first, second = self.equality.find(left), self.equality.find(right)
            if first == second:
                continue
            if first in NAMED_BY_RULES and second in NAMED_BY_RULES:
                self.kept_apart.add((min(first, second), max(first, second)))
                continue
            if self.journal is not None:
                for root in (first, second):
                    self.journal.class_changed(root, self.equality.members(root))
            united = self.equality.unite(left, right, reason)
            if united is not None:
                losers.append(united[1])
        return losers

    def _equate_by_names(self, output: Output) -> None:
        """Take what is asserted with other names of ``owl:sameAs`` as equalities. What was
        concluded with them is concluded again: the rules behind it now conclude equalities."""
        for name in (m for m in self.equality.members(SAME_AS) if m != SAME_AS):
            for bucket in (output.facts, output.composed):
                bucket.pop(name, None)
            self.restate(name, self.asserted[name].keys(), output)

    def terms_united(self, terms: set[int]) -> None:
        """Told after terms became one: representatives that go, and those that stay."""

    def _rewrite(self, losers: list[int], output: Output) -> None:
        """Take out all facts that mention one of the numbers gone, to be added anew."""
        gone = np.zeros(len(self.equality.representative), bool)
        gone[losers] = True
        for predicate in [p for p, relation in self.relations.items() if relation.size]:
            keys = self.relations[predicate].keys()
            if not gone[predicate]:
                keys = keys[gone[keys >> 32] | gone[keys & LOW]]
            if len(keys):
                self.discard(predicate, keys)
                output.facts[predicate].append(keys)

    def type_named_literals(self, winners: Keys, output: Output) -> None:
        """dt-type2 for what an IRI names: the types of a literal it is the same as."""
        for winner in winners.tolist():
            if self.dictionary.is_literal(winner):
                continue
            for member in self.equality.members(winner):
                if self.dictionary.is_literal(member):
                    types = np.array(self.literals.types_of(member), np.int64)
                    output.facts[TYPE].append(pair(winner, types))

    def _add_reflexive(self, terms: Keys, output: Output) -> None:
        roots = self.equality.representative[distinct(terms)]
        output.facts[SAME_AS].append(pair(roots, roots))

    def _rank(self, number: int) -> int:
        """Representatives are terms of the rules first, literals last."""
        if self.dictionary.is_literal(number):
            return 2
        return 0 if number < len(VOCABULARY) else 1


def _regrouped(
    bucket: defaultdict[int, list[Keys]], equality: Equality, has_merged: bool
) -> dict[int, list[Keys]]:
    """The bucket by representative of the predicate."""
    if not has_merged:
        return bucket
    grouped: defaultdict[int, list[Keys]] = defaultdict(list)
    for predicate, parts in bucket.items():
        grouped[equality.find(predicate)] += parts
    return grouped
