"""The triples that a query about a few focus nodes can see: all its store has to be given.

What has to be there narrows the nodes that each variable can stand for; a triple that fits no
pattern with these nodes at its ends gives no row and hinders none. So a handful of suspects in a
large graph is asked about over a handful of triples.
"""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kuvend.shacl.native.bodies import Group, Pattern, Variable
from kuvend.shacl.native.collecting import path_steps
from kuvend.shacl.native.pruning import THIS, Domains, Pruner, given_by
from kuvend.shacl.native.terms import Mask, Numbers
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate

_ANYTHING = (Variable("_:start"), Variable("_:end"))


class Sight:
    """What a query with one body can see from some focus nodes.

    ``seen`` has for each property which of its pairs, in the order of its relation.
    """

    def __init__(self, pruner: Pruner, body: Group, focus: Numbers) -> None:
        self.pruner = pruner
        self.seen: dict[str, Mask] = {}
        self._look(body, {THIS: pruner.loose(focus)})

    def pairs(self) -> Iterator[tuple[str, Numbers, Numbers]]:
        """The property, subjects and values of what is seen."""
        for name, chosen in self.seen.items():
            relation = self.pruner.data.relation(name)
            yield name, relation.left[chosen], relation.right[chosen]

    def _look(self, group: Group, domains: Domains) -> None:
        """Take in what the patterns of a group fit; nothing where they can have no row."""
        domains = dict(domains)
        if not self.pruner.narrow(group, domains):
            return
        for pattern in group.patterns:
            for step in self._single_steps(pattern, domains):
                self._take_in(step, domains)
        for select in group.selects:  # its other variables are its own
            self._look(select, {THIS: domains[THIS]})
        for branch in (branch for union in group.unions for branch in union):
            self._look(branch, domains)
        given = given_by(group, domains)
        for optional in group.optional:
            # What comes after it narrows it as little: it would seem to have no row.
            before = {THIS: domains[THIS]} if group.is_out_of_order else given
            self._look(optional, before)
        for inner in (*group.present, *group.absent):
            self._look(inner, given)

    def _single_steps(self, pattern: Pattern, domains: Domains) -> Iterator[Pattern]:
        """A pattern as patterns of one property each; those of longer paths fit everything."""
        path = pattern.path
        if isinstance(path, Variable):
            for name in self.pruner.properties(domains.get(path.name)):
                yield Pattern(pattern.subject, Predicate(ox.NamedNode(name)), pattern.value)
        else:
            yield from _split(pattern, path)

    def _take_in(self, step: Pattern, domains: Domains) -> None:
        assert isinstance(step.path, Predicate), "patterns are split into those of one property"
        columns = self.pruner.columns(step.path)
        assert columns is not None, "a property always has columns"
        chosen = self.pruner.fitting(step, columns, domains)
        name = step.path.iri.value
        self.seen[name] = self.seen[name] | chosen if name in self.seen else chosen


def _split(pattern: Pattern, path: Path) -> Iterator[Pattern]:
    if isinstance(path, Predicate):
        yield Pattern(pattern.subject, path, pattern.value)
    elif isinstance(path, Inverse) and isinstance(path.path, Predicate):
        yield Pattern(pattern.value, path.path, pattern.subject)
    elif isinstance(path, Alternative):
        for part in path.parts:
            yield from _split(pattern, part)
    else:
        for name in path_steps(path):
            yield Pattern(_ANYTHING[0], Predicate(ox.NamedNode(name)), _ANYTHING[1])
