"""What one change did to a closed graph, so that its effect can be told in triples."""

from __future__ import annotations

import numpy as np

from kuvend.reasoning.relation import EMPTY, Keys, contained

# Keys by predicate, sorted.
Facts = dict[int, Keys]


class Journal:
    """The net effect of a change: keys that came and went, what was asserted and retracted, and
    the classes of equals as they were before they changed."""

    def __init__(self) -> None:
        self.came: Facts = {}
        self.went: Facts = {}
        self.newly_asserted: Facts = {}
        self.no_longer_asserted: Facts = {}
        # Whether a rule put a literal into a datatype it is not of.
        self.has_clash = False
        # Member to its class before: the representative and all members.
        self.former_classes: dict[int, tuple[int, list[int]]] = {}

    def added(self, predicate: int, keys: Keys) -> None:
        """Facts that were put into a relation."""
        _move(predicate, keys, from_=self.went, to=self.came)

    def removed(self, predicate: int, keys: Keys) -> None:
        """Facts that were taken out of a relation."""
        _move(predicate, keys, from_=self.came, to=self.went)

    def asserted(self, predicate: int, keys: Keys) -> None:
        """Facts asserted by this change."""
        _move(predicate, keys, from_=self.no_longer_asserted, to=self.newly_asserted)

    def retracted(self, predicate: int, keys: Keys) -> None:
        """Facts this change no longer asserts."""
        _move(predicate, keys, from_=self.newly_asserted, to=self.no_longer_asserted)

    def class_changed(self, root: int, members: list[int]) -> None:
        """A class as it stands before it is joined with another or dissolved."""
        if any(member not in self.former_classes for member in members):
            former = (root, list(members))
            for member in members:
                self.former_classes.setdefault(member, former)


def _move(predicate: int, keys: Keys, *, from_: Facts, to: Facts) -> None:
    """Keys noted the other way round cancel out; the rest is noted."""
    other = from_.get(predicate, EMPTY)
    if len(other):
        from_[predicate] = other[~contained(other, keys)]
        keys = keys[~contained(keys, other)]
    if len(keys):
        to[predicate] = np.sort(np.concatenate((to.get(predicate, EMPTY), keys)))
