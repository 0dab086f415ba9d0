"""What is told about a query: which part, where it stands, and what may help."""

from __future__ import annotations

from dataclasses import asdict, dataclass


@dataclass(frozen=True)
class Finding:
    """One thing about a query, such as a reason for having no rows."""

    kind: str
    detail: str
    part: str = ""
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None

    def as_json(self) -> dict[str, object]:
        """The finding as JSON values, without what is not known."""
        return {name: value for name, value in asdict(self).items() if value}
