"""Large texts are read by the engine, and their places are those the other reader gives."""

from __future__ import annotations

import re

import pyoxigraph as ox
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from kuvend.formats import N_QUADS, N_TRIPLES, TRIG, TURTLE, Format
from kuvend.syntax import Parsed, Source, parse_lines, parse_source, parse_turtle
from kuvend.syntax.native import LARGE, read_large

BASE = "http://b/"


def canonical(parsed: Parsed) -> str:
    dataset = ox.Dataset(quad.quad for quad in parsed.quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return "\n".join(sorted(map(str, dataset)))


def offsets(parsed: Parsed) -> list[tuple[int, int, int, int]]:
    return [(q.subject_at, q.predicate_at, q.object_at, q.object_end) for q in parsed.quads]


def places(parsed: Parsed) -> list[str]:
    """Each quad with its place, blank nodes without their names, in any order."""
    names = [re.sub(r"_:\S+", "_:", str(quad.quad)) for quad in parsed.quads]
    return sorted(map(str, zip(names, offsets(parsed), strict=True)))


def agree(text: str, form: Format) -> None:
    large = read_large(text, form=form, source="t", base_iri=BASE, blank_prefix="f1-")
    if form in (N_TRIPLES, N_QUADS):
        other = parse_lines(text, source="t", quads=form == N_QUADS, blank_prefix="f1-")
    else:
        trig = form == TRIG
        other = parse_turtle(text, source="t", base_iri=BASE, trig=trig, blank_prefix="f1-")
    assert large is not None and not other.errors
    assert sorted(offsets(large)) == sorted(offsets(other))
    assert places(large) == places(other)
    assert canonical(large) == canonical(other)
    assert large.subjects.keys() <= {q.subject for q in large.quads}


TURTLE_TEXTS = [
    "<a> <b> <c> , <#d> ; <?e> <../f> ; . # end",
    "PREFIX : <urn:x:> :a :b 1 , 1.0 , .5 , -1e3 , true ; a :C .\n@base <urn:y:> .\n:z :b () .",
    '<a> <b> "x"@en-GB , "1"^^<urn:d> , "1" ^^ <urn:d> , """l1\nl2""" , \'\' ;;; .\n() <p> "x"@en.',
    "<a> <b> [ <c> 'x' ] , [ <c> [ <d> 'y' ] ; <e> [] ] , [ <f> <g> , _:x ; ] . [ <f> <g> ] .\n"
    "[] <h> [] . [ <i> _:anon1 ] <j> 5 .",
    "<a> <b> ( 1 ( 2 ( ) ) [ <c> ( 'x'@en \"1\"^^<d> ) ] ) , (<e>) . ((1)) <f> (()) .",
    "_:f896d5099de6bce6b2754c5d8addb397 <p> [] .",
    'VERSION "1.2" @version "1.1" . @prefix p: <urn:> . p:a <b> p: .',
    '@prefix é: <urn:x:> .\né:ç é:a-b.c "тест"@uk ,\r\n\t"б\\"" .',
]
TURTLE_TEXTS += [
    "@prefix a: <urn:> . a:b a:c a:d\\..",
    "@prefix a: <urn:> . a:b\\/c a:d.e a:f%20g ; a a:C,a:b\\.c ;; . a:x a:y.z a:w#n\n.a:v a:u a:t.",
    "PREFIX a: <urn:> a:b a:c true , false .a:d a:c 1. a:e a:c -.5e3,5;a:f 1.5 .",
    "@prefix a: <urn:> . # of a:\na:b # s\n a:c # p\n 'x' # v\n , 'y' ^^ a:d ._:b.c a:c _:d.e .",
    'PREFIX a: <urn:> <s>a:p"x\\""@en;a:q\'y\'^^a:z,\'\'.<s>a:p"""l""",""^^<t>.<s>a<t>;a"l".',
    "PREFIX a: <urn:> <s> a:p 'x'@en , [] ; a:q 1 . <t> a:p 2 ; a:q () ; a:r 3 . <u> a:p 4 .",
]
TRIG_TEXTS = [
    "PREFIX a: <urn:> a:g{a:b a:c 1.a:d a:e 2}<g>{a:b a:c 3 .}a:b a:c 4 .GRAPH a:h {a:b a:c a:d}",
    "{ <a> <b> <c> } <g> { <a> <b> <c> . <d> <e> <f> } GRAPH _:g { <a> <b> [ <c> 1 ] . }",
    "PREFIX : <urn:x:> :g { :a :b 'c' } [] { :a :b 2 ; } :s :p :o .",
]
LINES = [
    '<urn:a> <urn:p> "x"@en .\n# <urn:c> <urn:d> 1 .\n\n_:b<urn:p>_:c.\r\n'
    '\t_:b <urn:p> "\\"\\u00e9"^^<urn:d> . # "\n<urn:a> <urn:p> "" .',
]


@pytest.mark.parametrize("text", TURTLE_TEXTS)
def test_turtle_is_placed_alike_by_both_readers(text: str) -> None:
    agree(text, TURTLE)


@pytest.mark.parametrize("text", TRIG_TEXTS)
def test_trig_is_placed_alike_by_both_readers(text: str) -> None:
    agree(text, TRIG)


@pytest.mark.parametrize("text", LINES)
def test_lines_are_placed_alike_by_both_readers(text: str) -> None:
    agree(text, N_TRIPLES)
    agree(text.replace(" .", " <urn:g> ."), N_QUADS)


@pytest.mark.parametrize("end", ["\r", "\r\n"])
def test_other_line_breaks_change_no_place(end: str) -> None:
    for text in TURTLE_TEXTS:
        agree(text.replace("\r\n", "\n").replace("\n", end), TURTLE)
    for text in LINES:
        lines = text.replace("\r\n", "\n").replace("\n", end)
        agree(lines, N_TRIPLES)
        agree(lines.replace(" .", " <urn:g> ."), N_QUADS)
    declared = f"# one{end}@prefix a: <urn:a> .{end}PREFIX b: <urn:b>{end}a:x b:y 1 ."
    large = read_large(declared, form=TURTLE, source="t")
    assert large is not None
    assert large.prefixes == parse_turtle(declared, source="t").prefixes != {}


def test_a_large_text_with_carriage_returns_alone_has_its_places() -> None:
    line = "<urn:a> <urn:p> <urn:b> ."
    count = LARGE // len(line) + 1
    parsed = parse_source(Source("a.nt", "\r".join([line] * count).encode()))
    assert len(parsed.quads) == count
    assert parsed.position(parsed.quads[-1].object_at) == (count, 17)


WORDS = st.sampled_from(
    ["<urn:a>", ":b", "_:c", '"d"', '"e"@en', '"f"^^:g', "'''h\n.'''", "1.5", "true", "[]", "()"]
)
VALUES = st.recursive(
    WORDS,
    lambda inner: st.lists(inner, max_size=3).flatmap(
        lambda values: st.sampled_from(
            [f"( {' '.join(values)} )", f"[ :p {' , '.join(values) or 1} {len(values) % 2 * ';'} ]"]
        )
    ),
)
SUBJECTS = st.sampled_from(["<urn:a>", ":b", "_:c", "[]", "[ :x 1 ]", "()", "(1 [ :y (2) ])"])
STATEMENTS = st.tuples(SUBJECTS, st.lists(VALUES, min_size=1, max_size=4)).map(
    lambda pair: f"{pair[0]} :p {' , '.join(pair[1][:2])} ;\n a {' , '.join(pair[1][2:]) or ':z'} ."
)


@settings(max_examples=100, deadline=None)
@given(st.lists(STATEMENTS, max_size=5))
def test_random_turtle_is_placed_alike_by_both_readers(statements: list[str]) -> None:
    agree("@prefix : <urn:p:> .\n" + "\n".join(statements), TURTLE)


@pytest.mark.parametrize(
    "text",
    [
        "<urn:a> <urn:p> 1 ~ <urn:r> .",
        "<urn:a> <urn:p> .",
    ],
)
def test_what_needs_the_other_reader_is_left_to_it(text: str) -> None:
    assert read_large(text, form=TURTLE, source="t") is None


def test_a_large_file_is_read_whole_with_each_error_or_place() -> None:
    line = "<urn:a> <urn:p> [ <urn:q> 1 ] .\n"
    text = line * (LARGE // len(line) + 1)
    good = parse_source(Source("a.ttl", text.encode()))
    assert len(good.quads) == 2 * text.count("\n")
    assert good.position(good.quads[-1].object_at) == (text.count("\n"), 17)
    names = {str(quad.object) for quad in good.quads[1::2]}
    assert len(names) == text.count("\n")
    wrong = text + "<urn:a> <urn:p> .\n" + line + "<urn:b>\n"
    bad = parse_source(Source("a.ttl", wrong.encode()))
    assert [error.line for error in bad.errors] == [text.count("\n") + 1, text.count("\n") + 4]
