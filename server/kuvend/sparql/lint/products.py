"""Cartesian products: parts of one group that nothing joins."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kuvend.sparql import elements
from kuvend.sparql.finding import Finding
from kuvend.sparql.lint.patterns import Judged, iter_groups
from kuvend.sparql.tree import Group, Part


def products(query: Judged) -> Iterator[Finding]:
    """Parts of one group that share no variable, so that every pair of rows is a row."""
    for group in iter_groups(query.tree.where):
        parts = _separate(group)
        if len(parts) > 1:
            first, second = (sorted(_shown_variables(p)) for p in parts[:2])
            yield query.finding(
                "product",
                f"nothing joins {_listed(first)} with {_listed(second)}: every row of the one "
                "goes with every row of the other.",
                parts[1][0].element.text,
                parts[1][0].element.offset,
                "Join them by a variable or a FILTER, or ask two queries.",
            )


def _separate(group: Group) -> list[list[Part]]:
    """The sets of required parts that no variable joins and no constant anchors."""
    joined: list[tuple[set[str], list[Part]]] = []
    links = [p.variables for p in group.parts if p.kind in {elements.FILTER, elements.BIND}]
    for part in group.parts:
        if part.kind in {elements.FILTER, elements.BIND, elements.MINUS}:
            continue
        _join(joined, _ties(part), [part])
    for names in links:
        if names:
            _join(joined, set(names), [])
    return [
        parts
        for _, parts in joined
        if any(p.kind == elements.TRIPLE for p in parts)
        and all(p.kind in {elements.TRIPLE, elements.OPTIONAL} for p in parts)
        and not any(map(_is_anchored, parts))
    ]


def _join(joined: list[tuple[set[str], list[Part]]], names: set[str], parts: list[Part]) -> None:
    touching = [row for row in joined if row[0] & names]
    if not touching:
        joined.append((names, parts))
        return
    first, *others = touching
    first[0].update(names)
    first[1].extend(parts)
    for row in others:
        first[0].update(row[0])
        first[1].extend(row[1])
        joined.remove(row)


def _ties(part: Part) -> set[str]:
    """What joins a part with others: its variables and blank nodes."""
    terms, places = part.element.terms or (), part.element.places or ()
    brackets = {f"_:at{at}" for term, at in zip(terms, places, strict=True) if term[0] == "["}
    blanks = {t.text for t in part.tokens if t.kind == "blank"}
    blanks |= {term for term in terms if term.startswith("_:")}
    return part.variables | blanks | brackets


def _is_anchored(part: Part) -> bool:
    """Whether a constant holds the pattern to few rows; a class does not."""
    terms = part.element.terms
    if part.kind != elements.TRIPLE:
        return False
    if terms is None:
        return True
    is_typing = terms[1] == "a" or terms[1].endswith(":type")
    ends = (terms[0],) if is_typing else (terms[0], terms[2])
    return any(not end.startswith(("?", "$", "_:", "[")) for end in ends)


def _shown_variables(parts: Iterable[Part]) -> set[str]:
    return {name for part in parts for name in part.variables}


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"?{name}" for name in list(names)[:3])
