"""What the columns leave of a query's focus nodes: all those that the plain query has rows for."""

from __future__ import annotations

import dataclasses
import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.errors import Unprocessable
from kuvend.shacl.graph import Graph
from kuvend.shacl.native import pruning
from kuvend.shacl.native.data import DataGraph
from kuvend.shacl.native.queries import SelectQuery, read_select
from kuvend.shacl.native.runner import SPARED, QueryRunner
from kuvend.shacl.native.tokens import tokens_of
from shacl.test_engines_agree import graphs, triples

_THINGS = ["$this", "?x", "?y", "?z"]
_PATHS = [
    "<urn:x:p>", "<urn:x:q>", "<urn:x:r>", "^<urn:x:p>", "<urn:x:p>/<urn:x:q>", "<urn:x:q>*",
    "(<urn:x:p>|<urn:x:r>)", "(<urn:x:p>|^<urn:x:q>)+", "<urn:x:r>?", "^(<urn:x:p>/<urn:x:q>)", "a",
]  # fmt: skip
_VALUES = [*_THINGS, *_THINGS, "<urn:x:a>", "<urn:x:C>", '"x"', '"x"@en', "5"]
_FILTERS = [
    "STR(?x) < STR(?y) && ?z != ?x", "(?x = ?y || ?z > 1) && isIRI(?x)", "STR(?y) > STR(?x)",
    "?x != ?y", "?x = ?y", "!BOUND(?x)", "BOUND(?y)", "?z > 1", "isIRI(?x)", "isLiteral(?y)",
    "STRLEN(STR(?x)) < STRLEN(STR(?z))", "COALESCE(STR(?x), '') < CONCAT(STR(?y), 'z')",
    'LANGMATCHES(LANG(?y), "en")', 'LANG(?x) = LANG(?y) && ?x != ?y', "$this != ?x",
    "?x IN (<urn:x:a>, <urn:x:b>)",
    "COALESCE(?y, 1) = 1", 'LANG(?z) = "en" || ?x = $this', "?n < ?m", "!BOUND(?n)", "?n = ?x",
]  # fmt: skip
_BINDS = ["?x AS ?n", "STR(?y) AS ?n", "STRLEN(STR(?z)) AS ?m", "COALESCE(?y, ?z) AS ?m",
          "$this AS ?n"]  # fmt: skip
_patterns = st.tuples(
    st.sampled_from(_THINGS), st.sampled_from(_PATHS), st.sampled_from(_VALUES)
).map(" ".join)


def _inside(groups: st.SearchStrategy[str]) -> st.SearchStrategy[str]:
    pair = st.tuples(groups, groups)
    return st.lists(
        st.one_of(
            _patterns,
            _patterns,
            groups.map(lambda one: f"OPTIONAL {{ {one} }}"),
            pair.map(lambda two: f"{{ {two[0]} }} UNION {{ {two[1]} }}"),
            groups.map(lambda one: f"{{ {one} }}"),
            groups.map(lambda one: f"FILTER NOT EXISTS {{ {one} }}"),
            groups.map(lambda one: f"FILTER EXISTS {{ {one} }}"),
            st.sampled_from(_FILTERS).map(lambda one: f"FILTER ( {one} )"),
            st.sampled_from(_FILTERS).map(lambda one: f"FILTER ( {one} )"),
            st.sampled_from(_BINDS).map(lambda one: f"BIND ( {one} )"),
        ),
        min_size=1,
        max_size=4,
    ).map(" . ".join)


bodies = st.recursive(st.lists(_patterns, min_size=1, max_size=2).map(" . ".join), _inside)
Row = frozenset[tuple[str, str]]


def _query(text: str) -> SelectQuery | None:
    (triple,) = triples(f":S sh:select '''{text}''' .")
    return read_select(Graph([triple]), triple.subject, None)


def _rows(data: DataGraph, query: SelectQuery, spared: int = SPARED) -> set[Row]:
    runner = QueryRunner(data, spared=spared)
    rows = runner.rows(query, np.arange(len(data.table), dtype=np.int32))
    return {frozenset((name, str(term)) for name, term in row.items()) for row in rows}


def _same(facts: str, query: SelectQuery) -> None:
    data = DataGraph(triples(facts))
    plain = dataclasses.replace(query, body=None)
    expected = _rows(data, plain)
    assert _rows(data, query) == expected
    assert _rows(data, query, spared=-1) == expected  # with no triple more than it can see


_UNREAD = "$this <urn:x:p> [ <urn:x:q> 1 ] . $this <urn:x:p> ?x"


@pytest.mark.parametrize(
    "pattern",
    [
        "?x ?any 5",
        "?x ?any true",
        "?x ?any -1",
        "$this <urn:x:p> [ ?any true ]",
        "?x !<urn:x:q> 5",
        "?x <urn:x:r>? true",
    ],
)
def test_a_query_is_asked_over_all_it_can_ask_for(pattern: str) -> None:
    data = DataGraph(triples(":a :p :b . :b :q 1 ; :r 5 , true , -1 ."))
    query = _query(f"SELECT $this WHERE {{ {_UNREAD} . {pattern} }}")
    assert query is not None and query.body is None
    assert _rows(data, query) == {frozenset({("this", "<urn:x:a>")})}


@pytest.mark.parametrize(
    ("pattern", "expected"),
    [
        ("$this <urn:x:p>/(<urn:x:q>)* ?v", {"b", "c"}),
        ("$this ^<urn:x:r>/(<urn:x:p>)* ?v", {"d", "e"}),
        ("$this ^ <urn:x:r> / ( <urn:x:p> )* ?v", {"d", "e"}),
        ("$this !<urn:x:r>/(<urn:x:q>)* ?v", {"b", "c"}),
        ('$this <urn:x:p>/(<urn:x:q>)* ?v FILTER(STR(?v) != "<a:b>/(c:d)*x")', {"b", "c"}),
        ('$this <urn:x:p> ?v FILTER(STRLEN("a:b/(c:d)*") = 10)', {"b"}),
    ],
)
def test_a_walk_of_any_length_is_asked_for_as_it_is_meant(pattern: str, expected: set[str]) -> None:
    query = _query(f"SELECT DISTINCT $this ?v WHERE {{ {pattern} }}")
    assert query is not None
    data = DataGraph(triples(":a :p :b . :b :q :c . :d :r :a ; :p :e ."))
    rows = [dict(row) for row in _rows(data, query)]
    assert {row["v"] for row in rows if row["this"] == "<urn:x:a>"} == {
        f"<urn:x:{name}>" for name in expected
    }


@pytest.mark.parametrize(
    "level", ["FILTER EXISTS {{ $this <urn:x:p> ?v{0} . ", "{{ ?v{0} <urn:x:p> ?y }} UNION {{ "]
)
def test_groups_within_groups_take_no_longer_with_each_level(level: str) -> None:
    opened = " ".join(level.format(number) for number in range(14))
    body = f"$this <urn:x:p> ?x . {opened} $this <urn:x:p> ?z {' }' * 14}"
    query = _query(f"SELECT DISTINCT $this ?x WHERE {{ {body} }}")
    assert query is not None and query.body is not None
    started = time.process_time()
    _same(":a :p :b . :b :p :c . :d :p :d .", query)
    assert time.process_time() - started < 10


def test_a_query_with_strings_without_an_end_is_cut_into_tokens_in_linear_time() -> None:
    started = time.process_time()
    for text in ('"\\' * 30_000, "'\\" * 30_000, '"""' + '\\"' * 30_000, '"""a"\\' * 10_000):
        assert "".join(token.text for token in tokens_of(text)) == text
    assert time.process_time() - started < 5


def test_white_space_may_stand_between_a_function_and_its_bracket() -> None:
    query = _query("SELECT $this WHERE { $this <urn:x:p> ?x FILTER ( COALESCE (?x, 1) = 5 ) }")
    assert query is not None
    data = DataGraph(triples(":a :p 5 . :b :p 6 ."))
    assert _rows(data, query) == {frozenset({("this", "<urn:x:a>")})}


@pytest.mark.parametrize("few", [0, 200])  # focus nodes that are never few, and always
@pytest.mark.parametrize(
    "body",
    [
        "OPTIONAL { $this <urn:x:p> ?x } ?x <urn:x:q> ?y",
        "?z <urn:x:r> ?y . { OPTIONAL { $this <urn:x:p> ?z } ?z <urn:x:r> ?x }",
        "$this <urn:x:r> ?z . { OPTIONAL { $this <urn:x:p> ?x } } ?x <urn:x:q> ?y",
        "?x <urn:x:q> ?y OPTIONAL { $this <urn:x:p> ?z OPTIONAL { $this <urn:x:r> ?x } }",
        "?x <urn:x:q> ?y . { $this <urn:x:p> ?z FILTER NOT EXISTS { $this <urn:x:r> ?x } }",
        "?x <urn:x:q> ?y . { $this <urn:x:p> ?z FILTER EXISTS { $this <urn:x:r> ?x } }",
    ],
)
def test_a_variable_around_a_group_narrows_nothing_that_does_not_see_it(
    body: str, few: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(pruning, "_FEW", few)
    query = _query(f"SELECT DISTINCT $this ?x ?y ?z WHERE {{ {body} }}")
    assert query is not None and query.body is not None
    _same(":a :p :b ; :r :e . :c :q :d .", query)


def test_a_pruned_query_gives_the_rows_of_the_plain_one() -> None:
    pruned = 0

    @settings(max_examples=150, deadline=None, derandomize=True)
    @given(facts=graphs, body=bodies)
    def compare(facts: str, body: str) -> None:
        nonlocal pruned
        pruned += _is_pruned_alike(facts, body)

    compare()
    assert pruned > 75


def _is_pruned_alike(facts: str, body: str) -> bool:
    """Whether the query is one that is pruned; it gives the same rows then."""
    text = f"SELECT DISTINCT $this ?x ?y ?z WHERE {{ {body} }}"
    try:
        query = _query(text)
    except Unprocessable:
        return False  # BIND to a name that is taken
    if query is None or query.body is None:
        return False
    _same(facts, query)
    return True
