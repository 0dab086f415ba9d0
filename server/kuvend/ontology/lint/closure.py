"""Rules on what reasoning gives: contradictions, and things made one that nobody said are one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Protocol

import pyoxigraph as ox

from kuvend.namespaces import compact
from kuvend.ontology.findings import Finding
from kuvend.terms import Term


class Inconsistent(Protocol):
    """A contradiction as reasoning reports it."""

    @property
    def rule(self) -> str: ...
    @property
    def message(self) -> str: ...
    @property
    def triples(self) -> Sequence[ox.Triple]: ...


class Equated(Protocol):
    """Two things that reasoning made one."""

    @property
    def left(self) -> ox.NamedNode: ...
    @property
    def right(self) -> ox.NamedNode: ...
    @property
    def rule(self) -> str: ...
    @property
    def triples(self) -> Sequence[ox.Triple]: ...


class Closed(Protocol):
    """The part of a closure the check reads; :class:`kuvend.reasoning.Closure` is one."""

    @property
    def inconsistencies(self) -> Sequence[Inconsistent]: ...
    @property
    def same_as(self) -> Sequence[Equated]: ...


def check_closure(closure: Closed, prefixes: Mapping[str, str]) -> list[Finding]:
    """A finding for each contradiction and each unasserted ``owl:sameAs`` of ``closure``."""
    return [*_contradictions(closure, prefixes), *_equated(closure, prefixes)]


def _contradictions(closure: Closed, prefixes: Mapping[str, str]) -> Iterator[Finding]:
    for found in closure.inconsistencies:
        because = "; ".join(_show(triple, prefixes) for triple in found.triples)
        yield Finding(
            "contradiction",
            "error",
            f"{found.message} ({found.rule}{': ' if because else ''}{because})",
            term=_first(found.triples),
        )


def _equated(closure: Closed, prefixes: Mapping[str, str]) -> Iterator[Finding]:
    for found in closure.same_as:
        pair = f"{compact(found.left.value, prefixes)} and {compact(found.right.value, prefixes)}"
        because = "; ".join(_show(triple, prefixes) for triple in found.triples)
        yield Finding(
            "unwanted-same-as",
            "error",
            f"{pair} become one thing ({found.rule}{': ' if because else ''}{because}).",
            term=found.left.value,
        )


def _first(triples: Sequence[ox.Triple]) -> str | None:
    subject = triples[0].subject if triples else None
    return subject.value if isinstance(subject, ox.NamedNode) else None


def _show(triple: ox.Triple, prefixes: Mapping[str, str]) -> str:
    parts: tuple[Term, ...] = (triple.subject, triple.predicate, triple.object)
    return " ".join(
        compact(p.value, prefixes) if isinstance(p, ox.NamedNode) else str(p) for p in parts
    )
