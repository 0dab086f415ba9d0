"""The closure as triples: what was inferred, without or with the trivial ones, in a fixed order."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator

import numpy as np
import pyoxigraph as ox

from kuvend.reasoning.engine import Engine
from kuvend.reasoning.expansion import Expander
from kuvend.reasoning.model import Fact
from kuvend.reasoning.moment import Now
from kuvend.reasoning.relation import EMPTY, LOW, Keys, distinct, pair
from kuvend.reasoning.vocabulary import DIFFERENT_FROM, SAME_AS, TYPE
from kuvend.terms import Term
from kuvend.terms import n_triples as term_text

_CHUNK = 50_000
# dt-diff sets every literal apart from every other: asked for only in small graphs.
MAX_DIFFERENT = 200


class Inferences:
    """What an engine's closed graph holds beyond what was asserted, by predicate."""

    def __init__(self, engine: Engine, *, all_triples: bool = False) -> None:
        self._engine = engine
        self._all = all_triples
        self._now = Now(engine)
        self._expander = Expander(
            engine, engine.equality.classes, in_use=self._now.in_use, all_forms=all_triples
        )
        self._expander.cap()
        self._literal = engine.literals.mask(np.arange(len(engine.dictionary)))

    def keys(self, only: Collection[int] | None = None) -> dict[int, Keys]:
        """Keys of the inferred triples by predicate, without those RDF cannot hold.

        ``only`` names the predicates that are asked for.
        """
        each = self._each(only)
        return {p: k for p, found in each if len(k := found[~self._literal[found >> 32]])}

    def missing(self, predicate: int, keys: Keys) -> Keys:
        """Those of the keys that are neither inferred nor stated now."""
        found = self._now.holds(predicate, keys)
        return keys[~found]

    def generalised(self) -> list[Fact]:
        """Conclusions with a literal as subject, sorted."""
        terms = self._engine.dictionary.terms
        facts = {
            Fact(terms[key >> 32], terms[p], terms[key & 0xFFFFFFFF])
            for p, found in self._each()
            for key in found[self._literal[found >> 32]].tolist()
        }
        facts.update(self._types_of_literals())
        return sorted(facts, key=str)

    def notes(self) -> list[str]:
        """What was not written out, in words."""
        classes, terms = self._engine.equality.classes, self._engine.dictionary.terms
        return [
            f"{len(classes[root])} terms are the same as {terms[root]}: "
            "their statements are given for this one only"
            for root in self._expander.capped
        ] + kept_apart_notes((terms[a], terms[b]) for a, b in self._engine.kept_apart)

    def _each(self, only: Collection[int] | None = None) -> Iterator[tuple[int, Keys]]:
        gathered: dict[int, list[Keys]] = {}
        for predicate, relation in list(self._engine.relations.items()):
            if relation.size:
                for term, keys in self._expander.expand(predicate, relation.keys()).items():
                    gathered.setdefault(term, []).append(keys)
        if self._all:
            different = self._expander.expand(DIFFERENT_FROM, self._different_literals())
            gathered.setdefault(DIFFERENT_FROM, []).extend(different.values())
            gathered.setdefault(SAME_AS, []).append(self._reflexive())
        for term in sorted(gathered):
            if not isinstance(self._engine.dictionary.terms[term], ox.NamedNode):
                continue
            if only is not None and term not in only:
                continue
            parts = gathered[term]
            merged = parts[0] if len(parts) == 1 else distinct(np.concatenate(parts))
            keys = merged[~self._now.asserted(term, merged)]
            if not self._all:
                keys = keys[self._now.tells(term, keys)]
            yield term, keys

    def _reflexive(self) -> Keys:
        """eq-ref: every term of the graph is the same as itself."""
        used = [np.array([SAME_AS], np.int64)]
        used += [np.array([p], np.int64) for p, r in self._engine.relations.items() if r.size]
        for relation in (*self._engine.relations.values(), *self._engine.asserted.values()):
            keys = relation.keys()
            used += [keys >> 32, keys & LOW]
        terms = distinct(np.concatenate(used))
        if len(self._values()) > 1:
            # dt-diff relates some.
            terms = distinct(np.append(terms, DIFFERENT_FROM))
        return pair(terms, terms)

    def _different_literals(self) -> Keys:
        """dt-diff: literals of different value are different, and what they are the same as."""
        if len(self._literals()) > MAX_DIFFERENT:
            return EMPTY
        roots = self._values()
        keys = pair(np.repeat(roots, len(roots)), np.tile(roots, len(roots)))
        return keys[(keys >> 32) != (keys & LOW)]

    def _values(self) -> Keys:
        """What stands for the literals of the graph: one for each value."""
        return distinct(self._engine.equality.representative[self._literals()])

    def _types_of_literals(self) -> Iterator[Fact]:
        """dt-type2 for the literals of the graph."""
        engine = self._engine
        terms = engine.dictionary.terms
        for number in self._literals().tolist():
            for datatype in engine.literals.types_of(number):
                yield Fact(terms[number], terms[TYPE], terms[datatype])

    def _literals(self) -> Keys:
        """The well-formed literals of the graph."""
        objects = [relation.keys() & LOW for relation in self._engine.asserted.values()]
        used = distinct(np.concatenate([EMPTY, *objects]))
        ill_formed = np.array(self._engine.dictionary.ill_formed, np.int64)
        return used[self._literal[used] & ~np.isin(used, ill_formed)]


def kept_apart_notes(pairs: Iterable[tuple[Term, Term]]) -> list[str]:
    """Which terms of the rules were to be one and are not taken to be, in words."""
    return sorted(
        f"{left} and {right} are said to be the same; the rules name both, so they are reasoned "
        "with as two"
        for left, right in pairs
    )


def sorted_triples(engine: Engine, keys: dict[int, Keys]) -> list[ox.Triple]:
    """The facts as triples, ordered by their N-Triples text, whatever order they came in."""
    terms: list[Term] = engine.dictionary.terms
    subjects, predicates, objects, _ = _ordered(engine, keys)
    return [
        ox.Triple(terms[s], terms[p], terms[o])
        for s, p, o in zip(subjects.tolist(), predicates.tolist(), objects.tolist(), strict=True)
    ]


def n_triples(engine: Engine, keys: dict[int, Keys]) -> Iterator[str]:
    """The facts as N-Triples in the same order, some thousand lines at a time."""
    *columns, texts = _ordered(engine, keys)
    for start in range(0, len(columns[0]), _CHUNK):
        parts = (texts[column[start : start + _CHUNK]].tolist() for column in columns)
        yield "".join([f"{s} {p} {o} .\n" for s, p, o in zip(*parts, strict=True)])


def _ordered(engine: Engine, keys: dict[int, Keys]) -> tuple[Keys, Keys, Keys, np.ndarray]:
    """Subjects, predicates and objects in order, and the texts of the terms by number."""
    terms: list[Term] = engine.dictionary.terms
    texts = np.empty(len(terms), dtype=object)
    if not keys:
        return EMPTY, EMPTY, EMPTY, texts
    predicates = np.repeat(np.array(list(keys), np.int64), [len(k) for k in keys.values()])
    pairs = np.concatenate(list(keys.values()))
    subjects, objects = pairs >> 32, pairs & LOW
    used = distinct(np.concatenate((distinct(subjects), distinct(objects), distinct(predicates))))
    texts[used] = [term_text(terms[number]) for number in used.tolist()]
    rank = np.zeros(len(terms), np.int64)
    rank[used[np.argsort(texts[used], kind="stable")]] = np.arange(len(used))
    order = np.lexsort((rank[objects], rank[predicates], rank[subjects]))
    return subjects[order], predicates[order], objects[order], texts
