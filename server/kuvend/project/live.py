"""The dataset under change: an update or a graph in, a whole new release out.

Every change makes a release, so that readers see one state or the other and pages, catalogue
and tags follow by themselves. What documents say is changed in their graphs; what is written
without naming a graph goes to ``graph/statements/updates``. The inferred graph, the merged
default graph and the catalogue are made anew; evidence, ontology and shapes come from the
project's folders and are not written here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.errors import BadRequest, Conflict, Forbidden, NonConforming, NotFound
from kuvend.formats import GRAPH_FORMATS, by_name
from kuvend.project.build import Sources, assemble, reason
from kuvend.project.catalog import catalog_triples, read_description
from kuvend.project.changes import CARRY_OVER, DELETE, POST, PUT, UPDATE, Change, Outcome
from kuvend.project.project import Project
from kuvend.project.written import Written
from kuvend.shacl import validate_graph
from kuvend.sparql import explain_syntax_error, with_using
from kuvend.store import DEFAULT_GRAPH
from kuvend.syntax import Source, parse_source

UPDATES = "updates"
_Name = ox.NamedNode | ox.BlankNode | ox.DefaultGraph


@dataclass
class _State:
    """What writers own: the triples of statement graphs by slug, and the other named graphs."""

    asserted: dict[str, tuple[ox.Triple, ...]]
    others: tuple[ox.Quad, ...]


class LiveDataset:
    """The current release, held in memory, and how to change it.

    In a scratch project, which has no ontology and no shapes, graphs are taken as they come.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._is_scratch = project.settings.scratch
        self._sources: Sources | None = None
        self._input_hash: str | None = None
        self._release_id = ""
        self._store = ox.Store()
        self._withdrawn: set[ox.Triple] = set()
        self._written = Written(project.settings.data_dir)

    def apply(self, change: Change) -> Outcome:
        """Publish the dataset as ``change`` makes it.

        :raises KuvendError: where it is refused; nothing is changed then.
        """
        with self.project.releases.locked():
            self._refresh()
            if change.kind != CARRY_OVER and self._is_behind():
                self._make(Change(CARRY_OVER))
            return self._make(change)

    def catch_up(self) -> None:
        """Publish what was written earlier where a build left it out.

        :raises KuvendError: where it does not fit the new build; that one stays current.
        """
        with self.project.releases.locked():
            self._refresh()
            if self._is_behind():
                self._make(Change(CARRY_OVER))

    def _make(self, change: Change) -> Outcome:
        self._withdrawn = set()
        created = self._change(change)
        quads, report = self._completed()
        release = self._publish(quads)
        self._release_id = release
        return Outcome(release, created, report)

    def _is_behind(self) -> bool:
        """Whether a build since the last change left out what was written earlier."""
        digest = "" if self._is_scratch else self._written.digest()
        return digest not in ("", self.project.release().manifest.get("written"))

    def _refresh(self) -> None:
        """Hold what the current release holds, unless that is so already."""
        release = self.project.release()
        if release.id == self._release_id:
            return
        if not self._is_scratch and release.input_hash != self._input_hash:
            self._sources, self._input_hash = self.project.sources(), release.input_hash
        self._store = ox.Store()
        self._store.bulk_extend(release.store().quads())
        for name in release.manifest.get("empty_graphs", []):
            self._store.add_graph(ox.NamedNode(name))
        self._release_id = release.id

    def _change(self, change: Change) -> bool:
        """Apply ``change`` to the store in memory; whether it made a graph."""
        graph = self._writable_graph(change.graph)
        # From here on the store in memory is ahead of the release, until that is published.
        self._release_id = ""
        if change.kind == UPDATE:
            self._update(change)
            return False
        if change.kind == CARRY_OVER:
            self._carry_over()
            return False
        name = graph
        existed = name == DEFAULT_GRAPH or self._store.contains_named_graph(_named(name))
        if change.kind == DELETE:
            if not existed:
                raise NotFound(f"there is no graph {change.graph}.")
            self._clear(name)
            return False
        quads = self._parse(change, name)
        if change.kind == PUT:
            self._clear(name)
        if change.kind in {PUT, POST}:
            self._store.extend(quads)
        if isinstance(name, ox.NamedNode):
            self._store.add_graph(name)
        return not existed

    def _update(self, change: Change) -> None:
        text = with_using(change.text, change.using, change.using_named)
        before = None if self._is_scratch else self._protected()
        merged = set() if self._is_scratch else self._merged()
        try:
            self._store.update(text, base_iri=self.project.settings.base_iri)
        except SyntaxError as error:
            raise explain_syntax_error(str(error), change.text, self.project.prefixes) from error
        except (ValueError, RuntimeError, OSError) as error:
            raise BadRequest(f"the update cannot be carried out: {error}") from error
        if before is not None:
            if self._protected() != before:
                raise Forbidden(
                    "the graphs inferred, evidence, ontology, shapes and catalog are not written "
                    "by updates.",
                    suggestion="Write to a graph under graph/statements/ or to one of your own.",
                )
            self._follow_default_graph(merged)

    def _follow_default_graph(self, before: set[ox.Triple]) -> None:
        """Carry what was done to the merge over to the graphs it is the merge of."""
        after = self._merged()
        target = self.project.graphs.statements(UPDATES)
        self._store.extend(_in_graph(after - before, target))
        self._withdrawn = before - after
        for triple in self._withdrawn:
            held = self._store.quads_for_pattern(triple.subject, triple.predicate, triple.object)
            for quad in [q for q in held if self._is_statement(q.graph_name)]:
                self._store.remove(quad)

    def _check_withdrawn(self, quads: Iterable[ox.Quad]) -> None:
        """Nothing where what was deleted from the default graph is gone from it.

        :raises Conflict: for a triple that the ontology holds or that follows from others.
        """
        still = [q for q in quads if q.graph_name == DEFAULT_GRAPH and q.triple in self._withdrawn]
        if still:
            raise Conflict(
                f"{still[0].triple} cannot be deleted: it still follows from other statements.",
                suggestion="/explain says from which.",
            )

    def _carry_over(self) -> None:
        added, withdrawn = self._written.read()
        for quad in withdrawn:
            self._store.remove(quad)
        self._store.extend(added)

    def _parse(self, change: Change, name: _Name) -> list[ox.Quad]:
        quads: list[ox.Quad] = []
        for content, media_type in change.files:
            form = by_name(media_type, GRAPH_FORMATS)
            source = Source(change.graph or "default graph", content, media_type)
            # Blank nodes of two requests are never the same, whatever they are called.
            prefix = f"w{ox.BlankNode().value}"
            parsed = parse_source(source, base_iri=change.graph, blank_prefix=prefix, form=form)
            parsed.raise_first()
            quads += _in_graph((quad.triple for quad in parsed.quads), name)
        return quads

    def _clear(self, name: _Name) -> None:
        if isinstance(name, ox.DefaultGraph):
            self._store.clear_graph(name)
        else:
            self._store.remove_graph(name)

    def _writable_graph(self, iri: str | None) -> _Name:
        """The graph a request means; without a name, in a project, that of updates.

        :raises Forbidden: for a graph that is made from others.
        """
        if iri is None:
            return DEFAULT_GRAPH if self._is_scratch else self.project.graphs.statements(UPDATES)
        name = ox.NamedNode(iri)
        if not self._is_scratch and name in self._reserved():
            raise Forbidden(f"{iri} is made by Kuvend and is not written directly.")
        return name

    def _reserved(self) -> tuple[ox.NamedNode, ...]:
        graphs = self.project.graphs
        return (graphs.inferred, graphs.evidence, graphs.ontology, graphs.shapes, graphs.catalog)

    def _protected(self) -> set[ox.Quad]:
        return {q for name in self._reserved() for q in self._graph(name)}

    def _merged(self) -> set[ox.Triple]:
        return {quad.triple for quad in self._graph(DEFAULT_GRAPH)}

    def _graph(self, name: _Name) -> Iterable[ox.Quad]:
        return self._store.quads_for_pattern(None, None, None, name)

    def _is_statement(self, name: _Name) -> bool:
        return isinstance(name, ox.NamedNode) and self.project.graphs.is_statements(name)

    def _state(self) -> _State:
        prefix = self.project.graphs.statements("").value
        asserted: dict[str, list[ox.Triple]] = {}
        others: list[ox.Quad] = []
        reserved = set(self._reserved())
        for quad in self._store:
            name = quad.graph_name
            if self._is_statement(name):
                asserted.setdefault(name.value.removeprefix(prefix), []).append(quad.triple)
            elif isinstance(name, ox.NamedNode) and name not in reserved:
                others.append(quad)
        ordered = {slug: tuple(sorted(rows, key=str)) for slug, rows in sorted(asserted.items())}
        return _State(ordered, tuple(others))

    def _completed(self) -> tuple[list[ox.Quad], str]:
        """The quads of the whole dataset with everything that follows, and the report.

        :raises Contradiction: where the change contradicts the ontology.
        :raises NonConforming: where it violates a shape and writes are checked.
        """
        if self._sources is None:
            return list(self._store), ""
        state = self._state()
        corpus = dataclasses.replace(self._sources.corpus, asserted=state.asserted)
        sources = dataclasses.replace(self._sources, corpus=corpus)
        closure = reason(sources, engine="kuvend")
        report = self._validate(sources, closure.inferred)
        manifest = self.project.release().manifest
        catalog = catalog_triples(
            self.project.settings.base_iri,
            corpus,
            sources.ontology,
            read_description(self.project.folder.data),
            date=manifest["date"],
            input_hash=manifest["input_sha256"],
        )
        quads = [*assemble(sources, closure, catalog), *state.others]
        self._check_withdrawn(quads)
        self._store = ox.Store()
        self._store.bulk_extend(quads)
        self._written.write(*self._differences(state, self._sources))
        return quads, report

    def _validate(self, sources: Sources, inferred: Iterable[ox.Triple]) -> str:
        wanted = self.project.settings.validate_writes
        if wanted == "off":
            return ""
        data = dict.fromkeys(
            [*sources.ontology.triples, *sources.asserted(), *sources.corpus.derived, *inferred,
             *sources.corpus.evidence]
        )  # fmt: skip
        report = validate_graph(data, sources.shapes)
        if report.violations and wanted == "refuse":
            raise NonConforming(report.as_text())
        return report.as_text() if report.violations else ""

    def _differences(self, state: _State, sources: Sources) -> tuple[list[ox.Quad], list[ox.Quad]]:
        """What was written beyond the folders, and what of the folders was withdrawn."""
        now = {q for slug, rows in state.asserted.items() for q in self._statements(slug, rows)}
        folders = {
            q
            for slug, rows in sources.corpus.asserted.items()
            for q in self._statements(slug, rows)
        }
        return [*(now - folders), *state.others], [*(folders - now)]

    def _statements(self, slug: str, rows: Iterable[ox.Triple]) -> Iterable[ox.Quad]:
        return _in_graph(rows, self.project.graphs.statements(slug))

    def _publish(self, quads: list[ox.Quad]) -> str:
        held = {quad.graph_name for quad in quads}
        empty = [n.value for n in self._store.named_graphs() if n not in held]
        graphs: dict[str, int] = {}
        for quad in quads:
            is_named = isinstance(quad.graph_name, ox.NamedNode)
            name = quad.graph_name.value if is_named else "default"  # type: ignore[union-attr]
            graphs[name] = graphs.get(name, 0) + 1
        manifest = {
            **self.project.release().manifest,
            "graphs": graphs,
            "empty_graphs": sorted(empty),
            "written": self._written.digest(),
        }
        return self.project.releases.publish(quads, manifest).id


def _named(name: _Name) -> ox.NamedNode | ox.BlankNode:
    assert not isinstance(name, ox.DefaultGraph)
    return name


def _in_graph(triples: Iterable[ox.Triple], name: _Name) -> Iterable[ox.Quad]:
    return (ox.Quad(t.subject, t.predicate, t.object, name) for t in triples)
