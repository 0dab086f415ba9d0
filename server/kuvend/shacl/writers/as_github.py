"""GitHub annotations: one workflow command a finding.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Sequence

from kuvend.shacl.finding import Validation

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}


def write_github(validation: Validation, languages: Sequence[str]) -> str:
    """The commands, one a line."""
    lines = []
    for finding in validation.findings:
        span = finding.span
        places = {"title": finding.rule}
        if span is not None:
            places |= {"file": span.source, "line": str(span.line), "col": str(span.column)}
            places |= {"endLine": str(span.end_line)}
            if span.end_line == span.line:
                places |= {"endColumn": str(span.end_column)}
        told = ",".join(f"{key}={_property(value)}" for key, value in places.items())
        text = " ".join(filter(None, [finding.message(languages), finding.advice_in(languages)]))
        lines.append(f"::{_COMMANDS[finding.severity]} {told}::{_data(text)}")
    return "".join(f"{line}\n" for line in lines)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
