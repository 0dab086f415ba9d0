"""The Turtle and TriG parser: pyoxigraph's terms, our positions, and every error in one pass."""

from __future__ import annotations

import os
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.syntax import Parsed, parse_lines, parse_turtle

SUITES = Path(os.environ.get("KUVEND_W3C_SUITES", Path(__file__).parents[3] / "shared" / "w3c"))
BASE = "http://example.org/base/doc.ttl"


def canonical(quads: list[ox.Quad]) -> str:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return "\n".join(sorted(str(quad) for quad in dataset))


def ours(parsed: Parsed) -> list[ox.Quad]:
    return [quad.quad for quad in parsed.quads]


def same_as_engine(text: str, *, trig: bool = False) -> None:
    form = ox.RdfFormat.TRIG if trig else ox.RdfFormat.TURTLE
    expected = list(ox.parse(text, format=form, base_iri=BASE))
    parsed = parse_turtle(text, source="t", base_iri=BASE, trig=trig)
    assert not parsed.errors, str(parsed.errors[0])
    assert canonical(ours(parsed)) == canonical(expected)


GOOD = [
    "<a> <b> <c> , <#d> ; <?e> <../f> ; .",
    "PREFIX : <urn:x:> :a :b 1 , 1.0 , .5 , -1e3 , +01 , true , false .",
    "@prefix é: <urn:x:> . @base <http://b/> . é:ç é:a-b.c é:1%20\\~ .",
    '<a> <b> "x" , \'y\' , """l1\n"q" l2""" , \'\'\'z\'\'\' , "" , \'\' , "\\u00e9\\n\\"" .',
    '<a> <b> "x"@EN-gb , "y"@sr-Cyrl , "z"@ar--rtl .',
    '<a> <b> "01"^^<http://www.w3.org/2001/XMLSchema#int> .',
    "<a> <b> [ <c> [ <d> 1 ] ; <e> ( 1 ( 2 ) () ) ] . [ <f> <g> ] . [] <h> [] .",
    "( 1 2 ) <p> _:x . _:x <p> _:x , _:a.b .",
    "<a> <b> <c> ~ <r> {| <q> 1 ; <z> 2 |} , <d> ~ ~ _:s {| <q> 1 |} .",
    "<< <a> <b> <c> >> . << <a> <b> <c> ~ <r> >> <p> <<( <a> <b> <<( <c> a 'x'@en )>> )>> .",
    'VERSION "1.2" @base <urn:> . @version "1.1" . prefix p: <urn:> p:a <b> p: . # end',
    "<a>a<b>.<c><d>4.<e><f>'g'.",
    "\ufeff<a> <b> <c> ."[1:],
]
GOOD_TRIG = [
    "{ <a> <b> <c> } <g> { <a> <b> <c> . <d> <e> <f> } GRAPH _:g { <a> <b> [ <c> 1 ] . }",
    "PREFIX : <urn:x:> :g { :a :b :c ~ :r } [] { :a :b 2 } :s :p :o .",
]
BAD = [
    "<a> <b> .", "<a> <b> <c>", "<a> <b> 'x' 'y' .", "'a' <b> <c> .", "<a> 'b' <c> .",
    "<a> <b> <c d> .", "x:a <b> <c> .", "<a> <b> 'x\n' .", "<a> <b> '''x .", "<a> <b> [ <c> 1 .",
    "<a> <b> ( 1 .", "<a> <b> 'x'@1 .", "<a> <b> '\\z' .", "<a> <b> '\\uD800' .", "@prefix a <b> .",
    "<a> <b> <<( <a> <b> ( 1 ) )>> .", "<a> <b> true1 .", "{ <a> <b> <c> }", "<a> <b> _:x- y .",
    "[] .", "<1a:b> <b> <c> .", "@prefix a: <a*b:c> .", "<a> <b> <c> ;; , .",
    "VERSION '''1.2'''", "VERSION '1\\uD800.2'", "<a> <b> <\\Uf010FFFF> .",
    "<a> <b> '\\U00110000' .", "<a> <b> 'x'@en--up .", "a <b> <c> .",
]  # fmt: skip


@pytest.mark.parametrize("text", GOOD)
def test_turtle_reads_as_the_engine_reads_it(text: str) -> None:
    same_as_engine(text)


@pytest.mark.parametrize(
    "base",
    ["http://a/b/../c", "http://a/b/c/d;p?q#f", "http://a", "urn:x:y", "x:/", "file:///x/./y"],
)
def test_a_relative_iri_is_what_the_engine_makes_of_it(base: str) -> None:
    for reference in (
        "h", "//h/..", "//h/./x", "/..", "../x", "../../../x", ".", "./", "a/../b", "", "?q", "#f",
        "..a/.b", "?q/../x", "//h",
    ):  # fmt: skip
        text = f"@base <{base}> . <{reference}> a <> ."
        (expected,) = ox.parse(text, format=ox.RdfFormat.TURTLE)
        (found,) = ours(parse_turtle(text, source="t"))
        assert (reference, found) == (reference, expected)


@pytest.mark.parametrize("text", GOOD_TRIG)
def test_trig_reads_as_the_engine_reads_it(text: str) -> None:
    same_as_engine(text, trig=True)


@pytest.mark.parametrize("text", BAD)
def test_what_the_engine_refuses_is_refused_with_a_place(text: str) -> None:
    with pytest.raises(SyntaxError):
        list(ox.parse(text, format=ox.RdfFormat.TURTLE, base_iri=BASE))
    errors = parse_turtle(text, source="t", base_iri=BASE).errors
    assert errors
    assert errors[0].line is not None and errors[0].column is not None


def test_each_term_knows_where_it_was_written() -> None:
    text = '@prefix : <urn:x:> .\n:a :b "one" ,\n    "two"@en ;\n  :c [ :d 5 ] .\n'
    parsed = parse_turtle(text, source="t")
    places = {
        (quad.predicate.value[-1], text[quad.object_at : quad.object_end]): [
            parsed.position(at) for at in (quad.subject_at, quad.predicate_at, quad.object_at)
        ]
        for quad in parsed.quads
    }
    assert places == {
        ("b", '"one"'): [(2, 1), (2, 4), (2, 7)],
        ("b", '"two"@en'): [(2, 1), (2, 4), (3, 5)],
        ("d", "5"): [(4, 6), (4, 8), (4, 11)],
        ("c", "[ :d 5 ]"): [(2, 1), (4, 3), (4, 6)],
    }


def test_a_reifier_points_at_its_name_and_the_object_it_speaks_of() -> None:
    text = "PREFIX : <urn:x:>\n:a :b :c ~ :p ."
    parsed = parse_turtle(text, source="t")
    reifies = parsed.quads[1]
    assert str(reifies.object) == "<urn:x:a> <urn:x:b> <urn:x:c>"
    assert text[reifies.subject_at :].startswith(":p")
    assert text[reifies.object_at :].startswith(":c")


def test_a_second_annotation_block_has_a_reifier_of_its_own() -> None:
    text = "PREFIX : <urn:x:> :a :b :c ~ :r {| :q 1 |} {| :q 2 |} ."
    subjects = [quad.subject for quad in parse_turtle(text, source="t").quads[1:]]
    assert str(subjects[0]) == str(subjects[1]) == "<urn:x:r>"
    assert subjects[2] == subjects[3] != subjects[0]


def test_all_errors_are_found_in_one_pass_and_the_rest_is_read() -> None:
    text = (
        "@prefix : <urn:x:> .\n"
        ":a :b :c\n"
        ":d :e 'f .\n"
        ":g nope:h :i .\n"
        ":j :k 'l'@en_GB .\n"
        ":m :n :o .\n"
    )
    parsed = parse_turtle(text, source="t.ttl")
    assert [(error.line, error.column) for error in parsed.errors] == [
        (2, 9), (3, 7), (4, 4), (5, 13),
    ]  # fmt: skip
    assert ":m" in text and str(parsed.quads[-1].subject) == "<urn:x:m>"


def test_an_undeclared_prefix_is_reported_once_with_its_declaration() -> None:
    errors = parse_turtle("<urn:a> skos:x skos:y .", source="t").errors
    assert [error.suggestion for error in errors] == [
        "Add: @prefix skos: <http://www.w3.org/2004/02/skos/core#> ."
    ]


def test_deep_nesting_is_refused_not_a_crash() -> None:
    errors = parse_turtle("<urn:a> <urn:b> " + "[ <urn:c> " * 5000, source="t").errors
    assert "levels deep" in errors[0].detail


def test_blank_nodes_of_two_sources_can_be_kept_apart() -> None:
    one = parse_turtle("_:a <urn:p> [] .", source="1", blank_prefix="f1")
    two = parse_turtle("_:a <urn:p> [] .", source="2", blank_prefix="f2")
    names = {t for p in (one, two) for q in p.quads for t in (q.subject, q.object)}
    assert len(names) == 4


def suite_files(pattern: str) -> list[Path]:
    if not SUITES.is_dir():
        pytest.skip(f"the W3C suites are not at {SUITES} (KUVEND_W3C_SUITES)")
    found = sorted(SUITES.rglob(pattern))
    assert len(found) > 4
    return found


@pytest.mark.parametrize(("pattern", "trig"), [("*.ttl", False), ("*.trig", True)])
def test_every_file_of_the_w3c_suites_reads_as_the_engine_reads_it(
    pattern: str, trig: bool
) -> None:
    wrong = []
    form = ox.RdfFormat.TRIG if trig else ox.RdfFormat.TURTLE
    for path in suite_files(pattern):
        text = path.read_text(encoding="utf-8")
        try:
            expected: list[ox.Quad] | None = list(ox.parse(text, format=form, base_iri=BASE))
        except SyntaxError:
            expected = None
        parsed = parse_turtle(text, source=path.name, base_iri=BASE, trig=trig)
        if expected is None:
            if not parsed.errors:
                wrong.append(f"{path}: accepted")
        elif parsed.errors:
            wrong.append(str(parsed.errors[0]) + str(path))
        elif len(expected) < 400 and canonical(ours(parsed)) != canonical(expected):
            wrong.append(f"{path}: other quads")
    assert wrong == []


@pytest.mark.parametrize("quads", [False, True])
def test_n_triples_and_n_quads_read_as_the_engine_reads_them(quads: bool) -> None:
    text = (
        "<urn:a> <urn:b> <urn:c> . # note\n\n# only a note\r\n"
        '_:x.y <urn:b> "a\\u00e9\\n"@EN-gb .\n<urn:a><urn:b>"01"^^<urn:t>.\n'
        "<urn:a> <urn:b> <<( <urn:a> <urn:b> _:x )>> .\n"
        + ("<urn:a> <urn:b> <urn:c> <urn:g> .\n" if quads else "")
    )
    form = ox.RdfFormat.N_QUADS if quads else ox.RdfFormat.N_TRIPLES
    parsed = parse_lines(text, source="t", quads=quads)
    assert not parsed.errors
    assert canonical(ours(parsed)) == canonical(list(ox.parse(text, format=form)))


def test_every_wrong_line_of_n_triples_is_reported() -> None:
    text = (
        "<urn:a> <urn:b> .\n<urn:a> <urn:b> <urn:c> .\n"
        "<urn:a> <b> <urn:c> .\n<urn:a> <urn:b> 'c' .\n<urn:a> <urn:b> <urn:c> <urn:g> .\n"
    )
    parsed = parse_lines(text, source="t.nt")
    assert [error.line for error in parsed.errors] == [1, 3, 4, 5]
    assert len(parsed.quads) == 1
