"""The delta of a submission is the set difference of full runs."""

from __future__ import annotations

import os

import pyoxigraph as ox
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.corpus.envelope import derive_envelopes
from kuvend.project.consequences import Consequences
from kuvend.reasoning import close
from kuvend.shacl.native.again import Difference, Standing
from kuvend.shacl.native.engine import validate_natively
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
        assert {one.key for one in found.introduced} == {one.key for one in full.introduced}
        assert {one.key for one in found.fixed} == {one.key for one in full.fixed}
        assert found.kept == full.kept


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
