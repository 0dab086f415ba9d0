"""Small questions about the data, asked on behalf of one query within a time budget."""

from __future__ import annotations

import copy
import time
from collections.abc import Iterable, Sequence
from functools import cached_property
from typing import Unpack

import pyoxigraph as ox

from kuvend.errors import KuvendError
from kuvend.namespaces import RDF, compact
from kuvend.near import near_names
from kuvend.sparql.elements import Element
from kuvend.sparql.finding import Finding
from kuvend.sparql.guard import Outline
from kuvend.sparql.lexer import iter_tokens, position
from kuvend.sparql.options import Options
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.prologue import Prologue
from kuvend.terms import Term

_BUDGET_S = 10.0
_PROBE_S = 2.0
_SHOWN = 5
MAX_KNOWN = 5000
TermRows = list[tuple[Term | None, ...]]


class Probe:
    """Asks about the dataset of one query, or about the graphs that a ``GRAPH`` in it names."""

    def __init__(
        self, found: Outline, prologue: str, pool: QueryPool, options: Options, *, end: float
    ) -> None:
        self.text = found.text
        self._prologue = prologue
        self._pool = pool
        self.options: Options = {
            "default_graphs": options.get("default_graphs") or found.default_graphs,
            "named_graphs": options.get("named_graphs") or found.named_graphs,
            "entailment": options.get("entailment", "owl-rl"),
        }
        self.names = Prologue(list(iter_tokens(found.text)), pool.settings.base_iri)
        # Nothing is asked after that moment.
        self._end = min(end, time.monotonic() + _BUDGET_S)
        # The name of the graph that is asked, as the query has it; none for the default graph.
        self.graph = ""

    def inside(self, graph: str) -> Probe:
        """The same, of the graph with this name, or of any where it is a variable."""
        changed = copy.copy(self)
        changed.graph = graph
        return changed

    @property
    def in_graph(self) -> str:
        """`` in …`` for the graph that is asked, nothing for the default graph."""
        return f" in {self.asked}" if self.graph else ""

    @property
    def asked(self) -> str:
        """What the patterns are matched against, in words."""
        if not self.graph:
            return "the default graph"
        return self.graph if self.graph[0] not in "?$" else "a named graph"

    @property
    def is_over(self) -> bool:
        """Whether there is no time to ask anything more."""
        return time.monotonic() >= self._end

    def holds(self, pattern: str, **changes: Unpack[Options]) -> bool | None:
        """Whether ``pattern`` matches anything; ``None`` where there was no time to find out."""
        rows = self.rows("*", pattern, most=1, **changes)
        return None if rows is None else bool(rows)

    def rows(
        self, what: str, pattern: str, *, most: int = _SHOWN, **changes: Unpack[Options]
    ) -> TermRows | None:
        """The first rows of a SELECT; ``None`` where it fails or the budget is spent."""
        left_s = min(_PROBE_S, self._end - time.monotonic())
        if left_s <= 0:
            return None
        where = f"GRAPH {self.graph} {{ {pattern}\n}}" if self.graph else pattern
        query = f"{self._prologue} SELECT {what} WHERE {{ {where}\n}} LIMIT {most}"
        options: Options = {**self.options, **changes, "timeout_s": left_s}
        try:
            table = self._pool.table(query, max_rows=most, **options)
        except KuvendError:
            return None
        return list(table.rows)

    @cached_property
    def graphs(self) -> TermRows | None:
        """The named graphs there are, whatever dataset the query names."""
        everything: Options = {"default_graphs": (), "named_graphs": (), "entailment": "owl-rl"}
        return self.inside("").rows(
            "DISTINCT ?kuvend_g", "GRAPH ?kuvend_g {}", most=MAX_KNOWN, **everything
        )

    def shown(self, rows: Iterable[tuple[Term | None, ...]]) -> str:
        """The first terms of some rows as the query could write them."""
        return ", ".join(self.written(row[0]) for row in rows if row[0] is not None)

    def written(self, term: Term | None) -> str:
        """A term as the query could write it, with the prefixes of the project."""
        if isinstance(term, ox.NamedNode):
            return compact(term.value, self._pool.prefixes)
        return str(term)

    def nearest(self, iri: str, known: TermRows | None) -> str | None:
        """A hint at the known IRI whose last part looks most like that of ``iri``."""
        named = [row[0] for row in known or () if isinstance(row[0], ox.NamedNode)]
        local = {_local(term.value): term for term in named}
        near = near_names(_local(iri), local)
        return f"Did you mean {self.written(local[near[0]])}?" if near else None

    def iri(self, term: str) -> str | None:
        """The IRI a term of the query stands for."""
        if term == "a":
            return RDF.type.value
        tokens = list(iter_tokens(term))
        return self.names.absolute(tokens[0]) if len(tokens) == 1 else None

    def finding(
        self, kind: str, detail: str, part: Element, suggestion: str | None = None
    ) -> Finding:
        """What there is to say about a part of the query, with its place."""
        line, column = position(self.text, part.offset)
        return Finding(kind, detail, part.text, line, column, suggestion)


def joined(parts: Sequence[Element]) -> str:
    """Some parts of a group as the text of one."""
    return "\n".join(part.text for part in parts)


def _local(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1].lower()
