"""Pages of a result: some of its rows in a total order, said to be so, with a link to the next.

A release never changes, so pages of one order over one release neither overlap nor leave a row
out; the link names the release, and a page of a release that is no longer served is refused.
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from itertools import islice, pairwise
from typing import TYPE_CHECKING, Any, NamedTuple
from urllib.parse import urlencode

import pyoxigraph as ox

from kuvend.errors import BadRequest, Gone
from kuvend.sparql.lexer import Token
from kuvend.sparql.protocol import QueryCall
from kuvend.sparql.table import term_as_json
from kuvend.sparql.tree import Tree, read_tree, values_of

if TYPE_CHECKING:
    from kuvend.sparql.guard import Outline

MAX_ROWS = 10_000
# Longer addresses are refused on many a way.
_MAX_LINK = 8_000
_AFTER_ORDER = frozenset({"LIMIT", "OFFSET", "VALUES"})


class Page(NamedTuple):
    """Which rows are wanted, counted from 0, and where the next ones are, if that can be said."""

    first: int
    most: int
    following: str
    before: str = ""


def check_release(call: QueryCall, release_id: str) -> None:
    """Refuse a call for a release that is not the one served.

    :raises Gone: where it is another.
    """
    if call.release and call.release != release_id:
        raise Gone(
            f"the release {call.release} is no longer served; this is {release_id}.",
            suggestion="Begin again with the first page, without release=.",
        )


def wanted_page(call: QueryCall, found: Outline, release_id: str) -> Page | None:
    """The page ``call`` asks for; ``None`` for the whole result.

    :raises BadRequest: where the result has no rows, or no page can be meant.
    :raises Gone: where it is a page of a release that is no longer served.
    """
    check_release(call, release_id)
    if call.page_size is None:
        if call.page > 1:
            raise BadRequest("page is given without page-size.", source="page")
        return None
    if found.form != "SELECT":
        raise BadRequest("only the rows of a SELECT come in pages.", source="page-size")
    if not found.is_repeatable:
        raise BadRequest(
            "a query with NOW, RAND, UUID, STRUUID or BNODE has no pages: each would be of another "
            "result.",
            source="page-size",
        )
    if call.page_size > MAX_ROWS:
        raise BadRequest(f"a page has at most {MAX_ROWS} rows.", source="page-size")
    first = (call.page - 1) * call.page_size
    before = _link(call, call.page - 1, release_id) if call.page > 1 else ""
    return Page(first, call.page_size, _link(call, call.page + 1, release_id), before)


def _link(call: QueryCall, page: int, release_id: str) -> str:
    """Another page of the same call, relative to the address that was asked."""
    pairs = [
        ("query", call.query),
        *(("default-graph-uri", iri) for iri in call.default_graphs),
        *(("named-graph-uri", iri) for iri in call.named_graphs),
        ("entailment", call.entailment),
        ("page", str(page)),
        ("page-size", str(call.page_size)),
        ("release", release_id),
    ]
    pairs += [("timeout", f"{call.timeout_s:g}")] if call.timeout_s is not None else []
    pairs += [("format", call.format_name)] if call.format_name else []
    link = f"?{urlencode(pairs)}"
    return link if len(link) <= _MAX_LINK else ""


def page_headers(page: Page, told: Mapping[str, Any], release_id: str) -> dict[str, str]:
    """The headers that say which rows these are, and where the others."""
    rows, more = int(told.get("rows", 0)), bool(told.get("more"))
    headers = {
        "Kuvend-Rows": rows_header(page.first, rows, more=more),
        "Kuvend-Release": release_id,
    }
    links = [f'<{page.following}>; rel="next"'] if more and page.following else []
    links += [f'<{page.before}>; rel="prev"'] if page.before else []
    return {**headers, "Link": ", ".join(links)} if links else headers


def rows_header(first: int, rows: int, *, more: bool) -> str:
    """Which rows these are, counted from 1, and whether more follow, as a structured field.

    Source: RFC 8941 §3.2.

    >>> rows_header(0, 100, more=True), rows_header(300, 0, more=False)
    ('first=1, last=100, more=?1', 'more=?0')
    """
    place = f"first={first + 1}, last={first + rows}, " if rows else ""
    return f"{place}more=?{more:d}"


def in_total_order(text: str) -> str:
    """``text`` with every column added to its ORDER BY, so that no two rows change places.

    >>> in_total_order("SELECT ?a ?b { ?a ?p ?b } ORDER BY DESC(?b) LIMIT 9")
    'SELECT ?a ?b { ?a ?p ?b } ORDER BY DESC(?b) ?a ?b LIMIT 9'
    """
    tree = read_tree(text)
    if tree is None or tree.select is None:
        return text
    tail = _tail(tree)
    names = " ".join(f"?{name}" for name in _columns(tree, tail))
    if not names:
        return text
    words = list(_outer_words(tail))
    place = next((t.offset for t in words if t.text.upper() in _AFTER_ORDER), len(text))
    is_ordered = any(token.text.upper() == "ORDER" for token in words)
    order = names if is_ordered else f"ORDER BY {names}"
    if place == len(text):
        # The last line may end in a comment.
        return f"{text}\n{order}"
    return f"{text[:place]}{order} {text[place:]}"


def _tail(tree: Tree) -> Sequence[Token]:
    """The tokens after the WHERE group."""
    if tree.where.parts:
        return tree.where.tail
    texts = [token.text for token in tree.tokens]
    empty = (n for n, pair in enumerate(pairwise(texts)) if pair == ("{", "}"))
    opening = next(empty, len(texts))
    return tree.tokens[opening + 2 :]


def _columns(tree: Tree, tail: Sequence[Token]) -> list[str]:
    select = tree.select
    assert select is not None
    if not select.is_star:
        return list(dict.fromkeys([*(t.text[1:] for t in select.columns), *select.named]))
    scope = tree.where.binds() | values_of(tail)
    named = dict.fromkeys(t.text[1:] for t in tree.tokens if t.kind == "variable")
    return [name for name in named if name in scope]


def _outer_words(tokens: Sequence[Token]) -> list[Token]:
    depth = 0
    found: list[Token] = []
    for token in tokens:
        depth += (token.kind == "open") - (token.kind == "close")
        if depth == 0 and token.kind == "word":
            found.append(token)
    return found


def cut_page(solutions: ox.QuerySolutions, wanted: Page) -> tuple[bytes, dict[str, Any]]:
    """The wanted rows as SPARQL results in JSON, and what to say about them."""
    names = [variable.value for variable in solutions.variables]
    end = wanted.first + wanted.most
    rows = list(islice(solutions, wanted.first, end + 1))
    has_more = len(rows) > wanted.most
    head: dict[str, Any] = {"vars": names}
    if has_more and wanted.following:
        head["link"] = [wanted.following]
    bindings = [
        {name: term_as_json(row[name]) for name in names if row[name] is not None}
        for row in rows[: wanted.most]
    ]
    body = json.dumps({"head": head, "results": {"bindings": bindings}}, ensure_ascii=False)
    return body.encode(), {"rows": len(bindings), "more": has_more}
