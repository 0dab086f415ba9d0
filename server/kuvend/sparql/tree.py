"""The groups of a query, one inside the other, with the variables each of them binds.

Found in the tokens, as ``elements`` does, so that nothing a visitor wrote meets a parser. Syntax
this does not follow (annotations, nested triples) stays a pattern without terms.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from operator import attrgetter

from kuvend.sparql import elements
from kuvend.sparql.elements import Element, blocks, iter_elements, patterns_of, where_group
from kuvend.sparql.guard import QUERY_FORMS
from kuvend.sparql.keywords import AGGREGATES
from kuvend.sparql.lexer import Token, iter_tokens

# What a part of a group is beside the kinds of `elements`.
UNION, SERVICE, SUBSELECT = "union", "service", "subselect"
# How a blank node in brackets is called, by its place.
_BRACKET_NAME = "_:at"
_offset = attrgetter("offset")


@dataclass(frozen=True)
class Select:
    """The head of a SELECT: its plain columns with their places, those of AS, and the rest."""

    columns: tuple[Token, ...]
    named: tuple[str, ...]
    is_star: bool
    # Words before a bracket in the head, functions and aggregates.
    called: frozenset[str]
    # Variables inside the expressions of the head.
    used: tuple[Token, ...]


@dataclass(frozen=True)
class Part:
    """One part of a group and the groups inside it; a sub-SELECT is a part with its head."""

    kind: str
    element: Element
    tokens: tuple[Token, ...]
    groups: tuple[Group, ...] = ()

    @property
    def variables(self) -> set[str]:
        """Every variable that is written in the part."""
        return {token.text[1:] for token in self.tokens if token.kind == "variable"}

    def binds(self) -> set[str]:
        """The variables the part may bind for its group."""
        if self.kind in {elements.FILTER, elements.MINUS}:
            return set()
        if self.kind == elements.BIND:
            return {self.tokens[-2].text[1:]} if len(self.tokens) > 2 else set()
        if self.kind == elements.VALUES:
            head = _before_brace(self.tokens)
            return {token.text[1:] for token in head if token.kind == "variable"}
        if self.kind == elements.TRIPLE:
            return self.variables
        found = {name for group in self.groups for name in group.binds()}
        if self.kind in {elements.GRAPH, SERVICE}:
            found |= {t.text[1:] for t in _before_brace(self.tokens) if t.kind == "variable"}
        return found


@dataclass(frozen=True)
class Group:
    """What stands between two braces; ``select`` is the head where that is a sub-SELECT.

    ``start`` and ``end`` are the offsets of its first and past its last token.
    """

    parts: tuple[Part, ...]
    start: int = 0
    end: int = 0
    select: Select | None = None
    # Of a sub-SELECT, the tokens after its group: GROUP BY, HAVING, ORDER BY, VALUES.
    tail: tuple[Token, ...] = ()

    def solutions_bind(self) -> set[str]:
        """The variables the solutions inside the group have, whatever a SELECT makes of them."""
        return {name for part in self.parts for name in part.binds()}

    def binds(self) -> set[str]:
        """The variables visible outside of the group."""
        inside = self.solutions_bind() | values_of(self.tail)
        if self.select is None:
            return inside
        own = {token.text[1:] for token in self.select.columns} | set(self.select.named)
        return inside if self.select.is_star else own

    @property
    def has_group_by(self) -> bool:
        """Whether GROUP BY follows it."""
        return any(t.kind == "word" and t.text.upper() == "GROUP" for t in self.tail)

    @property
    def is_grouped(self) -> bool:
        """Whether each of its rows sums up several solutions."""
        called = self.select.called if self.select else frozenset()
        return self.has_group_by or bool(called & AGGREGATES)

    def patterns(self) -> Iterator[Part]:
        """The triple patterns of the group itself."""
        return (part for part in self.parts if part.kind == elements.TRIPLE)


@dataclass(frozen=True)
class Tree:
    """A query as groups; ``select`` where it is a SELECT."""

    form: str
    text: str
    tokens: tuple[Token, ...] = field(repr=False)
    where: Group

    @property
    def select(self) -> Select | None:
        """The head of the outermost SELECT."""
        return self.where.select


def read_tree(text: str) -> Tree | None:
    """The groups of ``text``; ``None`` where it has no WHERE group.

    >>> tree = read_tree("SELECT ?s { ?s ?p 1 OPTIONAL { ?s ?q ?r FILTER(?r > ?z) } }")
    >>> [part.kind for part in tree.where.parts], sorted(tree.where.binds())
    (['triple', 'optional'], ['s'])
    """
    tokens = tuple(iter_tokens(text))
    start = next((n for n, t in enumerate(tokens) if t.text.upper() in QUERY_FORMS), None)
    if start is None:
        return None
    group = _query_group(tokens[start:], text)
    return None if group is None else Tree(tokens[start].text.upper(), text, tokens, group)


def values_of(tail: Sequence[Token]) -> set[str]:
    """The variables of the VALUES block, and of the AS of GROUP BY, after a group."""
    found: set[str] = set()
    for index, token in enumerate(tail):
        if token.kind == "word" and token.text.upper() == "VALUES":
            head = _before_brace(tail[index:])
            found |= {t.text[1:] for t in head if t.kind == "variable"}
        elif token.kind == "word" and token.text.upper() == "AS" and index + 1 < len(tail):
            found.add(tail[index + 1].text[1:])
    return found


def _query_group(tokens: Sequence[Token], text: str) -> Group | None:
    """The group of a query or sub-query that begins with the first token."""
    inner = where_group(tokens)
    if inner is None:
        return None
    start = inner[0].offset if inner else None
    # An empty group has no token of its own to tell where it stands.
    head = [t for t in tokens if start is None or t.offset < start]
    last = inner[-1].offset if inner else tokens[0].offset
    tail = [t for t in tokens if t.offset > last][1:]
    is_select = tokens[0].text.upper() == "SELECT"
    select = _select(head[1:]) if is_select else None
    return Group(tuple(_parts(inner, text)), *_span(inner), select, tuple(tail))


def _span(tokens: Sequence[Token]) -> tuple[int, int]:
    if not tokens:
        return 0, 0
    return tokens[0].offset, tokens[-1].offset + len(tokens[-1].text)


def _select(head: Sequence[Token]) -> Select:
    columns: list[Token] = []
    named: list[str] = []
    used: list[Token] = []
    depth = 0
    is_star = False
    for index, token in enumerate(head):
        if token.text == "{" or token.text.upper() in {"WHERE", "FROM"}:
            break
        depth += (token.kind == "open") - (token.kind == "close")
        if token.text == "*" and depth == 0:
            is_star = True
        if token.kind != "variable":
            continue
        if depth == 0:
            columns.append(token)
        elif head[index - 1].text.upper() == "AS":
            named.append(token.text[1:])
        else:
            used.append(token)
    called = frozenset(token.text.upper() for token, after in pairwise(head) if after.text == "(")
    return Select(tuple(columns), tuple(named), is_star, called, tuple(used))


def _parts(tokens: Sequence[Token], text: str) -> Iterator[Part]:
    if tokens and tokens[0].text.upper() == "SELECT":
        group = _query_group(tokens, text)
        if group is not None:
            element = Element(SUBSELECT, text[tokens[0].offset :], tokens[0].offset)
            yield Part(SUBSELECT, element, tuple(tokens), (group,))
        return
    seen: set[int] = set()
    for element, part in iter_elements(tokens, text):
        if element.kind == elements.TRIPLE:
            yield _pattern(element, part)
            yield from _inside(element, part, text, seen)
            continue
        # The braces of VALUES hold data, no group.
        inside = () if element.kind == elements.VALUES else blocks(part)
        groups = tuple(_group(inner, end, text) for inner, end in inside)
        yield Part(_kind(element, part, groups), element, tuple(part), groups)


def _kind(element: Element, tokens: Sequence[Token], groups: Sequence[Group]) -> str:
    if tokens[0].text.upper() == "SERVICE":
        return SERVICE
    return UNION if element.kind == elements.GROUP and len(groups) > 1 else element.kind


def _group(inner: Sequence[Token], end: int, text: str) -> Group:
    """The group with these tokens, whose closing brace stands at ``end``."""
    return Group(tuple(_parts(inner, text)), *(_span(inner) if inner else (end, end)))


def _pattern(element: Element, statement: Sequence[Token]) -> Part:
    if element.terms is None or element.places is None:
        return Part(elements.TRIPLE, element, tuple(statement))
    own = [
        token
        for term, place in zip(element.terms, element.places, strict=True)
        for token in _tokens_of(term, place, statement)
    ]
    return Part(elements.TRIPLE, element, tuple(own))


def _tokens_of(term: str, place: int, statement: Sequence[Token]) -> Sequence[Token]:
    """The tokens of a term of a statement, or of a name that stands for the subject of one."""
    if term.startswith(_BRACKET_NAME):
        return [Token("blank", term, place)]
    start = bisect_left(statement, place, key=_offset)
    return statement[start : bisect_left(statement, place + len(term), start, key=_offset)]


def _inside(
    element: Element, statement: Sequence[Token], text: str, seen: set[int]
) -> Iterator[Part]:
    """The patterns inside the brackets of a blank node, as patterns of their own.

    The subject of several patterns of one statement is looked into once.
    """
    terms, places = element.terms or (), element.places or ()
    for term, place in list(zip(terms, places, strict=True))[::2]:
        if not term.startswith("[") or place in seen:
            continue
        seen.add(place)
        inner = _tokens_of(term, place, statement)[1:-1]
        if not inner:
            continue
        for found in patterns_of(inner, text, subject_of=f"{_BRACKET_NAME}{place}"):
            yield _pattern(found, inner)
            yield from _inside(found, inner, text, seen)


def _before_brace(tokens: Sequence[Token]) -> list[Token]:
    found: list[Token] = []
    for token in tokens:
        if token.text == "{":
            break
        found.append(token)
    return found
