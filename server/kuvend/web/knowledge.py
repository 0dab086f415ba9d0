"""What a request reads: the current release, opened once and shared by the threads."""

from __future__ import annotations

import datetime
import logging
import threading
from collections import Counter
from collections.abc import Iterator
from functools import cached_property
from itertools import islice
from pathlib import Path

import pyoxigraph as ox
from flask import Flask, current_app, g

from kuvend.describe import Evidence, Labels, Schema, SearchIndex, build_search_index
from kuvend.errors import KuvendError
from kuvend.namespaces import KV, OA, RDF, VOID
from kuvend.project import Project, Release
from kuvend.queries import Library, load_library
from kuvend.reasoning import Reasoner, Rule, load_rules
from kuvend.sparql.profile import Profile, profile_of
from kuvend.store import DEFAULT_GRAPH, GraphNames, Store
from kuvend.web.page_cache import PageCache

_KEY = "kuvend.knowledge"
# A text with more passages is shown in parts.
PASSAGES_A_PAGE = 600
_REASONED_TRIPLES = 300_000
_PAGES_BYTES = 32 * 1024 * 1024
_log = logging.getLogger("kuvend.web")


class Knowledge:
    """One release with everything derived from it that requests share."""

    def __init__(self, project: Project, release: Release) -> None:
        self.project = project
        self.release = release
        self.graphs: GraphNames = project.graphs
        self.label_cache: dict[ox.NamedNode, tuple[ox.Literal, ...]] = {}
        self.pages = PageCache(_PAGES_BYTES)
        self._reasoner: Reasoner | None = None
        self._has_reasoner = False
        self._long_sources: dict[ox.NamedNode, bool] = {}
        self._lock = threading.Lock()
        self._search_index: SearchIndex | None = None

    @cached_property
    def store(self) -> Store:
        """The dataset, read-only."""
        return self.release.store()

    @cached_property
    def schema(self) -> Schema:
        """Sub- and superterms and inverses."""
        return Schema(self.store)

    @cached_property
    def profile(self) -> Profile | None:
        """What the dataset holds, to judge queries by; ``None`` where it is too large to read."""
        return profile_of(self.store)

    @property
    def search_index(self) -> SearchIndex:
        """The search index, built when it is first asked for."""
        with self._lock:
            if self._search_index is None:
                self._search_index = build_search_index(self.store, self.graphs)
            return self._search_index

    @property
    def base_iri(self) -> str:
        """The canonical base of the project's IRIs."""
        return self.project.settings.base_iri

    def evidence(self) -> Evidence:
        """A reader of the evidence graph."""
        return Evidence(self.store, self.graphs)

    def labels(self, languages: tuple[str, ...]) -> Labels:
        """Labels for a reader of ``languages``."""
        return Labels(self.store, languages, cache=self.label_cache)

    @cached_property
    def library(self) -> Library:
        """The query library as the folder stands when the release is first served."""
        problems: list[KuvendError] = []
        found = load_library(self.project.folder.queries, problems=problems)
        for problem in problems:
            _log.warning("a query is left out: %s", problem)
        return found

    def is_long(self, source: ox.NamedNode) -> bool:
        """Whether the page of a text is shown in parts, because it has very many passages."""
        if source not in self._long_sources:
            quads = self.store.quads(None, OA.hasSource, source, self.graphs.evidence)
            self._long_sources[source] = len(list(islice(quads, PASSAGES_A_PAGE + 1))) > (
                PASSAGES_A_PAGE
            )
        return self._long_sources[source]

    def typed(self) -> Iterator[tuple[ox.NamedNode, ox.NamedNode]]:
        """Named things and their classes, as the default graph has them."""
        for quad in self.store.quads(None, RDF.type, None, DEFAULT_GRAPH):
            if isinstance(quad.subject, ox.NamedNode) and isinstance(quad.object, ox.NamedNode):
                yield quad.subject, quad.object

    @cached_property
    def slugs(self) -> dict[str, list[str]]:
        """The last parts of the IRIs of things and concepts, by what stands before them."""
        found: dict[str, set[str]] = {}
        for node, _ in self.typed():
            if node.value.startswith(self.base_iri):
                folder, _, slug = node.value[len(self.base_iri) :].rpartition("/")
                found.setdefault(folder, set()).add(slug)
        return {folder: sorted(slugs) for folder, slugs in found.items()}

    @cached_property
    def class_counts(self) -> Counter[ox.NamedNode]:
        """How many things of the data each class has, inferred ones included."""
        return Counter(cls for node, cls in self.typed() if self._is_thing(node))

    @cached_property
    def term_counts(self) -> Counter[ox.NamedNode]:
        """How often the documents use each class and property, from the catalog if it tells."""
        counts = self._catalogued(VOID.propertyPartition, VOID.property, VOID.triples)
        counts.update(self._catalogued(VOID.classPartition, VOID["class"], VOID.entities))
        if counts:
            return counts
        for name in self.store.graph_names():
            if not self.graphs.is_statements(name):
                continue
            for quad in self.store.quads(None, None, None, name):
                counts[quad.predicate] += 1
                if quad.predicate == RDF.type and isinstance(quad.object, ox.NamedNode):
                    counts[quad.object] += 1
        return counts

    def _catalogued(
        self, part: ox.NamedNode, term: ox.NamedNode, number: ox.NamedNode
    ) -> Counter[ox.NamedNode]:
        counts: Counter[ox.NamedNode] = Counter()
        catalog = self.graphs.catalog
        for quad in self.store.quads(None, part, None, catalog):
            if not isinstance(quad.object, ox.NamedNode):
                continue
            terms = [q.object for q in self.store.quads(quad.object, term, None, catalog)]
            numbers = [q.object for q in self.store.quads(quad.object, number, None, catalog)]
            for named, count in zip(terms, numbers, strict=False):
                if isinstance(named, ox.NamedNode) and isinstance(count, ox.Literal):
                    counts[named] = int(count.value)
        return counts

    @cached_property
    def numbers(self) -> dict[str, int]:
        """What the front page counts."""
        evidence = self.graphs.evidence
        names = self.store.graph_names()
        things = {node for node, _ in self.typed() if self._is_thing(node)}
        sources = self.evidence().sources()
        return {
            "documents": len(sources),
            "languages": len({source.language for source in sources}),
            "things": len(things),
            "statements": sum(self._size(n) for n in names if self.graphs.is_statements(n)),
            "claims": self._count_type(KV.Claim, evidence),
            "passages": self._count_type(KV.Passage, evidence),
            "absences": self._count_type(KV.AbsenceNote, evidence),
            "inferred": self._size(self.graphs.inferred),
        }

    def _is_thing(self, node: ox.NamedNode) -> bool:
        return node.value.startswith(f"{self.base_iri}id/")

    def _size(self, graph_name: ox.NamedNode) -> int:
        known = self.release.manifest.get("graphs", {}).get(graph_name.value)
        if isinstance(known, int):
            return known
        return sum(1 for _ in self.store.quads(None, None, None, graph_name))

    def _count_type(self, cls: ox.NamedNode, graph_name: ox.NamedNode) -> int:
        return sum(1 for _ in self.store.quads(None, RDF.type, cls, graph_name))

    @cached_property
    def rules(self) -> tuple[Rule, ...]:
        """The rules of the project beyond OWL 2 RL."""
        return load_rules(self.project.folder.ontology / "rules")

    @property
    def reasoner(self) -> Reasoner | None:
        """A reasoner over what is asserted, made when first asked for.

        ``None`` for a dataset that is too large to be closed while a reader waits.
        """
        with self._lock:
            if not self._has_reasoner:
                self._reasoner = self._make_reasoner()
                self._has_reasoner = True
            return self._reasoner

    def _make_reasoner(self) -> Reasoner | None:
        names = [*filter(self.graphs.is_statements, self.store.graph_names())]
        names.append(self.graphs.ontology)
        if sum(self._size(name) for name in names) > _REASONED_TRIPLES:
            return None
        given = [triple for name in names for triple in self.store.triples(name)]
        # The days a date can mean are given to the reasoner, not inferred by it.
        for prop in (KV.notBefore, KV.notAfter):
            quads = self.store.quads(None, prop, None, self.graphs.inferred)
            given += [quad.triple for quad in quads]
        date = datetime.date.fromisoformat(self.release.date)
        return Reasoner(given, rules=self.rules, date=date)

    def exists(self, iri: ox.NamedNode) -> bool:
        """Whether any graph speaks of ``iri``, or with it."""
        found = (
            self.store.quads(iri),
            self.store.quads(None, None, iri),
            self.store.quads(None, iri),
        )
        return any(True for quads in found for _ in quads)


class _Holder:
    """Keeps the knowledge of the release that is current, and replaces it after a switch."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self._lock = threading.Lock()
        self._path: Path | None = None
        self._knowledge: Knowledge | None = None

    def current(self) -> Knowledge:
        """The knowledge of the release that is current now.

        :raises Unavailable: where nothing was built yet.
        """
        release = self.project.release()
        with self._lock:
            if self._knowledge is None or self._path != release.path:
                self._knowledge = Knowledge(self.project, release)
                self._path = release.path
            return self._knowledge


def install(app: Flask, project: Project) -> None:
    """Attach the holder of the current release to ``app``."""
    app.extensions[_KEY] = _Holder(project)


def knowledge() -> Knowledge:
    """The knowledge of this request; the same from its first to its last line.

    :raises Unavailable: where nothing was built yet.
    """
    if "knowledge" not in g:
        holder: _Holder = current_app.extensions[_KEY]
        g.knowledge = holder.current()
    found: Knowledge = g.knowledge
    return found
