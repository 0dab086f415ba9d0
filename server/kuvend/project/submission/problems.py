"""Errors as findings, and each finding once."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kuvend.errors import BadSyntax, KuvendError
from kuvend.project.submission.parts import Part
from kuvend.shacl.finding import Finding
from kuvend.shacl.phrasing import component_name, rule_texts
from kuvend.syntax import Parsed, Span


def syntax_findings(parts: Sequence[Part]) -> Iterator[Finding]:
    """What did not parse."""
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


def without_repeats(findings: Iterable[Finding]) -> list[Finding]:
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
