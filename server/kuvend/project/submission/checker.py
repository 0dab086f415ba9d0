"""What validates submissions: one state of the graph, and its own report, kept."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import pyoxigraph as ox

from kuvend.corpus.envelope import derive_envelopes
from kuvend.project.project import Project
from kuvend.project.standing import StandingGraph, read_standing_graph
from kuvend.project.submission.beyond import beyond_shacl
from kuvend.project.submission.parts import Part
from kuvend.project.submission.problems import syntax_findings, without_repeats
from kuvend.project.submission.telling import Telling
from kuvend.reasoning import Closure
from kuvend.shacl import Report, validate_graph
from kuvend.shacl.finding import Additions, Finding, Validation, in_order
from kuvend.shacl.native.again import run as native_run
from kuvend.shacl.origins import Schema, with_origins
from kuvend.shacl.repairs import with_fixes
from kuvend.syntax import Lines

Validate = Callable[[Iterable[ox.Triple], Iterable[ox.Triple]], Report]


@dataclass(frozen=True)
class Checker:
    """Validates submissions against one state of the graph; the state's own report is kept.

    ``shapes`` replaces those of the project. ``run`` is the engine.
    """

    live: StandingGraph
    prefixes: dict[str, str]
    base_iri: str
    before: Report
    shapes: tuple[ox.Triple, ...]
    run: Validate

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

        Our own engine then re-checks only the shapes whose verdict a submission can move.
        """
        chosen = live.shapes if shapes is None else shapes
        data = live.everything()
        if engine == "kuvend":
            known = native_run(data, chosen, timeout_s=timeout_s)

            def again(triples: Iterable[ox.Triple], rules: Iterable[ox.Triple]) -> Report:
                return native_run(triples, rules, before=known, timeout_s=timeout_s).report

            return cls(live, prefixes, base_iri, known.report, chosen, again)
        run = functools.partial(validate_graph, engine=engine, timeout_s=timeout_s)
        return cls(live, prefixes, base_iri, run(data, chosen), chosen, run)

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
                in_order(findings), texts, self.before.engine, len(triples), in_context=True
            )
        return _Check(self, parts, triples).outcome(findings, texts)


class _Check:
    """One submission on its way through the rules."""

    def __init__(self, checker: Checker, parts: Sequence[Part], triples: list[ox.Triple]) -> None:
        self.checker, self.parts, self.triples = checker, parts, triples
        self.live = checker.live
        self.telling = Telling(checker.live, checker.shapes, checker.prefixes, parts, triples)

    def outcome(self, findings: list[Finding], texts: Mapping[str, Lines]) -> Validation:
        closure = self.closed()
        after = self.report(closure)
        known = {result.key for result in self.checker.before.results}
        now = {result.key for result in after.results}
        introduced = [r for r in after.results if r.key not in known]
        gone = [r for r in self.checker.before.results if r.key not in now]
        findings += [self.telling.finding(result) for result in introduced]
        findings += self.telling.contradictions(closure)
        findings += beyond_shacl(
            self.parts, self.triples, self.live, self.checker.prefixes, self.checker.base_iri
        )
        shapes, places = self.telling.phrasing.shapes, self.telling.places
        told = in_order(with_fixes(without_repeats(findings), places, shapes))
        return Validation(
            findings=with_origins(
                told,
                self.triples,
                known=(*self.live.asserted, *self.live.inferred),
                schema=Schema.of(self.live.ontology.triples),
                places=places,
                shapes=shapes,
            ),
            texts=texts,
            engine=after.engine,
            triples=len(self.triples),
            fixed=tuple(self.telling.finding(result) for result in gone),
            before=len(known & now),
            additions=self.additions(closure),
            in_context=self.live.name != "alone",
        )

    def closed(self) -> Closure:
        """What follows from ontology, graph and submission together."""
        asserted = [*self.live.asserted, *self.triples]
        derived = [t for one in derive_envelopes(asserted) for t in one.triples]
        closure = self.live.closed([*asserted, *derived])
        return replace(closure, inferred=(*derived, *closure.inferred))

    def report(self, closure: Closure) -> Report:
        parts = (
            self.live.ontology.triples,
            self.live.asserted,
            self.triples,
            closure.inferred,
            self.live.evidence,
        )
        data = dict.fromkeys(triple for part in parts for triple in part)
        return self.checker.run(data, self.checker.shapes)

    def additions(self, closure: Closure) -> Additions:
        known = set(self.live.asserted)
        inferred = set(self.live.inferred)
        subjects = dict.fromkeys(
            t.subject.value for t in self.triples if isinstance(t.subject, ox.NamedNode)
        )
        asserted = {*known, *self.triples}
        return Additions(
            new_things=tuple(s for s in subjects if s not in self.live.described),
            known_things=tuple(s for s in subjects if s in self.live.described),
            new_statements=sum(triple not in known for triple in self.triples),
            known_statements=sum(triple in known for triple in self.triples),
            new_inferences=len(set(closure.inferred) - inferred - asserted),
        )


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
