"""Every form JSON-LD has for nodes and values is read as the engine reads it, with its places."""

from __future__ import annotations

import json

import pyoxigraph as ox
import pytest

from kuvend.syntax import Parsed, parse_jsonld


def read(text: str) -> Parsed:
    return parse_jsonld(text, source="t.jsonld", base_iri="http://b/")


def canonical(quads: list[ox.Quad]) -> list[str]:
    dataset = ox.Dataset(quads)
    dataset.canonicalize(ox.CanonicalizationAlgorithm.UNSTABLE)
    return sorted(map(str, dataset))


def values(text: str, parsed: Parsed) -> list[str]:
    """The text of each value that has a place of its own."""
    found = (text[quad.object_at : quad.object_end] for quad in parsed.quads)
    return sorted(one for one in found if one)


def containers(*words: str, more: str = "") -> str:
    listed = json.dumps(words)
    return f'{{"m":{{"@id":"urn:m","@container":{listed}{more}}}}}'


# A text, and the values that have places of their own.
FORMS = [
    ('{"@id":"urn:a","@reverse":{"urn:p":{"@id":"urn:b","urn:q":1}}}', ["1"]),
    (
        '{"@context":{"r":"@reverse"},"@id":"urn:a","r":{"urn:p":[{"urn:q":1},{"urn:q":2}]}}',
        ["1", "2"],
    ),
    ('{"@id":"urn:a","@nest":[{"urn:p":1},{"@nest":{"urn:q":"x"}}],"urn:p":2}', ['"x"', "1", "2"]),
    ('{"@context":{"n":"@nest","p":"urn:p"},"n":{"p":{"urn:q":1}}}', ["1", '{"urn:q":1}']),
    (
        f'{{"@context":{containers("@id")},"m":{{"urn:x":{{"urn:q":1}},"@none":{{"urn:q":2}}}}}}',
        ["1", "2", '{"urn:q":1}', '{"urn:q":2}'],
    ),
    (f'{{"@context":{containers("@type")},"m":{{"urn:T":{{"urn:q":1}}}}}}', ['{"urn:q":1}']),
    (
        f'{{"@context":{containers("@index")},"m":{{"k":{{"urn:q":1}},"l":["v",{{"@id":"urn:b"}}]}}}}',
        ['"v"', "1", '{"@id":"urn:b"}', '{"urn:q":1}'],
    ),
    (
        f'{{"@context":{containers("@index", "@set")},"m":{{"k":[{{"urn:q":1}}]}}}}',
        ["1", '{"urn:q":1}'],
    ),
    (
        f'{{"@context":{containers("@index", more=",$")},"m":{{"k":{{"urn:q":1}}}}}}'.replace(
            "$", '"@index":"urn:index"'
        ),
        ["1", '{"urn:q":1}'],
    ),
    (
        f'{{"@context":{containers("@graph", "@index")},"m":{{"k":{{"@id":"urn:n","urn:q":1}}}}}}',
        None,
    ),
    (f'{{"@context":{containers("@graph", "@id")},"m":{{"urn:k":{{"urn:q":1}}}}}}', None),
    (f'{{"@context":{containers("@graph")},"m":{{"urn:q":1}}}}', ["1", '{"urn:q":1}']),
    (
        '{"@context":{"p":{"@id":"urn:p","@context":{"q":"urn:q"}}},"p":{"q":1}}',
        ["1", '{"q":1}'],
    ),
    (
        '{"@context":{"@vocab":"urn:v:","T":{"@id":"urn:T","@context":{"@vocab":"urn:w:"}}},'
        '"@type":"T","q":{"r":1}}',
        ['"T"', "1", '{"r":1}'],
    ),
    (
        '{"@context":{"q":"urn:q"},"q":{"@context":{"@propagate":false,"r":"urn:r"},"r":{"q":5}}}',
        None,
    ),
    ('{"@context":{"q":null,"r":{"@id":null}},"q":1,"r":2,"urn:x":3}', ["3"]),
    (
        '{"@context":{"value":"@value"},"urn:p":{"value":"x"},"urn:q":'
        '{"@context":{"value":"urn:v"},"value":{"urn:r":"y"}}}',
        None,
    ),
    ('{"urn:p":[1.0,2.50,1e20,{"@value":3.10},-0.0,1e400]}', None),
    ('{"urn:p":{"@set":["x",{"@set":["y"]}]}}', ['"x"', '"y"']),
    ('{"urn:p":{"@list":["x",["y"],null,{"@list":["z"]},{"urn:q":1}]}}', None),
    (
        '{"@context":{"l":{"@id":"urn:l","@container":"@list"}},"l":["x","x",2.5]}',
        ['"x"', '"x"', "2.5", '["x","x",2.5]'],
    ),
    ('{"urn:p":[{"@list":[]}]}', ['{"@list":[]}']),
]


@pytest.mark.parametrize(("text", "placed"), FORMS)
def test_each_form_gives_the_quads_of_the_engine_and_loses_no_key(
    text: str, placed: list[str] | None
) -> None:
    parsed = read(text)
    assert parsed.errors == []
    expected = list(ox.parse(text, format=ox.RdfFormat.JSON_LD, base_iri="http://b/"))
    assert canonical([quad.quad for quad in parsed.quads]) == canonical(expected)
    if placed is not None:
        assert values(text, parsed) == placed


def test_the_items_of_a_list_stand_where_they_are_written() -> None:
    text = '{"@id": "urn:a",\n "urn:p": {"@list": ["x",\n  1.0,\n  {"@list": [true]}]}}'
    parsed = read(text)
    found = {text[q.object_at : q.object_end]: parsed.position(q.object_at) for q in parsed.quads}
    assert {key: found[key] for key in ('"x"', "1.0", "true")} == {
        '"x"': (2, 22),
        "1.0": (3, 3),
        "true": (4, 14),
    }


@pytest.mark.parametrize(
    ("text", "column"),
    [
        ('{"@reverse": {"zz": {"@id": "urn:b"}}}', 15),
        ('{"@nest": {"zz": 1}}', 12),
        ('{"@context":{"p":{"@id":"urn:p","@context":{"q":"urn:q"}}},"p":{"zz":1}}', 65),
        ('{"@context":{"q":"urn:q"},"urn:p":{"@context":[null],"q":1}}', 54),
        (f'{{"@context":{containers("@type")},"m":{{"urn:T":{{"zz":1}}}}}}', 72),
    ],
)
def test_a_key_without_meaning_is_found_there_too(text: str, column: int) -> None:
    assert [error.column for error in read(text).errors] == [column]


def test_a_number_of_many_digits_is_a_number() -> None:
    text = '{"urn:p": [' + "1" * 5000 + ", 2]}"
    parsed = read(text)
    assert not parsed.errors
    assert len(parsed.quads) == 2


def test_contexts_in_contexts_are_asked_about_once(monkeypatch: pytest.MonkeyPatch) -> None:
    asked: list[str] = []
    parse = ox.parse

    def counted(text: str, **options: object) -> object:
        asked.append(text)
        return parse(text, **options)  # type: ignore[call-overload]

    monkeypatch.setattr(ox, "parse", counted)
    outer = {f"t{n}": f"urn:t{n}" for n in range(50)}
    nodes = [{"@context": {"x": f"urn:x{n}"}, "@id": f"urn:a{n}", "x": n} for n in range(50)]
    parsed = read(json.dumps({"@context": outer, "@graph": nodes}))
    assert [str(quad.predicate) for quad in parsed.quads] == [f"<urn:x{n}>" for n in range(50)]
    assert sum(text.count('"t1"') for text in asked) == 2


@pytest.mark.parametrize(
    "text",
    [
        '{"@conext": {"q": {"@id": null}}, "@graph": [{"@id": "urn:a", "urn:p": 1}]}',
        '{"@id": "urn:a", "urn:p": [1, {"@alue": "x", "@language": "sq"}]}',
    ],
)
def test_a_misspelt_keyword_is_told_and_the_rest_read_as_by_the_engine(text: str) -> None:
    parsed = read(text)
    assert [error.is_loss for error in parsed.errors] == [True]
    expected = list(ox.parse(text, format=ox.RdfFormat.JSON_LD, base_iri="http://b/"))
    assert canonical([quad.quad for quad in parsed.quads]) == canonical(expected) != []
