"""Facts as one table of DuckDB, and rules as joins over it that spill to disk.

Instances of the rules that differ only in their constants are one *shape*: one query, joined with
a small table of the constants. So the number of queries does not grow with the ontology.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import partial
from typing import TypeVar

import numpy as np

from kuvend.reasoning.duck.database import Database
from kuvend.reasoning.instances import Atom, Instance, Link
from kuvend.reasoning.relation import Keys, pair

# Atoms whose constants are blanked: a slot is a variable (negative), or 0 for a constant.
Shape = tuple[Atom, ...]
_COLUMNS = ("s", "p", "o")
# A step before all others.
ALL = 0
R = TypeVar("R", Instance, Link)


class Facts:
    """The facts (table ``f``, with the step ``r`` each came in) and what was concluded (``c``)."""

    def __init__(self, db: Database) -> None:
        self._db = db
        self.step = 0
        db.run("CREATE TABLE f (s INTEGER, p INTEGER, o INTEGER, r INTEGER)")
        db.run("CREATE TEMP TABLE c (s INTEGER, p INTEGER, o INTEGER)")

    def conclude(self, instances: Iterable[Instance], since: int) -> None:
        """Put to ``c`` what the instances conclude with at least one fact later than a step."""
        for shape, members in _shapes(instances).items():
            self._constants(members)
            for query in _queries(shape, len(members[0].body), since):
                insert = f"INSERT INTO c SELECT DISTINCT {', '.join(query.head)} {query.source}"
                self._db.run_in_parts(partial("{} AND {}".format, insert), query.share)

    def equalities(
        self, instances: Iterable[Instance], since: int
    ) -> Iterator[tuple[Instance, tuple[int, ...]]]:
        """The same for rules that make terms one: the rule and its variables' values."""
        for shape, members in _shapes(instances).items():
            self._constants(members)
            for query in _queries(shape, len(members[0].body), since):
                differ = f"{query.head[0]} <> {query.head[2]}"
                for row, *values in self._db.rows(
                    f"SELECT DISTINCT {query.bindings} {query.source} AND {differ}"
                ):
                    yield members[row], tuple(values)

    def links(
        self, links: Iterable[Link], since: int
    ) -> Iterator[tuple[Link, tuple[int, ...], list[int]]]:
        """Groups of several members that one-sided rules make one, where some premise is later
        than a step: rule, values of the group, members."""
        by_role: defaultdict[tuple[int, ...], list[Link]] = defaultdict(list)
        for link in links:
            by_role[link.member, *link.group].append(link)
        shapes = [item for same in by_role.values() for item in _shapes(same).items()]
        for shape, members in shapes:
            self._constants(members)
            premises, member = len(members[0].body), f"v{-members[0].member}"
            key = ", ".join(("row", *(f"v{-slot}" for slot in members[0].group)))
            touched = " UNION ".join(
                f"SELECT {key} FROM {query.rows}" for query in _queries(shape, premises, since)
            )
            (whole,) = _queries(shape, premises)
            for row, *values, found in self._db.rows(
                f"SELECT {key}, list(DISTINCT {member}) FROM {whole.rows}"
                f" SEMI JOIN ({touched}) USING ({key})"
                f" GROUP BY {key} HAVING count(DISTINCT {member}) > 1"
            ):
                yield members[row], tuple(values), sorted(found)

    def witnesses(
        self, instances: Iterable[Instance], limit: int
    ) -> Iterator[tuple[Instance, tuple[int, ...]]]:
        """Values of the variables that meet each instance's premises, at most ``limit`` of each."""
        for shape, members in _shapes(instances).items():
            self._constants(members)
            (query,) = _queries(shape, len(members[0].body))
            for row, *values in self._db.rows(
                f"SELECT * FROM (SELECT DISTINCT {query.bindings} {query.source})"
                f" QUALIFY row_number() OVER (PARTITION BY row ORDER BY {query.order}) <= {limit}"
            ):
                yield members[row], tuple(values)

    @property
    def is_settled(self) -> bool:
        """Whether nothing was concluded since the facts were last added to."""
        return not self._db.rows("SELECT 1 FROM c LIMIT 1")

    def settle(self) -> int:
        """Make what was concluded and is new the facts of a new step; how many."""
        if self.is_settled:
            return 0
        concluded = self._db.number("SELECT count(*) FROM c")
        known = self._db.number("SELECT count(*) FROM f")
        self._db.run_in_parts(
            self._addition, "s", self._db.parts(concluded + min(concluded, known))
        )
        self._db.run("TRUNCATE c")
        count = self._db.number(f"SELECT count(*) FROM f WHERE r > {self.step}")
        self.step += count > 0
        return count

    def _addition(self, where: str) -> str:
        return (
            f"INSERT INTO f SELECT DISTINCT s, p, o, {self.step + 1} FROM (FROM c WHERE {where})"
            f" ANTI JOIN (FROM f WHERE {where}) USING (s, p, o)"
        )

    def conclude_reflexive(self, predicate: int) -> None:
        """Put to ``c`` that each term of the asserted triples is so related to itself."""
        terms = " UNION ".join(f"SELECT {column} AS t FROM a" for column in _COLUMNS)
        self._db.run(
            f"INSERT INTO c SELECT DISTINCT coalesce(root, t), {predicate}, coalesce(root, t)"
            f" FROM ({terms}) LEFT JOIN roots ON term = t"
        )

    def put(self, predicate: int, keys: Keys) -> None:
        """Add pairs of a predicate to what was concluded."""
        if len(keys):
            columns = {"s": (keys >> 32).astype(np.int32), "o": keys.astype(np.uint32)}
            self._db.table("pairs", columns)
            self._db.run(f"INSERT INTO c SELECT s, {predicate}, o FROM pairs")

    def replace(self, losers: Sequence[int], winners: Sequence[int]) -> None:
        """Take out all facts with one of ``losers``, and conclude them of ``winners`` instead;
        so for what was concluded and is not yet a fact."""
        self._db.table("gone", {"a": losers, "b": winners})
        old = "s IN (SELECT a FROM gone) OR p IN (SELECT a FROM gone) OR o IN (SELECT a FROM gone)"
        for table in ("f", "c"):
            self._db.run(
                f"CREATE OR REPLACE TEMP TABLE moved AS SELECT s, p, o FROM {table} WHERE {old}"
            )
            self._db.run(f"DELETE FROM {table} WHERE {old}")
            self._db.run(
                "INSERT INTO c SELECT DISTINCT coalesce(x.b, s), coalesce(y.b, p), coalesce(z.b, o)"
                " FROM moved LEFT JOIN gone x ON s = x.a LEFT JOIN gone y ON p = y.a"
                " LEFT JOIN gone z ON o = z.a"
            )

    def relation(self, predicate: int, where: str = "true") -> Keys:
        """The sorted pairs of a predicate."""
        found = self._db.columns(f"SELECT s, o FROM f WHERE p = {predicate} AND {where}")
        return np.sort(pair(found["s"].astype(np.int64), found["o"].astype(np.int64)))

    def _constants(self, members: Sequence[Instance] | Sequence[Link]) -> None:
        rows = np.array([_constants_of(member) for member in members], np.int32)
        columns = {f"c{i}": np.ascontiguousarray(rows[:, i]) for i in range(rows.shape[1])}
        columns["row"] = np.arange(len(members), dtype=np.int32)
        self._db.table("m", columns)


@dataclass(frozen=True)
class _Query:
    """A shape over all facts, or with one premise that is new."""

    source: str
    bindings: str
    order: str
    head: tuple[str, ...]

    @property
    def share(self) -> str:
        """The column by which its conclusions are shared out."""
        return next((end for end in (self.head[0], self.head[2]) if end[0] == "a"), "a0.s")

    @property
    def rows(self) -> str:
        """The row of the constants and the values of the variables, as a table."""
        return f"(SELECT {self.bindings} {self.source})"


def _shapes(rules: Iterable[R]) -> dict[Shape, list[R]]:
    found: defaultdict[Shape, list[R]] = defaultdict(list)
    for rule in rules:
        found[tuple(_blank(atom) for atom in _atoms(rule))].append(rule)
    return found


def _atoms(rule: Instance | Link) -> tuple[Atom, ...]:
    if isinstance(rule, Link) or rule.head is None:
        return rule.body
    return (*rule.body, rule.head)


def _blank(atom: Atom) -> Atom:
    return min(atom[0], 0), min(atom[1], 0), min(atom[2], 0)


def _constants_of(rule: Instance | Link) -> list[int]:
    return [slot for atom in _atoms(rule) for slot in atom if slot >= 0]


def _queries(shape: Shape, premises: int, since: int = ALL) -> Iterator[_Query]:
    """The query of a shape over all facts, or one for each of its premises that may be later than
    a step; what comes after the premises is the head."""
    places: dict[int, str] = {}
    conditions = ["true"]
    constants = iter(range(3 * len(shape)))

    def value(slot: int) -> str:
        return places[slot] if slot < 0 else f"m.c{next(constants)}"

    for number, atom in enumerate(shape[:premises]):
        for slot, column in zip(atom, _COLUMNS, strict=True):
            here = f"a{number}.{column}"
            if slot < 0 and slot not in places:
                places[slot] = here
            else:
                conditions.append(f"{here} = {value(slot)}")
    head = tuple(value(slot) for atom in shape[premises:] for slot in atom)
    tables = ", ".join(("m", *(f"f a{number}" for number in range(premises))))
    slots = sorted(places, reverse=True)
    bindings = ", ".join(("m.row", *(f"{places[slot]} AS v{-slot}" for slot in slots)))
    order = ", ".join(("row", *(f"v{-slot}" for slot in slots)))
    for fresh in range(premises) if since > ALL else (None,):
        later = [] if fresh is None else [f"a{fresh}.r > {since}"]
        where = " AND ".join((*conditions, *later))
        yield _Query(f"FROM {tables} WHERE {where}", bindings, order, head)
