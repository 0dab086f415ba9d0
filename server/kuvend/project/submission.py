"""Validating a submission in context: what it introduces, fixes, adds and contradicts.

The sources are read with their positions, put beside the graph as it stands, reasoned over with
it, and checked; the findings are those the union has and the graph alone has not. Nothing is
written.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus.envelope import derive_envelopes
from kuvend.corpus.statements import Statements, read_statements
from kuvend.errors import BadSyntax, KuvendError, NotFound
from kuvend.namespaces import RDF
from kuvend.project.project import Project
from kuvend.project.quotes import check_citations, check_passages
from kuvend.project.standing import StandingGraph, add_label, read_standing_graph
from kuvend.project.terms_in_use import vocabulary_of
from kuvend.reasoning import Closure
from kuvend.shacl import Report, validate_graph
from kuvend.shacl.checks import (
    CitedStatement,
    KnownThing,
    SourceDate,
    check_evidence,
    check_identity,
    check_languages,
    check_vocabulary,
)
from kuvend.shacl.checks.identity import NAME_PROPERTIES, KnownThings
from kuvend.shacl.finding import (
    Additions,
    Finding,
    Related,
    Validation,
    in_order,
    severity_of,
)
from kuvend.shacl.graph import Graph
from kuvend.shacl.native.again import run as native_run
from kuvend.shacl.phrasing import Phrasing, component_name, contradiction_texts, rule_texts
from kuvend.shacl.places import Places
from kuvend.shacl.report import Result
from kuvend.syntax import Lines, Parsed, PositionedQuad, Source, Span, parse_source, unpack
from kuvend.terms import Term

Validate = Callable[[Iterable[ox.Triple], Iterable[ox.Triple]], Report]

_MAX_RELATED = 5


@dataclass(frozen=True)
class Part:
    """One source of a submission: the parse, and the quads that state something."""

    parsed: Parsed
    data: tuple[PositionedQuad, ...]
    statements: Statements | None = None

    def cited(self) -> Iterator[CitedStatement]:
        """The statements with the quotes given for them; without citations, with none."""
        if self.statements is None:
            yield from (CitedStatement(quad, ()) for quad in self.data)
            return
        quotes = {
            statement.triple: tuple(c.quote for c in statement.citations if c.quote)
            for statement in self.statements.statements
        }
        for quad in self.data:
            yield CitedStatement(quad, quotes.get(quad.triple, ()))


def read_parts(sources: Iterable[Source], *, base_iri: str | None, max_bytes: int) -> list[Part]:
    """The sources, unpacked and parsed; blank nodes of each kept apart.

    :raises TooLarge: past ``max_bytes`` unpacked.
    :raises UnsupportedMediaType: for a format not read here.
    """
    parts: list[Part] = []
    for source in sources:
        for number, file in enumerate(unpack(source, max_bytes=max_bytes), start=len(parts) + 1):
            parsed = parse_source(file, base_iri=base_iri, blank_prefix=f"f{number}-")
            parts.append(_part(parsed))
    return parts


def _part(parsed: Parsed) -> Part:
    reifiers = {quad.subject for quad in parsed.quads if quad.predicate == RDF.reifies}
    if not reifiers:
        return Part(parsed, tuple(parsed.quads))
    statements = read_statements(parsed)
    stated = {statement.triple for statement in statements.statements} | set(statements.notes)
    data = tuple(
        quad
        for quad in parsed.quads
        if not isinstance(quad.object, ox.Triple) and quad.triple in stated
    )
    return Part(parsed, data, statements)


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
        findings = list(_syntax_findings(parts))
        triples = list(dict.fromkeys(quad.triple for part in parts for quad in part.data))
        texts = {part.parsed.source: part.parsed.lines for part in parts if part.parsed.lines}
        stopped = any(finding.rule == "syntax" for finding in findings) and not keep_going
        if stopped:
            return Validation(
                in_order(findings), texts, self.before.engine, len(triples), in_context=True
            )
        return _Check(self, parts, triples).outcome(findings, texts)


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


def read_shapes_files(paths: Iterable[Path]) -> tuple[ox.Triple, ...]:
    """The shapes in files and folders, in any syntax read here.

    :raises BadSyntax: for the first file that does not parse.
    :raises NotFound: for a path there is not.
    """
    triples: list[ox.Triple] = []
    for path in paths:
        files = sorted(path.rglob("*.ttl")) if path.is_dir() else [path]
        for number, file in enumerate(files):
            try:
                content = file.read_bytes()
            except OSError as error:
                raise NotFound(f"cannot be read: {error.strerror}.", source=str(file)) from error
            source = Source(str(file), content)
            parsed = parse_source(source, blank_prefix=f"{path.stem}{number}-")
            parsed.raise_first()
            triples.extend(parsed.triples())
    return tuple(dict.fromkeys(triples))


class _Check:
    """One submission on its way through the rules."""

    def __init__(self, checker: Checker, parts: Sequence[Part], triples: list[ox.Triple]) -> None:
        self.checker, self.parts, self.triples = checker, parts, triples
        self.live = checker.live
        self.places = Places(part.parsed for part in parts)
        self.labels = self._labels()
        self.classes = self._classes()
        self.phrasing = Phrasing(Graph(checker.shapes), checker.prefixes, self.label_of)

    def outcome(self, findings: list[Finding], texts: Mapping[str, Lines]) -> Validation:
        closure = self.closed()
        after = self.report(closure)
        known = {result.key for result in self.checker.before.results}
        now = {result.key for result in after.results}
        introduced = [r for r in after.results if r.key not in known]
        gone = [r for r in self.checker.before.results if r.key not in now]
        findings += [self.finding(result) for result in introduced]
        findings += self.contradictions(closure)
        findings += self.beyond_shacl()
        return Validation(
            findings=in_order(_without_repeats(findings)),
            texts=texts,
            engine=after.engine,
            triples=len(self.triples),
            fixed=tuple(self.finding(result) for result in gone),
            before=len(known & now),
            additions=self.additions(closure),
            in_context=self.live.name != "alone",
        )

    # -- the union -------------------------------------------------------------------------

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

    # -- findings --------------------------------------------------------------------------

    def finding(self, result: Result) -> Finding:
        """A result in words, with its place and what the graph says on the other side."""
        return Finding(
            rule=self.rule_of(result),
            severity=severity_of(result),
            messages=self.phrasing.messages(result),
            span=self.places.of_result(result) or self.span_of_neighbour(result),
            focus_node=result.focus_node,
            path=result.path,
            value=result.value,
            result=result,
            causes=tuple(self.phrasing.messages(detail) for detail in result.details),
            related=tuple(self.other_side(result)),
        )

    @staticmethod
    def rule_of(result: Result) -> str:
        """The shape's own name where it has one, else the constraint's."""
        shape = result.source_shape
        if isinstance(shape, ox.NamedNode):
            return f"shape/{shape.value.replace('#', '/').rpartition('/')[2]}"
        return f"shacl/{component_name(result)}"

    def span_of_neighbour(self, result: Result) -> Span | None:
        """For a result about a thing of the graph: where the submission touches it."""
        for term in (result.focus_node, result.value):
            if term is None:
                continue
            for triple in self.triples:
                if term in (triple.subject, triple.object):
                    return self.places.span(triple.subject, triple.predicate.value, triple.object)
            for triple in self.live.asserted:
                if triple.subject == term and self.places.has_subject(triple.object):
                    return self.places.subject_span(triple.object)
        return None

    def other_side(self, result: Result) -> Iterator[Related]:
        """The sentences behind what the graph already says of the same thing and property."""
        predicate = result.predicate
        if predicate is None:
            return
        count = 0
        for triple in self.live.asserted:
            if triple.subject == result.focus_node and triple.predicate == predicate:
                yield from self.citations(triple)
                count += 1
                if count >= _MAX_RELATED:
                    return

    def citations(self, triple: ox.Triple) -> Iterator[Related]:
        value = self.phrasing.name(triple.object, "en")
        for claim in self.live.reader.claims_for(triple)[:_MAX_RELATED]:
            for passage in claim.passages:
                document = passage.source.document
                slug = document.value.rpartition("/")[2] if document else ""
                yield Related(f"{value}: {slug} “{passage.exact}”", iri=claim.iri.value)

    def contradictions(self, closure: Closure) -> Iterator[Finding]:
        for found in closure.inconsistencies:
            mine = self.behind(found.triples)
            messages, advice = contradiction_texts(self.phrasing, found.rule, found.message)
            theirs = (r for t in found.triples if t not in mine for r in self.citations(t))
            yield self.of_triples(
                Finding("kuvend/contradiction", "violation", messages, advice), mine, theirs
            )
        for same in closure.same_as:
            mine = self.behind(same.triples)
            names = {
                side: self.phrasing.name(term, "en")
                for side, term in (("left", same.left), ("right", same.right))
            }
            messages, advice = rule_texts("merged-things", names)
            yield self.of_triples(
                Finding("kuvend/merged-things", "violation", messages, advice), mine, ()
            )

    def behind(self, triples: Iterable[ox.Triple]) -> list[ox.Triple]:
        """The submission's triples among ``triples``, else those about the same things."""
        given = list(triples)
        mine = [triple for triple in self.triples if triple in set(given)]
        if mine:
            return mine
        ontology = self.live.ontology.terms
        things = {
            term
            for triple in given
            for term in (triple.subject, triple.object)
            if isinstance(term, ox.NamedNode | ox.BlankNode) and term.value not in ontology
        }
        return [t for t in self.triples if t.object in things] or [
            t for t in self.triples if t.subject in things
        ]

    def of_triples(
        self, finding: Finding, triples: list[ox.Triple], related: Iterable[Related]
    ) -> Finding:
        """The finding at the first of the submission's triples behind it."""
        told = tuple(related)[:_MAX_RELATED]
        if not triples:
            return replace(finding, related=told)
        first = triples[0]
        span = self.places.span(first.subject, first.predicate.value, first.object)
        return replace(
            finding, span=span, focus_node=first.subject, value=first.object, related=told
        )

    def beyond_shacl(self) -> Iterator[Finding]:
        vocabulary = vocabulary_of(self.live.ontology, self.checker.prefixes, self.checker.base_iri)
        known = self.known_things()
        described = self.live.described | {
            str(getattr(triple.subject, "value", "")) for triple in self.triples
        }
        dates = [SourceDate(t.document, t.date) for t in self.live.texts if t.date]
        for part in self.parts:
            parsed, data = part.parsed, part.data
            yield from check_vocabulary(parsed, data, vocabulary)
            yield from check_languages(parsed, data)
            yield from check_identity(parsed, data, known, described, self.checker.prefixes)
            yield from check_evidence(parsed, part.cited(), dates, self.checker.prefixes)
            yield from check_citations(parsed, part.statements, self.live.texts)
            yield from check_passages(parsed, data, self.live.texts)

    def known_things(self) -> KnownThings:
        names: dict[str, list[str]] = {}
        for triple in self.live.asserted:
            if isinstance(triple.subject, ox.NamedNode):
                row = names.setdefault(triple.subject.value, [])
                if triple.predicate in NAME_PROPERTIES and isinstance(triple.object, ox.Literal):
                    row.append(triple.object.value)
        things = (KnownThing(iri, tuple(found)) for iri, found in names.items())
        return KnownThings(things, self.checker.base_iri)

    # -- names -----------------------------------------------------------------------------

    def _labels(self) -> dict[Term, dict[str, str]]:
        labels = {term: dict(found) for term, found in self.live.labels.items()}
        for triple in self.triples:
            add_label(labels, triple)
        return labels

    def _classes(self) -> dict[Term, Term]:
        return {
            triple.subject: triple.object for triple in self.triples if triple.predicate == RDF.type
        }

    def label_of(self, term: Term, language: str) -> str | None:
        """The label of a term; a blank node goes by its class."""
        found = self.labels.get(term, {})
        label = found.get(language) or found.get("en") or found.get("")
        if label is None and isinstance(term, ox.BlankNode) and term in self.classes:
            inner = self.label_of(self.classes[term], language)
            return f"[{inner}]" if inner else None
        return label or next(iter(found.values()), None)


def _syntax_findings(parts: Sequence[Part]) -> Iterator[Finding]:
    for part in parts:
        for error in part.parsed.errors:
            yield problem_finding("syntax", error, part.parsed)


def problem_finding(rule: str, error: KuvendError, parsed: Parsed) -> Finding:
    """An error with its place as a finding; a key that JSON-LD drops does not stop the rest."""
    lost = isinstance(error, BadSyntax) and error.detail.startswith("the key ")
    messages, advice = rule_texts(
        "syntax", {"detail": error.detail, "advice": error.suggestion or ""}
    )
    span = None
    if error.line is not None:
        column = error.column or 1
        line = parsed.lines.line(error.line) if parsed.lines else ""
        end = max(column + 1, len(line) + 1) if error.column is None else column + 1
        span = Span(parsed.source, error.line, column, error.line, end)
    return Finding(
        rule="kuvend/lost-key" if lost else rule,
        severity="violation",
        messages=messages,
        advice={language: text for language, text in advice.items() if text},
        span=span,
    )


def _without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once; where our own rule names the cause of a shape's, ours stays."""
    rows = list(findings)
    tags = {(f.focus_node, f.value) for f in rows if f.rule == "kuvend/language-tag"}
    kept: dict[tuple[object, ...], Finding] = {}
    for row in rows:
        is_language = row.result is not None and component_name(row.result) == "LanguageIn"
        if is_language and (row.focus_node, row.value) in tags:
            continue
        kept.setdefault((*row.key, row.span), row)
    return list(kept.values())


def fixed_texts(validation: Validation) -> dict[str, str]:
    """The sources that certain fixes change, with the fixes applied; overlapping ones once."""
    changed: dict[str, str] = {}
    for source, lines in validation.texts.items():
        fixes = {f.fix for f in validation.findings if f.fix is not None}
        own = sorted((f for f in fixes if f.source == source), key=lambda f: f.start)
        text, last = "", 0
        for fix in own:
            if fix.start >= last:
                text += lines.text[last : fix.start] + fix.text
                last = fix.end
        if own:
            changed[source] = text + lines.text[last:]
    return changed
