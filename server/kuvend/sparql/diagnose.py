"""Why a query has no rows: each part tried alone, then all but one, within a time budget."""

from __future__ import annotations

import time
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Unpack

import pyoxigraph as ox

from kuvend.errors import BadRequest, KuvendError
from kuvend.namespaces import RDF, compact
from kuvend.near import near_names
from kuvend.sparql import elements
from kuvend.sparql.elements import Element, take_apart
from kuvend.sparql.guard import check
from kuvend.sparql.lexer import iter_tokens, position
from kuvend.sparql.options import Options
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.prologue import Prologue
from kuvend.terms import Term

_BUDGET_S = 10.0
_PROBE_S = 2.0
_SHOWN = 5
_MAX_KNOWN = 5000
# An empty group has one row, so the rest of a query says something only with one of these.
_MAKING_ROWS = {elements.TRIPLE, elements.VALUES, elements.GRAPH, elements.GROUP}


@dataclass(frozen=True)
class Finding:
    """One reason for having no rows: which part, where it stands, and what may help."""

    kind: str
    detail: str
    part: str = ""
    line: int | None = None
    column: int | None = None
    suggestion: str | None = None

    def as_json(self) -> dict[str, object]:
        """The finding as JSON values, without what is not known."""
        return {name: value for name, value in asdict(self).items() if value}


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
    check(text, pool.limits)
    parts = take_apart(text)
    if parts is None:
        raise BadRequest("only a query with a WHERE group can be diagnosed.")
    probe = _Probe(text, parts.prologue, pool, default_graphs, named_graphs, entailment)
    probe.end_by(pool.deadline(timeout_s))
    options: Options = {**probe.options, "timeout_s": timeout_s}
    if not pool.table(text, max_rows=1, **options).rows:
        return _Diagnosis(parts.elements, probe).findings()
    return []


class _Probe:
    """Asks small questions about the data on behalf of one query."""

    def __init__(
        self,
        text: str,
        prologue: str,
        pool: QueryPool,
        default_graphs: Sequence[str],
        named_graphs: Sequence[str],
        entailment: str,
    ) -> None:
        self.text = text
        self._prologue = prologue
        self._pool = pool
        found = check(text, pool.limits)
        self.options: Options = {
            "default_graphs": default_graphs or found.default_graphs,
            "named_graphs": named_graphs or found.named_graphs,
            "entailment": entailment,
        }
        self._names = Prologue(list(iter_tokens(text)), pool.settings.base_iri)
        self._end = time.monotonic() + _BUDGET_S

    def end_by(self, moment: float) -> None:
        """Ask nothing after ``moment``."""
        self._end = min(self._end, moment)

    def holds(self, pattern: str, **changes: Unpack[Options]) -> bool | None:
        """Whether ``pattern`` matches anything; ``None`` where there was no time to find out."""
        rows = self.rows("*", pattern, most=1, **changes)
        return None if rows is None else bool(rows)

    def rows(
        self, what: str, pattern: str, *, most: int = _SHOWN, **changes: Unpack[Options]
    ) -> list[tuple[Term | None, ...]] | None:
        """The first rows of a SELECT; ``None`` where it fails or the budget is spent."""
        left_s = min(_PROBE_S, self._end - time.monotonic())
        if left_s <= 0:
            return None
        query = f"{self._prologue} SELECT {what} WHERE {{ {pattern} }} LIMIT {most}"
        options: Options = {**self.options, **changes, "timeout_s": left_s}
        try:
            table = self._pool.table(query, max_rows=most, **options)
        except KuvendError:
            return None
        return list(table.rows)

    def shown(self, rows: Iterable[tuple[Term | None, ...]]) -> str:
        """The first terms of some rows as the query could write them."""
        return ", ".join(self.written(row[0]) for row in rows)

    def written(self, term: Term | None) -> str:
        """A term as the query could write it, with the prefixes of the project."""
        if isinstance(term, ox.NamedNode):
            return compact(term.value, self._pool.prefixes)
        return str(term)

    def nearest(self, iri: str, known: list[tuple[Term | None, ...]] | None) -> str | None:
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
        return self._names.absolute(tokens[0]) if len(tokens) == 1 else None


class _Diagnosis:
    def __init__(self, parts: Sequence[Element], probe: _Probe) -> None:
        self._parts = parts
        self._probe = probe
        self._required = [p for p in parts if p.kind not in {elements.OPTIONAL, elements.BIND}]
        self._triples = [p for p in parts if p.kind == elements.TRIPLE]

    def findings(self) -> list[Finding]:
        """The reasons: patterns that match nothing, else the part that empties the rest."""
        if self._probe.holds(_joined(self._parts)):
            return [Finding("modifier", "the WHERE group has rows; HAVING, OFFSET or LIMIT "
                                        "leaves none of them.")]  # fmt: skip
        alone = [f for triple in self._triples if self._probe.holds(triple.text) is False
                 for f in self._unmatched(triple)]  # fmt: skip
        return alone or self._left_out() or self._first_conflict()

    def _left_out(self) -> list[Finding]:
        found = []
        for part in self._required:
            rest = [p for p in self._parts if p is not part]
            if any(p.kind in _MAKING_ROWS for p in rest) and self._probe.holds(_joined(rest)):
                found.append(self._finding(
                    part.kind, f"without this {part.kind} there are rows.", part,
                    self._seen_values(part, rest),
                ))  # fmt: skip
        return found

    def _first_conflict(self) -> list[Finding]:
        """The first part at which the parts before it, taken together, have no rows."""
        for count in range(1, len(self._required) + 1):
            if self._probe.holds(_joined(self._required[:count])) is False:
                part = self._required[count - 1]
                detail = "the parts before this one have rows; with it there are none."
                if count == 1:
                    detail = "this part alone has no rows."
                before = self._required[: count - 1]
                return [self._finding("join", detail, part, self._seen_values(part, before))]
        return [Finding("unknown", "no single part empties the result within the time there is.")]

    def _unmatched(self, triple: Element) -> list[Finding]:
        """Why one triple pattern matches nothing at all."""
        if triple.terms is None:
            return [self._finding("pattern", "this pattern matches nothing.", triple)]
        subject, predicate, object_ = triple.terms
        reasons = (
            self._only_inferred(triple),
            self._other_graph(triple),
            self._unknown_class(triple) if self._probe.iri(predicate) == RDF.type.value else None,
            self._unknown_predicate(triple, predicate),
            self._other_literal(triple, predicate, object_),
            self._bare_subject(triple, subject),
        )
        first = next((reason for reason in reasons if reason is not None), None)
        return [first or self._finding("pattern", "this pattern matches nothing.", triple)]

    def _only_inferred(self, triple: Element) -> Finding | None:
        if self._probe.options["entailment"] != "none":
            return None
        if not self._probe.holds(triple.text, entailment="owl-rl"):
            return None
        return self._finding("inference", "this pattern matches only what was inferred.", triple,
                             "Ask with entailment=owl-rl.")  # fmt: skip

    def _other_graph(self, triple: Element) -> Finding | None:
        rows = self._probe.rows("DISTINCT ?kuvend_g", f"GRAPH ?kuvend_g {{ {triple.text} }}")
        if not rows:
            return None
        graphs = self._probe.shown(rows)
        return self._finding("graph", f"this pattern matches in {graphs}, not in the default "
                             "graph.", triple, f"Write GRAPH ?g {{ {triple.text} }}.")  # fmt: skip

    def _unknown_predicate(self, triple: Element, predicate: str) -> Finding | None:
        iri = self._probe.iri(predicate)
        if iri is None or self._probe.holds(f"?kuvend_s <{iri}> ?kuvend_o") is not False:
            return None
        known = self._probe.rows("DISTINCT ?kuvend_p", "?kuvend_s ?kuvend_p ?kuvend_o",
                                 most=_MAX_KNOWN)  # fmt: skip
        detail = f"no statement has the predicate {predicate}."
        return self._finding("predicate", detail, triple, self._probe.nearest(iri, known))

    def _unknown_class(self, triple: Element) -> Finding | None:
        assert triple.terms is not None
        iri = self._probe.iri(triple.terms[2])
        if iri is None or self._probe.holds(f"?kuvend_s a <{iri}>") is not False:
            return None
        known = self._probe.rows("DISTINCT ?kuvend_c", "?kuvend_s a ?kuvend_c", most=_MAX_KNOWN)
        return self._finding("class", f"nothing is of the class {triple.terms[2]}.", triple,
                             self._probe.nearest(iri, known))  # fmt: skip

    def _other_literal(self, triple: Element, predicate: str, object_: str) -> Finding | None:
        tokens = list(iter_tokens(object_))
        if not tokens or tokens[0].kind not in {"string", "number"}:
            return None
        rows = self._probe.rows(
            "DISTINCT ?kuvend_o",
            f"?kuvend_s {predicate} ?kuvend_o FILTER(STR(?kuvend_o) = STR({object_}))",
        )
        if not rows:
            return None
        really = self._probe.shown(rows)
        return self._finding("literal", f"the data have {really}, not {object_}.", triple,
                             "Language tags and datatypes are part of a literal.")  # fmt: skip

    def _bare_subject(self, triple: Element, subject: str) -> Finding | None:
        iri = self._probe.iri(subject)
        if iri is None:
            return None
        rows = self._probe.rows("DISTINCT ?kuvend_p", f"<{iri}> ?kuvend_p ?kuvend_o", most=12)
        if rows is None:
            return None
        if not rows:
            return self._finding("subject", f"no statement is about {subject}.", triple)
        has = self._probe.shown(rows)
        return self._finding(
            "subject", f"{subject} has no such statement.", triple, f"It has {has}."
        )

    def _seen_values(self, part: Element, rest: Iterable[Element]) -> str | None:
        """What the variables of a filter really hold, for the reader to compare."""
        names = sorted({t.text for t in iter_tokens(part.text) if t.kind == "variable"})
        if part.kind != elements.FILTER or not names:
            return None
        rows = self._probe.rows(f"DISTINCT {names[0]}", _joined(rest))
        if not rows:
            return None
        return f"{names[0]} is, for instance, {self._probe.shown(rows)}."

    def _finding(
        self, kind: str, detail: str, part: Element, suggestion: str | None = None
    ) -> Finding:
        line, column = position(self._probe.text, part.offset)
        return Finding(kind, detail, part.text, line, column, suggestion)


def _joined(parts: Iterable[Element]) -> str:
    return "\n".join(part.text for part in parts)


def _local(iri: str) -> str:
    return iri.replace("#", "/").rsplit("/", 1)[-1].lower()
