"""Long texts without what a token ends with are read to their end, in time that grows with them.

Each text here would take hours if every letter were tried against all the rest.
"""

from __future__ import annotations

import json
import time

import pytest

from kuvend.syntax import Source, parse_source
from kuvend.syntax.sparql_spelling import as_the_engine_reads
from kuvend.syntax.tokens import tokenize

COUNT = 100_000


@pytest.mark.parametrize(
    "text",
    [
        "é" * COUNT,
        "a." * (COUNT // 2),
        "aé1-." * (COUNT // 5),
        '<urn:a> <urn:p> "x\n' + "Київ" * (COUNT // 4),
        "<urn:a> <urn:p> a:b" + "." * COUNT,
        '"""a"\\' * (COUNT // 6),
    ],
    ids=["letters", "words and stops", "mixed", "open string", "stops", "open strings"],
)
def test_a_long_text_without_a_colon_is_refused(text: str) -> None:
    parsed = parse_source(Source("a.ttl", text.encode()))
    assert parsed.errors and not parsed.quads
    tokens = tokenize(text)
    assert "".join(token.text for token in tokens) == "".join(text.split())
    assert tokens[-1].kind == "end"


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("true.PREFIX a:", "word:true punct:. word:PREFIX name:a:"),
        ("true.a:b", "name:true.a:b"),
        ("a.b.:c", "word:a punct:. word:b punct:. name::c"),
        ("a.5e+3.a", "word:a number:.5e+3 punct:. word:a"),
        ("@en-GB.é:a-b.c", "word:@en-GB punct:. name:é:a-b.c"),
        ("aé- 1.a:b", "word:a bad:é bad:- number:1 punct:. name:a:b"),
        ("_:a.b.<c>", "blank:_:a.b punct:. iri:<c>"),
        ("a", "word:a"),
    ],
)
def test_words_and_names_are_told_apart(text: str, found: str) -> None:
    *tokens, _ = tokenize(text)
    assert " ".join(f"{token.kind}:{token.text}" for token in tokens) == found
    assert all(text.startswith(token.text, token.at) for token in tokens)


@pytest.mark.parametrize("end", ["", ".", "x"])
def test_a_line_of_many_blanks_is_read(end: str) -> None:
    text = "<urn:a> <urn:p> <urn:b>" + " " * COUNT + end
    parsed = parse_source(Source("a.nt", text.encode()))
    assert (len(parsed.quads), len(parsed.errors)) == ((1, 0) if end == "." else (0, 1))


def test_many_values_and_long_texts_of_one_property_have_their_places() -> None:
    values = [f"<x:p>{number}</x:p>" for number in range(COUNT // 5)]
    head = '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" xmlns:x="urn:x:">'
    lines = [head, '<x:T rdf:about="urn:a">', *values, "<x:q>", *["a line"] * COUNT]
    text = "\n".join([*lines, "</x:q></x:T></rdf:RDF>"])
    parsed = parse_source(Source("a.rdf", text.encode()))
    assert len(parsed.quads) == len(values) + 2
    assert [parsed.position(quad.object_at) for quad in parsed.quads[-2:]] == [
        (len(values) + 2, 1), (len(values) + 3, 1)
    ]  # fmt: skip
    array = json.dumps({"@id": "urn:a", "urn:p": [str(n) for n in range(COUNT // 5)]})
    parsed = parse_source(Source("a.jsonld", array.encode()))
    last = parsed.quads[-1]
    assert array[last.object_at : last.object_end] == f'"{COUNT // 5 - 1}"'


def test_strings_without_an_end_are_passed_over_at_once() -> None:
    began = time.process_time()
    for text in ('"""\n\\' * 12_000, "'\\" * 30_000):
        query = f"SELECT * {{ CONCAT ( {text}"
        assert as_the_engine_reads(query).startswith("SELECT * {  CONCAT( ")
    assert time.process_time() - began < 2


def test_a_long_string_without_an_end_is_one_mistake() -> None:
    began = time.process_time()
    parsed = parse_source(Source("a.ttl", b"<urn:a> <urn:p> " + b'"""\n\\' * 20_000))
    assert [error.detail for error in parsed.errors] == [
        'the text opened with """ is never closed.'
    ]
    assert time.process_time() - began < 2
