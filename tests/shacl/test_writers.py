"""Every output says the same findings, each in the form its readers know."""

from __future__ import annotations

import csv
import io
import json
from dataclasses import replace
from xml.etree import ElementTree

import pyoxigraph as ox
import pytest

from kuvend.namespaces import SH
from kuvend.shacl.finding import Finding, Fix, Related, Validation
from kuvend.shacl.graph import Graph
from kuvend.shacl.paths import Predicate
from kuvend.shacl.report import read_report
from kuvend.shacl.writers import WRITERS, write
from kuvend.syntax import Lines, Span

TEXT = 'ex:a ex:p "=1\u0301" .\nex:b ex:p 2 .\n'
A, P = ox.NamedNode("urn:x:a"), ox.NamedNode("urn:x:p")


@pytest.fixture
def outcome() -> Validation:
    first = Finding(
        rule="kuvend/unknown-property",
        severity="violation",
        messages={"en": "No such property, 100%: x", "sq": "S’ka veti"},
        advice={"en": "Use ex:q."},
        span=Span("dir/a b.ttl", 1, 6, 1, 10),
        focus_node=A,
        path=Predicate(P),
        value=ox.Literal("=1\u0301"),
        related=(Related("the other side"),),
        fix=Fix("dir/a b.ttl", 5, 9, "ex:q"),
    )
    second = Finding("kuvend/x", "warning", {"en": "=cmd"}, value=A, focus_node=A)
    return Validation((first, second), {"dir/a b.ttl": Lines(TEXT)}, "kuvend", 2)


@pytest.mark.parametrize("form", WRITERS)
def test_every_format_is_written_for_findings_and_for_none(form: str, outcome: Validation) -> None:
    nothing = Validation((), {"a.ttl": Lines("")}, "kuvend", 0)
    for said in ("No such property", "unknown-property", "=cmd"):
        assert said in write(outcome, form)
        assert said not in write(nothing, form)


def test_text_shows_the_line_and_marks_the_place(outcome: Validation) -> None:
    lines = write(outcome, "text", ["sq"]).splitlines()
    assert lines[0] == "dir/a b.ttl:1:6: gabim: S’ka veti [kuvend/unknown-property]"
    assert lines[1].endswith('| ex:a ex:p "=1\u0301" .')
    assert lines[2].endswith("|      ^^^^")
    assert "→ Use ex:q." in lines[3]


def test_sarif_has_rules_regions_and_fixes(outcome: Validation) -> None:
    log = json.loads(write(outcome, "sarif"))
    run = log["runs"][0]
    assert log["version"] == "2.1.0"
    result = run["results"][0]
    assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]
    place = result["locations"][0]["physicalLocation"]
    assert place["artifactLocation"]["uri"] == "dir/a%20b.ttl"
    assert place["region"]["startLine"] == 1 and place["region"]["endColumn"] == 10
    change = result["fixes"][0]["artifactChanges"][0]["replacements"][0]
    assert change["insertedContent"]["text"] == "ex:q"
    assert result["level"] == "error" and run["results"][1]["level"] == "warning"


def test_junit_fails_for_violations_only(outcome: Validation) -> None:
    root = ElementTree.fromstring(write(outcome, "junit"))
    assert len(root.findall(".//failure")) == 1
    assert sum(int(suite.attrib["tests"]) for suite in root) == 2


def test_github_commands_escape_what_would_end_them(outcome: Validation) -> None:
    first, second = write(outcome, "github").splitlines()
    assert first.startswith(
        "::error title=kuvend/unknown-property,file=dir/a b.ttl,line=1,endLine=1,"
    )
    assert ",col=6,endColumn=10::" in first
    assert first.endswith("No such property, 100%25: x Use ex:q.")
    assert second.startswith("::warning ")


def test_github_tells_a_mistake_once_and_only_columns_of_one_line(outcome: Validation) -> None:
    main = replace(outcome.findings[0], span=Span("./a.ttl", 1, 6, 2, 3), origin="o")
    main = replace(main, causes=({"en": "as it is a body"},))
    other = replace(main, rule="kuvend/contradiction", messages={"en": "Both a and b."})
    (command,) = write(replace(outcome, findings=(main, other)), "github").splitlines()
    assert "file=a.ttl,line=1,endLine=2::" in command and "col=" not in command
    _, _, *lines = command.split("%0A")
    assert lines == [
        "What comes of this and goes with it (1):",
        "· Both a and b. [kuvend/contradiction]",
    ]


def test_what_counts_against_the_data_fails_in_junit(outcome: Validation) -> None:
    strict = replace(outcome, fails_on=("violation", "warning"))
    root = ElementTree.fromstring(write(strict, "junit"))
    assert len(root.findall(".//failure")) == 2
    assert sum(int(suite.attrib["failures"]) for suite in root) == 2


def test_a_name_in_the_data_starts_no_line_of_the_text(outcome: Validation) -> None:
    sly = replace(outcome.findings[1], messages={"en": "X\n::add-mask::y\x1b[2J\u2028z"})
    lines = write(replace(outcome, findings=(sly,)), "text").splitlines()
    assert lines[0] == "warning: X ::add-mask::y\ufffd[2J z [kuvend/x]"


def test_the_pages_of_rules_are_those_of_the_project(outcome: Validation) -> None:
    own = replace(outcome, base_iri="https://data.example.org/x/")
    page = "https://data.example.org/x/rules/unknown-property"
    assert json.loads(write(own, "json"))["findings"][0]["help"] == page
    rules = json.loads(write(own, "sarif"))["runs"][0]["tool"]["driver"]["rules"]
    assert rules[0]["helpUri"] == page
    assert "https://data.example.org/x/rules/…" in write(own, "text")


def test_csv_cells_are_no_formulas(outcome: Validation) -> None:
    rows = list(csv.DictReader(io.StringIO(write(outcome, "csv"))))
    assert rows[1]["message"] == "'=cmd"
    assert (rows[0]["line"], rows[0]["column"]) == ("1", "6")


def test_turtle_and_jsonld_are_the_standard_report_with_places(outcome: Validation) -> None:
    turtle = list(ox.parse(write(outcome, "turtle"), format=ox.RdfFormat.TURTLE))
    jsonld = list(ox.parse(write(outcome, "jsonld"), format=ox.RdfFormat.JSON_LD))
    graph = Graph(quad.triple for quad in turtle)
    assert len(turtle) == len(jsonld)
    assert len(read_report((quad.triple for quad in turtle), engine="x").results) == 2
    node = next(iter(graph.subjects(SH.focusNode, A)))
    assert graph.value(node, ox.NamedNode("https://w3id.org/kuvend/def#line")) is not None
