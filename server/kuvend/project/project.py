"""One project, opened: its folders, settings, graphs and releases."""

from __future__ import annotations

import datetime
from collections.abc import Callable
from dataclasses import replace
from functools import cached_property
from typing import Any

import pyoxigraph as ox

import kuvend
from kuvend.config import Settings
from kuvend.corpus import read_corpus
from kuvend.errors import BadRequest, KuvendError, Unavailable
from kuvend.namespaces import prefixes
from kuvend.ontology import read_ontology
from kuvend.project.build import Build, Sources, run_build
from kuvend.project.catalog import catalog_triples, issue_date, read_description
from kuvend.project.folder import ProjectFolder
from kuvend.project.release import Release, ReleaseFolder
from kuvend.project.shapes import read_shapes
from kuvend.project.vocabulary import refuse_undeclared_terms
from kuvend.reasoning import Room, load_rules
from kuvend.store import GraphNames

# A build that is not current yet to the release of it with what was written, which is.
CarryOver = Callable[[Release], Release]


def _quiet(_: str) -> None:
    """Report no progress."""


class Project:
    """A project folder with the settings it is run under."""

    def __init__(self, settings: Settings, folder: ProjectFolder | None = None) -> None:
        self.settings = settings
        self.folder = folder or ProjectFolder.open()
        self.graphs = GraphNames(settings.base_iri)
        self.releases = ReleaseFolder(
            settings.data_dir,
            keep=settings.keep_releases,
            memory_bytes=settings.memory_store_mb * 1024 * 1024,
        )

    @cached_property
    def prefixes(self) -> dict[str, str]:
        """The prefixes queries and pages of this project use."""
        return prefixes(self.settings.base_iri)

    def release(self) -> Release:
        """The release that is current now.

        :raises Unavailable: where nothing was built yet.
        """
        return self.releases.current()

    def sources(self) -> Sources:
        """The knowledge folders as read now, quotes located.

        :raises KuvendError: where a file cannot be read; quotes that are not found are kept as
            problems of the corpus.
        """
        return Sources(
            corpus=read_corpus(self.folder.data, self.settings.base_iri),
            ontology=read_ontology(self.folder.ontology),
            shapes=read_shapes(self.folder.shapes),
            graphs=self.graphs,
            rules=load_rules(self.folder.ontology / "rules"),
            today=self.today(),
        )

    def today(self) -> datetime.date:
        """The day the project's dataset speaks of as today."""
        return datetime.date.fromisoformat(self._day())

    def _day(self, date: str | None = None) -> str:
        """The day the dataset speaks of as today.

        :raises BadRequest: where ``date``, or the issue date of the dataset, is no day.
        """
        day = date or issue_date(read_description(self.folder.data)) or _today()
        try:
            return datetime.date.fromisoformat(day).isoformat()
        except ValueError as error:
            raise BadRequest(
                f"{day!r} is no day.",
                source="--date" if date else str(self.folder.data / "dataset.ttl"),
                suggestion="Write it as YYYY-MM-DD.",
            ) from error

    def is_current(self) -> bool:
        """Whether the current release was built from the folders as they are now."""
        try:
            built_from = self.release().input_hash
        except Unavailable:
            return False
        return built_from == self.folder.fingerprint(self.settings.base_iri)

    def build(
        self,
        *,
        progress: Callable[[str], None] = _quiet,
        engine: str | None = None,
        date: str | None = None,
        carry_over: CarryOver | None = None,
    ) -> tuple[Release, Build]:
        """A new release of the folders, published and made current.

        ``engine`` reasons; without it that of the settings. ``date`` is the day the dataset
        speaks of as today; without it ``data/dataset.ttl`` says it, and without that the clock.
        ``carry_over`` publishes the build with what was written through the service; without it
        the release lacks that until the next write.

        :raises KuvendError: where the folders cannot be published as they are; the current
            release stays.
        """
        with self.releases.locked():
            input_hash = self.folder.fingerprint(self.settings.base_iri)
            progress("reading")
            day = self._day(date)
            sources = replace(self.sources(), today=datetime.date.fromisoformat(day))
            sources.corpus.raise_problems()
            refuse_undeclared_terms(self.folder, sources.ontology)
            description = read_description(self.folder.data)
            catalog = catalog_triples(
                self.settings.base_iri,
                sources.corpus,
                sources.ontology,
                description,
                date=day,
                input_hash=input_hash,
            )
            chosen = engine or self.settings.reasoning_engine
            build = run_build(
                sources,
                engine=chosen,
                progress=progress,
                catalog=catalog,
                room=Room.of(self.settings),
            )
            progress("publishing")
            manifest = _manifest(build, date=day, input_hash=input_hash)
            # Folders have no empty graphs: those there are were written.
            empty = self.releases.empty_graphs().difference(manifest["graphs"])
            manifest["empty_graphs"] = sorted(empty)
            written = self.releases.written()
            if carry_over is None or not written.digest:
                return self.releases.publish(build.quads, manifest, written), build
            release = self.releases.publish(build.quads, manifest, written, switch=False)
            progress("carrying over what was written")
            return carry_over(release), build

    def ensure_release(
        self,
        *,
        progress: Callable[[str], None] = _quiet,
        carry_over: CarryOver | None = None,
    ) -> Release:
        """The current release, built first where there is none or the folders changed.

        Where the build fails and an older release exists, that one is returned and the
        failure is told through ``progress``.

        :raises KuvendError: where the build fails and there is nothing to serve.
        """
        if self.settings.scratch:
            return self._scratch_release()
        if self.is_current():
            return self.release()
        try:
            release, _ = self.build(progress=progress, carry_over=carry_over)
            return release
        except KuvendError as error:
            try:
                older = self.release()
            except Unavailable:
                raise error from None
            progress(f"the folders cannot be published: {error}\nserving the last release")
            return older

    def _scratch_release(self) -> Release:
        """The current release, first an empty one, whatever the folders hold."""
        try:
            return self.release()
        except Unavailable:
            manifest = {"kuvend": kuvend.__version__, "date": _today(), "input_sha256": ""}
            return self.releases.publish_locked([], {**manifest, "graphs": {}, "coverage": []})


def _manifest(build: Build, *, date: str, input_hash: str) -> dict[str, Any]:
    graphs: dict[str, int] = {}
    for quad in build.quads:
        name = quad.graph_name.value if isinstance(quad.graph_name, ox.NamedNode) else "default"
        graphs[name] = graphs.get(name, 0) + 1
    return {
        "kuvend": kuvend.__version__,
        "date": date,
        "input_sha256": input_hash,
        "graphs": graphs,
        "coverage": [row.as_json() for row in build.sources.corpus.coverage],
    }


def _today() -> str:
    return datetime.datetime.now(tz=datetime.UTC).date().isoformat()
