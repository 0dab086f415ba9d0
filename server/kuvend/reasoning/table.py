"""The rule tables, read from ``owl2rl.rules``: each rule as patterns over RDF terms."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, XSD
from kuvend.terms import Term

TABLE_FILE = Path(__file__).with_name("owl2rl.rules")

# A variable is a str that begins with "?", anything else is a term.
Slot = Term | str
Pattern = tuple[Slot, Slot, Slot]

_PREFIXES = {"rdf": RDF, "rdfs": RDFS, "owl": OWL, "xsd": XSD}
_LIST = re.compile(r"\[(?P<mode>every|some|pair) (?P<members>[^\]]+)\]")
_LIST_VARIABLE = "?list"


@dataclass(frozen=True)
class Members:
    """How a rule ranges over a list: the premise that holds it, the mode, the member variables."""

    premise: int
    mode: str
    variables: tuple[str, ...]


@dataclass(frozen=True, eq=False)
class RuleTemplate:
    """One rule of the tables, equal to itself alone. No conclusion means it concludes ``false``.

    ``native`` rules are done by the engine itself; ``trivial`` ones yield only trivial triples.
    """

    name: str
    table: int
    text: str
    body: tuple[Pattern, ...]
    heads: tuple[Pattern, ...]
    members: Members | None = None
    native: bool = False
    trivial: bool = False


def is_variable(slot: object) -> bool:
    """Whether this place of a pattern is a variable."""
    return isinstance(slot, str)


@cache
def rule_table() -> tuple[RuleTemplate, ...]:
    """The 78 rules in the order of the tables.

    >>> len(rule_table())
    78
    >>> next(r for r in rule_table() if r.name == "prp-symp").text
    '?p rdf:type owl:SymmetricProperty . ?x ?p ?y => ?y ?p ?x'
    """
    table = 0
    rules = []
    for line in TABLE_FILE.read_text(encoding="utf-8").splitlines():
        if line.startswith("table "):
            table = int(line.split()[1])
        elif line.strip() and not line.startswith("#"):
            rules.append(_parse_rule(line, table))
    return tuple(rules)


def _parse_rule(line: str, table: int) -> RuleTemplate:
    mark, rest = line[0], line[1:].strip()
    name, _, text = rest.partition(" ")
    premises, _, conclusions = text.strip().rpartition("=>")
    members = None
    patterns = []
    for number, premise in enumerate(_split(premises)):
        found = _LIST.search(premise)
        if found:
            members = Members(number, found["mode"], tuple(found["members"].split()))
        patterns.append(_parse_pattern(_LIST.sub(_LIST_VARIABLE, premise)))
    heads = [] if conclusions.strip() == "false" else list(map(_parse_pattern, _split(conclusions)))
    return RuleTemplate(
        name=name,
        table=table,
        text=" ".join(text.split()),
        body=tuple(patterns),
        heads=tuple(heads),
        members=members,
        native=mark == "!",
        trivial=mark == "~",
    )


def _split(patterns: str) -> list[str]:
    return [part.strip() for part in patterns.split(" . ") if part.strip()]


def _parse_pattern(text: str) -> Pattern:
    subject, predicate, obj = map(_parse_slot, text.split())
    return subject, predicate, obj


def _parse_slot(text: str) -> Slot:
    if text.startswith("?"):
        return text
    if text.isdigit():
        return ox.Literal(text, datatype=XSD.nonNegativeInteger)
    prefix, _, local = text.partition(":")
    return _PREFIXES[prefix][local]
