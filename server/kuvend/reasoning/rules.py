"""Rules of a project beyond OWL 2 RL: SPARQL CONSTRUCT queries with a name and a description.

A rule whose WHERE is triple patterns and comparisons becomes a Horn rule and runs in the engine
with those of the tables. Any other (aggregates, negation, expressions) is run as a query over the
closed graph, in rounds; see ``rounds.py``. ``$releaseDate`` stands for the date of the release.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyoxigraph as ox
import rdflib
from pyparsing.exceptions import ParseBaseException
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.plugins.sparql.sparql import SPARQLError

from kuvend.errors import BadRequest, BadSyntax
from kuvend.namespaces import XSD
from kuvend.reasoning.instances import Atom, Comparison, Instance
from kuvend.reasoning.rule_reads import Reads, reads_of
from kuvend.syntax.sparql_spelling import as_the_engine_reads
from kuvend.terms import Term, from_rdflib

_DATE = re.compile(r"[$?]releaseDate\b")
_HEADER = re.compile(r"#\+ ?(?P<indent>\s*)(?:(?P<key>\w+):)?\s*(?P<value>.*)")
_OPERATORS = frozenset({"=", "!=", "<", "<=", ">", ">="})

# A place of a pattern: a term, or the name of a variable with its question mark.
Slot = Term | str
Pattern = tuple[Slot, Slot, Slot]


@dataclass(frozen=True)
class Rule:
    """A rule of a project. ``text`` is the query with ``$releaseDate`` still in it.

    ``body`` are the triple patterns that must match, ``horn`` whether they and ``comparisons``
    are all of its WHERE. ``reads`` is what its patterns can match; ``None`` for anything.
    """

    name: str
    description: str
    text: str
    heads: tuple[Pattern, ...]
    body: tuple[Pattern, ...]
    comparisons: tuple[tuple[str, Slot, Slot], ...] = ()
    horn: bool = True
    source: str = ""
    reads: Reads | None = None

    @property
    def needs_date(self) -> bool:
        """Whether the rule speaks of the date of the release."""
        return _DATE.search(self.text) is not None

    def query(self, date: datetime.date | None) -> str:
        """The CONSTRUCT query for a release of ``date``.

        :raises BadRequest: where the rule needs a date and there is none.
        """
        if not self.needs_date:
            return self.text
        if date is None:
            raise BadRequest(
                f"the rule {self.name} speaks of the release's date and none is given",
                source=self.source or None,
            )
        return _DATE.sub(str(date_literal(date)), self.text)

    def at(self, date: datetime.date | None) -> Rule:
        """The rule for a release of ``date``: no variable is left for it."""
        if not self.needs_date or date is None:
            return self
        return parse_rule(self.query(date), name=self.name, source=self.source)


def date_literal(date: datetime.date) -> ox.Literal:
    """``date`` as xsd:date."""
    return ox.Literal(date.isoformat(), datatype=XSD.date)


def load_rules(folder: Path) -> tuple[Rule, ...]:
    """The rules of the ``.rq`` files of a folder, by file name; none where there is no folder.

    :raises BadSyntax: for a file that is not a CONSTRUCT query, with line and column.
    :raises BadRequest: for a rule that concludes about a variable it does not match.
    """
    return tuple(
        parse_rule(path.read_text(encoding="utf-8"), name=path.stem, source=str(path))
        for path in sorted(folder.glob("*.rq"))
    )


def parse_rule(text: str, *, name: str = "rule", source: str = "") -> Rule:
    """The rule that a query with a ``#+ name:`` and ``#+ description:`` header declares.

    >>> rule = parse_rule("CONSTRUCT { ?y <urn:q> ?x } WHERE { ?x <urn:p> ?y FILTER(?x != ?y) }")
    >>> rule.horn, rule.comparisons
    (True, (('!=', '?x', '?y'),))

    :raises BadSyntax: where it is not a CONSTRUCT query.
    :raises BadRequest: for a conclusion with a variable that is not matched.
    """
    header = _header(text)
    dated = _DATE.sub('"2000-01-01"^^<http://www.w3.org/2001/XMLSchema#date>', text)
    algebra = _algebra(dated, text, source)
    heads = tuple(_pattern(triple) for triple in algebra["template"])
    found = _Where()
    found.read(algebra["p"])
    rule = Rule(
        name=header.get("name", name),
        description=header.get("description", ""),
        text=as_the_engine_reads(text),
        heads=heads,
        body=tuple(dict.fromkeys(found.patterns)),
        comparisons=tuple(found.comparisons),
        horn=found.is_plain and _is_evaluable(heads, found.patterns),
        source=source,
        reads=reads_of(algebra["p"]),
    )
    _check_safety(rule, {str(v) for v in algebra["p"]["PV"]})
    return rule


def horn_instances(rules: tuple[Rule, ...], number: Callable[[Term], int]) -> list[Instance]:
    """The Horn rules as instances over the numbers of an engine."""
    return [instance for rule in rules if rule.horn for instance in _instances(rule, number)]


def _instances(rule: Rule, number: Callable[[Term], int]) -> Iterator[Instance]:
    names: list[str] = []

    def place(slot: Slot) -> int:
        if not isinstance(slot, str):
            return number(slot)
        if slot not in names:
            names.append(slot)
        return -1 - names.index(slot)

    def atom(pattern: Pattern) -> Atom:
        return place(pattern[0]), place(pattern[1]), place(pattern[2])

    body = tuple(map(atom, rule.body))
    comparisons = tuple(
        Comparison(operator, place(left), place(right))
        for operator, left, right in rule.comparisons
    )
    for head in map(atom, rule.heads):
        yield Instance(rule.name, body, head, (), tuple(names), (), comparisons)


def _header(text: str) -> dict[str, str]:
    found: dict[str, str] = {}
    key = ""
    for line in text.splitlines():
        match = _HEADER.match(line)
        if match is None:
            continue
        key = match["key"] or key
        if key:
            found[key] = f"{found.get(key, '')} {match['value']}".strip().strip("'\"")
    return found


def _algebra(dated: str, text: str, source: str) -> CompValue:
    try:
        algebra: CompValue = translateQuery(parseQuery(dated)).algebra
    except ParseBaseException as error:
        raise BadSyntax(
            f"not a SPARQL query: {error.msg}",
            source=source or None,
            line=error.lineno,
            column=error.column,
        ) from error
    except Exception as error:
        # What is wrong with a query rdflib tells by these two; any other is a defect.
        if type(error) not in (Exception, SPARQLError):
            raise
        raise BadSyntax(f"not a SPARQL query: {error}", source=source or None) from error
    if algebra.name != "ConstructQuery":
        raise BadSyntax(
            "a rule is a CONSTRUCT query", source=source or None, suggestion="Write CONSTRUCT {…}."
        )
    return algebra


class _Where:
    """What a WHERE clause is made of: patterns, comparisons, and whether that is all."""

    def __init__(self) -> None:
        self.patterns: list[Pattern] = []
        self.comparisons: list[tuple[str, Slot, Slot]] = []
        self.is_plain = True

    def read(self, node: Any) -> None:
        """Take in an algebra node and what is under it."""
        if node.name == "BGP":
            self._triples(node["triples"])
        elif node.name in ("Project", "Distinct"):
            self.read(node["p"])
        elif node.name == "Filter":
            self.read(node["p"])
            self._condition(node["expr"])
        elif node.name == "Join":
            self.read(node["p1"])
            self.read(node["p2"])
        else:
            self.is_plain = False
            # What must match is kept for explanations; what must not (Minus) is not.
            for part in ("p", "p1") if node.name in ("Minus", "LeftJoin") else ("p", "p1", "p2"):
                if isinstance(node.get(part), CompValue):
                    self.read(node[part])

    def _triples(self, triples: list[Any]) -> None:
        for triple in triples:
            if all(isinstance(part, rdflib.term.Identifier) for part in triple):
                self.patterns.append(_pattern(triple))
            else:
                self.is_plain = False  # a property path

    def _condition(self, expression: Any) -> None:
        if getattr(expression, "name", "") == "ConditionalAndExpression":
            for part in (expression["expr"], *expression["other"]):
                self._condition(part)
            return
        is_comparison = getattr(expression, "name", "") == "RelationalExpression" and (
            expression["op"] in _OPERATORS
            and isinstance(expression["expr"], rdflib.term.Identifier)
            and isinstance(expression["other"], rdflib.term.Identifier)
        )
        if is_comparison:
            self.comparisons.append(
                (expression["op"], _slot(expression["expr"]), _slot(expression["other"]))
            )
        else:
            self.is_plain = False


def _pattern(triple: Any) -> Pattern:
    subject, predicate, obj = map(_slot, triple)
    return subject, predicate, obj


def _slot(term: Any) -> Slot:
    if isinstance(term, rdflib.Variable):
        return f"?{term}"
    if isinstance(term, rdflib.BNode):
        return f"?{term}"  # a blank node in a pattern is a variable
    return from_rdflib(term)


def _is_evaluable(heads: tuple[Pattern, ...], body: list[Pattern]) -> bool:
    """Whether the engine can join it: fixed predicates, and no new nodes in the conclusion."""
    bound = {slot for pattern in body for slot in pattern if isinstance(slot, str)}
    return all(not isinstance(p[1], str) for p in (*heads, *body)) and all(
        not isinstance(slot, str) or slot in bound for head in heads for slot in head
    )


def _check_safety(rule: Rule, visible: set[str]) -> None:
    matched = {slot for pattern in rule.body for slot in pattern if isinstance(slot, str)}
    for head in rule.heads:
        for slot in head:
            if isinstance(slot, str) and slot not in matched and slot[1:] not in visible:
                raise BadRequest(
                    f"the rule {rule.name} concludes about {slot}, which its WHERE does not bind",
                    source=rule.source or None,
                )
