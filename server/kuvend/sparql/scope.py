"""Variables that are used where nothing binds them.

Source: SPARQL 1.1 §18.2.1 (variable scope).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from kuvend.near import near_names
from kuvend.sparql import elements
from kuvend.sparql.finding import Finding
from kuvend.sparql.lexer import Token, position
from kuvend.sparql.tree import SERVICE, SUBSELECT, Group, Part, Tree, values_of


def unbound_variables(tree: Tree) -> Iterator[Finding]:
    """Columns that are always empty, and filters that see a variable nobody binds."""
    everywhere = _everywhere(tree.where)
    yield from _head(tree, tree.where, everywhere)
    yield from _in_group(tree, tree.where, set(), everywhere)


def _everywhere(group: Group) -> set[str]:
    """The variables bound anywhere in a query, to suggest from."""
    found = {name for part in group.parts for name in part.binds()} | values_of(group.tail)
    for part in group.parts:
        for inner in part.groups:
            found |= _everywhere(inner)
    return found


def _head(tree: Tree, group: Group, everywhere: set[str]) -> Iterator[Finding]:
    """The columns of a SELECT that nothing binds."""
    if group.select is None:
        return
    bound = {n for part in group.parts for n in part.binds()} | values_of(group.tail)
    bound |= set(group.select.named)
    for token in group.select.columns:
        if token.text[1:] not in bound:
            detail = f"{token.text} is selected, but nothing binds it: the column is always empty."
            yield _finding(tree, token, detail, bound or everywhere)
    for token in group.select.used:
        if token.text[1:] not in bound:
            detail = f"{token.text} is used in the SELECT, but nothing binds it."
            yield _finding(tree, token, detail, bound or everywhere)


def _in_group(tree: Tree, group: Group, outer: set[str], everywhere: set[str]) -> Iterator[Finding]:
    """Filters and calculations of a group and of those inside it.

    ``outer`` is what the group sees of outside: all of it in EXISTS, the left side in the
    filters of an OPTIONAL, else nothing.
    """
    bound = {name for part in group.parts for name in part.binds()}
    visible = bound | outer
    before: set[str] = set()
    for part in group.parts:
        if part.kind == elements.FILTER:
            for token in _own_variables(part):
                if token.text[1:] not in visible:
                    yield _unseen(tree, token, everywhere, "FILTER", "outside of its group")
        elif part.kind == elements.BIND:
            yield from _bind(tree, part, before | outer, bound)
        for inner in part.groups:
            if part.kind == SERVICE:
                continue
            if part.kind == SUBSELECT:
                yield from _head(tree, inner, everywhere)
            seen = _seen_inside(part, before, visible)
            yield from _in_group(tree, inner, seen, everywhere)
        before |= part.binds()


def _seen_inside(part: Part, before: set[str], around: set[str]) -> set[str]:
    if part.kind == elements.FILTER:
        return around
    if part.kind == elements.OPTIONAL:
        return before
    is_lateral = part.tokens[0].text.upper() == "LATERAL"
    return before if is_lateral else set()


def _bind(tree: Tree, part: Part, seen: set[str], bound: set[str]) -> Iterator[Finding]:
    for token in list(_own_variables(part))[:-1]:
        name = token.text[1:]
        if name not in seen:
            place = "after it" if name in bound else "outside of its group"
            yield _unseen(tree, token, bound | _everywhere(tree.where), "BIND", place)


def _own_variables(part: Part) -> Iterator[Token]:
    """The variables of an expression, without those of the groups in it."""
    depth = 0
    for token in part.tokens:
        depth += (token.text == "{") - (token.text == "}")
        if token.kind == "variable" and depth == 0:
            yield token


def _unseen(tree: Tree, token: Token, known: set[str], word: str, place: str) -> Finding:
    if token.text[1:] not in known:
        return _finding(tree, token, f"nothing binds {token.text}.", known)
    line, column = position(tree.text, token.offset)
    detail = f"this {word} does not see {token.text}, which is bound {place}."
    hint = f"Move the {word} to where {token.text} is bound."
    return Finding("scope", detail, token.text, line, column, hint)


def _finding(tree: Tree, token: Token, detail: str, known: Iterable[str]) -> Finding:
    line, column = position(tree.text, token.offset)
    near = _near(token.text[1:], sorted(known))
    hint = f"Did you mean ?{near}?" if near else None
    return Finding("unbound", detail, token.text, line, column, hint)


def _near(name: str, known: Sequence[str]) -> str | None:
    near = near_names(name, known)
    return near[0] if near else None
