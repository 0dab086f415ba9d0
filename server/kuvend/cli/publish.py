"""``kuvend publish``: the current release to a store elsewhere."""

from __future__ import annotations

import sys

import click
import pyoxigraph as ox

from kuvend.cli.export import graph_named
from kuvend.cli.progress import show
from kuvend.project import Project
from kuvend.project.graph_store import GraphStore
from kuvend.project.pushing import push
from kuvend.sparql.remote import named_graphs


@click.command()
@click.option("--store", "url", required=True, help="Its Graph Store Protocol address.")
@click.option("--endpoint", help="Its SPARQL address: graphs of earlier releases are removed.")
@click.option(
    "--graph", "graphs", multiple=True, help="Only this graph: default, inferred, …, IRI."
)
@click.option("--token", envvar="KUVEND_STORE_TOKEN", default="", help="Bearer token.")
@click.option("--user", default="", help="User name; the password is asked for.")
@click.option("--password", envvar="KUVEND_STORE_PASSWORD", default="", hidden=True)
@click.pass_obj
def publish(
    project: Project,
    url: str,
    endpoint: str | None,
    graphs: tuple[str, ...],
    token: str,
    user: str,
    password: str,
) -> None:
    """Make the graphs of a store those of the current release.

    The store is Fuseki, oxigraph serve, GraphDB, another kuvend serve, or any that speaks the
    Graph Store Protocol. Each graph is replaced by PUT and counted afterwards. The token and the
    password are better given as KUVEND_STORE_TOKEN and KUVEND_STORE_PASSWORD. Exit 1 where a count
    differs.
    """
    if user and not password:
        password = click.prompt("Password", hide_input=True, err=True)
    store = GraphStore(url, token=token, user=user, password=password)
    named = [_name(project, graph) for graph in graphs]
    there = named_graphs(endpoint) if endpoint else ()
    release = project.release()
    done = push(release, project.graphs, store, only=named, there=there, progress=show)
    for name, (sent, found) in done.differing.items():
        click.echo(f"{name or 'default graph'}: {sent} triples sent, {found} are there", err=True)
    triples = sum(sent for sent, _ in done.counts.values())
    removed = f", {len(done.removed)} graphs removed" if done.removed else ""
    click.echo(
        f"release {release.id}: {len(done.counts)} graphs, {triples} triples at {url}{removed}"
    )
    if done.differing:
        sys.exit(1)


def _name(project: Project, graph: str) -> str | None:
    named = graph_named(project, graph)
    return None if isinstance(named, ox.DefaultGraph) else named.value
