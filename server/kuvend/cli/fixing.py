"""Certain fixes from the command line: the files they change, written, and checked again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import click
import pyoxigraph as ox

from kuvend.project.submission import Checker, Part, fixed_texts, with_texts
from kuvend.shacl.finding import Validation
from kuvend.shacl.patches import laid_on

Checked = tuple[Validation, Sequence[Part]]


@dataclass(frozen=True)
class Fixing:
    """What is needed to check again what fixes make."""

    checker: Checker
    parts: Sequence[Part]
    keep_going: bool

    def certain(self, outcome: Validation) -> tuple[dict[str, str], Checked]:
        """The texts as the certain fixes change them, with the outcome of checking these.

        No text, and outcome and parts as they were, where they would introduce findings.
        """
        changed = fixed_texts(outcome)
        if not changed:
            return {}, (outcome, self.parts)
        again = self._checked(changed)
        worse = _counted(again[0]) - _counted(outcome)
        if worse:
            count = sum(worse.values())
            click.echo(f"The fixes would introduce {count} findings; nothing written.", err=True)
            return {}, (outcome, self.parts)
        return changed, again

    def write(self, outcome: Validation) -> Checked:
        """Write the fixed files; outcome and parts with what was written, and nothing else.

        What came from elsewhere, or packed, stays as it is, and this is said.
        """
        files = {part.parsed.source: part.file for part in self.parts if part.file}
        changed, again = self.certain(outcome)
        written: dict[str, str] = {}
        for name, text in changed.items():
            if name not in files or not Path(files[name]).is_file():
                click.echo(f"{name} is no file to write to; not fixed. See --diff.", err=True)
            elif _put(Path(files[name]), outcome.texts[name].text, text):
                click.echo(f"fixed {name}", err=True)
                written[name] = text
        if not written:
            return outcome, self.parts
        return again if written == changed else self._checked(written)

    def _checked(self, texts: Mapping[str, str]) -> Checked:
        now = with_texts(self.parts, texts, base_iri=self.checker.base_iri)
        return self.checker.check(now, keep_going=self.keep_going), now


def _put(path: Path, before: str, after: str) -> bool:
    """Whether the file was changed from the one text to the other; why not is said."""
    try:
        content = laid_on(path.read_bytes(), before, after)
        if content is None:
            click.echo(f"{path} is not UTF-8, or has changed; not fixed.", err=True)
            return False
        replace_content(path, content)
    except OSError as error:
        click.echo(f"{path} cannot be written: {error.strerror}; not fixed.", err=True)
        return False
    return True


def replace_content(path: Path, content: bytes) -> None:
    """Nothing; the file has the new content, or, if writing fails, all of the old.

    Its mode stays, and a link to it leads to the new content.

    :raises OSError: where it cannot be written.
    """
    target = path.resolve()
    number, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
    try:
        with open(number, "wb") as handle:
            handle.write(content)
            handle.flush()
            os.fsync(handle.fileno())
        shutil.copymode(target, name)
        os.replace(name, target)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def _counted(outcome: Validation) -> Counter[tuple[str, str, str]]:
    """How often each rule objects to each thing; blank nodes are renamed when texts change."""
    return Counter(
        (f.rule, str(f.focus_node) if isinstance(f.focus_node, ox.NamedNode) else "", str(f.path))
        for f in outcome.findings
    )
