"""A finding: one thing a check has to say, with its place and what to do."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Literal

Severity = Literal["error", "warning", "info"]
_ORDER: dict[Severity, int] = {"error": 0, "warning": 1, "info": 2}


@dataclass(frozen=True)
class Finding:
    """One result of a check.

    ``rule`` is its name in docs/reference/check.md, ``term`` the IRI it speaks of, ``suggestion``
    the IRI or text that was probably meant; ``line`` and ``column`` count from 1.
    """

    rule: str
    severity: Severity
    message: str
    file: Path | None = None
    line: int | None = None
    column: int | None = None
    term: str | None = None
    suggestion: str | None = None

    def at(self, line: int, column: int) -> Finding:
        """The same finding with its place in the file."""
        return replace(self, line=line, column=column)

    def as_text(self, root: Path | None = None) -> str:
        """``file:line:column: severity: message [rule]``, the file relative to ``root``.

        >>> Finding("missing-label", "error", "has no label.", Path("a.ttl"), 3, 1).as_text()
        'a.ttl:3:1: error: has no label. [missing-label]'
        """
        place = ":".join(str(p) for p in (self._file(root), self.line, self.column) if p)
        return f"{place}{': ' if place else ''}{self.severity}: {self.message} [{self.rule}]"

    def as_json(self, root: Path | None = None) -> dict[str, Any]:
        """The finding as plain values, without what is not known."""
        values = {
            "rule": self.rule,
            "severity": self.severity,
            "message": self.message,
            "file": self._file(root),
            "line": self.line,
            "column": self.column,
            "term": self.term,
            "suggestion": self.suggestion,
        }
        return {name: value for name, value in values.items() if value is not None}

    def _file(self, root: Path | None) -> str | None:
        if self.file is None:
            return None
        if root and self.file.is_relative_to(root):
            return self.file.relative_to(root).as_posix()
        return self.file.as_posix()


def in_order(findings: Iterable[Finding]) -> list[Finding]:
    """Findings by file and line, the graver first on one line; repeats once."""
    return sorted(
        dict.fromkeys(findings),
        key=lambda f: (
            str(f.file or ""),
            f.line or 0,
            f.column or 0,
            _ORDER[f.severity],
            f.message,
        ),
    )
