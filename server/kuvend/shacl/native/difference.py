"""What a change of a graph does to its report: results that come, that go, and how many stay."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from kuvend.shacl.report import Report, Result

Identity = tuple[str, ...]


class Tally:
    """How often each result is in a report, and one result of each identity.

    Our engine tells all of a result, so one that comes twice is found on two ways and counts
    once. The reference tells no parameter and no row: two alike may be two, and each counts.
    """

    def __init__(self, results: Iterable[Result]) -> None:
        self.times: Counter[Identity] = Counter()
        self.results: dict[Identity, Result] = {}
        for result in results:
            identity = result.identity
            self.times[identity] += 1
            self.results.setdefault(identity, result)

    @cached_property
    def total(self) -> int:
        """How many results there are."""
        return sum(_counted(self.results[one], times) for one, times in self.times.items())


def _counted(result: Result, times: int) -> int:
    return min(times, 1) if result.is_told_in_full else times


@dataclass(frozen=True)
class Difference:
    """The results a change brings, those it removes, and how many it leaves."""

    introduced: tuple[Result, ...]
    fixed: tuple[Result, ...]
    kept: int
    engine: str

    @classmethod
    def between(cls, before: Report, after: Report) -> Difference:
        """The difference of two reports."""
        stands = Tally(before.results)
        return cls.of(stands, stands, Tally(after.results), engine=after.engine)

    @classmethod
    def of(cls, stands: Tally, gone: Tally, come: Tally, *, engine: str) -> Difference:
        """What ``come`` in the place of ``gone`` changes in a report that ``stands``."""
        introduced: list[Result] = []
        fixed: list[Result] = []
        for identity, result in (gone.results | come.results).items():
            before = stands.times[identity]
            after = before - gone.times[identity] + come.times[identity]
            more = _counted(result, after) - _counted(result, before)
            if more > 0:
                introduced += [result] * more
            elif more < 0:
                fixed += [gone.results[identity]] * -more
        kept = stands.total - len(fixed)
        return cls(tuple(introduced), tuple(fixed), kept, engine)


__all__ = ["Difference", "Tally"]
