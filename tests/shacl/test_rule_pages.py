"""Each rule beyond SHACL has a page, and its examples are what they are said to be."""

from __future__ import annotations

import re
from collections import defaultdict
from pathlib import Path

import pytest

import kuvend
from kuvend.namespaces import prefixes
from kuvend.project import Project
from kuvend.project.submission import Checker, checker_of, read_parts
from kuvend.shacl.finding import Finding
from kuvend.shacl.phrasing import ALL_RULES
from kuvend.shacl.rule_catalogue import rule_pages
from kuvend.shacl.rule_links import rule_link
from kuvend.shacl.rule_titles import PLAIN
from kuvend.shacl.wording import LANGUAGES
from kuvend.syntax import Source

_HEAD = " ".join(f"@prefix {k}: <{v}> ." for k, v in {**prefixes(), "p": "cite:"}.items())
# Words of findings under the name of another rule.
_NOT_RULES = {"ill-typed"}
# The ontology has no term that is no longer used, so there is nothing to show.
_WITHOUT_EXAMPLE = {"deprecated-term"}
_MADE_UP = re.compile(r"""\b(newtown|ann|x)\b(?=[ ";,.>])""")
_RAISED = re.compile(r"""(?:finding|raise_|_finding|rule_texts)\(\s*"([a-z-]+)\"""")


@pytest.fixture(scope="module")
def checker(project: Project) -> Checker:
    return checker_of(project)


@pytest.fixture(scope="module")
def findings(checker: Checker) -> dict[str, list[Finding]]:
    """The findings of every example: those that fail in one submission, the others in another."""
    found: dict[str, list[Finding]] = defaultdict(list)
    for kind in ("fail", "pass"):
        sources = [source for name in rule_pages() for source in _sources(name, kind)]
        parts = read_parts(sources, base_iri=checker.base_iri, max_bytes=10**6)
        for finding in checker.check(parts, keep_going=True).findings:
            if finding.span is not None:
                found[finding.span.source].append(finding)
    return found


def _sources(name: str, kind: str) -> list[Source]:
    page = rule_pages()[name]
    example = page.fails if kind == "fail" else page.passes
    if example is None:
        return []
    head = f"{_HEAD}\n" if example.syntax == "ttl" else ""
    own = _MADE_UP.sub(rf"\1-{name}", example.text)
    return [Source(f"{name}.{kind}.{example.syntax}", (head + own).encode())]


def test_each_rule_that_is_raised_has_a_page() -> None:
    folder = Path(kuvend.__file__).parent
    raised = {
        name
        for path in (*folder.glob("shacl/**/*.py"), *folder.glob("project/**/*.py"))
        for name in _RAISED.findall(path.read_text(encoding="utf-8"))
    }
    assert len(raised) > 20
    assert raised <= rule_pages().keys() | _NOT_RULES
    assert rule_pages().keys() == ALL_RULES.keys() - _NOT_RULES


@pytest.mark.parametrize("name", [*rule_pages()])
def test_a_page_has_words_in_every_language_and_both_examples(name: str) -> None:
    page = rule_pages()[name]
    for language in LANGUAGES:
        assert page.title[language]
        assert page.wrong[language]
        assert "{" not in page.wrong[language] + page.advice.get(language, "")
    if name not in _WITHOUT_EXAMPLE:
        assert page.fails is not None
        assert page.fails.line is not None
        assert page.passes is not None
        assert page.passes.line is None
    assert rule_link(page.rule) == f"https://w3id.org/kuvend/rules/{name}"


@pytest.mark.parametrize("name", [n for n in rule_pages() if n not in _WITHOUT_EXAMPLE])
def test_the_failing_example_gives_that_finding_on_that_line_and_the_other_none(
    name: str, findings: dict[str, list[Finding]]
) -> None:
    page = rule_pages()[name]
    assert page.fails is not None
    extra = 1 if page.fails.syntax == "ttl" else 0
    rows = {
        (f.rule, f.span.line - extra, f.severity)
        for f in findings[f"{name}.fail.{page.fails.syntax}"]
        if f.span is not None
    }
    assert (page.rule, page.fails.line) in {(rule, line) for rule, line, _ in rows}, rows
    assert page.severity in {s for rule, _, s in rows if rule == page.rule} or (
        name == "unknown-thing"  # a likely slip of the pen is an error, else a warning
    )
    assert page.passes is not None
    told = findings[f"{name}.pass.{page.passes.syntax}"]
    assert [f for f in told if f.rule == page.rule] == []
    assert [str(f.span) for f in told if f.severity == "violation"] == []


# What these say of their example is too long for a page, or depends on what else there is.
_SAID_OTHERWISE = {"wrong-object"}


@pytest.mark.parametrize(
    "name", [n for n in rule_pages() if n not in _WITHOUT_EXAMPLE | PLAIN.keys() | _SAID_OTHERWISE]
)
def test_the_page_says_what_is_said_of_the_example(
    name: str, findings: dict[str, list[Finding]]
) -> None:
    page = rule_pages()[name]
    assert page.fails is not None
    source = f"{name}.fail.{page.fails.syntax}"
    told = {
        language: {
            text.replace(f"-{name}", "").replace(source, f"new.{page.fails.syntax}")
            for found in findings[source]
            if found.rule == page.rule
            for text in (found.messages[language], found.advice.get(language, ""))
        }
        for language in LANGUAGES
    }
    for language in LANGUAGES:
        assert "…" not in page.wrong[language]
        assert {page.wrong[language], page.advice.get(language, "")} <= told[language]
