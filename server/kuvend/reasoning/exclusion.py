"""Lists of what excludes one another: all different, all disjoint classes, all disjoint properties.

As the tables have it each two members of such a list make a rule; here a list is looked at once,
so that one of thousands of members costs no more than its members do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from kuvend.namespaces import OWL
from kuvend.reasoning.engine import Engine
from kuvend.reasoning.instances import Atom, SchemaView
from kuvend.reasoning.relation import EMPTY, Keys, contained
from kuvend.reasoning.vocabulary import NUMBERS, SAME_AS, TYPE

# Rule: the class of the list's node, and the property that leads to the list.
LISTS = {
    "eq-diff2": (NUMBERS[OWL.AllDifferent], NUMBERS[OWL.members]),
    "eq-diff3": (NUMBERS[OWL.AllDifferent], NUMBERS[OWL.distinctMembers]),
    "prp-adp": (NUMBERS[OWL.AllDisjointProperties], NUMBERS[OWL.members]),
    "cax-adc": (NUMBERS[OWL.AllDisjointClasses], NUMBERS[OWL.members]),
}


@dataclass(frozen=True)
class Excluded:
    """Two members of a list that exclude one another, and what holds of both.

    ``facts`` are the data, ``axioms`` the triples of the list; ``named`` the variables of the rule.
    """

    rule: str
    facts: tuple[Atom, ...]
    axioms: tuple[Atom, ...]
    named: tuple[tuple[str, int], ...]


def find_excluded(
    engine: Engine, limit: int, came: dict[int, Keys] | None = None
) -> Iterator[Excluded]:
    """The violations of each list, at most ``limit`` for one; with ``came`` only those of these
    facts, beside those of equality."""
    schema = SchemaView(engine.relations, {})
    for rule, (kind, leads_to) in LISTS.items():
        for node in sorted(engine.relations[TYPE].subjects(kind)):
            for _, head in schema.match(node, leads_to, None):
                for members, list_facts in schema.lists(head):
                    axioms = ((node, TYPE, kind), (node, leads_to, head), *list_facts)
                    if rule.startswith("eq"):
                        yield from _same(engine, rule, members, axioms)
                    elif rule == "cax-adc":
                        yield from _classes(engine, members, axioms, limit, came)
                    else:
                        yield from _properties(engine, members, axioms, limit, came)


def _same(
    engine: Engine, rule: str, members: tuple[int, ...], axioms: tuple[Atom, ...]
) -> Iterator[Excluded]:
    """Members of the list that are one, the same term twice among them."""
    seen: dict[int, int] = {}
    for member in members:
        root = engine.equality.find(member)
        if root in seen:
            named = (("z_i", seen[root]), ("z_j", member))
            yield Excluded(rule, ((seen[root], SAME_AS, member),), axioms, named)
        seen.setdefault(root, member)


def _classes(
    engine: Engine,
    members: tuple[int, ...],
    axioms: tuple[Atom, ...],
    limit: int,
    came: dict[int, Keys] | None,
) -> Iterator[Excluded]:
    """Individuals of two classes of the list."""
    types = engine.relations[TYPE]
    here = None if came is None else came.get(TYPE, EMPTY) >> 32
    parts = [
        _restricted(types.subjects_of(np.array([member])).partners, here) for member in members
    ]
    for number, i, j in _shared(parts, limit):
        facts = ((number, TYPE, members[i]), (number, TYPE, members[j]))
        named = (("z", number), ("c_i", members[i]), ("c_j", members[j]))
        yield Excluded("cax-adc", facts, axioms, named)


def _properties(
    engine: Engine,
    members: tuple[int, ...],
    axioms: tuple[Atom, ...],
    limit: int,
    came: dict[int, Keys] | None,
) -> Iterator[Excluded]:
    """Pairs related by two properties of the list."""
    here = None
    if came is not None:
        here = np.sort(np.concatenate([EMPTY, *(came.get(member, EMPTY) for member in members)]))
    parts = [_restricted(engine.relations[member].keys(), here) for member in members]
    for key, i, j in _shared(parts, limit):
        subject, obj = key >> 32, key & 0xFFFFFFFF
        facts = ((subject, members[i], obj), (subject, members[j], obj))
        named = (("u", subject), ("v", obj), ("p_i", members[i]), ("p_j", members[j]))
        yield Excluded("prp-adp", facts, axioms, named)


def _restricted(keys: Keys, here: Keys | None) -> Keys:
    return keys if here is None else keys[contained(keys, np.sort(here))]


def _shared(parts: list[Keys], limit: int) -> Iterator[tuple[int, int, int]]:
    """(value, place, place) for values that are in two of the parts."""
    values = np.concatenate([EMPTY, *parts])
    places = np.repeat(np.arange(len(parts)), [len(part) for part in parts])
    order = np.lexsort((places, values))
    values, places = values[order], places[order]
    rows = np.nonzero((values[1:] == values[:-1]) & (places[1:] != places[:-1]))[0][:limit]
    for row in rows.tolist():
        yield int(values[row]), int(places[row]), int(places[row + 1])
