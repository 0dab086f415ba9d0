"""A data folder that a test fills with documents and statements."""

from __future__ import annotations

import hashlib
from pathlib import Path

from kuvend.corpus import Corpus, read_corpus

BASE = "https://w3id.org/kuvend/"
PREFIXES = """
PREFIX kv: <https://w3id.org/kuvend/def#>
PREFIX kvc: <https://w3id.org/kuvend/concept/>
PREFIX dct: <http://purl.org/dc/terms/>
PREFIX rdfs: <http://www.w3.org/2000/01/rdf-schema#>
PREFIX skos: <http://www.w3.org/2004/02/skos/core#>
PREFIX xsd: <http://www.w3.org/2001/XMLSchema#>
PREFIX document: <https://w3id.org/kuvend/document/>
PREFIX id-absence: <https://w3id.org/kuvend/id/absence/>
PREFIX id-event: <https://w3id.org/kuvend/id/event/>
PREFIX id-org: <https://w3id.org/kuvend/id/org/>
PREFIX id-person: <https://w3id.org/kuvend/id/person/>
PREFIX p: <cite:>
""".lstrip()
FIRST_LINE = PREFIXES.count("\n") + 1
TEXT = "Асоціація міст\n\nАМУ об’єднує  близько\u00a01000 громад. АМУ діє з 1992 року.\n"


class DataFolder:
    """``documents/`` and ``statements/`` under a temporary folder."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.documents = path / "documents"
        self.statements = path / "statements"
        self.documents.mkdir()
        self.statements.mkdir()
        self.entries: list[str] = []

    def add_document(
        self, slug: str = "amu", *, text: str | bytes = TEXT, language: str = "uk", more: str = ""
    ) -> Path:
        stored = text.encode() if isinstance(text, str) else text
        file = self.documents / f"{slug}.{language}.txt"
        file.write_bytes(stored)
        self.entries.append(
            f'document:{slug} a kv:SourceDocument ; dct:title "{slug}"@{language} , "{slug}"@en ; '
            f'dct:language "{language}" ; kv:file "{file.name}" ; '
            f'kv:sha256 "{hashlib.sha256(stored).hexdigest()}" {more} .'
        )
        self.write_catalogue("\n".join(self.entries))
        return file

    def write_catalogue(self, turtle: str) -> None:
        (self.documents / "catalogue.ttl").write_text(PREFIXES + turtle, encoding="utf-8")

    def state(self, turtle: str, slug: str = "amu") -> None:
        file = self.statements / f"{slug}.ttl"
        file.write_text(PREFIXES + turtle, encoding="utf-8")

    def read(self, *, allow_uncited: bool = False) -> Corpus:
        return read_corpus(self.path, BASE, allow_uncited=allow_uncited)
