"""The dataset under change: updates and graphs in, a whole new release out.

Every round of changes makes a release, so that readers see one state or the other and pages,
catalogue and tags follow by themselves. What documents say is changed in their graphs; what is
written without naming a graph goes to ``graph/statements/updates``. The inferred graph, the
merged default graph and the catalogue follow; evidence, ontology and shapes come from the
project's folders and are not written here.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus

import pyoxigraph as ox

from kuvend.errors import BadRequest, Conflict, Forbidden, KuvendError, NonConforming, NotFound
from kuvend.formats import GRAPH_FORMATS, by_name
from kuvend.project.catalog import read_description
from kuvend.project.changes import CARRY_OVER, DELETE, PUT, UPDATE, Change, Outcome
from kuvend.project.conditions import check_graph, check_release, is_unmet
from kuvend.project.draft import Delta, Draft, Name
from kuvend.project.following import Following
from kuvend.project.project import Project
from kuvend.project.release import Release
from kuvend.project.restating import moved_to_statements
from kuvend.project.spelling import preferred, stored_quad
from kuvend.project.written import Written
from kuvend.sparql import explain_syntax_error, with_using
from kuvend.sparql.declarations import declared_first, place_before
from kuvend.store import DEFAULT_GRAPH
from kuvend.syntax import Parsed, Source, parse_source

UPDATES = "updates"
_HOW_TO_CARRY_OVER = (
    " `KUVEND_VALIDATE_WRITES=warn kuvend build` publishes the build with it as it is; updates "
    "then take the statements out."
)


@dataclass
class _Step:
    """A change that was made to the draft: what it did, and whether it made a graph."""

    delta: Delta
    followed: Delta
    created: bool

    @property
    def changed(self) -> bool:
        """Whether the dataset is another one after it."""
        return any((*self.delta.parts, *self.followed.parts))


class LiveDataset:
    """The current release, held in memory, and how to change it.

    In a scratch project, which has no ontology and no shapes, graphs are taken as they come.
    """

    def __init__(self, project: Project) -> None:
        self.project = project
        self._is_scratch = project.settings.scratch
        self._following: Following | None = None
        self._release: Release | None = None
        self._draft = Draft([])
        self._written = Written()
        self._made: dict[str, bool] = {}
        self._build: Release | None = None

    def apply(self, change: Change) -> Outcome:
        """Publish the dataset as ``change`` makes it.

        :raises KuvendError: where it is refused; nothing is changed then.
        """
        found = self.apply_all({"": change})[""]
        if isinstance(found, KuvendError):
            raise found
        return found

    def apply_all(self, changes: Mapping[str, Change]) -> dict[str, Outcome | KuvendError]:
        """What came of each change: they are made one after the other and published at once.

        A change that is refused leaves the others as they are. The release names those it holds.

        :raises KuvendError: where no change can be made now.
        """
        with self.project.releases.locked():
            self._refresh()
            if self._current.lacks_written:
                self._must(self._attempt({"": Change(CARRY_OVER)})[""])
            self._made = {}
            return self._attempt(changes)

    def carry_over(self, build: Release) -> Release:
        """The release of ``build`` with what was written earlier in it, published.

        ``build`` need not be current; the caller holds the lock.

        :raises Conflict: where that does not fit; nothing is published then.
        """
        self._build = build
        try:
            self._refresh()
            self._must(self._attempt({"": Change(CARRY_OVER)})[""])
        except KuvendError as error:
            if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
                raise
            advice = _HOW_TO_CARRY_OVER if isinstance(error, NonConforming) else ""
            raise Conflict(
                f"what was written earlier does not fit the new build.{advice}\n{error}"
            ) from error
        finally:
            self._build = None
        return self._current

    @property
    def _current(self) -> Release:
        assert self._release is not None, "the dataset was loaded"
        return self._release

    def _must(self, outcome: Outcome | KuvendError) -> None:
        if isinstance(outcome, KuvendError):
            raise outcome

    def _refresh(self) -> None:
        """Hold what the current release holds, unless that is so already."""
        release = self._build or self.project.release()
        if self._release is not None and release.path == self._release.path:
            return
        self._release = None
        self._draft = Draft(release.quads(), release.empty_graphs)
        self._written = release.written
        if not self._is_scratch:
            self._following = self._follow(release)
            self._draft.change(self._following.settle())
            if self.project.settings.validate_writes != "off":
                # The state before the first change, so that changes are looked at alone.
                self._following.introduced()
                self._following.accept()
        self._release = release

    def _follow(self, release: Release) -> Following:
        """What follows the statements of ``release``, by the folders it was built from.

        :raises Conflict: where these were changed since.
        """
        folder = self.project.folder
        if folder.fingerprint(self.project.settings.base_iri) != release.input_hash:
            raise Conflict(
                "the project's folders were changed since the release was built.",
                suggestion="Run kuvend build, then send the change again.",
            )
        return Following(
            self.project.sources(),
            read_description(folder.data),
            self._draft,
            base_iri=self.project.settings.base_iri,
        )

    # -- a round of changes ----------------------------------------------------------------

    def _attempt(self, changes: Mapping[str, Change]) -> dict[str, Outcome | KuvendError]:
        found: dict[str, Outcome | KuvendError] = {}
        steps: dict[str, _Step] = {}
        release, self._release = self._current, None
        for number, change in changes.items():
            try:
                # What another one of the round changed no release shows yet.
                is_as_released = not any(step.changed for step in steps.values())
                check_release(change, release.id if is_as_released else "")
                steps[number] = self._step(change)
            except KuvendError as error:
                if self._following is not None and not self._following.is_whole:
                    self._refresh()
                    return self._one_by_one(changes, error)
                found[number] = error
        # From here to the end what is held is ahead of the release: an error loads it anew.
        report = ""
        if steps:
            try:
                report = self._validate()
            except NonConforming as error:
                for step in reversed(steps.values()):
                    self._undo(step)
                self._release = release
                again = {n: c for n, c in changes.items() if n in steps or is_unmet(found.get(n))}
                return found | self._one_by_one(again, error)
            release = self._publish(release, steps)
        self._release = release
        made = {n: Outcome(release.id, step.created, report) for n, step in steps.items()}
        return found | made

    def _one_by_one(
        self, changes: Mapping[str, Change], refusal: KuvendError
    ) -> dict[str, Outcome | KuvendError]:
        """Each change in a round of its own, after they were refused together."""
        if len(changes) == 1:
            return dict.fromkeys(changes, refusal)
        found: dict[str, Outcome | KuvendError] = {}
        for number, change in changes.items():
            found |= self._attempt({number: change})
        return found

    def _step(self, change: Change) -> _Step:
        """Make ``change`` in the draft, with what follows from it.

        :raises KuvendError: where it is refused; the draft is as before.
        """
        graph = self._writable_graph(change.graph)
        # The default graph always is; what is written to it may be the first of its graph.
        is_there = change.graph is None or self._draft.has_graph(graph)
        check_graph(change, is_there=is_there)
        if change.kind == UPDATE:
            delta = self._update(change)
        elif change.kind == CARRY_OVER:
            delta = self._carry_over()
        elif change.kind == DELETE:
            if not is_there:
                raise NotFound(f"there is no graph {change.graph}.")
            delta = self._draft.drop(graph) if self._draft.has_graph(graph) else Delta()
        else:
            quads = self._parse(change, graph)
            delta = self._draft.replace(graph, quads, keep=change.kind != PUT)
        created = change.kind != UPDATE and not is_there
        if self._following is None:
            return _Step(delta, Delta(), created)
        return self._with_consequences(self._following, delta, created=created)

    def _with_consequences(self, following: Following, delta: Delta, *, created: bool) -> _Step:
        withdrawn = [q.triple for q in delta.removed if q.graph_name == DEFAULT_GRAPH]
        try:
            self._refuse_reserved(delta)
            updates = self.project.graphs.statements(UPDATES)
            delta = moved_to_statements(self._draft, delta, updates, following.is_statements)
            said = delta.within(following.is_statements)
            # What is stated elsewhere by the same change is moved, not withdrawn.
            stated = {quad.triple for quad in said.added}
            withdrawn = [triple for triple in withdrawn if triple not in stated]
            followed = following.follow(said)
        except BaseException:
            self._draft.change(delta.inverse)
            raise
        self._draft.change(followed)
        step = _Step(delta, followed, created)
        for triple in withdrawn:
            if ox.Quad(triple.subject, triple.predicate, triple.object) in self._draft:
                self._undo(step)
                raise Conflict(
                    f"{triple} cannot be deleted: it still follows from other statements.",
                    suggestion="/explain says from which.",
                )
        return step

    def _undo(self, step: _Step) -> None:
        self._draft.change(step.followed.inverse)
        self._draft.change(step.delta.inverse)
        if self._following is not None:
            self._following.follow(step.delta.inverse.within(self._following.is_statements))

    def _update(self, change: Change) -> Delta:
        given = with_using(change.text, change.using, change.using_named)
        text = declared_first(given)
        try:
            return self._draft.update(
                text,
                self.project.settings.base_iri,
                with_restated=self._following is not None,
            )
        except SyntaxError as error:
            message = str(error) if text == given else place_before(str(error))
            raise explain_syntax_error(message, change.text, self.project.prefixes) from error
        except (ValueError, RuntimeError, OSError) as error:
            raise BadRequest(f"the update cannot be carried out: {error}") from error

    def _carry_over(self) -> Delta:
        """Make the changes of the record again that this build does not hold."""
        wanted: dict[ox.Quad, ox.Quad | None] = {}
        wanted |= dict.fromkeys(map(stored_quad, self._written.withdrawn))
        # What is written otherwise now was withdrawn as it had been.
        wanted |= preferred(self._written.added)
        delta = self._draft.becoming(wanted)
        self._draft.change(delta)
        return delta

    def _parse(self, change: Change, name: Name) -> list[ox.Quad]:
        quads: list[ox.Quad] = []
        for content, media_type in change.files:
            form = by_name(media_type, GRAPH_FORMATS)
            source = Source(change.graph or "default graph", content, media_type)
            # Blank nodes of two requests are never the same, whatever they are called.
            prefix = f"w{ox.BlankNode().value}"
            parsed = parse_source(source, base_iri=change.graph, blank_prefix=prefix, form=form)
            parsed.raise_first()
            _refuse_other_graphs(parsed, name)
            quads += [
                ox.Quad(quad.subject, quad.predicate, quad.object, name) for quad in parsed.quads
            ]
        return quads

    # -- what may be written ---------------------------------------------------------------

    def _writable_graph(self, iri: str | None) -> Name:
        """The graph a request means; without a name, in a project, that of updates.

        :raises Forbidden: for a graph that is made from others.
        """
        if iri is None:
            return DEFAULT_GRAPH if self._is_scratch else self.project.graphs.statements(UPDATES)
        name = ox.NamedNode(iri)
        if not self._is_scratch and name in self._reserved():
            raise Forbidden(f"{iri} is made by Kuvend and is not written directly.")
        return name

    def _refuse_reserved(self, delta: Delta) -> None:
        touched = {quad.graph_name for quad in (*delta.added, *delta.removed)}
        if not touched.isdisjoint(self._reserved()):
            raise Forbidden(
                "the graphs inferred, evidence, ontology, shapes and catalog are not written "
                "by updates.",
                suggestion="Write to a graph under graph/statements/ or to one of your own.",
            )

    def _reserved(self) -> tuple[ox.NamedNode, ...]:
        graphs = self.project.graphs
        return (graphs.inferred, graphs.evidence, graphs.ontology, graphs.shapes, graphs.catalog)

    # -- publishing ------------------------------------------------------------------------

    def _validate(self) -> str:
        wanted = self.project.settings.validate_writes
        if wanted == "off" or self._following is None:
            return ""
        report = self._following.introduced()
        if report.violations and wanted == "refuse":
            raise NonConforming(self._following.in_words(report))
        self._following.accept()
        return self._following.in_words(report) if report.violations else ""

    def _publish(self, before: Release, steps: Mapping[str, _Step]) -> Release:
        if self._following is not None:
            self._draft.change(self._following.catalog(before.manifest))
            for step in steps.values():
                kept = self._to_keep(step.delta)
                self._written = self._written.after(kept.added, kept.removed)
        manifest = {
            **before.manifest,
            "graphs": self._draft.sizes(),
            "empty_graphs": self._draft.empty_graphs(),
            # Also those of the same round that were published before.
            "changes": {**self._made, **{number: step.created for number, step in steps.items()}},
        }
        self._made = manifest["changes"]
        release = self.project.releases.publish_change(
            before,
            self._draft.lines(),
            self._draft.since_release(),
            manifest,
            self._written,
        )
        self._draft.released()
        return release

    def _to_keep(self, delta: Delta) -> Delta:
        """The part of a change that the record keeps: all but what is made from others."""
        derived = {*self._reserved(), DEFAULT_GRAPH}
        return delta.within(lambda name: name not in derived)


def _refuse_other_graphs(parsed: Parsed, name: Name) -> None:
    """Nothing where what is sent to a graph names that graph, or none.

    :raises BadRequest: where quads are to stand elsewhere.
    """
    for quad in parsed.quads:
        if quad.graph_name not in (DEFAULT_GRAPH, name):
            line, column = parsed.position(quad.subject_at) or (None, None)
            raise BadRequest(
                f"what is sent to one graph names another one, {quad.graph_name}.",
                source=parsed.source,
                line=line,
                column=column,
                suggestion="Send each graph to an address of its own, or all by INSERT DATA.",
            )
