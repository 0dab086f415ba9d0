"""The body of a query as a tree: what has to be there, what may be, what must not be.

It is read to know beforehand where a query can have no rows, and which focus nodes a changed
triple can reach.

Source: https://www.w3.org/TR/sparql11-query/#rGroupGraphPattern
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from kuvend.shacl.native.tokens import Token
from kuvend.shacl.paths import Path
from kuvend.terms import Term


@dataclass(frozen=True)
class Variable:
    """A variable; blank nodes of the pattern are variables with a name no query can write."""

    name: str


End = Variable | Term


@dataclass(frozen=True)
class Pattern:
    """A triple pattern; the path is a variable where any property fits."""

    subject: End
    path: Path | Variable
    value: End

    @property
    def variables(self) -> list[str]:
        """The variables at its ends."""
        return [end.name for end in (self.subject, self.value) if isinstance(end, Variable)]

    @property
    def names(self) -> list[str]:
        """Its variables, that for its property included."""
        return [*self.variables, *([self.path.name] if isinstance(self.path, Variable) else [])]


@dataclass
class Group:
    """One group: all of ``patterns`` and one branch of each of ``unions`` have to be there.

    ``optional``, ``present`` and ``absent`` are the groups behind OPTIONAL, EXISTS and NOT EXISTS
    (the last only where such a filter is nothing else), ``selects`` those of inner SELECTs,
    ``filters`` the tokens of the other filters, ``binds`` those of BIND. ``is_loose`` says that
    more fits than is meant, ``is_out_of_order`` that something that has to be there comes after an
    OPTIONAL. ``settled`` are the variables a BIND saw that may have no value: what follows must
    not give them one.
    """

    patterns: list[Pattern] = field(default_factory=list)
    unions: list[list[Group]] = field(default_factory=list)
    optional: list[Group] = field(default_factory=list)
    present: list[Group] = field(default_factory=list)
    absent: list[Group] = field(default_factory=list)
    selects: list[Group] = field(default_factory=list)
    filters: list[list[Token]] = field(default_factory=list)
    binds: list[list[Token]] = field(default_factory=list)
    is_loose: bool = False
    is_out_of_order: bool = False
    settled: set[str] = field(default_factory=set)

    @property
    def is_told(self) -> bool:
        """Whether there is nothing but filters, patterns, and unions of groups without filters."""
        others = (self.optional, self.present, self.absent, self.selects, self.binds)
        branches = [branch for branches in self.unions for branch in branches]
        return not (self.is_loose or any(others)) and all(one.is_plain for one in branches)

    @property
    def is_plain(self) -> bool:
        """Whether it is told, and has no filters either."""
        return self.is_told and not self.filters

    def equalities(self) -> Iterator[tuple[str, str]]:
        """The pairs of ``BIND ( ?a AS ?b )``."""
        for tokens in self.binds:
            kinds = [token.kind for token in tokens]
            if kinds == ["var", "word", "var"] and tokens[1].word == "as":
                yield tokens[0].text[1:], tokens[2].text[1:]

    def sure(self) -> set[str]:
        """The variables that have a value in every row of the group."""
        found = {name for pattern in self.patterns for name in pattern.names}
        for branches in self.unions:
            found |= set.intersection(*(branch.sure() for branch in branches))
        return found

    def mentioned(self) -> set[str]:
        """The variables of the group and the groups that give it rows."""
        found = {name for pattern in self.patterns for name in pattern.names}
        found |= {tokens[-1].text[1:] for tokens in self.binds}
        branches = (branch for union in self.unions for branch in union)
        for child in (*branches, *self.optional, *self.selects):
            found |= child.mentioned()
        return found

    def bound(self) -> set[str]:
        """The focus node and what something outside the groups of NOT EXISTS mentions."""
        found = {"this", *(name for pattern in self.patterns for name in pattern.names)}
        for tokens in (*self.filters, *self.binds):
            found |= {token.text[1:] for token in tokens if token.kind == "var"}
        branches = (branch for union in self.unions for branch in union)
        for child in (*branches, *self.optional, *self.present, *self.selects):
            found |= child.bound()
        return found

    def children(self) -> Iterator[Group]:
        """The groups right inside."""
        for branches in self.unions:
            yield from branches
        for groups in (self.optional, self.present, self.absent, self.selects):
            yield from groups

    def everything(self) -> Iterator[Group]:
        """This group and all inside."""
        yield self
        for child in self.children():
            yield from child.everything()
