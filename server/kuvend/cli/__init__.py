"""The command line: one thin command a core function.

Exit codes: 0 fine, 1 findings, 2 usage or broken input. Data goes to standard output, messages
to standard error.
"""

from __future__ import annotations

import difflib
import importlib
import os
import sys
from pathlib import Path

import click

import kuvend
from kuvend.config import read_settings
from kuvend.errors import KuvendError
from kuvend.project import Project, ProjectFolder

# Command name -> module of this package that defines it. Loaded when asked for, so that
# `kuvend --help` does not import the engines.
COMMANDS: dict[str, str] = {
    "build": "build",
    "serve": "serve",
    "query": "query",
    "describe": "describe",
    "export": "export",
    "publish": "publish",
    "info": "info",
    "validate": "validate",
    "shapes": "shapes",
    "reason": "reason",
    "explain": "reason",
    "check": "check",
    "ps": "operate",
    "cancel": "operate",
    "backup": "operate",
    "restore": "operate",
    "token": "operate",
}


class _LazyGroup(click.Group):
    """A group that imports a command's module when the command is used."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        return [*COMMANDS]

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        near = difflib.get_close_matches(args[0], COMMANDS, n=1) if args else []
        if near and args[0] not in COMMANDS:
            ctx.fail(f"No such command '{args[0]}'. Did you mean {near[0]}?")
        return super().resolve_command(ctx, args)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        if cmd_name not in COMMANDS:
            return None
        module = importlib.import_module(f"kuvend.cli.{COMMANDS[cmd_name]}")
        command: click.Command = getattr(module, cmd_name)
        return command


@click.group(cls=_LazyGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(kuvend.__version__, prog_name="kuvend")
@click.option(
    "--project",
    "project_folder",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder with ontology/, shapes/, data/ and queries/; without it the default project.",
)
@click.option(
    "--data-dir",
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder for releases and other state (default .kuvend).",
)
@click.option(
    "--config",
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="Settings file (kuvend.toml).",
)
@click.pass_context
def cli(
    ctx: click.Context, project_folder: Path | None, data_dir: Path | None, config: Path | None
) -> None:
    """Local self-government as a knowledge graph, with a sentence behind each statement."""
    settings = read_settings(
        os.environ, file=config or Path("kuvend.toml"), flags={"data_dir": data_dir}
    )
    ctx.obj = Project(settings, ProjectFolder.open(project_folder))


def main() -> None:
    """Run the command line; errors of ours become one message and exit code 2."""
    try:
        cli(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except click.exceptions.Exit as exit_:
        sys.exit(exit_.exit_code)
    except click.Abort:
        sys.exit(130)
    except KuvendError as error:
        click.echo(f"{error.title}: {error}", err=True)
        sys.exit(2)
    except BrokenPipeError:
        # The reader went away (`kuvend export | head`); nothing is left to say to it.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        sys.exit(1)
    except OSError as error:
        # A folder that may not be written, a full disk: the user's to mend, not a fault of ours.
        click.echo(f"Not possible: {_told(error)}", err=True)
        sys.exit(2)


def _told(error: OSError) -> str:
    place = f"{error.filename}: " if error.filename else ""
    return f"{place}{error.strerror or error}"
