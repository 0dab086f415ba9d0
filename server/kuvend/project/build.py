"""A build: knowledge folders in, one dataset out, or a clear account of why not.

The order is that of the data flow: read and locate quotes, reason, validate, assemble.
Nothing is written here; :mod:`kuvend.project.release` publishes.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable, Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.corpus import Corpus
from kuvend.errors import Contradiction, NonConforming
from kuvend.ontology import Ontology
from kuvend.project.evidence import cited_lines
from kuvend.project.verdict import in_words
from kuvend.reasoning import Closure, Inconsistency, Rule, SameAs, close
from kuvend.shacl import Report, validate_graph
from kuvend.store import DEFAULT_GRAPH, GraphNames

Progress = Callable[[str], None]


@dataclass(frozen=True)
class Sources:
    """What a build starts from, as read from the folders."""

    corpus: Corpus
    ontology: Ontology
    shapes: tuple[ox.Triple, ...]
    graphs: GraphNames
    # The rules beyond OWL, and the day that those about the present speak of.
    rules: tuple[Rule, ...] = ()
    today: datetime.date | None = None

    def asserted(self) -> list[ox.Triple]:
        """The asserted triples of all documents, each once."""
        every = (t for triples in self.corpus.asserted.values() for t in triples)
        return list(dict.fromkeys(every))

    def cited(self, triples: Iterable[ox.Triple]) -> list[str]:
        """Each triple on a line, followed by the sentences that say it."""
        return cited_lines(triples, self.corpus.evidence, self.graphs)


@dataclass(frozen=True)
class Build:
    """A finished build: the dataset's quads and the reports behind them."""

    sources: Sources
    closure: Closure
    report: Report
    quads: tuple[ox.Quad, ...]


def run_build(
    sources: Sources, *, engine: str, progress: Progress, catalog: Iterable[ox.Triple]
) -> Build:
    """The dataset of ``sources``.

    :raises CorpusError: for quotes that are not in their documents, all of them at once.
    :raises Contradiction: where the data contradict the ontology, or equate two things.
    :raises NonConforming: where the data violate a shape.
    """
    sources.corpus.raise_problems()
    progress("reasoning")
    closure = reason(sources, engine=engine)
    progress("validating")
    report = validate(sources, closure)
    progress("assembling")
    quads = tuple(assemble(sources, closure, catalog))
    return Build(sources, closure, report, quads)


def reason(sources: Sources, *, engine: str) -> Closure:
    """The closure of ontology and asserted triples; a contradiction stops here.

    :raises Contradiction: naming rule, triples and the claims behind them.
    """
    given = [*sources.ontology.axioms, *sources.asserted(), *sources.corpus.derived]
    closure = close(given, engine=engine, rules=sources.rules, date=sources.today)
    refuse_contradictions(closure.inconsistencies, closure.same_as, sources)
    return closure


def refuse_contradictions(
    inconsistencies: Iterable[Inconsistency], same_as: Iterable[SameAs], sources: Sources
) -> None:
    """Nothing where reasoning found nothing amiss.

    :raises Contradiction: naming rule, triples and the claims behind them.
    """
    problems = [
        *(_inconsistency(found, sources) for found in inconsistencies),
        *(_equated(found, sources) for found in same_as),
    ]
    if problems:
        raise Contradiction("\n\n".join(problems))


def _inconsistency(found: Inconsistency, sources: Sources) -> str:
    head = f"Contradiction by rule {found.rule}: {found.message}"
    return "\n".join([head, *sources.cited(found.triples)])


def _equated(found: SameAs, sources: Sources) -> str:
    head = f"Rule {found.rule} makes {found.left} and {found.right} one thing, and nobody said so:"
    return "\n".join([head, *sources.cited(found.triples)])


def validate(sources: Sources, closure: Closure) -> Report:
    """The report of the shapes over data, inferences, ontology and evidence together.

    :raises NonConforming: where a result has severity Violation.
    """
    data = dict.fromkeys(
        [
            *sources.ontology.triples,
            *sources.asserted(),
            *sources.corpus.derived,
            *closure.inferred,
            *sources.corpus.evidence,
        ]
    )
    report = validate_graph(data, sources.shapes)
    if report.violations:
        raise NonConforming(in_words(report, sources.shapes))
    return report


def assemble(sources: Sources, closure: Closure, catalog: Iterable[ox.Triple]) -> Iterable[ox.Quad]:
    """The quads of the dataset: the named graphs, then the merge as the default graph."""
    graphs = sources.graphs
    asserted = set(sources.asserted())
    ontology = set(sources.ontology.triples)
    inferred = {*closure.inferred, *sources.corpus.derived} - asserted - ontology
    for slug, triples in sources.corpus.asserted.items():
        yield from _in_graph(triples, graphs.statements(slug))
    yield from _in_graph(inferred, graphs.inferred)
    yield from _in_graph(sources.corpus.evidence, graphs.evidence)
    yield from _in_graph([*ontology, *sources.ontology.alignments], graphs.ontology)
    yield from _in_graph(sources.shapes, graphs.shapes)
    yield from _in_graph(catalog, graphs.catalog)
    yield from _in_graph(asserted | ontology | inferred, DEFAULT_GRAPH)


def _in_graph(
    triples: Iterable[ox.Triple], graph_name: ox.NamedNode | ox.DefaultGraph
) -> Iterable[ox.Quad]:
    return (ox.Quad(t.subject, t.predicate, t.object, graph_name) for t in triples)
