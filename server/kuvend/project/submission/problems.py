"""Errors as findings, and each finding once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import pyoxigraph as ox

from kuvend.errors import BadSyntax, KuvendError
from kuvend.project.submission.parts import Part
from kuvend.shacl.finding import Finding
from kuvend.shacl.phrasing import component_name, rule_texts
from kuvend.shacl.translating import in_languages
from kuvend.syntax import Parsed, Span


def syntax_findings(parts: Sequence[Part]) -> Iterator[Finding]:
    """What did not parse."""
    for part in parts:
        for error in part.parsed.errors:
            yield problem_finding("syntax", error, part.parsed)


def problem_finding(rule: str, error: KuvendError, parsed: Parsed) -> Finding:
    """An error with its place as a finding; a key that JSON-LD drops does not stop the rest."""
    lost = isinstance(error, BadSyntax) and error.is_loss
    minor = isinstance(error, BadSyntax) and error.is_minor
    said = {"detail": in_languages(error.detail), "advice": in_languages(error.suggestion or "")}
    messages, advice = rule_texts("syntax", said)
    span = None
    if error.line is not None:
        column = error.column or 1
        line = parsed.lines.line(error.line) if parsed.lines else ""
        end = max(column + 1, len(line) + 1) if error.column is None else column + 1
        span = Span(parsed.source, error.line, column, error.line, end)
    return Finding(
        rule="kuvend/lost-key" if lost else rule,
        severity="warning" if minor else "violation",
        messages=messages,
        advice={language: text for language, text in advice.items() if text},
        span=span,
    )


def without_repeats(findings: Iterable[Finding]) -> list[Finding]:
    """Each finding once; where our own rule names the cause of a shape's, ours stays.

    What reasoning finds impossible of a value is left to the shape that says how to write it.
    """
    rows = list(findings)
    causes = {(f.focus_node, f.value) for f in rows if f.rule in _CAUSES}
    named = {f.span for f in rows if f.rule in _NAMING}
    written = {(f.span, f.value) for f in rows if f.result and f.value != f.focus_node}
    kept: dict[tuple[object, ...], Finding] = {}
    for row in rows:
        place = (row.span, row.value)
        if (row.focus_node, row.value) in causes and row.result is not None and _is_of_text(row):
            continue
        if place in written and _is_general(row):
            continue
        if row.rule in _VAGUE and row.span in named:
            continue
        # Two constraints of one shape have one key; what they say tells them apart.
        kept.setdefault((*row.key, row.span, *sorted(row.messages.items())), row)
    return list(kept.values())


# Of one address: the rules that say what it should be, and those that only say it is none.
_NAMING = frozenset(
    f"kuvend/{rule}"
    for rule in ("undeclared-prefix", "wrong-namespace", "wrong-address", "other-property")
)
_VAGUE = frozenset({"kuvend/unknown-vocabulary", "kuvend/bad-iri"})
# Rules that name what is wrong with a value, and the constraints that only notice it.
_CAUSES = frozenset(
    f"kuvend/{rule}" for rule in ("language-tag", "thing-as-name", "address-as-text", "not-nfc")
)
_NOTICING = frozenset({"LanguageIn", "Class", "Or", "NodeKind", "Datatype", "Pattern", "SPARQL"})


def _is_general(finding: Finding) -> bool:
    """Whether a shape that finds fault with the same value says it better."""
    of_value = finding.rule == "kuvend/contradiction" and isinstance(finding.value, ox.Literal)
    return of_value or finding.rule == "kuvend/wrong-object"


def _is_of_text(finding: Finding) -> bool:
    return finding.result is not None and component_name(finding.result) in _NOTICING
