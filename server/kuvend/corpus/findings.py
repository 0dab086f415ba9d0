"""Problems found in one Turtle file, each with the line and column it stands at."""

from __future__ import annotations

from collections.abc import Iterable

import pyoxigraph as ox

from kuvend.errors import KuvendError, Unprocessable
from kuvend.near import near_names
from kuvend.syntax import Parsed
from kuvend.terms import Subject


class Findings:
    """The problems of one parsed file, and its terms as the file itself writes them."""

    def __init__(self, parsed: Parsed) -> None:
        self.parsed = parsed
        self.problems: list[KuvendError] = list(parsed.errors)

    def report(self, at: int, detail: str, suggestion: str | None = None) -> None:
        """Note a problem at an offset of the file."""
        line, column = self.place(at)
        self.problems.append(
            Unprocessable(
                detail,
                source=self.parsed.source,
                line=line,
                column=column,
                suggestion=suggestion,
            )
        )

    def place(self, at: int) -> tuple[int | None, int | None]:
        """Line and column of an offset."""
        return self.parsed.position(at) or (None, None)

    def name(self, key: Subject) -> str:
        """A citation as the file writes it."""
        return self.short(key.value) if isinstance(key, ox.NamedNode) else "written in place"

    def short(self, iri: str) -> str:
        """An IRI with the file's own prefixes."""
        for prefix, namespace in self.parsed.prefixes.items():
            if namespace and iri.startswith(namespace):
                return f"{prefix}:{iri.removeprefix(namespace)}"
        return f"<{iri}>"

    def line(self, triple: ox.Triple) -> str:
        """A triple with the file's own prefixes."""
        return " ".join(
            self.short(term.value) if isinstance(term, ox.NamedNode) else str(term)
            for term in (triple.subject, triple.predicate, triple.object)
        )

    def did_you_mean(self, iri: str, known: Iterable[str]) -> str:
        """The nearest of some known IRIs, or all of them."""
        names = [self.short(one) for one in known]
        return nearest(self.short(iri), names) or f"Use {', '.join(names)}."


def nearest(name: str, names: Iterable[str]) -> str | None:
    """The question whether the nearest of ``names`` was meant, where one is near."""
    found = near_names(name, names)
    return f"Did you mean {found[0]}?" if found else None
