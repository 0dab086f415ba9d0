"""The engine: a graph as relations over representatives, and its closure, round by round.

Evaluation is semi-naive: each round joins only what the last one added with the rest. Schema
rules run to their fixpoint first; then the tables are compiled for the schema found, and compiled
again when data turn out to yield more schema.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.comparisons import Comparer
from kuvend.reasoning.dictionary import Dictionary
from kuvend.reasoning.equality import Equality
from kuvend.reasoning.firing import Firing, Output
from kuvend.reasoning.instances import (
    Atom,
    Compiler,
    Instance,
    SchemaView,
    is_schema_pattern,
    split_body,
)
from kuvend.reasoning.join import Joiner
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.literals import LiteralTypes
from kuvend.reasoning.plan import Plan
from kuvend.reasoning.relation import LOW, Keys, Relation, contained, distinct, pair
from kuvend.reasoning.table import RuleTemplate, rule_table
from kuvend.reasoning.vocabulary import (
    AXIOMATIC_TYPES,
    NUMBERS,
    SAME_AS,
    SCHEMA_CLASSES,
    SCHEMA_PREDICATES,
    THING,
    TYPE,
    VOCABULARY,
)
from kuvend.terms import Term

# Facts that are new, by predicate: sorted keys.
Delta = dict[int, Keys]
# Turns the rules of a project into instances over the engine's numbers.
RuleSource = Callable[[Callable[[Term], int]], list[Instance]]

ASSERTED, BY_VALUE = "asserted", "dt-eq"
_SCHEMA_CLASSES = np.array(sorted(SCHEMA_CLASSES), np.int64)


class Engine:
    """A graph and its closure. ``relations`` is in terms of representatives; ``asserted`` holds
    what was given, in the terms it was given in.

    With ``things`` it is also derived that what is of a class is an ``owl:Thing``; without, that
    is done as soon as some rule asks for it.
    """

    def __init__(
        self,
        *,
        things: bool = False,
        rules: RuleSource | None = None,
        templates: tuple[RuleTemplate, ...] | None = None,
    ) -> None:
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
        self.literals = LiteralTypes(self.dictionary)
        self.things = things
        self.templates = tuple(t for t in templates or rule_table() if not t.native)
        self.rules = rules
        self.instances: list[Instance] = []
        self.plan = Plan(())
        self.journal: Journal | None = None
        self.rounds = 0
        self.joiner = Joiner(
            self.relations,
            self.literals.is_datatype,
            self.literals.members,
            Comparer(self.dictionary).compare,
        )
        self.firing = Firing(self.relations, self.composed, self.joiner)
        self._static_plan = Plan(
            Compiler(NUMBERS.__getitem__, SchemaView({}, {})).instances(
                t for t in self.templates if is_static(t)
            )
        )
        self._by_head: defaultdict[int, list[Instance]] | None = None
        self._complete: list[Instance] | None = None
        self._equals_taken = 0
        self._stale = True
        self._reflexive = False
        self._has_axioms = False
        self._plan_terms: frozenset[int] = frozenset()

    # -- loading ---------------------------------------------------------------------------

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

    # -- the fixpoint ----------------------------------------------------------------------

    def run(self, delta: Delta) -> None:
        """Close the graph, given that ``delta`` is new in it.

        :raises TooMuchWork: beyond the limit of ``firing``; the graph is then half closed.
        """
        while True:
            fresh: list[Instance] = []
            retained = self.plan
            output = Output()
            if not self._has_axioms:
                delta = _joined(delta, self._add_axioms())
            if self._stale or touches_schema(delta):
                delta = self._close_schema(delta)
                delta, fresh, retained = self._recompile(delta, output)
                self._take_equal_literals(output)
            if not delta and not fresh and not output.merges:
                return
            self.rounds += 1
            if fresh:
                self.firing.facts(fresh, output)
                self.firing.whole(Plan(fresh), output)
            self.firing.delta(retained, delta, output)
            delta = self.absorb(output)

    def _close_schema(self, delta: Delta) -> Delta:
        """Run the schema rules alone; ``delta`` with what they added."""
        total: defaultdict[int, list[Keys]] = defaultdict(list)
        plan = self._static_plan
        members = [t for t in self.templates if t.members and not split_body(t)[1]]
        step = delta
        while step:
            for predicate, keys in step.items():
                total[predicate].append(keys)
            output = Output()
            if touches_schema(step):
                schema = {p: k for p, k in step.items() if p in SCHEMA_PREDICATES or p == TYPE}
                self.firing.delta(plan, schema, output)
                self.firing.facts(self._compiler().instances(members), output)
            step = self.absorb(output)
        return {
            p: parts[0] if len(parts) == 1 else distinct(np.concatenate(parts))
            for p, parts in total.items()
        }

    def _recompile(self, delta: Delta, output: Output) -> tuple[Delta, list[Instance], Plan]:
        """Compile for the schema of the moment: the instances that are new, and the others."""
        self._stale = False
        instances = self._compile()
        if not self.things and any(map(_asks_for_thing, instances)):
            self.things = True
            everything = {p: r.keys() for p, r in self.relations.items() if r.size}
            delta = self._close_schema(everything)
            instances = self._compile()
        known = {(instance.name, *instance.key) for instance in self.instances}
        fresh = [i for i in instances if (i.name, *i.key) not in known]
        self.instances = instances
        self._by_head = self._complete = None
        self.plan = Plan(instances)
        self._plan_terms = _terms_of(instances)
        if not self._reflexive and any(_asks_for_same(i) for i in instances):
            self._reflexive = True
            for predicate, relation in self.asserted.items():
                keys = relation.keys()
                terms = np.concatenate((keys >> 32, keys & LOW, [predicate]))
                self._add_reflexive(terms, output)
        if not fresh:
            return delta, fresh, self.plan
        new = {id(instance) for instance in fresh}
        return delta, fresh, Plan(i for i in instances if id(i) not in new)

    def _add_axioms(self) -> Delta:
        self._has_axioms = True
        output = Output()
        self.axioms(output)
        return self.absorb(output)

    def axioms(self, output: Output) -> None:
        """Put what holds in every graph to ``output`` (prp-ap, cls-thing, …, dt-type1)."""
        for number, members in AXIOMATIC_TYPES:
            output.facts[TYPE].append(self.equality.normalise(pair(np.array(members), number)))

    def _compile(self) -> list[Instance]:
        instances = self._compiler().instances(t for t in self.templates if not is_static(t))
        return instances + (self.rules(self.number) if self.rules is not None else [])

    def _compiler(self) -> Compiler:
        view = SchemaView(self.relations, self.composed)
        return Compiler(self.number, view, thing=self.things)

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
        self.instances, self.plan = [], Plan(())
        self._equals_taken = 0
        self._stale, self._reflexive, self._has_axioms = True, False, False

    def reload(self) -> Delta:
        """All asserted facts, put in anew after ``reset``."""
        output = Output()
        self._take_equal_literals(output)
        for predicate, relation in list(self.asserted.items()):
            self.restate(predicate, relation.keys(), output)
        return self.absorb(output)

    def close_anew(self) -> None:
        """Forget all conclusions and close what is asserted from the start."""
        self.reset()
        self.run(self.reload())

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

    def concluding(self, predicate: int) -> list[Instance]:
        """The instances whose conclusion has this predicate."""
        if self._by_head is None:
            self._by_head = defaultdict(list)
            for instance in self.instances:
                if instance.head is not None:
                    self._by_head[instance.head[1]].append(instance)
        return self._by_head.get(predicate, [])

    def is_stated(self, fact: Atom) -> bool:
        """Whether someone stated the fact: it is asserted and no rule constructed it."""
        subject, predicate, obj = fact
        relation = self.asserted.get(predicate)
        if relation is None or not relation.has(subject, obj):
            return False
        return not self.concluded[predicate].has(subject, obj)

    def all_instances(self) -> list[Instance]:
        """Every instance of every rule for the schema of the moment, also those that forward
        evaluation does without."""
        if self._complete is None:
            self._complete = self.instances_for(self.relations, self.number)
        return self._complete

    def instances_for(
        self, schema: Mapping[int, Relation], number: Callable[[Term], int]
    ) -> list[Instance]:
        """Every instance of every rule for these schema facts."""
        compiler = Compiler(number, SchemaView(schema, {}), thing=True)
        found = compiler.instances(self.templates, covered=True)
        return found + (self.rules(number) if self.rules is not None else [])

    @property
    def plan_terms(self) -> frozenset[int]:
        """The terms the compiled rules speak of."""
        return self._plan_terms

    @property
    def is_reflexive(self) -> bool:
        """Whether some rule asks what each term is the same as, itself included."""
        return self._reflexive

    # -- taking conclusions in ---------------------------------------------------------------

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
        losers: list[int] = []
        for left, right, reason in output.merges:
            if self.equality.same(left, right):
                continue
            if self.journal is not None:
                for term in (left, right):
                    root = self.equality.find(term)
                    self.journal.class_changed(root, self.equality.members(root))
            united = self.equality.unite(left, right, reason)
            if united is not None:
                losers.append(united[1])
        if not losers:
            return False
        self.firing.terms_were_united()
        self._rewrite(losers, output)
        winners = distinct(self.equality.representative[losers])
        output.facts[SAME_AS].append(pair(winners, winners))
        self.type_named_literals(winners, output)
        if self._plan_terms.intersection(losers) or self._plan_terms.intersection(winners.tolist()):
            self._stale = True
        return True

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


def touches_schema(delta: Delta) -> bool:
    """Whether there is an axiom, or a part of one, among the facts."""
    if not SCHEMA_PREDICATES.isdisjoint(delta):
        return True
    types = delta.get(TYPE)
    return types is not None and bool(contained(types & LOW, _SCHEMA_CLASSES).any())


def is_static(template: RuleTemplate) -> bool:
    """Whether all premises are schema and none a list: the rule is then one instance."""
    return template.members is None and all(map(is_schema_pattern, template.body))


def _joined(left: Delta, right: Delta) -> Delta:
    """Both deltas, which share no fact."""
    return {
        p: np.sort(np.concatenate([delta[p] for delta in (left, right) if p in delta]))
        for p in (*left, *(p for p in right if p not in left))
    }


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


def _asks_for_thing(instance: Instance) -> bool:
    return any(atom[1:] == (TYPE, THING) and atom[0] < 0 for atom in instance.body)


def _asks_for_same(instance: Instance) -> bool:
    return instance.head is not None and any(atom[1] == SAME_AS for atom in instance.body)


def _terms_of(instances: Iterable[Instance]) -> frozenset[int]:
    found: set[int] = set()
    for instance in instances:
        for atom in (
            *instance.body,
            *instance.axioms,
            *((instance.head,) if instance.head else ()),
        ):
            found.update(slot for slot in atom if slot >= 0)
    return frozenset(found)
