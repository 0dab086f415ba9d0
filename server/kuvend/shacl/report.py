"""The validation report: what the shapes found, as plain values and as the standard's RDF.

Source: https://www.w3.org/TR/shacl/#validation-report
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field

import pyoxigraph as ox

from kuvend.namespaces import RDF, SH, XSD, compact, prefixes
from kuvend.shacl.graph import Graph
from kuvend.shacl.paths import Path, PathWriter, Predicate, read_path
from kuvend.terms import Term

VIOLATION, WARNING, INFO = SH.Violation, SH.Warning, SH.Info
_RANK = {VIOLATION.value: 0, WARNING.value: 1, INFO.value: 2}


@dataclass(frozen=True)
class Result:
    """One validation result. ``messages`` maps language tag ("" for none) to text.

    Where the engine gives them, ``bindings`` are the variables of a query's row, ``parameter`` is
    the value of the constraint, ``details`` are the results of nested shapes behind this one.
    """

    focus_node: Term
    path: Path | None
    value: Term | None
    severity: ox.NamedNode
    source_shape: Term
    constraint_component: ox.NamedNode
    source_constraint: Term | None = None
    messages: Mapping[str, str] = field(default_factory=dict, compare=False)
    bindings: Mapping[str, Term] = field(default_factory=dict, compare=False)
    details: tuple[Result, ...] = field(default=(), compare=False)
    parameter: Term | None = field(default=None, compare=False)

    @property
    def predicate(self) -> ox.NamedNode | None:
        """The property, where the path is a single one."""
        return self.path.iri if isinstance(self.path, Predicate) else None

    @property
    def key(self) -> tuple[str, ...]:
        """What two engines tell of a result, blank nodes by label; messages do not count."""
        parts = (self.focus_node, self.path, self.value, self.severity)
        shape = (self.source_shape, self.constraint_component)
        return tuple("" if part is None else str(part) for part in (*parts, *shape))

    @property
    def identity(self) -> tuple[str, ...]:
        """The key, and which constraint of the shape and which row of a query it comes from."""
        parts = (self.source_constraint, self.parameter)
        row = (f"{name} {term}" for name, term in sorted(self.bindings.items()))
        return (*self.key, *("" if part is None else str(part) for part in parts), *row)

    @property
    def is_told_in_full(self) -> bool:
        """Whether the engine says the constraint's value, or the row: the reference does not."""
        return self.parameter is not None or bool(self.bindings)

    def message(self, languages: Iterable[str] = ("en",)) -> str:
        """The text in the first language there is one in, else any; empty where there is none."""
        for language in languages:
            if language in self.messages:
                return self.messages[language]
        return next(iter(self.messages.values()), "")


def sorted_results(results: Iterable[Result]) -> list[Result]:
    """Results in the order of a report: violations first, then by focus node and shape."""
    return sorted(results, key=lambda r: (_RANK.get(r.severity.value, 3), r.key))


@dataclass(frozen=True)
class Report:
    """The results of one validation, sorted: violations first, then by focus node and shape.

    ``engine`` says what found them. ``conforms`` is the standard's: no result at all.
    """

    results: tuple[Result, ...]
    engine: str

    @classmethod
    def of(cls, results: Iterable[Result], *, engine: str) -> Report:
        """A report with its results in order."""
        return cls(tuple(sorted_results(results)), engine)

    @property
    def conforms(self) -> bool:
        """Whether there is no result of any severity."""
        return not self.results

    @property
    def violations(self) -> tuple[Result, ...]:
        """The results of severity Violation, or of a severity of the project's own."""
        soft = (WARNING, INFO)
        return tuple(result for result in self.results if result.severity not in soft)

    @property
    def warnings(self) -> tuple[Result, ...]:
        """The results of severity Warning."""
        return tuple(result for result in self.results if result.severity == WARNING)

    def as_text(self, languages: Iterable[str] = ("en",)) -> str:
        """One result a paragraph, for terminals and errors."""
        order = tuple(languages)
        names = prefixes()
        lines = []
        for result in self.results:
            severity = result.severity.value.rpartition("#")[2]
            lines.append(f"{severity}: {result.message(order)}")
            lines.append(f"  node  {_short(result.focus_node, names)}")
            if result.path is not None:
                lines.append(f"  path  {path_text(result.path, names)}")
            if result.value is not None and result.value != result.focus_node:
                lines.append(f"  value {_short(result.value, names)}")
            lines.append(f"  shape {_short(result.source_shape, names)}")
        return "\n".join(lines)


def path_text(path: Path, prefix_map: Mapping[str, str]) -> str:
    """A path for people: prefixed names where they fit.

    >>> path_text(Predicate(SH.path), prefixes())
    'sh:path'
    """
    text = str(path)
    for part in sorted(set(_iris(text)), key=len, reverse=True):
        text = text.replace(f"<{part}>", compact(part, prefix_map))
    return text


def _iris(text: str) -> Iterator[str]:
    for piece in text.split("<")[1:]:
        yield piece.partition(">")[0]


def _short(term: Term, prefix_map: Mapping[str, str]) -> str:
    return compact(term.value, prefix_map) if isinstance(term, ox.NamedNode) else str(term)


def read_report(triples: Iterable[ox.Triple], *, engine: str) -> Report:
    """The report an RDF graph holds, whoever wrote it; details are kept under their results."""
    graph = Graph(triples)
    tops = [value for _, value in graph.pairs(SH.result)]
    return Report.of((_read_result(graph, node) for node in tops), engine=engine)


def _read_result(graph: Graph, node: Term) -> Result:
    path = graph.value(node, SH.resultPath)
    details = tuple(_read_result(graph, inner) for inner in graph.objects(node, SH.detail))
    return Result(
        focus_node=graph.value(node, SH.focusNode) or node,
        path=None if path is None else read_path(graph, path),
        value=graph.value(node, SH.value),
        severity=_named(graph.value(node, SH.resultSeverity), VIOLATION),
        source_shape=graph.value(node, SH.sourceShape) or node,
        constraint_component=_named(graph.value(node, SH.sourceConstraintComponent), SH.Constraint),
        source_constraint=graph.value(node, SH.sourceConstraint),
        messages={
            message.language or "": message.value
            for message in graph.objects(node, SH.resultMessage)
            if isinstance(message, ox.Literal)
        },
        details=details,
    )


def _named(term: Term | None, otherwise: ox.NamedNode) -> ox.NamedNode:
    return term if isinstance(term, ox.NamedNode) else otherwise


def report_triples(report: Report) -> list[ox.Triple]:
    """The report as the standard's RDF graph."""
    writer = ReportWriter()
    head = ox.BlankNode("report")
    conforms = ox.Literal("true" if report.conforms else "false", datatype=XSD.boolean)
    writer.triples.append(ox.Triple(head, RDF.type, SH.ValidationReport))
    writer.triples.append(ox.Triple(head, SH.conforms, conforms))
    for result in report.results:
        writer.triples.append(ox.Triple(head, SH.result, writer.write(result)))
    return [*writer.triples, *writer.paths.triples]


class ReportWriter:
    """Results as triples with numbered blank nodes."""

    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []
        self.paths = PathWriter("path")
        self._count = 0

    def fresh(self) -> ox.BlankNode:
        """A node nobody has used yet."""
        self._count += 1
        return ox.BlankNode(f"result{self._count}")

    def write(self, result: Result, messages: Mapping[str, str] | None = None) -> ox.BlankNode:
        """The node of one result; its triples are added. ``messages`` replace its own."""
        node = self.fresh()
        said = result.messages if messages is None else messages
        for predicate, value in self._parts(result, said):
            self.triples.append(ox.Triple(node, predicate, value))
        for detail in result.details:
            self.triples.append(ox.Triple(node, SH.detail, self.write(detail)))
        return node

    def _parts(
        self, result: Result, messages: Mapping[str, str]
    ) -> Iterator[tuple[ox.NamedNode, Term]]:
        yield RDF.type, SH.ValidationResult
        yield SH.focusNode, result.focus_node
        yield SH.resultSeverity, result.severity
        yield SH.sourceShape, result.source_shape
        yield SH.sourceConstraintComponent, result.constraint_component
        if result.path is not None:
            yield SH.resultPath, self.paths.write(result.path)
        if result.value is not None:
            yield SH.value, result.value
        if result.source_constraint is not None:
            yield SH.sourceConstraint, result.source_constraint
        for language, text in sorted(messages.items()):
            yield SH.resultMessage, ox.Literal(text, language=language or None)
