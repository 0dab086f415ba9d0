"""The graph as it stands, as plain triples: what a submission is checked against."""

from __future__ import annotations

import datetime
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property

import pyoxigraph as ox

from kuvend.describe import Evidence
from kuvend.errors import Unavailable
from kuvend.namespaces import DCT, KV, PROV, RDF, RDFS, SKOS
from kuvend.ontology import Ontology, read_ontology
from kuvend.project.consequences import Consequences
from kuvend.project.project import Project
from kuvend.project.release import Release
from kuvend.project.shapes import read_shapes
from kuvend.reasoning import Closure, Rule, close, load_rules
from kuvend.store import GraphNames, Store
from kuvend.terms import Term

LABELS = (SKOS.prefLabel, RDFS.label, DCT.title)


@dataclass(frozen=True)
class SourceText:
    """The stored text of a document: the slug, the text, and the document's date where stated."""

    slug: str
    document: str
    source: str
    text: str
    date: str | None = None


@dataclass(frozen=True)
class StandingGraph:
    """Ontology, shapes, and what is asserted, inferred and evidenced now.

    ``name`` says what it is: a release's id, ``folders`` where nothing was built yet, ``alone``
    where its data were left out.
    """

    name: str
    graphs: GraphNames
    ontology: Ontology
    shapes: tuple[ox.Triple, ...]
    asserted: tuple[ox.Triple, ...] = ()
    inferred: tuple[ox.Triple, ...] = ()
    evidence: tuple[ox.Triple, ...] = ()
    catalogue: tuple[ox.Triple, ...] = field(default=(), repr=False)
    # The rules beyond OWL, and the day that those about the present speak of.
    rules: tuple[Rule, ...] = ()
    today: datetime.date | None = None

    def closed(self, triples: Iterable[ox.Triple]) -> Closure:
        """What follows from the ontology and ``triples``."""
        return close([*self.ontology.axioms, *triples], rules=self.rules, date=self.today)

    def everything(self) -> list[ox.Triple]:
        """All that shapes are checked over, each triple once."""
        parts = (self.ontology.triples, self.asserted, self.inferred, self.evidence)
        return list(dict.fromkeys(triple for part in parts for triple in part))

    @cached_property
    def consequences(self) -> Consequences:
        """The closure of the graph, to be asked what more statements would bring."""
        return Consequences(self.ontology.axioms, self.asserted, rules=self.rules, today=self.today)

    @cached_property
    def stated(self) -> frozenset[ox.Triple]:
        """All that the graph says itself: what follows from it is left out."""
        return frozenset((*self.ontology.triples, *self.asserted, *self.evidence))

    @cached_property
    def known(self) -> frozenset[ox.Triple]:
        """What the documents state."""
        return frozenset(self.asserted)

    @cached_property
    def about(self) -> Mapping[Term, Sequence[ox.Triple]]:
        """What the documents state of each thing."""
        found: defaultdict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in self.asserted:
            found[triple.subject].append(triple)
        return dict(found)

    @cached_property
    def types(self) -> Mapping[Term, Sequence[ox.Triple]]:
        """The statements of the class of each thing, inferred ones included."""
        found: defaultdict[Term, list[ox.Triple]] = defaultdict(list)
        for triple in (*self.asserted, *self.inferred):
            if triple.predicate == RDF.type:
                found[triple.subject].append(triple)
        return dict(found)

    @cached_property
    def labels(self) -> dict[Term, dict[str, str]]:
        """The label of each thing and term by language."""
        found: dict[Term, dict[str, str]] = {}
        for triple in (*self.ontology.triples, *self.asserted):
            add_label(found, triple)
        return found

    @cached_property
    def texts(self) -> tuple[SourceText, ...]:
        """The stored texts of the documents, by slug."""
        texts = {t.subject: _value(t.object) for t in self.evidence if t.predicate == PROV.value}
        dates = {
            _value(t.subject): _value(t.object)
            for t in (*self.catalogue, *self.asserted)
            if t.predicate == DCT.date
        }
        found = [
            SourceText(
                slug=_value(t.object).rpartition("/")[2],
                document=_value(t.object),
                source=_value(t.subject),
                text=texts[t.subject],
                date=dates.get(_value(t.object)),
            )
            for t in self.evidence
            if t.predicate == KV.snapshotOf and t.subject in texts
        ]
        return tuple(sorted(found, key=lambda text: text.slug))

    @cached_property
    def reader(self) -> Evidence:
        """The claims and passages, to look a triple's sentences up in."""
        store = Store.in_memory()
        name = self.graphs.evidence
        store.load(ox.Quad(t.subject, t.predicate, t.object, name) for t in self.evidence)
        return Evidence(store, self.graphs)

    @cached_property
    def described(self) -> frozenset[str]:
        """The IRIs the graph says something of."""
        return frozenset(_value(t.subject) for t in (*self.asserted, *self.ontology.triples))

    def without_data(self) -> StandingGraph:
        """The same ontology, shapes and documents with nothing asserted."""
        return StandingGraph(
            name="alone",
            graphs=self.graphs,
            ontology=self.ontology,
            shapes=self.shapes,
            inferred=self.closed(()).inferred,
            evidence=tuple(t for t in self.evidence if t.predicate in (PROV.value, KV.snapshotOf)),
            catalogue=self.catalogue,
            rules=self.rules,
            today=self.today,
        )


def add_label(labels: dict[Term, dict[str, str]], triple: ox.Triple) -> None:
    """Note the label ``triple`` gives, if it gives one; preferred ones win."""
    if triple.predicate not in LABELS or not isinstance(triple.object, ox.Literal):
        return
    languages = labels.setdefault(triple.subject, {})
    language = triple.object.language or ""
    if triple.predicate == SKOS.prefLabel or language not in languages:
        languages[language] = triple.object.value


def read_standing_graph(project: Project) -> StandingGraph:
    """The graph of the current release, else of the folders as they are.

    :raises KuvendError: where neither can be read.
    """
    try:
        return _of_release(project, project.release())
    except Unavailable:
        return _of_folders(project)


def _of_release(project: Project, release: Release) -> StandingGraph:
    graphs = project.graphs
    found: dict[str, list[ox.Triple]] = {}
    # The dataset file, not the store: a store rewrites literals.
    for quad in ox.parse(path=str(release.dataset_path), format=ox.RdfFormat.N_QUADS):
        name = quad.graph_name
        if isinstance(name, ox.NamedNode):
            key = "asserted" if graphs.is_statements(name) else name.value
            found.setdefault(key, []).append(quad.triple)

    def of(name: ox.NamedNode) -> tuple[ox.Triple, ...]:
        return tuple(found.get(name.value, ()))

    return StandingGraph(
        name=release.id,
        graphs=graphs,
        ontology=read_ontology(project.folder.ontology),
        shapes=of(graphs.shapes),
        asserted=_once(found.get("asserted", ())),
        inferred=of(graphs.inferred),
        evidence=of(graphs.evidence),
        catalogue=of(graphs.catalog),
        rules=load_rules(project.folder.ontology / "rules"),
        today=datetime.date.fromisoformat(release.date),
    )


def _of_folders(project: Project) -> StandingGraph:
    sources = project.sources()
    asserted = _once(sources.asserted())
    given = [*sources.ontology.axioms, *asserted, *sources.corpus.derived]
    closure = close(given, rules=sources.rules, date=sources.today)
    return StandingGraph(
        name="folders",
        graphs=project.graphs,
        ontology=sources.ontology,
        shapes=read_shapes(project.folder.shapes),
        asserted=asserted,
        inferred=_once([*sources.corpus.derived, *closure.inferred]),
        evidence=tuple(sources.corpus.evidence),
        catalogue=tuple(sources.corpus.catalogue),
        rules=sources.rules,
        today=sources.today,
    )


def _once(triples: Iterable[ox.Triple]) -> tuple[ox.Triple, ...]:
    return tuple(dict.fromkeys(triples))


def _value(term: Term) -> str:
    return str(getattr(term, "value", term))
