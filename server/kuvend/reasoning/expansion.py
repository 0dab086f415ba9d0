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
from kuvend.reasoning.relation import EMPTY, LOW, Keys, contained, distinct, expand, pair
from kuvend.reasoning.vocabulary import SAME_AS

MAX_EXPANSION = 2_000_000

Classes = Mapping[int, list[int]]


class Expander:
    """Expands facts for one state of the classes of equals.

    ``all_forms`` also repeats a literal in every spelling of its value that occurs in the graph.
    """

    def __init__(self, engine: Engine, classes: Classes, *, all_forms: bool = False) -> None:
        self._engine = engine
        self._classes = classes
        self._all_forms = all_forms
        datatypes = engine.dictionary.datatypes()
        self._literal = datatypes != NOT_A_LITERAL
        self._grouped = np.zeros(len(engine.dictionary), bool)
        for root in classes:
            self._grouped[root] = True
        self._members = _member_keys(classes)
        self._forms: Keys | None = None
        self.capped: list[int] = []

    def cap(self) -> None:
        """Find the classes too large to be expanded; they are then given by representative."""
        if not self._classes:
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
        keep = {root: m for root, m in self._classes.items() if root not in set(self.capped)}
        self._members = _member_keys(keep)

    def expand(self, predicate: int, keys: Keys) -> dict[int, Keys]:
        """The facts over all equal terms, by predicate; subjects may be literals."""
        if not self._classes or not len(keys):
            return {predicate: keys}
        touched = self._grouped[keys >> 32] | self._grouped[keys & LOW]
        parts = [keys[~touched]]
        if touched.any():
            parts.append(self._expand_pairs(keys[touched]))
        if predicate == SAME_AS and self.capped:
            parts.append(self._stars(keys))
        expanded = distinct(np.concatenate(parts))
        return {term: expanded for term in self._predicates(predicate)}

    def _predicates(self, predicate: int) -> list[int]:
        members = self._classes.get(predicate, [predicate])
        return [term for term in members if not self._literal[term]]

    def _expand_pairs(self, keys: Keys) -> Keys:
        subjects, objects = keys >> 32, keys & LOW
        rows, members = self._variants(subjects)
        if not self._all_forms:
            named = ~self._literal[members]
            rows, members = rows[named], members[named]
        roots, objects = subjects[rows], objects[rows]
        rows, forms = self._variants(objects)
        members, roots, objects = members[rows], roots[rows], objects[rows]
        keep = self._chosen_forms(roots, objects, forms)
        return pair(members[keep], forms[keep])

    def _variants(self, roots: Keys) -> tuple[np.ndarray, Keys]:
        """(row, member) for each member of each root's class, the root itself where it has none."""
        rows, members = expand(self._members, roots)
        alone = np.ones(len(roots), bool)
        alone[rows] = False
        rest = np.nonzero(alone)[0]
        return np.concatenate((rows, rest)), np.concatenate((members, roots[rest]))

    def _chosen_forms(self, subjects: Keys, objects: Keys, forms: Keys) -> np.ndarray:
        """Which spellings of a literal to give with a subject: those asserted of it, else one."""
        doubtful = self._literal[forms] & self._grouped[objects]
        if self._all_forms or not doubtful.any():
            return np.ones(len(forms), bool)
        asserted = contained(pair(subjects, forms), self._asserted_forms())
        _, group = np.unique(pair(subjects, objects), return_inverse=True)
        has_asserted = np.zeros(int(group.max()) + 1, bool)
        np.logical_or.at(has_asserted, group, asserted & doubtful)
        least = np.full(len(has_asserted), np.iinfo(np.int64).max)
        np.minimum.at(least, group[doubtful], forms[doubtful])
        chosen: np.ndarray = (
            ~doubtful | asserted | (~has_asserted[group] & (forms == least[group]))
        )
        return chosen

    def _asserted_forms(self) -> Keys:
        """(representative of the subject, literal as written) of asserted facts."""
        if self._forms is None:
            representative = self._engine.equality.representative
            grouped = self._engine.equality.grouped()
            parts = [EMPTY]
            for relation in self._engine.asserted.values():
                keys = relation.keys()
                objects = keys & LOW
                keys = keys[self._literal[objects] & grouped[objects]]
                parts.append(pair(representative[keys >> 32], keys & LOW))
            self._forms = distinct(np.concatenate(parts))
        return self._forms

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


def _member_keys(classes: Classes) -> Keys:
    keys = [(root << 32) | member for root, members in classes.items() for member in members]
    return distinct(np.array(keys, np.int64))
