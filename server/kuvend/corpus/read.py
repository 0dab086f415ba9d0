"""Reading a project's documents and statements into what they assert and the evidence for it."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus.catalogue import Catalogue, Document, read_catalogue
from kuvend.corpus.citations import Citation
from kuvend.corpus.claims import (
    Claim,
    claim_of,
    claim_triples,
    passage_triples,
    source_triples,
)
from kuvend.corpus.coverage import Coverage, cover
from kuvend.corpus.envelope import Derivation, derive_envelopes
from kuvend.corpus.fold import fold_quote
from kuvend.corpus.locate import Span, locate
from kuvend.corpus.statements import Statement, Statements, read_statements
from kuvend.corpus.texts import read_turtle
from kuvend.corpus.wording import wording_notices
from kuvend.errors import CorpusError, KuvendError, ProjectError, QuoteError
from kuvend.namespaces import KV


@dataclass(frozen=True)
class Corpus:
    """The documents and what their statements say, in plain RDF 1.1 without blank nodes.

    ``asserted`` maps a document's slug to the triples of ``graph/statements/{slug}``, ``evidence``
    is ``graph/evidence``, ``derived`` the date envelopes for ``graph/inferred``, ``catalogue``
    what ``catalogue.ttl`` says. All are sorted and hold each triple once. ``problems`` is what
    forbids a build, in order of file and line; ``notices`` what a reader should know.
    """

    documents: tuple[Document, ...]
    asserted: Mapping[str, tuple[ox.Triple, ...]]
    evidence: tuple[ox.Triple, ...]
    derived: tuple[ox.Triple, ...]
    catalogue: tuple[ox.Triple, ...]
    coverage: tuple[Coverage, ...]
    derivations: tuple[Derivation, ...] = ()
    problems: tuple[KuvendError, ...] = ()
    notices: tuple[str, ...] = ()

    def document(self, slug: str) -> Document | None:
        """The document of that name, if there is one."""
        return next((d for d in self.documents if d.slug == slug), None)

    def raise_problems(self) -> None:
        """Nothing for a corpus without problems.

        :raises CorpusError: with all the problems at once.
        """
        if self.problems:
            raise CorpusError(self.problems)


def read_corpus(data_folder: Path, base_iri: str, *, allow_uncited: bool = False) -> Corpus:
    """What ``documents/`` and ``statements/`` of a data folder say.

    Every problem of every file is collected; nothing stops at the first. A data triple without a
    citation is one, unless ``allow_uncited``.

    :raises NotFound: where ``documents/catalogue.ttl`` is missing.
    :raises ProjectError: where it is not UTF-8.
    """
    catalogue = read_catalogue(data_folder / "documents", base_iri)
    files = {d.slug: data_folder / "statements" / f"{d.slug}.ttl" for d in catalogue.documents}
    problems = [*catalogue.problems, *_strangers(data_folder / "statements", files.values())]
    parts = [
        _Part(document, catalogue, allow_uncited).read(files[document.slug])
        for document in catalogue.documents
    ]
    asserted = {part.document.slug: _sorted(s.triple for s in part.statements) for part in parts}
    derivations = derive_envelopes(t for triples in asserted.values() for t in triples)
    return Corpus(
        documents=catalogue.documents,
        asserted=asserted,
        evidence=_sorted(t for part in parts for t in part.evidence()),
        derived=_sorted(t for derivation in derivations for t in derivation.triples),
        catalogue=catalogue.triples,
        coverage=tuple(part.coverage() for part in parts),
        derivations=derivations,
        problems=(*problems, *(p for part in parts for p in part.problems)),
        notices=(
            *(notice for part in parts for notice in part.notices),
            *(_hull_notice(d) for d in derivations if d.is_hull),
        ),
    )


@dataclass
class _Part:
    """One document and its statements on the way into the corpus."""

    document: Document
    catalogue: Catalogue
    allow_uncited: bool
    statements: tuple[Statement, ...] = ()
    notes: tuple[ox.Triple, ...] = ()
    claims: dict[ox.NamedNode, list[Claim]] = field(default_factory=dict)
    problems: list[KuvendError] = field(default_factory=list)
    notices: tuple[str, ...] = ()

    def read(self, file: Path) -> _Part:
        if not file.is_file():
            return self  # a document whose statements nobody has written yet
        try:
            parsed = read_turtle(file)
        except ProjectError as error:
            self.problems.append(error)
            return self
        found = read_statements(parsed, allow_uncited=self.allow_uncited)
        self.statements, self.notes = found.statements, found.notes
        self.problems += found.problems
        self.make_claims(found)
        self.notices = tuple(wording_notices(self.document, found.statements, found.source))
        self.problems.sort(key=lambda e: (e.line or 0, e.column or 0))
        return self

    def make_claims(self, found: Statements) -> None:
        cited = dict.fromkeys(c for s in found.statements for c in s.citations)
        spans = {citation: self.locate(citation, found.source) for citation in cited}
        for statement in found.statements:
            for citation in statement.citations:
                span = spans[citation]
                if span is None and citation.quote is not None:
                    continue  # not found, and reported
                claim = claim_of(self.document, statement.triple, citation, span)
                self.claims.setdefault(claim.iri, []).append(claim)

    def locate(self, citation: Citation, source: str) -> Span | None:
        """The place of a citation's quote; ``None`` for one that has none, or is not found."""
        if citation.quote is None:
            return None
        try:
            return locate(citation.quote, self.document.text, citation.before, citation.after)
        except QuoteError as error:
            error.source, error.line, error.column = source, citation.line, citation.column
            others = self.elsewhere(citation.quote) if error.absent else []
            if others:
                error.suggestion = (
                    f"These words are in {' and '.join(others)}: move the statement to that "
                    "document's file."
                )
            self.problems.append(error)
            return None

    def elsewhere(self, quote: str) -> list[str]:
        needle = fold_quote(quote)
        return [
            d.slug
            for d in self.catalogue.documents
            if d is not self.document and needle and needle in d.folded_text
        ]

    def evidence(self) -> Iterable[ox.Triple]:
        yield from source_triples(self.document)
        every = [claim for claims in self.claims.values() for claim in claims]
        for claim in every:
            yield from claim_triples(claim)
        for span in {claim.span for claim in every if claim.span is not None}:
            yield from passage_triples(self.document, span)
        source = ox.NamedNode(self.document.source_iri)
        for triple in self.notes:
            yield triple
            yield ox.Triple(triple.subject, KV.checkedIn, source)

    def coverage(self) -> Coverage:
        return cover(
            self.document,
            [claims[0] for claims in self.claims.values()],
            triples=len(self.statements),
            uncited=[s.triple for s in self.statements if not s.is_cited],
            absences=len({t.subject for t in self.notes}),
            notices=self.notices,
        )


def _strangers(folder: Path, known: Iterable[Path]) -> list[KuvendError]:
    """A problem for each statements file whose document is not in the catalogue."""
    found = sorted(folder.glob("*.ttl")) if folder.is_dir() else []
    return [
        ProjectError(
            f"there is no document {file.stem} in the catalogue.",
            source=str(file),
            suggestion="Name the file after its document, or add the document to the catalogue.",
        )
        for file in sorted(set(found) - set(known))
    ]


def _hull_notice(derivation: Derivation) -> str:
    dates = ", ".join(
        t.object.value for t in derivation.premises if isinstance(t.object, ox.Literal)
    )
    return f"{derivation.subject.value} has several dates ({dates}); its envelope spans them all."


def _sorted(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    return tuple(sorted(set(triples), key=str))
