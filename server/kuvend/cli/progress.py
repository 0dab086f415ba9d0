"""Progress on a terminal, and silence elsewhere."""

from __future__ import annotations

import sys

import click


def show(step: str) -> None:
    """One line on standard error where a person watches; longer messages always."""
    if sys.stderr.isatty() or "\n" in step or ":" in step:
        click.echo(f"… {step}", err=True)
