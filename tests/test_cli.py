"""The command line: exit codes, what goes to which stream, and messages that say what to do."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner

from kuvend.cli import cli
from kuvend.config import read_settings
from kuvend.project import Project

AKK = "id-org:akk"
NOT_UTF8 = str(Path(__file__).parent / "syntax" / "latin-1.rq")


def kuvend(*arguments: str, project: Project, text: str | None = None) -> tuple[int, str, str]:
    """Run the command as its users do: exit code, standard output, standard error."""
    done = subprocess.run(
        [sys.executable, "-m", "kuvend", "--data-dir", str(project.settings.data_dir), *arguments],
        input=text,
        capture_output=True,
        text=True,
        check=False,
        env={k: v for k, v in os.environ.items() if not k.startswith("KUVEND_")},
    )
    return done.returncode, done.stdout, done.stderr


def test_a_query_text_gives_tab_separated_rows_on_standard_output(project: Project) -> None:
    code, out, err = kuvend("query", "SELECT (1+1 AS ?two) {}", project=project)
    assert (code, err) == (0, "")
    assert out.splitlines() == ["?two", "2"]


def test_a_query_file_and_standard_input_give_the_same(project: Project, tmp_path: Path) -> None:
    text = "ASK { <https://w3id.org/kuvend/id/org/akk> ?p ?o }"
    # As some editors begin a file.
    (tmp_path / "q.rq").write_text(f"\ufeff{text}", encoding="utf-8")
    from_file = kuvend("query", str(tmp_path / "q.rq"), "--format", "json", project=project)
    from_input = kuvend("query", "-", "--format", "json", project=project, text=text)
    assert from_file == from_input
    assert '"boolean":true' in from_file[1]


def test_a_row_is_told_by_rules_and_quotes_though_a_named_graph_gave_it(project: Project) -> None:
    graph = "https://w3id.org/kuvend/graph/inferred"
    pattern = "?s <https://w3id.org/kuvend/def#hasLegalBasis> ?o"
    text = f"SELECT ?s ?o {{ GRAPH <{graph}> {{ {pattern} }} }}"
    code, out, err = kuvend("query", text, "--why", "1", project=project)
    assert (code, err) == (0, "")
    triple, *quotes = out.splitlines()
    assert "kv:hasLegalBasis" in triple
    assert "(by " in triple
    assert quotes[0].startswith("    “")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["query", "no-such-file.rq"], "neither a file nor a query"),
        (["query", "SELECT * { ?s ?p }"], "Syntax error"),
        (["query", "SELECT * {}", "--format", "turtle"], "is not written as 'turtle'"),
        (["describe", "id/org/nobody"], "says nothing about"),
        (["export", "--graph", "nothing"], "there is no graph nothing"),
        (["export", "--format", "turtle"], "holds one graph"),
        (["--project", "/", "info"], "is no project folder"),
        (["--config", "no-such.toml", "info"], "does not exist"),
        (["no-such-command"], "No such command"),
        (["query", "ASK {}", "--timeout", "nan"], "positive number of seconds"),
        (["query", "ASK {}", "--timeout", "-1"], "positive number of seconds"),
        (["query", NOT_UTF8], "not UTF-8 (byte 4)"),
        (["explain", "_:a b", "a", "kv:Municipality"], "is not the label of a blank node"),
    ],
)
def test_broken_input_ends_with_code_2_and_one_message(
    arguments: list[str], words: str, project: Project
) -> None:
    code, out, err = kuvend(*arguments, project=project)
    assert (code, out) == (2, "")
    assert words in err
    assert "Traceback" not in err


def test_describe_shows_the_sentence_behind_each_statement(project: Project) -> None:
    code, out, _ = kuvend("describe", AKK, project=project)
    assert code == 0
    assert "Association of Kosovo Municipalities" in out.splitlines()[0]
    assert "është formuar në vitin 2001" in out


def test_describe_takes_an_iri_a_prefixed_name_or_a_path(project: Project) -> None:
    forms = [AKK, "id/org/akk", "<https://w3id.org/kuvend/id/org/akk>"]
    answers = {kuvend("describe", form, "--format", "nt", project=project) for form in forms}
    assert len(answers) == 1


def test_export_is_the_dataset_the_release_hash_speaks_of(project: Project) -> None:
    code, out, _ = kuvend("export", project=project)
    assert code == 0
    assert out == project.release().dataset_path.read_text(encoding="utf-8")


def test_info_says_what_is_served_and_that_it_is_up_to_date(project: Project) -> None:
    code, out, _ = kuvend("info", project=project)
    assert code == 0
    assert project.release().id in out
    assert "up to date" in out


def test_every_setting_is_listed_by_info(project: Project) -> None:
    _, out, _ = kuvend("info", "--settings", project=project)
    assert "KUVEND_PORT" in out
    assert "8000" in out


def test_settings_as_json_have_value_and_help_apart(project: Project) -> None:
    code, out, _ = kuvend("info", "--settings", "--json", project=project)
    assert code == 0
    rows = json.loads(out)
    assert rows["KUVEND_PORT"] == {"value": 8000, "help": "port the server listens on"}
    assert rows["KUVEND_DATA_DIR"]["value"] == str(project.settings.data_dir)
    assert rows["KUVEND_TOKEN"]["value"] == "none"


def test_a_token_is_never_shown(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("KUVEND_TOKEN", "very-secret")
    settings = read_settings(os.environ, flags={"data_dir": project.settings.data_dir})
    monkeypatch.chdir(project.settings.data_dir)
    done = CliRunner().invoke(cli, ["info", "--settings"], env=dict(os.environ))
    assert settings.token == "very-secret"
    assert done.exit_code == 0
    assert "very-secret" not in done.output
    assert "set, not shown" in done.output


def test_help_names_every_command(project: Project) -> None:
    code, out, _ = kuvend("--help", project=project)
    assert code == 0
    for name in ("build", "serve", "validate", "query", "reason", "explain", "describe"):
        assert f"\n  {name} " in out


def test_a_folder_that_cannot_be_written_is_told_in_a_line(
    project: Project, tmp_path: Path
) -> None:
    code, out, err = kuvend("export", "-o", str(tmp_path / "no" / "all.nq"), project=project)
    assert (code, out) == (2, "")
    assert err.strip().endswith("all.nq: No such file or directory")
    assert "Traceback" not in err


def test_a_taken_port_is_told_before_anything_is_built(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0), reuse_port=True) as taken:
        port = str(taken.getsockname()[1])
        code, _, err = kuvend("serve", "--port", port, project=project)
    assert code == 2
    assert f"cannot listen on 127.0.0.1:{port}" in err
    assert "--port" in err


def test_a_mistyped_command_gets_the_near_one(project: Project) -> None:
    code, _, err = kuvend("buld", project=project)
    assert code == 2
    assert "Did you mean build?" in err


def test_shapes_that_import_what_is_not_here_are_refused(project: Project, tmp_path: Path) -> None:
    shapes, more = tmp_path / "shapes.ttl", tmp_path / "more.ttl"
    shapes.write_text("<urn:s> <http://www.w3.org/2002/07/owl#imports> <urn:more> .")
    more.write_text("<urn:more> a <http://www.w3.org/2002/07/owl#Ontology> .")
    given = ("validate", "-", "--as", "turtle", "--alone", "--shapes", str(shapes))
    code, _, told = kuvend(*given, project=project, text="")
    assert code == 2
    assert "import <urn:more>, which is not fetched" in told
    code, _, told = kuvend(*given, "--shapes", str(more), project=project, text="")
    assert (code, told) == (0, "")


def test_what_other_shapes_speak_of_is_no_unknown_vocabulary(
    project: Project, tmp_path: Path
) -> None:
    shapes = tmp_path / "shapes.ttl"
    shapes.write_text(
        "@prefix sh: <http://www.w3.org/ns/shacl#> . <urn:S> sh:targetClass <urn:C> ;"
        " sh:property [ sh:path <urn:p> ; sh:minCount 1 ] ."
    )
    given = ("validate", "-", "--as", "turtle", "--alone", "--shapes", str(shapes))
    text = "<urn:x> a <urn:C> ; <urn:p> 1 ."
    assert kuvend(*given, project=project, text=text)[0] == 0
    assert "vocabulary" not in kuvend(*given, project=project, text=text)[1]
    assert (
        "<urn:q> is of a vocabulary"
        in kuvend(*given, project=project, text=text.replace("p", "q"))[1]
    )
