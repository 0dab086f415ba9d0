"""SPARQL constraints, each run once for all focus nodes.

The standard binds ``$this`` beforehand and runs the query once per focus node. Where the rows for
one ``$this`` do not depend on the others, one query over all of them gives the same rows: the focus
nodes are written in front of each group in which ``$this`` has to be bound. A query of which that
cannot be told is left to the reference engine.

Source: https://www.w3.org/TR/shacl/#sparql-constraints
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.namespaces import SH
from kuvend.shacl.graph import Graph
from kuvend.shacl.native.bodies import Group
from kuvend.shacl.native.body_reader import read_body
from kuvend.shacl.native.tokens import Token, prefixes_of, solid, tokens_of
from kuvend.shacl.paths import Path
from kuvend.shacl.prepare import prefix_block
from kuvend.syntax.sparql_spelling import as_the_engine_reads
from kuvend.terms import Term

# Words after which rows of one focus node may depend on those of others, or which reach out.
_FORBIDDEN = frozenset(
    {"limit", "offset", "minus", "values", "service", "graph", "from", "reduced"}
)
_OUTSIDE_VARIABLES = frozenset({"shapesgraph", "currentshape"})
_AGGREGATES = frozenset({"count", "sum", "min", "max", "avg", "sample", "group_concat"})
FOCUS_PREDICATE = ox.NamedNode("urn:x-kuvend:focus")


@dataclass(frozen=True)
class SelectQuery:
    """A SPARQL constraint that can be run for all focus nodes at once.

    ``pieces`` are its text with a gap wherever the focus nodes have to be written in; ``body``
    its patterns where they could be read.
    """

    node: Term
    pieces: tuple[str, ...] = ()
    body: Group | None = None

    @classmethod
    def none(cls, node: Term) -> SelectQuery:
        """A query that is switched off."""
        return cls(node)

    def over(self, nodes: Iterable[Term]) -> str:
        """The query with ``nodes``, which are no blank nodes, written into it."""
        return f" VALUES ?this {{ {' '.join(map(str, nodes))} }} ".join(self.pieces)

    def over_graph(self, graph_name: ox.NamedNode) -> str:
        """The query with the focus nodes of that graph: blank nodes cannot be written."""
        fetch = f" GRAPH {graph_name} {{ ?this {FOCUS_PREDICATE} ?_kuvendFocus }} "
        return fetch.join(self.pieces)


def read_select(graph: Graph, node: Term, path: Path | None) -> SelectQuery | None:
    """The constraint at ``node``, or ``None`` where it has to be run node by node.

    :raises Unprocessable: where it is no query, or uses what SHACL forbids.
    """
    select = graph.value(node, SH.select)
    if not isinstance(select, ox.Literal):
        return None
    text = _with_path(select.value, path)
    if text is None or "\\u" in text.lower():
        return None
    full = as_the_engine_reads(prefix_block(graph, node) + _without_free_steps(text))
    pieces = _pieces(full)
    if pieces is None:
        return None
    visible = solid(tokens_of(full))
    query = SelectQuery(node, pieces, read_body(visible, prefixes_of(visible)))
    _try(query)
    return query


def _try(query: SelectQuery) -> None:
    """Have the engine read the query once, over nothing."""
    try:
        ox.Store().query(query.over([FOCUS_PREDICATE]))
    except SyntaxError as error:
        raise Unprocessable(f"the query of {query.node} does not parse: {error}") from error


def _with_path(text: str, path: Path | None) -> str | None:
    if not re.search(r"[?$]PATH\b", text):
        return text
    return None if path is None else re.sub(r"[?$]PATH\b", lambda _: str(path), text)


_DISTINCT = re.compile(r"\s*SELECT\s+DISTINCT\b", re.I)


def _without_free_steps(text: str) -> str:
    """``a/(p)*`` as ``(a|a/(p)+)``: the store's engine starts a step of length zero everywhere.

    The rows are the same; how often each comes may differ, so only SELECT DISTINCT without
    aggregates is rewritten.
    """
    tokens = tokens_of(text)
    if not _DISTINCT.match(text) or {token.word for token in tokens} & _AGGREGATES:
        return text
    places = [place for place, token in enumerate(tokens) if token.kind != "space"]
    texts = [tokens[place].text for place in places]
    pieces, done = [], 0
    for number, place in enumerate(places):
        star = _star_after(texts, number) if tokens[place].kind in ("iri", "name") else None
        # In front of these the step is but a part of one.
        if star is not None and texts[number - 1][:1] not in ("^", "!", "\\"):
            way = "".join(token.text for token in tokens[place : places[star]])
            before = "".join(token.text for token in tokens[done:place])
            pieces.append(f"{before}({texts[number]}|{way}+)")
            done = places[star] + 1
    return "".join(pieces) + "".join(token.text for token in tokens[done:])


def _star_after(texts: list[str], number: int) -> int | None:
    """Where ``/(p)*`` after the step at ``number`` ends, if it stands there."""
    if texts[number + 1 : number + 3] != ["/", "("]:
        return None
    for place in range(number + 3, len(texts) - 1):
        if texts[place] in ("(", "{", "}"):
            return None
        if texts[place] == ")":
            return place + 1 if texts[place + 1] == "*" else None
    return None


def _pieces(text: str) -> tuple[str, ...] | None:
    """The text cut where the focus nodes are fetched; ``None`` where it is not separable."""
    tokens = tokens_of(text)
    visible = solid(tokens)
    if not _is_separable(visible):
        return None
    groups = _Groups()
    pieces: list[str] = []
    current = ""
    following = iter([*visible[1:], Token("end", "")])
    for token in tokens:
        current += token.text
        # A group that holds a SELECT is fetched for inside that.
        if token.kind != "space" and groups.feed(token) & (next(following).word != "select"):
            pieces.append(current)
            current = ""
    if groups.failed or not pieces:
        return None
    return (*pieces, current)


def _is_separable(tokens: list[Token]) -> bool:
    words = [token.word for token in tokens]
    if _FORBIDDEN & set(words) or "select" not in words:
        return False
    variables = {token.text[1:].lower() for token in tokens if token.kind == "var"}
    if variables & _OUTSIDE_VARIABLES or any(name.startswith("_kuvend") for name in variables):
        return False
    for index, token in enumerate(tokens):
        if token.word == "as" and index + 1 < len(tokens) and tokens[index + 1].is_this:
            return False
        if token.word == "select" and not _projects_this(tokens[index + 1 :]):
            return False
    return not (_AGGREGATES & set(words)) or _groups_by_this(tokens)


def _projects_this(after: list[Token]) -> bool:
    for token in after:
        if token.is_this:
            return True
        if token.text in ("{", "*") or token.word == "where":
            return False
    return False


def _groups_by_this(tokens: list[Token]) -> bool:
    """Whether each SELECT with an aggregate groups by ``$this``."""
    by = [
        index
        for index in range(len(tokens) - 2)
        if (tokens[index].word, tokens[index + 1].word) == ("group", "by")
    ]
    selects = sum(token.word == "select" for token in tokens)
    if len(by) < selects and len(by) != 1:
        return False
    return bool(by) and all(_names_this(tokens[index + 2 :]) for index in by)


def _names_this(tokens: list[Token]) -> bool:
    for token in tokens:
        if token.is_this:
            return True
        if token.kind != "var":
            return False
    return False


class _Groups:
    """Follows the braces of a query and says after which the focus nodes are to be fetched.

    That is the outermost group of each SELECT and each branch of a UNION. Other groups get
    ``$this`` from around them, unless an expression that needs it stands in one of its own.
    """

    def __init__(self) -> None:
        self.stack: list[str] = []
        self.last: list[Token] = []
        self.failed = False

    def feed(self, token: Token) -> bool:
        """Take the next token; whether to fetch right after it."""
        fetch = False
        if token.text == "{":
            kind = self._kind()
            self.stack.append(kind)
            # Inside EXISTS the engine has the row around it at hand, $this and all.
            fetch = kind in ("select", "branch") and "exists" not in self.stack
        elif token.text == "}" and self.stack:
            self.stack.pop()
        elif token.is_this and self.stack:
            self._use_of_this()
        self.last = [*self.last[-2:], token]
        return fetch

    def _kind(self) -> str:
        before = self.last[-1] if self.last else Token("", "")
        if before.word == "exists":
            return "exists"
        if before.word == "optional":
            return "optional"
        if not self.stack or before.word == "where":
            return "select"
        return "branch"

    def _use_of_this(self) -> None:
        """An expression in OPTIONAL or EXISTS that the fetch outside does not reach."""
        before = self.last[-1] if self.last else Token("", "")
        in_bind = any(token.word == "bind" for token in self.last)
        if self.stack[-1] == "optional" and (in_bind or before.text == "("):
            self.failed = self.failed or in_bind
