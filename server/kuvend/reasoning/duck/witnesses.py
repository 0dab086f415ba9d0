"""The few facts of a closure on disk that its contradictions and equalities rest on, in memory.

They make a small ``Engine``, of which the reports are made as of any other.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace

import numpy as np

from kuvend.reasoning.contradictions import MAX_WITNESSES, edge_premises
from kuvend.reasoning.duck.engine import DiskEngine
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.equality import Edge
from kuvend.reasoning.exclusion import LISTS
from kuvend.reasoning.firing import LinkReason, RowReason
from kuvend.reasoning.instances import Atom, Instance, SchemaView
from kuvend.reasoning.relation import distinct
from kuvend.reasoning.vocabulary import DIFFERENT_FROM, SAME_AS, TYPE

# What is of two members of a list of classes, or related by two of a list of properties.
_IN_TWO = {
    "cax-adc": f"SELECT s, p, o FROM f SEMI JOIN (SELECT s FROM f JOIN ({{members}}) ON o = m"
    f" WHERE p = {TYPE} GROUP BY s HAVING count(*) > 1 ORDER BY ALL LIMIT {MAX_WITNESSES})"
    f" USING (s) SEMI JOIN ({{members}}) ON o = m WHERE p = {TYPE}",
    "prp-adp": "SELECT s, p, o FROM f SEMI JOIN (SELECT s, o FROM f JOIN ({members}) ON p = m"
    f" GROUP BY s, o HAVING count(*) > 1 ORDER BY ALL LIMIT {MAX_WITNESSES}) USING (s, o)"
    " SEMI JOIN ({members}) ON p = m",
}


def gather_witnesses(disk: DiskEngine) -> Engine:
    """An engine in memory with the axioms, the equalities, and of the other facts those that
    some contradiction or equality rests on. It is closed as far as reports go, and not to be run.
    """
    return _Gathering(disk).engine


class _Gathering:
    def __init__(self, disk: DiskEngine) -> None:
        self._disk, self._db = disk, disk.db
        self._ill = self._ill_formed()
        self._clashes = self._few("SELECT DISTINCT s, o FROM clash ORDER BY ALL")
        self._instances = [i for i in disk.instances if self._matters(i)]
        facts = dict.fromkeys(self._facts())
        stated = self._stated(facts)
        self.engine = Engine()
        self._number = self._number_terms(facts, stated)
        self._put(facts, stated)

    def _few(self, query: str) -> list[tuple[int, ...]]:
        return self._db.rows(f"{query} LIMIT {MAX_WITNESSES}")

    def _ill_formed(self) -> list[int]:
        return [row[0] for row in self._few("SELECT id FROM ill SEMI JOIN a ON o = id ORDER BY id")]

    def _matters(self, instance: Instance) -> bool:
        """Whether the instance concludes false, or that a literal is of a wrong datatype."""
        head = instance.head
        wrong = {datatype for _, datatype in self._clashes}
        return head is None or (head[1] == TYPE and head[2] in wrong)

    def _facts(self) -> Iterator[Atom]:
        """The facts, over representatives, that reports speak of."""
        for predicate, relation in self._disk.relations.items():
            for key in relation.keys().tolist():
                yield key >> 32, predicate, key & 0xFFFFFFFF
        yield from self._grounded(self._disk.facts.witnesses(self._violable(), MAX_WITNESSES))
        yield from self._grounded(self._clashing())
        yield from self._excluded()
        for left, right, reason in self._disk.equality.edges:
            yield from map(self._rooted, edge_premises(Edge(left, right, reason)))
        yield from ((root, SAME_AS, root) for root in self._disk.equality.classes)
        yield from self._types_of_named_literals()
        itself = f"SELECT s, p, o FROM f WHERE p = {DIFFERENT_FROM} AND s = o ORDER BY s"
        yield from self._few(itself)  # type: ignore[misc]

    def _violable(self) -> list[Instance]:
        return [instance for instance in self._instances if instance.head is None]

    def _clashing(self) -> Iterator[tuple[Instance, tuple[int, ...]]]:
        """For each clash of a literal with a datatype the rule that concluded it."""
        for literal, datatype in self._clashes:
            for instance in self._instances:
                head = instance.head
                if head is not None and head[0] < 0 and head[1:] == (TYPE, datatype):
                    bound = _bind(instance, head[0], literal)
                    yield from self._disk.facts.witnesses([bound], 1)

    def _grounded(self, found: Iterable[tuple[Instance, tuple[int, ...]]]) -> Iterator[Atom]:
        for instance, values in found:
            slots = sorted({s for a in instance.body for s in a if s < 0}, reverse=True)
            bindings = dict(zip(slots, values, strict=True))
            for atom in instance.body:
                subject, predicate, obj = (bindings.get(slot, slot) for slot in atom)
                yield subject, predicate, obj

    def _rooted(self, atom: Atom) -> Atom:
        subject, predicate, obj = map(self._disk.equality.find, atom)
        return subject, predicate, obj

    def _excluded(self) -> Iterator[Atom]:
        """What is of two classes, or related by two properties, of a list that excludes it."""
        schema = SchemaView(self._disk.relations, {})
        for rule, query in _IN_TWO.items():
            kind, leads_to = LISTS[rule]
            for node, _ in schema.match(None, TYPE, kind):
                for _, head in schema.match(node, leads_to, None):
                    for members, _ in schema.lists(head):
                        # A class twice in the list excludes itself.
                        chosen = f"SELECT unnest({list(members)}) AS m"
                        yield from self._db.rows(query.format(members=chosen))

    def _types_of_named_literals(self) -> Iterator[Atom]:
        literal = self._disk.terms.ranges.literal
        roots = [
            root
            for root, members in self._disk.equality.classes.items()
            if not literal(root) and any(map(literal, members))
        ]
        self._db.table("wanted", {"n": roots})
        yield from self._db.rows(
            f"SELECT s, p, o FROM f SEMI JOIN wanted ON s = n WHERE p = {TYPE}"
        )

    def _stated(self, facts: Iterable[Atom]) -> list[tuple[int, ...]]:
        """The asserted triples that are one of the facts up to equality, and those with an
        ill-formed literal."""
        rows = list(facts)
        self._db.table("facts", {c: [row[i] for row in rows] for i, c in enumerate("spo")})
        self._db.table("wanted", {"n": self._ill})
        rooted = (
            "SELECT a.s, a.p, a.o, coalesce(x.root, a.s) AS rs, coalesce(y.root, a.p) AS rp,"
            " coalesce(z.root, a.o) AS ro FROM a LEFT JOIN roots x ON x.term = a.s"
            " LEFT JOIN roots y ON y.term = a.p LEFT JOIN roots z ON z.term = a.o"
        )
        return self._db.rows(
            f"SELECT r.s, r.p, r.o FROM ({rooted}) r SEMI JOIN facts t"
            " ON t.s = rs AND t.p = rp AND t.o = ro"
            " UNION SELECT s, p, o FROM a SEMI JOIN wanted ON o = n"
        )

    def _number_terms(
        self, facts: Iterable[Atom], stated: Iterable[tuple[int, ...]]
    ) -> Callable[[int], int]:
        """The numbers of the terms on disk to those of the engine in memory."""
        used = {number for fact in facts for number in fact}
        used.update(number for fact in stated for number in fact)
        used.update(n for ends in self._disk.equality.edges for n in ends[:2])
        used.update(n for _, _, reason in self._disk.equality.edges for n in _numbers_in(reason))
        used.update(n for clash in self._clashes for n in clash)
        used.update(n for i in self._instances for n in _numbers_of(i))
        used.update(self._ill)
        terms = self._disk.terms.terms(used)
        known = {number: self.engine.number(terms[number]) for number in sorted(used)}
        return lambda number: known[number] if number >= 0 else number

    def _put(self, facts: Iterable[Atom], stated: Iterable[tuple[int, ...]]) -> None:
        engine, number = self.engine, self._number
        engine.instances = [_renumbered(i, number) for i in self._instances]
        for left, right, reason in self._disk.equality.edges:
            engine.equality.unite(number(left), number(right), _reason(reason, number))
        for name, rows in (("relations", facts), ("asserted", stated)):
            keys: defaultdict[int, list[int]] = defaultdict(list)
            for s, p, o in rows:
                keys[number(p)].append((number(s) << 32) | number(o))
            for predicate, found in keys.items():
                array = distinct(np.array(found, np.int64))
                if name == "asserted":
                    engine.asserted[predicate].insert(array)
                else:
                    root, array = engine.equality.find(predicate), engine.equality.normalise(array)
                    fresh = engine.relations[root].missing(distinct(array))
                    engine.relations[root].insert(fresh)
        engine.clashes = {(number(s), number(o)) for s, o in self._clashes}


def _bind(instance: Instance, slot: int, value: int) -> Instance:
    """The premises of the instance with one variable bound; the others keep their numbers."""
    body = tuple(tuple(value if part == slot else part for part in atom) for atom in instance.body)
    return replace(instance, body=body, head=None)  # type: ignore[arg-type]


def _numbers_of(instance: Instance) -> Iterator[int]:
    atoms = (*instance.body, *instance.axioms, *((instance.head,) if instance.head else ()))
    yield from (slot for atom in atoms for slot in atom if slot >= 0)
    yield from (value for _, value in instance.fixed)


def _numbers_in(reason: object) -> Iterator[int]:
    if isinstance(reason, LinkReason):
        yield from reason.group
        yield from _numbers_of(reason.link.instance)
    elif isinstance(reason, RowReason):
        yield from (value for _, value in reason.bindings)
        yield from _numbers_of(reason.instance)


def _renumbered(instance: Instance, number: Callable[[int], int]) -> Instance:
    def atom(given: Atom) -> Atom:
        return number(given[0]), number(given[1]), number(given[2])

    return replace(
        instance,
        body=tuple(map(atom, instance.body)),
        head=None if instance.head is None else atom(instance.head),
        axioms=tuple(map(atom, instance.axioms)),
        fixed=tuple((name, number(value)) for name, value in instance.fixed),
    )


def _reason(reason: object, number: Callable[[int], int]) -> object:
    if isinstance(reason, LinkReason):
        link = replace(reason.link, instance=_renumbered(reason.link.instance, number))
        return LinkReason(link, tuple(map(number, reason.group)))
    if isinstance(reason, RowReason):
        bindings = tuple((slot, number(value)) for slot, value in reason.bindings)
        return RowReason(_renumbered(reason.instance, number), bindings)
    return reason
