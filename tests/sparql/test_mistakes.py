"""Usual mistakes in the writing of a query are told at their place, with what to do."""

from __future__ import annotations

import pyoxigraph as ox
import pytest
from w3c_sparql import SUITES, needs_suites

from kuvend.namespaces import prefixes
from kuvend.sparql.bound_twice import find_bound_twice
from kuvend.sparql.explain import explain_syntax_error
from kuvend.sparql.lexer import iter_tokens
from kuvend.sparql.mistakes import find_mistake
from kuvend.sparql.update_mistakes import find_update_mistake

CASES = [
    ("SELECT ?s WHERE ?s ?p ?o }", 17, "Add {"),
    ("SELECT ?s { ?s ?p ?o } ORDER ?s", 30, "ORDER BY"),
    ("SELECT ?s { ?s ?p ?o } LIMIT ten", 30, "whole number"),
    ("SELECT ?s { ?s ?p ?o } OFFSET -1", 31, "whole number"),
    ("SELECT ?s, ?p { ?s ?p ?o }", 10, "commas"),
    ("SELECT COUNT(?s) { ?s ?p ?o }", 8, "(COUNT(…) AS ?name)"),
    ("SELECT (COUNT(?s)) { ?s ?p ?o }", 18, "AS ?name"),
    ("SELECT DISTINCT { ?s ?p ?o }", 17, "write *"),
    ("SELECT * { ?s ?p ?o } GROUP BY ?s", 8, "Name the columns"),
    ("SELECT ?s { ?s ?p ?o ?x }", 22, "full stop"),
    ("SELECT ?s { FILTER ?s = 1 }", 20, "brackets"),
    ("SELECT ?s { ?s ?p ?o } HAVING COUNT(?s) > 1", 31, "brackets"),
    ("SELECT ?s { ?s ?p ?o FILTER(?o == 1) }", 32, "one ="),
    ("SELECT ?s { ?s ?p ?o FILTER(?o = 1 AND ?s = 2) }", 36, "&&"),
    ("SELECT ?s { ?s ?p ?o FILTER(?o LIKE 'a%') }", 32, "CONTAINS"),
    ("SELECT ?s { ?s ?p ?o . OPTIONAL ?s ?q ?r }", 33, "Add {"),
    ("SELECT ?s { ?s ?p ?o UNION ?s ?q ?r }", 22, "UNION"),
    ("SELECT ?s { ?s ?p ?o } WHERE { ?a ?b ?c }", 24, "one group"),
    ("PREFIX kv <https://x/> SELECT ?s { ?s a kv:T }", 10, "PREFIX kv:"),
    ("PREFIX kv: https://x/ SELECT ?s { ?s a kv:T }", 12, "angle brackets"),
    ("SELECT ?s { ?s ?p <http://a b> }", 19, "%20"),
    ('SELECT ?s { ?s ?p "x"@ }', 22, "@en"),
    ("SELECT ?s { ?s ?p “abc” }", 19, 'Write "'),
    ("SELECT ?s { VALUES ?s ( <a> ) }", 23, "braces"),
    ("SELECT ?s { ?s a skos:Concept }", 18, "PREFIX skos:"),
    ("SELECT ?s { ?s a skso:Concept }", 18, "skos:"),
    ("SELECT ?s WHERE { ?s ?p ?o", 17, "Add }"),
    ("SELECT ?s WHRE { ?s ?p ?o }", 11, "WHERE"),
    ("SELECT ?s { ?s ?p ?o FILTER(regexx(?o,'a')) }", 29, "REGEX"),
    ("SELECT s { ?s ?p ?o }", 8, "variable"),
    ("PREFX a: <http://x/> SELECT ?x { ?x a:b 1 }", 1, "PREFIX"),
    ("SELECT ?s { ?s ?p ?o } GROUP BY", 32, "group by"),
    ("SELECT ?s { ?s ?p ?o } ORDER BY LIMIT 3", 33, "order"),
    ("SELECT (1 AS ?x) (2 AS ?x) {}", 24, "?x is the name of a column already"),
    ("SELECT ?x (1 AS ?x) {}", 17, "?x is the name of a column already"),
    ("SELECT ?s (1 AS ?o) { ?s ?p ?o }", 17, "bound in the WHERE"),
    ("SELECT * { ?s ?p ?o { SELECT (1 AS ?a) { ?a ?b ?c } } }", 36, "bound in the WHERE"),
    ("SELECT * { ?x ?p ?o BIND(1 AS ?x) }", 31, "BIND gives a value to ?x"),
    ("ASK { ?s ?p ?o { OPTIONAL { ?x ?p ?o } BIND(1 AS ?x) } }", 50, "which is bound before it"),
]
UPDATES = [
    ("DELETE DATA { _:a <urn:p> 1 }", 15, "no blank nodes"),
    ("DELETE { ?x <urn:p> [] } WHERE { ?x ?p ?o }", 21, "DELETE { … } WHERE { … }"),
    ("DELETE WHERE { _:a <urn:p> 1 }", 16, "no blank nodes"),
    ("INSERT DATA { ?x <urn:p> 1 }", 15, "INSERT { … } WHERE { … }"),
    ("DELETE DATA { GRAPH ?g { <urn:a> <urn:p> 1 } }", 21, "no variables"),
    ("INSERT DATA { <urn:a> <urn:p> 1 } INSERT DATA { }", 35, "Put ; before INSERT"),
    ("DELETE { ?s ?p 1 } INSERT { ?s ?p 2 } WHERE { ?s ?p 1 } CLEAR ALL", 57, "Put ;"),
    ("CLEAR ALL DROP ALL", 11, "Put ; before DROP"),
]


@pytest.mark.parametrize(("text", "column", "hint"), CASES)
def test_a_mistake_is_told_where_it_is_with_what_to_do(text: str, column: int, hint: str) -> None:
    with pytest.raises(SyntaxError) as refused:
        ox.Store().query(text)
    found = explain_syntax_error(str(refused.value), text, prefixes())
    assert (found.line, found.column) == (1, column)
    assert hint in f"{found.detail} {found.suggestion}"


@pytest.mark.parametrize(("text", "column", "hint"), UPDATES)
def test_a_mistake_in_an_update_is_told_where_it_is(text: str, column: int, hint: str) -> None:
    with pytest.raises(SyntaxError) as refused:
        ox.Store().update(text)
    found = explain_syntax_error(str(refused.value), text, prefixes())
    assert (found.line, found.column) == (1, column)
    assert hint in f"{found.detail} {found.suggestion}"


@needs_suites
def test_no_update_that_parses_has_a_mistake() -> None:
    read = 0
    for path in SUITES.rglob("*.ru"):
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            ox.Store().update(text, base_iri="http://example.org/")
        except SyntaxError:
            continue
        except (ValueError, RuntimeError, OSError):
            pass
        assert find_update_mistake(list(iter_tokens(text))) is None, path
        read += 1
    assert read > 50


def test_an_update_with_a_mistake_is_not_taken_for_a_query() -> None:
    text = "DELETE { ?s ?p ?o } WHERE { SELECT ?s { ?s ?p ?o } } ; INSERT DATA { <a> <b> }"
    assert find_mistake(list(iter_tokens(text))) is None


# Its IRI is written with an escape for the bracket that opens it.
ESCAPED = "codepoint-esc-05.rq"


@needs_suites
def test_no_query_that_parses_has_a_mistake() -> None:
    store, read = ox.Store(), 0
    for path in SUITES.rglob("*.rq"):
        text = path.read_text(encoding="utf-8", errors="replace")
        try:
            store.query(text, base_iri="http://example.org/")
        except (SyntaxError, ValueError, RuntimeError):
            continue
        if path.name != ESCAPED:
            assert find_mistake(list(iter_tokens(text))) is None, path
            assert find_bound_twice(text) is None, path
            read += 1
    assert read > 400
