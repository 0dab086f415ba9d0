"""``kuvend info``: what is installed, configured and served."""

from __future__ import annotations

import dataclasses
import importlib.metadata
import json
from typing import Any

import click

import kuvend
from kuvend.config import setting_table
from kuvend.errors import Unavailable
from kuvend.project import Project

# Values that never leave the process.
SECRETS = ("token", "tokens")
LIBRARIES = ("pyoxigraph", "rdflib", "pyshacl", "owlrl", "SPARQLWrapper", "Flask")


@click.command()
@click.option("--settings", "only_settings", is_flag=True, help="The settings in force.")
@click.option("--json", "as_json", is_flag=True)
@click.pass_obj
def info(project: Project, only_settings: bool, as_json: bool) -> None:
    """Show the release, the project and the settings."""
    facts: dict[str, Any] = _settings(project) if only_settings else _facts(project)
    if as_json:
        click.echo(json.dumps(facts, ensure_ascii=False, indent=2, default=str))
        return
    if only_settings:
        facts = {name: f"{row['value']}  ({row['help']})" for name, row in facts.items()}
    width = max(len(name) for name in facts)
    for name, value in facts.items():
        click.echo(f"{name:<{width}}  {value}")


def _settings(project: Project) -> dict[str, dict[str, Any]]:
    """Value and help of each setting, by its variable."""
    values = dataclasses.asdict(project.settings)
    for name in SECRETS:
        values[name] = "set, not shown" if values[name] else "none"
    return {row.variable: {"value": values[row.name], "help": row.help} for row in setting_table()}


def _facts(project: Project) -> dict[str, Any]:
    facts: dict[str, Any] = {
        "kuvend": kuvend.__version__,
        "project": project.folder.root,
        "state": project.settings.data_dir.resolve(),
    }
    try:
        release = project.release()
        facts |= {
            "release": release.id,
            "dataset sha256": release.dataset_hash,
            "date": release.date,
            "quads": release.manifest["quads"],
            "up to date": "yes" if project.is_current() else "no, run `kuvend build`",
        }
    except Unavailable:
        facts["release"] = "none yet, run `kuvend build`"
    return facts | {name: importlib.metadata.version(name) for name in LIBRARIES}
