"""A change to the dataset as plain values, as it travels to the writer and back."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from typing import Any

from kuvend.errors import KuvendError

UPDATE, PUT, POST, DELETE, CARRY_OVER = "update", "put", "post", "delete", "carry over"
# What a change may ask of its graph.
THERE, ABSENT = "there", "absent"


@dataclass(frozen=True)
class Change:
    """One thing to do to the dataset.

    ``kind`` is ``update`` (with the SPARQL text in ``text``), or ``put``, ``post``, ``delete``
    of the graph ``graph`` (``None`` for the default graph) with ``content`` in ``media_type``
    and, where a form brings several files, ``more`` pairs of the two. It is refused where the
    release before it is none of ``releases``, or its graph is not ``there`` or ``absent`` as
    ``only_if`` says.
    """

    kind: str
    text: str = ""
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    graph: str | None = None
    content: bytes = b""
    media_type: str = ""
    more: tuple[tuple[bytes, str], ...] = ()
    releases: tuple[str, ...] = ()
    only_if: str = ""

    @property
    def size(self) -> int:
        """About how many bytes it carries."""
        return len(self.text) + sum(len(content) for content, _ in self.files)

    @property
    def files(self) -> tuple[tuple[bytes, str], ...]:
        """Every content with its media type."""
        return ((self.content, self.media_type), *self.more)

    def as_values(self) -> dict[str, Any]:
        """As plain values, for JSON."""
        values = asdict(self)
        values["content"] = _as_text(self.content)
        values["more"] = [(_as_text(content), media_type) for content, media_type in self.more]
        return values

    @classmethod
    def from_values(cls, given: Mapping[str, Any]) -> Change:
        """The change of :meth:`as_values`."""
        values = dict(given)
        values["content"] = base64.b64decode(values["content"])
        values["more"] = tuple(
            (base64.b64decode(c), media_type) for c, media_type in values["more"]
        )
        for name in ("using", "using_named", "releases"):
            values[name] = tuple(values[name])
        return cls(**values)


@dataclass(frozen=True)
class Outcome:
    """What came of a change: the release that shows it, and what the shapes had to say."""

    release_id: str
    created: bool = False
    report: str = ""


def _as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def changes_as_json(changes: Mapping[str, Change]) -> bytes:
    """Changes by number, for the way to the writer."""
    return json.dumps({n: change.as_values() for n, change in changes.items()}).encode()


def changes_from_json(payload: bytes) -> dict[str, Change]:
    """Changes as they arrived."""
    values: dict[str, Any] = json.loads(payload)
    return {number: Change.from_values(change) for number, change in values.items()}


def outcomes_as_json(outcomes: Mapping[str, Outcome | KuvendError]) -> bytes:
    """What came of changes, for the way back."""
    return json.dumps({number: _as_values(found) for number, found in outcomes.items()}).encode()


def outcomes_from_json(payload: bytes) -> dict[str, Outcome | KuvendError]:
    """What the writer answered to each change."""
    values: dict[str, Any] = json.loads(payload)
    return {number: _from_values(found) for number, found in values.items()}


def _as_values(found: Outcome | KuvendError) -> dict[str, Any]:
    if isinstance(found, Outcome):
        return {"outcome": asdict(found)}
    return {
        "error": {
            "class": type(found).__name__,
            "detail": found.detail,
            "source": found.source,
            "line": found.line,
            "column": found.column,
            "suggestion": found.suggestion,
        }
    }


def _from_values(values: dict[str, Any]) -> Outcome | KuvendError:
    if "outcome" in values:
        return Outcome(**values["outcome"])
    refused = values["error"]
    return KuvendError.told(refused.pop("class"), refused.pop("detail"), **refused)
