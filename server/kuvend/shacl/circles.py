"""Circles: a thing that is part of itself through others is one mistake, at a statement of it.

A query that leads from ``$this`` back to ``$this`` finds each thing on the way, and none of the
statements that lead on. Here each finding gets the place of such a statement, and all of a circle
get one origin.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Container, Iterable, Mapping, Sequence
from dataclasses import replace

import pyoxigraph as ox

from kuvend.namespaces import SH, compact
from kuvend.shacl.finding import Finding
from kuvend.shacl.graph import Graph
from kuvend.shacl.places import Places
from kuvend.terms import Term

_BACK = re.compile(r"\$this\s+[^.{}?;]+\$this\b")
_NAME = re.compile(r"[\w-]+:[\w-]+")


def with_circles(
    findings: Sequence[Finding],
    triples: Iterable[ox.Triple],
    places: Places,
    shapes: Graph,
    prefixes: Mapping[str, str],
) -> list[Finding]:
    """The findings, those of circles where a statement of ``triples`` leads on."""
    circles: dict[tuple[str, tuple[str, ...]], dict[Term, int]] = defaultdict(dict)
    for number, finding in enumerate(findings):
        names = _names(finding, shapes)
        if names and finding.focus_node is not None:
            circles[finding.rule, names][finding.focus_node] = number
    if not circles:
        return list(findings)
    told = list(findings)
    for (_, names), numbers in circles.items():
        named = [(t, compact(t.predicate.value, prefixes)) for t in triples]
        own = _Statements((t, names.index(name)) for t, name in named if name in names)
        steps = {thing: step for thing in numbers if (step := own.step(thing, numbers))}
        spans = {
            thing: places.span(step.subject, step.predicate.value, step.object)
            for thing, step in steps.items()
        }
        for thing, number in numbers.items():
            told[number] = replace(told[number], span=spans.get(thing) or told[number].span)
        for members in _together(numbers.keys(), steps):
            first = min((told[numbers[one]] for one in members), key=_place)
            for one in members if len(members) > 1 else ():
                told[numbers[one]] = replace(told[numbers[one]], origin=str(first.span or ""))
    return told


def _names(finding: Finding, shapes: Graph) -> tuple[str, ...]:
    """The properties, in order, of a query that leads from a thing back; none of another."""
    result = finding.result
    if result is None or result.path is not None or result.source_constraint is None:
        return ()
    query = shapes.value(result.source_constraint, SH.select)
    if not isinstance(query, ox.Literal) or _BACK.search(query.value) is None:
        return ()
    return tuple(dict.fromkeys(_NAME.findall(query.value)))


class _Statements:
    """The statements of a submission that a query goes along, by their ends."""

    def __init__(self, rows: Iterable[tuple[ox.Triple, int]]) -> None:
        self.of_subject: dict[Term, list[tuple[ox.Triple, int]]] = defaultdict(list)
        self.of_object: dict[Term, list[tuple[ox.Triple, int]]] = defaultdict(list)
        for row in rows:
            self.of_subject[row[0].subject].append(row)
            self.of_object[row[0].object].append(row)

    def step(self, thing: Term, circle: Container[Term]) -> ox.Triple | None:
        """The statement that leads on from a thing, itself or by a thing between.

        Of the two of a thing between, the one whose property the query names later leads on.
        """
        for triple, _ in self.of_subject.get(thing, ()):
            if triple.object in circle:
                return triple
        for first, number in self.of_object.get(thing, ()):
            for triple, later in self.of_subject[first.subject]:
                if triple.object in circle and later > number:
                    return triple
        return None


def _together(things: Iterable[Term], steps: Mapping[Term, ox.Triple]) -> list[list[Term]]:
    """The things in groups that steps connect."""
    leads = {thing: thing for thing in things}

    def end(thing: Term) -> Term:
        while leads[thing] != thing:
            leads[thing] = thing = leads[leads[thing]]
        return thing

    for thing, step in steps.items():
        if step.object in leads:
            leads[end(thing)] = end(step.object)
    groups: dict[Term, list[Term]] = defaultdict(list)
    for thing in leads:
        groups[end(thing)].append(thing)
    return list(groups.values())


def _place(finding: Finding) -> tuple[str, int, int]:
    span = finding.span
    return (span.source, span.line, span.column) if span else ("", 0, 0)
