"""Which focus nodes a query can have rows for, told by the columns before the query is asked.

What is left out can have no row; what is kept may have one. Each pattern a row needs narrows the
nodes its variables can stand for, again and again; then the focus nodes go whose every row meets
a NOT EXISTS. The store that is asked in the end compares values of literals, not how they are
written, so all typed literals count as one here where something would be left out.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import pyoxigraph as ox

from kuvend.shacl.native.arrays import distinct, intersection, union
from kuvend.shacl.native.bodies import Group, Pattern, Variable
from kuvend.shacl.native.collecting import collect, path_steps
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.filtering import Filters
from kuvend.shacl.native.matching import GivenUp, Rows, matched
from kuvend.shacl.native.terms import WEAK, Mask, Numbers
from kuvend.shacl.native.unary import named_by, passes
from kuvend.shacl.native.walks import walk
from kuvend.shacl.paths import (
    Alternative,
    Inverse,
    Path,
    Predicate,
    Repeat,
    first_steps,
    last_steps,
    may_be_empty,
)
from kuvend.shacl.paths import Sequence as PathSequence
from kuvend.terms import Term

_ROUNDS = 3
_PEELINGS = 40
_PARTS = 8
_FEW = 200  # focus nodes from which it is less to walk than to look through whole columns
_SMALLEST_PART = 1000
THIS = "this"
Domains = dict[str, Numbers]
Columns = tuple[Numbers, Numbers]


@dataclass(frozen=True)
class Pruned:
    """The focus nodes a query is to be asked about, and the properties it needs to know of.

    ``predicates`` is ``None`` for all there are.
    """

    focus: Numbers
    predicates: frozenset[str] | None


@dataclass
class Pruner:
    """Prunes for queries over one data graph; columns are kept between queries."""

    data: DataGraph
    _columns: dict[Path, Columns | None] = field(default_factory=dict)

    def over(self, graph: DataGraph) -> Pruner:
        """A pruner for a graph made of this one's by ``DataGraph.changed``."""
        changed = graph.delta.keys()
        kept = {
            path: one for path, one in self._columns.items() if changed.isdisjoint(path_steps(path))
        }
        return Pruner(graph, kept)

    def prune(self, body: Group, focus: Numbers) -> Pruned:
        """What is left of ``focus`` for the query with this body."""
        weak = self.data.table.weak(focus)
        if weak.any():  # what they are joined with is not told, so they stay
            rest = self.prune(body, focus[~weak])
            return Pruned(union(rest.focus, focus[weak]), self._predicates(body, {}))
        domains: Domains = {THIS: focus}
        if len(focus) <= _FEW and not any(_names_any(group) for group in body.everything()):
            return Pruned(self._left(body, domains), self._predicates(body, domains))
        if not self.narrow(body, domains):
            return Pruned(focus[:0], frozenset())
        return Pruned(self._left(body, domains), self._predicates(body, domains))

    def _left(self, body: Group, domains: Domains) -> Numbers:
        """The focus nodes with a row that may pass the filters and meets no NOT EXISTS."""
        start = domains[THIS]
        if len(start) > _FEW and not any(one.filters or one.absent for one in body.everything()):
            return start
        try:
            return self._with_row(body, start)
        except GivenUp:
            return self._by_parts(body, domains)

    def _by_parts(self, body: Group, domains: Domains) -> Numbers:
        """A part of the focus nodes at a time, so that there are fewer rows at once."""
        start = domains[THIS]
        if len(start) < _SMALLEST_PART:
            return self._without_absent(body, domains)
        parts = np.array_split(start, _PARTS)
        return np.concatenate([self._left(body, domains | {THIS: part}) for part in parts])

    def _with_row(self, body: Group, start: Numbers) -> Numbers:
        rows = collect(self.data, body, Rows({THIS: start}))
        outside = body.bound()
        for absent in body.absent:
            inside = {
                name
                for group in absent.everything()
                for pattern in group.patterns
                for name in pattern.names
            }
            if absent.is_told and inside & outside <= rows.columns.keys():
                met = self._meeting(absent, Rows(rows.columns))
                rows = rows.take(np.flatnonzero(~met))
        return distinct(rows.columns[THIS])

    def _meeting(self, absent: Group, rows: Rows) -> Mask:
        """Whether each row surely has what must not be there."""
        sift = Filters(self.data.table, absent, set()).surely
        return matched(self.data, absent, rows, sift)

    def _without_absent(self, body: Group, domains: Domains) -> Numbers:
        left = domains[THIS]
        for absent in body.absent:
            rows = self._rows_for(body, absent, domains)
            if rows is not None:
                kept = rows.columns[THIS][~self._meeting(absent, rows)]
                left = intersection(left, kept)
        return left

    def _predicates(self, body: Group, domains: Domains) -> frozenset[str] | None:
        """The properties of all patterns; those of a variable are the ones it can stand for."""
        found: set[str] = set()
        for group in body.everything():
            for pattern in group.patterns:
                if not isinstance(pattern.path, Variable):
                    if _rests_on_all_nodes(group, pattern, pattern.path):
                        return None
                    found.update(path_steps(pattern.path))
                elif pattern.path.name in domains:
                    found.update(self._names(domains[pattern.path.name]))
                else:
                    return None
        return frozenset(found)

    def properties(self, numbers: Numbers | None) -> Iterable[str]:
        """The properties by those numbers; all where ``None``."""
        return self.data.predicates if numbers is None else self._names(numbers)

    def _names(self, numbers: Numbers) -> list[str]:
        terms = self.data.table.terms(numbers[numbers < len(self.data.table)])
        return [term.value for term in terms if isinstance(term, ox.NamedNode)]

    # -- narrowing -------------------------------------------------------------------------

    def narrow(self, group: Group, domains: Domains, *, rounds: int = _ROUNDS) -> bool:
        """Narrow the domains to what rows of ``group`` need; False where there can be none.

        The groups inside are gone through once a round: the time does not double with each level.
        """
        for tokens in group.filters:
            for name, numbers in named_by(self.data.table, tokens):
                domains[name] = _both(domains.get(name), numbers)
        # Where any property fits, the others say first which.
        patterns = sorted(group.patterns, key=lambda p: isinstance(p.path, Variable))
        for _ in range(rounds):
            before = {name: len(numbers) for name, numbers in domains.items()}
            if not all(self._by_pattern(pattern, domains) for pattern in patterns):
                return False
            if not self._by_groups(group, domains):
                return False
            if not all(passes(self.data.table, tokens, domains) for tokens in group.filters):
                return False
            if before == {name: len(numbers) for name, numbers in domains.items()}:
                break
        return True

    def _by_groups(self, group: Group, domains: Domains) -> bool:
        for branches in group.unions:
            copies = [(branch, dict(domains)) for branch in branches]
            possible = [copy for branch, copy in copies if self.narrow(branch, copy, rounds=1)]
            if not possible:
                return False
            for name in set.intersection(*(set(one) for one in possible)):
                domains[name] = distinct(np.concatenate([one[name] for one in possible]))
        for present in group.present:
            if not self.narrow(present, given_by(group, domains), rounds=1):
                return False
        for select in group.selects:  # its other variables are its own
            inner = {THIS: domains[THIS]}
            if not self.narrow(select, inner, rounds=1):
                return False
            domains[THIS] = inner[THIS]
        return True

    def _by_pattern(self, pattern: Pattern, domains: Domains) -> bool:
        if isinstance(pattern.path, Variable):
            return self._by_any(pattern, pattern.path.name, domains)
        columns = self.columns(pattern.path)
        if columns is None:
            return self._by_ends(pattern, pattern.path, domains)
        chosen = self.fitting(pattern, columns, domains)
        if not chosen.any():
            return False
        for end, column in _ends(pattern, columns):
            if isinstance(end, Variable):
                domains[end.name] = distinct(column[chosen])
        return True

    def fitting(self, pattern: Pattern, columns: Columns, domains: Domains) -> Mask:
        """Which pairs have ends that the pattern's own ends can stand for."""
        chosen = np.ones(len(columns[0]), np.bool_)
        for end, column in _ends(pattern, columns):
            if not isinstance(end, Variable):
                chosen &= column == self.data.table.find(end)
            elif end.name in domains:
                chosen &= np.isin(column, domains[end.name])
        if pattern.subject == pattern.value:
            chosen &= columns[0] == columns[1]
        return chosen

    def _by_any(self, pattern: Pattern, name: str, domains: Domains) -> bool:
        """A pattern with a variable for its property."""
        known = domains.get(name)
        names = self.properties(known)
        subjects, values, used = [], [], []
        for predicate in names:
            columns = self.columns(Predicate(ox.NamedNode(predicate)))
            assert columns is not None, "a property always has columns"
            chosen = self.fitting(pattern, columns, domains)
            if chosen.any():
                subjects.append(columns[0][chosen])
                values.append(columns[1][chosen])
                used.append(self.data.table.intern(ox.NamedNode(predicate)))
        if not used:
            return False
        domains[name] = np.array(sorted(used), np.int32)
        for end, parts in ((pattern.subject, subjects), (pattern.value, values)):
            if isinstance(end, Variable):
                domains[end.name] = distinct(np.concatenate(parts))
        return True

    def _by_ends(self, pattern: Pattern, path: Path, domains: Domains) -> bool:
        """A path of any length: what it can start and end with; a circle needs both."""
        if not isinstance(path, Repeat) or path.mark != "+":
            return True
        inner = self.columns(path.path)
        if inner is None:
            starts, ends = (self._edges(path, first=side) for side in (True, False))
        else:
            starts, ends = inner
            if pattern.subject == pattern.value:
                starts, ends = _peeled(starts, ends)
        for end, numbers in ((pattern.subject, starts), (pattern.value, ends)):
            if isinstance(end, Variable):
                domains[end.name] = _both(domains.get(end.name), distinct(numbers))
                if not len(domains[end.name]):
                    return False
        return True

    def _edges(self, path: Path, *, first: bool) -> Numbers:
        steps = first_steps(path) if first else last_steps(path)
        found = [np.empty(0, np.int32)]
        for iri, back in steps:
            columns = self.columns(Predicate(iri))
            assert columns is not None, "a property always has columns"
            found.append(columns[0] if first != back else columns[1])
        return np.concatenate(found)

    # -- columns ---------------------------------------------------------------------------

    def columns(self, path: Path) -> Columns | None:
        """The pairs of a path of one step; ``None`` for longer ones."""
        if path not in self._columns:
            self._columns[path] = self._read_columns(path)
        return self._columns[path]

    def _read_columns(self, path: Path) -> Columns | None:
        if isinstance(path, Predicate):
            relation = self.data.relation(path.iri.value)
            return relation.left, self.loose(relation.right)
        if isinstance(path, Inverse):
            inner = self.columns(path.path)
            return None if inner is None else (inner[1], inner[0])
        if isinstance(path, Alternative):
            parts = [self.columns(part) for part in path.parts]
            some = [part for part in parts if part is not None]
            if len(some) < len(parts):
                return None
            left, right = zip(*some, strict=True)
            return np.concatenate(left), np.concatenate(right)
        if isinstance(path, PathSequence) and _meets_at_things(path):
            starts = distinct(self._edges(path, first=True))
            place, reached = walk(self.data.relations, starts, path)
            return self.loose(starts[place]), self.loose(reached)
        return None

    def loose(self, numbers: Numbers) -> Numbers:
        """Typed literals as one number that no term has."""
        weak = self.data.table.weak(numbers)
        return np.where(weak, np.int32(WEAK), numbers) if weak.any() else numbers

    # -- what must not be there ------------------------------------------------------------

    def _rows_for(self, body: Group, absent: Group, domains: Domains) -> Rows | None:
        """At least the rows of what ``absent`` shares with the body around it, if these are told.

        They are where it shares the focus node alone, or it and what one pattern joins to it.
        """
        if not absent.is_plain:
            return None
        inside = {
            name
            for group in absent.everything()
            for pattern in group.patterns
            for name in pattern.names
        }
        shared = inside & body.bound()
        if THIS not in inside or len(shared) > 2:
            return None
        if shared == {THIS}:
            return Rows({THIS: domains[THIS]})
        for pattern in body.patterns:
            if set(pattern.variables) == shared and isinstance(pattern.path, Predicate):
                columns = self.columns(pattern.path)
                assert columns is not None, "a property always has columns"
                chosen = self.fitting(pattern, columns, domains)
                if (columns[1][chosen] == WEAK).any():
                    return None
                return Rows(
                    {
                        end.name: column[chosen]
                        for end, column in _ends(pattern, columns)
                        if isinstance(end, Variable)
                    }
                )
        return None


def given_by(group: Group, domains: Domains) -> Domains:
    """The domains of the focus node and what each row of a group has a value for, in a new table.

    Groups behind OPTIONAL and EXISTS see that alone: a variable of the group around this one is
    another to them until the rows are joined.
    """
    given = group.sure() | {THIS}
    return {name: numbers for name, numbers in domains.items() if name in given}


def _names_any(group: Group) -> bool:
    return any(isinstance(pattern.path, Variable) for pattern in group.patterns)


def _rests_on_all_nodes(group: Group, pattern: Pattern, path: Path) -> bool:
    """Whether a walk of no step may be the only thing said of a node: any node will do then."""
    if not may_be_empty(path):
        return False
    others = (
        one
        for one in group.patterns
        if isinstance(one.path, Variable) or not may_be_empty(one.path)
    )
    return {name for one in others for name in one.variables}.isdisjoint(pattern.variables)


def _ends(pattern: Pattern, columns: Columns) -> Iterator[tuple[Variable | Term, Numbers]]:
    yield pattern.subject, columns[0]
    yield pattern.value, columns[1]


def _both(known: Numbers | None, more: Numbers) -> Numbers:
    return more if known is None else intersection(known, more)


def _peeled(starts: Numbers, ends: Numbers) -> Columns:
    """The steps left when those at an end that leads no further are taken away, a few times."""
    for _ in range(_PEELINGS):
        kept = np.isin(starts, ends) & np.isin(ends, starts)
        if kept.all():
            break
        starts, ends = starts[kept], ends[kept]
    return starts, ends


def _meets_at_things(path: PathSequence) -> bool:
    """Whether no step of a sequence meets the next at a literal, which may be written otherwise."""
    return not any(map(may_be_empty, path.parts)) and all(
        all(back for _, back in last_steps(left)) or all(not back for _, back in first_steps(right))
        for left, right in pairwise(path.parts)
    )
