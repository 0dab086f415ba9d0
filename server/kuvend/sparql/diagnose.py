"""Why a query has no rows: each part tried alone, then all but one, within a time budget."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from kuvend.errors import BadRequest
from kuvend.sparql import elements
from kuvend.sparql.asked_graphs import missing_in_from, missing_of_graph
from kuvend.sparql.elements import Element, groups_of, take_apart
from kuvend.sparql.finding import Finding
from kuvend.sparql.guard import check
from kuvend.sparql.lexer import iter_tokens
from kuvend.sparql.options import Options
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.probe import Probe, joined
from kuvend.sparql.seen_values import seen_values
from kuvend.sparql.unmatched import why_unmatched

# An empty group has one row, so the rest of a query says something only with one of these.
_MAKING_ROWS = {elements.TRIPLE, elements.VALUES, elements.GRAPH, elements.GROUP}
# Parts that leave no row to the query where they have none by themselves.
_STANDING_ALONE = {elements.TRIPLE, elements.GRAPH, elements.GROUP}
_ADDING = {elements.OPTIONAL, elements.BIND}


def diagnose(
    text: str,
    pool: QueryPool,
    *,
    default_graphs: Sequence[str] = (),
    named_graphs: Sequence[str] = (),
    entailment: str = "owl-rl",
    timeout_s: float | None = None,
) -> list[Finding]:
    """Why ``text`` has no rows, the likeliest reason first; nothing where it has some.

    :raises BadRequest: where the text is no SELECT, ASK or CONSTRUCT with a WHERE, or is wrong.
    """
    found = check(text, pool.limits)
    parts = take_apart(text)
    if parts is None:
        raise BadRequest("only a query with a WHERE group can be diagnosed.")
    dataset: Options = {
        "default_graphs": default_graphs, "named_graphs": named_graphs, "entailment": entailment,
    }  # fmt: skip
    probe = Probe(found, parts.prologue, pool, dataset, end=pool.deadline(timeout_s))
    options: Options = {**probe.options, "timeout_s": timeout_s}
    if pool.table(text, max_rows=1, **options).rows:
        return []
    missing = missing_in_from(probe)
    if missing and len(missing) == sum(
        map(len, (options["default_graphs"], options["named_graphs"]))
    ):
        return missing
    return missing + (_Group(parts.elements, probe).reasons() or [_UNKNOWN])


_UNKNOWN = Finding("unknown", "no single part empties the result within the time there is.")


class _Group:
    """A group of the query: its own, or one inside it that matches nothing by itself."""

    def __init__(self, parts: Sequence[Element], probe: Probe) -> None:
        self._parts = parts
        self._probe = probe

    def reasons(self) -> list[Finding]:
        """The parts that match nothing by themselves, else the part that empties the rest."""
        if self._probe.holds(joined(self._parts)):
            return [Finding("modifier", "the WHERE group has rows; HAVING, OFFSET or LIMIT "
                                        "leaves none of them.")]  # fmt: skip
        empty = [part for part in self._parts if self._is_empty(part)]
        alone = [finding for part in empty for finding in self._why_empty(part)]
        required = [part for part in self._parts if part.kind not in _ADDING]
        adding = [part for part in self._parts if part.kind in _ADDING]
        return (
            alone
            or list(self._left_out(required))
            or list(self._left_out(adding))
            or list(self._first_conflict())
        )

    def _is_empty(self, part: Element) -> bool:
        """Whether a part matches nothing by itself, not even where it is asked for alone."""
        return (
            part.kind in _STANDING_ALONE
            and _word(part) not in {"SERVICE", "LATERAL"}
            and self._probe.holds(part.text) is False
        )

    def _why_empty(self, part: Element) -> list[Finding]:
        if part.kind == elements.TRIPLE:
            return [why_unmatched(part, self._probe)]
        probe = self._probe
        if part.kind == elements.GRAPH:
            missing = missing_of_graph(part, probe)
            if missing is not None:
                return [missing]
            probe = probe.inside(list(iter_tokens(part.text))[1].text)
        groups = [_Group(inner, probe) for inner in groups_of(part, probe.text)]
        found = [finding for group in groups for finding in group.reasons()]
        placed = [f if f.line else probe.finding(f.kind, f.detail, part) for f in found]
        return placed or [probe.finding("join", "this part alone has no rows.", part)]

    def _left_out(self, tried: Sequence[Element]) -> Iterator[Finding]:
        """Those of ``tried`` without which the group has rows."""
        for part in tried:
            if self._probe.is_over:
                return
            rest = [other for other in self._parts if other is not part]
            if any(p.kind in _MAKING_ROWS for p in rest) and self._probe.holds(joined(rest)):
                detail = f"without this {part.kind} there are rows."
                seen = seen_values(part, rest, self._probe)
                yield self._probe.finding(part.kind, detail, part, seen)

    def _first_conflict(self) -> Iterator[Finding]:
        """The first part at which the parts before it, taken together, have no rows.

        Filters come last: one holds for the whole group, wherever it stands.
        """
        ordered = sorted(self._parts, key=lambda part: part.kind == elements.FILTER)
        for count, part in enumerate(ordered, 1):
            if self._probe.is_over:
                return
            if part.kind in _ADDING or self._probe.holds(joined(ordered[:count])) is not False:
                continue
            detail = "the parts before this one have rows; with it there are none."
            if count == 1:
                detail = "this part alone has no rows."
            seen = seen_values(part, ordered[: count - 1], self._probe)
            yield self._probe.finding("join", detail, part, seen)
            return


def _word(part: Element) -> str:
    first = next(iter_tokens(part.text), None)
    return first.text.upper() if first is not None else ""
