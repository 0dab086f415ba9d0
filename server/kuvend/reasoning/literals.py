"""Literals as members of datatypes (dt-type2), decided by value and never stored as facts."""

from __future__ import annotations

import numpy as np
import pyoxigraph as ox

from kuvend.namespaces import RDFS
from kuvend.reasoning.dictionary import NOT_A_LITERAL, Dictionary
from kuvend.reasoning.relation import LOW, Keys, Mask, contained, distinct
from kuvend.reasoning.values import OWL_RL_DATATYPES, is_literal_datatype
from kuvend.reasoning.vocabulary import NUMBERS

_LITERAL = NUMBERS[RDFS.Literal]
RL_DATATYPES: tuple[int, ...] = tuple(NUMBERS[datatype] for datatype in OWL_RL_DATATYPES)


class LiteralTypes:
    """Which classes are datatypes, and which literals belong to them."""

    def __init__(self, dictionary: Dictionary) -> None:
        self._dictionary = dictionary
        self._datatypes: dict[int, bool] = {}
        self._known: dict[tuple[int, int], bool] = {}

    def is_datatype(self, number: int) -> bool:
        """Whether this class is a datatype whose members are known by their value."""
        found = self._datatypes.get(number)
        if found is None:
            term = self._dictionary.terms[number]
            found = isinstance(term, ox.NamedNode) and is_literal_datatype(term)
            self._datatypes[number] = found
        return found

    def mask(self, numbers: Keys) -> Mask:
        """Which of the terms are literals."""
        return self._dictionary.datatypes()[numbers] != NOT_A_LITERAL

    def members(self, numbers: Keys, datatype: int) -> Mask:
        """Which of the terms are literals of the datatype."""
        own = self._dictionary.datatypes()[numbers]
        ill_formed = np.array(sorted(self._dictionary.ill_formed), np.int64)
        literal = (own != NOT_A_LITERAL) & ~contained(numbers, ill_formed)
        if datatype == _LITERAL:
            return literal
        found = literal & (own == datatype)
        doubtful = literal & (own != datatype)
        if doubtful.any():
            asked = distinct(numbers[doubtful])
            good = [number for number in asked.tolist() if self._belongs(number, datatype)]
            found |= doubtful & contained(numbers, np.array(good, np.int64))
        return found

    def split_types(self, keys: Keys) -> tuple[Keys, list[tuple[int, int]]]:
        """Type facts without those that say of a literal that it is of a datatype; of those
        the false ones (dt-not-type), as pairs."""
        literal = self.mask(keys >> 32)
        if not literal.any():
            return keys, []
        clashes: list[tuple[int, int]] = []
        drop = np.zeros(len(keys), bool)
        classes = keys & LOW
        for datatype in distinct(classes[literal]).tolist():
            if not self.is_datatype(datatype):
                continue
            here = literal & (classes == datatype)
            drop |= here
            numbers = keys[here] >> 32
            wrong = numbers[~self.members(numbers, datatype)]
            clashes += [(number, datatype) for number in wrong.tolist()]
        return keys[~drop], clashes

    def types_of(self, number: int) -> list[int]:
        """The OWL 2 RL datatypes the literal belongs to."""
        return [datatype for datatype in RL_DATATYPES if self._belongs(number, datatype)]

    def _belongs(self, number: int, datatype: int) -> bool:
        key = (number, datatype)
        if key not in self._known:
            self._known[key] = self._dictionary.belongs(number, datatype)
        return self._known[key]
