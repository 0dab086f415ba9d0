"""The constraint components that judge a value node by itself: one test for many values.

A test gets distinct values and says of each whether it is as the parameter has it.
Source: https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

from collections.abc import Callable
from operator import attrgetter
from typing import TYPE_CHECKING

import numpy as np
import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.namespaces import SH
from kuvend.shacl.native.arrays import distinct
from kuvend.shacl.native.literals import less
from kuvend.shacl.native.patterns import pattern
from kuvend.shacl.native.shapes import Shape
from kuvend.shacl.native.terms import BLANK, IRI, LITERAL, TRIPLE, Mask, Numbers
from kuvend.terms import Term

if TYPE_CHECKING:
    from kuvend.shacl.native.engine import NativeEngine

Test = Callable[["NativeEngine", Shape, Term, Numbers], Mask]

_NODE_KINDS: dict[str, tuple[int, ...]] = {
    SH.IRI.value: (IRI,),
    SH.BlankNode.value: (BLANK,),
    SH.Literal.value: (LITERAL,),
    SH.IRIOrLiteral.value: (IRI, LITERAL),
    SH.BlankNodeOrIRI.value: (BLANK, IRI),
    SH.BlankNodeOrLiteral.value: (BLANK, LITERAL),
}


def text(term: Term) -> str:
    """The IRI or the lexical form."""
    return str(getattr(term, "value", term))


def _class(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    return engine.data.is_member(values, parameter)


def _datatype(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    table = engine.data.table
    wanted = table.intern(parameter)
    passed: Mask = table.datatypes(values) == wanted
    passed[passed] = table.well_formed(values[passed])
    return passed


def _node_kind(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    kinds = engine.data.table.kinds(values)
    passed: Mask = np.isin(kinds, _NODE_KINDS[text(parameter)])
    return passed


def _range(*, flip: bool, or_equal: bool) -> Test:
    """A test that a value is on the right side of the parameter."""

    def test(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
        if not isinstance(parameter, ox.Literal):
            raise Unprocessable(f"the limit {parameter} of {shape.node} is no literal.")
        limit = parameter

        def passes(value: Term) -> bool:
            if not isinstance(value, ox.Literal):
                return False
            pair = (limit, value) if flip else (value, limit)
            return bool(less(*pair, or_equal=or_equal))

        return _each(engine, values, passes)

    return test


def _each(engine: NativeEngine, values: Numbers, passes: Callable[[Term], bool]) -> Mask:
    terms = engine.data.table.terms(values)
    return np.fromiter(map(passes, terms), np.bool_, len(terms))


def _lengths(engine: NativeEngine, values: Numbers) -> Numbers:
    """How many characters each value has; -1 for a blank node, which has none to count."""
    terms = engine.data.table.terms(values)
    found = (-1 if isinstance(term, ox.BlankNode) else len(text(term)) for term in terms)
    return np.fromiter(found, np.int32, len(terms))


def _min_length(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    limit = int(text(parameter))
    return _lengths(engine, values) >= max(limit, 0)


def _max_length(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    limit = int(text(parameter))
    lengths = _lengths(engine, values)
    return (lengths <= limit) & (lengths >= 0)


def _pattern(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    flags = engine.shapes.graph.value(shape.node, SH.flags)
    matches = pattern(text(parameter), "" if flags is None else text(flags))
    assert matches is not None, "shapes with patterns not read here are handed over"
    kinds = engine.data.table.kinds(values)
    passed: Mask = kinds != BLANK
    asked = np.flatnonzero(passed)
    terms = engine.data.table.terms(values[asked])
    read = text if (kinds == TRIPLE).any() else attrgetter("value")
    failing = matches.failing(map(read, terms))
    passed[asked[sorted(failing)]] = False
    return passed


def _language_in(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    table = engine.data.table
    allowed = [text(tag).lower() for tag in engine.members(parameter)]
    tags = table.languages(values)
    known = [tag for tag in distinct(tags).tolist() if tag >= 0]
    fitting = [
        tag
        for tag in known
        if any(_language_matches(text(table.term(tag)), one) for one in allowed)
    ]
    passed: Mask = np.isin(tags, fitting)
    return passed


def _language_matches(tag: str, wanted: str) -> bool:
    """LANGMATCHES of SPARQL: the range itself or a part of the tag up to a hyphen."""
    return wanted == "*" or tag.lower() == wanted or tag.lower().startswith(f"{wanted}-")


def _in(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    members = [engine.data.table.find(one) for one in engine.members(parameter)]
    passed: Mask = np.isin(values, members)
    return passed


def _not(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    return ~engine.verdicts.conforms(values, parameter)


def _node(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    return engine.verdicts.conforms(values, parameter)


def _and(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    passed = np.ones(len(values), np.bool_)
    for member in engine.members(parameter):
        passed[passed] = engine.verdicts.conforms(values[passed], member)
    return passed


def _or(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    failed = np.ones(len(values), np.bool_)
    for member in engine.members(parameter):
        failed[failed] = ~engine.verdicts.conforms(values[failed], member)
    return ~failed


def _xone(engine: NativeEngine, shape: Shape, parameter: Term, values: Numbers) -> Mask:
    count = np.zeros(len(values), np.int32)
    for member in engine.members(parameter):
        count += engine.verdicts.conforms(values, member)
    return np.equal(count, 1)


TESTS: dict[str, Test] = {
    "class": _class,
    "datatype": _datatype,
    "nodeKind": _node_kind,
    "minExclusive": _range(flip=True, or_equal=False),
    "minInclusive": _range(flip=True, or_equal=True),
    "maxExclusive": _range(flip=False, or_equal=False),
    "maxInclusive": _range(flip=False, or_equal=True),
    "minLength": _min_length,
    "maxLength": _max_length,
    "pattern": _pattern,
    "languageIn": _language_in,
    "not": _not,
    "and": _and,
    "or": _or,
    "xone": _xone,
    "node": _node,
    "in": _in,
}
