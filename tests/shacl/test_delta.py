"""The delta of a submission is the set difference of full runs."""

from __future__ import annotations

import os

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.corpus.envelope import derive_envelopes
from kuvend.project.consequences import Consequences
from kuvend.reasoning import close
from kuvend.shacl.native.again import Standing
from kuvend.shacl.native.difference import Difference
from kuvend.shacl.native.engine import validate_natively
from kuvend.shacl.report import Result
from shacl.test_engines_agree import graphs, shapes, triples

# KUVEND_SLOW_TESTS=20 looks at twenty times as many.
_TIMES = int(os.environ.get("KUVEND_SLOW_TESTS", "1"))

AXIOMS = """
@prefix owl: <http://www.w3.org/2002/07/owl#> .
:C rdfs:subClassOf :D . :p rdfs:domain :C . :q a owl:SymmetricProperty . :r rdfs:subPropertyOf :q .
:D owl:disjointWith :E . :p owl:inverseOf :s .
"""
_DATES = ['"1992"^^xsd:gYear', '"1992-06"^^xsd:gYearMonth', '"2001-05-03"^^xsd:date']
_things = st.sampled_from([":a", ":b", ":c"])
_facts = st.one_of(
    st.tuples(_things, st.just("a"), st.sampled_from([":C", ":D", ":E"])),
    st.tuples(_things, st.sampled_from([":p", ":q", ":r", ":s"]), _things),
    st.tuples(_things, st.just("<http://purl.org/dc/terms/date>"), st.sampled_from(_DATES)),
)
_texts = st.lists(_facts, min_size=1, max_size=7).map(
    lambda rows: "".join(f"{s} {p} {o} .\n" for s, p, o in rows)
)


@settings(max_examples=20 * _TIMES, deadline=None, derandomize=_TIMES == 1)
@given(before=graphs, added=graphs, shape_text=shapes(), gone=st.integers(0, 4))
def test_the_difference_of_a_change_is_that_of_two_full_runs(
    before: str, added: str, shape_text: str, gone: int
) -> None:
    rules = triples(shape_text.replace(" LIMIT 1", ""))
    old, more = triples(before), triples(added)
    fewer = [one for one in old[:gone] if one not in more]
    standing = Standing(old, rules)
    full = Difference.between(
        validate_natively(old, rules),
        validate_natively(dict.fromkeys([*(t for t in old if t not in fewer), *more]), rules),
    )
    for _ in range(2):  # the first time leaves no trace
        found = standing.difference(more, fewer)
        assert _identities(found.introduced) == _identities(full.introduced)
        assert _identities(found.fixed) == _identities(full.fixed)
        assert found.kept == full.kept


def _identities(results: tuple[Result, ...]) -> list[tuple[str, ...]]:
    return sorted(one.identity for one in results)


def _query(text: str) -> str:
    return f"sh:sparql [ sh:select 'SELECT {text}' ]"


_TWO_QUERIES = " ; ".join(
    _query(f"$this WHERE {{ $this <urn:x:{name}> ?x }}") for name in ("p", "q")
)
_ROWS = _query("$this ?value ?other WHERE { $this <urn:x:p> ?value . $this <urn:x:q> ?other }")
# Handed over to the reference, which does not say which of the two it means.
_LEFT = "sh:not [ sh:class :A ] , [ sh:class :B ; sh:pattern '^(?=urn:x)' ]"
_CASES = [
    (_TWO_QUERIES, ":a :p 1 .", ":a :q 1 ."),
    (_ROWS, ":a :p 1 ; :q 1 .", ":a :q 2 ."),
    ("sh:not [ sh:class :A ] , [ sh:class :B ]", ":a a :A .", ":a a :B ."),
    ("sh:property [ sh:path :p ; sh:not [ sh:class :A ] , [ sh:class :B ] ]",
     ":a :p :b . :b a :A .", ":b a :B ."),
    ("sh:property [ sh:path :p ; sh:qualifiedMaxCount 0 ; "
     "sh:qualifiedValueShape [ sh:class :A ] , [ sh:class :B ] ]",
     ":a :p :b . :b a :A .", ":b a :B ."),
    (_LEFT, ":a a :A .", ":a a :B ."),
]  # fmt: skip


@pytest.mark.parametrize(("constraints", "before", "added"), _CASES)
def test_a_second_finding_of_one_shape_about_one_thing_is_new(
    constraints: str, before: str, added: str
) -> None:
    standing = Standing(triples(before), triples(f":S sh:targetNode :a ; {constraints} ."))
    more = triples(added)
    come = standing.difference(more)
    assert (len(come.introduced), come.fixed, come.kept) == (1, (), 1)
    both = Standing([*triples(before), *more], standing.shapes)
    gone = both.difference([], more)
    assert (gone.introduced, len(gone.fixed), gone.kept) == ((), 1, 1)


@pytest.mark.parametrize(
    ("constraints", "fact"),
    [
        ("sh:class :A , :B", ":a a :A ."),
        ("sh:property [ sh:path :p ; sh:hasValue 1 , 2 ]", ":a :p 1 ."),
    ],
)
def test_a_second_value_that_is_missing_is_new(constraints: str, fact: str) -> None:
    standing = Standing(triples(fact), triples(f":S sh:targetNode :a ; {constraints} ."))
    gone = standing.difference([], triples(fact))
    assert (len(gone.introduced), gone.fixed, gone.kept) == (1, (), 1)


def test_a_finding_reached_on_a_second_way_is_not_new() -> None:
    shapes = """:S sh:targetSubjectsOf :p ; sh:property [ sh:path :p ; sh:property :N ] .
        :N sh:path :name ; sh:minCount 1 ."""
    standing = Standing(triples(":a :p :b ."), triples(shapes))
    come = standing.difference(triples(":c :p :b ."))
    assert (come.introduced, come.fixed, come.kept) == ((), (), 1)


@settings(max_examples=12 * _TIMES, deadline=None, derandomize=_TIMES == 1)
@given(before=_texts, added=_texts)
def test_the_effect_of_statements_is_the_difference_of_two_closures(
    before: str, added: str
) -> None:
    axioms, asserted, more = triples(AXIOMS), triples(before), triples(added)
    stands = Consequences(axioms, asserted)
    stated = frozenset([*axioms, *asserted])
    for _ in range(2):
        effect = stands.effect(more, stated)
        then = (_all(axioms, asserted) - {*effect.withdrawn}) | {*more, *effect.follows}
        assert then == _all(axioms, [*asserted, *more])
    known = set(close([*axioms, *asserted]).inconsistencies)
    found = {one.rule for one in close([*axioms, *asserted, *more]).inconsistencies}
    assert {one.rule for one in effect.inconsistencies} <= found
    assert bool(effect.inconsistencies) or found == {one.rule for one in known}


def _all(axioms: list[ox.Triple], asserted: list[ox.Triple]) -> set[ox.Triple]:
    """The triples of a graph with all that follows from it."""
    derived = [t for one in derive_envelopes(asserted) for t in one.triples]
    given = [*axioms, *asserted, *derived]
    return {*given, *close(given).inferred}
