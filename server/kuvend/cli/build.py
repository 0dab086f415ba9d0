"""``kuvend build``: make a release of the project folders."""

from __future__ import annotations

import json
import sys

import click

from kuvend.cli.progress import show
from kuvend.errors import Conflict, Contradiction, CorpusError, NonConforming
from kuvend.project import Project
from kuvend.project.live import LiveDataset
from kuvend.project.verdict import in_words
from kuvend.reasoning import ENGINES


@click.command()
@click.option("--report", is_flag=True, help="Print the coverage of each document.")
@click.option("--json", "as_json", is_flag=True, help="Print the release's manifest as JSON.")
@click.option("--engine", type=click.Choice(ENGINES), help="Reasoner (default kuvend).")
@click.option("--date", metavar="YYYY-MM-DD", help="The day the dataset speaks of as today.")
@click.pass_obj
def build(
    project: Project, report: bool, as_json: bool, engine: str | None, date: str | None
) -> None:
    """Build a release: read, locate quotes, reason, validate, publish."""
    try:
        release, result = project.build(
            progress=show,
            engine=engine,
            date=date,
            carry_over=LiveDataset(project).carry_over,
        )
    except (Conflict, CorpusError, Contradiction, NonConforming) as error:
        click.echo(f"Nothing was published. {error.title}:\n{error}", err=True)
        sys.exit(1)
    if as_json:
        click.echo(json.dumps(release.manifest, ensure_ascii=False, indent=2))
        return
    for row in result.sources.corpus.coverage if report else ():
        click.echo(row.as_text())
    warnings = result.report.warnings
    if warnings:
        click.echo(in_words(result.report, result.sources.shapes), err=True)
    click.echo(f"release {release.id}: {release.manifest['quads']} quads, {release.path}")
