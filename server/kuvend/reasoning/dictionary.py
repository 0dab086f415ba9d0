"""Terms as small numbers, and what the engine must know of each: literal or not, of what value."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from kuvend.namespaces import XSD
from kuvend.reasoning.relation import Keys, distinct
from kuvend.reasoning.trivial import is_vocabulary_term
from kuvend.reasoning.values import Value, belongs_to, literal_value
from kuvend.terms import Term

NOT_A_LITERAL = -1
_STRING = XSD.string


class Dictionary:
    """Numbers for terms in order of first appearance, starting with ``first_terms``.

    >>> dictionary = Dictionary([ox.NamedNode("urn:a")])
    >>> dictionary.number(ox.NamedNode("urn:b")), dictionary.number(ox.NamedNode("urn:a"))
    (1, 0)
    """

    def __init__(self, first_terms: Iterable[Term] = ()) -> None:
        self.numbers: dict[Term, int] = {}
        self.terms: list[Term] = []
        self.ill_formed: list[int] = []
        self._datatypes: list[int] = []
        self._datatype_array = np.empty(0, np.int64)
        self._vocabulary_array = np.empty(0, bool)
        self._by_value: dict[Value, int] = {}
        # Pairs of literals with one value (dt-eq), in order of appearance.
        self.equal_literals: list[tuple[int, int]] = []
        for term in first_terms:
            self.number(term)

    def __len__(self) -> int:
        return len(self.terms)

    def number(self, term: Term) -> int:
        """The number of ``term``, a new one where it is new."""
        found = self.numbers.get(term)
        return self._add(term) if found is None else found

    def encode(self, triples: Iterable[ox.Triple]) -> dict[int, Keys]:
        """For each predicate the sorted keys of its pairs."""
        numbers, add = self.numbers.get, self._add
        pairs: defaultdict[int, list[int]] = defaultdict(list)
        for subject, predicate, obj in triples:
            s, p, o = numbers(subject), numbers(predicate), numbers(obj)
            if s is None:
                s = add(subject)
            if p is None:
                p = add(predicate)
            if o is None:
                o = numbers(obj)
                if o is None:
                    o = add(obj)
            pairs[p].append((s << 32) | o)
        return {p: distinct(np.array(keys, np.int64)) for p, keys in pairs.items()}

    def datatypes(self) -> NDArray[np.int64]:
        """For each term the number of its datatype, ``NOT_A_LITERAL`` for other terms."""
        known = len(self._datatype_array)
        if known < len(self._datatypes):
            fresh = np.array(self._datatypes[known:], np.int64)
            self._datatype_array = np.concatenate((self._datatype_array, fresh))
        return self._datatype_array

    def vocabulary(self) -> NDArray[np.bool_]:
        """For each term whether it is of RDF, RDFS, OWL or XSD themselves."""
        known = len(self._vocabulary_array)
        if known < len(self.terms):
            fresh = np.array([is_vocabulary_term(term) for term in self.terms[known:]], bool)
            self._vocabulary_array = np.concatenate((self._vocabulary_array, fresh))
        return self._vocabulary_array

    def is_literal(self, number: int) -> bool:
        """Whether the term is a literal."""
        return self._datatypes[number] != NOT_A_LITERAL

    def belongs(self, number: int, datatype: int) -> bool:
        """Whether the literal's value is one of the datatype."""
        literal, name = self.terms[number], self.terms[datatype]
        return (
            isinstance(literal, ox.Literal)
            and isinstance(name, ox.NamedNode)
            and belongs_to(literal, name)
        )

    def _add(self, term: Term) -> int:
        number = len(self.terms)
        self.numbers[term] = number
        self.terms.append(term)
        self._datatypes.append(NOT_A_LITERAL)
        if isinstance(term, ox.Literal):
            self._add_literal(number, term)
        return number

    def _add_literal(self, number: int, literal: ox.Literal) -> None:
        datatype = literal.datatype
        self._datatypes[number] = self.number(datatype)
        if literal.language:
            return
        if datatype == _STRING:
            # Plain strings are their own value; only a derived string type can equal one.
            value: Value | None = ("string", literal.value) if self._has_derived_strings else None
        else:
            value = literal_value(literal)
            if value is None:
                self.ill_formed.append(number)
            elif value[0] == "string":
                self._note_derived_string(str(value[1]))
        if value is not None and value[0] != "other":
            self._note_value(number, value)

    _has_derived_strings = False

    def _note_derived_string(self, text: str) -> None:
        self._has_derived_strings = True
        plain = self.numbers.get(ox.Literal(text))
        if plain is not None:
            self._by_value.setdefault(("string", text), plain)

    def _note_value(self, number: int, value: Value) -> None:
        known = self._by_value.setdefault(value, number)
        if known != number:
            self.equal_literals.append((known, number))
