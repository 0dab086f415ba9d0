"""``close``: the one door to every engine."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable, Sequence
from functools import partial

import pyoxigraph as ox

from kuvend.errors import BadRequest
from kuvend.reasoning.contradictions import find_contradictions, find_same_as
from kuvend.reasoning.duck import DiskClosure, Room
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.journal import Journal
from kuvend.reasoning.model import Closure
from kuvend.reasoning.output import Inferences, sorted_triples
from kuvend.reasoning.owlrl_engine import close_with_owlrl
from kuvend.reasoning.rounds import Rounds
from kuvend.reasoning.rules import Rule, horn_instances
from kuvend.reasoning.rules_as_queries import close_with_rules
from kuvend.syntax.pause import collector_paused

ENGINES = ("kuvend", "duckdb", "owlrl")


def close(
    triples: Iterable[ox.Triple],
    *,
    engine: str = "kuvend",
    all_triples: bool = False,
    rules: Sequence[Rule] = (),
    date: datetime.date | None = None,
    room: Room | None = None,
) -> Closure:
    """What follows from ``triples`` (ontology and data together) under OWL 2 RL and ``rules``.

    ``date`` is the day that rules about the present speak of. Literals keep the lexical form they
    come with. The same triples give the same bytes. ``room`` is what the engine out of core may
    use; ``DiskClosure`` gives its result without ever holding it in memory.

    :raises BadRequest: for an engine there is not or that is not installed, or a rule without its
        date.
    """
    others: dict[str, Callable[..., Closure]] = {
        "owlrl": close_with_owlrl,
        "duckdb": partial(_close_on_disk, room=room),
    }
    plain = others.get(engine)
    if plain is not None:
        return close_with_rules(partial(plain, all_triples=all_triples), triples, rules, date)
    if engine != "kuvend":
        raise BadRequest(f"there is no reasoning engine {engine!r}; choose of {', '.join(ENGINES)}")
    with collector_paused():
        state, _ = closed_engine(triples, tuple(rules), date, things=all_triples)
        return closure_of(state, all_triples=all_triples)


def _close_on_disk(
    triples: Iterable[ox.Triple], *, all_triples: bool = False, room: Room | None = None
) -> Closure:
    with DiskClosure(triples, all_triples=all_triples, room=room) as closure:
        return closure.as_closure()


def closed_engine(
    triples: Iterable[ox.Triple],
    rules: tuple[Rule, ...],
    date: datetime.date | None,
    *,
    things: bool = False,
) -> tuple[Engine, Rounds]:
    """An engine with the closure of ``triples``, and its query rules."""
    dated = tuple(rule.at(date) for rule in rules)
    horn = tuple(rule for rule in dated if rule.horn)
    for rule in horn:
        rule.query(date)
    state = Engine(things=things, rules=partial(horn_instances, horn) if horn else None)
    rounds = Rounds(state, dated, date)
    state.run(state.load(triples))
    rounds.settle(Journal())
    return state, rounds


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
