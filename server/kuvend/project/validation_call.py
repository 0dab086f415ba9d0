"""What a visitor asks of validation, and what comes back: plain values between two processes."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from kuvend.errors import KuvendError
from kuvend.project.shape_catalogue import ALL, Profile, ShapeCatalogue
from kuvend.shacl.finding import Severity
from kuvend.syntax import Source


@dataclass(frozen=True)
class Selection:
    """What to check against: named shape sets, from which severity on data fail, the graph or not.

    ``uploaded`` shapes replace those of the project.
    """

    sets: tuple[str, ...] = (ALL,)
    fails_on: tuple[Severity, ...] = ("violation",)
    alone: bool = False
    uploaded: tuple[Source, ...] = ()

    @property
    def is_all(self) -> bool:
        """Whether every shape of the project is used, and no other."""
        return self.sets == (ALL,) and not self.uploaded

    @property
    def is_whole(self) -> bool:
        """Whether nothing is left out that data must meet to go in."""
        return self.is_all and not self.alone


def select(
    catalogue: ShapeCatalogue,
    *,
    profile: str | None = None,
    sets: Sequence[str] = (),
    alone: bool = False,
    uploaded: Sequence[Source] = (),
) -> Selection:
    """The selection of a profile; sets named one by one, and ``alone``, go before what it says.

    :raises BadRequest: for a profile or a set there is not.
    """
    chosen = catalogue.profile(profile) if profile else Profile("")
    names = tuple(dict.fromkeys(sets)) or chosen.sets
    if catalogue.triples_of(names) is None:
        names = (ALL,)
    return Selection(
        sets=names,
        fails_on=chosen.fails_on,
        alone=alone or not chosen.in_context,
        uploaded=tuple(uploaded),
    )


@dataclass(frozen=True)
class ValidationCall:
    """One request: what to validate, against what, and the formats of the report.

    ``keep_going`` checks what is readable despite syntax errors. ``wants_data`` asks for the
    statements as well, in N-Triples, whatever the sources were written in.
    """

    sources: tuple[Source, ...]
    forms: tuple[str, ...] = ("json",)
    languages: tuple[str, ...] = ("en",)
    keep_going: bool = False
    selection: Selection = field(default_factory=Selection)
    wants_data: bool = False

    @property
    def size(self) -> int:
        """The bytes of what was sent."""
        sent = (*self.sources, *self.selection.uploaded)
        return sum(len(source.content) for source in sent)

    def frames(self) -> Iterator[bytes]:
        """The call for the way to the worker: the head, then each content."""
        sent = (*self.sources, *self.selection.uploaded)
        head = {
            "sources": [_named(one) for one in self.sources],
            "uploaded": [_named(one) for one in self.selection.uploaded],
            "sets": self.selection.sets,
            "fails_on": self.selection.fails_on,
            "alone": self.selection.alone,
            "forms": self.forms,
            "languages": self.languages,
            "keep_going": self.keep_going,
            "wants_data": self.wants_data,
        }
        yield json.dumps(head).encode()
        yield from (source.content for source in sent)

    @classmethod
    def read(cls, head: Mapping[str, Any], contents: Sequence[bytes]) -> ValidationCall:
        """The call as it arrived."""
        named = [*head["sources"], *head["uploaded"]]
        sent = [
            Source(one["name"], content, one["media_type"])
            for one, content in zip(named, contents, strict=True)
        ]
        count = len(head["sources"])
        selection = Selection(
            sets=tuple(head["sets"]),
            fails_on=tuple(head["fails_on"]),
            alone=head["alone"],
            uploaded=tuple(sent[count:]),
        )
        return cls(
            sources=tuple(sent[:count]),
            forms=tuple(head["forms"]),
            languages=tuple(head["languages"]),
            keep_going=head["keep_going"],
            wants_data=head["wants_data"],
            selection=selection,
        )


def _named(source: Source) -> dict[str, str | None]:
    return {"name": source.name, "media_type": source.media_type}


def contents_in(head: Mapping[str, Any]) -> int:
    """How many contents follow the head of a call."""
    return len(head["sources"]) + len(head["uploaded"])


@dataclass(frozen=True)
class Progress:
    """How far a validation is: the stage, and where it counts how much of it is done."""

    stage: str
    done: int = 0
    total: int = 0

    def as_json(self) -> dict[str, Any]:
        """For the way back, and for those who ask."""
        return asdict(self)


@dataclass(frozen=True)
class Reports:
    """The outcome: whether the data conform, and the report in each format asked for.

    ``added`` counts the statements that the graph does not have yet; ``data`` are the statements
    in N-Triples, where they were asked for.
    """

    conforms: bool
    texts: Mapping[str, bytes]
    added: int = 0
    data: bytes = b""

    def text(self, form: str) -> str:
        """The report in one of the formats asked for."""
        return self.texts[form].decode()


def refusal_json(error: KuvendError) -> dict[str, Any]:
    """An error for the way back."""
    members = ("detail", "source", "line", "column", "suggestion")
    return {"error": type(error).__name__, **{name: getattr(error, name) for name in members}}


def refusal(told: Mapping[str, Any]) -> KuvendError:
    """The error that the other process told of."""
    place = {name: told.get(name) for name in ("source", "line", "column", "suggestion")}
    return KuvendError.told(told["error"], told["detail"], **place)
