"""GitHub annotations: one workflow command a mistake.

Source: https://docs.github.com/actions/reference/workflow-commands-for-github-actions
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuvend.shacl.finding import Validation, pick
from kuvend.shacl.origins import Group, grouped
from kuvend.shacl.writers.as_text import consequence_lines

_COMMANDS = {"violation": "error", "warning": "warning", "info": "notice"}


def write_github(validation: Validation, languages: Sequence[str]) -> str:
    """The commands, one a line; what comes of a mistake is told with it.

    GitHub shows ten errors, ten warnings and ten notices of a step, so none is spent on findings
    that go when another is mended.
    """
    return "".join(f"{_command(group, languages)}\n" for group in grouped(validation.findings))


def _command(group: Group, languages: Sequence[str]) -> str:
    finding, places = group.main, {"title": group.main.rule}
    span = finding.span
    if span is not None and span.source != "-":
        # Annotations are put at paths as the repository has them.
        places |= {"file": span.source.removeprefix("./")}
        places |= {"line": str(span.line), "endLine": str(span.end_line)}
        # Columns are of one line; with a second line GitHub refuses them.
        if span.end_line == span.line:
            places |= {"col": str(span.column), "endColumn": str(span.end_column)}
    told = ",".join(f"{key}={_property(value)}" for key, value in places.items())
    text = "\n".join(_lines(group, languages))
    return f"::{_COMMANDS[finding.severity]} {told}::{_data(text)}"


def _lines(group: Group, languages: Sequence[str]) -> Iterator[str]:
    """What is wrong and what to do; then why, and what comes of it."""
    finding = group.main
    yield " ".join(filter(None, [finding.message(languages), finding.advice_in(languages)]))
    for cause in finding.causes:
        yield f"- {pick(cause, languages)}"
    yield from consequence_lines(group.consequences, languages)


def _data(text: str) -> str:
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    return _data(text).replace(":", "%3A").replace(",", "%2C")
