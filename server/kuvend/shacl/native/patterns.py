"""Regular expressions over many texts, in the query engine's linear time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pyoxigraph as ox

from kuvend.shacl.native.plain_patterns import plain_pattern

_BATCH = 1000


class PatternTest:
    """Whether texts match a pattern, asked for many at once.

    The engine's expressions take linear time whatever the text; those it has no words for
    (looking ahead, back references) are left to the reference, which a deadline can end.
    Plain ones that must be quick whatever the text are run by Python.
    """

    def __init__(self, text: str, flags: str) -> None:
        self._parts = f"{ox.Literal(text)}, {ox.Literal(flags)}"
        self._plain = plain_pattern(text) if not flags else None
        self._store = ox.Store()
        self.is_readable = bool(self._rows(f"(0 {ox.Literal('')})", "BOUND(?r)"))

    def failing(self, texts: Iterable[str]) -> set[int]:
        """The places of the texts that do not match."""
        plain = self._plain
        if plain is None:
            return self._asked(list(enumerate(texts)))
        given = list(enumerate(texts))
        long = [one for one in given if len(one[1]) > plain.longest] if plain.longest else []
        if long:
            given = [one for one in given if len(one[1]) <= plain.longest]
        search = plain.search
        return {place for place, text in given if search(text) is None} | self._asked(long)

    def _asked(self, waiting: list[tuple[int, str]]) -> set[int]:
        """Those places whose text does not match, as the engine says."""
        found: set[int] = set()
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            rows = " ".join(f"({place} {ox.Literal(text)})" for place, text in batch)
            found.update(self._rows(rows, "!?r"))
        return found

    def _rows(self, rows: str, condition: str) -> list[int]:
        solutions = self._store.query(
            f"SELECT ?n {{ VALUES (?n ?v) {{ {rows} }} BIND (REGEX(?v, {self._parts}) AS ?r) "
            f"FILTER ({condition}) }}"
        )
        assert isinstance(solutions, ox.QuerySolutions), "it is a SELECT"
        return [int(row[0].value) for row in solutions]


@lru_cache(maxsize=256)
def pattern(text: str, flags: str) -> PatternTest | None:
    """The test for a pattern, or ``None`` where the pattern cannot be read here."""
    test = PatternTest(text, flags)
    return test if test.is_readable else None
