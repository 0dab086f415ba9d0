"""``close``: the one door to every engine."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kuvend.errors import BadRequest
from kuvend.reasoning.contradictions import find_contradictions, find_same_as
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.model import Closure
from kuvend.reasoning.output import Inferences, sorted_triples
from kuvend.reasoning.owlrl_engine import close_with_owlrl
from kuvend.reasoning.pause import collector_paused

ENGINES = ("kuvend", "owlrl")


def close(
    triples: Iterable[ox.Triple], *, engine: str = "kuvend", all_triples: bool = False
) -> Closure:
    """What follows from ``triples`` (ontology and data together) under OWL 2 RL.

    Literals keep the lexical form they come with. The same triples give the same bytes.

    :raises BadRequest: for an engine there is not.
    """
    if engine == "owlrl":
        return close_with_owlrl(triples, all_triples=all_triples)
    if engine != "kuvend":
        raise BadRequest(f"there is no reasoning engine {engine!r}; choose of {', '.join(ENGINES)}")
    with collector_paused():
        state = Engine(things=all_triples)
        state.run(state.load(triples))
        return closure_of(state, all_triples=all_triples)


def closure_of(engine: Engine, *, all_triples: bool = False) -> Closure:
    """The closure a closed engine stands for."""
    inferences = Inferences(engine, all_triples=all_triples)
    return Closure(
        inferred=tuple(sorted_triples(engine, inferences.keys())),
        inconsistencies=tuple(find_contradictions(engine)),
        same_as=tuple(find_same_as(engine)),
        generalised=tuple(inferences.generalised()) if all_triples else (),
        notes=tuple(inferences.notes()),
    )
