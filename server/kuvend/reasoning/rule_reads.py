"""What a rule that is a query can read of a graph, so that no more has to be laid before it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

import rdflib
from rdflib.paths import MulPath, NegatedPath, Path
from rdflib.plugins.sparql.parserutils import CompValue

from kuvend.terms import Term, from_rdflib

# A property, and its value where only that one is asked for.
Reads = frozenset[tuple[Term, Term | None]]
_STEPS = ("args", "arg", "path")


def reads_of(node: Any) -> Reads | None:
    """What the patterns under a node of the algebra can match; ``None`` where that is anything.

    Those of EXISTS and of inner queries are among them.
    """
    if isinstance(node, CompValue):
        return _together(
            _patterns(value) if key == "triples" else reads_of(value) for key, value in node.items()
        )
    if isinstance(node, list | tuple | set | frozenset):
        return _together(map(reads_of, node))
    return frozenset()


def _patterns(rows: Iterable[Sequence[Any]]) -> Reads | None:
    """Each row is a triple, or, within EXISTS, several in one."""
    return _together(
        _matched_by(*row[start + 1 : start + 3]) for row in rows for start in range(0, len(row), 3)
    )


def _matched_by(predicate: Any, value: Any) -> Reads | None:
    if isinstance(predicate, rdflib.URIRef):
        is_fixed = isinstance(value, rdflib.URIRef)
        return frozenset({(from_rdflib(predicate), from_rdflib(value) if is_fixed else None)})
    # A walk of no step meets every node there is.
    has_end = isinstance(predicate, MulPath) and predicate.zero
    if not isinstance(predicate, Path) or isinstance(predicate, NegatedPath) or has_end:
        return None
    found = [getattr(predicate, name) for name in _STEPS if hasattr(predicate, name)]
    inner = [step for one in found for step in (one if isinstance(one, list) else [one])]
    return _together(_matched_by(step, None) for step in inner)


def _together(parts: Iterable[Reads | None]) -> Reads | None:
    found: Reads = frozenset()
    for part in parts:
        if part is None:
            return None
        found |= part
    return found
