"""The effect of a change on what is inferred: the triples that now follow, and those no longer."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.engine import Engine
from kuvend.reasoning.expansion import Classes, Expander
from kuvend.reasoning.journal import Facts, Journal
from kuvend.reasoning.moment import Before, Now
from kuvend.reasoning.relation import EMPTY, LOW, Keys, distinct


def changed_inferences(engine: Engine, journal: Journal) -> tuple[Facts, Facts]:
    """(inferred now and not before, inferred before and not now), by predicate."""
    now, before = Now(engine), Before(engine, journal)
    appeared: Facts = {}
    disappeared: Facts = {}
    for predicate, keys in _candidates(engine, journal).items():
        if not isinstance(engine.dictionary.terms[predicate], ox.NamedNode):
            continue
        is_inferred, was_inferred = now.inferred(predicate, keys), before.inferred(predicate, keys)
        for found, mask in (
            (appeared, is_inferred & ~was_inferred),
            (disappeared, was_inferred & ~is_inferred),
        ):
            if mask.any():
                found[predicate] = keys[mask]
    return appeared, disappeared


def _candidates(engine: Engine, journal: Journal) -> Facts:
    """All facts whose standing may have changed, over the terms people wrote."""
    found: defaultdict[int, list[Keys]] = defaultdict(list)
    former = dict(journal.former_classes.values())
    current = {engine.equality.find(member) for member in journal.former_classes}
    about = _about(engine, current | _respelled_classes(engine, journal))
    old = _united(journal.went, about)
    new = _united(journal.came, about)
    for facts, classes in ((old, former), (new, {})):
        expander = _expander(engine, facts, classes, changed=set(journal.former_classes))
        for predicate, keys in facts.items():
            for term, expanded in expander.expand(predicate, keys).items():
                found[term].append(expanded)
    for facts in (journal.newly_asserted, journal.no_longer_asserted):
        for predicate, keys in facts.items():
            found[predicate] += [keys, _respelled(engine, keys)]
    return {p: distinct(np.concatenate(parts)) for p, parts in found.items()}


def _about(engine: Engine, roots: set[int]) -> Facts:
    """The facts that mention a class that changed."""
    if not roots:
        return {}
    flags = np.zeros(len(engine.equality.representative), bool)
    flags[list(roots)] = True
    found = {}
    for predicate, relation in engine.relations.items():
        keys = relation.keys()
        if not flags[predicate]:
            keys = keys[flags[keys >> 32] | flags[keys & LOW]]
        if len(keys):
            found[predicate] = keys
    return found


def _expander(engine: Engine, facts: Facts, former: Classes, *, changed: set[int]) -> Expander:
    """Expands over the classes these facts mention: as they were where ``former`` gives them,
    else as they are, without those that are former ones no more."""
    mentioned = [EMPTY, *(np.array([p]) for p in facts)]
    for keys in facts.values():
        mentioned += [keys >> 32, keys & LOW]
    classes = {}
    for root in distinct(np.concatenate(mentioned)).tolist():
        if root in former:
            classes[root] = former[root]
        elif root in engine.equality.classes and not (former and root in changed):
            classes[root] = engine.equality.classes[root]
    return Expander(engine, {r: m for r, m in classes.items() if len(m) > 1}, all_forms=True)


def _respelled(engine: Engine, keys: Keys) -> Keys:
    """The facts with each other spelling of their literal."""
    found = []
    for key in keys.tolist():
        members = engine.equality.members(key & 0xFFFFFFFF)
        if len(members) > 1 and engine.dictionary.is_literal(key & 0xFFFFFFFF):
            found += [(key >> 32 << 32) | m for m in members if engine.dictionary.is_literal(m)]
    return np.array(found, np.int64)


def _respelled_classes(engine: Engine, journal: Journal) -> set[int]:
    """Classes of which a spelling of a literal may have come into use, or out of it."""
    changed = (*journal.newly_asserted.values(), *journal.no_longer_asserted.values())
    grouped = engine.equality.grouped()
    objects = distinct(np.concatenate([EMPTY, *(keys & LOW for keys in changed)]))
    objects = objects[grouped[objects] & engine.literals.mask(objects)]
    return set(engine.equality.representative[objects].tolist())


def _united(left: Facts, right: Facts) -> Facts:
    return {
        p: distinct(np.concatenate((left.get(p, EMPTY), right.get(p, EMPTY))))
        for p in {*left, *right}
    }
