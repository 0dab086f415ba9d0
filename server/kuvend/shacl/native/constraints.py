"""The constraint components of SHACL Core, one function each.

A function gets the value nodes of one focus node and yields the values that violate; ``None``
stands for a result without a value. Source: https://www.w3.org/TR/shacl/#core-components
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

import pyoxigraph as ox

from kuvend.errors import Unprocessable
from kuvend.namespaces import RDF, SH
from kuvend.shacl.native.literals import is_well_formed, less
from kuvend.shacl.native.shapes import Shape
from kuvend.terms import Term

if TYPE_CHECKING:
    from kuvend.shacl.native.engine import NativeEngine

Values = Sequence[Term]
Violations = Iterator[Term | None]
Check = Callable[["NativeEngine", Shape, Term, Term, Values], Violations]

_NODE_KINDS: dict[str, tuple[type, ...]] = {
    SH.IRI.value: (ox.NamedNode,),
    SH.BlankNode.value: (ox.BlankNode,),
    SH.Literal.value: (ox.Literal,),
    SH.IRIOrLiteral.value: (ox.NamedNode, ox.Literal),
    SH.BlankNodeOrIRI.value: (ox.BlankNode, ox.NamedNode),
    SH.BlankNodeOrLiteral.value: (ox.BlankNode, ox.Literal),
}


def check_class(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    members = engine.data.instances(parameter)
    return (value for value in values if value not in members)


def check_datatype(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    return (value for value in values if not _is_of(engine, value, parameter))


def _is_of(engine: NativeEngine, value: Term, datatype: Term) -> bool:
    if not isinstance(value, ox.Literal) or value.datatype != datatype:
        return False
    return value.language is not None or engine.is_well_formed(value)


def check_node_kind(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    allowed = _NODE_KINDS[_text(parameter)]
    return (value for value in values if not isinstance(value, allowed))


def check_min_count(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    if len(values) < int(_text(parameter)):
        yield None


def check_max_count(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    if len(values) > int(_text(parameter)):
        yield None


def _range(*, flip: bool, or_equal: bool) -> Check:
    """A check that each value is on the right side of the parameter."""

    def check(
        engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
    ) -> Violations:
        if not isinstance(parameter, ox.Literal):
            raise Unprocessable(f"the limit {parameter} of {shape.node} is no literal.")
        for value in values:
            if not isinstance(value, ox.Literal):
                yield value
                continue
            pair = (parameter, value) if flip else (value, parameter)
            if not less(*pair, or_equal=or_equal):
                yield value

    return check


def check_min_length(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    limit = int(_text(parameter))
    return (v for v in values if isinstance(v, ox.BlankNode) or len(_text(v)) < limit)


def check_max_length(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    limit = int(_text(parameter))
    return (v for v in values if isinstance(v, ox.BlankNode) or len(_text(v)) > limit)


def check_pattern(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    flags = engine.shapes.graph.value(shape.node, SH.flags)
    matches = pattern(_text(parameter), _text(flags) if flags is not None else "")
    assert matches is not None, "shapes with patterns not read here are handed over"
    return (v for v in values if isinstance(v, ox.BlankNode) or not matches(_text(v)))


def check_language_in(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    allowed = [_text(tag).lower() for tag in engine.members(parameter)]
    for value in values:
        tag = value.language if isinstance(value, ox.Literal) else None
        if tag is None or not any(_language_matches(tag, one) for one in allowed):
            yield value


def check_unique_lang(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    tags = Counter(v.language for v in values if isinstance(v, ox.Literal) and v.language)
    return (None for count in tags.values() if count > 1)


def check_equals(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    others = engine.data.objects(focus, _text(parameter))
    yield from (value for value in values if value not in others)
    yield from (other for other in others if other not in values)


def check_disjoint(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    others = engine.data.objects(focus, _text(parameter))
    return (value for value in values if value in others)


def _order(*, or_equal: bool) -> Check:
    """A check that each value is before each value of another property."""

    def check(
        engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
    ) -> Violations:
        others = engine.data.objects(focus, _text(parameter))
        for value in values:
            for other in others:
                literals = isinstance(value, ox.Literal) and isinstance(other, ox.Literal)
                if not literals or not less(value, other, or_equal=or_equal):  # type: ignore[arg-type]
                    yield value

    return check


def check_not(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    return (value for value in values if engine.conforms(value, parameter))


def check_and(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    members = engine.members(parameter)
    return (v for v in values if not all(engine.conforms(v, one) for one in members))


def check_or(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    members = engine.members(parameter)
    return (v for v in values if not any(engine.conforms(v, one) for one in members))


def check_xone(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    members = engine.members(parameter)
    return (v for v in values if sum(engine.conforms(v, one) for one in members) != 1)


def check_node(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    return (value for value in values if not engine.conforms(value, parameter))


def check_has_value(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    if parameter not in values:
        yield None


def check_in(
    engine: NativeEngine, shape: Shape, focus: Term, parameter: Term, values: Values
) -> Violations:
    members = engine.member_set(parameter)
    return (value for value in values if value not in members)


def qualified_count(engine: NativeEngine, shape: Shape, parameter: Term, values: Values) -> int:
    """How many values conform to the qualified shape, and to none of its siblings if disjoint."""
    siblings = engine.siblings(shape, parameter)
    return sum(
        engine.conforms(value, parameter)
        and not any(engine.conforms(value, sibling) for sibling in siblings)
        for value in values
    )


CHECKS: dict[str, Check] = {
    "class": check_class,
    "datatype": check_datatype,
    "nodeKind": check_node_kind,
    "minCount": check_min_count,
    "maxCount": check_max_count,
    "minExclusive": _range(flip=True, or_equal=False),
    "minInclusive": _range(flip=True, or_equal=True),
    "maxExclusive": _range(flip=False, or_equal=False),
    "maxInclusive": _range(flip=False, or_equal=True),
    "minLength": check_min_length,
    "maxLength": check_max_length,
    "pattern": check_pattern,
    "languageIn": check_language_in,
    "uniqueLang": check_unique_lang,
    "equals": check_equals,
    "disjoint": check_disjoint,
    "lessThan": _order(or_equal=False),
    "lessThanOrEquals": _order(or_equal=True),
    "not": check_not,
    "and": check_and,
    "or": check_or,
    "xone": check_xone,
    "node": check_node,
    "hasValue": check_has_value,
    "in": check_in,
}


def component(name: str) -> ox.NamedNode:
    """The constraint component of a parameter.

    >>> component("minCount").value
    'http://www.w3.org/ns/shacl#MinCountConstraintComponent'
    """
    return SH[f"{name[0].upper()}{name[1:]}ConstraintComponent"]


class PatternTest:
    """Whether texts match a pattern; ``prime`` asks for many at once, which is much faster.

    The engine's expressions take linear time whatever the text; those it has no words for
    (looking ahead, back references) are left to the reference, which a deadline can end.
    """

    def __init__(self, text: str, flags: str) -> None:
        self._parts = f"{ox.Literal(text)}, {ox.Literal(flags)}"
        self._store = ox.Store()
        self._known: dict[str, bool] = {}
        self.is_readable = bool(self._ask([""]))

    def prime(self, texts: Iterable[str]) -> None:
        """Look many texts up."""
        waiting = list(dict.fromkeys(text for text in texts if text not in self._known))
        for start in range(0, len(waiting), _BATCH):
            self._ask(waiting[start : start + _BATCH])

    def __call__(self, text: str) -> bool:
        if text not in self._known:
            self._ask([text])
        return self._known[text]

    def _ask(self, texts: list[str]) -> list[tuple[str, bool]]:
        rows = " ".join(f"({number} {ox.Literal(text)})" for number, text in enumerate(texts))
        solutions = self._store.query(
            f"SELECT ?n ?r {{ VALUES (?n ?v) {{ {rows} }} BIND (REGEX(?v, {self._parts}) AS ?r) }}"
        )
        assert isinstance(solutions, ox.QuerySolutions), "it is a SELECT"
        for row in solutions:
            number, found = row["n"], row["r"]
            if isinstance(number, ox.Literal) and isinstance(found, ox.Literal):
                self._known[texts[int(number.value)]] = found.value == "true"
        return [(text, self._known[text]) for text in texts if text in self._known]


_BATCH = 1000


@lru_cache(maxsize=256)
def pattern(text: str, flags: str) -> PatternTest | None:
    """The test for a pattern, or ``None`` where the pattern cannot be read here."""
    test = PatternTest(text, flags)
    return test if test.is_readable else None


def _language_matches(tag: str, wanted: str) -> bool:
    """LANGMATCHES of SPARQL: the range itself or a part of the tag up to a hyphen."""
    return wanted == "*" or tag.lower() == wanted or tag.lower().startswith(f"{wanted}-")


def _text(term: Term) -> str:
    return str(getattr(term, "value", term))


__all__ = ["CHECKS", "RDF", "component", "is_well_formed", "pattern", "qualified_count"]
