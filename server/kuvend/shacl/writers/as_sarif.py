"""SARIF 2.1.0, for code scanning and editors.

Source: https://docs.oasis-open.org/sarif/sarif/v2.1.0/
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any
from urllib.parse import quote

import kuvend
from kuvend.shacl.finding import Finding, Fix, Validation, pick
from kuvend.shacl.rule_links import rule_link
from kuvend.syntax import Lines, Span

SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LEVELS = {"violation": "error", "warning": "warning", "info": "note"}


def write_sarif(validation: Validation, languages: Sequence[str]) -> str:
    """One run with its rules and results."""
    rules = list(dict.fromkeys(finding.rule for finding in validation.findings))
    first = {rule: group[0] for rule, group in validation.by_rule()}
    run = {
        "tool": {
            "driver": {
                "name": "Kuvend",
                "version": kuvend.__version__,
                "informationUri": validation.base_iri,
                "rules": [_rule(rule, first[rule], validation.base_iri) for rule in rules],
            }
        },
        "columnKind": "unicodeCodePoints",
        "artifacts": [{"location": {"uri": _uri(name)}} for name in validation.texts],
        "results": [
            _result(finding, rules.index(finding.rule), validation, languages)
            for finding in validation.findings
        ],
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=2) + "\n"


def _rule(rule: str, example: Finding, base_iri: str) -> dict[str, Any]:
    name = rule.rpartition("/")[2]
    return {
        "id": rule,
        "name": "".join(part[:1].upper() + part[1:] for part in name.split("-")),
        "shortDescription": {"text": name.replace("-", " ")},
        "defaultConfiguration": {"level": _LEVELS[example.severity]},
        "helpUri": rule_link(rule, base_iri),
    }


def _result(
    finding: Finding, index: int, validation: Validation, languages: Sequence[str]
) -> dict[str, Any]:
    advice = finding.advice_in(languages)
    text = finding.message(languages) or finding.rule
    causes = [pick(cause, languages) for cause in finding.causes]
    result: dict[str, Any] = {
        "ruleId": finding.rule,
        "ruleIndex": index,
        "level": _LEVELS[finding.severity],
        "message": {"text": " ".join(filter(None, [text, advice, *causes]))},
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
    }
    if finding.span is not None:
        lines = validation.texts.get(finding.span.source)
        result["locations"] = [{"physicalLocation": _location(finding.span, lines)}]
    if finding.related:
        result["relatedLocations"] = [
            {"id": number, "message": {"text": related.text}}
            for number, related in enumerate(finding.related, start=1)
        ]
    if finding.fix is not None and finding.fix.source in validation.texts:
        result["fixes"] = [_fix(finding.fix, validation.texts[finding.fix.source], text)]
    return result


def _fingerprint(finding: Finding) -> str:
    """What stays the same when lines move, so that a finding is known again."""
    return hashlib.sha256("\0".join(finding.key).encode()).hexdigest()[:32]


def _location(span: Span, lines: Lines | None) -> dict[str, Any]:
    region: dict[str, Any] = {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": max(span.end_column, span.column + (span.line == span.end_line)),
    }
    if lines is not None:
        region["snippet"] = {"text": lines.line(span.line)}
    return {"artifactLocation": {"uri": _uri(span.source)}, "region": region}


def _fix(fix: Fix, lines: Lines, text: str) -> dict[str, Any]:
    line, column = lines.at(fix.start)
    end_line, end_column = lines.at(fix.end)
    region = {
        "startLine": line, "startColumn": column, "endLine": end_line, "endColumn": end_column,
    }  # fmt: skip
    return {
        "description": {"text": text},
        "artifactChanges": [
            {
                "artifactLocation": {"uri": _uri(fix.source)},
                "replacements": [{"deletedRegion": region, "insertedContent": {"text": fix.text}}],
            }
        ],
    }


def _uri(name: str) -> str:
    return quote("stdin" if name == "-" else name.removeprefix("./"), safe="/._-~")
