"""Certain repairs: the value is written anew in its own syntax, and the finding is gone."""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.project.submission import read_shapes_files
from kuvend.shacl import validate_graph
from kuvend.shacl.finding import Fix
from kuvend.shacl.graph import Graph
from kuvend.shacl.places import Places
from kuvend.shacl.repairs import certain_fix
from kuvend.syntax import Parsed, Source, parse_source

FOLDER = Path(__file__).resolve().parents[2] / "shapes"
FILES = ("time.ttl", "counts.ttl", "names.ttl", "mandates.ttl", "prefixes.ttl")
PREFIXES = """@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix id-org: <https://w3id.org/kuvend/id/org/> .
@prefix id-count: <https://w3id.org/kuvend/id/count/> .
"""
KV = "https://w3id.org/kuvend/def#"
XSD = "http://www.w3.org/2001/XMLSchema#"


@cache
def shapes() -> tuple[ox.Triple, ...]:
    return read_shapes_files(FOLDER / name for name in FILES)


def fixes(parsed: Parsed) -> list[Fix]:
    report = validate_graph(list(parsed.triples()), shapes())
    places, graph = Places([parsed]), Graph(shapes())
    found = {certain_fix(result, places, graph) for result in report.results}
    return [fix for fix in found if fix is not None]


def read(name: str, text: str) -> Parsed:
    parsed = parse_source(Source(name, text.encode()))
    assert not parsed.errors
    return parsed


def mended(name: str, text: str) -> str:
    """``text`` with its one fix laid on; what the fix makes must need none."""
    (fix,) = fixes(read(name, text))
    after = text[: fix.start] + fix.text + text[fix.end :]
    assert fixes(read(name, after)) == []
    return after


@pytest.mark.parametrize(
    ("wrong", "right"),
    [
        ('id-org:a kv:foundingDate "2013" .', '"2013"^^xsd:gYear'),
        ('id-org:a kv:foundingDate "2013"^^xsd:string .', '"2013"^^xsd:gYear'),
        ("id-org:a kv:foundingDate 2013 .", '"2013"^^xsd:gYear'),
        ("id-org:a kv:foundingDate '''2013''' .", "'''2013'''^^xsd:gYear"),
        ('id-org:a kv:startDate "2013-05-01"^^xsd:gYear .', '"2013-05-01"^^xsd:date'),
        ('id-org:a kv:startDate "2013-05" .', '"2013-05"^^xsd:gYearMonth'),
        ('id-org:a kv:startDate " 2013-05-01 " .', '"2013-05-01"^^xsd:date'),
        ('id-org:a kv:foundingDate "26 червня 1992 року"@uk .', '"1992-06-26"^^xsd:date'),
        ('id-org:a kv:foundingDate "26 Haziran 1992" .', '"1992-06-26"^^xsd:date'),
        ('id-org:a kv:foundingDate "26.06.1992" .', '"1992-06-26"^^xsd:date'),
        ('id-count:a a kv:CountObservation ; kv:countValue "35" .', '"35"^^xsd:integer'),
        ('id-count:a a kv:CountObservation ; kv:countValue "35"^^xsd:int .', '"35"^^xsd:integer'),
        ('id-org:a kv:dateIsDocumentDate "true" .', '"true"^^xsd:boolean'),
        ('id-org:a skos:prefLabel "Асоціація міст України" .', '"Асоціація міст України"@uk'),
        ('id-org:a skos:prefLabel "Marmara Belediyeler Birliği" .', 'Birliği"@tr'),
        ('id-org:a skos:prefLabel "Saraj "@sq .', '"Saraj"@sq'),
    ],
)
def test_what_can_be_read_in_one_way_is_mended(wrong: str, right: str) -> None:
    assert right in mended("a.ttl", PREFIXES + wrong)


@pytest.mark.parametrize(
    "unsure",
    [
        'id-org:a kv:foundingDate "5.6.1992" .',
        'id-org:a kv:foundingDate "early 1992" .',
        'id-org:a kv:foundingDate "1992-06-31" .',
        'id-org:a skos:prefLabel "Saraj" .',
        'id-org:a skos:prefLabel " "@sq .',
        'id-count:a a kv:CountObservation ; kv:countValue "1.000" .',
    ],
)
def test_what_can_be_read_in_two_ways_is_left_to_people(unsure: str) -> None:
    assert fixes(read("a.ttl", PREFIXES + unsure)) == []


LINE = f'<urn:x:a> <{KV}foundingDate> "2013" .\n'
MENDED_LINE = f'<urn:x:a> <{KV}foundingDate> "2013"^^<{XSD}gYear> .\n'


def test_every_syntax_is_written_in_its_own_way() -> None:
    assert mended("a.nt", LINE) == MENDED_LINE
    graph = " <urn:x:g> ."
    assert mended("a.nq", LINE.replace(" .", graph)) == MENDED_LINE.replace(" .", graph)
    trig = PREFIXES + 'id-org:g { id-org:a kv:foundingDate "2013" }'
    assert mended("a.trig", trig) == trig.replace('"2013"', '"2013"^^xsd:gYear')


@pytest.mark.parametrize("value", ['"2013"', "2013", '["2013"]', '{"@value": "2013"}'])
def test_json_ld_keeps_all_but_the_value(value: str) -> None:
    text = f'{{ "@context": {{"kv": "{KV}"}},\r\n\t"@id": "urn:x:a",  "kv:foundingDate": {value}}}'
    after = mended("a.jsonld", text)
    at = text.index(value)
    assert after.startswith(text[:at]) and after.endswith("}")
    told = json.loads(after)["kv:foundingDate"]
    told = told[0] if isinstance(told, list) else told
    assert told == {"@value": "2013", "@type": f"{XSD}gYear"}
    short = text.replace('"kv":', f'"xsd": "{XSD}", "kv":')
    assert re.search(r'"@type": "xsd:gYear"', mended("a.jsonld", short))
