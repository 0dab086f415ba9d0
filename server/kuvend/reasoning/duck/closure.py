"""``DiskClosure``: a graph closed out of core, its result read off the disk as it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from types import TracebackType
from typing import Self

import pyoxigraph as ox

from kuvend.reasoning.contradictions import find_contradictions, find_same_as
from kuvend.reasoning.duck.database import Room
from kuvend.reasoning.duck.engine import DiskEngine
from kuvend.reasoning.duck.output import DiskInferences
from kuvend.reasoning.duck.witnesses import gather_witnesses
from kuvend.reasoning.model import Closure, Fact, Inconsistency, SameAs


@dataclass(frozen=True)
class Effort:
    """What a closure took: triples given, facts of the closure, triples inferred, steps, and the
    bytes on disk: of the database, and of what did not fit its memory."""

    given: int
    facts: int
    inferred: int
    steps: int
    file_bytes: int
    spilled_bytes: int


class DiskClosure:
    """The closure of triples; leaving the ``with`` block removes its files.

    >>> from kuvend.namespaces import OWL, RDF
    >>> a, b, p = (ox.NamedNode(f"urn:{name}") for name in "abp")
    >>> given = [ox.Triple(p, RDF.type, OWL.SymmetricProperty), ox.Triple(a, p, b)]
    >>> with DiskClosure(given) as closure:
    ...     print("".join(closure.n_triples()), end="")
    <urn:b> <urn:p> <urn:a> .
    """

    def __init__(
        self, triples: Iterable[ox.Triple], *, all_triples: bool = False, room: Room | None = None
    ) -> None:
        """:raises BadRequest: where DuckDB is not installed or the folder cannot be written."""
        self._all = all_triples
        self._engine = DiskEngine(room or Room(), things=all_triples)
        try:
            self._engine.close(triples)
            self._inferences = DiskInferences(self._engine, all_triples=all_triples)
            self._witnesses = gather_witnesses(self._engine)
        except BaseException:
            self._engine.release()
            raise

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self._engine.release()

    def n_triples(self) -> Iterator[str]:
        """The inferred triples as N-Triples in order, some thousand lines at a time."""
        return self._inferences.lines()

    def inconsistencies(self) -> list[Inconsistency]:
        """The contradictions, each with its rule and triples."""
        return find_contradictions(self._witnesses)

    def same_as(self) -> list[SameAs]:
        """The IRIs that were made one and that nobody said are the same."""
        return find_same_as(self._witnesses)

    def generalised(self) -> list[Fact]:
        """The conclusions with a literal as subject, where all triples were asked for."""
        return self._inferences.generalised() if self._all else []

    def notes(self) -> list[str]:
        """What is left out of the inferred triples beyond the trivial ones, in words."""
        return self._inferences.notes()

    def effort(self) -> Effort:
        """What it took so far."""
        engine = self._engine
        return Effort(
            given=engine.size,
            facts=engine.db.number("SELECT count(*) FROM f"),
            inferred=self._inferences.size,
            steps=engine.facts.step,
            file_bytes=engine.db.file_bytes,
            spilled_bytes=engine.db.spilled_bytes,
        )

    def as_closure(self) -> Closure:
        """All of it in memory."""
        lines = "".join(self.n_triples())
        return Closure(
            inferred=tuple(q.triple for q in ox.parse(lines, format=ox.RdfFormat.N_TRIPLES)),
            inconsistencies=tuple(self.inconsistencies()),
            same_as=tuple(self.same_as()),
            generalised=tuple(self.generalised()),
            notes=tuple(self.notes()),
        )
