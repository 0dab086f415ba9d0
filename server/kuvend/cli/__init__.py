"""The command line: one thin command a core function."""

from __future__ import annotations

import click


@click.group()
def main() -> None:
    """Kuvend: local self-government as a knowledge graph with a sentence behind each statement."""
