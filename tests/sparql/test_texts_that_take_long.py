"""No text within the limits takes long to read, whatever it is made of."""

from __future__ import annotations

import random
import time

import pytest

from kuvend.config import Settings
from kuvend.errors import KuvendError
from kuvend.sparql import Limits, check
from kuvend.sparql.elements import take_apart
from kuvend.sparql.explain import explain_syntax_error
from kuvend.sparql.lexer import iter_tokens
from kuvend.sparql.lint import lint
from kuvend.sparql.paging import in_total_order

QUERIES = Limits.for_queries(Settings())
# On a machine with nothing else to do each is read within a second or so.
_LIMIT_S = 5.0
_LETTERS = [chr(number) for number in range(0x100, 0x180)]


def shuffled(seed: int) -> str:
    """A name of fifteen thousand letters that is an anagram of any other."""
    letters = _LETTERS * 117
    random.Random(seed).shuffle(letters)
    return "".join(letters)


LONG_BASE = f"BASE <http://h{'/a' * 15000}/> "
NESTED = "[ <urn:p> " * 95 + '"x" ' + '"y" ' * 8000 + "]" * 95
TEXTS = {
    "open strings behind backslashes": "'\\" * 30000,
    "open long strings behind backslashes": '"""\n\\' * 12000,
    "prefixes below a long base": LONG_BASE + "PREFIX a:<b>" * 2400 + " ASK {}",
    "graphs below a long base": LONG_BASE + "SELECT * " + "FROM<b>" * 4000 + " {}",
    "SERVICE in an IRI again and again": "ASK { FILTER(?a<" + ")SERVIC" * 7000 + "#>) }",
    "one SELECT after the other": "SELECT " * 990 + "a " * 25000,
    "calls that do not end": "FILTER a (" * 98 + " a" * 25000,
    "a prefix like another": f"PREFIX {shuffled(1)}: <urn:x> ASK {{ {shuffled(2)}:a ?p ?o }}",
    "a variable like another": f"SELECT ?{shuffled(1)} {{ ?{shuffled(2)} ?p ?o }}",
    "columns nothing binds": "SELECT " + " ".join(f"?v{i}" for i in range(4500))
    + " { VALUES (" + " ".join(f"?w{i}" for i in range(4500)) + ") {} }",
    "calculations nothing binds": "SELECT * { "
    + "".join(f"BIND(?v{i} AS ?x{i}) " for i in range(990)) + "?a ?b ?c . " * 190 + "}",
    "columns of one name": "SELECT " + "?a (1 AS ?a) " * 2500 + "{}",
    "sub-queries in one another": "ASK { " + "{ SELECT (1 AS ?a) { " * 45
    + "BIND(1 AS ?b) " * 900 + "} } " * 45 + "}",
    "a nested subject of many statements": f"SELECT * {{ {NESTED} <urn:q> 1{',1' * 150} }}",
}  # fmt: skip


@pytest.mark.parametrize("name", TEXTS)
def test_a_text_made_to_take_long_does_not(name: str) -> None:
    text = TEXTS[name]
    began = time.process_time()
    try:
        check(text, QUERIES)
    except KuvendError:
        pass
    else:
        explain_syntax_error("error at 1:1: expected x", text, {"kv": "urn:kv:"})
        lint(text, prefixes={})
        take_apart(text)
        in_total_order(text)
    assert time.process_time() - began < _LIMIT_S


def test_a_string_without_an_end_leaves_what_follows_as_it_is() -> None:
    text = "ASK { ?s ?p 'a\\'b\n \"c\" SERVICE '''d\n'''"
    kinds = [(token.kind, token.text) for token in iter_tokens(text)][4:]
    assert kinds == [
        ("other", "'"), ("word", "a"), ("other", "\\'"), ("word", "b"),
        ("string", '"c"'), ("word", "SERVICE"), ("string", "'''d\n'''"),
    ]  # fmt: skip


def test_a_blank_node_of_several_statements_is_looked_into_once() -> None:
    found = lint("SELECT ?z { [ <urn:p> ?a ] <urn:q> 1, 2, 3 ; <urn:r> ?b }", prefixes={})
    assert [finding.part for finding in found] == ["?z"]
