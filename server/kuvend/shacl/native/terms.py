"""Terms by number: each distinct term once, and what is asked of terms again and again.

Terms are told apart as written, lexical form and all. A table may stand on another one, whose
numbers it keeps and whose own terms it never changes: that is how a change leaves its base alone.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator
from itertools import count
from typing import Any

import numpy as np
import pyoxigraph as ox
from numpy.typing import NDArray

from kuvend.namespaces import XSD
from kuvend.shacl.native.arrays import distinct
from kuvend.shacl.native.literals import is_well_formed
from kuvend.terms import Term

Numbers = NDArray[np.int32]
Mask = NDArray[np.bool_]

IRI, BLANK, LITERAL, TRIPLE = 1, 2, 3, 4
_KINDS = {ox.NamedNode: IRI, ox.BlankNode: BLANK, ox.Literal: LITERAL, ox.Triple: TRIPLE}
NONE = -1
WEAK = 2**31 - 1  # in columns made for comparing: any literal the store compares by its value
_UNASKED = -2


class TermTable:
    """Distinct terms, numbered from 0 in order of appearance.

    >>> table = TermTable()
    >>> table.intern(ox.NamedNode("urn:a")), table.find(ox.NamedNode("urn:b"))
    (0, -1)
    """

    def __init__(self, base: TermTable | None = None) -> None:
        self._base = base
        self._start = 0 if base is None else len(base)
        self._numbers: dict[Term, int] = {}
        self._items: list[Term] = []
        self._facts: dict[str, Numbers] = {}

    def number_all(self, terms: Iterable[Term]) -> Numbers:
        """The number of each of ``terms``; new ones are added."""
        if self._base is not None or self._numbers:
            return np.fromiter(map(self._interned(), terms), dtype=np.int32)
        numbers: defaultdict[Term, int] = defaultdict(count().__next__)
        found = np.fromiter(map(numbers.__getitem__, terms), dtype=np.int32)
        self._numbers = dict(numbers)
        self._items = list(numbers)
        return found

    def __len__(self) -> int:
        return self._start + len(self._items)

    def __iter__(self) -> Iterator[Term]:
        if self._base is not None:
            yield from (self._base.term(number) for number in range(self._start))
        yield from self._items

    def own(self) -> list[Term]:
        """The terms that the table below does not have."""
        return list(self._items)

    def find(self, term: Term) -> int:
        """The number of ``term``, or ``NONE``."""
        if self._base is not None:
            found = self._base.find(term)
            if 0 <= found < self._start:
                return found
        return self._numbers.get(term, NONE)

    def intern(self, term: Term) -> int:
        """The number of ``term``, given now if it has none."""
        found = self.find(term)
        if found == NONE:
            found = self._numbers[term] = len(self)
            self._items.append(term)
        return found

    def _interned(self) -> Callable[[Term], int]:
        """``intern`` for many terms, without looking a table up for each."""
        base, start, numbers = self._base, self._start, self._numbers
        if base is None or base._base is not None:
            return self.intern
        below, here, add = base._numbers.get, numbers.get, self._items.append

        def number(term: Term) -> int:
            found = below(term, start)
            if found >= start:
                found = here(term, NONE)
                if found == NONE:
                    found = numbers[term] = start + len(numbers)
                    add(term)
            return found

        return number

    def term(self, number: int) -> Term:
        """The term with that number."""
        if self._base is not None and number < self._start:
            return self._base.term(number)
        return self._items[number - self._start]

    def terms(self, numbers: NDArray[Any]) -> list[Term]:
        """The terms with those numbers."""
        if self._base is None:
            return [self._items[number] for number in numbers.tolist()]
        return [self.term(number) for number in numbers.tolist()]

    # -- facts -----------------------------------------------------------------------------

    def kinds(self, numbers: Numbers) -> Numbers:
        """Whether each is an IRI, a blank node, a literal or a triple term."""
        found: Numbers = self._all("kind", lambda term: _KINDS[type(term)])[numbers]
        return found

    def datatypes(self, numbers: Numbers) -> Numbers:
        """The number of each literal's datatype; ``NONE`` for other terms."""
        return self._asked("datatype", numbers, self._datatype)

    def languages(self, numbers: Numbers) -> Numbers:
        """The number of each literal's language tag, as a plain literal; ``NONE`` without one."""
        return self._asked("language", numbers, self._language)

    def well_formed(self, numbers: Numbers) -> Mask:
        """Whether each literal has a lexical form of its datatype."""
        asked: Numbers = self._asked("form", numbers, lambda term: int(is_well_formed(term)))  # type: ignore[arg-type]
        return np.equal(asked, 1)

    def weak(self, numbers: Numbers) -> Mask:
        """Whether each is a literal that the store may write otherwise: a typed one."""
        asked: Numbers = self._asked("weak", numbers, lambda term: int(_is_weak(term)))
        return np.equal(asked, 1)

    def _datatype(self, term: Term) -> int:
        return self.intern(term.datatype) if isinstance(term, ox.Literal) else NONE

    def _language(self, term: Term) -> int:
        tag = term.language if isinstance(term, ox.Literal) else None
        return NONE if tag is None else self.intern(ox.Literal(tag))

    def _all(self, name: str, read: Callable[[Term], int]) -> Numbers:
        """A fact of every term, read at once."""
        known = self._facts.get(name)
        if known is None or len(known) < len(self):
            start = 0 if known is None else len(known)
            parts = [] if known is None else [known]
            if self._base is not None and start < self._start:
                parts = [self._base._all(name, read)[: self._start]]
                start = self._start
            fresh = self._items[start - self._start :]
            parts.append(np.fromiter(map(read, fresh), dtype=np.int32, count=len(fresh)))
            known = self._facts[name] = np.concatenate(parts)
        return known

    def _asked(self, name: str, numbers: Numbers, read: Callable[[Term], int]) -> Numbers:
        """A fact of some terms, each read once."""
        known = self._facts.get(name)
        if known is None or len(known) < len(self):
            fresh = np.full(len(self), _UNASKED, dtype=np.int32)
            below = None if self._base is None else self._base._facts.get(name)
            if below is not None:
                fresh[: min(len(below), self._start)] = below[: self._start]
            if known is not None:
                fresh[: len(known)] = known
            known = self._facts[name] = fresh
        found: Numbers = known[numbers]
        if len(found) and found.min() == _UNASKED:
            unknown = distinct(numbers[found == _UNASKED])
            known[unknown] = [read(term) for term in self.terms(unknown)]
            found = known[numbers]
        return found


def _is_weak(term: Term) -> bool:
    return isinstance(term, ox.Literal) and term.language is None and term.datatype != XSD.string
