"""How a query is to be run, and the request to a worker that says so."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TypedDict

from kuvend.formats import Format
from kuvend.sparql.guard import Outline
from kuvend.sparql.paging import Page
from kuvend.sparql.stream import Client
from kuvend.sparql.table import Rows

ENTAILMENTS = ("owl-rl", "none")


class Options(TypedDict, total=False):
    """How to run a query.

    ``format`` must suit the form of the query; without it, JSON or Turtle. Graph names replace
    the dataset of the query (SPARQL 1.1 Protocol §2.1.4). ``entailment`` is ``owl-rl`` for the
    merged default graph or ``none`` for what was asserted. ``timeout_s`` can only lower the
    deadline. With ``rows`` the body is a table of those rows (``kuvend.sparql.table``); with
    ``page`` it is those rows of the result in a total order.
    """

    format: Format | None
    default_graphs: Sequence[str]
    named_graphs: Sequence[str]
    timeout_s: float | None
    entailment: str
    client: Client
    rows: Rows | None
    page: Page | None


def request_of(found: Outline, chosen: Format, options: Options) -> dict[str, object]:
    """What a worker is told: plain values."""
    default_graphs: Sequence[str] = options.get("default_graphs", ())
    named_graphs: Sequence[str] = options.get("named_graphs", ())
    entailment = options.get("entailment", ENTAILMENTS[0])
    is_given = bool(default_graphs or named_graphs)
    if not is_given and len(found.default_graphs) > 1:
        # The engine would answer a triple once per FROM graph that holds it.
        default_graphs, named_graphs, is_given = found.default_graphs, found.named_graphs, True
    if found.default_graphs or found.named_graphs:
        entailment = ENTAILMENTS[0]
    page = options.get("page")
    return {
        "query": found.text,
        "media_type": chosen.media_type,
        "default_graphs": tuple(dict.fromkeys(default_graphs)) if is_given else (),
        "named_graphs": tuple(dict.fromkeys(named_graphs)) if is_given else None,
        "entailment": entailment,
        "uses_graph": found.uses_graph,
        "rows": tuple(rows) if (rows := options.get("rows")) else None,
        "page": tuple(page) if page else None,
    }
