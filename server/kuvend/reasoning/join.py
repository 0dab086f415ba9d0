"""Joins of rule bodies over relations: whole columns of bindings at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence

import numpy as np

from kuvend.reasoning.instances import Atom, Comparison
from kuvend.reasoning.relation import LOW, Keys, Mask, Relation, TooMuchWork, pair
from kuvend.reasoning.vocabulary import TYPE

# Variable (a negative number) to its column; all columns have one length.
Columns = dict[int, Keys]

_NO_VARIABLE = 1  # the column that counts rows where an atom binds nothing


def row_count(columns: Columns) -> int:
    """How many rows the columns have."""
    return len(next(iter(columns.values())))


class Joiner:
    """Evaluates conjunctions of atoms over ``relations``.

    ``in_datatype`` says for terms and a datatype which are literals of it; ``datatypes`` are the
    classes for which it is asked. With ``limit`` a join that would yield more rows is given up.
    """

    def __init__(
        self,
        relations: Mapping[int, Relation],
        datatypes: Callable[[int], bool],
        in_datatype: Callable[[Keys, int], Mask],
        compare: Callable[[Comparison, Columns], Mask],
    ) -> None:
        self._relations = relations
        self._is_datatype = datatypes
        self._in_datatype = in_datatype
        self._compare = compare
        self.limit: int | None = None

    def join(
        self, atoms: Iterable[Atom], columns: Columns, comparisons: Sequence[Comparison] = ()
    ) -> Columns | None:
        """``columns`` extended by what the atoms bind; ``None`` where no row is left.

        :raises TooMuchWork: beyond ``limit``.
        """
        rest = list(atoms)
        while rest:
            atom = self._next(rest, columns)
            rest.remove(atom)
            step = self._step(atom, columns)
            if step is None or not row_count(step):
                return None
            columns = step
        for comparison in comparisons:
            columns = select(columns, self._compare(comparison, columns))
        return columns if row_count(columns) else None

    def seed(self, atom: Atom, forward: Keys, backward: Callable[[], Keys]) -> Columns | None:
        """What ``atom`` binds on these keys of its predicate alone.

        ``backward`` gives the same keys exchanged and sorted, if they are needed.
        """
        subject, _, obj = atom
        if subject < 0 and obj < 0:
            if subject == obj:
                keys = forward[(forward >> 32) == (forward & LOW)]
                return _nonempty({subject: keys >> 32})
            return _nonempty({subject: forward >> 32, obj: forward & LOW})
        if subject < 0:
            keys = backward()
            low, high = keys.searchsorted((obj << 32, (obj + 1) << 32))
            return _nonempty({subject: keys[low:high] & LOW})
        low, high = forward.searchsorted((subject << 32, (subject + 1) << 32))
        if obj < 0:
            return _nonempty({obj: forward[low:high] & LOW})
        found = ((subject << 32) | obj) in forward[low:high]
        return {_NO_VARIABLE: np.zeros(1, np.int64)} if found else None

    def whole(self, atom: Atom) -> Columns | None:
        """What ``atom`` binds over its whole relation."""
        relation = self._relations.get(atom[1])
        if relation is None or not relation.size:
            return None
        return self.seed(atom, relation.keys(), relation.backward_keys)

    def evaluate(
        self, atoms: Sequence[Atom], comparisons: Sequence[Comparison] = ()
    ) -> Columns | None:
        """All solutions of the conjunction, starting from its smallest atom."""
        first = min(self._startable(atoms), key=self._size)
        columns = self.whole(first)
        if columns is None:
            return None
        return self.join([atom for atom in atoms if atom is not first], columns, comparisons)

    def _startable(self, atoms: Sequence[Atom]) -> list[Atom]:
        found = [a for a in atoms if not (a[1] == TYPE and a[2] >= 0 and self._is_datatype(a[2]))]
        return found or list(atoms)

    def _size(self, atom: Atom) -> int:
        relation = self._relations.get(atom[1])
        if relation is None:
            return 0
        if atom[2] >= 0:
            keys = relation.backward_keys()
            low, high = keys.searchsorted((atom[2] << 32, (atom[2] + 1) << 32))
            return int(high - low)
        return relation.size

    def _next(self, atoms: list[Atom], columns: Columns) -> Atom:
        """The atom with most places bound; of those the one over the smallest relation."""
        if len(atoms) == 1:
            return atoms[0]

        def cost(atom: Atom) -> tuple[int, int]:
            open_places = sum(slot < 0 and slot not in columns for slot in (atom[0], atom[2]))
            relation = self._relations.get(atom[1])
            return open_places, relation.size if relation is not None else 0

        return min(atoms, key=cost)

    def _step(self, atom: Atom, columns: Columns) -> Columns | None:
        subject, predicate, obj = atom
        relation = self._relations.get(predicate)
        subjects, objects = _column(subject, columns), _column(obj, columns)
        if subjects is not None and predicate == TYPE and obj >= 0 and self._is_datatype(obj):
            keep = self._in_datatype(subjects, obj)
            if relation is not None:
                keep = keep | relation.contains(pair(subjects, obj))
            return select(columns, keep)
        if relation is None or not relation.size:
            return None
        if subjects is not None and objects is not None:
            return select(columns, relation.contains(pair(subjects, objects)))
        if subjects is not None:
            rows, partners = relation.objects_of(subjects, self.limit)
            return {**{v: column[rows] for v, column in columns.items()}, obj: partners}
        if objects is not None:
            rows, partners = relation.subjects_of(objects, self.limit)
            return {**{v: column[rows] for v, column in columns.items()}, subject: partners}
        return self._product(atom, columns)

    def _product(self, atom: Atom, columns: Columns) -> Columns | None:
        added = self.whole(atom)
        if added is None:
            return None
        left, right = row_count(columns), row_count(added)
        if self.limit is not None and left * right > self.limit:
            raise TooMuchWork
        return {
            **{v: np.repeat(column, right) for v, column in columns.items()},
            **{v: np.tile(column, left) for v, column in added.items()},
        }


def select(columns: Columns, keep: Mask) -> Columns:
    """The rows of the columns where ``keep`` is true."""
    if keep.all():
        return columns
    return {variable: column[keep] for variable, column in columns.items()}


def head_keys(head: Atom, columns: Columns) -> Keys:
    """The keys of the head's pairs, one for each row, not sorted."""
    subjects, objects = _column(head[0], columns), _column(head[2], columns)
    if subjects is None or objects is None:
        raise ValueError(f"the head {head} has a variable its body does not bind")
    return pair(subjects, objects)


def _column(slot: int, columns: Columns) -> Keys | None:
    if slot < 0:
        return columns.get(slot)
    return np.full(row_count(columns), slot, np.int64)


def _nonempty(columns: Columns) -> Columns | None:
    return columns if row_count(columns) else None
