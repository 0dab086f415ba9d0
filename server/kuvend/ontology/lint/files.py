"""Rules on files: headers, imports that are read, alignments that fit."""

from __future__ import annotations

from collections.abc import Iterator

import pyoxigraph as ox

from kuvend.namespaces import DCT, OWL, RDF, SKOS, compact
from kuvend.ontology.findings import Finding
from kuvend.ontology.model import Ontology, OntologyFile

_SUFFIXES = (".ttl", ".nt", ".rdf", ".owl", ".jsonld")
_MAPPINGS = frozenset(
    {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}
)


def file_findings(ontology: Ontology) -> Iterator[Finding]:
    """Findings on the files of an ontology folder."""
    yield from _unused_imports(ontology)
    for file in ontology.local_files:
        yield from _header(file)
        if file.role == "alignment":
            yield from _alignment(file, ontology)
    if ontology.version_iri is None:
        yield Finding(
            "no-version", "warning", "the ontology has no owl:versionIRI.", ontology.folder
        )


def _unused_imports(ontology: Ontology) -> Iterator[Finding]:
    used = {file.path for file in ontology.files}
    folder = ontology.folder / "imports"
    for path in sorted(folder.rglob("*")) if folder.is_dir() else ():
        if path.suffix in _SUFFIXES and path not in used:
            yield Finding(
                "import-not-used",
                "warning",
                "no owl:imports leads to this file, so it is not read.",
                file=path,
                suggestion="Import it in the ontology header, or remove it.",
            )


def _header(file: OntologyFile) -> Iterator[Finding]:
    if file.role == "prefixes":
        return
    if file.iri is None:
        yield Finding(
            "no-header",
            "warning",
            "declares no owl:Ontology.",
            file=file.path,
            suggestion="Add an owl:Ontology header with a title.",
        )
        return
    said = {t.predicate for t in file.triples if t.subject == ox.NamedNode(file.iri)}
    if file.role == "import" and not said & {DCT.source, OWL.versionIRI, OWL.versionInfo}:
        yield Finding(
            "import-without-source",
            "warning",
            "says neither source nor version of what it restates.",
            file=file.path,
            term=file.iri,
        )


def _alignment(file: OntologyFile, ontology: Ontology) -> Iterator[Finding]:
    for triple in file.triples:
        subject = triple.subject
        if triple.predicate == RDF.type or not isinstance(subject, ox.NamedNode):
            continue
        if triple.predicate in _MAPPINGS and subject.value not in ontology.terms:
            yield Finding(
                "alignment-of-nothing",
                "error",
                f"{compact(subject.value, ontology.prefixes)} is aligned and is no term of ours.",
                file=file.path,
                term=subject.value,
            )
        if triple.predicate in (OWL.sameAs, OWL.equivalentClass, OWL.equivalentProperty):
            name = compact(triple.predicate.value, ontology.prefixes)
            yield Finding(
                "alignment-too-strong",
                "warning",
                f"{name} in an alignment says that every fact of the one holds for the other.",
                file=file.path,
                term=subject.value,
                suggestion="Use skos:exactMatch or skos:closeMatch.",
            )
