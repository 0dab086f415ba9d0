"""The GitHub Action and the pre-commit hook, as a runner and a committer meet them."""

from __future__ import annotations

import os
import re
import subprocess
import sys
import textwrap
from dataclasses import dataclass
from pathlib import Path

import pytest

from kuvend.formats import GRAPH_FORMATS
from places import ROOT

HEAD = "@prefix skos: <http://www.w3.org/2004/02/skos/core#> .\n"
GOOD = HEAD + '<https://w3id.org/kuvend/id/org/akk> skos:altLabel "The Association"@en .\n'
BAD = HEAD + (
    "@prefix kv: <https://w3id.org/kuvend/def#> .\n"
    '<https://w3id.org/kuvend/id/org/x> a kv:Municipalty ; skos:prefLabel "X"@en .\n'
)
BROKEN = HEAD + "<urn:x:a> skos:prefLabel\n"
# Data that would be a command to the runner if the log gave it as it is.
SLY = HEAD + (
    "@prefix kv: <https://w3id.org/kuvend/def#> .\n"
    "<https://w3id.org/kuvend/id/agreement/x> a kv:CooperationAgreement ;\n"
    '    skos:prefLabel """X\n::add-mask::everything\n##[add-mask]everything"""@en .\n'
)


@dataclass(frozen=True)
class Step:
    """What the last step of the action did."""

    code: int
    log: str
    summary: str
    folder: Path

    @property
    def commands(self) -> list[str]:
        """The lines the runner carries out: none between stop-commands and its token."""
        found, token = [], None
        for line in self.log.splitlines():
            if token is not None:
                token = None if line == f"::{token}::" else token
            elif line.startswith("::stop-commands::"):
                token = line.removeprefix("::stop-commands::")
            elif line.lstrip().startswith("::") or "##[" in line:
                found.append(line)
        assert token is None
        return found


def act(folder: Path, **inputs: str) -> Step:
    """Run the script of the action's last step as the runner does."""
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    script = textwrap.dedent(text.rpartition("run: |\n")[2])
    given = {"FILES": "", "PROJECT": "", "ARGUMENTS": "", "SARIF": "", **inputs}
    summary = folder / "summary.md"
    done = subprocess.run(
        ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", script],
        cwd=folder,
        capture_output=True,
        text=True,
        check=False,
        env={
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
            "RUNNER_TEMP": str(folder),
            "GITHUB_STEP_SUMMARY": str(summary),
            **given,
        },
    )
    told = summary.read_text(encoding="utf-8") if summary.exists() else ""
    return Step(done.returncode, done.stdout + done.stderr, told, folder)


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    for name, text in {"good": GOOD, "deep/bad": BAD, "broken": BROKEN, "sly": SLY}.items():
        path = tmp_path / "data" / f"{name}.ttl"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return tmp_path


def test_the_action_passes_what_conforms(folder: Path) -> None:
    step = act(folder, FILES="data/good.ttl")
    assert (step.code, step.commands) == (0, [])
    assert "Nothing to object to." in step.log and "Nothing to object to." in step.summary


def test_the_action_puts_an_annotation_at_the_place_and_fails(folder: Path) -> None:
    step = act(folder, FILES="./data/good.ttl data/deep/*.ttl data/**/bad.ttl", SARIF="out.sarif")
    (command,) = step.commands
    assert step.code == 1
    assert command.startswith(
        "::error title=kuvend/unknown-class,file=data/deep/bad.ttl,line=3,endLine=3,col=38,"
    )
    assert "kv:Municipality" in command
    assert '"ruleId": "kuvend/unknown-class"' in (folder / "out.sarif").read_text("utf-8")


def test_the_action_fails_with_2_for_what_cannot_be_read(folder: Path) -> None:
    step = act(folder, FILES="data/broken.ttl", ARGUMENTS="--lang sq")
    assert step.code == 2 and step.commands[0].startswith("::error title=syntax,file=data/broken")
    absent = act(folder, FILES="no/*.ttl")
    assert absent.code == 2 and "no/*.ttl" in absent.log


def test_no_line_of_the_data_is_a_command_to_the_runner(folder: Path) -> None:
    step = act(folder, FILES="data/sly.ttl")
    assert step.code == 1
    assert "add-mask" in step.log.rpartition("::stop-commands::")[2]
    assert step.commands
    for line in step.commands:
        assert line.startswith(("::error ", "::warning ", "::notice "))


def test_the_hook_is_called_for_every_syntax_that_is_read() -> None:
    text = (ROOT / ".pre-commit-hooks.yaml").read_text(encoding="utf-8")
    pattern = re.search(r"files: (\S+)", text)
    assert pattern is not None
    for form in GRAPH_FORMATS:
        assert re.search(pattern[1], f"data/x.{form.extensions[0]}")
    assert not re.search(pattern[1], "docs/ttl.md")
