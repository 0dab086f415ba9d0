"""What reading an ontology folder gives back: files, declared terms, and the whole of them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Literal

import pyoxigraph as ox

from kuvend.namespaces import RDFS, SKOS

Role = Literal["module", "import", "alignment", "prefixes"]
Kind = Literal[
    "class",
    "datatype",
    "object property",
    "datatype property",
    "annotation property",
    "property",
    "concept",
    "concept scheme",
    "individual",
]
PROPERTY_KINDS: frozenset[Kind] = frozenset(
    {"object property", "datatype property", "annotation property", "property"}
)

# Triples that are for people only: no OWL 2 RL rule concludes anything from them that a reader
# would miss, and together they are most of an ontology.
_FOR_PEOPLE = frozenset({RDFS.label, RDFS.comment, RDFS.isDefinedBy, RDFS.seeAlso} | {
    SKOS.definition, SKOS.note, SKOS.scopeNote, SKOS.editorialNote, SKOS.historyNote, SKOS.example
})  # fmt: skip


@dataclass(frozen=True)
class OntologyFile:
    """One file of an ontology folder: where it lies, what it is for, the triples in it.

    ``iri`` is the ontology the file declares, ``imports`` the ontologies it imports.
    """

    path: Path
    role: Role
    iri: str | None
    imports: tuple[str, ...]
    triples: tuple[ox.Triple, ...]


@dataclass(frozen=True)
class DeclaredTerm:
    """A class, property, concept or individual that an ontology file declares.

    ``labels`` and ``definitions`` go by language; parents, domain, range, inverse and schemes are
    IRIs as written, not as inferred. ``own`` is false for the terms of reused vocabularies.
    """

    iri: str
    kind: Kind
    file: Path
    own: bool
    labels: Mapping[str, str] = field(default_factory=dict)
    definitions: Mapping[str, str] = field(default_factory=dict)
    parents: tuple[str, ...] = ()
    domain: tuple[str, ...] = ()
    range: tuple[str, ...] = ()
    inverse: tuple[str, ...] = ()
    types: tuple[str, ...] = ()
    schemes: tuple[str, ...] = ()
    deprecated: bool = False
    replaced_by: str | None = None

    @property
    def is_property(self) -> bool:
        """Whether the term stands in the predicate place."""
        return self.kind in PROPERTY_KINDS

    def label(self, language: str = "en") -> str:
        """The label in ``language``, else in English, else the last part of the IRI."""
        found = self.labels.get(language) or self.labels.get("en")
        return found or self.iri.replace("#", "/").rstrip("/").rsplit("/", 1)[-1]


@dataclass(frozen=True)
class Ontology:
    """An ontology folder, read: modules, the imports they reach, alignments and prefixes.

    ``triples`` are modules and imports together, the input of reasoning; ``alignments`` point to
    other vocabularies and are published but never reasoned with; ``prefixes`` is the folder's own
    list; ``namespaces`` are those whose terms are all declared here.
    """

    folder: Path
    files: tuple[OntologyFile, ...]
    triples: tuple[ox.Triple, ...]
    alignments: tuple[ox.Triple, ...]
    terms: Mapping[str, DeclaredTerm]
    prefixes: Mapping[str, str]
    namespaces: frozenset[str]
    iri: str | None
    version_iri: str | None

    @property
    def local_files(self) -> tuple[OntologyFile, ...]:
        """The files of the folder itself, without imports found elsewhere."""
        return tuple(file for file in self.files if file.path.is_relative_to(self.folder))

    @cached_property
    def axioms(self) -> tuple[ox.Triple, ...]:
        """``triples`` without labels, definitions and notes: the same conclusions, sooner."""
        return tuple(t for t in self.triples if t.predicate not in _FOR_PEOPLE)

    def of_kind(self, *kinds: Kind, own: bool | None = None) -> list[DeclaredTerm]:
        """The terms of the given kinds in order of IRI; ``own`` keeps ours or the others'."""
        return [
            term
            for _, term in sorted(self.terms.items())
            if term.kind in kinds and (own is None or term.own == own)
        ]
