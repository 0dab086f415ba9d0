"""Slips of syntax are told by what was meant, at the place where it starts, in each language."""

from __future__ import annotations

import pytest

from kuvend.errors import BadSyntax
from kuvend.shacl.translating import in_languages
from kuvend.shacl.wording import LANGUAGES
from kuvend.syntax import parse_jsonld, parse_turtle


@pytest.mark.parametrize(
    ("value", "column", "detail", "advice"),
    [
        ("2022-05-03 .", 17, "a date without quotation marks", 'Write "2022-05-03"^^xsd:date.'),
        ("2022-05 .", 17, "a date without quotation marks", 'Write "2022-05"^^xsd:gYearMonth.'),
        ("1 000 000 .", 17, "'1 000 000' is a number with a blank", "Write 1000000."),
        ("1000+ .", 17, "'1000+' is not a number.", "Write the digits alone."),
        ("50% .", 17, "'50%' is not a number.", "Write the digits alone."),
        ('"A"^<urn:x:t> .', 20, "'^' stands alone", "A type follows two of them"),
        ('"The "new" town" .', 23, "the text ends here", "Quotation marks within a text"),
        ('"A"^^<urn:x:t>@en .', 31, "a language or a type", "Keep one of them."),
        ('"A"\n    <urn:x:q> "B" .', 20, "'.' is missing before '<urn:x:q>'", "Write ';' to say"),
        ('"A" .\n<urn:x:s> "B" .', 11, "a property (an IRI", ""),
    ],
)
def test_of_turtle(value: str, column: int, detail: str, advice: str) -> None:
    [error, *_] = parse_turtle(f"<urn:x:s> <a:p> {value}", source="a.ttl").errors
    is_told(error, column, detail, advice)


@pytest.mark.parametrize(
    ("value", "column", "detail", "advice"),
    [
        ("038", 11, "'038' is not a JSON value", "no zero before them"),
        ("2022-05-03", 11, "'2022-05-03' is not a JSON value", "dates stand in double"),
        ("38.", 11, "'38.' is not a JSON value", "digits alone"),
        ("38,5", 11, "a decimal number is written with a point", ""),
        ("“A”", 11, "“ is a typographic quotation mark", "straight quotation marks"),
        ("True", 11, "'True' is not a value", "Write true in small letters"),
        ("None", 11, "'None' is not a value", "Leave the property out"),
        ("Newtown", 11, "'Newtown' is not a value", "Text and dates stand in double"),
        ('1, “b”: "c"', 14, "“ is a typographic quotation mark", "straight quotation marks"),
    ],
)
def test_of_json(value: str, column: int, detail: str, advice: str) -> None:
    [error] = parse_jsonld(f'{{"urn:p": {value}}}', source="a.jsonld").errors
    is_told(error, column, detail, advice)


def is_told(error: BadSyntax, column: int, detail: str, advice: str) -> None:
    assert error.column == column
    assert detail in error.detail and advice in (error.suggestion or "")
    assert error.suggestion is not None or not advice
    for said in (error.detail, error.suggestion):
        assert not said or len(set(in_languages(said).values())) == len(LANGUAGES), said


def test_a_declaration_is_closed_by_a_full_stop_alone() -> None:
    [error] = parse_turtle("@prefix a: <urn:x:>\na:s a:p a:o .", source="a.ttl").errors
    assert "'.' is missing after @prefix" in error.detail
    assert error.suggestion is None
