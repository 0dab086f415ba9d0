"""What a project can be checked against: its named shape sets, and profiles that combine them.

Every file and folder below ``shapes/`` is a set under its path without the ending; ``all`` is
every file and ``must`` those with a shape whose breach is a violation. Titles, further sets and
profiles are data in the shapes graph, in the Profiles Vocabulary: a ``prof:Profile`` has resources
(``prof:hasResource``) that are sets, a severity at which it fails (``kv:failsOn``), and says with
``kv:inContext`` whether the graph's data are taken along.

Source: https://www.w3.org/TR/dx-prof/
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path

import pyoxigraph as ox

from kuvend.errors import BadRequest
from kuvend.namespaces import DCT, KV, PROF, RDF, SH
from kuvend.project.shapes import merged, read_shape_files
from kuvend.shacl.checks.nearest import nearest
from kuvend.shacl.finding import SEVERITIES, Severity, pick
from kuvend.shacl.graph import Graph
from kuvend.shacl.native.engine import without_targets
from kuvend.shacl.report import INFO, VIOLATION, WARNING
from kuvend.terms import Term

ALL, MUST = "all", "must"
DEFAULT_PROFILE = "contributor"
_SHAPES = (SH.NodeShape, SH.PropertyShape)
_TARGETS = (SH.targetClass, SH.targetNode, SH.targetSubjectsOf, SH.targetObjectsOf)
_PLACE = re.compile(r"\{[?$]\w+\}")
_OF_SEVERITY: Mapping[Term, Severity] = {VIOLATION: "violation", WARNING: "warning", INFO: "info"}
Texts = Mapping[str, str]


@dataclass(frozen=True)
class ShapeSet:
    """Some of the shapes files under one name, with its titles by language."""

    name: str
    files: tuple[str, ...]
    titles: Texts


@dataclass(frozen=True)
class Profile:
    """A way to check: which sets, from which severity on data fail, and whether with the graph."""

    name: str
    sets: tuple[str, ...] = (ALL,)
    fails_on: tuple[Severity, ...] = ("violation",)
    in_context: bool = True
    titles: Texts = field(default_factory=dict)
    descriptions: Texts = field(default_factory=dict)


class ShapeCatalogue:
    """The sets and profiles of one shapes folder."""

    def __init__(self, files: Mapping[str, tuple[ox.Triple, ...]]) -> None:
        self.files = files
        self.graph = Graph(merged(files))

    @classmethod
    def read(cls, folder: Path) -> ShapeCatalogue:
        """The catalogue of ``folder``.

        :raises BadSyntax: for a file that does not parse.
        """
        return cls(read_shape_files(folder))

    @cached_property
    def shapes(self) -> dict[Term, str]:
        """Each shape with a name and the file it is in."""
        return {
            triple.subject: name
            for name, triples in self.files.items()
            for triple in triples
            if triple.predicate == RDF.type and triple.object in _SHAPES
            if isinstance(triple.subject, ox.NamedNode)
        }

    @cached_property
    def sets(self) -> dict[str, ShapeSet]:
        """The sets by name: ``all`` and ``must``, then the declared ones, folders and files."""
        names = [name for name in self.files if name in set(self.shapes.values())]
        files: dict[str, tuple[str, ...]] = {
            ALL: tuple(names),
            MUST: tuple(name for name in names if self._refuses(name)),
        }
        for name in names:
            parts = name.split("/")
            for end in range(1, len(parts)):
                folder = "/".join(parts[:end])
                files[folder] = (*files.get(folder, ()), name)
        declared = {self._name(node): node for node in self._of(PROF.ResourceDescriptor)}
        files |= {name: (name,) for name in names}
        for name, node in declared.items():
            parts = [self._name(part) for part in self.graph.objects(node, PROF.hasArtifact)]
            if parts:
                files[name] = tuple(f for part in parts for f in files.get(part, ()))
        return {
            name: ShapeSet(name, found, self._texts(declared.get(name), DCT.title))
            for name, found in files.items()
        }

    @cached_property
    def profiles(self) -> dict[str, Profile]:
        """The profiles by name; where the project declares none, one that checks everything."""
        found = [self._profile(node) for node in self._of(PROF.Profile)]
        return {one.name: one for one in found} or {DEFAULT_PROFILE: Profile(DEFAULT_PROFILE)}

    def profile(self, name: str) -> Profile:
        """The profile called ``name``.

        :raises BadRequest: where there is none.
        """
        if name not in self.profiles:
            raise _unknown("profile", name, self.profiles)
        return self.profiles[name]

    def triples_of(self, names: Iterable[str]) -> tuple[ox.Triple, ...] | None:
        """The shapes graph in which only the shapes of these sets start; ``None`` for all.

        What they refer to in other files, prefixes among it, stays.

        :raises BadRequest: for a set there is not.
        """
        chosen: set[str] = set()
        for name in names:
            if name not in self.sets:
                raise _unknown("shape set", name, self.sets)
            chosen.update(self.sets[name].files)
        if chosen >= set(self.sets[ALL].files):
            return None
        found: dict[ox.Triple, None] = {}
        for name, triples in self.files.items():
            kept = triples
            if name not in chosen:
                kept = tuple(without_targets(triples, {t.subject for t in triples}))
            found.update(dict.fromkeys(kept))
        return tuple(found)

    def set_of(self, shape: Term) -> str:
        """The file a shape with a name is in."""
        return self.shapes[shape]

    def message(self, shape: Term, languages: Iterable[str]) -> str:
        """What a shape says of data that break it, with … for the values at hand."""
        owners = [shape, *self.graph.objects(shape, SH.sparql)]
        texts: dict[str, str] = {}
        for owner in owners:
            for language, text in self._texts(owner, SH.message).items():
                texts.setdefault(language, text)
        return _PLACE.sub("…", pick(texts, languages)) if texts else ""

    # -- reading ---------------------------------------------------------------------------

    def _refuses(self, name: str) -> bool:
        """Whether a shape of the file makes data fail by the default threshold."""
        of_file = Graph(self.files[name])
        if any(True for _ in of_file.subjects(SH.severity, VIOLATION)):
            return True
        starting = {t.subject for t in self.files[name] if t.predicate in _TARGETS}
        return any(of_file.value(node, SH.severity) is None for node in starting)

    def _of(self, kind: ox.NamedNode) -> list[Term]:
        return sorted(self.graph.subjects(RDF.type, kind), key=str)

    def _name(self, node: Term) -> str:
        """The name something was given, else the end of its IRI behind ``shapes/``."""
        for given in (PROF.hasToken, DCT.identifier):
            value = self.graph.value(node, given)
            if isinstance(value, ox.Literal):
                return value.value
        return str(getattr(node, "value", "")).rpartition("/shapes/")[2]

    def _texts(self, node: Term | None, prop: ox.NamedNode) -> Texts:
        values = () if node is None else self.graph.objects(node, prop)
        return {v.language or "": v.value for v in values if isinstance(v, ox.Literal)}

    def _profile(self, node: Term) -> Profile:
        severities = {_OF_SEVERITY.get(s) for s in self.graph.objects(node, KV.failsOn)}
        context = self.graph.value(node, KV.inContext)
        return Profile(
            name=self._name(node),
            sets=tuple(sorted(map(self._name, self.graph.objects(node, PROF.hasResource))))
            or (ALL,),
            fails_on=tuple(s for s in SEVERITIES if s in severities) or ("violation",),
            in_context=getattr(context, "value", "true") in ("true", "1"),
            titles=self._texts(node, DCT.title),
            descriptions=self._texts(node, DCT.description),
        )


def _unknown(kind: str, name: str, known: Mapping[str, object]) -> BadRequest:
    meant = nearest(name, {one: (one,) for one in known})
    guess = f"Did you mean {meant}? " if meant else ""
    names = ", ".join(known)
    return BadRequest(f"there is no {kind} {name!r}.", suggestion=f"{guess}There are: {names}.")


def names_in(texts: Iterable[str]) -> Iterator[str]:
    """The names in texts that separate them by commas or spaces.

    >>> list(names_in(["organs,sources", "must"]))
    ['organs', 'sources', 'must']
    """
    for text in texts:
        yield from text.replace(",", " ").split()


__all__ = ["ALL", "DEFAULT_PROFILE", "MUST", "Profile", "ShapeCatalogue", "ShapeSet", "names_in"]
