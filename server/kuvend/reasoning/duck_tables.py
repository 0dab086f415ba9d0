"""Facts as one table of DuckDB, and rules as joins over it that spill to disk.

Instances of the rules that differ only in their constants are one *shape*: one query, joined with
a small table of the constants. So the number of queries does not grow with the ontology.
"""

from __future__ import annotations

import tempfile
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from kuvend.errors import BadRequest
from kuvend.reasoning.instances import Atom, Instance
from kuvend.reasoning.relation import LOW, Keys, distinct, pair

# A slot of a shape: a variable (negative), or 0 for a constant.
Shape = tuple[Atom, ...]
_COLUMNS = ("s", "p", "o")


class Tables:
    """All facts (``f``), those of the last round (``d``), and what was concluded (``c``)."""

    def __init__(self, memory: str) -> None:
        """:raises BadRequest: where DuckDB is not installed."""
        try:
            import duckdb  # noqa: PLC0415 (an extra)
        except ImportError as error:
            raise BadRequest(
                "the engine 'duckdb' needs the package duckdb",
                suggestion="Install it with: pip install 'kuvend[duckdb]'",
            ) from error
        self._folder = tempfile.TemporaryDirectory(prefix="kuvend-duckdb-")
        self._db: Any = duckdb.connect(str(Path(self._folder.name) / "facts.db"))
        self._db.execute(f"SET memory_limit = '{memory}'")
        self._db.execute("SET preserve_insertion_order = false")
        self._db.execute(f"SET temp_directory = '{Path(self._folder.name) / 'spill'}'")
        for name in ("f", "d", "c"):
            self._db.execute(f"CREATE TABLE {name} (s INTEGER, p INTEGER, o INTEGER)")

    def close(self) -> None:
        """Let go of the tables and their files."""
        self._db.close()
        self._folder.cleanup()

    def put(self, predicate: int, keys: Keys) -> None:
        """Add pairs of a predicate to what was concluded."""
        if len(keys):
            self._register_pairs(keys)
            self._db.execute(f"INSERT INTO c SELECT s, {predicate}, o FROM given")

    def conclude(self, instances: Sequence[Instance], *, whole: bool) -> None:
        """What the instances conclude from all facts, or from new ones with all."""
        for shape, members in _shapes(instances).items():
            self._constants(members)
            for query in _queries(shape, whole=whole):
                self._db.execute(f"INSERT INTO c SELECT DISTINCT {query}")

    def equalities(
        self, instances: Sequence[Instance], *, whole: bool
    ) -> Iterator[tuple[Instance, tuple[int, ...]]]:
        """The same for rules that make terms one: the rule and its variables' values."""
        for shape, members in _shapes(instances).items():
            self._constants(members)
            for query in _queries(shape, whole=whole, bindings=True):
                for row, *values in self._db.execute(f"SELECT DISTINCT {query}").fetchall():
                    yield members[row], tuple(values)

    def settle(self) -> int:
        """Make what was concluded and is new the facts of the round, and part of all facts; how
        many."""
        self._db.execute("CREATE OR REPLACE TABLE d AS SELECT DISTINCT * FROM c EXCEPT FROM f")
        self._db.execute("CREATE OR REPLACE TABLE c (s INTEGER, p INTEGER, o INTEGER)")
        self._db.execute("INSERT INTO f SELECT * FROM d")
        return int(self._db.execute("SELECT count(*) FROM d").fetchall()[0][0])

    def types_of(self, subjects: Keys, predicate: int) -> Keys:
        """The type facts of the round about one of ``subjects``."""
        self._register_subjects(subjects)
        return self._pairs(
            f"SELECT s, o FROM d WHERE p = {predicate} AND s IN (SELECT x FROM given)"
        )

    def discard(self, predicate: int, keys: Keys) -> None:
        """Take pairs of a predicate out again."""
        self._register_pairs(keys)
        for table in ("f", "d"):
            self._db.execute(
                f"DELETE FROM {table} WHERE p = {predicate} AND EXISTS"
                f" (SELECT 1 FROM given g WHERE g.s = {table}.s AND g.o = {table}.o)"
            )

    def replace(self, losers: Keys, winners: Keys) -> None:
        """Take out all facts with one of ``losers``, and conclude them of ``winners`` instead;
        so for what was concluded and is not yet a fact."""
        columns = {"a": losers.astype(np.int32), "b": winners.astype(np.int32)}
        self._db.register("given", columns)
        self._db.execute("CREATE OR REPLACE TABLE r AS SELECT * FROM given")
        old = "s IN (SELECT a FROM r) OR p IN (SELECT a FROM r) OR o IN (SELECT a FROM r)"
        for table in ("f", "c"):
            self._db.execute(f"CREATE OR REPLACE TEMP TABLE t AS SELECT * FROM {table} WHERE {old}")
            self._db.execute(f"DELETE FROM {table} WHERE {old}")
            self._db.execute(
                "INSERT INTO c SELECT coalesce(x.b, s), coalesce(y.b, p), coalesce(z.b, o) FROM t"
                " LEFT JOIN r x ON s = x.a LEFT JOIN r y ON p = y.a LEFT JOIN r z ON o = z.a"
            )

    def relation(self, predicate: int, objects: Iterable[int] = ()) -> Keys:
        """The sorted pairs of a predicate, only those with one of ``objects`` if there are."""
        wanted = ", ".join(map(str, objects))
        only = f" AND o IN ({wanted})" if wanted else ""
        return np.sort(self._pairs(f"SELECT s, o FROM f WHERE p = {predicate}{only}"))

    def predicates(self) -> list[int]:
        """All predicates there are facts of."""
        query = "SELECT DISTINCT p FROM f ORDER BY p"
        return [row[0] for row in self._db.execute(query).fetchall()]

    def terms(self) -> Keys:
        """All terms facts mention."""
        query = "SELECT s FROM f UNION SELECT p FROM f UNION SELECT o FROM f"
        return distinct(self._db.execute(query).fetchnumpy()["s"].astype(np.int64))

    def _pairs(self, query: str) -> Keys:
        found = self._db.execute(query).fetchnumpy()
        return pair(found["s"].astype(np.int64), found["o"].astype(np.int64))

    def _register_pairs(self, keys: Keys) -> None:
        columns = {"s": (keys >> 32).astype(np.int32), "o": (keys & LOW).astype(np.int32)}
        self._db.register("given", columns)

    def _register_subjects(self, subjects: Keys) -> None:
        self._db.register("given", {"x": subjects.astype(np.int32)})

    def _constants(self, members: Sequence[Instance]) -> None:
        rows = np.array([_constants_of(member) for member in members], np.int32)
        columns = {f"c{i}": np.ascontiguousarray(rows[:, i]) for i in range(rows.shape[1])}
        columns["row"] = np.arange(len(members), dtype=np.int32)
        self._db.register("given", columns)
        self._db.execute("CREATE OR REPLACE TABLE m AS SELECT * FROM given")


def _shapes(instances: Iterable[Instance]) -> dict[Shape, list[Instance]]:
    found: defaultdict[Shape, list[Instance]] = defaultdict(list)
    for instance in instances:
        found[tuple(_blank(atom) for atom in _atoms(instance))].append(instance)
    return found


def _atoms(instance: Instance) -> tuple[Atom, ...]:
    return (*instance.body, *((instance.head,) if instance.head is not None else ()))


def _blank(atom: Atom) -> Atom:
    return min(atom[0], 0), min(atom[1], 0), min(atom[2], 0)


def _constants_of(instance: Instance) -> list[int]:
    return [slot for atom in _atoms(instance) for slot in atom if slot >= 0]


def _queries(shape: Shape, *, whole: bool, bindings: bool = False) -> Iterator[str]:
    """The query of a shape over all facts, or one for each premise that may be new."""
    *body, head = shape
    places: dict[int, str] = {}
    conditions: list[str] = []
    constants = iter(range(3 * len(shape)))

    def value(slot: int) -> str:
        return places[slot] if slot < 0 else f"m.c{next(constants)}"

    for number, atom in enumerate(body):
        for slot, column in zip(atom, _COLUMNS, strict=True):
            here = f"a{number}.{column}"
            if slot < 0 and slot not in places:
                places[slot] = here
            else:
                conditions.append(f"{here} = {value(slot)}")
    concluded = [value(slot) for slot in head]
    if bindings:
        subject, _, obj = concluded
        conditions.append(f"{subject} <> {obj}")
        concluded = ["m.row", *(places[slot] for slot in sorted(places, reverse=True))]
    where = " AND ".join(conditions) or "true"
    for fresh in range(1 if whole else len(body)):
        sources = (
            f"{'d' if number == fresh and not whole else 'f'} a{number}"
            for number in range(len(body))
        )
        yield f"{', '.join(concluded)} FROM {', '.join(('m', *sources))} WHERE {where}"
