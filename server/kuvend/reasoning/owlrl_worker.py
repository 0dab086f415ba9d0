"""The process in which owlrl runs: N-Triples on standard input, their closure on standard output.

Apart from the rest because owlrl replaces rdflib's datatype converters for the whole process
(``"--05"^^xsd:gMonth`` is then ill-typed and ``"05"`` is not). Blank nodes travel as IRIs, so
their names come back as they went. Errors come back on standard error, one a line.
"""

from __future__ import annotations

import sys
from typing import Any

import owlrl
import rdflib
from owlrl.OWLRL import OWLRL_Semantics
from rdflib.term import Literal, URIRef


class CompleteLists(OWLRL_Semantics):  # type: ignore[misc]
    """owlrl with its three loops over lists reaching the last member.

    For keys, ``AllDifferent`` and ``AllDisjointProperties`` owlrl 7.6.2 stops one member short
    (``range(len(members) - 1)`` inside such a loop); with the last member given twice the same
    loops see every pair once. Chains and class lists are read as they are.
    """

    _repeat_last = False

    def _list(self, head: Any) -> Any:
        members = super()._list(head)
        return members + members[-1:] if self._repeat_last else members

    def _equality(self, triple: Any, cycle_num: int) -> None:
        self._repeat_last = True
        super()._equality(triple, cycle_num)
        self._repeat_last = False

    def _properties(self, triple: Any, cycle_num: int) -> None:
        self._repeat_last = True
        super()._properties(triple, cycle_num)
        self._repeat_last = False

    def _property_chain(self, p: Any, x: Any) -> None:
        self._repeat_last = False
        super()._property_chain(p, x)
        self._repeat_last = True


def main() -> None:
    """Read, close, write."""
    rdflib.NORMALIZE_LITERALS = False
    graph = rdflib.Graph()
    graph.parse(data=sys.stdin.buffer.read(), format="nt")
    semantics = CompleteLists(graph, False, False, rdfs=False)
    semantics.closure()
    for message in sorted(set(semantics.error_messages)):
        print(" ".join(str(message).split()), file=sys.stderr)
    lines = {
        f"{s.n3()} {p.n3()} {_n_triples(o)} .\n"
        for s, p, o in graph
        if isinstance(s, URIRef) and isinstance(p, URIRef)
    }
    sys.stdout.buffer.write("".join(sorted(lines)).encode())


def _n_triples(term: Any) -> str:
    if not isinstance(term, Literal):
        return str(term.n3())
    text = "".join(_ESCAPES.get(letter, letter) for letter in term)
    if term.language:
        return f'"{text}"@{term.language}'
    return f'"{text}"^^<{term.datatype}>' if term.datatype else f'"{text}"'


_ESCAPES = {"\\": "\\\\", '"': '\\"', "\n": "\\n", "\r": "\\r"}

if __name__ == "__main__":
    owlrl.DeductiveClosure.use_improved_datatypes_conversions()
    main()
