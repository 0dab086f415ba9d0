"""The sentences behind each row of an answer.

The query is run once more with every variable shown; its triple patterns, filled in with each
solution, are triples of the graph, and those have claims. Patterns of named graphs, of negation
and of paths of open length are left out: they match no single statement.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator
from functools import partial

import pyoxigraph as ox
import rdflib
from rdflib.paths import AlternativePath, InvPath, SequencePath
from rdflib.plugins.sparql.algebra import translateQuery
from rdflib.plugins.sparql.parser import parseQuery
from rdflib.plugins.sparql.parserutils import CompValue

from kuvend.describe import Claim, Support
from kuvend.namespaces import RDF
from kuvend.sparql import QueryPool, Table
from kuvend.sparql.lexer import Token, iter_tokens
from kuvend.store import DEFAULT_GRAPH, Store
from kuvend.terms import Term, from_rdflib
from kuvend.web.knowledge import Knowledge
from kuvend.web.proving import prove
from kuvend.web.reading import Quoted, quotes_of
from kuvend.web.rendering import labels_properties

Row = tuple[Term | None, ...]
Solution = dict[str, Term]

_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
_MAX_SOLUTIONS = 300
_MAX_NODES = 50
# A visitor's query may be looked through too, in this process: rdflib parses some 4000
# characters in tens of milliseconds, and each solution asks for a proof of each pattern.
_MAX_CHARACTERS = 4000
_MAX_PATTERNS = 40
_MAX_STEPS = 4
_BUDGET_S = 2.0


def sentences(
    known: Knowledge, pool: QueryPool, text: str, table: Table
) -> list[tuple[Quoted, ...]]:
    """For each row of ``table``, the answer to ``text``, the sentences that make it hold.

    Rows for which there was no time have none.
    """
    wide = with_all_variables(text)
    if wide is None:
        return [() for _ in table.rows]
    patterns = tuple(_patterns(wide)) if len(wide) <= _MAX_CHARACTERS else ()
    if not patterns or len(patterns) > _MAX_PATTERNS:
        return [() for _ in table.rows]
    deadline = time.monotonic() + _BUDGET_S
    solutions = pool.table(wide, max_rows=_MAX_SOLUTIONS)
    support = Support(partial(prove, known))
    shared = [column for column in table.columns if column in solutions.columns]
    behind: dict[Row, dict[Claim, None]] = {}
    for row in solutions.rows:
        if time.monotonic() > deadline:
            break
        solution = dict(zip(solutions.columns, row, strict=True))
        bound = {name: term for name, term in solution.items() if term is not None}
        key = tuple(solution.get(column) for column in shared)
        claims = behind.setdefault(key, {})
        found = _claims(known.store, support, patterns, bound, deadline=deadline)
        claims.update(dict.fromkeys(found))
    places = [table.columns.index(column) for column in shared]
    return [quotes_of(behind.get(tuple(row[i] for i in places), ())) for row in table.rows]


def with_all_variables(text: str) -> str | None:
    """``text`` asking for every variable of its WHERE clause; ``None`` where it has no rows.

    >>> with_all_variables("PREFIX a: <urn:> SELECT (COUNT(?x) AS ?n) { ?x a a:B } GROUP BY ?y")
    'PREFIX a: <urn:> SELECT * WHERE { ?x a a:B }'
    """
    tokens = list(iter_tokens(text))
    forms = (n for n, token in enumerate(tokens) if token.text.upper() in _FORMS)
    first = next(forms, None)
    if first is None or tokens[first].text.upper() not in {"SELECT", "ASK"}:
        return None
    clause = _where_clause(tokens[first + 1 :])
    if clause is None:
        return None
    start, end = clause
    return f"{text[: tokens[first].offset]}SELECT * WHERE {text[start : end + 1]}"


def _where_clause(tokens: Iterable[Token]) -> tuple[int, int] | None:
    """The offsets of the braces around the WHERE clause; ``None`` after FROM."""
    depth = 0
    opening: int | None = None
    for token in tokens:
        if token.text.upper() == "FROM" and depth == 0:
            return None
        if token.kind == "open":
            if depth == 0 and token.text == "{":
                opening = token.offset
            depth += 1
        elif token.kind == "close":
            depth -= 1
            if depth == 0 and opening is not None:
                return opening, token.offset
    return None


def _patterns(text: str) -> Iterator[tuple[object, object, object]]:
    """The triple patterns of the default graph that a solution fills in."""
    try:
        algebra = translateQuery(parseQuery(text)).algebra
    except Exception:  # noqa: BLE001 - SPARQL 1.2 is beyond rdflib's parser, which raises anything
        return
    naming = {rdflib.URIRef(prop.value) for prop in labels_properties()}
    for pattern in _walk(algebra):
        path = pattern[1]
        steps = set(path.args) if isinstance(path, SequencePath) else {path}
        if not steps <= naming and len(steps) <= _MAX_STEPS:
            yield pattern


def _walk(node: object) -> Iterator[tuple[object, object, object]]:
    if not isinstance(node, CompValue):
        return
    if node.name == "BGP":
        yield from node.triples
    elif node.name == "Minus":
        yield from _walk(node.p1)
    elif node.name not in {"Graph", "ServiceGraphPattern"}:
        for part in ("p", "p1", "p2"):
            yield from _walk(node.get(part))


def _claims(
    store: Store,
    support: Support,
    patterns: Iterable[tuple[object, object, object]],
    solution: Solution,
    *,
    deadline: float,
) -> list[Claim]:
    """The claims behind one solution, as far as there is time; those of types only alone."""
    found: list[Claim] = []
    types: list[Claim] = []
    for subject, path, obj in patterns:
        start, end = _term(subject, solution), _term(obj, solution)
        # A path may have many ways, so one solution can take long.
        if start is None or end is None or time.monotonic() > deadline:
            continue
        for triple in _along(store, start, path, end, solution):
            (types if triple.predicate == RDF.type else found).extend(support.of(triple))
    return found or types


def _term(node: object, solution: Solution) -> Term | None:
    if isinstance(node, rdflib.Variable):
        return solution.get(str(node))
    if isinstance(node, rdflib.URIRef | rdflib.Literal):
        return from_rdflib(node)
    return None


def _along(
    store: Store, start: Term, path: object, end: Term, solution: Solution
) -> list[ox.Triple]:
    """The triples by which ``path`` leads from ``start`` to ``end``."""
    if isinstance(path, InvPath):
        return _along(store, end, path.arg, start, solution)
    if isinstance(path, SequencePath):
        return _sequence(store, start, list(path.args), end, solution)
    if isinstance(path, AlternativePath):
        ways = (_along(store, start, arg, end, solution) for arg in path.args)
        return next((way for way in ways if way), [])
    predicate = _term(path, solution)
    if not isinstance(predicate, ox.NamedNode) or isinstance(start, ox.Literal):
        return []
    held = store.quads(start, predicate, end, DEFAULT_GRAPH)
    return [quad.triple for quad in held]


def _sequence(
    store: Store, start: Term, steps: list[object], end: Term, solution: Solution
) -> list[ox.Triple]:
    if len(steps) == 1:
        return _along(store, start, steps[0], end, solution)
    for middle in _next_nodes(store, start, steps[0], solution):
        rest = _sequence(store, middle, steps[1:], end, solution)
        if rest:
            return [*_along(store, start, steps[0], middle, solution), *rest]
    return []


def _next_nodes(store: Store, start: Term, step: object, solution: Solution) -> list[Term]:
    """Where one step leads from ``start``, at most so many nodes."""
    if isinstance(step, InvPath):
        predicate = _term(step.arg, solution)
        if not isinstance(predicate, ox.NamedNode):
            return []
        back = store.quads(None, predicate, start, DEFAULT_GRAPH)
        return [quad.subject for quad, _ in zip(back, range(_MAX_NODES), strict=False)]
    predicate = _term(step, solution)
    if not isinstance(predicate, ox.NamedNode) or isinstance(start, ox.Literal):
        return []
    on = store.quads(start, predicate, None, DEFAULT_GRAPH)
    return [quad.object for quad, _ in zip(on, range(_MAX_NODES), strict=False)]
