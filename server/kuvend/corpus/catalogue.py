"""The documents of a project: their texts, byte for byte, and what the catalogue says of them."""

from __future__ import annotations

import datetime as dt
import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus.fold import fold
from kuvend.corpus.texts import read_text, read_turtle
from kuvend.errors import KuvendError, NotFound, ProjectError
from kuvend.namespaces import DCT, KV, RDF
from kuvend.syntax import Parsed, PositionedQuad

_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


@dataclass(frozen=True)
class Document:
    """One source text as it is stored, and its entry in the catalogue.

    ``titles`` maps language tags, in lower case, to titles; ``date`` is there only where the text
    gives it.
    """

    slug: str
    iri: str
    language: str
    titles: Mapping[str, str] = field(hash=False)
    text: str
    sha256: str
    file: Path
    date: dt.date | None = None

    @property
    def title(self) -> str:
        """The title in the document's own language."""
        return self.titles[self.language.lower()]

    @cached_property
    def folded_text(self) -> str:
        """The text as readers compare it (:func:`kuvend.corpus.fold.fold`)."""
        return fold(self.text).text

    @property
    def source_iri(self) -> str:
        """The IRI of the stored text, named by its content."""
        base = self.iri.removesuffix(f"document/{self.slug}")
        return f"{base}id/source/{self.sha256[:16]}"


@dataclass(frozen=True)
class Catalogue:
    """The documents by slug, the catalogue's triples, and what is wrong with either."""

    documents: tuple[Document, ...]
    triples: tuple[ox.Triple, ...]
    problems: tuple[KuvendError, ...]


def read_catalogue(folder: Path, base_iri: str) -> Catalogue:
    """The documents in ``folder``, sorted by slug, as ``catalogue.ttl`` there lists them.

    A document whose text cannot be trusted is left out and reported among the problems.

    :raises NotFound: where there is no catalogue.
    :raises ProjectError: where the catalogue is not UTF-8.
    """
    path = folder / "catalogue.ttl"
    if not path.is_file():
        raise NotFound(
            "there is no catalogue of the documents.",
            source=str(path),
            suggestion="Describe each text in it; docs/how-to/write-statements.md shows how.",
        )
    parsed = read_turtle(path, base_iri)
    problems: list[KuvendError] = list(parsed.errors)
    documents = []
    listed: set[str] = set()
    for entry in _entries(parsed, base_iri):
        listed.update(entry.values(KV.file))
        try:
            documents.append(entry.document(folder))
        except KuvendError as error:
            problems.append(error)
    problems += [_unlisted(file, path) for file in _texts(folder) if file.name not in listed]
    problems += _same_text_twice(documents)
    triples = tuple(sorted(set(parsed.triples()), key=str))
    return Catalogue(tuple(sorted(documents, key=lambda d: d.slug)), triples, tuple(problems))


class _Entry:
    """One document's lines in the catalogue."""

    def __init__(
        self, parsed: Parsed, subject: ox.NamedNode, quads: list[PositionedQuad], base_iri: str
    ) -> None:
        self.parsed = parsed
        self.subject = subject
        self.quads = quads
        self.base_iri = base_iri

    def values(self, predicate: ox.NamedNode) -> list[str]:
        return [
            q.object.value
            for q in self.quads
            if q.predicate == predicate and isinstance(q.object, ox.Literal)
        ]

    def one(self, predicate: ox.NamedNode, what: str) -> str:
        found = self.values(predicate)
        if len(found) != 1:
            raise self.error(
                f"the entry of {self.slug} needs exactly one {what} and has {len(found)}."
            )
        return found[0]

    @property
    def slug(self) -> str:
        return self.subject.value.removeprefix(f"{self.base_iri}document/")

    def document(self, folder: Path) -> Document:
        if not _SLUG.fullmatch(self.slug):
            raise self.error(
                f"{self.subject.value} is not {self.base_iri}document/ and a name in a-z, 0-9, -.",
                suggestion="Give the document such an IRI.",
            )
        language = self.one(DCT.language, "dct:language")
        file = folder / self.one(KV.file, "kv:file")
        wanted = f"{self.slug}.{language}.txt"
        if file.name != wanted:
            raise self.error(
                f"the file of {self.slug} is called {file.name}.",
                suggestion=f"Name it {wanted}: the document's name and its language.",
                at=KV.file,
            )
        text, sha256 = self.text(file)
        return Document(
            slug=self.slug,
            iri=self.subject.value,
            language=language,
            titles=self.titles(language),
            text=text,
            sha256=sha256,
            file=file,
            date=self.date(),
        )

    def text(self, file: Path) -> tuple[str, str]:
        if not file.is_file():
            raise self.error(
                f"the text {file} is not there.",
                suggestion="Put the file back, or take its entry out of the catalogue.",
                at=KV.file,
            )
        stored = file.read_bytes()
        sha256 = hashlib.sha256(stored).hexdigest()
        if not self.values(KV.sha256):
            raise self.error(
                f"the entry of {self.slug} has no kv:sha256.",
                suggestion=f'The text has this one: kv:sha256 "{sha256}".',
            )
        expected = self.one(KV.sha256, "kv:sha256")
        if sha256 != expected:
            raise self.error(
                f"the text {file} is not the one in the catalogue: its SHA-256 is {sha256}.",
                suggestion="Restore the text. If it is meant to be a new version, put this "
                "SHA-256 in the catalogue and check the statements against the new text.",
                at=KV.sha256,
            )
        return read_text(file, stored), sha256

    def titles(self, language: str) -> dict[str, str]:
        found = {
            q.object.language: q.object.value
            for q in self.quads
            if q.predicate == DCT.title and isinstance(q.object, ox.Literal) and q.object.language
        }
        missing = sorted({language.lower(), "en"} - set(found))
        if missing:
            raise self.error(
                f"the entry of {self.slug} has no dct:title in {' and '.join(missing)}."
            )
        return found

    def date(self) -> dt.date | None:
        found = self.values(DCT.date)
        if not found:
            return None
        try:
            return dt.date.fromisoformat(self.one(DCT.date, "dct:date"))
        except ValueError as error:
            raise self.error(
                f"the date {found[0]} of {self.slug} is not a day written as 2021-06-26.",
                at=DCT.date,
            ) from error

    def error(
        self, detail: str, *, suggestion: str | None = None, at: ox.NamedNode | None = None
    ) -> KuvendError:
        offset = next((q.object_at for q in self.quads if q.predicate == at), None)
        place = self.parsed.position(self.quads[0].subject_at if offset is None else offset)
        line, column = place or (None, None)
        return ProjectError(
            detail, source=self.parsed.source, line=line, column=column, suggestion=suggestion
        )


def _entries(parsed: Parsed, base_iri: str) -> list[_Entry]:
    quads: dict[ox.NamedNode, list[PositionedQuad]] = {}
    for quad in parsed.quads:
        if isinstance(quad.subject, ox.NamedNode):
            quads.setdefault(quad.subject, []).append(quad)
    return [
        _Entry(parsed, subject, rows, base_iri)
        for subject, rows in quads.items()
        if any(q.predicate == RDF.type and q.object == KV.SourceDocument for q in rows)
    ]


def _texts(folder: Path) -> list[Path]:
    return sorted(p for p in folder.iterdir() if _is_text_file(p))


def _is_text_file(path: Path) -> bool:
    return path.is_file() and path.name != "catalogue.ttl" and not path.name.startswith(".")


def _unlisted(file: Path, catalogue: Path) -> KuvendError:
    return ProjectError(
        "this file is not in the catalogue.",
        source=str(file),
        suggestion=f"Describe it in {catalogue}, or take it out of the folder.",
    )


def _same_text_twice(documents: list[Document]) -> list[KuvendError]:
    seen: dict[str, Document] = {}
    problems: list[KuvendError] = []
    for document in documents:
        first = seen.setdefault(document.sha256, document)
        if first is not document:
            problems.append(
                ProjectError(
                    f"{document.slug} and {first.slug} have the same text.",
                    source=str(document.file),
                    suggestion="Keep one of them.",
                )
            )
    return problems
