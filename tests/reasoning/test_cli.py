"""``kuvend reason`` and ``kuvend explain`` on files of one's own."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner, Result

from kuvend.cli import cli
from kuvend.errors import BadRequest, TooLarge

FAMILY = """
@prefix ex: <http://example.org/> . @prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
ex:marriedTo a owl:SymmetricProperty ; rdfs:domain ex:Person .
ex:Person owl:disjointWith ex:Town .
"""
DATA = "@prefix ex: <http://example.org/> . ex:ana ex:marriedTo ex:besa ."


def run(*arguments: str, text: str | None = None) -> Result:
    return CliRunner().invoke(cli, list(arguments), input=text, catch_exceptions=False)


@pytest.fixture
def files(tmp_path: Path) -> list[str]:
    (tmp_path / "family.ttl").write_text(FAMILY, encoding="utf-8")
    (tmp_path / "data.ttl").write_text(DATA, encoding="utf-8")
    return [str(tmp_path / "family.ttl"), str(tmp_path / "data.ttl")]


def test_reason_writes_what_follows_as_n_triples(files: list[str]) -> None:
    result = run("reason", *files)
    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    assert (
        "<http://example.org/besa> <http://example.org/marriedTo> <http://example.org/ana> ."
        in lines
    )
    assert len(lines) == 3
    assert len(list(ox.parse(result.stdout, ox.RdfFormat.N_TRIPLES))) == 3


@pytest.mark.parametrize("engine", ["duckdb", "owlrl"])
def test_every_engine_writes_the_same_bytes(files: list[str], engine: str) -> None:
    if engine == "duckdb":
        pytest.importorskip("duckdb")
    assert run("reason", *files, "--engine", engine).stdout == run("reason", *files).stdout


@pytest.mark.parametrize("more", [[], ["--all", "--generalised"]])
def test_out_of_core_it_writes_and_reports_as_in_memory(files: list[str], more: list[str]) -> None:
    pytest.importorskip("duckdb")
    text = DATA + " ex:ana a ex:Town ; ex:code 1 ."
    memory = run("reason", *files, "-", *more, text=text)
    disk = run("reason", *files, "-", *more, "--engine", "duckdb", text=text)
    assert disk.exit_code == memory.exit_code == 1
    assert disk.stdout == memory.stdout
    assert disk.stderr == memory.stderr
    assert "contradiction by cax-dw" in disk.stderr


@pytest.mark.parametrize("engine", ["kuvend", "duckdb", "owlrl"])
def test_what_it_took_is_told_on_standard_error(files: list[str], engine: str) -> None:
    if engine == "duckdb":
        pytest.importorskip("duckdb")
    result = run("reason", *files, "--engine", engine, "--stats")
    stats = json.loads(result.stderr)
    assert stats["engine"] == engine
    assert stats["peak_mb"] > 10
    if engine == "duckdb":
        assert stats["given"] == 4
        assert stats["inferred"] == len(result.stdout.splitlines())
        assert stats["file_bytes"] > 0


def test_the_settings_say_how_much_memory_and_which_folder_it_may_use(
    files: list[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("duckdb")
    monkeypatch.setenv("KUVEND_REASONING_MEMORY_MB", "1")
    monkeypatch.setenv("KUVEND_REASONING_TEMP_DIR", str(tmp_path))
    with pytest.raises(TooLarge, match="more than the 1 MiB"):
        run("reason", *files, "--engine", "duckdb")
    monkeypatch.setenv("KUVEND_REASONING_TEMP_DIR", str(tmp_path / "nowhere"))
    with pytest.raises(BadRequest, match="nowhere"):
        run("reason", *files, "--engine", "duckdb")


def test_reason_all_writes_trivial_triples_too_and_they_parse(files: list[str]) -> None:
    result = run("reason", *files, "--all")
    triples = list(ox.parse(result.stdout, ox.RdfFormat.N_TRIPLES))
    assert len(triples) > 50


def test_a_triple_term_in_a_conclusion_is_written_as_n_triples_has_it() -> None:
    given = """@prefix ex: <http://example.org/> .
    ex:said <http://www.w3.org/2000/01/rdf-schema#subPropertyOf> ex:mentioned .
    ex:ana ex:said <<( ex:besa ex:knows "x" )>> ."""
    result = run("reason", "-", text=given)
    (quad,) = ox.parse(result.stdout, ox.RdfFormat.N_TRIPLES)
    assert isinstance(quad.object, ox.Triple)


def test_reason_reads_standard_input(files: list[str]) -> None:
    result = run("reason", files[0], "-", text=DATA)
    assert len(result.stdout.splitlines()) == 3


def test_a_contradiction_goes_to_standard_error_with_rule_and_triples(files: list[str]) -> None:
    result = run("reason", *files, "-", text=DATA.replace("ex:marriedTo ex:besa", "a ex:Town"))
    assert result.exit_code == 1
    assert "contradiction by cax-dw" in result.stderr
    assert (
        "<http://example.org/ana> <http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"
        in result.stderr
    )
    assert result.stdout.splitlines()


def test_a_file_that_does_not_parse_names_line_and_column(tmp_path: Path) -> None:
    broken = tmp_path / "broken.ttl"
    broken.write_text("<urn:a> <urn:b>\n  oops .", encoding="utf-8")
    with pytest.raises(Exception, match=r"broken\.ttl:2:\d+") as caught:
        run("reason", str(broken))
    assert type(caught.value).__name__ == "BadSyntax"


def test_the_table_of_axioms_says_what_each_yields(files: list[str]) -> None:
    lines = run("reason", *files, "--axioms").stdout.splitlines()
    assert lines[0] == "data\tschema\taxiom"
    worth = {line.split("\t")[2].split(" ")[1]: line.split("\t")[0] for line in lines[1:]}
    assert worth["<http://www.w3.org/1999/02/22-rdf-syntax-ns#type>"] == "2"
    assert worth["<http://www.w3.org/2000/01/rdf-schema#domain>"] == "2"


def test_explain_names_rule_and_premises(files: list[str]) -> None:
    given = [part for name in files for part in ("--in", name)]
    result = run(
        "explain", "<http://example.org/besa>", "a", "<http://example.org/Person>", *given, "--json"
    )
    assert result.exit_code == 0
    (proof,) = json.loads(result.stdout)["proofs"]
    assert proof["rule"] == "prp-dom"
    assert {premise["rule"] for premise in proof["premises"]} == {"prp-symp", "asserted"}


def test_explain_as_text_and_turtle(files: list[str]) -> None:
    given = [part for name in files for part in ("--in", name)]
    triple = [f"<http://example.org/{n}>" for n in ("besa", "marriedTo", "ana")]
    text = run("explain", *triple, *given).stdout
    assert text.splitlines()[0].endswith("[prp-symp]")
    turtle = run("explain", *triple, *given, "--format", "turtle").stdout
    assert len(list(ox.parse(turtle, ox.RdfFormat.TURTLE))) > 10


def test_explain_of_what_does_not_follow_says_what_is_missing(files: list[str]) -> None:
    given = [part for name in files for part in ("--in", name)]
    triple = [f"<http://example.org/{n}>" for n in ("ana", "marriedTo", "dea")]
    result = run("explain", *triple, *given)
    assert result.exit_code == 1
    assert "does not follow" in result.stdout
    assert "<http://example.org/dea> is nowhere in the graph." in result.stderr
