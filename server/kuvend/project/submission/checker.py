"""What validates submissions: one state of the graph, and its own report, kept."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kuvend.project.consequences import Effect
from kuvend.project.project import Project
from kuvend.project.standing import StandingGraph, read_standing_graph
from kuvend.project.submission.beyond import beyond_shacl, known_things
from kuvend.project.submission.parts import Part
from kuvend.project.submission.problems import syntax_findings, without_repeats
from kuvend.project.submission.telling import Telling
from kuvend.project.terms_in_use import vocabulary_of
from kuvend.shacl import Report, validate_graph
from kuvend.shacl.checks import Vocabulary
from kuvend.shacl.checks.identity import KnownThings
from kuvend.shacl.circles import with_circles
from kuvend.shacl.finding import Additions, Finding, Validation, in_order
from kuvend.shacl.native.again import Difference, Standing
from kuvend.shacl.origins import Schema, with_origins
from kuvend.shacl.repairs import with_fixes
from kuvend.shacl.report import sorted_results
from kuvend.syntax import Lines
from kuvend.syntax.pause import collector_paused

Compare = Callable[[Iterable[ox.Triple], Iterable[ox.Triple]], Difference]


@dataclass(frozen=True)
class Checker:
    """Validates submissions against one state of the graph, which is validated once.

    ``shapes`` replaces those of the project. ``compare`` tells what triples added and taken away
    change in the state's own report, ``before``.
    """

    live: StandingGraph
    prefixes: dict[str, str]
    base_iri: str
    before: Report
    shapes: tuple[ox.Triple, ...]
    compare: Compare

    @classmethod
    def of(
        cls,
        live: StandingGraph,
        *,
        prefixes: dict[str, str],
        base_iri: str,
        shapes: tuple[ox.Triple, ...] | None = None,
        engine: str = "kuvend",
        timeout_s: float | None = None,
    ) -> Checker:
        """A checker for ``live``, which is validated here once.

        Our own engine then re-checks only the focus nodes whose results a submission can move.
        """
        chosen = live.shapes if shapes is None else shapes
        data = live.everything()
        if engine == "kuvend":
            standing = Standing(data, chosen, timeout_s=timeout_s)
            return cls(live, prefixes, base_iri, standing.report, chosen, standing.difference)
        run = functools.partial(validate_graph, engine=engine, timeout_s=timeout_s)
        before = run(data, chosen)

        def compare(added: Iterable[ox.Triple], removed: Iterable[ox.Triple]) -> Difference:
            left = dict.fromkeys(data)
            for triple in removed:
                left.pop(triple, None)
            return Difference.between(before, run(dict.fromkeys([*left, *added]), chosen))

        return cls(live, prefixes, base_iri, before, chosen, compare)

    @functools.cached_property
    def things(self) -> KnownThings:
        """The things of the graph, to find the one that was meant."""
        return known_things(self.live, self.base_iri)

    @functools.cached_property
    def vocabulary(self) -> Vocabulary:
        """The terms there are, and those that the shapes speak of."""
        terms = (term for triple in self.shapes for term in (triple.subject, triple.object))
        return replace(
            vocabulary_of(self.live.ontology, self.prefixes, self.base_iri),
            values=self.things.values_of_property,
            of_shapes=frozenset(t.value for t in terms if isinstance(t, ox.NamedNode)),
        )

    @collector_paused()
    def check(self, parts: Sequence[Part], *, keep_going: bool = False) -> Validation:
        """The findings of a submission, in order of place.

        With syntax errors only these are reported, unless ``keep_going``: then what was
        readable is checked as well.
        """
        findings = list(syntax_findings(parts))
        triples = list(dict.fromkeys(quad.triple for part in parts for quad in part.data))
        texts = {part.parsed.source: part.parsed.lines for part in parts if part.parsed.lines}
        stopped = any(finding.rule == "syntax" for finding in findings) and not keep_going
        if stopped:
            return Validation(
                in_order(findings),
                texts,
                self.before.engine,
                len(triples),
                in_context=True,
                base_iri=self.base_iri,
            )
        return _Check(self, parts, triples).outcome(findings, texts)


class _Check:
    """One submission on its way through the rules."""

    def __init__(self, checker: Checker, parts: Sequence[Part], triples: list[ox.Triple]) -> None:
        self.checker, self.parts, self.triples = checker, parts, triples
        self.live = checker.live
        self.telling = Telling(checker.live, checker.shapes, checker.prefixes, parts, triples)

    def outcome(self, findings: list[Finding], texts: Mapping[str, Lines]) -> Validation:
        effect = self.live.consequences.effect(self.triples, self.live.stated)
        moved = self.checker.compare([*self.triples, *effect.follows], effect.withdrawn)
        findings += [self.telling.finding(result) for result in sorted_results(moved.introduced)]
        findings += self.telling.contradictions(effect)
        findings += beyond_shacl(
            self.parts, self.triples, self.live, self.checker.vocabulary, self.checker.things
        )
        shapes, places = self.telling.phrasing.shapes, self.telling.places
        rows = with_circles(
            without_repeats(findings), self.triples, places, shapes, self.checker.prefixes
        )
        told = in_order(with_fixes(rows, places, shapes))
        types = self.live.types
        things = {finding.focus_node for finding in told if finding.focus_node is not None}
        return Validation(
            findings=with_origins(
                told,
                self.triples,
                known=[triple for thing in things for triple in types.get(thing, ())],
                schema=Schema.of(self.live.ontology.triples),
                places=places,
                shapes=shapes,
            ),
            texts=texts,
            engine=moved.engine,
            triples=len(self.triples),
            fixed=tuple(self.telling.finding(result) for result in sorted_results(moved.fixed)),
            before=moved.kept,
            additions=self.additions(effect),
            in_context=self.live.name != "alone",
            base_iri=self.checker.base_iri,
        )

    def additions(self, effect: Effect) -> Additions:
        known, described = self.live.known, self.live.described
        subjects = dict.fromkeys(
            t.subject.value for t in self.triples if isinstance(t.subject, ox.NamedNode)
        )
        return Additions(
            new_things=tuple(s for s in subjects if s not in described),
            known_things=tuple(s for s in subjects if s in described),
            new_statements=sum(triple not in known for triple in self.triples),
            known_statements=sum(triple in known for triple in self.triples),
            new_inferences=len(effect.follows),
        )


@collector_paused()
def checker_of(
    project: Project,
    *,
    alone: bool = False,
    shapes: tuple[ox.Triple, ...] | None = None,
    engine: str = "kuvend",
) -> Checker:
    """A checker for the project's graph as it stands; ``alone`` leaves its data out.

    :raises BadRequest: for an engine there is not.
    """
    live = read_standing_graph(project)
    return Checker.of(
        live.without_data() if alone else live,
        prefixes=project.prefixes,
        base_iri=project.settings.base_iri,
        shapes=shapes,
        engine=engine,
    )
