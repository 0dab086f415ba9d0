"""What one change did to a closed graph, so that its effect can be told in triples."""

from __future__ import annotations

from collections import defaultdict

import numpy as np

from kuvend.reasoning.relation import EMPTY, Keys, distinct


class Journal:
    """Keys that came and went, and the classes of equals as they were before they changed."""

    def __init__(self) -> None:
        self.came: defaultdict[int, list[Keys]] = defaultdict(list)
        self.went: defaultdict[int, list[Keys]] = defaultdict(list)
        self.newly_asserted: defaultdict[int, list[Keys]] = defaultdict(list)
        self.no_longer_asserted: defaultdict[int, list[Keys]] = defaultdict(list)
        self.former_classes: dict[int, tuple[int, list[int]]] = {}

    def added(self, predicate: int, keys: Keys) -> None:
        """Facts that were put into a relation."""
        self.came[predicate].append(keys)

    def removed(self, predicate: int, keys: Keys) -> None:
        """Facts that were taken out of a relation."""
        self.went[predicate].append(keys)

    def asserted(self, predicate: int, keys: Keys) -> None:
        """Facts asserted by this change."""
        self.newly_asserted[predicate].append(keys)

    def retracted(self, predicate: int, keys: Keys) -> None:
        """Facts this change no longer asserts."""
        self.no_longer_asserted[predicate].append(keys)

    def class_changed(self, root: int, members: list[int]) -> None:
        """A class as it stands before it is joined with another or dissolved."""
        for member in members:
            if member not in self.former_classes:
                self.former_classes[member] = (root, list(members))


def gathered(parts: list[Keys]) -> Keys:
    """All keys of the parts, sorted, each once."""
    return distinct(np.concatenate(parts)) if parts else EMPTY
