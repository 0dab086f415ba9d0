"""A change to the dataset as plain values, as it travels to the writer and back."""

from __future__ import annotations

import base64
import json
from dataclasses import asdict, dataclass
from typing import Any

from kuvend.errors import KuvendError

UPDATE, PUT, POST, DELETE, CARRY_OVER = "update", "put", "post", "delete", "carry over"
VALIDATIONS = ("off", "warn", "refuse")


@dataclass(frozen=True)
class Change:
    """One thing to do to the dataset.

    ``kind`` is ``update`` (with the SPARQL text in ``text``), or ``put``, ``post``, ``delete``
    of the graph ``graph`` (``None`` for the default graph) with ``content`` in ``media_type``
    and, where a form brings several files, ``more`` pairs of the two.
    """

    kind: str
    text: str = ""
    using: tuple[str, ...] = ()
    using_named: tuple[str, ...] = ()
    graph: str | None = None
    content: bytes = b""
    media_type: str = ""
    more: tuple[tuple[bytes, str], ...] = ()

    @property
    def files(self) -> tuple[tuple[bytes, str], ...]:
        """Every content with its media type."""
        return ((self.content, self.media_type), *self.more)

    def as_json(self) -> bytes:
        """For the way to the writer."""
        values = asdict(self)
        values["content"] = _as_text(self.content)
        values["more"] = [(_as_text(content), media_type) for content, media_type in self.more]
        return json.dumps(values).encode()

    @classmethod
    def from_json(cls, payload: bytes) -> Change:
        """As it arrived."""
        values: dict[str, Any] = json.loads(payload)
        values["content"] = base64.b64decode(values["content"])
        values["more"] = tuple(
            (base64.b64decode(c), media_type) for c, media_type in values["more"]
        )
        values["using"], values["using_named"] = (
            tuple(values["using"]),
            tuple(values["using_named"]),
        )
        return cls(**values)


@dataclass(frozen=True)
class Outcome:
    """What came of a change: the release that shows it, and what the shapes had to say."""

    release_id: str
    created: bool = False
    report: str = ""

    def as_json(self) -> bytes:
        """For the way back."""
        return json.dumps({"outcome": asdict(self)}).encode()


def _as_text(content: bytes) -> str:
    return base64.b64encode(content).decode()


def error_as_json(error: KuvendError) -> bytes:
    """A refusal for the way back."""
    values = {
        "class": type(error).__name__,
        "detail": error.detail,
        "source": error.source,
        "line": error.line,
        "column": error.column,
        "suggestion": error.suggestion,
    }
    return json.dumps({"error": values}).encode()


def outcome_from_json(payload: bytes) -> Outcome:
    """What the writer answered.

    :raises KuvendError: where it refused.
    """
    values: dict[str, Any] = json.loads(payload)
    if "outcome" in values:
        return Outcome(**values["outcome"])
    refused = values["error"]
    raise KuvendError.told(refused.pop("class"), refused.pop("detail"), **refused)
