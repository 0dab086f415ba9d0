"""The solutions of a query, each with the triples its patterns matched.

The query is run once more with every variable shown. Its patterns, filled in with each solution,
are looked up in the store.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, islice, product

import pyoxigraph as ox

from kuvend.errors import KuvendError
from kuvend.sparql import elements
from kuvend.sparql.branches import Branches
from kuvend.sparql.guard import QUERY_FORMS
from kuvend.sparql.matching import Ground, Matcher
from kuvend.sparql.narrowing import Solution, is_written, narrowed
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.tree import SUBSELECT, Group, Part, Tree
from kuvend.store import Store
from kuvend.terms import Term

Triples = tuple[Ground, ...]
_MAX_WAYS = 20
# So many rows are looked through for terms that the query cannot be narrowed to.
_MAX_ROWS = 1000
_BUDGET_S = 4.0


@dataclass(frozen=True)
class Way:
    """One solution of the WHERE group that gives the row, with its triples."""

    values: dict[str, Term]
    triples: Triples


class Ways:
    """Finds the ways in which the rows of one query come about, until its time is up."""

    def __init__(
        self,
        tree: Tree,
        pool: QueryPool,
        store: Store,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
        *,
        budget_s: float = _BUDGET_S,
        end: float | None = None,
    ) -> None:
        self._pool = pool
        self._store = store
        self._options = {"default_graphs": default_graphs, "named_graphs": named_graphs}
        self._deadline = time.monotonic() + budget_s
        if end is not None:
            self._deadline = min(self._deadline, end)
        names = Prologue(tree.tokens, pool.settings.base_iri)
        defaults = [ox.NamedNode(iri) for iri in default_graphs]
        self._matcher = Matcher(tree.text, names, store, defaults, self._deadline)
        self._branches = Branches(tree.text)
        start = next(t for t in tree.tokens if t.text.upper() in QUERY_FORMS)
        self._prologue = tree.text[: start.offset]

    def ways(
        self, group: Group, solution: Solution, *, most: int = _MAX_WAYS
    ) -> tuple[list[Way], bool]:
        """The ways to those solutions of a group that have the values of ``solution``.

        Each way stands once, at most ``most``, and those there is time for; says whether these
        are all.
        """
        return self._ways(group, solution, None, most=most)

    def _ways(
        self,
        group: Group,
        solution: Solution,
        graph: ox.NamedNode | None,
        *,
        most: int = _MAX_WAYS,
        is_row: bool = True,
    ) -> tuple[list[Way], bool]:
        visible = group.solutions_bind()
        sought = {name: term for name, term in solution.items() if name in visible}
        others = {n: t for n, t in sought.items() if t is not None and not is_written(t)}
        inside = f"{{ {self._branches.marked(group)} }}"
        where = narrowed(f"GRAPH {graph} {inside}" if graph else inside, sought, is_row=is_row)
        table = self._pool.table(
            f"{self._prologue} SELECT DISTINCT * WHERE {{ {where} }}",
            max_rows=_MAX_ROWS if others else most,
            timeout_s=max(0.1, self._deadline - time.monotonic()),
            **self._options,  # type: ignore[arg-type]
        )
        found: dict[object, Way] = {}
        for row in table.rows:
            values = dict(zip(table.columns, row, strict=True))
            bound = {name: term for name, term in values.items() if term is not None}
            if not all(self._is_same(term, bound.get(name)) for name, term in others.items()):
                continue
            shown = self._branches.shown(bound)
            for triples in self._alternatives(group, bound, graph):
                key = (tuple(shown.items()), triples)
                if key not in found and len(found) == most:
                    return list(found.values()), False
                found.setdefault(key, Way(shown, triples))
                # Triples looked for past the end may be missing: the last way counts as cut too.
                if time.monotonic() > self._deadline:
                    return list(found.values()), False
        return list(found.values()), table.is_complete and not self._matcher.was_cut

    def _is_same(self, term: Term, found: Term | None) -> bool:
        """Whether these are one term; a blank node that is not stored is a new one in each run."""
        if isinstance(term, ox.BlankNode) and not self._is_stored(term):
            return isinstance(found, ox.BlankNode) and not self._is_stored(found)
        return term == found

    def _is_stored(self, node: ox.BlankNode) -> bool:
        quads = chain(self._store.quads(node), self._store.quads(None, None, node))
        return any(True for _ in quads)

    def _alternatives(
        self, group: Group, values: Mapping[str, Term], graph: ox.NamedNode | None
    ) -> Iterator[Triples]:
        """The triples of the patterns of a group and of those in it, for each way they match."""
        patterns = [part for part in group.patterns() if part.element.terms is not None]
        own = (
            sorted(found, key=lambda ground: (ground.line, ground.column))
            for found in self._matcher.joins(patterns, values, graph)
        )
        choices = [self._some(tuple(found) for found in own)]
        for part in group.parts:
            choices += self._within(part, values, graph)
        for chosen in product(*choices):
            yield tuple(dict.fromkeys(chain.from_iterable(chosen)))

    def _within(
        self, part: Part, values: Mapping[str, Term], graph: ox.NamedNode | None
    ) -> Iterator[list[Triples]]:
        """For each group of a part that ``values`` went through, the triples of each way."""
        if part.kind == SUBSELECT:
            yield self._some(self._of_subselect(part.groups[0], values, graph))
            return
        if part.kind == elements.GRAPH:
            name = self._matcher.term(part.tokens[1:2], values)
            if not isinstance(name, ox.NamedNode):
                # The engine does not tell the graph of a sub-query that leaves the name out.
                self._matcher.was_cut = True
                return
            graph = name
        for inner in self._branches.taken(part, values):
            yield self._some(self._alternatives(inner, values, graph))

    def _some(self, found: Iterable[Triples]) -> list[Triples]:
        """The first of them, or no triples at all where none could be found again."""
        kept = list(islice(found, _MAX_WAYS + 1))
        if not 0 < len(kept) <= _MAX_WAYS:
            self._matcher.was_cut = True
        return kept[:_MAX_WAYS] or [()]

    def _of_subselect(
        self, group: Group, values: Mapping[str, Term], graph: ox.NamedNode | None
    ) -> Sequence[Triples]:
        """The triples of each way to a row of a sub-query; where it groups, of all together."""
        if time.monotonic() > self._deadline:
            return ()
        seen = {name: values.get(name) for name in group.binds()}
        try:
            # What the sub-query leaves open may have got its value outside of it.
            ways, is_complete = self._ways(group, seen, graph, is_row=False)
        except KuvendError:
            return ()
        self._matcher.was_cut |= not is_complete
        if group.is_grouped:
            return [tuple(ground for way in ways for ground in way.triples)]
        return [way.triples for way in ways]
