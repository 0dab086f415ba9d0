"""The values of JSON-LD: sets taken apart, lists and the cells made of them, numbers."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, MutableMapping
from decimal import Decimal

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.syntax.json_text import Item, JsonArray, JsonObject, Member
from kuvend.syntax.jsonld_terms import Terms
from kuvend.terms import Subject, Term

_MAX_DIGITS = 400  # an integer of more is written as a double


def member_for(keyword: str, node: JsonObject, terms: Terms) -> Member | None:
    """The member of an object whose key is a keyword, or stands for it."""
    return next((m for m in node.members if terms.keyword(m.key) == keyword), None)


def spread(item: Item, terms: Terms) -> Iterator[Item]:
    """The values in an item: those of arrays and sets, however nested, or the one."""
    value = item.value
    if isinstance(value, JsonArray):
        for inner in value.items:
            yield from spread(inner, terms)
        return
    held = member_for("@set", value, terms) if isinstance(value, JsonObject) else None
    if held is None:
        yield item
    else:
        yield from spread(held, terms)


def list_in(item: Item, terms: Terms, key: str = "") -> Item | None:
    """What the list that an item is holds; ``None`` where it is none."""
    held = member_for("@list", item.value, terms) if isinstance(item.value, JsonObject) else None
    if held is not None:
        return held
    return item if key and terms.is_list(key) else None


def list_cells(
    quads: Iterable[ox.Quad], lists: Mapping[tuple[Subject, str], list[tuple[Item, Terms]]]
) -> tuple[dict[Term, Item], dict[Term, Item]]:
    """The value each cell of the engine's lists holds as written, and the list of each head.

    ``lists`` are the lists each property of a node has, in order.
    """
    firsts: dict[Term, Term] = {}
    rests: dict[Term, Term] = {}
    heads = []
    for quad in quads:
        if quad.predicate == RDF.first:
            firsts[quad.subject] = quad.object
        elif quad.predicate == RDF.rest:
            rests[quad.subject] = quad.object
        else:
            heads.append(quad)
    cells: dict[Term, Item] = {}
    wholes: dict[Term, Item] = {}
    taken: dict[tuple[Subject, str], Iterator[tuple[Item, Terms]]] = {}
    for quad in heads:
        if quad.object in firsts:
            place = (quad.subject, quad.predicate.value)
            written = next(taken.setdefault(place, iter(lists.get(place, ()))), None)
            if written is not None:
                _follow(quad.object, written, (firsts, rests), (cells, wholes))
    return cells, wholes


def _follow(
    head: Term,
    written: tuple[Item, Terms],
    made: tuple[Mapping[Term, Term], Mapping[Term, Term]],
    found: tuple[MutableMapping[Term, Item], MutableMapping[Term, Item]],
) -> None:
    (firsts, rests), (cells, wholes) = made, found
    item, terms = written
    wholes[head] = item
    cell: Term | None = head
    for value in _members(list_in(item, terms) or item, terms):
        if cell is None or cell not in firsts or cell in cells:
            return
        cells[cell] = value
        if firsts[cell] in firsts and list_in(value, terms) is not None:
            _follow(firsts[cell], (value, terms), made, found)
        cell = rests.get(cell)


def _members(item: Item, terms: Terms) -> Iterator[Item]:
    """What a list holds, as the engine takes it: arrays in it are not lists of their own."""
    return (value for value in spread(item, terms) if value.value is not None)


def number_forms(text: str) -> set[str]:
    """The lexical forms JSON-LD may give a number (JSON-LD API §8.2).

    >>> sorted(number_forms("2.50")), sorted(number_forms("1e2"))
    (['2.50', '2.5E0'], ['1.0E2', '100', '1e2'])
    """
    try:
        number = Decimal(text)
    except ArithmeticError:  # an exponent that nothing holds
        return {text}
    sign, digits, _ = number.as_tuple()
    mantissa = "".join(map(str, digits)).strip("0") or "0"
    exponent = number.adjusted() if number else 0
    forms = {text, f"{'-' * sign}{mantissa[0]}.{mantissa[1:] or '0'}E{exponent}"}
    if exponent < _MAX_DIGITS and number == number.to_integral_value():
        forms.add(str(int(number)))
    return forms
