"""The closed vocabulary: every class, property and concept used must be one that is declared.

Without this a misspelt class makes a thing of no type, which every shape passes over.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import Literal, NamedTuple

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, SH, XSD, compact
from kuvend.shacl.checks.nearest import Names, nearest, similarity
from kuvend.shacl.checks.raising import PREFIX, at_part, finding
from kuvend.shacl.checks.values import LITERALS, kinds_of_value
from kuvend.shacl.finding import Finding, Fix
from kuvend.shacl.phrasing import rule_texts
from kuvend.shacl.rewriting import iri_text, stretch
from kuvend.shacl.rule_words import KINDS
from kuvend.shacl.wording import Text
from kuvend.syntax import Parsed, PositionedQuad

Kind = Literal["class", "property", "concept", "other"]

# Vocabularies whose terms may be used without being declared by the project.
_ALWAYS = tuple(str(namespace) for namespace in (RDF, RDFS, OWL, XSD, SH))
_CLOSED: Mapping[str, tuple[str, ...]] = {
    str(RDF): (
        "type", "subject", "predicate", "object", "value", "first", "rest", "nil", "reifies",
        "language", "direction", "Property", "Statement", "List", "Bag", "Seq", "Alt", "HTML",
        "XMLLiteral", "JSON", "langString", "dirLangString", "PlainLiteral", "CompoundLiteral",
    ),
    str(RDFS): (
        "label", "comment", "seeAlso", "isDefinedBy", "subClassOf", "subPropertyOf", "domain",
        "range", "member", "Class", "Resource", "Literal", "Datatype", "Container",
        "ContainerMembershipProperty", "Proposition",
    ),
}  # fmt: skip
_MAX_ASKED = 200
_NEAR = 0.72
_SCHEME = re.compile(r"^https?://(www\.)?")


@dataclass(frozen=True)
class VocabularyTerm:
    """A declared term: its kind, its labels by language, and what took its place."""

    iri: str
    kind: Kind
    labels: Mapping[str, str] = field(default_factory=dict)
    deprecated: bool = False
    replaced_by: str | None = None
    is_object_property: bool = False

    @property
    def local_name(self) -> str:
        """The last part of the IRI."""
        return re.split(r"[#/]", self.iri)[-1]


class Choice(NamedTuple):
    """The terms among which a near name is looked for: one kind, where given of one namespace.

    With ``labels`` their labels count as names too. With ``values`` only properties that have
    values of these kinds in the graph, or, unless ``seen``, that take such literals or things.
    """

    kind: Kind
    namespace: str | None = None
    labels: bool = True
    values: frozenset[str] | None = None
    seen: bool = True

    def suits(self, vocabulary: Vocabulary) -> Callable[[str, frozenset[str]], bool]:
        """What tells whether a property has such values."""
        return vocabulary.has if self.seen else vocabulary.is_of_sort


@dataclass(frozen=True)
class Vocabulary:
    """The declared terms of a project and the namespaces whose terms are all declared.

    ``concepts`` is the namespace of the project's concepts, ``values`` the kinds of value that
    properties have in the graph, ``of_shapes`` what the shapes speak of, declared or not.
    """

    terms: Mapping[str, VocabularyTerm]
    namespaces: frozenset[str]
    concepts: str
    prefixes: Mapping[str, str]
    values: Mapping[str, frozenset[str]] = field(default_factory=dict)
    of_shapes: frozenset[str] = frozenset()

    def has(self, iri: str, kinds: frozenset[str]) -> bool:
        """Whether a property has values of one of ``kinds`` in the graph."""
        return bool(self.values.get(iri, frozenset()) & kinds)

    def is_of_sort(self, iri: str, kinds: frozenset[str]) -> bool:
        """Whether a property takes literals where ``kinds`` are of literals, things otherwise."""
        seen = self.values.get(iri)
        term = self.terms[iri]
        literals = bool(seen & LITERALS) if seen else not term.is_object_property
        return literals == bool(kinds & LITERALS)

    @cached_property
    def known_namespaces(self) -> dict[str, str]:
        """Each namespace of a declared term or prefix, by its form without scheme and ``www``."""
        found = {*self.namespaces, *self.prefixes.values(), *map(namespace_of, self.terms)}
        return {_SCHEME.sub("", one): one for one in sorted(found) if one}

    @property
    def things(self) -> str:
        """The namespace of the project's things."""
        return f"{self.concepts.removesuffix('concept/')}id/"

    def near(self, name: str, among: Choice, *, at_least: float = _NEAR) -> str | None:
        """The term that ``name`` is most like.

        It is told for the first few hundred names: after that it takes longer than it helps.
        """
        if len(self._asked) >= _MAX_ASKED and name not in self._asked:
            return None
        self._asked.add(name)
        return self._names(among).nearest(name, at_least=at_least)

    @cached_property
    def _asked(self) -> set[str]:
        return set()

    def near_local(self, name: str, kind: Kind, namespace: str, *, at_least: float) -> str | None:
        """The term of a namespace whose local name ``name`` is most like."""
        return self._names(Choice(kind, namespace, labels=False)).nearest(name, at_least=at_least)

    def _names(self, among: Choice) -> Names:
        known = self._known_names
        if among not in known:
            known[among] = Names(
                {
                    term.iri: [term.local_name, *(term.labels.values() if among.labels else ())]
                    for term in self.terms.values()
                    if term.kind == among.kind and not term.deprecated
                    if among.namespace is None or term.iri.startswith(among.namespace)
                    if among.values is None or among.suits(self)(term.iri, among.values)
                }
            )
        return known[among]

    @cached_property
    def _known_names(self) -> dict[Choice, Names]:
        return {}

    def short(self, iri: str) -> str:
        """The prefixed name, or the IRI in angle brackets."""
        return compact(iri, self.prefixes)


def namespace_of(iri: str) -> str:
    """The part of an IRI up to its last ``#`` or ``/``.

    >>> namespace_of("http://www.w3.org/ns/org#Post")
    'http://www.w3.org/ns/org#'
    """
    cut = max(iri.rfind("#"), iri.rfind("/"))
    return iri[: cut + 1]


def check_vocabulary(
    parsed: Parsed, quads: Iterable[PositionedQuad], vocabulary: Vocabulary
) -> Iterator[Finding]:
    """The terms of a source that are not declared, wherever they stand."""
    known: dict[tuple[str, Kind], Finding | None] = {}
    declarations: dict[str, Finding | None] = {}
    for quad in quads:
        for iri, kind, part in _uses(quad, vocabulary):
            if (iri, kind) not in known:
                found = _check_term(iri, kind, part, parsed, quad, vocabulary)
                known[iri, kind] = found
            else:
                first = known[iri, kind]
                found = None if first is None else at_part(first, parsed, quad, part)
            if found is not None:
                yield from _with_declaration(found, iri, parsed, vocabulary, declarations)


def _with_declaration(
    found: Finding,
    iri: str,
    parsed: Parsed,
    vocabulary: Vocabulary,
    declarations: dict[str, Finding | None],
) -> Iterator[Finding]:
    """A finding; before it, once, that of the declaration it comes from, if it comes from one."""
    namespace = namespace_of(iri)
    if found.rule != f"{PREFIX}wrong-namespace":
        yield found
        return
    is_new = namespace not in declarations
    if is_new:
        declarations[namespace] = _declaration(found, namespace, parsed, vocabulary)
    cause = declarations[namespace]
    if cause is None:
        yield found
        return
    if is_new:
        yield cause
    yield replace(found, origin=cause.origin)


def _declaration(
    found: Finding, namespace: str, parsed: Parsed, vocabulary: Vocabulary
) -> Finding | None:
    """The same mistake where the prefix is declared; ``None`` where no prefix is."""
    right = _right_namespace(f"{namespace}x", vocabulary)
    text = parsed.lines.text if parsed.lines else ""
    match = re.search(rf"""[<"]{re.escape(namespace)}[>"]""", text)
    if match is None or right is None:
        return None
    start, end = match.start() + 1, match.end() - 1
    span = parsed.span(*match.span())
    messages, advice = rule_texts(
        "wrong-namespace", {"name": f"<{namespace}>", "near": f"<{right[:-1]}>"}
    )
    return replace(
        found,
        messages=messages,
        advice=advice,
        span=span,
        focus_node=None,
        path=None,
        value=ox.NamedNode(namespace),
        fix=Fix(parsed.source, start, end, right[:-1]),
        origin=str(span),
    )


def _uses(quad: PositionedQuad, vocabulary: Vocabulary) -> Iterator[tuple[str, Kind, str]]:
    yield quad.predicate.value, "property", "predicate"
    if not isinstance(quad.object, ox.NamedNode):
        return
    if quad.predicate == RDF.type:
        yield quad.object.value, "class", "object"
    elif quad.object.value.startswith(vocabulary.concepts):
        yield quad.object.value, "concept", "object"


def _check_term(
    iri: str,
    kind: Kind,
    part: str,
    parsed: Parsed,
    quad: PositionedQuad,
    vocabulary: Vocabulary,
) -> Finding | None:
    def raise_(rule: str, severity: Literal["violation", "warning"], near: str | None) -> Finding:
        values = {"name": vocabulary.short(iri), "near": vocabulary.short(near) if near else ""}
        at = stretch(parsed, quad, part)[0]
        text = iri_text(near, parsed, at) if near and _is_sure(rule, iri, near) else None
        return finding(rule, severity, values, parsed=parsed, quad=quad, part=part, fix=text)

    if iri.startswith(vocabulary.things):
        return _a_thing(iri, kind, part, parsed, quad, vocabulary)
    term = vocabulary.terms.get(iri)
    if term is not None:
        if term.deprecated:
            return raise_("deprecated-term", "warning", term.replaced_by)
        return _wrong_kind(term, kind, part, parsed, quad, vocabulary)
    namespace = namespace_of(iri)
    if namespace.startswith(_ALWAYS):
        near = _of_the_language(iri, namespace)
        return raise_(f"unknown-{kind}", "violation", near) if near else None
    if namespace not in vocabulary.namespaces and namespace != vocabulary.concepts:
        right = _right_namespace(iri, vocabulary)
        if right is not None:
            return raise_("wrong-namespace", "violation", right)
        if namespace not in vocabulary.known_namespaces.values():
            if iri in vocabulary.of_shapes:
                return None
            near = _known_elsewhere(iri, kind, vocabulary)
            return raise_("unknown-vocabulary", "warning", near)
        # A reused vocabulary of which only the terms we rely on are declared.
        return (
            None
            if not _misspelt(iri, kind, vocabulary)
            else raise_(f"unknown-{kind}", "violation", _misspelt(iri, kind, vocabulary))
        )
    return raise_(f"unknown-{kind}", "violation", _meant(iri, kind, quad, vocabulary))


def _of_the_language(iri: str, namespace: str) -> str | None:
    """The term of RDF or RDF Schema that was meant by one that neither has."""
    local = _local(iri)
    if namespace not in _CLOSED or local in _CLOSED[namespace] or re.fullmatch(r"_\d+", local):
        return None
    names = {f"{one}{name}": [name] for one, own in _CLOSED.items() for name in own}
    return nearest(local, names, at_least=_FITTING) or str(RDFS.label.value)


def _local(iri: str) -> str:
    return re.split(r"[#/]", iri)[-1]


def _meant(iri: str, kind: Kind, quad: PositionedQuad, vocabulary: Vocabulary) -> str | None:
    """The declared term that was meant, of the same namespace before others.

    Of properties those that have such values: ``kv:foundedIn 1999`` is a date of founding, no
    event of founding, however near the names are. Only a slip of the pen weighs more.
    """
    name, values, own = _local(iri), kinds_of_value(quad.object), namespace_of(iri)
    near = vocabulary.near(name, Choice(kind), at_least=_SLIP)
    if near is not None or kind != "property":
        return (
            near or vocabulary.near(name, Choice(kind, own)) or vocabulary.near(name, Choice(kind))
        )
    for namespace in (own, None):
        for seen in (True, False):
            suiting = Choice(kind, namespace, values=values, seen=seen)
            near = near or vocabulary.near(name, suiting, at_least=_FITTING)
    return near


def _misspelt(iri: str, kind: Kind, vocabulary: Vocabulary) -> str | None:
    """A declared term of the same namespace that differs by a letter or two."""
    return vocabulary.near_local(_local(iri), kind, namespace_of(iri), at_least=0.85)


def _known_elsewhere(iri: str, kind: Kind, vocabulary: Vocabulary) -> str | None:
    return vocabulary.near(_local(iri), Choice(kind), at_least=0.95)


def _right_namespace(iri: str, vocabulary: Vocabulary) -> str | None:
    """The IRI with the namespace that was meant: another scheme, ``www``, ``#`` for ``/``."""
    bare = _SCHEME.sub("", namespace_of(iri))
    local = _local(iri)
    base = vocabulary.concepts.removesuffix("concept/")
    if iri == f"{base}{local}" and f"{base}def#{local}" in vocabulary.terms:
        return f"{base}def#{local}"
    for form in (bare, bare.rstrip("#/") + "#", bare.rstrip("#/") + "/"):
        right = vocabulary.known_namespaces.get(form)
        if right is not None and right + local != iri:
            return right + local
    return None


def _wrong_kind(
    term: VocabularyTerm,
    kind: Kind,
    part: str,
    parsed: Parsed,
    quad: PositionedQuad,
    vocabulary: Vocabulary,
) -> Finding | None:
    if term.kind in (kind, "other") or kind == "concept":
        return None
    values: dict[str, str | Text] = {
        "name": vocabulary.short(term.iri),
        "kind": KINDS[term.kind],
        "wanted": KINDS[kind],
    }
    return finding("wrong-kind", "violation", values, parsed=parsed, quad=quad, part=part)


def _a_thing(
    iri: str,
    kind: Kind,
    part: str,
    parsed: Parsed,
    quad: PositionedQuad,
    vocabulary: Vocabulary,
) -> Finding:
    """A thing in the place of a class or property."""
    values: dict[str, str | Text] = {
        "name": vocabulary.short(iri),
        "kind": KINDS["thing"],
        "wanted": KINDS[kind],
    }
    return finding("wrong-kind", "violation", values, parsed=parsed, quad=quad, part=part)


def _is_sure(rule: str, iri: str, near: str) -> bool:
    """Whether ``near`` is what was meant beyond reasonable doubt."""
    return rule in _SURE or similarity(_local(iri), _local(near)) >= _SURE_SIMILARITY


_SURE = ("wrong-namespace", "deprecated-term")
_SURE_SIMILARITY = 0.93
# From the first on the name alone tells; where the value agrees, less likeness is enough.
_SLIP = 0.95
_FITTING = 0.66
