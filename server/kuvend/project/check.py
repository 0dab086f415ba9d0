"""The check of a project: everything that can be wrong in its four folders before a build."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

import pyoxigraph as ox

from kuvend.corpus import Corpus, read_corpus
from kuvend.errors import BadSyntax, KuvendError
from kuvend.namespaces import KUVEND_BASE
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
from kuvend.project.shapes import read_shapes
from kuvend.queries import load_library
from kuvend.reasoning import close, load_rules
from kuvend.shacl import validate_graph
from kuvend.sparql import explain_syntax_error, outline
from kuvend.syntax import parse_turtle
from kuvend.syntax.files import read_utf8
from kuvend.syntax.sparql_spelling import as_the_engine_reads

_IRI = re.compile(r"<([^<>\s]+)>")


def check_project(project: Project, *, reasoning: bool = True) -> list[Finding]:
    """Every finding on ontology, statements, shapes and queries, by file and line.

    With ``reasoning`` also contradictions and unwanted ``owl:sameAs`` in the closure of ontology
    and statements.

    :raises KuvendError: for an ontology that cannot be read at all.
    """
    folder = project.folder
    ontology = _with_prefixes_of(project, read_ontology(folder.ontology))
    vocabulary = Vocabulary(ontology)
    findings = [*check_ontology(ontology), *_files(vocabulary, folder.data, folder.shapes)]
    findings += _queries(vocabulary, folder.queries)
    findings += _shapes(folder.shapes)
    corpus = _corpus(project, findings)
    if reasoning and corpus is not None:
        findings += _closure(project, ontology, corpus)
    return in_order(findings)


def _with_prefixes_of(project: Project, ontology: Ontology) -> Ontology:
    """The prefix list of the folder, with ``id-…`` and ``graph`` under the project's own base."""
    if project.settings.base_iri == KUVEND_BASE:
        return ontology
    return replace(ontology, prefixes={**ontology.prefixes, **project.prefixes})


def _files(vocabulary: Vocabulary, *folders: Path) -> Iterator[Finding]:
    for folder in folders:
        for path in sorted(folder.rglob("*.ttl")):
            try:
                yield from check_turtle(vocabulary, path)
            except BadSyntax as error:
                yield replace(_problem(error, folder), rule="syntax", file=path)


def _queries(vocabulary: Vocabulary, folder: Path) -> Iterator[Finding]:
    """Headers that cannot be read, queries that do not parse, names there are not."""
    problems: list[KuvendError] = []
    load_library(folder, problems=problems)
    yield from (_problem(error, folder) for error in problems)
    for path in sorted(folder.rglob("*.rq")):
        try:
            text = read_utf8(path)
        except BadSyntax:
            continue  # told by the reading of its header
        broken = _syntax_error(text, vocabulary.prefixes)
        if broken is not None:
            yield replace(_problem(broken, folder), rule="syntax", file=path)
        else:
            yield from check_query_text(vocabulary, text, file=path)


def _syntax_error(text: str, prefixes: Mapping[str, str]) -> KuvendError | None:
    """What the engine says of a query it cannot parse; one that calls out is not tried."""
    found = outline(text)
    if found.is_update or found.services:
        return None
    try:
        ox.Store().query(as_the_engine_reads(text), prefixes=dict(prefixes))
    except SyntaxError as error:
        return explain_syntax_error(str(error), text, prefixes)
    return None


def _shapes(folder: Path) -> Iterator[Finding]:
    """Shapes that validation would refuse, found by trying them on no data."""
    try:
        validate_graph([], read_shapes(folder))
    except BadSyntax:
        return  # told with its place by the reading of the file
    except KuvendError as error:
        found = replace(_problem(error, folder), rule="unusable-shape")
        named = _IRI.search(error.detail)
        yield _in_file(replace(found, term=named[1]), folder) if named else found


def _in_file(finding: Finding, folder: Path) -> Finding:
    """``finding`` in the file of ``folder`` that describes its term."""
    node = ox.NamedNode(finding.term or "")
    for path in sorted(folder.rglob("*.ttl")):
        parsed = parse_turtle(read_utf8(path), source=str(path))
        if (offset := parsed.subjects.get(node)) is not None:
            line, column = parsed.position(offset) or (1, 1)
            return replace(finding, file=path).at(line, column)
    return finding


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


def _problem(error: KuvendError, folder: Path) -> Finding:
    """An error of reading as a finding; its source is a path, or relative to the folder."""
    path = Path(error.source) if error.source else folder
    known = next(
        (p for p in (path, folder / path, folder / "statements" / path) if p.exists()), path
    )
    return Finding(
        error.slug,
        "error",
        error.detail,
        file=known,
        line=error.line,
        column=error.column,
        suggestion=error.suggestion,
    )


def _closure(project: Project, ontology: Ontology, corpus: Corpus) -> list[Finding]:
    asserted = (t for triples in corpus.asserted.values() for t in triples)
    closure = close(
        [*ontology.axioms, *asserted, *corpus.derived],
        rules=load_rules(project.folder.ontology / "rules"),
        date=project.today(),
    )
    return check_closure(closure, ontology.prefixes)
