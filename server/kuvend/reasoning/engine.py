"""The engine: a graph as relations over representatives, and its closure, round by round.

Evaluation is semi-naive: each round joins only what the last one added with the rest. Schema
rules run to their fixpoint first; then the tables are compiled for the schema found, and compiled
again when data turn out to yield more schema.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping
from functools import cache

import numpy as np

from kuvend.reasoning.comparisons import Comparer
from kuvend.reasoning.facts import Delta, FactBase
from kuvend.reasoning.firing import Firing, Output
from kuvend.reasoning.instances import (
    Compiler,
    Instance,
    SchemaView,
    is_schema_pattern,
    split_body,
)
from kuvend.reasoning.join import Joiner
from kuvend.reasoning.plan import Plan
from kuvend.reasoning.relation import LOW, Keys, Relation, contained, distinct
from kuvend.reasoning.table import RuleTemplate, rule_table
from kuvend.reasoning.vocabulary import (
    NUMBERS,
    SAME_AS,
    SCHEMA_CLASSES,
    SCHEMA_PREDICATES,
    THING,
    TYPE,
)
from kuvend.terms import Term

# Turns the rules of a project into instances over the engine's numbers.
RuleSource = Callable[[Callable[[Term], int]], list[Instance]]


_SCHEMA_CLASSES = np.array(sorted(SCHEMA_CLASSES), np.int64)


class Engine(FactBase):
    """A graph and its closure: a fact base with the rules that close it.

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
        super().__init__()
        self.things = things
        self.templates = tuple(t for t in templates or rule_table() if not t.native)
        self.rules = rules
        self.instances: list[Instance] = []
        self.plan = Plan(())
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
        self._stale = True
        self._has_axioms = False
        self._plan_terms: frozenset[int] = frozenset()

    def terms_united(self, terms: set[int]) -> None:
        """Paths may have become connected, and rules may speak of other terms."""
        self.firing.terms_were_united()
        if SAME_AS in terms or not self._plan_terms.isdisjoint(terms):
            self._stale = True

    def reset(self) -> None:
        """Forget all conclusions; what is asserted stays, to be put in again by ``reload``."""
        super().reset()
        self.instances, self.plan = [], Plan(())
        self._stale, self._has_axioms = True, False

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
        if not self.things and any(map(asks_for_thing, instances)):
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
        if not self._reflexive and self._asks_for_same(instances):
            self._reflexive = True
            for predicate, relation in self.asserted.items():
                keys = relation.keys()
                if not len(keys):
                    continue
                terms = np.concatenate((keys >> 32, keys & LOW, [predicate]))
                self._add_reflexive(terms, output)
        if not fresh:
            return delta, fresh, self.plan
        new = {id(instance) for instance in fresh}
        return delta, fresh, Plan(i for i in instances if id(i) not in new)

    def _asks_for_same(self, instances: list[Instance]) -> bool:
        """Whether someone needs to be told that each term is the same as itself."""
        return bool(self.equality.grouped()[SAME_AS]) or any(map(asks_for_same, instances))

    def _add_axioms(self) -> Delta:
        self._has_axioms = True
        output = Output()
        self.axioms(output)
        return self.absorb(output)

    def _compile(self) -> list[Instance]:
        instances = self._compiler().instances(t for t in self.templates if not is_static(t))
        return instances + (self.rules(self.number) if self.rules is not None else [])

    def _compiler(self) -> Compiler:
        view = SchemaView(self.relations, self.composed)
        return Compiler(self.number, view, thing=self.things)

    def close_anew(self) -> None:
        """Forget all conclusions and close what is asserted from the start."""
        self.reset()
        self.run(self.reload())

    def concluding(self, predicate: int) -> list[Instance]:
        """The instances whose conclusion has this predicate."""
        if self._by_head is None:
            self._by_head = defaultdict(list)
            for instance in self.instances:
                if instance.head is not None:
                    self._by_head[instance.head[1]].append(instance)
        return self._by_head.get(predicate, [])

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


def touches_schema(delta: Delta) -> bool:
    """Whether there is an axiom, or a part of one, among the facts."""
    if not SCHEMA_PREDICATES.isdisjoint(delta):
        return True
    types = delta.get(TYPE)
    return types is not None and bool(contained(types & LOW, _SCHEMA_CLASSES).any())


@cache
def is_static(template: RuleTemplate) -> bool:
    """Whether all premises are schema and none a list: the rule is then one instance."""
    return template.members is None and all(map(is_schema_pattern, template.body))


def _joined(left: Delta, right: Delta) -> Delta:
    """Both deltas, which share no fact."""
    return {
        p: np.sort(np.concatenate([delta[p] for delta in (left, right) if p in delta]))
        for p in (*left, *(p for p in right if p not in left))
    }


def asks_for_thing(instance: Instance) -> bool:
    """Whether the rule needs to be told what is an ``owl:Thing``."""
    return any(atom[1:] == (TYPE, THING) and atom[0] < 0 for atom in instance.body)


def asks_for_same(instance: Instance) -> bool:
    """Whether the rule needs to be told what is the same as what."""
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
