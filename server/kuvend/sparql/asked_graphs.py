"""Graphs that a query asks for and that are not there."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice, pairwise

import pyoxigraph as ox

from kuvend.sparql.elements import Element
from kuvend.sparql.finding import Finding
from kuvend.sparql.lexer import Token, iter_tokens, position
from kuvend.sparql.probe import Probe


def missing_in_from(probe: Probe) -> list[Finding]:
    """The graphs of the query's dataset that do not exist, each at its place in the text."""
    asked = dict.fromkeys((*probe.options["default_graphs"], *probe.options["named_graphs"]))
    if not asked:
        return []
    tokens = list(iter_tokens(probe.text))
    return [
        _missing(iri, _clause(tokens, iri, probe), probe) for iri in asked if _lacks(probe, iri)
    ]


def missing_of_graph(part: Element, probe: Probe) -> Finding | None:
    """That there is no graph of the name that stands after ``GRAPH``, or none in the dataset."""
    _, name = islice(iter_tokens(part.text), 2)
    name = name._replace(offset=part.offset + name.offset)
    iri = probe.names.absolute(name)
    if iri is None:
        return None
    if _lacks(probe, iri):
        return _missing(iri, name, probe)
    is_chosen = probe.options["default_graphs"] or probe.options["named_graphs"]
    if is_chosen and iri not in probe.options["named_graphs"]:
        detail = f"{name.text} is not among the named graphs of this query."
        hint = f"Add FROM NAMED {name.text}, or leave FROM out."
        return probe.finding("graph", detail, part, hint)
    return None


def _lacks(probe: Probe, iri: str) -> bool:
    """Whether it is known that there is no such graph."""
    return probe.graphs is not None and (ox.NamedNode(iri),) not in probe.graphs


def _clause(tokens: Sequence[Token], iri: str, probe: Probe) -> Token | None:
    """Where the text names a graph of its dataset; nowhere if the request does."""
    for before, token in pairwise(tokens):
        if before.text.upper() in {"FROM", "NAMED"} and probe.names.absolute(token) == iri:
            return token
    return None


def _missing(iri: str, token: Token | None, probe: Probe) -> Finding:
    graphs = probe.graphs or []
    hint = probe.nearest(iri, graphs)
    if hint is None and graphs:
        hint = f"There are, for instance, {probe.shown(graphs[:5])}."
    if token is None:
        return Finding("graph", f"there is no graph <{iri}>.", f"<{iri}>", suggestion=hint)
    line, column = position(probe.text, token.offset)
    return Finding("graph", f"there is no graph {token.text}.", token.text, line, column, hint)
