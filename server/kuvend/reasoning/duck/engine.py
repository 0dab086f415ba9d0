"""Closing a graph in DuckDB: the rules are compiled as ever, evaluated as joins in the database.

What is held in memory is the ontology, the terms that are equal to others, and no more.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from itertools import pairwise

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.duck.database import Database, Room
from kuvend.reasoning.duck.equality import SparseEquality
from kuvend.reasoning.duck.joins import ALL, Facts
from kuvend.reasoning.duck.literals import Literals
from kuvend.reasoning.duck.terms import FIRST_FREE, Terms
from kuvend.reasoning.engine import Engine, asks_for_same, asks_for_thing, is_static
from kuvend.reasoning.facts import ASSERTED, BY_VALUE
from kuvend.reasoning.firing import LinkReason, RowReason
from kuvend.reasoning.instances import Compiler, Instance, SchemaView, as_link
from kuvend.reasoning.model import Fact
from kuvend.reasoning.relation import LOW, Relation, distinct, pair
from kuvend.reasoning.table import rule_table
from kuvend.reasoning.values import OWL_RL_DATATYPES, belongs_to
from kuvend.reasoning.vocabulary import (
    AXIOMATIC_TYPES,
    DOMAIN,
    NAMED_BY_RULES,
    NUMBERS,
    RANGE,
    SAME_AS,
    SCHEMA_CLASSES,
    SCHEMA_PREDICATES,
    TYPE,
    VOCABULARY,
)
from kuvend.terms import Term

_SCHEMA = (
    f"(p IN ({', '.join(map(str, sorted(SCHEMA_PREDICATES)))})"
    f" OR (p = {TYPE} AND o IN ({', '.join(map(str, sorted(SCHEMA_CLASSES)))})))"
)
# Axioms that only put others together, and whose conclusions the others yield as well.
_SUMMED_UP = (DOMAIN, RANGE)
# Rules whose axioms are closed under composition: what they conclude they need not see again.
_CLOSED = ("prp-spo1", "cax-sco")
_STATIC = "schema"

Merge = tuple[int, int, object]


class DiskEngine:
    """A graph closed once by joins that spill to disk. Tables: ``a`` what is asserted, ``f`` the
    closure over representatives, ``roots`` from terms with equals to their representative."""

    def __init__(self, room: Room, *, things: bool = False) -> None:
        self.db = Database(room)
        self.terms = Terms(self.db)
        self.things = things
        self.instances: list[Instance] = []
        self.equality = SparseEquality(self._rank)
        self.relations: dict[int, Relation] = {}
        self.size = 0
        # Terms the rules name that something says are one: they are not taken to be.
        self.kept_apart: set[tuple[int, int]] = set()
        self._reflexive = False
        self._composed: dict[int, Relation] = {}
        self._constants: dict[Term, int] = dict(NUMBERS)
        self._groups: dict[str, list[Instance]] = {}
        self._merges: list[Merge] = []
        # For each group of rules the step up to which it has seen the facts.
        self._seen: dict[str, int] = {}
        self._known: set[tuple[object, ...]] = set()

    def close(self, triples: Iterable[ox.Triple]) -> None:
        """Take in the triples and close them."""
        self.size = self.terms.take_in(triples)
        self._note_roots()
        self.facts = Facts(self.db)
        self.literals = Literals(self.db, self.terms)
        self.literals.read()
        literals = [term for term in VOCABULARY if isinstance(term, ox.Literal)]
        self._constants.update(self.terms.numbers(literals))
        self._begin()
        self._advance()
        # The axioms have been closed in memory.
        self._seen[_STATIC] = self.facts.step
        self._known.update(rule.key for rule in self._groups[_STATIC])
        while self._round():
            pass

    def release(self) -> None:
        """Let go of the database and its files."""
        self.db.close()

    def schema(self) -> dict[int, Relation]:
        """The facts that are axioms, or parts of one."""
        found = self.db.columns(f"SELECT s, p, o FROM f WHERE {_SCHEMA}")
        keys = pair(found["s"].astype(np.int64), found["o"].astype(np.int64))
        relations: dict[int, Relation] = {}
        for predicate in np.unique(found["p"]).tolist():
            relations[predicate] = Relation()
            relations[predicate].insert(np.sort(keys[found["p"] == predicate]))
        return relations

    def _rank(self, number: int) -> int:
        if self.terms.ranges.literal(number):
            return 2
        return 0 if number < FIRST_FREE else 1

    def _begin(self) -> None:
        """Conclude what is asserted, what holds in every graph, and what the axioms alone say."""
        self.db.run(f"INSERT INTO c SELECT s, p, o FROM a WHERE p <> {SAME_AS}")
        for number, members in AXIOMATIC_TYPES:
            self.facts.put(TYPE, pair(np.array(members), number))
        stated = self.db.rows(f"SELECT s, o FROM a WHERE p = {SAME_AS} AND s <> o ORDER BY ALL")
        self._merges += [(left, right, ASSERTED) for left, right in stated]
        self._merges += [(left, right, BY_VALUE) for left, right in self.literals.equal_pairs()]
        self._close_ontology()

    def _close_ontology(self) -> None:
        """Close the axioms in memory, so that the rules are compiled once for most graphs."""
        rows = self.db.rows(f"SELECT s, p, o FROM a WHERE {_SCHEMA}")
        terms = self.terms.terms(number for row in rows for number in row)
        engine = Engine(things=self.things)
        facts = (Fact(*(terms[number] for number in row)) for row in rows)
        engine.run(engine.load(fact.triple for fact in facts if fact.triple is not None))
        relations = [(p, r.keys()) for p, r in engine.relations.items() if r.size]
        numbers = self.terms.numbers(engine.dictionary.terms)
        here = np.array([numbers.get(term, -1) for term in engine.dictionary.terms], np.int64)
        for predicate, keys in relations:
            self.facts.put(int(here[predicate]), pair(here[keys >> 32], here[keys & LOW]))
        for predicate in _SUMMED_UP:
            keys = engine.composed[predicate].keys()
            self._composed[predicate] = Relation()
            self._composed[predicate].insert(distinct(pair(here[keys >> 32], here[keys & LOW])))

    def _round(self) -> bool:
        """Fire each group of rules on what it has not seen; whether anything changed."""
        changed = False
        for group in (_CLOSED[0], "", _STATIC, _CLOSED[1]):
            seen = self._seen.get(group, ALL)
            rules = self._groups[group]
            fresh = [rule for rule in rules if rule.key not in self._known]
            self._seen[group] = self.facts.step
            if fresh or seen < self.facts.step:
                before = self.facts.step
                self._fire([rule for rule in rules if rule.key in self._known], seen)
                self._fire(fresh, ALL)
                self._known.update(rule.key for rule in fresh)
                is_alone = self._advance()
                changed |= bool(fresh) or not is_alone or self.facts.step > before
                if is_alone and group in _CLOSED:
                    self._seen[group] = self.facts.step
        return changed

    def _advance(self) -> bool:
        """Take in what was concluded, and what follows at once from terms having become one and
        from other rules; whether neither was the case."""
        is_alone = True
        while self._merges or not self.facts.is_settled:
            before = self.facts.step
            losers = self._unite()
            if self.facts.settle():
                self.literals.part_clashes(before)
            if losers or self._is_schema_new(before):
                self._compile()
            is_alone &= not losers and self.facts.is_settled
        return is_alone

    def _is_schema_new(self, since: int) -> bool:
        return bool(self.db.rows(f"SELECT 1 FROM f WHERE r > {since} AND {_SCHEMA} LIMIT 1"))

    def _unite(self) -> list[int]:
        """Make one what was concluded to be; the representatives that go."""
        losers: list[int] = []
        merges, self._merges = self._merges, []
        for left, right, reason in merges:
            one, other = sorted((self.equality.find(left), self.equality.find(right)))
            if one != other and one in NAMED_BY_RULES and other in NAMED_BY_RULES:
                self.kept_apart.add((one, other))
                continue
            loser = self.equality.unite(left, right, reason)
            if loser is not None:
                losers.append(loser)
        if losers:
            winners = [self.equality.find(loser) for loser in losers]
            self.facts.replace(losers, winners)
            if SAME_AS in winners:
                self._equate_by_names()
            roots = np.unique(np.array(winners, np.int64))
            self.facts.put(SAME_AS, pair(roots, roots))
            self._type_named_literals(roots.tolist())
            self._note_roots()
            self._forget_composed({*losers, *winners})
        return losers

    def _equate_by_names(self) -> None:
        """Take what is asserted with other names of ``owl:sameAs`` as equalities. What was
        concluded with them is concluded again: the rules behind it now conclude equalities."""
        self.db.run(f"DELETE FROM c WHERE p = {SAME_AS} AND s <> o")
        names = ", ".join(map(str, self.equality.classes[SAME_AS]))
        stated = self.db.rows(f"SELECT s, o FROM a WHERE p IN ({names}) AND s <> o ORDER BY ALL")
        self._merges += [(left, right, ASSERTED) for left, right in stated]

    def _note_roots(self) -> None:
        pairs = [(term, root) for root, terms in self.equality.classes.items() for term in terms]
        columns = {"term": [term for term, _ in pairs], "root": [root for _, root in pairs]}
        self.db.table("roots", columns)

    def _forget_composed(self, terms: set[int]) -> None:
        """An axiom in new terms may be one that was put together from axioms now gone."""
        touched = np.array(sorted(terms), np.int64)
        for relation in self._composed.values():
            keys = relation.keys()
            relation.remove(keys[np.isin(keys >> 32, touched) | np.isin(keys & LOW, touched)])

    def _type_named_literals(self, winners: list[int]) -> None:
        """dt-type2 for what an IRI names: the types of a literal it is the same as."""
        is_literal = self.terms.ranges.literal
        named = {
            winner: [m for m in self.equality.classes[winner] if is_literal(m)]
            for winner in winners
            if not is_literal(winner)
        }
        terms = self.terms.terms(m for members in named.values() for m in members)
        for winner, members in named.items():
            types = {
                NUMBERS[datatype]
                for member in members
                for datatype in OWL_RL_DATATYPES
                if belongs_to(terms[member], datatype)  # type: ignore[arg-type]
            }
            self.facts.put(TYPE, pair(winner, np.array(sorted(types), np.int64)))

    def _compile(self) -> None:
        """Compile the rules for the axioms of the moment."""
        schema = self.relations = self.schema()
        self._make_instances(schema)
        if not self.things and any(map(asks_for_thing, self.instances)):
            self.things = True
            self._make_instances(schema)
        has_names = SAME_AS in self.equality.classes
        if not self._reflexive and (has_names or any(map(asks_for_same, self.instances))):
            self._reflexive = True
            self.facts.conclude_reflexive(SAME_AS)
        asked = {a[2] for i in self.instances for a in i.body if a[1] == TYPE and a[2] >= 0}
        self.literals.type_members(asked)

    def _make_instances(self, schema: dict[int, Relation]) -> None:
        compiler = Compiler(self._number, SchemaView(schema, self._composed), thing=self.things)
        self._groups = {group: [] for group in (*_CLOSED, "", _STATIC)}
        for template in rule_table():
            if not template.native:
                group = _STATIC if is_static(template) else template.name
                found = self._groups[group if group in self._groups else ""]
                found += compiler.instances([template])
        self.instances = [rule for rules in self._groups.values() for rule in rules]

    def _number(self, term: Term) -> int:
        return self.equality.find(self._constants[term])

    def _fire(self, instances: list[Instance], since: int) -> None:
        facts = self.facts
        heads = [i for i in instances if i.head is not None]
        self._conclude_outright(i for i in heads if not i.body)
        joins = [i for i in heads if i.body]
        facts.conclude([i for i in joins if i.head and i.head[1] != SAME_AS], since)
        equal = [i for i in joins if i.head and i.head[1] == SAME_AS]
        links = [link for link in map(as_link, equal) if link is not None]
        linked = {id(link.instance) for link in links}
        for link, group, members in facts.links(links, since):
            reason = LinkReason(link, group)
            self._merges += [(a, b, reason) for a, b in pairwise(members)]
        rest = [i for i in equal if id(i) not in linked]
        for instance, values in facts.equalities(rest, since):
            bindings = {-1 - place: value for place, value in enumerate(values)}
            left, right = (bindings.get(slot, slot) for slot in _ends(instance))
            self._merges.append((left, right, RowReason(instance, tuple(bindings.items()))))

    def _conclude_outright(self, instances: Iterable[Instance]) -> None:
        """Conclusions of instances without premises left."""
        facts: defaultdict[int, list[int]] = defaultdict(list)
        for instance in instances:
            subject, predicate, obj = instance.head or (0, 0, 0)
            if predicate == SAME_AS:
                self._merges.append((subject, obj, RowReason(instance, ())))
            else:
                facts[predicate].append((subject << 32) | obj)
        for predicate, keys in facts.items():
            self.facts.put(predicate, np.array(keys, np.int64))


def _ends(instance: Instance) -> tuple[int, int]:
    if instance.head is None:
        raise ValueError(f"{instance.name} concludes nothing")
    return instance.head[0], instance.head[2]
