"""A term is written anew with what its place has: prefixes, base direction, contexts."""

from __future__ import annotations

import pytest

from kuvend.formats import TURTLE
from kuvend.shacl.checks.text import check_text
from kuvend.shacl.rewriting import iri_text, reworded
from kuvend.syntax import Parsed, Source, parse_source
from kuvend.syntax.native import read_large


def read(name: str, text: str) -> Parsed:
    parsed = parse_source(Source(name, text.encode()))
    assert not parsed.errors
    return parsed


@pytest.mark.parametrize(
    ("name", "text", "right"),
    [
        ("a.ttl", '<urn:a> <urn:p> "A\u00a0B"@en--ltr .', '"A B"@en--ltr'),
        ("a.nt", '<urn:a> <urn:p> "A\u00a0B"@en--rtl .', '"A B"@en--rtl'),
        (
            "a.jsonld",
            '{"urn:p": {"@value": "A\u00a0B", "@language": "en", "@direction": "ltr"}}',
            '{"@value": "A B", "@language": "en", "@direction": "ltr"}',
        ),
    ],
)
def test_the_base_direction_stays(name: str, text: str, right: str) -> None:
    parsed = read(name, text)
    (found,) = check_text(parsed, parsed.quads)
    assert found.fix is not None
    assert found.fix.text == right
    mended = text[: found.fix.start] + found.fix.text + text[found.fix.end :]
    before, after = parsed.quads[0].object, read(name, mended).quads[0].object
    assert after == reworded(before, "A B")  # type: ignore[arg-type]


TEXT = """@prefix p: <urn:p/> . p:a p:b "x" .
PREFIX q: <urn:q/> @prefix t: <urn:1/> .
p:a p:b "y" .
@prefix t: <urn:2/> .
p:a p:b "z" ."""


@pytest.mark.parametrize(
    ("iri", "found"),
    [
        ("urn:p/x", ["p:x", "p:x", "p:x"]),
        ("urn:q/x", ["<urn:q/x>", "q:x", "q:x"]),
        ("urn:1/x", ["<urn:1/x>"] * 3),
    ],
)
def test_a_prefix_is_used_only_after_its_declaration_and_with_one_meaning(
    iri: str, found: list[str]
) -> None:
    large = read_large(TEXT.replace(" @prefix t", "\n@prefix t"), form=TURTLE, source="a.ttl")
    assert large is not None
    for parsed in (read("a.ttl", TEXT), large):
        assert [iri_text(iri, parsed, quad.object_at) for quad in parsed.quads] == found


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ('{"@context": {"q": "urn:q/"}, "urn:p": "x"}', '"q:x"'),
        ('{"@context": {"q": "urn:q/"}, "urn:p": {"@context": {"r": "urn:r/"}}}', '"q:x"'),
        ('{"@context": {"q": "urn:q/"}, "urn:p": {"@context": {"q": "urn:r/"}}}', '"urn:q/x"'),
        ('{"@context": {"q": "urn:q/"}, "urn:p": {"@context": [null]}}', '"urn:q/x"'),
        ('{"@graph": [{"urn:p": 1}, {"@context": {"q": "urn:q/"}, "urn:p": "x"}]}', '"urn:q/x"'),
    ],
)
def test_a_prefix_of_json_is_used_where_all_of_the_text_has_it(text: str, found: str) -> None:
    assert iri_text("urn:q/x", read("a.jsonld", text), 0) == found
