"""``close``: the one door to every engine."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kuvend.errors import BadRequest
from kuvend.reasoning.model import Closure
from kuvend.reasoning.owlrl_engine import close_with_owlrl

ENGINES = ("owlrl",)


def close(
    triples: Iterable[ox.Triple], *, engine: str = "owlrl", all_triples: bool = False
) -> Closure:
    """What follows from ``triples`` (ontology and data together) under OWL 2 RL.

    Literals keep the lexical form they come with. The same triples give the same bytes.

    :raises BadRequest: for an engine there is not.
    """
    if engine != "owlrl":
        raise BadRequest(f"there is no reasoning engine {engine!r}; choose of {', '.join(ENGINES)}")
    return close_with_owlrl(triples, all_triples=all_triples)
