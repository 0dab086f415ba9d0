"""A syntax error says where the mistake is and what to do about it."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kuvend.sparql.explain import explain_syntax_error

PREFIXES = {"kv": "https://w3id.org/kuvend/def#", "skos": "http://www.w3.org/2004/02/skos/core#"}

MISTAKES = [
    ("SELECT *\nWHERE { ?s ?p }", (2, 15), "3 terms"),
    ("SELECT * { ?s ?p ?o . ?s }", (1, 26), "3 terms"),
    ("SELECT * { ?s ?p ?o ", (1, 10), "Add } at the end"),
    ("SELECT * { ?s ?p ?o }}", (1, 22), "closes nothing"),
    ("SELECT * { ?s ?p (1 2 }", (1, 23), "')' should close"),
    ("SELECT ?s { ?s ?p ?o FILTR(?o=1) }", (1, 22), "FILTER"),
    ("SELECT ?s {\n ?s kv:name ?o }", (2, 5), f"PREFIX kv: <{PREFIXES['kv']}>"),
    ("SELECT ?s { ?s skso:name ?o }", (1, 16), "Did you mean skos:?"),
    ("SELECT ?s { ?s ?p ?o } ORDR BY ?s", (1, 24), "Did you mean ORDER?"),
    ("SELECT (COUNT(?s) AS ?n) ?o { ?s ?p ?o }", (1, 1), "GROUP BY"),
    ("SELECT ?s { ?s ?p 'ë }", (1, 19), "Close it"),
    ("CONSTRUT {?s ?p ?o} WHERE {?s ?p ?o}", (1, 1), "Did you mean CONSTRUCT?"),
    ("SELECT DISTINC ?s { ?s ?p ?o}", (1, 8), "Did you mean DISTINCT?"),
    ("SELECT * { ?s ?p ?o } LIMT 4", (1, 23), "Did you mean LIMIT?"),
    ("SELECT * { ?s ?p something }", (1, 18), "A name needs a prefix"),
    ("# nothing", (1, 1), "holds no query"),
]


@pytest.mark.parametrize(("text", "where", "hint"), MISTAKES)
def test_a_mistake_is_found_where_it_is(text: str, where: tuple[int, int], hint: str) -> None:
    with pytest.raises(SyntaxError) as refused:
        ox.Store().query(text)
    error = explain_syntax_error(str(refused.value), text, PREFIXES)
    assert (error.line, error.column) == where
    assert hint in f"{error.detail} {error.suggestion}"


def test_what_no_rule_recognises_keeps_the_place_of_the_engine() -> None:
    text = "SELECT * { ?s ?p ?o FILTER(?o > ) }"
    with pytest.raises(SyntaxError) as refused:
        ox.Store().query(text)
    error = explain_syntax_error(str(refused.value), text, PREFIXES)
    assert error.line == 1
    assert error.column is not None
    assert "cannot go on" in error.detail


CLASSES = r"""error at 1:32: expected one of "(", "[", BNODE, ['A' ..= 'Z' | '\u{00C0}'..='\u{00D6}'
| '\u{F900}'..='\u{FDCF}'], ['_'], [_], isIRI"""


def test_classes_of_characters_are_not_taken_for_words() -> None:
    error = explain_syntax_error(CLASSES, "ASK { ?s ?p ?o }", PREFIXES)
    assert error.detail.startswith("the text cannot go on like this; (, [, BNODE could stand")


def test_a_reason_among_what_was_expected_is_told() -> None:
    message = 'error at 1:9: expected one of "$", IF, Such a thing is not allowed in ASK, [_]'
    error = explain_syntax_error(message, "ASK { ?s ?p ?o }", PREFIXES)
    assert error.detail == "Such a thing is not allowed in ASK."
