"""Which thing is meant: IRIs that nobody describes, and things known under another IRI."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from urllib.parse import unquote

import pyoxigraph as ox

from kuvend.namespaces import RDFS, SKOS, THING_TYPES, compact
from kuvend.shacl.checks.nearest import Names, fold, similarity
from kuvend.shacl.checks.raising import finding
from kuvend.shacl.finding import Finding, Related, Severity
from kuvend.syntax import Parsed, PositionedQuad

NAME_PROPERTIES = (SKOS.prefLabel, SKOS.altLabel, RDFS.label)
_SLUG = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")
_ALIKE = 0.92
_SLIP = 0.9
_MAX_ASKED = 200  # unknown things of a source for which the one that was meant is looked for
# ("any", kind), or ("numbered", kind, the numbers in a name).
Group = tuple[str, ...]


@dataclass(frozen=True)
class KnownThing:
    """A thing of the live graph: its IRI and the names it goes by."""

    iri: str
    names: tuple[str, ...]


class KnownThings:
    """The things of the live graph by kind, for finding the one that was meant."""

    def __init__(
        self,
        things: Iterable[KnownThing],
        base_iri: str,
        types: Iterable[tuple[str, str]] = (),
        values: Mapping[str, frozenset[str]] | None = None,
    ) -> None:
        """``types`` are the pairs of a thing and a class of it, ``values`` the kinds of value of
        each property."""
        self.base_iri = base_iri
        self.values_of_property = values or {}
        kinds: dict[str, set[str]] = defaultdict(set)
        for iri, kind_of_thing in types:
            if self.kind_of(iri):
                kinds[kind_of_thing].add(self.kind_of(iri))
        self.kinds_of_class = {one: frozenset(found) for one, found in kinds.items()}
        self.by_iri = {thing.iri: thing for thing in things}
        self.by_name: dict[tuple[str, str], KnownThing] = {}
        self._rows: dict[Group, dict[str, list[str]]] = defaultdict(dict)
        self._names: dict[Group, Names] = {}
        for thing in self.by_iri.values():
            kind = self.kind_of(thing.iri)
            self._rows["any", kind][thing.iri] = [_slug(thing.iri), *thing.names]
            for name in map(fold, thing.names):
                self.by_name.setdefault((kind, name), thing)
                numbered = self._rows["numbered", kind, *_numbers(name)]
                numbered.setdefault(thing.iri, []).append(name)

    @cached_property
    def _slugs(self) -> Names:
        """The last parts of the IRIs of all things."""
        return Names({iri: [_slug(iri)] for iri in self.by_iri})

    def _names_in(self, group: Group) -> Names:
        """The names of a group of things, their letters counted when first asked for."""
        if group not in self._names:
            self._names[group] = Names(self._rows.get(group, {}))
        return self._names[group]

    def kind_of(self, iri: str) -> str:
        """The type segment of an IRI of the project; empty for others."""
        rest = iri.removeprefix(f"{self.base_iri}id/")
        return "" if rest == iri else rest.partition("/")[0]

    def near_iri(self, iri: str) -> str | None:
        """The known thing whose IRI is most like ``iri``."""
        slug = _slug(iri)
        found = self._names_in(("any", self.kind_of(iri))).nearest(slug, at_least=0.75)
        return found or self._slugs.nearest(slug, at_least=0.85)

    def same_name(self, kind: str, names: Iterable[str]) -> KnownThing | None:
        """A known thing of that kind with one of ``names``, or the one with a name most like it."""
        wanted = [name for name in map(fold, names) if len(name) > 3]
        for name in wanted:
            found = self.by_name.get((kind, name))
            if found is not None:
                return found
        for name in wanted:
            group = ("numbered", kind, *_numbers(name))
            if group not in self._rows:
                continue
            near = self._names_in(group).nearest(name, at_least=_ALIKE, within=3)
            if near is not None:
                return self.by_iri[near]
        return None


def _slug(iri: str) -> str:
    return iri.rpartition("/")[2]


def right_name(iri: str) -> str | None:
    """The address with its name as names are written here; ``None`` for letters without such.

    >>> right_name("urn:x/New_Town"), right_name("urn:x/Çumra%20Belediyesi")
    ('urn:x/new-town', 'urn:x/cumra-belediyesi')
    >>> right_name("urn:x/мер") is None
    True
    """
    before, _, name = iri.rpartition("/")
    plain = fold(unquote(name).replace("_", " ")).replace("'", "")
    right = "-".join(plain.split())
    return f"{before}/{right}" if _SLUG.fullmatch(right) else None


def _numbers(text: str) -> list[str]:
    return re.findall(r"\d+", text)


def check_identity(
    parsed: Parsed,
    quads: Iterable[PositionedQuad],
    known: KnownThings,
    described: frozenset[str],
    prefixes: Mapping[str, str],
    classless: frozenset[str] = frozenset(),
) -> Iterator[Finding]:
    """IRIs of the project that nobody describes, badly formed ones, and likely duplicates.

    ``described`` are the IRIs that the sources or the graph say something of; ``classless`` those
    of which only the sources do, and give no class.
    """
    rows = list(quads)
    yield from _check_classless(parsed, rows, known, classless, prefixes)
    yield from _check_references(parsed, rows, known, described, prefixes)
    yield from _check_duplicates(parsed, rows, known, prefixes)


def _check_references(
    parsed: Parsed,
    quads: list[PositionedQuad],
    known: KnownThings,
    described: frozenset[str],
    prefixes: Mapping[str, str],
) -> Iterator[Finding]:
    seen: set[str] = set()
    unknown = 0
    for quad in quads:
        for term, part in ((quad.subject, "subject"), (quad.object, "object")):
            if not isinstance(term, ox.NamedNode) or term.value in seen:
                continue
            seen.add(term.value)
            kind = known.kind_of(term.value)
            if not kind:
                continue
            if kind not in THING_TYPES or not _SLUG.fullmatch(term.value.rpartition("/")[2]):
                right = right_name(term.value) if kind in THING_TYPES else None
                values = _with_near(term.value, right, prefixes)
                values["kinds"] = ", ".join(THING_TYPES)
                yield finding("bad-iri", "warning", values, parsed=parsed, quad=quad, part=part)
            elif term.value not in described and term.value not in known.by_iri:
                unknown += 1
                near = known.near_iri(term.value) if unknown <= _MAX_ASKED else None
                values = _with_near(term.value, near, prefixes)
                severity: Severity = "violation" if near else "warning"
                yield finding(
                    "unknown-thing", severity, values, parsed=parsed, quad=quad, part=part
                )


def _check_classless(
    parsed: Parsed,
    quads: list[PositionedQuad],
    known: KnownThings,
    classless: frozenset[str],
    prefixes: Mapping[str, str],
) -> Iterator[Finding]:
    """Things of which something is said, but not what they are: new ones, or slips."""
    seen: set[str] = set()
    for quad in quads:
        iri = str(getattr(quad.subject, "value", ""))
        if iri not in classless or iri in seen or iri in known.by_iri or not known.kind_of(iri):
            continue
        seen.add(iri)
        near = known.near_iri(iri) if len(seen) <= _MAX_ASKED else None
        if near is not None and not _is_slip(iri, near):
            near = None
        values = _with_near(iri, near, prefixes)
        severity: Severity = "violation" if near else "warning"
        yield finding("classless-thing", severity, values, parsed=parsed, quad=quad, part="subject")


def _with_near(iri: str, near: str | None, prefixes: Mapping[str, str]) -> dict[str, str]:
    """An address and the one that may have been meant, as they are told."""
    return {
        "name": compact(iri, prefixes),
        "near": compact(near, prefixes) if near else "",
    }


def _is_slip(iri: str, near: str) -> bool:
    """Whether one address is the other with a slip of the pen, not with another number."""
    one, other = _slug(iri), _slug(near)
    return _numbers(one) == _numbers(other) and similarity(one, other) >= _SLIP


def _check_duplicates(
    parsed: Parsed,
    quads: list[PositionedQuad],
    known: KnownThings,
    prefixes: Mapping[str, str],
) -> Iterator[Finding]:
    names: dict[str, list[PositionedQuad]] = defaultdict(list)
    for quad in quads:
        if quad.predicate in NAME_PROPERTIES and isinstance(quad.object, ox.Literal):
            names[str(getattr(quad.subject, "value", ""))].append(quad)
    for iri, rows in names.items():
        if iri in known.by_iri or not known.kind_of(iri):
            continue
        texts = [row.object.value for row in rows if isinstance(row.object, ox.Literal)]
        thing = known.same_name(known.kind_of(iri), texts)
        if thing is None:
            continue
        near = compact(thing.iri, prefixes)
        shown = f"“{thing.names[0]}” ({near})" if thing.names else near
        values = {"name": f"“{texts[0]}” ({compact(iri, prefixes)})", "near": shown}
        found = finding("known-under-another-iri", "warning", values, parsed=parsed, quad=rows[0])
        yield replace(found, related=(Related(shown, iri=thing.iri),))
