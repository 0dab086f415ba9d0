"""Some two hundred slips of contributors, in Turtle and JSON-LD, each found on its line.

In ``contributors/*.txt`` a case starts with ``=== what it is``; ``⟵ rule`` marks the line on which
that rule has to object, and is taken away before the text is read. All cases of a file are checked
as one submission of many sources, so the things a case makes up get a name of their own.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from kuvend.namespaces import prefixes
from kuvend.project import Project
from kuvend.project.submission import Checker, checker_of, read_parts
from kuvend.shacl.finding import Finding
from kuvend.shacl.wording import LANGUAGES
from kuvend.syntax import Source

FOLDER = Path(__file__).parent / "contributors"
_HEAD = " ".join(f"@prefix {k}: <{v}> ." for k, v in {**prefixes(), "p": "cite:"}.items())
_MARK = re.compile(r"\s*⟵ (?P<rule>\S+)$", re.M)
_MADE_UP = re.compile(
    r"((?:id-\w+:|kuvend/id/\w+/))(newtown-mayor|newtown|oldtown|qytet|ann|bob|f[12]|[abcsxy])\b(?!-)"
)
# Names of one another's towns are alike only because the cases are checked together.
_OF_THE_BATCH = "shape/SameName"


@dataclass(frozen=True)
class Case:
    """One case: its name, its text as sent, and the (line, rule) pairs that must be found."""

    name: str
    source: str
    text: str
    expected: tuple[tuple[int, str], ...]


def cases(file: str, extension: str) -> Iterator[Case]:
    parts = re.split(r"^=== ", (FOLDER / file).read_text(encoding="utf-8"), flags=re.M)[1:]
    for number, part in enumerate(parts):
        name, _, body = part.partition("\n")
        text = f"{_HEAD}\n{body}" if extension == "ttl" else body
        lines = text.split("\n")
        expected = tuple(
            (line, match["rule"])
            for line, written in enumerate(lines, start=1)
            if (match := _MARK.search(written))
        )
        plain = _MADE_UP.sub(rf"\g<1>\g<2>-{file[0]}{number}", _MARK.sub("", text))
        yield Case(name, f"{file}-{number}.{extension}", plain, expected)


Found = dict[str, list[Finding]]


def found(checker: Checker, rows: list[Case]) -> Found:
    sources = [Source(row.source, row.text.encode()) for row in rows]
    parts = read_parts(sources, base_iri=checker.base_iri, max_bytes=10**7)
    by_source: Found = defaultdict(list)
    for finding in checker.check(parts, keep_going=True).findings:
        if finding.span is not None and finding.rule != _OF_THE_BATCH:
            by_source[finding.span.source].append(finding)
    return by_source


@pytest.fixture(scope="module")
def checker(project: Project) -> Checker:
    return checker_of(project)


@pytest.mark.parametrize(("file", "extension"), [("turtle.txt", "ttl"), ("jsonld.txt", "jsonld")])
def test_each_slip_is_found_on_its_line(file: str, extension: str, checker: Checker) -> None:
    rows = list(cases(file, extension))
    by_source = found(checker, rows)
    missed = {
        row.name: (row.expected, sorted({(f.span.line, f.rule) for f in by_source[row.source]}))  # type: ignore[union-attr]
        for row in rows
        if not set(row.expected)
        <= {(f.span.line, f.rule) for f in by_source[row.source] if f.span is not None}
    }
    assert missed == {}
    assert all(row.expected for row in rows)
    assert len(rows) > 50
    for findings in by_source.values():
        for finding in findings:
            for language in LANGUAGES:
                said = finding.messages.get(language, "")
                assert said, (finding.rule, language)
                assert finding.rule == "syntax" or not re.search(r"\{\w+\}", said), said


@pytest.mark.parametrize(
    ("file", "extension"), [("passing.txt", "ttl"), ("passing-jsonld.txt", "jsonld")]
)
def test_what_is_right_and_looks_like_a_slip_passes(
    file: str, extension: str, checker: Checker
) -> None:
    rows = list(cases(file, extension))
    by_source = found(checker, rows)
    told = {
        row.name: [
            f"{f.span}: {f.rule}: {f.message(['en'])}"
            for f in by_source[row.source]
            if f.severity != "info"
        ]
        for row in rows
    }
    assert {name: findings for name, findings in told.items() if findings} == {}
    assert len(rows) > 3


@pytest.mark.parametrize(
    ("content", "rule", "line"),
    [
        (b"# nothing yet\n", "kuvend/nothing-stated", 1),
        ("<urn:a> <urn:p> 'Bashkësia' .".encode("cp1252"), "syntax", 1),
        ("<urn:a> <urn:p> 'a' .".encode("utf-16"), "syntax", 1),
        (b"\xef\xbb\xbf@prefix kv: <https://w3id.org/kuvend/def#> .\r\n\r\n"
         b"<urn:a> a kv:Municipalty .\r\n", "kuvend/unknown-class", 3),
        (b"@prefix kv: <https://w3id.org/kuvend/def#> .\r\r<urn:a> a kv:Municipalty .\r",
         "kuvend/unknown-class", 3),
    ],
    ids=["empty", "cp1252", "UTF-16", "BOM and CR LF", "CR"],
)  # fmt: skip
def test_encodings_and_line_breaks_keep_their_lines(
    content: bytes, rule: str, line: int, checker: Checker
) -> None:
    parts = read_parts([Source("a.ttl", content)], base_iri=checker.base_iri, max_bytes=10**6)
    findings = checker.check(parts).findings
    assert (rule, line) in {(f.rule, f.span.line) for f in findings if f.span}
