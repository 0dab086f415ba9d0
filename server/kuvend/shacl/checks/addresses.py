"""The addresses of things: written otherwise than the project's, as text, without their prefix."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import cached_property

import pyoxigraph as ox

from kuvend.namespaces import RDF, RDFS, SKOS, THING_TYPES, compact
from kuvend.shacl.checks.nearest import nearest
from kuvend.shacl.checks.raising import finding
from kuvend.shacl.checks.vocabulary import Choice, Vocabulary
from kuvend.shacl.finding import Finding
from kuvend.shacl.phrasing import rule_texts
from kuvend.shacl.rewriting import iri_text, is_json, stretch
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.terms import Term

NAMES = frozenset({SKOS.prefLabel, SKOS.altLabel, RDFS.label})
_ADDRESS = re.compile(r"https?://\S+")
_PREFIXED = re.compile(r"([A-Za-z][\w.-]*):([\w-]+)")
# Schemes that people use in addresses without an authority.
_SCHEMES = frozenset(
    [
        "urn",
        "mailto",
        "tel",
        "doi",
        "data",
        "cid",
        "tag",
        "info",
        "geo",
        "did",
        "isbn",
        "oid",
        "arn",
        "ark",
        "file",
    ]
)
_THING = re.compile(r"(id|doc)/([a-z]+)/([^/?#]+?)/?")
_WEB = re.compile(r"https?://(?:www\.)?(.*)", re.I | re.S)
_LOCAL = re.compile(r"(?:localhost|127\.0\.0\.1)(?::\d+)?/(.*)", re.S)
_SCHEME = re.compile(r"([A-Za-z][\w.+-]*):(?!//)")
_PAGE = re.compile(r"\.(html?|ttl|jsonld|json|nt|rdf|xml)$")
_SECTIONS = ("id/", "document/", "def", "concept/", "graph/", "shapes", "source/", "context")


@dataclass(frozen=True)
class Addresses:
    """How a project writes addresses, and which kinds of address its classes have.

    ``kinds`` maps each class to the type segments of the things known to be of it.
    """

    base_iri: str
    prefixes: Mapping[str, str]
    kinds: Mapping[str, frozenset[str]]

    @cached_property
    def place(self) -> str:
        """Host and path of the base, without scheme and ``www``."""
        return re.sub(r"^https?://(www\.)?", "", self.base_iri)

    def right_form(self, iri: str) -> str | None:
        """The address of the thing that ``iri`` stands for; ``None`` where it is one, or none.

        >>> here = Addresses("https://w3id.org/kuvend/", {}, {})
        >>> here.right_form("http://www.w3id.org/kuvend/id/org/akk")
        'https://w3id.org/kuvend/id/org/akk'
        >>> here.right_form("https://w3id.org/kuvend/doc/org/akk.html")
        'https://w3id.org/kuvend/id/org/akk'
        """
        rest = self._rest(iri)
        match = _THING.fullmatch(rest) if rest else None
        if match is None or match[2] not in THING_TYPES:
            return None
        slug = _PAGE.sub("", match[3])
        right = f"{self.base_iri}id/{match[2]}/{slug}"
        return None if right == iri else right

    def _rest(self, iri: str) -> str | None:
        """What follows the base, whatever scheme or host it is written with."""
        match = _WEB.fullmatch(iri)
        if match is None:
            return None
        if match[1].lower().startswith(self.place.lower()):
            return match[1][len(self.place) :]
        local = _LOCAL.fullmatch(match[1])
        return local[1] if local else None

    def undeclared(self, iri: str) -> str | None:
        """The prefix of a name that was never resolved; ``None`` for a true address.

        >>> Addresses("https://w3id.org/kuvend/", {}, {}).undeclared("kv:Municipality")
        'kv'
        """
        match = _SCHEME.match(iri)
        return None if match is None or match[1].lower() in _SCHEMES else match[1]

    def is_stray(self, iri: str) -> bool:
        """Whether an IRI lies under the base where the project has no things."""
        rest = iri.removeprefix(self.base_iri)
        return rest != iri and not rest.startswith(_SECTIONS)


def check_addresses(
    parsed: Parsed, quads: Iterable[PositionedQuad], here: Addresses, vocabulary: Vocabulary
) -> Iterator[Finding]:
    """What is wrong with the addresses of a source, each once where it first stands."""
    seen: set[tuple[object, str]] = set()
    rows = list(quads)
    for quad in rows:
        terms = ((quad.subject, "subject"), (quad.predicate, "predicate"), (quad.object, "object"))
        for term, part in terms:
            if isinstance(term, ox.NamedNode) and (term, "") not in seen:
                seen.add((term, ""))
                yield from _check_iri(parsed, quad, term.value, part, here)
        if isinstance(quad.object, ox.Literal):
            yield from _check_text(parsed, quad, quad.object, here, vocabulary)
        elif quad.predicate in NAMES:
            yield _thing_as_name(parsed, quad, here)
    yield from _check_kinds(parsed, rows, here, vocabulary)


def _check_iri(
    parsed: Parsed, quad: PositionedQuad, iri: str, part: str, here: Addresses
) -> Iterator[Finding]:
    right = here.right_form(iri)
    if right is not None:
        values = {"name": f"<{iri}>", "near": compact(right, here.prefixes)}
        fix = iri_text(right, parsed, stretch(parsed, quad, part)[0])
        yield finding(
            "wrong-address", "violation", values, parsed=parsed, quad=quad, part=part, fix=fix
        )
        return
    prefix = here.undeclared(iri)
    if prefix is not None:
        values = {"name": iri, "near": _declaration(prefix, here)}
        found = finding(
            "undeclared-prefix", "violation", values, parsed=parsed, quad=quad, part=part
        )
        whole = here.prefixes.get(prefix, "") + iri.partition(":")[2]
        if not is_json(parsed) and prefix in here.prefixes:  # where attributes hold addresses
            found = replace(found, advice=rule_texts("wrong-address", {"near": whole})[1])
        yield found
    elif here.is_stray(iri):
        values = {"name": f"<{iri}>", "kinds": ", ".join(THING_TYPES)}
        yield finding("bad-iri", "warning", values, parsed=parsed, quad=quad, part=part)


def _declaration(prefix: str, here: Addresses) -> str:
    """How the prefix, or the one that was meant, is declared; empty where none is near."""
    near = prefix if prefix in here.prefixes else nearest(prefix, {p: [p] for p in here.prefixes})
    return f'"{near}": "{here.prefixes[near]}"' if near else ""


def _check_text(
    parsed: Parsed,
    quad: PositionedQuad,
    term: ox.Literal,
    here: Addresses,
    vocabulary: Vocabulary,
) -> Iterator[Finding]:
    meant = _meant(term, here)
    if meant is not None and _leads_to_things(quad, meant, vocabulary, here):
        text = iri_text(meant, parsed, quad.object_at)
        fix = f'{{"@id": {text}}}' if text and is_json(parsed) else text
        values = {"value": f"“{term.value}”", "near": fix or compact(meant, here.prefixes)}
        yield finding(
            "address-as-text", "violation", values, parsed=parsed, quad=quad, fix=fix
        )  # fmt: skip
    elif quad.predicate == RDF.type:
        near = vocabulary.near(term.value, Choice("class"))
        values = {"value": f"“{term.value}”", "near": vocabulary.short(near) if near else ""}
        yield finding("text-as-class", "violation", values, parsed=parsed, quad=quad)


def _meant(term: ox.Literal, here: Addresses) -> str | None:
    """The IRI that a text is, where it is nothing else."""
    if _ADDRESS.fullmatch(term.value):
        try:
            return here.right_form(term.value) or ox.NamedNode(term.value).value
        except ValueError:
            return None
    match = _PREFIXED.fullmatch(term.value)
    if match is None or match[1] not in here.prefixes:
        return None
    return here.prefixes[match[1]] + match[2]


def _leads_to_things(
    quad: PositionedQuad, meant: str, vocabulary: Vocabulary, here: Addresses
) -> bool:
    """Whether the property, or else the text, leaves no doubt that a thing is meant."""
    declared = vocabulary.terms.get(quad.predicate.value)
    if declared is not None and declared.is_object_property:
        return True
    is_ours = meant.startswith(f"{here.base_iri}id/") or meant in vocabulary.terms
    return is_ours and (quad.predicate == RDF.type or declared is None)


def _thing_as_name(parsed: Parsed, quad: PositionedQuad, here: Addresses) -> Finding:
    shown = quad.object.value if isinstance(quad.object, ox.NamedNode) else ""
    values = {
        "name": compact(shown, here.prefixes) if shown else "[ … ]",
        "property": compact(quad.predicate.value, here.prefixes),
        "near": '{"@value": "…", "@language": "sq"}' if is_json(parsed) else '"…"@sq',
    }
    return finding("thing-as-name", "violation", values, parsed=parsed, quad=quad)


def _check_kinds(
    parsed: Parsed, quads: list[PositionedQuad], here: Addresses, vocabulary: Vocabulary
) -> Iterator[Finding]:
    """Things with a class of ours whose address is foreign, or of another kind."""
    typed: dict[Term, list[PositionedQuad]] = defaultdict(list)
    for quad in quads:
        if quad.predicate == RDF.type and isinstance(quad.object, ox.NamedNode):
            typed[quad.subject].append(quad)
    for subject, rows in typed.items():
        kinds = [here.kinds[_iri(q.object)] for q in rows if _iri(q.object) in here.kinds]
        if not isinstance(subject, ox.NamedNode) or not kinds or here.right_form(subject.value):
            continue
        fitting = sorted(frozenset().union(*kinds))
        near = ", ".join(f"id-{kind}:…" for kind in fitting)
        kind = subject.value.removeprefix(f"{here.base_iri}id/").partition("/")[0]
        if _is_foreign(subject.value, here):
            values = {"name": f"<{subject.value}>", "near": near}
            yield finding(
                "foreign-address", "warning", values, parsed=parsed, quad=rows[0], part="subject"
            )
        elif kind in THING_TYPES and kind not in fitting:
            values = {
                "name": compact(subject.value, here.prefixes),
                "kind": kind,
                "class": vocabulary.short(_iri(rows[0].object)),
                "near": near,
            }
            yield finding(
                "address-kind", "warning", values, parsed=parsed, quad=rows[0], part="subject"
            )


def _iri(term: Term) -> str:
    return term.value if isinstance(term, ox.NamedNode) else ""


def _is_foreign(iri: str, here: Addresses) -> bool:
    return not iri.startswith(here.base_iri) and here.undeclared(iri) is None
