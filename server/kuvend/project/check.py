"""The check of a project: everything that can be wrong in its four folders before a build."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

from kuvend.corpus import Corpus, read_corpus
from kuvend.errors import KuvendError
from kuvend.ontology import (
    Finding,
    Ontology,
    Vocabulary,
    check_closure,
    check_ontology,
    check_query_text,
    check_turtle,
    in_order,
    read_ontology,
)
from kuvend.project.project import Project
from kuvend.reasoning import close


def check_project(project: Project, *, reasoning: bool = True) -> list[Finding]:
    """Every finding on ontology, statements, shapes and queries, by file and line.

    With ``reasoning`` also contradictions and unwanted ``owl:sameAs`` in the closure of ontology
    and statements.

    :raises KuvendError: for an ontology that cannot be read at all.
    """
    folder = project.folder
    ontology = read_ontology(folder.ontology)
    vocabulary = Vocabulary(ontology)
    findings = [*check_ontology(ontology), *_files(vocabulary, folder.data, folder.shapes)]
    for path in sorted(folder.queries.rglob("*.rq")):
        text = path.read_text(encoding="utf-8")
        findings += check_query_text(vocabulary, text, file=path)
    corpus = _corpus(project, findings)
    if reasoning and corpus is not None:
        findings += _closure(ontology, corpus)
    return in_order(findings)


def _files(vocabulary: Vocabulary, *folders: Path) -> Iterator[Finding]:
    for folder in folders:
        for path in sorted(folder.rglob("*.ttl")):
            yield from check_turtle(vocabulary, path)


def _corpus(project: Project, findings: list[Finding]) -> Corpus | None:
    """The corpus; what is wrong with it joins ``findings``, syntax errors being there already."""
    try:
        corpus = read_corpus(project.folder.data, project.settings.base_iri)
    except KuvendError as error:
        findings.append(_problem(error, project.folder.data))
        return None
    told = {(f.file, f.line) for f in findings if f.rule == "syntax"}
    problems = (_problem(error, project.folder.data) for error in corpus.problems)
    findings += [found for found in problems if (found.file, found.line) not in told]
    return corpus


def _problem(error: KuvendError, data: Path) -> Finding:
    """An error of reading as a finding; its source is a path, or relative to the data folder."""
    path = Path(error.source) if error.source else data
    known = next((p for p in (path, data / path, data / "statements" / path) if p.exists()), path)
    return Finding(
        error.slug,
        "error",
        error.detail,
        file=known,
        line=error.line,
        column=error.column,
        suggestion=error.suggestion,
    )


def _closure(ontology: Ontology, corpus: Corpus) -> list[Finding]:
    asserted = (t for triples in corpus.asserted.values() for t in triples)
    closure = close([*ontology.axioms, *asserted, *corpus.derived])
    return check_closure(closure, ontology.prefixes)
