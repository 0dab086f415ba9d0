"""The closed vocabulary: which terms exist, and what was probably meant by one that does not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Literal

import pyoxigraph as ox

from kuvend.namespaces import DCT, RDF, RDFS, SH, SKOS, compact
from kuvend.ontology.model import PROPERTY_KINDS, DeclaredTerm, Kind, Ontology
from kuvend.ontology.nearness import nearest
from kuvend.ontology.standards import standard_namespaces, standard_terms
from kuvend.terms import Term

Place = Literal["subject", "predicate", "object"]
Wanted = Literal["property", "class", "term"]
# Namespaces that gave way to others with the same names.
_SUPERSEDED = {"http://purl.org/dc/elements/1.1/": str(DCT)}
_SCHEME = re.compile(r"^https?://(www\.)?", re.IGNORECASE)
_CLASS_KINDS: frozenset[Kind] = frozenset({"class", "datatype"})
# Where a shape names a class or a property, an IRI outside every known vocabulary is a slip too.
_NAMES_A_CLASS = frozenset({RDF.type, SH.targetClass, SH["class"]})
_NAMES_A_PROPERTY = frozenset(
    {SH.targetSubjectsOf, SH.targetObjectsOf, SH.path, SH.inversePath, SH.equals, SH.disjoint}
    | {SH.lessThan, SH.lessThanOrEquals, SH.zeroOrMorePath, SH.oneOrMorePath, SH.zeroOrOnePath}
)
# Values that point out of the project: a mapping may name what is no longer in its vocabulary.
_POINTS_ELSEWHERE = frozenset(
    {SKOS.exactMatch, SKOS.closeMatch, SKOS.broadMatch, SKOS.narrowMatch, SKOS.relatedMatch}
    | {RDFS.seeAlso, DCT.source}
)


@dataclass(frozen=True)
class Misuse:
    """A term of a triple that the vocabulary does not have, or not in that place.

    ``suggestion`` is the IRI that was probably meant, ``place`` the part of the triple.
    """

    rule: str
    iri: str
    place: Place
    message: str
    suggestion: str | None = None


class Vocabulary:
    """Every term a project may use: those its ontology declares, and the language's own.

    A namespace is closed when all its terms are declared; an IRI in a closed namespace that is
    not declared is a mistake. Things (``id/…``) and foreign IRIs are open.
    """

    def __init__(self, ontology: Ontology) -> None:
        self._terms: Mapping[str, DeclaredTerm] = ontology.terms
        self._kinds: dict[str, Kind] = {
            **standard_terms(),
            **{iri: term.kind for iri, term in ontology.terms.items()},
        }
        self._namespaces = ontology.namespaces | standard_namespaces()
        self.prefixes: Mapping[str, str] = ontology.prefixes

    def __contains__(self, iri: object) -> bool:
        return iri in self._kinds

    def __iter__(self) -> Iterator[str]:
        return iter(self._kinds)

    def kind(self, iri: str) -> Kind | None:
        """What the term is; ``None`` for one there is not."""
        return self._kinds.get(iri)

    def term(self, iri: str) -> DeclaredTerm | None:
        """The declaration of a term in the project; ``None`` for others and the language's own."""
        return self._terms.get(iri)

    def namespace_of(self, iri: str) -> str | None:
        """The closed namespace ``iri`` lies in; ``None`` where it is open."""
        fitting = (space for space in self._namespaces if iri.startswith(space))
        return max(fitting, key=len, default=None)

    def is_unknown(self, iri: str) -> bool:
        """Whether ``iri`` lies in a closed namespace and no term has it."""
        space = self.namespace_of(iri)
        return space is not None and iri not in self._kinds and iri != space

    def suggest(self, iri: str, wanted: Wanted = "term") -> str | None:
        """The term that was probably meant by ``iri``, which is none itself.

        In this order: the same name under the right namespace (``http`` for ``https``, ``www``
        left out, ``/`` for ``#``), a name at a small edit distance in the same namespace, the same
        name in another namespace. Where a property or a class is ``wanted`` only such are
        offered. ``None`` where nothing is near enough.
        """
        if iri in self._kinds:
            return None
        for candidate in self._candidates(iri, wanted):
            if candidate and self._is(candidate, wanted):
                return candidate
        return None

    def misuses(self, triple: ox.Triple) -> list[Misuse]:
        """What of ``triple`` the vocabulary does not allow, in order of place; usually nothing."""
        subject, predicate, value = triple.subject, triple.predicate, triple.object
        found = [self._predicate(predicate), self._reference(subject, "subject")]
        if predicate in _NAMES_A_CLASS:
            found.append(self._class(value))
        elif predicate in _NAMES_A_PROPERTY and isinstance(value, ox.NamedNode):
            misuse = self._predicate(value)
            found.append(misuse and Misuse(misuse.rule, misuse.iri, "object", misuse.message,
                                           misuse.suggestion))  # fmt: skip
        elif isinstance(value, ox.Literal):
            found.append(self._reference(value.datatype, "object"))
        elif predicate not in _POINTS_ELSEWHERE:
            found.append(self._reference(value, "object"))
        return [misuse for misuse in found if misuse]

    def reference(self, iri: str) -> Misuse | None:
        """What is wrong with ``iri`` in any place: not declared, or its namespace misspelt."""
        return self._reference(ox.NamedNode(iri), "object") if ":" in iri else None

    def show(self, iri: str) -> str:
        """``iri`` as people write it in this project: a prefixed name where a prefix fits."""
        return compact(iri, self.prefixes)

    # -- places ----------------------------------------------------------------------------

    def _predicate(self, node: ox.NamedNode) -> Misuse | None:
        iri, kind = node.value, self.kind(node.value)
        if kind in PROPERTY_KINDS:
            return None
        if kind is not None:
            message = f"{self.show(iri)} is a {kind} and stands where a property belongs."
            return Misuse("not-a-property", iri, "predicate", message, self._near(iri, "property"))
        if re.match(rf"{re.escape(str(RDF))}_[1-9][0-9]*$", iri):
            return None
        return self._missing(iri, "predicate", "property")

    def _class(self, node: Term) -> Misuse | None:
        if not isinstance(node, ox.NamedNode):
            return None
        iri, kind = node.value, self.kind(node.value)
        if kind in _CLASS_KINDS:
            return None
        if kind is not None:
            message = f"{self.show(iri)} is a {kind} and stands where a class belongs."
            return Misuse("not-a-class", iri, "object", message, self._near(iri, "class"))
        return self._missing(iri, "object", "class")

    def _reference(self, node: Term, place: Place) -> Misuse | None:
        if not isinstance(node, ox.NamedNode):
            return None
        iri = node.value
        misspelt = self.namespace_of(iri) is None and _bare(iri) in self._respelt
        return self._missing(iri, place, "term") if misspelt or self.is_unknown(iri) else None

    def _missing(self, iri: str, place: Place, what: Wanted) -> Misuse:
        suggestion = self.suggest(iri, what)
        hint = f" Did you mean {self.show(suggestion)}?" if suggestion else ""
        space = self.namespace_of(iri)
        if space:
            rule = "unknown-term"
            message = f"there is no {what} {self.show(iri)} in <{space}>.{hint}"
        else:
            rule = "unknown-vocabulary"
            advice = hint or " Declare it in a file of ontology/imports/."
            message = f"the {what} <{iri}> is of no vocabulary declared here.{advice}"
        return Misuse(rule, iri, place, message, suggestion)

    # -- suggestions -----------------------------------------------------------------------

    def _candidates(self, iri: str, wanted: Wanted) -> Iterator[str | None]:
        for space, successor in _SUPERSEDED.items():
            if iri.startswith(space):
                yield successor + iri.removeprefix(space)
        yield self._respelt.get(_bare(iri))
        yield self._respelt_folded.get(_bare(iri).casefold())
        yield self._near(iri, wanted)
        yield from self._elsewhere(iri)

    def _is(self, iri: str, wanted: Wanted) -> bool:
        kind = self.kind(iri)
        if wanted == "property":
            return kind in PROPERTY_KINDS
        return kind in _CLASS_KINDS if wanted == "class" else kind is not None

    @cached_property
    def _respelt(self) -> dict[str, str]:
        return {_bare(iri): iri for iri in sorted(self._kinds)}

    @cached_property
    def _respelt_folded(self) -> dict[str, str]:
        return {bare.casefold(): iri for bare, iri in self._respelt.items()}

    @cached_property
    def _by_name(self) -> dict[str, list[str]]:
        names: dict[str, list[str]] = {}
        for iri in sorted(self._kinds):
            names.setdefault(_local(iri), []).append(iri)
        return names

    def _near(self, iri: str, wanted: Wanted) -> str | None:
        space = self.namespace_of(iri)
        if space is None:
            return None
        name = iri.removeprefix(space)
        known = (k for k in self._kinds if k.startswith(space) and self._is(k, wanted))
        found = nearest(name, (k.removeprefix(space) for k in known if k != iri))
        return space + found if found else None

    def _elsewhere(self, iri: str) -> list[str]:
        """The same name in other namespaces, ours first."""
        same = self._by_name.get(_local(iri), [])
        return sorted(same, key=lambda found: not ((term := self.term(found)) and term.own))


def _bare(iri: str) -> str:
    """What is left of an IRI when the usual slips in writing a namespace are taken out.

    >>> _bare("https://w3.org/ns/org/Post") == _bare("http://www.w3.org/ns/org#Post")
    True
    """
    return _SCHEME.sub("", iri).replace("#", "/")


def _local(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1]
