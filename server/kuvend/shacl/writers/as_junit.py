"""JUnit XML, for build servers: a suite a source, a failing case a finding."""

from __future__ import annotations

import re
from collections.abc import Sequence
from xml.etree import ElementTree

from kuvend.shacl.finding import Finding, Severity, Validation

# Characters XML 1.0 cannot hold.
_FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def write_junit(validation: Validation, languages: Sequence[str]) -> str:
    """The suites; a source without findings has one case that passes.

    What counts against the data fails; the rest is told as output.
    """
    root = ElementTree.Element("testsuites", name="kuvend validate")
    placed: dict[str, list[Finding]] = {source: [] for source in validation.texts}
    rest: list[Finding] = []
    for finding in validation.findings:
        beside = placed.get(finding.span.source, rest) if finding.span else rest
        beside.append(finding)
    for source, findings in placed.items():
        _suite(root, source, findings, languages, validation.fails_on)
    if rest:
        _suite(root, "graph", rest, languages, validation.fails_on)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, encoding="unicode")
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{text}\n'


def _suite(
    root: ElementTree.Element,
    name: str,
    findings: list[Finding],
    languages: Sequence[str],
    fails_on: Sequence[Severity],
) -> None:
    failures = sum(finding.severity in fails_on for finding in findings)
    suite = ElementTree.SubElement(
        root, "testsuite", name=_clean(name), tests=str(max(1, len(findings))),
        failures=str(failures), errors="0", skipped="0",
    )  # fmt: skip
    if not findings:
        ElementTree.SubElement(suite, "testcase", classname=_clean(name), name="conforms")
    for finding in findings:
        place = f" line {finding.span.line}" if finding.span else ""
        case = ElementTree.SubElement(
            suite, "testcase", classname=_clean(name), name=f"{finding.rule}{place}"
        )
        message = _clean(finding.message(languages))
        body = _clean(f"{finding.span or ''} {message} {finding.advice_in(languages)}".strip())
        if finding.severity in fails_on:
            failed = ElementTree.SubElement(case, "failure", message=message, type=finding.rule)
            failed.text = body
        else:
            ElementTree.SubElement(case, "system-out").text = f"{finding.severity}: {body}"


def _clean(text: str) -> str:
    return _FORBIDDEN.sub("\ufffd", text)
