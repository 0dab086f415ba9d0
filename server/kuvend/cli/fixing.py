"""Certain fixes from the command line: the files they change, written, and checked again."""

from __future__ import annotations

import os
import shutil
import tempfile
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import click
import pyoxigraph as ox

from kuvend.project.submission import Checker, Part, fixed_texts, with_texts
from kuvend.shacl.finding import Finding, Validation
from kuvend.shacl.patches import laid_on

_MOST_TRIED = 50  # fixes that are tried one by one
Checked = tuple[Validation, Sequence[Part]]


@dataclass(frozen=True)
class Fixing:
    """What is needed to check again what fixes make."""

    checker: Checker
    parts: Sequence[Part]
    keep_going: bool
    languages: Sequence[str] = ()

    def certain(self, outcome: Validation) -> tuple[dict[str, str], Checked]:
        """The texts as the certain fixes change them, with the outcome of checking these.

        A fix that would introduce a finding is left out, and this is said.
        """
        changed = fixed_texts(outcome)
        if not changed:
            return {}, (outcome, self.parts)
        again = self._checked(changed)
        return self._one_by_one(outcome) if _worse(again[0], outcome) else (changed, again)

    def _one_by_one(self, outcome: Validation) -> tuple[dict[str, str], Checked]:
        """Of the certain fixes, in the order of their places, those that introduce nothing."""
        fixable = {finding.fix: finding for finding in outcome.findings[::-1] if finding.fix}
        waiting = list(fixable.values())[::-1]
        if len(waiting) > _MOST_TRIED:
            click.echo("The fixes would introduce findings; nothing fixed.", err=True)
            return {}, (outcome, self.parts)
        kept: list[Finding] = []
        found: tuple[dict[str, str], Checked] = ({}, (outcome, self.parts))
        for finding in waiting:
            changed = fixed_texts(replace(outcome, findings=(*kept, finding)))
            again = self._checked(changed)
            worse = _worse(again[0], outcome)
            if worse:
                then = worse[0].message(self.languages)
                click.echo(f"{finding.span}: not fixed, for then: {then}", err=True)
            else:
                kept.append(finding)
                found = changed, again
        return found

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


def _worse(after: Validation, before: Validation) -> list[Finding]:
    """The findings of kinds of which there are more than before."""
    more = Counter(map(_kind, after.findings)) - Counter(map(_kind, before.findings))
    return [finding for finding in after.findings if _kind(finding) in more]


def _kind(finding: Finding) -> tuple[str, str, str]:
    """What a rule objects to; blank nodes are renamed when texts change."""
    node = finding.focus_node
    named = str(node) if isinstance(node, ox.NamedNode) else ""
    return finding.rule, named, str(finding.path)
