"""Why a query has a row: the triples its patterns matched, found again for that one solution.

What cannot be a triple (what is absent, computed or answered elsewhere) is said to be so.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from typing import Unpack

from kuvend.errors import BadRequest
from kuvend.sparql import elements
from kuvend.sparql.guard import QUERY_FORMS, check
from kuvend.sparql.lexer import Token, position
from kuvend.sparql.narrowing import Solution, is_written, narrowed
from kuvend.sparql.options import Options
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.tree import SERVICE, Group, Tree, read_tree
from kuvend.sparql.ways import Way, Ways
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
    tree = _read(text)
    _check_names(tree, solution)
    graphs = default_graphs or outline.default_graphs
    asked = Ways(tree, pool, store, graphs, named_graphs or outline.named_graphs, end=end)
    ways, is_complete = asked.ways(tree.where, solution)
    if not ways:
        raise _no_such_row()
    return Why(
        tuple(ways),
        tuple(dict.fromkeys(_notes(tree.where, text))),
        is_complete,
        tree.where.is_grouped,
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


def row_with(
    text: str, solution: Solution, pool: QueryPool, **options: Unpack[Options]
) -> Solution:
    """The row with the values of ``solution``, as the query has it; what is left out is unbound.

    :raises BadRequest: where the query has no such row, or ``solution`` can be none of its rows.
    """
    outline = check(text, pool.limits)
    tree = _read(text)
    columns = _check_names(tree, solution)
    blank = next((n for n, t in solution.items() if t is not None and not is_written(t)), None)
    if blank is not None:
        raise BadRequest(
            f"a blank node, as {blank!r} has here, cannot name a row.",
            source="solution",
            suggestion="Give the number of the row instead, as in row=1.",
        )
    row = {name: solution.get(name) for name in columns}
    # What is drawn or counted anew each time cannot be asked for again.
    if tree.select is not None and outline.is_repeatable:
        options["default_graphs"] = options.get("default_graphs") or outline.default_graphs
        options["named_graphs"] = options.get("named_graphs") or outline.named_graphs
        if not pool.table(_query_for(tree, row), max_rows=1, **options).rows:
            raise _no_such_row()
    return row


def _read(text: str) -> Tree:
    tree = read_tree(text)
    if tree is None or tree.form not in {"SELECT", "ASK"}:
        raise BadRequest("only a row of a SELECT, or an ASK, can be explained.")
    return tree


def _check_names(tree: Tree, solution: Solution) -> list[str]:
    """The columns of the query.

    :raises BadRequest: where ``solution`` has a variable that is none of them.
    """
    columns = sorted(tree.where.binds()) if tree.select else []
    unknown = next((name for name in solution if name not in columns), None)
    if unknown is not None:
        listed = ", ".join(f"?{name}" for name in columns)
        raise BadRequest(
            f"the rows of the query have no variable {unknown!r}.",
            source="solution",
            suggestion=f"They have {listed}." if columns else "Those of an ASK have none.",
        )
    return columns


def _query_for(tree: Tree, row: Solution) -> str:
    """A query for the rows of a SELECT that have exactly the values of ``row``."""
    start = next(n for n, t in enumerate(tree.tokens) if t.text.upper() in QUERY_FORMS)
    select, last = tree.tokens[start], tree.tokens[-1]
    whole = tree.text[select.offset : last.offset + len(last.text)]
    head = [t for t in tree.tokens[start:] if t.offset < tree.where.start]
    # A sub-query has no dataset of its own: what FROM names is given beside it.
    dataset = [t.offset for t in head if t.kind == "word" and t.text.upper() == "FROM"]
    if dataset:
        opened = next(t for t in head if t.offset > dataset[-1] and _opens(t))
        whole = tree.text[select.offset : dataset[0]] + whole[opened.offset - select.offset :]
    group = narrowed(f"{{ {whole} }}", row)
    return f"{tree.text[: select.offset]} SELECT * WHERE {{ {group} }} LIMIT 1"


def _opens(token: Token) -> bool:
    return token.text == "{" or (token.kind == "word" and token.text.upper() == "WHERE")


def _no_such_row() -> BadRequest:
    return BadRequest(
        "the query has no such row.",
        suggestion="Give all values of a row as the result has it; what is left out is unbound.",
    )


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
    if group.is_grouped:
        line, column = position(text, group.start)
        detail = "the row sums up several solutions, each of which stands here."
        yield Note("group", detail, "", line, column)
