"""Regular expressions over many texts, in the query engine's linear time."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache

import pyoxigraph as ox

_BATCH = 1000


class PatternTest:
    """Whether texts match a pattern, asked for many at once.

    The engine's expressions take linear time whatever the text; those it has no words for
    (looking ahead, back references) are left to the reference, which a deadline can end.
    """

    def __init__(self, text: str, flags: str) -> None:
        self._parts = f"{ox.Literal(text)}, {ox.Literal(flags)}"
        self._store = ox.Store()
        self.is_readable = bool(self._rows(f"(0 {ox.Literal('')})", "BOUND(?r)"))

    def failing(self, texts: Iterable[str]) -> set[int]:
        """The places of the texts that do not match."""
        waiting = list(texts)
        found: set[int] = set()
        for start in range(0, len(waiting), _BATCH):
            batch = waiting[start : start + _BATCH]
            rows = " ".join(f"({number} {ox.Literal(text)})" for number, text in enumerate(batch))
            found.update(start + number for number in self._rows(rows, "!?r"))
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
