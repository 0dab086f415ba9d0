"""JSON: the whole outcome; its schema is ``report.schema.json`` beside this file."""

from __future__ import annotations

import json
from collections.abc import Sequence
from importlib import resources
from typing import Any

from kuvend.shacl.finding import Finding, Validation
from kuvend.shacl.origins import grouped
from kuvend.shacl.rule_links import rule_link
from kuvend.syntax import Span
from kuvend.terms import Term


def json_schema() -> str:
    """The JSON schema of the report.

    >>> json.loads(json_schema())["title"]
    'Kuvend validation report'
    """
    return (resources.files(__package__) / "report.schema.json").read_text(encoding="utf-8")


def write_json(validation: Validation, languages: Sequence[str]) -> str:
    """The outcome as JSON, messages in the first language asked for and in all."""
    return json.dumps(as_json(validation, languages), ensure_ascii=False, indent=2) + "\n"


def as_json(validation: Validation, languages: Sequence[str]) -> dict[str, Any]:
    """The outcome as plain values."""
    added = validation.additions
    groups = grouped(validation.findings)
    base = validation.base_iri

    def one(finding: Finding) -> dict[str, Any]:
        return finding_json(finding, languages, base)

    numbers = {id(finding): number for number, finding in enumerate(validation.findings)}
    return {
        "conforms": validation.conforms,
        "engine": validation.engine,
        "triples": validation.triples,
        "counts": {
            "violation": validation.count("violation"),
            "warning": validation.count("warning"),
            "info": validation.count("info"),
            "mistakes": len(groups),
        },
        "context": {
            "checked": validation.in_context,
            "fixed": [one(finding) for finding in validation.fixed],
            "unchanged": validation.before,
            "added": None
            if added is None
            else {
                "things": list(added.new_things),
                "knownThings": list(added.known_things),
                "statements": added.new_statements,
                "knownStatements": added.known_statements,
                "inferences": added.new_inferences,
            },
        },
        "findings": [
            {**one(finding), "excerpt": _excerpt(finding, validation)}
            for finding in validation.findings
        ],
        "groups": [
            {
                "finding": numbers[id(group.main)],
                "consequences": [numbers[id(one)] for one in group.consequences],
            }
            for group in groups
        ],
    }


def _excerpt(finding: Finding, validation: Validation) -> dict[str, str] | None:
    """The line of the source in three parts: before the place, the place, after it."""
    span = finding.span
    if span is None or span.source not in validation.texts:
        return None
    line = validation.texts[span.source].line(span.line)
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    return {"before": line[:start], "marked": line[start:end], "after": line[end:]}


def finding_json(finding: Finding, languages: Sequence[str], base_iri: str) -> dict[str, Any]:
    """One finding as plain values; what is not known is null."""
    result = finding.result
    return {
        "rule": finding.rule,
        "help": rule_link(finding.rule, base_iri),
        "severity": finding.severity,
        "message": finding.message(languages),
        "advice": finding.advice_in(languages) or None,
        "messages": dict(finding.messages),
        "place": None if finding.span is None else span_json(finding.span),
        "focusNode": term_text(finding.focus_node),
        "path": None if finding.path is None else str(finding.path),
        "value": term_text(finding.value),
        "sourceShape": None if result is None else term_text(result.source_shape),
        "constraint": None if result is None else result.constraint_component.value,
        "causes": [dict(cause) for cause in finding.causes],
        "related": [{"text": related.text, "iri": related.iri} for related in finding.related],
        "fix": None
        if finding.fix is None
        else {
            "source": finding.fix.source,
            "start": finding.fix.start,
            "end": finding.fix.end,
            "text": finding.fix.text,
        },
    }


def span_json(span: Span) -> dict[str, Any]:
    """A place: lines and columns from 1, in code points."""
    return {
        "source": span.source,
        "line": span.line,
        "column": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


def term_text(term: Term | None) -> str | None:
    """A term in N-Triples, or nothing."""
    return None if term is None else str(term)
