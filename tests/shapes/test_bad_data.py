"""The mistakes contributors make, in our vocabulary: each is found by the shape or check for it.

``bad/{mistake}.ttl`` says in its first lines what finds it: ``# found by: kvs:Shape`` or
``# found by: kuvend/rule``. ``bad/{mistake}.near.ttl`` is a near miss and must pass.
"""

from __future__ import annotations

import json
import re
from functools import cache
from pathlib import Path

import pytest
from shape_files import (
    MODES,
    ROOT,
    ExampleFile,
    Found,
    checked,
    example_files,
    example_text,
    shapes_graph,
)

from kuvend.namespaces import KUVEND_BASE, SH, prefixes
from kuvend.ontology import read_ontology
from kuvend.project.terms_in_use import vocabulary_of
from kuvend.shacl.checks import Vocabulary, check_identity, check_languages, check_vocabulary
from kuvend.shacl.checks.identity import KnownThings
from kuvend.shacl.finding import Finding
from kuvend.shacl.phrasing import Phrasing
from kuvend.shacl.wording import LANGUAGES
from kuvend.syntax import Source, parse_source
from kuvend.terms import Term
from places import SHARED

FOLDER = Path(__file__).resolve().parent / "bad"
LISTED = SHARED / "gold" / "bad_data.json"
_FOUND_BY = re.compile(r"^# found by: (\S+)$", re.M)


@cache
def files() -> tuple[tuple[ExampleFile, str], ...]:
    paths = sorted(FOLDER.glob("*.ttl"))
    texts = [(path.name, path.read_text(encoding="utf-8")) for path in paths]
    return tuple((example_text(name, text), text) for name, text in texts)


BAD = [row for row in files() if not row[0].name.endswith(".near.ttl")]
NEAR = [row for row in files() if row[0].name.endswith(".near.ttl")]


@cache
def results(mode: str) -> dict[str, list[Found]]:
    return checked((row for row, _ in files()), mode)


@cache
def vocabulary() -> Vocabulary:
    return vocabulary_of(read_ontology(ROOT / "ontology"), prefixes(), KUVEND_BASE)


def beyond_shacl(name: str, text: str) -> list[Finding]:
    """What the checks of vocabulary, language and addresses say of a file."""
    parsed = parse_source(Source(name, text.encode()), base_iri=KUVEND_BASE)
    described = frozenset(str(getattr(quad.subject, "value", "")) for quad in parsed.quads)
    return [
        *check_vocabulary(parsed, parsed.quads, vocabulary()),
        *check_languages(parsed, parsed.quads),
        *check_identity(parsed, parsed.quads, KnownThings([], KUVEND_BASE), described, prefixes()),
    ]


def name_of(row: tuple[ExampleFile, str]) -> str:
    return row[0].name.removesuffix(".ttl")


def test_there_are_at_least_forty_mistakes() -> None:
    assert len(BAD) >= 40
    assert len(NEAR) >= 20


@pytest.mark.skipif(not LISTED.exists(), reason="the list of mistakes is not beside the project")
def test_every_listed_mistake_has_a_file() -> None:
    listed = {row["id"].lower() for row in json.loads(LISTED.read_text(encoding="utf-8"))}
    assert len(listed) > 20
    assert listed - {row.name.partition("-")[0] for row, _ in BAD} == set()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", BAD, ids=name_of)
def test_a_mistake_is_found_by_the_shape_or_check_for_it(
    row: tuple[ExampleFile, str], mode: str
) -> None:
    example, text = row
    found = {f"kvs:{one.shape}" for one in results(mode)[example.name]}
    found |= {one.rule for one in beyond_shacl(example.name, text)}
    wanted = set(_FOUND_BY.findall(text))
    assert wanted, "the file does not say what finds it"
    assert wanted - found == set()


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize("row", NEAR, ids=name_of)
def test_a_near_miss_passes(row: tuple[ExampleFile, str], mode: str) -> None:
    example, text = row
    mistake = (FOLDER / example.name.replace(".near.ttl", ".ttl")).read_text(encoding="utf-8")
    finders = {name.removeprefix("kvs:") for name in _FOUND_BY.findall(mistake)}
    found = results(mode)[example.name]
    assert [f.shape for f in found if f.shape in finders] == []
    assert [f.shape for f in found if f.result.severity == SH.Violation] == []
    rules = [f.rule for f in beyond_shacl(example.name, text) if f.severity == "violation"]
    assert rules == []


def test_the_words_of_every_finding_have_their_values_in_place() -> None:
    def label_of(term: Term, language: str) -> str | None:
        return None

    phrasing = Phrasing(shapes_graph(), prefixes(), label_of)
    rows = [*results("closed").values(), *checked(example_files(), "closed").values()]
    seen = 0
    for one in (found for row in rows for found in row):
        said = phrasing.messages(one.result)
        assert set(said) == set(LANGUAGES), one.shape
        for language, text in said.items():
            seen += 1
            assert not re.search(r"\{[?$]\w+\}", text), f"{one.shape} @{language}: {text}"
    assert seen > 1000
