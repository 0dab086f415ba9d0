"""Rules of a project over an engine that knows only OWL 2 RL: all of them run as queries."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from dataclasses import replace
from typing import cast

import pyoxigraph as ox

from kuvend.reasoning.model import Closure
from kuvend.reasoning.rules import Rule
from kuvend.terms import sort_key


def close_with_rules(
    close_plain: Callable[[Iterable[ox.Triple]], Closure],
    triples: Iterable[ox.Triple],
    rules: Sequence[Rule],
    date: datetime.date | None,
) -> Closure:
    """``close_plain``'s closure and what ``rules`` construct from it, in turn until nothing is new.

    The closure is held in memory where there are rules.
    """
    if not rules:
        return close_plain(triples)
    asserted = set(triples)
    constructed: set[ox.Triple] = set()
    while True:
        closure = close_plain(asserted | constructed)
        store = ox.Store()
        store.extend(ox.Quad(*t) for t in (*asserted, *constructed, *closure.inferred))
        found = {t for r in rules for t in cast(ox.QueryTriples, store.query(r.query(date)))}
        fresh = found - asserted - constructed - set(closure.inferred)
        if not fresh:
            break
        constructed |= fresh
    inferred = sorted({*closure.inferred, *constructed}, key=sort_key)
    return replace(closure, inferred=tuple(inferred))
