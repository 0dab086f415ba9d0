"""From facts over representatives back to facts over the terms people wrote.

A fact about a class of n equal terms stands for n facts. Classes for which that would be more
than ``MAX_EXPANSION`` triples are given by their representative alone, tied to each member by
``owl:sameAs``; the closure's notes say so.
"""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from kuvend.reasoning.dictionary import NOT_A_LITERAL
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.relation import EMPTY, LOW, Keys, distinct, expand, pair
from kuvend.reasoning.vocabulary import SAME_AS

MAX_EXPANSION = 2_000_000

# Representative to all members of its class.
Classes = Mapping[int, list[int]]


class Expander:
    """Expands facts for one state of the classes of equals.

    Of several spellings of one literal the least ``in_use`` is given, with ``all_forms`` each.
    """

    def __init__(
        self,
        engine: Engine,
        classes: Classes,
        *,
        in_use: frozenset[int] = frozenset(),
        all_forms: bool = False,
    ) -> None:
        self._engine = engine
        self._classes = classes
        self._in_use = in_use
        self._all_forms = all_forms
        self._literal = engine.dictionary.datatypes() != NOT_A_LITERAL
        self._grouped = np.zeros(len(engine.dictionary), bool)
        self._grouped[list(classes)] = True
        self.capped: list[int] = []
        self._tabulate(classes)

    def cap(self) -> None:
        """Find the classes too large to be expanded; they are then given by representative."""
        if not self._classes or not self._may_be_large():
            return
        mentions = np.zeros(len(self._grouped), np.int64)
        for relation in self._engine.relations.values():
            keys = relation.keys()
            for side in (keys >> 32, keys & LOW):
                mentions += np.bincount(side[self._grouped[side]], minlength=len(mentions))
        self.capped = [
            root
            for root, members in self._classes.items()
            if len(members) * (len(members) + int(mentions[root])) > MAX_EXPANSION
        ]
        large = set(self.capped)
        self._tabulate({root: m for root, m in self._classes.items() if root not in large})

    def _may_be_large(self) -> bool:
        """Whether some class would be, were all facts about it on both sides."""
        largest = max(map(len, self._classes.values()))
        facts = sum(relation.size for relation in self._engine.relations.values())
        return largest * (largest + 2 * facts) > MAX_EXPANSION

    def expand(self, predicate: int, keys: Keys) -> dict[int, Keys]:
        """The facts over all equal terms, by predicate; subjects may be literals."""
        if not self._classes or not len(keys):
            return {predicate: keys}
        touched = self._grouped[keys >> 32] | self._grouped[keys & LOW]
        expanded = keys
        if touched.any():
            parts = [keys[~touched], self._expand_pairs(keys[touched])]
            if predicate == SAME_AS and self.capped:
                parts.append(self._stars(keys))
            expanded = distinct(np.concatenate(parts))
        return dict.fromkeys(self._predicates(predicate), expanded)

    def _tabulate(self, classes: Classes) -> None:
        """Keys from representative to what stands for it as subject and as object."""
        subjects: list[int] = []
        objects: list[int] = []
        for root, members in classes.items():
            literals = [m for m in members if self._literal[m]]
            named = [m for m in members if not self._literal[m]]
            if literals and not self._all_forms:
                literals = [self._least(literals)]
            as_subject = [*named, *literals] if self._all_forms else named or literals
            subjects += [(root << 32) | m for m in as_subject]
            objects += [(root << 32) | m for m in (*named, *literals)]
        self._as_subject = distinct(np.array(subjects, np.int64))
        self._as_object = distinct(np.array(objects, np.int64))

    def _least(self, numbers: list[int]) -> int:
        terms = self._engine.dictionary.terms
        used = self._in_use.intersection(numbers) or numbers
        return min(used, key=lambda number: str(terms[number]))

    def _predicates(self, predicate: int) -> list[int]:
        members = self._classes.get(predicate, [predicate])
        return [term for term in members if not self._literal[term]]

    def _expand_pairs(self, keys: Keys) -> Keys:
        rows, subjects = _variants(self._as_subject, keys >> 32)
        objects = (keys & LOW)[rows]
        rows, forms = _variants(self._as_object, objects)
        return pair(subjects[rows], forms)

    def _stars(self, keys: Keys) -> Keys:
        """Representative and member, both ways, for the classes not expanded."""
        here = set((keys >> 32).tolist())
        parts = [EMPTY]
        for root in self.capped:
            if root in here:
                members = np.array(self._classes[root], np.int64)
                members = members[~self._literal[members]]
                parts += [pair(members, root), pair(root, members)]
        return np.concatenate(parts)


def _variants(table: Keys, roots: Keys) -> tuple[np.ndarray, Keys]:
    """(row, term) for each term that stands for each root, the root itself where it has none."""
    rows, members = expand(table, roots)
    alone = np.ones(len(roots), bool)
    alone[rows] = False
    rest = np.nonzero(alone)[0]
    return np.concatenate((rows, rest)), np.concatenate((members, roots[rest]))
