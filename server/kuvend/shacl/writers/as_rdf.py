"""The standard's report as RDF, with the place of each result beside it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pyoxigraph as ox

from kuvend.namespaces import KV, RDF, RDFS, SH, XSD, prefixes
from kuvend.shacl.finding import Finding, Validation
from kuvend.shacl.paths import Path, PathWriter
from kuvend.shacl.report import ReportWriter
from kuvend.terms import Term, to_rdflib_graph

_SEVERITIES = {"violation": SH.Violation, "warning": SH.Warning, "info": SH.Info}
RULE_NAMESPACE = f"{KV}rule-"


def write_turtle(validation: Validation, languages: Sequence[str]) -> str:
    """The report as Turtle."""
    graph = to_rdflib_graph(report_triples(validation))
    for prefix in ("sh", "kv", "xsd", "rdfs"):
        graph.bind(prefix, prefixes()[prefix], replace=True)
    return str(graph.serialize(format="turtle"))


def write_jsonld(validation: Validation, languages: Sequence[str]) -> str:
    """The report as JSON-LD."""
    graph = to_rdflib_graph(report_triples(validation))
    context = {prefix: prefixes()[prefix] for prefix in ("sh", "kv", "xsd", "rdfs")}
    return str(graph.serialize(format="json-ld", context=context, ensure_ascii=False)) + "\n"


def report_triples(validation: Validation) -> list[ox.Triple]:
    """``sh:ValidationReport`` with all findings as results; places are ``kv:line`` and so on."""
    writer = _Writer()
    head = ox.BlankNode("report")
    conforms = "true" if not validation.findings else "false"
    triples = [
        ox.Triple(head, RDF.type, SH.ValidationReport),
        ox.Triple(head, SH.conforms, ox.Literal(conforms, datatype=XSD.boolean)),
    ]
    for finding in validation.findings:
        triples.append(ox.Triple(head, SH.result, writer.finding(finding)))
    return [*triples, *writer.results.triples, *writer.results.paths.triples]


class _Writer:
    def __init__(self) -> None:
        self.results = ReportWriter()

    def finding(self, finding: Finding) -> ox.BlankNode:
        """The node of a finding, its triples written."""
        if finding.result is not None:
            node = self.results.write(finding.result, messages=finding.messages)
        else:
            node = self.results.fresh()
            for predicate, value in _own_parts(finding, self.results.paths):
                self.results.triples.append(ox.Triple(node, predicate, value))
        for predicate, value in _place(finding):
            self.results.triples.append(ox.Triple(node, predicate, value))
        return node


def _own_parts(finding: Finding, paths: PathWriter) -> Iterator[tuple[ox.NamedNode, Term]]:
    """A finding of a rule beyond SHACL in the terms of the standard's report."""
    rule = ox.NamedNode(RULE_NAMESPACE + finding.rule.rpartition("/")[2])
    yield RDF.type, SH.ValidationResult
    yield SH.resultSeverity, _SEVERITIES[finding.severity]
    yield SH.sourceConstraintComponent, rule
    if finding.focus_node is not None:
        yield SH.focusNode, finding.focus_node
    path: Path | None = finding.path
    if path is not None:
        yield SH.resultPath, paths.write(path)
    if finding.value is not None and not isinstance(finding.value, ox.Triple):
        yield SH.value, finding.value
    for language, text in sorted(finding.messages.items()):
        yield SH.resultMessage, ox.Literal(text, language=language or None)


def _place(finding: Finding) -> Iterator[tuple[ox.NamedNode, Term]]:
    for language, text in sorted(finding.advice.items()):
        yield RDFS.comment, ox.Literal(text, language=language or None)
    span = finding.span
    if span is None:
        return
    yield KV.sourceName, ox.Literal(span.source)
    numbers = (KV.line, span.line), (KV.column, span.column)
    for predicate, number in (
        *numbers,
        (KV.endLine, span.end_line),
        (KV.endColumn, span.end_column),
    ):
        yield predicate, ox.Literal(str(number), datatype=XSD.integer)
