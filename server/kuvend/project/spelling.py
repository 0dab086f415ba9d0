"""How the engine writes what it is given: ``"01"`` as ``"1"``, ``xsd:int`` as ``xsd:integer``.

Two spellings of one value are one quad to the engine, so they are to everything that follows what
it holds.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import TypeVar

import pyoxigraph as ox

from kuvend.namespaces import XSD
from kuvend.terms import Term

_NAME = ox.NamedNode("urn:x")
_XSD = str(XSD)
_KEPT = 65_536

Said = TypeVar("Said", ox.Quad, ox.Triple)


def stored_quad(quad: ox.Quad) -> ox.Quad:
    """``quad`` as the engine writes it.

    >>> name = ox.NamedNode("urn:a")
    >>> stored_quad(ox.Quad(name, name, ox.Literal("01", datatype=XSD.integer))).object.value
    '1'
    """
    value = stored_term(quad.object)
    if value is quad.object:
        return quad
    return ox.Quad(quad.subject, quad.predicate, value, quad.graph_name)


def stored_triple(triple: ox.Triple) -> ox.Triple:
    """``triple`` as the engine writes it."""
    value = stored_term(triple.object)
    return triple if value is triple.object else ox.Triple(triple.subject, triple.predicate, value)


def stored_term(term: Term) -> Term:
    """``term`` as the engine writes it; itself where that is no other."""
    if isinstance(term, ox.Literal) and term.datatype.value.startswith(_XSD):
        if term.datatype == XSD.string:
            return term
    elif not isinstance(term, ox.Triple):
        return term
    stored = _through_engine(term)
    return term if stored == term else stored


def preferred(spellings: Iterable[Said]) -> dict[Said, Said]:
    """Each quad or triple as the engine writes it, with the spelling to keep of those given: the
    engine's own, else the first in order."""
    found: dict[Said, Said] = {}
    for said in spellings:
        stored = stored_quad(said) if isinstance(said, ox.Quad) else stored_triple(said)
        held = found.get(stored)
        if held is None or said == stored or (held != stored and str(said) < str(held)):
            found[stored] = said
    return found


@lru_cache(_KEPT)
def _through_engine(term: ox.Literal | ox.Triple) -> Term:
    store = ox.Store()
    store.add(ox.Quad(_NAME, _NAME, term))
    stored: Term = next(iter(store)).object
    return stored
