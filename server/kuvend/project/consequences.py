"""What follows from a graph that stands, kept ready to be asked what more would follow."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.corpus.envelope import derive_envelopes
from kuvend.namespaces import DCT
from kuvend.reasoning import Delta, Inconsistency, Reasoner, Rule, SameAs
from kuvend.terms import Term


@dataclass(frozen=True)
class Effect:
    """What statements would do to a graph: triples that would follow and that would no longer.

    ``inconsistencies`` and ``same_as`` are those that are not there without the statements.
    """

    follows: tuple[ox.Triple, ...]
    withdrawn: tuple[ox.Triple, ...]
    inconsistencies: tuple[Inconsistency, ...] = ()
    same_as: tuple[SameAs, ...] = ()


class Consequences:
    """The closure of axioms and statements, made once; asking for the effect of more leaves it.

    The envelopes of dates are taken along: they follow from all dates of a thing together. One
    call at a time.
    """

    def __init__(
        self,
        axioms: Collection[ox.Triple],
        asserted: Collection[ox.Triple],
        *,
        rules: Iterable[Rule] = (),
        today: datetime.date | None = None,
    ) -> None:
        self._axioms, self._asserted = axioms, asserted
        self._rules, self._today = tuple(rules), today
        self._dates: defaultdict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in asserted:
            if triple.predicate == DCT.date:
                self._dates[triple.subject].append(triple)
        self._reasoner: Reasoner | None = None
        self._stood: tuple[frozenset[Inconsistency], frozenset[SameAs]] = (
            frozenset(),
            frozenset(),
        )

    def reasoner(self) -> Reasoner:
        """The closed graph; closed when it is first asked for."""
        if self._reasoner is None:
            derived = derive_envelopes(t for dates in self._dates.values() for t in dates)
            given = (*self._axioms, *self._asserted, *(t for one in derived for t in one.triples))
            made = Reasoner(given, rules=self._rules, date=self._today)
            self._stood = (frozenset(made.inconsistencies()), frozenset(made.same_as()))
            self._reasoner = made
        return self._reasoner

    def effect(self, triples: Collection[ox.Triple], stated: Collection[ox.Triple]) -> Effect:
        """What stating ``triples`` would do; ``stated`` is what the graph says itself."""
        dated = {t.subject for t in triples if t.predicate == DCT.date}
        before = [t for subject in dated for t in self._dates.get(subject, ())]
        after = dict.fromkeys([*before, *(t for t in triples if t.predicate == DCT.date)])
        old, new = (
            {t for one in derive_envelopes(some) for t in one.triples} for some in (before, after)
        )
        gone = [t for t in old - new if t not in stated]
        reasoner = self.reasoner()
        try:
            delta = self._delta(reasoner, [*triples, *(new - old)], gone)
        except BaseException:
            self._reasoner = None  # it may be half closed: the next call makes another
            raise
        known = {*triples}
        follows = {*delta.inferred, *(new - old)}
        return Effect(
            follows=tuple(t for t in follows if t not in known and t not in stated),
            withdrawn=tuple(
                t for t in {*delta.withdrawn, *gone} - follows if t not in known and t not in stated
            ),
            inconsistencies=tuple(i for i in delta.inconsistencies if i not in self._stood[0]),
            same_as=tuple(s for s in delta.same_as if s not in self._stood[1]),
        )

    def _delta(self, reasoner: Reasoner, more: list[ox.Triple], gone: list[ox.Triple]) -> Delta:
        """What the statements change; the reasoner is as before, or given up for a new one."""
        if len(more) <= len(self._axioms) + len(self._asserted):
            return reasoner.preview(more, without=gone)
        # To take away more than there was is dearer than to close the graph once more.
        self._reasoner = None
        return reasoner.remove(gone).then(reasoner.add(more)) if gone else reasoner.add(more)


__all__ = ["Consequences", "Effect"]
