"""JSON-LD keeps the place of every value, fetches nothing, and loses nothing in silence."""

from __future__ import annotations

import pyoxigraph as ox
import pytest

from kuvend.syntax import Parsed, parse_jsonld

TEXT = """{"@context": ["https://w3id.org/kuvend/context.jsonld",
   {"id": "@id", "type": "@type", "name": {"@id": "urn:n", "@container": "@language"},
    "of": {"@reverse": "urn:part"}, "see": {"@id": "urn:see", "@type": "@id"},
    "list": {"@id": "urn:list", "@container": "@list"}}],
 "@graph": [
  {"id": "id-org:akk",
   "type": ["kv:Municipality",
            "org:Organization"],
   "name": {"en": "One",
            "sq": "Një"},
   "see": "id-org:amu",
   "of": {"id": "urn:whole"},
   "list": [1,
            2.5],
   "urn:count": 39,
   "urn:deep": {"urn:x": true}}]}
"""


def read(text: str) -> Parsed:
    return parse_jsonld(text, source="t.jsonld", base_iri="http://b/")


def test_each_value_stands_where_it_is_written() -> None:
    parsed = read(TEXT)
    assert not parsed.errors
    found = {
        TEXT[quad.object_at : quad.object_end]: parsed.position(quad.object_at)
        for quad in parsed.quads
    }
    assert found['"org:Organization"'] == (8, 13)
    assert found['"Një"'] == (10, 19)
    assert found['"id-org:amu"'] == (11, 11)
    assert found["39"] == (15, 17)
    assert found["true"] == (16, 26)


def test_each_subject_stands_where_it_is_named_or_opens() -> None:
    parsed = read(TEXT)
    places = {parsed.position(at) for at in parsed.subjects.values()}
    assert (6, 10) in places  # the name of akk
    assert (16, 16) in places  # the nameless node
    assert (12, 17) in places  # the subject of the reversed property


def test_the_quads_are_those_of_the_engine() -> None:
    plain = TEXT.replace('"https://w3id.org/kuvend/context.jsonld"', '{"kv": "urn:kv#"}')
    plain = plain.replace("id-org:", "urn:o:").replace("org:O", "urn:O")
    expected = ox.Dataset(ox.parse(plain, format=ox.RdfFormat.JSON_LD, base_iri="http://b/"))
    found = ox.Dataset(quad.quad for quad in read(plain).quads)
    for dataset in (expected, found):
        dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    assert found == expected


@pytest.mark.parametrize(
    "context", ['"http://example.org/c"', '["file:///etc/passwd"]', '{"@import": "http://x/"}']
)
def test_a_remote_context_is_refused_with_its_place(context: str) -> None:
    parsed = read(f'{{"@context":\n {context}, "name": "x"}}')
    assert not parsed.quads
    assert parsed.errors[0].line == 2
    assert "not fetched" in parsed.errors[0].detail


def test_a_key_without_meaning_is_reported_because_its_value_would_be_lost() -> None:
    parsed = read('{"@id": "urn:a",\n "nmae": "x", "urn:p": 1}')
    assert [(e.line, e.column) for e in parsed.errors] == [(2, 2)]
    assert len(parsed.quads) == 1


@pytest.mark.parametrize(
    ("text", "line", "column"),
    [
        ('{"a": 1,\n}', 1, 8),
        ('{"a": 1\n "b": 2}', 1, 8),  # where the comma belongs
        ("{'a': 1}", 1, 2),
        ('{"a": "x\ny"}', 1, 7),
        ('{"@id": 5}', 1, 9),
        ('{"a": 1} x', 1, 10),
        ("", 1, 1),
    ],
)
def test_broken_json_is_reported_where_it_breaks(text: str, line: int, column: int) -> None:
    error = read(text).errors[0]
    assert (error.line, error.column) == (line, column)


def test_json_nested_without_end_is_refused() -> None:
    assert "levels deep" in read('{"urn:p":' * 20000).errors[0].detail
