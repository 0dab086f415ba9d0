"""Write the reference pages that come from the code, or check that they are up to date.

``python docs/generate.py`` writes the pages of ``PAGES`` below into ``docs/reference``;
``--check`` fails where a page differs from what the code gives, or where a link between the
documents leads nowhere.
"""

from __future__ import annotations

import inspect
import re
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import click
from rules_page import rules_page
from shapes_page import shapes_page

from kuvend import errors
from kuvend.cli import cli
from kuvend.config import setting_table
from kuvend.errors import KuvendError
from kuvend.ontology import read_ontology, reference_page
from kuvend.project import ProjectFolder
from kuvend.shacl.writers.as_json import json_schema

DOCS = Path(__file__).resolve().parent
ROOT = DOCS.parent
REFERENCE = DOCS / "reference"
GENERATED = "<!-- Written by docs/generate.py from the code; edit the code. -->\n\n"


def settings_page() -> str:
    """The settings table."""
    lines = [
        "# Settings\n",
        "Precedence: default, `kuvend.toml` in the current folder (or `--config FILE`), the",
        "environment, the command line. In the file the names are those of the first column.\n",
        "| setting | environment | type | default | what it is |",
        "|---|---|---|---|---|",
    ]
    for row in setting_table():
        kind = "path" if isinstance(row.default, Path) else row.type.__name__
        default = f"`{row.default}`" if str(row.default) else "none"
        lines.append(f"| `{row.name}` | `{row.variable}` | {kind} | {default} | {row.help} |")
    return "\n".join(lines) + "\n"


def errors_page() -> str:
    """One heading an error class: its slug is the tail of the problem type."""
    lines = [
        "# Errors\n",
        "Over HTTP an error is `application/problem+json` (RFC 9457), and a page for a browser;",
        "its `type` ends in one of these headings. On the command line it is one message, exit 2.",
        "`line`, `column` and `suggestion` are there where they are known.\n",
    ]
    for kind in sorted(_error_classes(), key=lambda k: (k.status, k.slug)):
        lines += [f"## {kind.slug}\n", f"{kind.status} · {kind.title}. {inspect.getdoc(kind)}\n"]
    return "\n".join(lines)


def _error_classes() -> Iterator[type[KuvendError]]:
    for _, kind in inspect.getmembers(errors, inspect.isclass):
        if issubclass(kind, KuvendError) and kind is not KuvendError:
            yield kind


def cli_page() -> str:
    """The help of every command, as the program prints it."""
    context = click.Context(cli, info_name="kuvend", max_content_width=90)
    lines = ["# Command line\n", "```", cli.get_help(context), "```\n"]
    for name in cli.list_commands(context):
        command = cli.get_command(context, name)
        if command is None:
            continue
        lines += _command_help(command, name, context)
    return "\n".join(lines) + "\n"


def _command_help(command: click.Command, name: str, parent: click.Context) -> list[str]:
    own = click.Context(command, info_name=name, parent=parent, max_content_width=90)
    lines = [f"## kuvend {own.command_path.removeprefix('kuvend ')}\n", "```"]
    lines += [command.get_help(own), "```\n"]
    if isinstance(command, click.Group):
        for sub in sorted(command.commands):
            lines += _command_help(command.commands[sub], sub, own)
    return lines


def ontology_page() -> str:
    """Every term of the ontology."""
    page: str = reference_page(read_ontology(ProjectFolder.open().ontology))
    return page


PAGES: dict[str, Callable[[], str]] = {
    "settings.md": settings_page,
    "errors.md": errors_page,
    "cli.md": cli_page,
    "ontology.md": ontology_page,
    "rules.md": rules_page,
    "shapes.md": shapes_page,
}

# Copies of what the program carries, to be read where the pages are.
COPIES: dict[str, Callable[[], str]] = {"validation-report.schema.json": json_schema}

_LINK = re.compile(r"\[[^\]]*\]\((?!https?:|mailto:|#)([^)#\s]+)(#[^)]*)?\)")


def broken_links() -> Iterator[str]:
    """Links between our documents whose file is not there."""
    for page in [ROOT / "README.md", *sorted(DOCS.rglob("*.md"))]:
        for target, _ in _LINK.findall(page.read_text(encoding="utf-8")):
            if not (page.parent / target).exists():
                yield f"{page.relative_to(ROOT)}: {target} is not there"


def main() -> None:
    """Write or check."""
    check = "--check" in sys.argv[1:]
    problems = []
    texts = {name: GENERATED + page() for name, page in PAGES.items()}
    texts |= {name: copy() for name, copy in COPIES.items()}
    for name, text in texts.items():
        path = REFERENCE / name
        if not check:
            path.write_text(text, encoding="utf-8")
        elif not path.is_file() or path.read_text(encoding="utf-8") != text:
            problems.append(f"docs/reference/{name} is not what the code gives: run make docs")
    problems += broken_links()
    sys.exit("\n".join(problems) or 0)


if __name__ == "__main__":
    main()
