"""Which rows pass a query's filters: asked of the engine once for each distinct combination.

No data is needed for that: BIND and FILTER of a group speak of the values of a row alone. Those
that speak of something the rows do not tell are left out, so that no row is lost that may pass.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pyoxigraph as ox

from kuvend.shacl.native.bodies import Group
from kuvend.shacl.native.matching import Rows
from kuvend.shacl.native.relation import Places, keys_of
from kuvend.shacl.native.terms import NONE, Mask, TermTable
from kuvend.shacl.native.tokens import Token
from kuvend.terms import Term

_BATCH = 2000
_MOST_COMBINATIONS = 300_000
_GLUED = frozenset({"&&", "||", "<=", ">=", "!=", "^^"})


@dataclass
class _Clauses:
    """What is asked: the text, and the columns it speaks of."""

    text: list[str] = field(default_factory=list)
    used: set[str] = field(default_factory=set)
    filters: int = 0


def passing(table: TermTable, body: Group, rows: Rows) -> Mask:
    """Whether each row may pass the filters of a group."""
    passed = np.ones(rows.size, np.bool_)
    clauses = _clauses(body, rows)
    if not clauses.filters or not clauses.used:
        return passed
    names = sorted(clauses.used)
    places, which = _distinct(rows, names)
    if len(places) > _MOST_COMBINATIONS:
        return passed
    found = np.zeros(len(places), np.bool_)
    for start in range(0, len(places), _BATCH):
        part = places[start : start + _BATCH]
        columns = [_written(table, rows, name, part) for name in names]
        found[start : start + _BATCH] = _ask(names, columns, clauses.text)
    return found[which]


def _clauses(body: Group, rows: Rows) -> _Clauses:
    # A filter inside a group does not see what only stands around it.
    known, clauses = rows.columns.keys() & (body.mentioned() | {"this"}), _Clauses()
    derived: set[str] = set()
    for tokens in body.binds:
        target = tokens[-1].text[1:]
        if target in rows.columns:
            continue  # an equality, which is a column by now
        if _variables(tokens[:-1]) <= known:
            known.add(target)
            derived.add(target)
            clauses.text.append(f"BIND ( {text_of(tokens)} )")
            clauses.used |= _variables(tokens[:-1]) - derived
    for tokens in body.filters:
        names = _variables(tokens)
        if names <= known:
            clauses.text.append(f"FILTER ( {text_of(tokens)} )")
            clauses.used |= names - derived
            clauses.filters += 1
    return clauses


def _variables(tokens: list[Token]) -> set[str]:
    return {token.text[1:] for token in tokens if token.kind == "var"}


def text_of(tokens: list[Token]) -> str:
    """An expression from its tokens: signs of two characters are tokens of one.

    >>> text_of([Token("var", "?a"), Token("punct", "<"), Token("punct", "="), Token("word", "1")])
    '?a <= 1'
    """
    text, before = "", ""
    for token in tokens:
        glued = before + token.text in _GLUED or "." in (before, token.text)
        glued = glued or before == "^" or token.text == "^" or token.text.startswith("@")
        text += token.text if glued or not text else f" {token.text}"
        before = token.text
    return text


def _distinct(rows: Rows, names: list[str]) -> tuple[Places, Places]:
    """A row for each distinct combination of columns, and which of them each row has."""
    which: Places = np.zeros(rows.size, np.intp)
    places: Places = np.arange(min(rows.size, 1))
    for name in names:
        column = rows.columns[name].astype(np.int64) + 1
        _, places, which = np.unique(keys_of(which, column), return_index=True, return_inverse=True)
    return places, which


def _written(table: TermTable, rows: Rows, name: str, places: Places) -> list[str | None]:
    """The terms of a column as a query writes them; ``None`` for blank nodes, which it cannot."""
    numbers = rows.columns[name][places].tolist()
    return ["UNDEF" if number == NONE else _text(table.term(number)) for number in numbers]


def _text(term: Term) -> str | None:
    return None if isinstance(term, ox.BlankNode) else str(term)


def _ask(names: list[str], columns: list[list[str | None]], clauses: list[str]) -> Mask:
    combinations = list(zip(*columns, strict=True))
    found = np.array([None in one for one in combinations], np.bool_)
    listed = " ".join(
        f"({number} {' '.join(map(str, one))})"
        for number, one in enumerate(combinations)
        if None not in one
    )
    head = " ".join(f"?{name}" for name in names)
    query = (
        f"SELECT ?_kuvendRow {{ VALUES (?_kuvendRow {head}) {{ {listed} }} {' '.join(clauses)} }}"
    )
    try:
        solutions = ox.Store().query(query)
    except SyntaxError:
        return np.ones(len(combinations), np.bool_)
    assert isinstance(solutions, ox.QuerySolutions), "it is a SELECT"
    found[[int(row[0].value) for row in solutions]] = True
    return found
