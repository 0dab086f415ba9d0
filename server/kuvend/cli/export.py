"""``kuvend export``: the dataset, or one graph of it, as RDF."""

from __future__ import annotations

import sys
from pathlib import Path

import click
import pyoxigraph as ox

from kuvend import formats
from kuvend.errors import BadRequest
from kuvend.project import Project
from kuvend.serializing import serialize
from kuvend.terms import parse_iri

DATASET_FORMATS = ("nquads", "trig")


@click.command()
@click.option("--graph", "graph_name", help="One graph: default, inferred, evidence, …, or an IRI.")
@click.option("--format", "format_name", help="Short name, extension or media type.")
@click.option("-o", "--output", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def export(
    project: Project, graph_name: str | None, format_name: str | None, output: Path | None
) -> None:
    """Write the dataset (N-Quads) or one graph (Turtle)."""
    wanted = _format(format_name, output, whole=graph_name is None)
    release = project.release()
    if graph_name is None and wanted is formats.N_QUADS:
        content = release.dataset_path.read_bytes()
    else:
        content = _dump(project, graph_name, wanted)
    if output:
        output.write_bytes(content)
    else:
        sys.stdout.buffer.write(content)


def _format(name: str | None, output: Path | None, *, whole: bool) -> formats.Format:
    if name is None and output is not None:
        found = formats.by_extension(output.suffix, formats.GRAPH_FORMATS)
    elif name is None:
        found = formats.N_QUADS if whole else formats.TURTLE
    else:
        found = formats.by_name(name, formats.GRAPH_FORMATS)
    if found is None:
        names = ", ".join(offer.name for offer in formats.GRAPH_FORMATS)
        raise BadRequest(
            f"there is no RDF format {name or output}.", suggestion=f"One of: {names}."
        )
    if whole and found.name not in DATASET_FORMATS:
        raise BadRequest(
            f"{found.name} holds one graph, the dataset has several.",
            suggestion="Name one with --graph, or ask for nquads or trig.",
        )
    return found


def _dump(project: Project, graph_name: str | None, wanted: formats.Format) -> bytes:
    store = project.release().store()
    if graph_name is None:
        quads = list(store.quads())
    else:
        name = graph_named(project, graph_name)
        quads = [ox.Quad(t.subject, t.predicate, t.object) for t in store.triples(name)]
    if not quads:
        known = ", ".join(name.value for name in store.graph_names())
        raise BadRequest(f"there is no graph {graph_name}.", suggestion=f"There are: {known}.")
    quads.sort(key=str)
    fitting = {p: ns for p, ns in project.prefixes.items() if wanted.name in ("turtle", "trig")}
    assert wanted.rdf is not None
    return serialize(quads, wanted.rdf, fitting)


def graph_named(project: Project, name: str) -> ox.NamedNode | ox.DefaultGraph:
    """The graph that a word of the command line means: ``default``, a slug, or an IRI."""
    if name == "default":
        return ox.DefaultGraph()
    if ":" not in name:
        return project.graphs.named(name.removeprefix("graph/"))
    return parse_iri(name, project.prefixes, project.settings.base_iri)
