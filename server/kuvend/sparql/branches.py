"""Which branches of UNION and OPTIONAL a solution took: a variable added to the query tells it.

Sub-queries, negation and what another service answers are left as they are written.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyoxigraph as ox

from kuvend.sparql import elements
from kuvend.sparql.tree import SUBSELECT, UNION, Group, Part
from kuvend.terms import Term

_PREFIX = "branch_"
_MARKED = frozenset({elements.OPTIONAL, UNION})
_ENTERED = _MARKED | {elements.GRAPH, elements.GROUP}


class Branches:
    """Marks the branches of the groups of ``text``, by variables that ``text`` does not have.

    >>> from kuvend.sparql.tree import read_tree
    >>> tree = read_tree("ASK { { ?s a 1 } UNION { ?s a 2 } }")
    >>> Branches(tree.text).marked(tree.where)
    '{ ?s a 1 BIND(0 AS ?branch_6) } UNION { ?s a 2 BIND(1 AS ?branch_6) }'
    """

    def __init__(self, text: str) -> None:
        self._text = text
        self._prefix = _PREFIX
        while self._prefix in text:
            self._prefix += "_"

    def marked(self, group: Group) -> str:
        """What stands between the braces of ``group``, each branch marked."""
        pieces: list[str] = []
        at = group.start
        for offset, added in sorted(self._additions(group), key=lambda found: found[0]):
            pieces += (self._text[at:offset], added)
            at = offset
        return "".join([*pieces, self._text[at : group.end]])

    def taken(self, part: Part, values: Mapping[str, Term]) -> tuple[Group, ...]:
        """The groups of ``part`` that the solution with ``values`` went through."""
        if part.kind not in _MARKED:
            return part.groups if part.kind in _ENTERED else ()
        mark = values.get(self._mark(part))
        return (part.groups[int(mark.value)],) if isinstance(mark, ox.Literal) else ()

    def shown(self, values: Mapping[str, Term]) -> dict[str, Term]:
        """``values`` without the marks."""
        return {name: term for name, term in values.items() if not name.startswith(self._prefix)}

    def _mark(self, part: Part) -> str:
        return f"{self._prefix}{part.element.offset}"

    def _additions(self, group: Group) -> Iterator[tuple[int, str]]:
        """What is to be added to the text, and where."""
        for part in group.parts:
            if part.kind not in _ENTERED:
                continue
            for number, inner in enumerate(part.groups):
                yield from self._additions(inner)
                if part.kind in _MARKED:
                    yield from _around(inner, f"BIND({number} AS ?{self._mark(part)})")


def _around(group: Group, bind: str) -> Iterator[tuple[int, str]]:
    """``bind`` as the last part of a group; a sub-query can only stand alone in one."""
    if any(part.kind == SUBSELECT for part in group.parts):
        yield group.start, "{ "
        yield group.end, f" }} {bind}"
    else:
        yield group.end, f" {bind}"
