"""``kuvend check`` on a project: what it prints, and how it ends."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from kuvend.cli import cli
from places import ROOT


@pytest.fixture
def copy(tmp_path: Path) -> Path:
    """A copy of the project's folders, to be broken."""
    for name in ("ontology", "shapes", "data", "queries"):
        shutil.copytree(ROOT / name, tmp_path / name)
    return tmp_path


def check(folder: Path, *arguments: str) -> Result:
    return CliRunner().invoke(cli, ["--project", str(folder), "check", *arguments])


def append(path: Path, text: str) -> int:
    """Add a line at the end of a file; its line number."""
    before = path.read_text(encoding="utf-8").rstrip("\n")
    path.write_text(f"{before}\n{text}\n", encoding="utf-8")
    return before.count("\n") + 2


def test_the_project_itself_is_clean() -> None:
    done = CliRunner().invoke(cli, ["check"])
    assert (done.exit_code, done.stdout) == (0, "")
    assert done.stderr.startswith("0 errors, 0 warnings, ")


def test_a_misspelt_property_in_shapes_is_shown_with_place_and_correction(copy: Path) -> None:
    line = append(copy / "shapes" / "agreements.ttl", "<urn:x:s> sh:path kv:hasPartty .")
    done = check(copy)
    assert done.exit_code == 1
    assert f"shapes/agreements.ttl:{line}:19: error: " in done.stdout
    assert "Did you mean kv:hasParty?" in done.stdout


def test_a_misspelt_class_in_a_query_and_in_a_constraint_query_is_found(copy: Path) -> None:
    (copy / "queries" / "bad.rq").write_text("ASK { ?x a kv:Municipalty }", encoding="utf-8")
    append(
        copy / "shapes" / "agreements.ttl",
        '<urn:x:s> sh:select """SELECT $this WHERE {\n ?x kv:hasPartyy $this }""" .',
    )
    done = check(copy)
    assert "queries/bad.rq:1:12: error: there is no term kv:Municipalty" in done.stdout
    assert "kv:hasPartyy" in done.stdout


def test_a_contradiction_between_statements_is_found_and_can_be_left_out(copy: Path) -> None:
    append(
        copy / "data" / "statements" / "saraj-rochester-hills.ttl",
        "id-org:saraj-municipality a <http://data.europa.eu/m8g/AdminUnit> ~ p:contradiction .\n"
        'p:contradiction kv:quote "Komuna e Sarajit" .',
    )
    assert "[contradiction]" in check(copy).stdout
    assert "[contradiction]" not in check(copy, "--no-reasoning").stdout


def test_json_gives_the_same_findings_as_data(copy: Path) -> None:
    append(copy / "shapes" / "agreements.ttl", "<urn:x:s> sh:path kv:hasPartty .")
    done = check(copy, "--json")
    rows = json.loads(done.stdout)
    assert done.exit_code == 1
    assert [(row["rule"], row["file"]) for row in rows] == [
        ("unknown-term", "shapes/agreements.ttl")
    ]
    assert rows[0]["suggestion"] == "https://w3id.org/kuvend/def#hasParty"


def test_remarks_are_shown_when_asked_for_and_do_not_fail() -> None:
    done = CliRunner().invoke(cli, ["check", "--all", "--no-reasoning"])
    assert done.exit_code == 0
    assert "[no-domain-or-range]" in done.stdout


def test_a_syntax_error_in_a_statements_file_is_told_once_with_its_line(copy: Path) -> None:
    line = append(copy / "data" / "statements" / "akk-history.ttl", "id-org:akk kv:acronym .")
    done = check(copy)
    assert done.exit_code == 1
    assert done.stdout.count(f"akk-history.ttl:{line}:") == 1


def test_an_ontology_that_cannot_be_read_ends_with_an_error(copy: Path) -> None:
    (copy / "ontology" / "imports" / "org.ttl").unlink()
    done = check(copy)
    assert done.exit_code != 0
    assert "imports/org.ttl" in str(done.exception)


def test_a_query_that_does_not_parse_is_told_with_its_place(copy: Path) -> None:
    (copy / "queries" / "bad.rq").write_text("SELECT *\nWHRE { ?s ?p ?o }\n", encoding="utf-8")
    assert "queries/bad.rq:2:1: error: " in check(copy, "--no-reasoning").stdout


def test_a_shape_whose_query_does_not_parse_is_told_with_its_place(copy: Path) -> None:
    line = append(
        copy / "shapes" / "agreements.ttl",
        "<urn:x:s> a sh:NodeShape ; sh:targetClass kv:Agreement ; sh:sparql <urn:x:q> .\n"
        '<urn:x:q> sh:message "m" ; sh:select "SELECT $this WHERE { $this ?p }" .',
    )
    done = check(copy, "--no-reasoning")
    assert f"shapes/agreements.ttl:{line + 1}:1: error: " in done.stdout
    assert "[unusable-shape]" in done.stdout
