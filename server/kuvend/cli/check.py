"""``kuvend check``: lint of ontology, statements, shapes and queries."""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path

import click

from kuvend.ontology import Finding
from kuvend.project import Project
from kuvend.project.check import check_project


@click.command()
@click.option("--all", "show_all", is_flag=True, help="Show remarks (info) too.")
@click.option("--reasoning/--no-reasoning", default=True, help="Look for contradictions too.")
@click.option("--json", "as_json", is_flag=True, help="Print the findings as a JSON list.")
@click.pass_obj
def check(project: Project, show_all: bool, reasoning: bool, as_json: bool) -> None:
    """Lint the project: ontology, statements, shapes, queries.

    Prints one finding a line, as FILE:LINE:COLUMN. Exit 0 without errors and warnings, else 1;
    2 where a folder cannot be read.
    """
    findings = check_project(project, reasoning=reasoning)
    shown = [f for f in findings if show_all or f.severity != "info"]
    root = project.folder.root
    if as_json:
        rows = [finding.as_json(root) for finding in shown]
        click.echo(json.dumps(rows, ensure_ascii=False, indent=2))
    else:
        _print(shown, root)
        click.echo(_summary(findings, show_all=show_all), err=True)
    if any(finding.severity != "info" for finding in findings):
        sys.exit(1)


def _print(findings: list[Finding], root: Path) -> None:
    base = Path.cwd() if root.is_relative_to(Path.cwd()) else root
    for finding in findings:
        click.echo(finding.as_text(base))
        if finding.suggestion and "Did you mean" not in finding.message:
            click.echo(f"    {finding.suggestion}")


def _summary(findings: list[Finding], *, show_all: bool) -> str:
    counts = Counter(finding.severity for finding in findings)
    remarks = f"{counts['info']} remarks{'' if show_all else ' (shown with --all)'}"
    return f"{counts['error']} errors, {counts['warning']} warnings, {remarks}"
