"""``kuvend serve``: build where needed, then answer on HTTP."""

from __future__ import annotations

import dataclasses

import click

from kuvend.cli.progress import show
from kuvend.project import Project
from kuvend.project.live import LiveDataset


@click.command()
@click.option("--host", help="Address to listen on (default 127.0.0.1).")
@click.option("--port", type=click.IntRange(1, 65535), help="Port to listen on (default 8000).")
@click.option("--empty", is_flag=True, help="Serve a scratch store instead of the project's data.")
@click.pass_obj
def serve(project: Project, host: str | None, port: int | None, empty: bool) -> None:
    """Serve the graph: SPARQL, linked-data pages, validation."""
    # Flask only where it is needed
    from kuvend.web.serving import check_address  # noqa: PLC0415
    from kuvend.web.serving import serve as run  # noqa: PLC0415

    changes = {"host": host, "port": port, "scratch": empty or None}
    given: dict[str, object] = {name: value for name, value in changes.items() if value is not None}
    if empty:
        given["data_dir"] = project.settings.data_dir / "scratch"
    settings = dataclasses.replace(project.settings, **given)  # type: ignore[arg-type]
    check_address(settings.host, settings.port)
    served = Project(settings, project.folder)
    release = served.ensure_release(progress=show, carry_over=LiveDataset(served).carry_over)
    click.echo(f"release {release.id} of {release.date}", err=True)
    click.echo(f"Kuvend on http://{settings.host}:{settings.port}/ (Ctrl-C stops)", err=True)
    run(served, settings)
