"""``kuvend ps``, ``cancel``, ``backup``, ``restore``, ``token``: running the service."""

from __future__ import annotations

import json
import secrets
import urllib.error
import urllib.request
from pathlib import Path
from typing import Any

import click

from kuvend.errors import KuvendError, Unavailable
from kuvend.project import Project
from kuvend.project.backups import back_up
from kuvend.project.backups import restore as restore_backup

_MAX_SHOWN = 100


@click.command()
@click.option("--url", help="Address of the service (default: host and port of the settings).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def ps(project: Project, url: str | None, as_json: bool) -> None:
    """List the queries a running service is working on (needs KUVEND_TOKEN)."""
    queries = json.loads(_call(project, url, "GET", "/operator/queries"))["queries"]
    if as_json:
        click.echo(json.dumps(queries, ensure_ascii=False, indent=2))
        return
    if not queries:
        click.echo("no query is under way", err=True)
        return
    click.echo(f"{'ID':>6} {'SECONDS':>8} {'MIB':>6} {'CLIENT':<16} QUERY")
    for query in queries:
        text = " ".join(query["query"].split())[:_MAX_SHOWN]
        mib = query["memory_bytes"] // 2**20
        click.echo(
            f"{query['id']:>6} {query['elapsed_s']:>8.1f} {mib:>6} {query['client']:<16} {text}"
        )


@click.command()
@click.argument("number", type=int)
@click.option("--url", help="Address of the service (default: host and port of the settings).")
@click.pass_obj
def cancel(project: Project, number: int, url: str | None) -> None:
    """Stop the query NUMBER of a running service (needs KUVEND_TOKEN)."""
    _call(project, url, "DELETE", f"/operator/queries/{number}")
    click.echo(f"query {number} is stopped", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.pass_obj
def backup(project: Project, file: Path) -> None:
    """Write the current release to FILE (.tar.gz); the service may be running."""
    release = back_up(project.releases, file)
    click.echo(f"release {release.id} is in {file}", err=True)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False, exists=True))
@click.pass_obj
def restore(project: Project, file: Path) -> None:
    """Make the release in the backup FILE the current one; the service may be running."""
    release = restore_backup(project.releases, file)
    click.echo(f"release {release.id} is current", err=True)


@click.command()
@click.argument("name")
@click.option("--scope", "scopes", multiple=True, type=click.Choice(["read", "write", "admin"]))
def token(name: str, scopes: tuple[str, ...]) -> None:
    """Make a token for NAME and the line that lets the service know it."""
    from kuvend.web.tokens import NAME, hash_token  # noqa: PLC0415 - Flask only where it is needed

    if not NAME.fullmatch(name):
        raise click.BadParameter(
            "a name is made of letters, digits and . _ @ + -, without spaces.", param_hint="NAME"
        )
    secret = secrets.token_urlsafe(32)
    click.echo(secret)
    line = f"{name}:{'+'.join(scopes or ('write',))}:{hash_token(secret)}"
    click.echo(f"add to the setting tokens: {line}", err=True)


def _call(project: Project, url: str | None, method: str, path: str) -> bytes:
    settings = project.settings
    base = url or f"http://{settings.host}:{settings.port}"
    headers = {"Authorization": f"Bearer {settings.token}", "Accept": "application/json"}
    request = urllib.request.Request(base.rstrip("/") + path, method=method, headers=headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as response:
            content: bytes = response.read()
            return content
    except urllib.error.HTTPError as error:
        raise _refused(error) from error
    except OSError as error:
        raise Unavailable(f"no service answers at {base}: {error}") from error


def _refused(error: urllib.error.HTTPError) -> KuvendError:
    """The error the service told; where that was none of ours, that it is not to be used."""
    try:
        body: Any = json.loads(error.read())
    except ValueError:
        body = None
    told = KuvendError.of_problem(body) if isinstance(body, dict) else None
    return told or Unavailable(f"{error.url} answers {error.code} {error.reason}.")
