"""``kuvend shapes``: what the shapes ask, what a change of them would do, drafts."""

from __future__ import annotations

from pathlib import Path

import click

from kuvend.namespaces import compact
from kuvend.project import Project
from kuvend.project.shape_catalogue import ShapeCatalogue
from kuvend.project.shape_set import draft_shapes, shape_states
from kuvend.project.shape_set import impact as impact_of
from kuvend.project.standing import read_standing_graph
from kuvend.project.submission import read_shapes_files
from kuvend.shacl.finding import pick
from kuvend.shacl.phrasing import component_name
from kuvend.terms import parse_iri


@click.group()
def shapes() -> None:
    """What the shapes ask, what a change of them would do, and drafts from data."""


@shapes.command("list")
@click.option("--lang", multiple=True, help="Language of the messages: en, sq, uk, tr.")
@click.pass_obj
def list_shapes(project: Project, lang: tuple[str, ...]) -> None:
    """Each shape with a target: nodes it looks at, findings, what it asks."""
    standing = read_standing_graph(project)
    languages = [*lang, *project.settings.languages.split()]
    for state in shape_states(standing, standing.shapes, languages):
        name = compact(state.shape, project.prefixes)
        click.echo(f"{name}\t{state.targets}\t{state.results}\t{state.message}")


@shapes.command()
@click.option("--lang", multiple=True, help="Language of the titles: en, sq, uk, tr.")
@click.pass_obj
def sets(project: Project, lang: tuple[str, ...]) -> None:
    """The profiles and shape sets that kuvend validate takes, and what each is."""
    languages = [*lang, *project.settings.languages.split()]
    catalogue = ShapeCatalogue.read(project.folder.shapes)
    for profile in catalogue.profiles.values():
        title = pick(profile.titles, languages)
        click.echo(f"--profile {profile.name}\t{' '.join(profile.sets)}\t{title}")
    for found in catalogue.sets.values():
        title = pick(found.titles, languages)
        click.echo(f"--shapes {found.name}\t{len(found.files)}\t{title}")


@shapes.command()
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--samples", default=5, show_default=True, help="How many of each to show.")
@click.pass_obj
def impact(project: Project, files: tuple[Path, ...], samples: int) -> None:
    """What the shapes in FILES would newly reject or accept in the graph as it stands."""
    found = impact_of(read_standing_graph(project), read_shapes_files(files))
    for word, results in (("newly rejected", found.rejected), ("newly accepted", found.accepted)):
        click.echo(f"{word}: {len(results)}")
        for result in results[:samples]:
            node = compact(str(getattr(result.focus_node, "value", "")), project.prefixes)
            click.echo(f"  {node}: {result.message()} [{component_name(result)}]")
    click.echo(f"as before: {found.unchanged}")


@shapes.command()
@click.argument("classes", nargs=-1)
@click.pass_obj
def draft(project: Project, classes: tuple[str, ...]) -> None:
    """Shapes in Turtle that the data of CLASSES (all without) conform to, as a start."""
    prefixes, base = project.prefixes, project.settings.base_iri
    iris = [parse_iri(name, prefixes, base).value for name in classes]
    click.echo(draft_shapes(read_standing_graph(project).asserted, iris, prefixes))
