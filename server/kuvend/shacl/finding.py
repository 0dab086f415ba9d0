"""A finding: one thing to see to in a submission, whatever rule found it.

Syntax errors, results of shapes and the checks beyond SHACL all become findings, so that every
output shows them alike: which rule, where, what is wrong, what to do, in each language.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Literal

from kuvend.namespaces import KUVEND_BASE
from kuvend.shacl.paths import Path
from kuvend.shacl.report import INFO, WARNING, Result
from kuvend.syntax import Lines, Span
from kuvend.terms import Term

Severity = Literal["violation", "warning", "info"]
SEVERITIES: tuple[Severity, ...] = ("violation", "warning", "info")


@dataclass(frozen=True)
class Fix:
    """A certain repair: replace ``[start, end)`` of a source, in code points, by ``text``."""

    source: str
    start: int
    end: int
    text: str


@dataclass(frozen=True)
class Related:
    """Something a reader should see beside a finding: the other side of a contradiction, say."""

    text: str
    span: Span | None = None
    iri: str | None = None


@dataclass(frozen=True)
class Finding:
    """One thing to see to. ``rule`` is its identifier, documented under that name.

    ``messages`` and ``advice`` map language to what is wrong and what to do. ``span`` is the
    place of the offending triple: its value, else its property, else its subject. Findings that
    go together when one statement is mended have the same ``origin``.
    """

    rule: str
    severity: Severity
    messages: Mapping[str, str] = field(compare=False)
    advice: Mapping[str, str] = field(default_factory=dict, compare=False)
    span: Span | None = None
    focus_node: Term | None = None
    path: Path | None = None
    value: Term | None = None
    result: Result | None = field(default=None, compare=False)
    causes: tuple[Mapping[str, str], ...] = field(default=(), compare=False)
    related: tuple[Related, ...] = field(default=(), compare=False)
    fix: Fix | None = field(default=None, compare=False)
    origin: str = field(default="", compare=False)

    def message(self, languages: Iterable[str]) -> str:
        """What is wrong, in the first language there is, else in any."""
        return pick(self.messages, languages)

    def advice_in(self, languages: Iterable[str]) -> str:
        """What to do, in the first language there is; empty where the message says it."""
        return pick(self.advice, languages)

    @property
    def key(self) -> tuple[str, ...]:
        """What makes two findings the same in two runs; the place does not count."""
        if self.result is not None:
            return (self.rule, *self.result.key)
        parts = (self.focus_node, self.path, self.value)
        return (self.rule, *("" if part is None else str(part) for part in parts))


def pick(texts: Mapping[str, str], languages: Iterable[str]) -> str:
    """The text in the first language there is one in, else English, else any, else nothing.

    >>> pick({"en": "a", "sq": "b"}, ["sq-AL"])
    'b'
    """
    for language in (*languages, "en", ""):
        found = texts.get(language) or texts.get(language.partition("-")[0])
        if found:
            return found
    return next(iter(texts.values()), "")


def severity_of(result: Result) -> Severity:
    """The severity of a result; one of the project's own counts as a violation."""
    if result.severity == WARNING:
        return "warning"
    return "info" if result.severity == INFO else "violation"


@dataclass(frozen=True)
class Additions:
    """What a submission would add to the graph as it stands."""

    new_things: tuple[str, ...] = ()
    known_things: tuple[str, ...] = ()
    new_statements: int = 0
    known_statements: int = 0
    new_inferences: int = 0


@dataclass(frozen=True)
class Validation:
    """The outcome of validating sources: the findings they introduce, and what stood before.

    ``fixed`` are findings of the graph as it stands that the submission removes; ``before``
    counts those it leaves as they are. ``texts`` maps each source to its lines, for excerpts;
    the pages that explain the rules are under ``base_iri``.
    """

    findings: tuple[Finding, ...]
    texts: Mapping[str, Lines]
    engine: str
    triples: int
    fixed: tuple[Finding, ...] = ()
    before: int = 0
    additions: Additions | None = None
    in_context: bool = False
    fails_on: tuple[Severity, ...] = ("violation",)
    base_iri: str = KUVEND_BASE

    @property
    def conforms(self) -> bool:
        """Whether nothing of a severity was found that counts against the data."""
        return all(finding.severity not in self.fails_on for finding in self.findings)

    def count(self, severity: Severity) -> int:
        """How many findings of one severity there are."""
        return sum(finding.severity == severity for finding in self.findings)

    def by_rule(self) -> Iterator[tuple[str, list[Finding]]]:
        """The findings grouped by rule, in order of first appearance."""
        groups: dict[str, list[Finding]] = {}
        for finding in self.findings:
            groups.setdefault(finding.rule, []).append(finding)
        return iter(groups.items())


def in_order(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Findings by source, line and column; those without a place last; then by severity."""

    def key(finding: Finding) -> tuple[object, ...]:
        span = finding.span
        place = (0, span.source, span.line, span.column) if span else (1, "", 0, 0)
        return (*place, SEVERITIES.index(finding.severity), *finding.key)

    return tuple(sorted(findings, key=key))
