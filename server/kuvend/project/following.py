"""What follows from the statements of a dataset, kept up with while they change.

The inferred graph, the merged default graph and the catalog are made from the graphs of
statements; ontology, shapes and evidence come from the project's folders.
"""

from __future__ import annotations

import dataclasses
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kuvend.project.build import Sources, refuse_contradictions
from kuvend.project.catalog import catalog_triples
from kuvend.project.draft import Delta, Draft
from kuvend.project.spelling import preferred, stored_triple
from kuvend.project.verdict import in_words
from kuvend.reasoning import Reasoner
from kuvend.shacl import Report
from kuvend.shacl.native.again import Difference, Run
from kuvend.shacl.native.again import run as validate
from kuvend.store import DEFAULT_GRAPH


class Following:
    """The consequences of the statements in ``draft``, and the verdict of the shapes on them."""

    def __init__(
        self, sources: Sources, description: Sequence[ox.Triple], draft: Draft, *, base_iri: str
    ) -> None:
        self._sources = sources
        self._description = description
        self._draft = draft
        self._base_iri = base_iri
        self._ontology = frozenset(sources.ontology.triples)
        self._derived = frozenset(sources.corpus.derived)
        self._fixed = frozenset([*sources.ontology.axioms, *sources.corpus.derived])
        self._prefix = sources.graphs.statements("").value
        # How many graphs say a triple, as they write it.
        self._said: Counter[ox.Triple] = Counter(quad.triple for quad in self._statements())
        self._reasoner = Reasoner(
            [*sources.ontology.axioms, *self._said, *sources.corpus.derived],
            rules=sources.rules,
            date=sources.today,
        )
        self._closure = set(self._reasoner.closure().inferred)
        # The spellings met of triples that the engine writes otherwise.
        self._spellings: defaultdict[ox.Triple, set[ox.Triple]] = defaultdict(set)
        for known in (self._said, self._closure, self._ontology, self._derived):
            self._spell(known)
        # Whether the reasoner holds what is said; an error half-way through a change leaves less.
        self.is_whole = True
        self._run: Run | None = None
        self._checked: Run | None = None

    def is_statements(self, name: object) -> bool:
        """Whether a graph holds statements."""
        return isinstance(name, ox.NamedNode) and name.value.startswith(self._prefix)

    def follow(self, delta: Delta) -> Delta:
        """What a change of statements brings and takes away in the inferred and merged graphs.

        :raises Contradiction: where the statements contradict the ontology then; what is held
            here is as before.
        :raises KuvendError: where the rules do not come to an end with them; :attr:`is_whole`
            is false then, and everything is to be loaded anew.
        """
        came, gone = self._count(delta)
        try:
            affected = self._reason(came, gone)
        except BaseException:
            self._count(delta.inverse)
            raise
        touched = {*came, *gone, *affected}
        self._spell(touched)
        return self._derive({stored_triple(triple) for triple in touched})

    def settle(self) -> Delta:
        """The change that makes the inferred and merged graphs what they should be."""
        follows = self._closure | self._derived
        said = {*self._said, *self._ontology}
        inferred = self._sources.graphs.inferred
        wanted = preferred(
            [*(_quad(t, inferred) for t in follows - said),
             *(_quad(t, DEFAULT_GRAPH) for t in follows | said)]
        )  # fmt: skip
        return self._draft.becoming({**self._draft.nothing_in(inferred, DEFAULT_GRAPH), **wanted})

    def catalog(self, manifest: Mapping[str, Any]) -> Delta:
        """The change of the catalog, which counts the statements."""
        asserted: dict[str, list[ox.Triple]] = {}
        for quad in self._statements():
            slug = quad.graph_name.value.removeprefix(self._prefix)  # type: ignore[union-attr]
            asserted.setdefault(slug, []).append(quad.triple)
        corpus = dataclasses.replace(
            self._sources.corpus, asserted={slug: tuple(t) for slug, t in asserted.items()}
        )
        triples = catalog_triples(
            self._base_iri,
            corpus,
            self._sources.ontology,
            self._description,
            date=manifest["date"],
            input_hash=manifest["input_sha256"],
        )
        name = self._sources.graphs.catalog
        wanted = preferred(_quad(t, name) for t in triples)
        return self._draft.becoming({**self._draft.nothing_in(name), **wanted})

    def introduced(self) -> Report:
        """What the shapes say of the dataset and did not say of the state before; only what changes
        can have moved is looked at again.

        A report that is refused is no ground to go on from: see :meth:`accept`.
        """
        checked = validate(
            {*self._said, *self._ontology, *self._derived, *self._closure,
             *self._sources.corpus.evidence},
            self._sources.shapes,
            before=self._run,
        )  # fmt: skip
        self._checked = checked
        if self._run is None or not checked.report.violations:
            return checked.report
        moved = Difference.between(self._run.report, checked.report)
        return Report.of(moved.introduced, engine=moved.engine)

    def in_words(self, report: Report) -> str:
        """A report as text, for whoever made the change."""
        return in_words(report, self._sources.shapes)

    def accept(self) -> None:
        """Take the last report as the state that the next one starts from."""
        self._run = self._checked

    def _count(self, delta: Delta) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """The triples that some graph says now and none did, and the other way round."""
        came, gone = [], []
        for triple in (quad.triple for quad in delta.added):
            self._said[triple] += 1
            if self._said[triple] == 1:
                came.append(triple)
        for triple in (quad.triple for quad in delta.removed):
            self._said[triple] -= 1
            if not self._said[triple]:
                del self._said[triple]
                gone.append(triple)
        both = set(came) & set(gone)
        return [t for t in came if t not in both], [t for t in gone if t not in both]

    def _reason(self, came: list[ox.Triple], gone: list[ox.Triple]) -> set[ox.Triple]:
        self.is_whole = False
        steps = [self._reasoner.remove(t for t in gone if t not in self._fixed)] if gone else []
        steps += [self._reasoner.add(came)] if came else []
        try:
            if steps:
                refuse_contradictions(steps[-1].inconsistencies, steps[-1].same_as, self._sources)
        except BaseException:
            self._reasoner.remove(t for t in came if t not in self._fixed)
            self._reasoner.add(gone)
            self.is_whole = True
            raise
        self.is_whole = True
        for step in steps:
            self._closure |= set(step.inferred)
            self._closure -= set(step.withdrawn)
        return {t for step in steps for t in (*step.inferred, *step.withdrawn)}

    def _derive(self, triples: Iterable[ox.Triple]) -> Delta:
        """What has to come and go in the inferred and merged graphs for these triples, which are
        as the engine writes them: they are there while any spelling of them is said or follows."""
        wanted: dict[ox.Quad, ox.Quad | None] = {}
        for triple in triples:
            spellings = (triple, *self._spellings.get(triple, ()))
            said = [t for t in spellings if t in self._said or t in self._ontology]
            follows = [t for t in spellings if t in self._closure or t in self._derived]
            only_follows = [t for t in follows if t not in said]
            for name, those in (
                (self._sources.graphs.inferred, only_follows),
                (DEFAULT_GRAPH, [*said, *follows]),
            ):
                wanted[_quad(triple, name)] = None
                wanted |= preferred(_quad(t, name) for t in those)
        return self._draft.becoming(wanted)

    def _spell(self, triples: Iterable[ox.Triple]) -> None:
        for triple in triples:
            stored = stored_triple(triple)
            if stored != triple:
                self._spellings[stored].add(triple)

    def _statements(self) -> Iterator[ox.Quad]:
        for name in self._draft.store.named_graphs():
            if self.is_statements(name):
                yield from self._draft.graph(name)


def _quad(triple: ox.Triple, name: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, name)
