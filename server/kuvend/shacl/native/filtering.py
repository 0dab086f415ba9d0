"""Which rows pass a query's filters: asked of the engine once for each distinct combination.

No data is needed for that: BIND and FILTER of a group speak of the values of a row alone. Those
that speak of something the rows do not tell are left out, so that no row is lost that may pass.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import pairwise

import numpy as np
import pyoxigraph as ox

from kuvend.shacl.native.bodies import Group
from kuvend.shacl.native.matching import GivenUp, Rows
from kuvend.shacl.native.relation import Places, keys_of
from kuvend.shacl.native.terms import NONE, Mask, Numbers, TermTable
from kuvend.shacl.native.tokens import Token
from kuvend.terms import Term

_BATCH = 2000
_MOST_COMBINATIONS = 300_000
# Signs that bind less than a comparison, and functions that give something else each time.
_NOT_IN_TERMS = frozenset({"|", "&", "!", "=", "<", ">", "rand", "uuid", "struuid", "bnode"})
_GLUED = frozenset({"&&", "||", "<=", ">=", "!=", "^^"})


@dataclass(frozen=True)
class _Clause:
    """A filter with the BINDs it rests on: what is asked, and the columns it speaks of.

    ``by_language`` are those of which nothing but the language tag is looked at.
    """

    text: str
    names: tuple[str, ...]
    by_language: frozenset[str]

    @classmethod
    def of(
        cls, filter_: list[Token], binds: Iterable[list[Token]], names: Iterable[str]
    ) -> _Clause:
        """The clause of the tokens of a filter and of BINDs; ``names`` have columns."""
        parts = [*binds, filter_]
        texts = [f"BIND ( {text_of(tokens)} )" for tokens in parts[:-1]]
        text = " ".join([*texts, f"FILTER ( {text_of(filter_)} )"])
        only = {name for name in names if all(_sees_language(tokens, name) for tokens in parts)}
        return cls(text, tuple(sorted(names)), frozenset(only))


class Filters:
    """The filters of one group; ``hidden`` are variables that they do not see."""

    def __init__(self, table: TermTable, group: Group, hidden: set[str]) -> None:
        self.table, self.hidden = table, hidden
        self.binds = {tokens[-1].text[1:]: tokens for tokens in group.binds}
        self.waiting = [part for tokens in group.filters for part in conjuncts(tokens)]

    def passed(self, rows: Rows, *, early: bool = False) -> Rows:
        """The rows that may pass; ``early`` asks only filters on what will not change any more."""
        if early:
            ready = [one for one in self.waiting if all(map(rows.told, variables(one)))]
            ready = [one for one in ready if not variables(one) & self.hidden]
            self.waiting = [one for one in self.waiting if one not in ready]
        else:
            ready = self.waiting
        for tokens in ready:
            clause = self._clause(tokens, rows)
            if clause is not None and rows.size:
                rows = self._without_twins(tokens, rows)
                found = self._answered(clause, rows, otherwise=True)
                rows = rows.take(np.flatnonzero(found))
        return rows

    def surely(self, rows: Rows) -> Rows:
        """The rows that surely pass; for a group without BIND.

        :raises GivenUp: where that cannot be told.
        """
        for tokens in self.waiting:
            names = variables(tokens)
            if not names or not all(map(rows.told, names)):
                raise GivenUp
            clause = _Clause.of(tokens, (), names)
            found = self._answered(clause, rows, otherwise=False)
            rows = rows.take(np.flatnonzero(found))
        return rows

    def _clause(self, tokens: list[Token], rows: Rows) -> _Clause | None:
        """What to ask; ``None`` where it rests on something that the rows do not tell."""
        binds: list[str] = []
        used: set[str] = set()
        waiting, seen = variables(tokens), set[str]()
        while waiting:
            name = waiting.pop()
            seen.add(name)
            if name in rows.columns.keys() - self.hidden:
                used.add(name)
            elif name in self.binds and name not in rows.columns:
                binds.append(name)
                waiting |= variables(self.binds[name][:-1]) - seen
            else:
                return None
        return _Clause.of(tokens, [self.binds[name] for name in self.binds if name in binds], used)

    def _without_twins(self, tokens: list[Token], rows: Rows) -> Rows:
        """The rows but those where a filter would set a value apart from itself."""
        pair = set_apart(tokens)
        if pair is None or not pair <= rows.columns.keys() - self.hidden:
            return rows
        left, right = (rows.columns[name] for name in pair)
        same: Mask = (left == right) & (left != NONE)
        same[same] = ~self.table.weak(left[same])  # not a number is not even itself
        return rows.take(np.flatnonzero(~same))

    def _answered(self, clause: _Clause, rows: Rows, *, otherwise: bool) -> Mask:
        """Whether each row passes; ``otherwise`` where that cannot be asked."""
        for name in clause.by_language:
            rows = rows.beside(name, _one_for_each_language(self.table, rows.columns[name]))
        places, which = _distinct(rows, clause.names)
        if not clause.names or len(places) > _MOST_COMBINATIONS:
            return np.full(rows.size, otherwise)
        found = np.zeros(len(places), np.bool_)
        for start in range(0, len(places), _BATCH):
            part = places[start : start + _BATCH]
            columns = [_written(self.table, rows, name, part) for name in clause.names]
            found[start : start + _BATCH] = _ask(clause, columns, otherwise=otherwise)
        return found[which]


def variables(tokens: list[Token]) -> set[str]:
    """The variables of an expression."""
    return {token.text[1:] for token in tokens if token.kind == "var"}


def _sees_language(tokens: list[Token], name: str) -> bool:
    """Whether a variable stands nowhere but in ``LANG ( ?v )``."""
    return all(
        [one.text.lower() for one in tokens[at - 2 : at]] == ["lang", "("]
        and tokens[at + 1].text == ")"
        for at, token in enumerate(tokens)
        if token.kind == "var" and token.text[1:] == name
    )


def _one_for_each_language(table: TermTable, numbers: Numbers) -> Numbers:
    """One literal in place of all with its language tag, and so for other kinds of term."""
    known = numbers != NONE
    found = numbers.copy()
    looks = keys_of(table.kinds(numbers[known]), table.languages(numbers[known]) + 1)
    _, first, which = np.unique(looks, return_index=True, return_inverse=True)
    found[known] = numbers[known][first][which]
    return found


def conjuncts(tokens: list[Token]) -> list[list[Token]]:
    """The parts of an expression that all have to be true: it is cut at ``&&`` outside brackets."""
    parts: list[list[Token]] = [[]]
    depth = 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        parts[-1].append(token)
        if depth == 0 and [one.text for one in parts[-1][-2:]] == ["&", "&"]:
            del parts[-1][-2:]
            parts.append([])
    has_choice = any([a.text, b.text] == ["|", "|"] for a, b in pairwise(_outside(tokens)))
    return [tokens] if has_choice else parts


def _outside(tokens: list[Token]) -> list[Token]:
    found, depth = [], 0
    for token in tokens:
        depth += (token.text == "(") - (token.text == ")")
        if depth == 0:
            found.append(token)
    return found


def set_apart(tokens: list[Token]) -> set[str] | None:
    """The two variables of a filter that says the same of both to tell them apart.

    >>> from kuvend.shacl.native.tokens import solid, tokens_of
    >>> sorted(set_apart(solid(tokens_of("STR(?a) < STR(?b)"))) or ())
    ['a', 'b']
    """
    names = variables(tokens)
    for sign in (["<"], [">"], ["!", "="]):
        half, left = divmod(len(tokens) - len(sign), 2)
        texts = [token.text for token in tokens]
        if left or len(names) != 2 or texts[half : half + len(sign)] != sign:
            continue
        one, two = texts[:half], texts[half + len(sign) :]
        if not _NOT_IN_TERMS.isdisjoint(text.lower() for text in one):
            continue
        mine, theirs = variables(tokens[:half]), variables(tokens[half + len(sign) :])
        if len(mine) == len(theirs) == 1 and _alike(one, mine.pop()) == _alike(two, theirs.pop()):
            return names
    return None


def _alike(texts: list[str], name: str) -> list[str]:
    return ["?" if text[1:] == name and text[:1] in "?$" else text for text in texts]


def text_of(tokens: list[Token]) -> str:
    """An expression from its tokens: signs of two characters are tokens of one.

    >>> text_of([Token("var", "?a"), Token("punct", "<"), Token("punct", "="), Token("word", "1")])
    '?a <= 1'
    """
    text, before = "", Token("", "")
    for token in tokens:
        glued = before.text + token.text in _GLUED or "." in (before.text, token.text)
        glued = glued or "^" in (before.text, token.text) or token.text.startswith("@")
        # Of COALESCE and CONCAT the engine wants the bracket right behind them.
        glued = glued or (before.kind == "word" and token.text == "(")
        text += token.text if glued or not text else f" {token.text}"
        before = token
    return text


def _distinct(rows: Rows, names: tuple[str, ...]) -> tuple[Places, Places]:
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


def _ask(clause: _Clause, columns: list[list[str | None]], *, otherwise: bool) -> Mask:
    combinations = list(zip(*columns, strict=True))
    found = np.array([otherwise and None in one for one in combinations], np.bool_)
    listed = " ".join(
        f"({number} {' '.join(map(str, one))})"
        for number, one in enumerate(combinations)
        if None not in one
    )
    head = " ".join(f"?{name}" for name in clause.names)
    query = f"SELECT ?_kuvendRow {{ VALUES (?_kuvendRow {head}) {{ {listed} }} {clause.text} }}"
    try:
        solutions = ox.Store().query(query)
    except SyntaxError:
        return np.full(len(combinations), otherwise)
    assert isinstance(solutions, ox.QuerySolutions), "it is a SELECT"
    found[[int(row[0].value) for row in solutions]] = True
    return found
