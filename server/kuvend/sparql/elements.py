"""The parts of a query's WHERE group, found in its tokens: patterns, filters, blocks.

For telling which part of a query empties its result. Syntax this does not follow (annotations,
nested blank nodes) stays one part that is not taken apart further.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from kuvend.sparql.guard import QUERY_FORMS
from kuvend.sparql.lexer import Token, iter_tokens

TRIPLE, FILTER, VALUES, MINUS, GRAPH, GROUP = (
    "triple", "filter", "values", "minus", "graph", "group"
)  # fmt: skip
# What can only add to a row, never take one away.
OPTIONAL, BIND = "optional", "bind"
_STARTS = {
    "FILTER": FILTER, "OPTIONAL": OPTIONAL, "MINUS": MINUS, "BIND": BIND, "VALUES": VALUES,
    "GRAPH": GRAPH, "SERVICE": GRAPH, "LATERAL": GROUP,
}  # fmt: skip
_TERMS = frozenset({"iri", "name", "variable", "blank", "string", "number"})


@dataclass(frozen=True)
class Element:
    """One part: its kind, its text, and where it starts.

    A triple pattern has its terms, and the place of each.
    """

    kind: str
    text: str
    offset: int
    terms: tuple[str, str, str] | None = None
    places: tuple[int, int, int] | None = None


@dataclass(frozen=True)
class Parts:
    """A query taken apart: what stands before its form, and the elements of its WHERE."""

    prologue: str
    elements: tuple[Element, ...]


def take_apart(text: str) -> Parts | None:
    """The parts of ``text``; ``None`` where no WHERE group is found.

    >>> parts = take_apart("SELECT * { ?s a <urn:C> ; <urn:p> 1, 2 FILTER(?s != 3) }")
    >>> [element.text for element in parts.elements]
    ['?s a <urn:C> .', '?s <urn:p> 1 .', '?s <urn:p> 2 .', 'FILTER(?s != 3)']
    """
    tokens = list(iter_tokens(text))
    form = next((t for t in tokens if t.text.upper() in QUERY_FORMS), None)
    group = where_group(tokens)
    if form is None or group is None:
        return None
    return Parts(text[: form.offset], tuple(found for found, _ in iter_elements(group, text)))


def where_group(tokens: Sequence[Token]) -> list[Token] | None:
    """The tokens inside the outermost braces of WHERE."""
    depth = 0
    start: int | None = None
    for index, token in enumerate(tokens):
        if token.kind == "open":
            if depth == 0 and token.text == "{" and _opens_where(tokens, index):
                start = index + 1
            depth += 1
        elif token.kind == "close":
            depth -= 1
            if depth == 0 and start is not None:
                return list(tokens[start:index])
    return None


def _opens_where(tokens: Sequence[Token], index: int) -> bool:
    if index and tokens[index - 1].text.upper() == "WHERE":
        return True
    is_template = index and tokens[index - 1].text.upper() == "CONSTRUCT"
    return not is_template


def iter_elements(tokens: Sequence[Token], text: str) -> Iterator[tuple[Element, Sequence[Token]]]:
    """The parts of a group, each with its tokens, or with those of its whole statement."""
    index = 0
    while index < len(tokens):
        token = tokens[index]
        if token.text == ".":
            index += 1
            continue
        kind = _STARTS.get(token.text.upper()) if token.kind == "word" else None
        if token.text == "{":
            kind = GROUP
        end = _end_of_statement(tokens, index) if kind is None else _end_of_block(tokens, index)
        part = tokens[index:end]
        if kind is None:
            yield from ((found, part) for found in patterns_of(part, text))
        else:
            yield Element(kind, _text(part, text), token.offset), part
        index = end


def groups_of(element: Element, text: str) -> Iterator[tuple[Element, ...]]:
    """The elements of each group right inside a block, in braces; a sub-SELECT is its WHERE.

    >>> text = "ASK { { ?s ?p 1 } UNION { SELECT ?s { ?s ?p 2 } } }"
    >>> [[inner.text for inner in g] for g in groups_of(take_apart(text).elements[0], text)]
    [['?s ?p 1 .'], ['?s ?p 2 .']]
    """
    tokens = [t._replace(offset=t.offset + element.offset) for t in iter_tokens(element.text)]
    for inner, _ in blocks(tokens):
        is_select = bool(inner) and inner[0].text.upper() == "SELECT"
        group = where_group(inner) if is_select else inner
        yield tuple(found for found, _ in iter_elements(group or [], text))


def blocks(tokens: Sequence[Token]) -> Iterator[tuple[list[Token], int]]:
    """The tokens inside each outermost pair of braces, and the offset of the closing one."""
    depth = 0
    start = 0
    for index, token in enumerate(tokens):
        if token.text == "{":
            depth += 1
            start = index + 1 if depth == 1 else start
        elif token.text == "}":
            depth -= 1
            if depth == 0:
                yield list(tokens[start:index]), token.offset


def _end_of_block(tokens: Sequence[Token], index: int) -> int:
    """Past the block a keyword introduces: past the braces, and past all members of a UNION."""
    needs_braces = tokens[index].text.upper() in {"VALUES", "GRAPH", "SERVICE"}
    while index < len(tokens):
        if tokens[index].kind == "open":
            is_last = tokens[index].text == "{" or not needs_braces
            index = _past_block(tokens, index)
            if is_last and not (index < len(tokens) and tokens[index].text.upper() == "UNION"):
                return index
            continue
        index += 1
    return index


def _past_block(tokens: Sequence[Token], index: int) -> int:
    depth = 0
    while index < len(tokens):
        depth += (tokens[index].kind == "open") - (tokens[index].kind == "close")
        index += 1
        if depth == 0:
            break
    return index


def _end_of_statement(tokens: Sequence[Token], index: int) -> int:
    while index < len(tokens):
        token = tokens[index]
        if token.text in {".", "{"} or (token.kind == "word" and token.text.upper() in _STARTS):
            return index
        index = _past_block(tokens, index) if token.kind == "open" else index + 1
    return index


def patterns_of(
    tokens: Sequence[Token], text: str, *, subject_of: str | None = None
) -> Iterator[Element]:
    """The triple patterns of one statement with its ``;`` and ``,`` written out.

    With ``subject_of`` the statement begins with its first predicate, and that is its subject.
    """
    units = list(_units(tokens, text))
    if subject_of is not None:
        units.insert(0, (subject_of, tokens[0].offset))
    subject, rest = units[0], units[1:]
    found: list[Element] = []
    for clause in _split(rest, ";"):
        objects = list(_split(clause, ","))
        if not objects or len(objects[0]) < 2:
            continue
        *path, first = objects[0]
        predicate = text[path[0][1] : path[-1][1] + len(path[-1][0])]
        for unit, offset in [first, *(o[0] for o in objects[1:] if len(o) == 1)]:
            terms = (subject[0], predicate, unit)
            places = (subject[1], path[0][1], offset)
            found.append(Element(TRIPLE, " ".join(terms) + " .", min(places), terms, places))
    if not found or any(unit in {"~", "{|"} for unit, _ in units):
        found = [Element(TRIPLE, _text(tokens, text) + " .", tokens[0].offset)]
    yield from found


def _units(tokens: Sequence[Token], text: str) -> Iterator[tuple[str, int]]:
    """Terms with their language or datatype, bracketed blocks, operators; each with its offset."""
    index = 0
    while index < len(tokens):
        end = index + 1
        if tokens[index].kind == "open":
            end = _past_block(tokens, index)
        elif tokens[index].kind == "string" and end < len(tokens):
            if tokens[end].kind == "language":
                end += 1
            elif tokens[end].text == "^^":
                end += 2
        yield _text(tokens[index:end], text), tokens[index].offset
        index = end


def _split(units: Sequence[tuple[str, int]], separator: str) -> Iterator[list[tuple[str, int]]]:
    current: list[tuple[str, int]] = []
    for unit in units:
        if unit[0] == separator:
            yield current
            current = []
        else:
            current.append(unit)
    if current:
        yield current


def _text(tokens: Sequence[Token], text: str) -> str:
    last = tokens[-1]
    return text[tokens[0].offset : last.offset + len(last.text)]
