"""What follows from the statements of a dataset, kept up with while they change.

The inferred graph, the merged default graph and the catalog are made from the graphs of
statements; ontology, shapes and evidence come from the project's folders.
"""

from __future__ import annotations

import dataclasses
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

import pyoxigraph as ox

from kuvend.project.build import Sources, refuse_contradictions
from kuvend.project.catalog import catalog_triples
from kuvend.project.draft import Delta, Draft
from kuvend.reasoning import Reasoner
from kuvend.shacl import Report
from kuvend.shacl.native.again import Run
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
        # How many graphs say a triple.
        self._said: Counter[ox.Triple] = Counter(
            draft.as_written(quad).triple for quad in self._statements()
        )
        self._reasoner = Reasoner(
            [*sources.ontology.axioms, *self._said, *sources.corpus.derived],
            rules=sources.rules,
            date=sources.today,
        )
        self._closure = set(self._reasoner.closure().inferred)
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
        return self._derive({*came, *gone, *affected})

    def settle(self) -> Delta:
        """The change that makes the inferred and merged graphs what they should be."""
        follows = self._closure | self._derived
        said = {*self._said, *self._ontology}
        inferred = self._sources.graphs.inferred
        wanted = Draft(
            [*(_quad(t, inferred) for t in follows - said),
             *(_quad(t, DEFAULT_GRAPH) for t in follows | said)]
        )  # fmt: skip
        held = {q for name in (inferred, DEFAULT_GRAPH) for q in self._draft.graph(name)}
        return Delta(
            tuple(q for q in wanted.store if q not in held),
            tuple(q for q in held if q not in wanted),
        )

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
        wanted = Draft(_quad(t, name) for t in triples)
        held = set(self._draft.graph(name))
        return Delta(
            tuple(q for q in wanted.graph(name) if q not in held),
            tuple(q for q in held if q not in wanted),
        )

    def report(self) -> Report:
        """What the shapes say of the dataset; only what changes can have moved is looked at again.

        A report that is refused is no ground to go on from: see :meth:`accept`.
        """
        checked = validate(
            {*self._said, *self._ontology, *self._derived, *self._closure,
             *self._sources.corpus.evidence},
            self._sources.shapes,
            before=self._run,
        )  # fmt: skip
        self._checked = checked
        return checked.report

    def accept(self) -> None:
        """Take the last report as the state that the next one starts from."""
        self._run = self._checked

    def _count(self, delta: Delta) -> tuple[list[ox.Triple], list[ox.Triple]]:
        """The triples that some graph says now and none did, and the other way round."""
        came, gone = [], []
        for quad in delta.added:
            triple = self._draft.as_written(quad).triple
            self._said[triple] += 1
            if self._said[triple] == 1:
                came.append(triple)
        for quad in delta.removed:
            triple = self._draft.as_written(quad).triple
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
        """What has to come and go in the inferred and merged graphs for these triples."""
        added: list[ox.Quad] = []
        removed: list[ox.Quad] = []
        for triple in triples:
            is_said = triple in self._said or triple in self._ontology
            follows = triple in self._closure or triple in self._derived
            wanted = (
                (self._sources.graphs.inferred, follows and not is_said),
                (DEFAULT_GRAPH, follows or is_said),
            )
            for name, is_wanted in wanted:
                quad = self._draft.as_stored(_quad(triple, name))
                if is_wanted and quad not in self._draft:
                    added.append(quad)
                elif not is_wanted and quad in self._draft:
                    removed.append(quad)
        return Delta(tuple(added), tuple(removed))

    def _statements(self) -> Iterator[ox.Quad]:
        for name in self._draft.store.named_graphs():
            if self.is_statements(name):
                yield from self._draft.graph(name)


def _quad(triple: ox.Triple, name: ox.NamedNode | ox.DefaultGraph) -> ox.Quad:
    return ox.Quad(triple.subject, triple.predicate, triple.object, name)
