"""What the engine refuses of JSON-LD without a place is told at the object it refuses."""

from __future__ import annotations

import pytest

from kuvend.shacl.translating import in_languages
from kuvend.shacl.wording import LANGUAGES
from kuvend.syntax import parse_jsonld


def text(value: str, before: int = 1, after: int = 1) -> str:
    """A text whose faulty node stands among right ones; its value on a line of its own."""
    right = '{"@id": "urn:x:a", "skos:p": [{"@value": "a", "@language": "en"}, {"@id": "urn:x:b"}]}'
    faulty = f'{{"@id": "urn:x:c", "skos:q": [{{"@id": "urn:x:d"}},\n{value}\n]}}'
    nodes = ",\n".join([*[right] * before, faulty, *[right] * after])
    return f'{{"@context": {{"skos": "urn:x:skos/"}}, "@graph": [\n{nodes}\n]}}'


@pytest.mark.parametrize(
    ("value", "column", "detail"),
    [
        ('{"@value": "a", "@language": "en", "@type": "skos:t"}', 36, "a language or a type"),
        ('{"@id": "urn:x:b", "@value": "a"}', 20, "not both"),
        ('{"@value": ["a", "b"]}', 2, "holds one text"),
        ('{"@value": 5, "@language": "en"}', 15, "not with a number"),
        ('{"@list": ["a"], "@id": "urn:x:e"}', 2, "no other keys"),
        ('{"skos:r": {"@value": "a", "skos:s": "b"}}', 13, "has no properties"),
        ('{"@value": "a", "@type": "a b"}', 17, "the type 'a b' is no address"),
        ('{"@id": "urn:x:e", "@type": {"@id": "skos:T"}}', 20, "the value of @type must be"),
    ],
)
def test_the_place_is_the_key_in_the_object(value: str, column: int, detail: str) -> None:
    [error] = parse_jsonld(text(value), source="a.jsonld").errors
    assert (error.line, error.column) == (4, column)
    assert detail in error.detail
    for said in (error.detail, error.suggestion):
        assert said is None or len(set(in_languages(said).values())) == len(LANGUAGES)


def test_it_is_found_among_thousands() -> None:
    faulty = '{"@value": "a", "@language": "en", "@type": "skos:t"}'
    [error] = parse_jsonld(text(faulty, before=3000, after=3000), source="a.jsonld").errors
    assert error.line == 3003
