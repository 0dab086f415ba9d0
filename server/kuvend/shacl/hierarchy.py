"""Classes above a class."""

from __future__ import annotations

from collections.abc import Mapping

from kuvend.terms import Term


def with_ancestors(one: Term, parents: Mapping[Term, set[Term]]) -> frozenset[Term]:
    """``one`` and everything that can be reached from it by ``parents``."""
    seen, waiting = {one}, [one]
    while waiting:
        for parent in parents.get(waiting.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                waiting.append(parent)
    return frozenset(seen)
