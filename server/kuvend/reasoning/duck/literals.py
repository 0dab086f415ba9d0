"""Literals of a graph on disk: looked at once each, some thousand at a time, and never kept.

What they are worth to the rules goes to small tables: ``worth`` (what is equal by value), ``ill``
(texts that do not fit their datatype) and ``clash`` (literals a rule says are of a datatype they
are not of).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from decimal import Decimal

import pyoxigraph as ox

from kuvend.namespaces import RDFS
from kuvend.reasoning.duck.database import Database
from kuvend.reasoning.duck.terms import Terms, parse_terms
from kuvend.reasoning.values import Value, belongs_to, is_literal_datatype, literal_value
from kuvend.reasoning.vocabulary import NUMBERS, TYPE
from kuvend.terms import Term

_BATCH = 20_000
_LITERAL = NUMBERS[RDFS.Literal]


class Literals:
    """The literals among the terms, and which of them are of which datatype."""

    def __init__(self, db: Database, terms: Terms) -> None:
        self._db, self._terms = db, terms
        self._datatypes: dict[int, Term | None] = {}
        self._typed: set[int] = set()
        for table, columns in (
            ("worth", "id INTEGER, value VARCHAR"),
            ("ill", "id INTEGER"),
            ("clash", "s INTEGER, o INTEGER"),
        ):
            db.run(f"CREATE TEMP TABLE {table} ({columns})")

    def read(self) -> None:
        """Find what is ill-formed and what each literal but plain text is worth."""
        for numbers, literals in self._batches("ends_with(lex, '>')"):
            ill: list[int] = []
            worth: dict[int, str] = {}
            for number, literal in zip(numbers, literals, strict=True):
                value = literal_value(literal)
                if value is None:
                    ill.append(number)
                elif value[0] != "other":
                    worth[number] = text_of_value(value)
            self._append("ill", {"id": ill})
            self._append("worth", {"id": list(worth), "value": list(worth.values())})
        # Plain text can only equal a string of a derived type.
        self._db.run(
            "INSERT INTO worth SELECT id, lex FROM terms SEMI JOIN"
            " (SELECT value AS lex FROM worth WHERE starts_with(value, '\"')) USING (lex)"
        )

    def equal_pairs(self) -> list[tuple[int, int]]:
        """Literals of one value: the first with each other one."""
        rows = self._db.rows(
            "SELECT * FROM (SELECT min(id) OVER (PARTITION BY value) AS a, id FROM worth)"
            " WHERE a <> id ORDER BY ALL"
        )
        return [(left, right) for left, right in rows]

    def is_datatype(self, number: int) -> bool:
        """Whether this class is a datatype whose members are known by their value."""
        return self._datatype(number) is not None

    def datatypes(self) -> list[int]:
        """The datatypes among the classes that were asked about."""
        return [number for number, term in self._datatypes.items() if term is not None]

    def type_members(self, asked: Iterable[int]) -> None:
        """dt-type2: conclude which literals are of the datatypes that rules ask for."""
        for datatype in sorted(set(asked) - self._typed):
            self._typed.add(datatype)
            term = self._datatype(datatype)
            if term is not None:
                self._type_members(datatype, term)

    def _type_members(self, datatype: int, term: Term) -> None:
        db, literal = self._db, self._terms.ranges.is_literal("id")
        used = f"id NOT IN ({', '.join(map(str, (-1, *self._terms.spare)))})"
        own = "true" if datatype == _LITERAL else f"ends_with(lex, '^^{_quoted(term)}')"
        db.run(
            f"INSERT INTO c SELECT coalesce(root, id), {TYPE}, {datatype} FROM terms"
            " ANTI JOIN ill USING (id) LEFT JOIN roots ON term = id"
            f" WHERE {literal} AND {own} AND {used}"
        )
        if datatype == _LITERAL:
            return
        for numbers, literals in self._batches(f"NOT {own} AND {used}"):
            good = [
                number
                for number, literal in zip(numbers, literals, strict=True)
                if belongs_to(literal, term)  # type: ignore[arg-type]
            ]
            db.table("members", {"id": good})
            db.run(
                f"INSERT INTO c SELECT coalesce(root, id), {TYPE}, {datatype} FROM members"
                " LEFT JOIN roots ON term = id"
            )

    def part_clashes(self, since: int) -> None:
        """Take out of the facts later than a step those that say of a literal that it is of a
        datatype it is not of (dt-not-type)."""
        literal = self._terms.ranges.is_literal("s")
        new = f"FROM f WHERE p = {TYPE} AND r > {since} AND {literal}"
        wrong: list[tuple[int, int]] = []
        for datatype in self._db.numbers(f"SELECT DISTINCT o {new}"):
            term = self._datatype(datatype)
            if term is None:
                continue
            own = "true" if datatype == _LITERAL else f"ends_with(lex, '^^{_quoted(term)}')"
            doubtful = (
                f"id IN (SELECT s {new} AND o = {datatype}) AND NOT"
                f" ({own} AND id NOT IN (SELECT id FROM ill))"
            )
            for numbers, literals in self._batches(doubtful):
                wrong += [
                    (number, datatype)
                    for number, literal in zip(numbers, literals, strict=True)
                    if not belongs_to(literal, term)  # type: ignore[arg-type]
                ]
        if wrong:
            self._append("clash", {"s": [s for s, _ in wrong], "o": [o for _, o in wrong]})
            self._db.run(
                f"DELETE FROM f WHERE p = {TYPE} AND r > {since}"
                " AND (s, o) IN (SELECT (s, o) FROM clash)"
            )

    def _datatype(self, number: int) -> Term | None:
        if number not in self._datatypes:
            term = self._terms.terms([number])[number]
            known = isinstance(term, ox.NamedNode) and is_literal_datatype(term)
            self._datatypes[number] = term if known else None
        return self._datatypes[number]

    def _append(self, table: str, columns: dict[str, list[int] | list[str]]) -> None:
        if any(columns.values()):
            self._db.table("more", columns)
            self._db.run(f"INSERT INTO {table} SELECT * FROM more")

    def _batches(self, where: str) -> Iterator[tuple[list[int], list[ox.Literal]]]:
        """Numbers and literals of those whose ``id`` and ``lex`` meet a condition."""
        ranges = self._terms.ranges
        ids = self._db.columns(
            f"SELECT id FROM terms WHERE {ranges.is_literal('id')} AND {where} ORDER BY id"
        )["id"]
        for start in range(0, len(ids), _BATCH):
            part = ids[start : start + _BATCH]
            self._db.table("wanted", {"n": part})
            rows = self._db.rows("SELECT id, lex FROM terms JOIN wanted ON id = n ORDER BY id")
            yield [row[0] for row in rows], parse_terms(row[1] for row in rows)  # type: ignore[misc]


def text_of_value(value: Value) -> str:
    """A text that is the same for values that are equal; for strings their literal's own.

    >>> text_of_value(("number", 1)) == text_of_value(("number", Decimal("1.0")))
    True
    >>> text_of_value(("string", "a"))
    '"a"'
    """
    kind, payload = value
    return str(ox.Literal(str(payload))) if kind == "string" else f"{kind} {_plain(payload)!r}"


def _plain(payload: object) -> object:
    if isinstance(payload, tuple):
        return tuple(map(_plain, payload))
    if isinstance(payload, Decimal):
        return int(payload) if payload % 1 == 0 else f"{payload:f}".rstrip("0")
    return payload


def _quoted(term: Term) -> str:
    return str(term).replace("'", "''")
