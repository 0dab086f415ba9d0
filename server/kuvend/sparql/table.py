"""The first rows of a result as terms, for pages and for programs inside Kuvend.

In the worker ``table_of`` turns an engine result into plain JSON values; in the serving process
``read_table`` turns those into a :class:`Table`. Terms travel as in SPARQL Query Results JSON.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple

import pyoxigraph as ox

if TYPE_CHECKING:
    # Only for the types: workers do without rdflib, which this module loads.
    from kuvend.terms import Term

_TRIPLE_COLUMNS = ("subject", "predicate", "object")
_XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"


class Rows(NamedTuple):
    """Which rows of a result are wanted, counted from 0."""

    first: int
    most: int


@dataclass(frozen=True)
class Table:
    """Rows of terms under ``columns``; ``None`` is unbound.

    ``boolean`` is the answer of an ASK, which has no rows. ``is_complete`` says whether no
    rows follow these.
    """

    columns: tuple[str, ...]
    rows: tuple[tuple[Term | None, ...], ...]
    is_complete: bool
    boolean: bool | None = None


def table_of(
    result: ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples, wanted: Rows
) -> dict[str, Any]:
    """The ``wanted`` rows of ``result`` as JSON values."""
    if isinstance(result, ox.QueryBoolean):
        return {"columns": [], "rows": [], "more": False, "boolean": bool(result)}
    columns = (
        list(_TRIPLE_COLUMNS)
        if isinstance(result, ox.QueryTriples)
        else [variable.value for variable in result.variables]
    )
    end = wanted.first + wanted.most
    found = islice(_iter_rows(result), wanted.first, end + 1)
    rows = [[None if term is None else term_as_json(term) for term in row] for row in found]
    return {
        "columns": columns,
        "rows": rows[: wanted.most],
        "more": len(rows) > wanted.most,
        "boolean": None,
    }


def read_table(body: bytes) -> Table:
    """The table a worker sent."""
    value = json.loads(body)
    return Table(
        columns=tuple(value["columns"]),
        rows=tuple(
            tuple(None if term is None else term_from_json(term) for term in row)
            for row in value["rows"]
        ),
        is_complete=not value["more"],
        boolean=value["boolean"],
    )


def _iter_rows(result: ox.QuerySolutions | ox.QueryTriples) -> Iterator[tuple[Any, ...]]:
    if isinstance(result, ox.QueryTriples):
        return ((triple.subject, triple.predicate, triple.object) for triple in result)
    width = len(result.variables)
    return (tuple(solution[index] for index in range(width)) for solution in result)


def term_as_json(term: Any) -> dict[str, Any]:
    """A term as SPARQL Query Results JSON writes it.

    >>> term_as_json(ox.Literal("ë", language="sq"))
    {'type': 'literal', 'value': 'ë', 'xml:lang': 'sq'}
    """
    if isinstance(term, ox.NamedNode):
        return {"type": "uri", "value": term.value}
    if isinstance(term, ox.BlankNode):
        return {"type": "bnode", "value": term.value}
    if isinstance(term, ox.Triple):
        parts = zip(_TRIPLE_COLUMNS, term, strict=True)
        return {"type": "triple", "value": {name: term_as_json(part) for name, part in parts}}
    found = {"type": "literal", "value": term.value}
    if term.language:
        found["xml:lang"] = term.language
        if term.direction is not None:
            found["its:dir"] = str(term.direction)
    elif term.datatype.value != _XSD_STRING:
        found["datatype"] = term.datatype.value
    return found


def term_from_json(value: Any) -> Any:
    """A term as SPARQL Query Results JSON writes it.

    :raises ValueError: and others, where it is none.

    >>> term_from_json({"type": "literal", "value": "ë", "xml:lang": "sq"}).language
    'sq'
    """
    if value["type"] == "uri":
        return ox.NamedNode(value["value"])
    if value["type"] == "bnode":
        return ox.BlankNode(value["value"])
    if value["type"] == "triple":
        parts = (value["value"][name] for name in _TRIPLE_COLUMNS)
        return ox.Triple(*(term_from_json(part) for part in parts))
    language = value.get("xml:lang")
    if language and value.get("its:dir"):
        direction = ox.BaseDirection(value["its:dir"])
        return ox.Literal(value["value"], language=language, direction=direction)
    if language:
        return ox.Literal(value["value"], language=language)
    return ox.Literal(value["value"], datatype=ox.NamedNode(value.get("datatype") or _XSD_STRING))
