"""Why a query has a row: the triples its patterns matched, found again for that one solution.

What cannot be a triple (what is absent, computed or answered elsewhere) is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Unpack

from kuvend.errors import BadRequest
from kuvend.sparql import elements
from kuvend.sparql.guard import check
from kuvend.sparql.keywords import AGGREGATES
from kuvend.sparql.lexer import position
from kuvend.sparql.options import Options
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.tree import SERVICE, Group, read_tree
from kuvend.sparql.ways import Solution, Way, Ways
from kuvend.store import Store
from kuvend.terms import Term

_NOTES = {
    elements.MINUS: "takes away what is in the graph; that nothing was found has no triple",
    elements.FILTER: "is a condition that the values meet",
    elements.BIND: "computes a value",
    elements.VALUES: "gives values of the query itself",
    SERVICE: "is answered by another service",
}


@dataclass(frozen=True)
class Note:
    """A part of the query that no triple stands for, and what it does."""

    kind: str
    detail: str
    part: str
    line: int
    column: int


@dataclass
class Why:
    """The ways in which a row comes about; ``is_complete`` says whether these are all."""

    ways: tuple[Way, ...]
    notes: tuple[Note, ...] = ()
    is_complete: bool = True
    is_grouped: bool = False
    solution: dict[str, Term] = field(default_factory=dict)


def why(
    text: str,
    solution: Solution,
    pool: QueryPool,
    store: Store,
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    end: float | None = None,
) -> Why:
    """What is behind ``solution``, a row of the SELECT query ``text``; an ASK has an empty one.

    Nothing is looked for after ``end``, a moment of the monotonic clock.

    :raises BadRequest: where the query is neither, or the row is not one of its rows.
    """
    outline = check(text, pool.limits)
    tree = read_tree(text)
    if tree is None or tree.form not in {"SELECT", "ASK"}:
        raise BadRequest("only a row of a SELECT, or an ASK, can be explained.")
    graphs = default_graphs or outline.default_graphs
    asked = Ways(tree, pool, store, graphs, named_graphs or outline.named_graphs, end=end)
    ways, is_complete = asked.ways(tree.where, solution)
    if not ways:
        raise BadRequest(
            "the query has no such row.",
            suggestion="Give the values of a row as the result has it.",
        )
    return Why(
        tuple(ways),
        tuple(dict.fromkeys(_notes(tree.where, text))),
        is_complete,
        _is_grouped(tree.where),
        {name: term for name, term in solution.items() if term is not None},
    )


def row_of(text: str, number: int, pool: QueryPool, **options: Unpack[Options]) -> Solution:
    """The row of this number, counted from 1, as the query has it.

    :raises BadRequest: where there are fewer.
    """
    found = pool.table(text, max_rows=1, first_row=number - 1, **options)
    if found.boolean:
        return {}
    if not found.rows:
        raise BadRequest(
            f"the query has no row {number}.",
            suggestion="Ask /sparql/diagnose why a query has no rows.",
        )
    return dict(zip(found.columns, found.rows[0], strict=True))


def _notes(group: Group, text: str) -> Iterator[Note]:
    """What no triple stands for."""
    for part in group.parts:
        said = _NOTES.get(part.kind)
        word = part.tokens[0].text.upper()
        if part.kind == elements.FILTER and part.groups:
            said = "is a condition on what is, or is not, in the graph"
        if part.kind == elements.TRIPLE and part.element.terms is None:
            said = "is written in a way that is not followed here"
        if said:
            line, column = position(text, part.element.offset)
            yield Note(part.kind, f"{word} {said}.", part.element.text, line, column)
        if part.kind not in {SERVICE, elements.MINUS, elements.FILTER}:
            for inner in part.groups:
                yield from _notes(inner, text)
    if _is_grouped(group):
        line, column = position(text, group.start)
        detail = "the row sums up several solutions, each of which stands here."
        yield Note("group", detail, "", line, column)


def _is_grouped(group: Group) -> bool:
    words = {token.text.upper() for token in group.tail if token.kind == "word"}
    called = group.select.called if group.select else frozenset()
    return "GROUP" in words or bool(called & AGGREGATES)
