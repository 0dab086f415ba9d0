"""A submission in context: the delta is the difference of full runs, and nothing is written."""

from __future__ import annotations

import json
from pathlib import Path

import pyoxigraph as ox
import pytest
from click.testing import CliRunner

from kuvend.cli.validate import validate as validate_command
from kuvend.project import Project
from kuvend.project.shape_set import draft_shapes, impact, shape_states
from kuvend.project.standing import read_standing_graph
from kuvend.project.submission import Checker, checker_of, fixed_texts, read_parts
from kuvend.reasoning import close
from kuvend.shacl import validate_graph
from kuvend.shacl.finding import Validation
from kuvend.syntax import Source

PREFIXES = """@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix kvc: <https://w3id.org/kuvend/concept/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix id-org: <https://w3id.org/kuvend/id/org/> .
@prefix id-count: <https://w3id.org/kuvend/id/count/> .
@prefix id-agreement: <https://w3id.org/kuvend/id/agreement/> .
"""


@pytest.fixture(scope="module")
def checker(project: Project) -> Checker:
    return checker_of(project)


def check(checker: Checker, *texts: str, keep_going: bool = False) -> Validation:
    sources = [
        Source(f"{number}.ttl", (PREFIXES + text).encode()) for number, text in enumerate(texts)
    ]
    parts = read_parts(sources, base_iri=checker.base_iri, max_bytes=10**6)
    return checker.check(parts, keep_going=keep_going)


SUBMISSION = """
id-org:amu kv:foundingDate "1991-01-01"^^xsd:date .
id-org:new a kv:Municipality .
"""


def test_the_delta_is_the_difference_of_full_runs(checker: Checker) -> None:
    live = checker.live
    triples = [quad.triple for quad in ox.parse(PREFIXES + SUBMISSION, format=ox.RdfFormat.TURTLE)]
    alone = [*live.ontology.triples, *live.asserted]
    inferred = close([*live.ontology.axioms, *live.asserted, *triples]).inferred
    union = dict.fromkeys([*alone, *triples, *live.inferred, *inferred, *live.evidence])
    touched = {str(t.subject) for t in triples}
    rules = [t for t in checker.shapes if "FoundingDatesAgree" not in str(t.subject)]
    found = validate_graph(union, rules, engine="kuvend")
    before = {result.key for result in checker.before.results}
    expected = {
        r.key for r in found.results if r.key not in before and str(r.focus_node) in touched
    }
    outcome = check(checker, SUBMISSION)
    ours = {
        f.result.key
        for f in outcome.findings
        if f.result is not None and "FoundingDatesAgree" not in f.rule
    }
    assert expected and {key for key in ours if key[0] in touched} == expected


def test_what_was_there_before_is_counted_not_shown(checker: Checker) -> None:
    outcome = check(checker, 'id-org:amu skos:altLabel "АМУ"@uk .')
    assert outcome.before == len(checker.before.results)
    assert outcome.conforms


def test_what_it_would_add_is_told(checker: Checker) -> None:
    added = check(checker, 'id-org:new a kv:Municipality ; skos:prefLabel "New"@en .').additions
    assert added is not None
    assert added.new_things == ("https://w3id.org/kuvend/id/org/new",)
    assert (added.new_statements, added.known_statements) == (2, 0)
    assert added.new_inferences > 0


def test_a_contradiction_shows_the_sentence_on_the_other_side(checker: Checker) -> None:
    text = """
    @prefix id-person: <https://w3id.org/kuvend/id/person/> .
    id-person:blerim-bexheti a org:FormalOrganization ."""
    found = [f for f in check(checker, text).findings if f.rule == "kuvend/contradiction"]
    assert found and found[0].span is not None
    assert any("Blerim Bexheti" in related.text for f in found for related in f.related)


def test_a_missing_property_points_at_its_thing(checker: Checker) -> None:
    outcome = check(checker, "\n\nid-org:nameless a kv:Municipality .")
    spans = {f.span.line: f.span.column for f in outcome.findings if f.span and "name" in f.rule}
    assert spans == {len(PREFIXES.splitlines()) + 3: 1}


def test_several_files_are_one_submission(checker: Checker) -> None:
    outcome = check(
        checker,
        'id-agreement:x a kv:CooperationAgreement ; skos:prefLabel "X"@en .',
        "id-agreement:x kv:hasParty id-org:amu .",
        "id-agreement:x kv:hasParty id-org:akk .",
    )
    assert "shape/Agreement-parties" not in {f.rule for f in outcome.findings}


def test_after_syntax_errors_the_rest_is_checked_if_asked(checker: Checker) -> None:
    text = "id-org:a a kv:Municipalty .\nid-org:b a\n"
    assert {f.rule for f in check(checker, text).findings} == {"syntax"}
    rules = {f.rule for f in check(checker, text, keep_going=True).findings}
    assert {"syntax", "kuvend/unknown-class"} <= rules


def test_certain_fixes_are_applied_and_introduce_nothing(checker: Checker) -> None:
    text = 'id-org:new a kv:Municipalty ; skos:prefLabel "E re"@albanian , "New"@en .'
    outcome = check(checker, text)
    fixed = fixed_texts(outcome)["0.ttl"]
    assert "kv:Municipality ;" in fixed and '"E re"@sq' in fixed
    again = check(checker, fixed.removeprefix(PREFIXES))
    assert {f.key for f in again.findings} <= {f.key for f in outcome.findings}
    assert again.conforms


def test_a_term_is_found_and_mended_wherever_it_stands(checker: Checker) -> None:
    text = "".join(
        f'id-org:new{n} a kv:Municipalty ; skos:prefLabel "New {n}"@en .\n' for n in range(4)
    )
    outcome = check(checker, text)
    found = [f for f in outcome.findings if f.rule == "kuvend/unknown-class"]
    lines = [f.span.line for f in found if f.span]
    assert lines == list(range(lines[0], lines[0] + 4))
    assert fixed_texts(outcome)["0.ttl"] == PREFIXES + text.replace("lty", "lity")


def test_the_command_fixes_a_file_and_says_what_is_left(project: Project, tmp_path: Path) -> None:
    file = tmp_path / "new.ttl"
    text = 'id-org:new a kv:Municipalty ; skos:prefLabel "E re"@albanian , "New"@en .'
    file.write_text(PREFIXES + text, encoding="utf-8")
    runner = CliRunner()
    assert runner.invoke(validate_command, [str(file)], obj=project).exit_code == 1
    result = runner.invoke(validate_command, [str(file), "--fix"], obj=project)
    assert result.exit_code == 0, result.output
    assert "kv:Municipality" in file.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("content", "code"), [('id-org:amu skos:altLabel "A"@en .', 0), ("id-org:a a", 2)]
)
def test_exit_codes_tell_fine_from_unreadable(project: Project, content: str, code: int) -> None:
    runner = CliRunner()
    result = runner.invoke(validate_command, ["-"], obj=project, input=PREFIXES + content)
    assert result.exit_code == code, result.output


def test_a_folder_is_its_files_and_each_is_read_once(project: Project, tmp_path: Path) -> None:
    text = PREFIXES + 'id-org:new a kv:Municipality ; skos:prefLabel "New"@en .'
    (tmp_path / "deep").mkdir()
    (tmp_path / "deep" / "new.ttl").write_text(text, encoding="utf-8")
    (tmp_path / "readme.md").write_text("no data", encoding="utf-8")
    again = str(tmp_path / "deep" / ".." / "deep" / "new.ttl")
    report = tmp_path / "report"
    also = [f"--also={report}.{ending}" for ending in ("sarif", "xml", "json")]
    result = CliRunner().invoke(validate_command, [str(tmp_path), again, *also], obj=project)
    assert result.exit_code == 0, result.output
    found = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))
    assert found["context"]["added"]["statements"] == 2
    (artifact,) = json.loads(Path(f"{report}.sarif").read_text("utf-8"))["runs"][0]["artifacts"]
    assert artifact["location"]["uri"] == str(tmp_path / "deep" / "new.ttl")
    assert Path(f"{report}.xml").read_text("utf-8").startswith("<?xml")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [(["empty"], "no file in the folder ends in one of"), (["-", "--also", "x.doc"], ".sarif")],
)
def test_what_cannot_be_read_or_written_is_told_first(
    project: Project, tmp_path: Path, arguments: list[str], words: str
) -> None:
    (tmp_path / "empty").mkdir()
    given = [str(tmp_path / "empty") if one == "empty" else one for one in arguments]
    result = CliRunner().invoke(validate_command, given, obj=project, input="")
    assert words in f"{result.exception} {getattr(result.exception, 'suggestion', '')}"


def test_the_schema_of_the_report_is_printed() -> None:
    result = CliRunner().invoke(validate_command, ["--schema"])
    assert result.exit_code == 0
    assert json.loads(result.output)["$id"] == "https://w3id.org/kuvend/validate/schema.json"


@pytest.mark.parametrize(
    ("said", "meant"),
    [
        ("kv:foundedIn 1999", "kv:foundingDate"),
        ('kv:foundedIn "June 1999"@en', "kv:foundingDate"),
        ("kv:foundedIn id-event:akk-founding", "kv:foundedThrough"),
        ("kv:memberOff id-org:amu", "org:memberOf"),
        ('kv:hasPartys "AMU"', "kv:hasParty"),
    ],
)
def test_the_property_that_was_meant_has_such_values(
    checker: Checker, said: str, meant: str
) -> None:
    prefix = "@prefix id-event: <https://w3id.org/kuvend/id/event/> .\n"
    (found,) = (
        f for f in check(checker, f"{prefix}id-org:akk {said} .").findings
        if f.rule == "kuvend/unknown-property"
    )  # fmt: skip
    assert found.advice["en"] == f"Did you mean {meant}?"


def test_the_place_of_a_property_ends_with_it(checker: Checker) -> None:
    text = 'id-agreement:y a kv:Agreement ; skos:prefLabel "Y"@en ; kv:hasParty  id-org:amu .'
    (found,) = (
        f for f in check(checker, text).findings if f.rule == "shape/Agreement-parties"
    )  # fmt: skip
    assert found.span is not None
    assert found.span.end_column - found.span.column == len("kv:hasParty")


def test_why_a_date_is_none_is_told_by_examples_not_by_patterns(checker: Checker) -> None:
    found = check(checker, 'id-org:akk kv:foundingDate "1999-05-17Z"^^xsd:date .').findings
    (date,) = (f for f in found if f.rule == "shape/foundingDate-date")
    assert "a day like 1992-06-26, a month like 1992-06 or a year like 1992" in date.messages["en"]
    told = [cause["en"] for cause in date.causes]
    assert told == ["A day is written without a time zone: without “Z”."]


def test_jsonld_gets_line_and_column_too(checker: Checker) -> None:
    text = """{"@context": "https://w3id.org/kuvend/context.jsonld",
  "@id": "id-count:c", "@type": "kv:CountObservation",
  "kv:countValue": -39,
  "kv:countPrecison": {"@id": "kvc:count-exact"}}"""
    source = Source("c.jsonld", text.encode())
    parts = read_parts([source], base_iri=checker.base_iri, max_bytes=10**6)
    rows = {f.rule: f.span for f in checker.check(parts).findings}
    assert str(rows["shape/Count-not-negative"]) == "c.jsonld:3:20"
    assert str(rows["kuvend/unknown-property"]).startswith("c.jsonld:4:")


def test_drafted_shapes_are_met_by_the_data_they_come_from(project: Project) -> None:
    live = read_standing_graph(project)
    classes = ["https://w3id.org/kuvend/def#CountObservation"]
    text = draft_shapes(live.asserted, classes, project.prefixes)
    shapes = [quad.triple for quad in ox.parse(text, format=ox.RdfFormat.TURTLE)]
    assert len(shapes) > 10
    assert validate_graph(live.asserted, shapes).conforms


def test_a_changed_shape_tells_what_it_would_newly_reject(project: Project) -> None:
    live = read_standing_graph(project)
    extra = """@prefix sh: <http://www.w3.org/ns/shacl#> .
    @prefix kv: <https://w3id.org/kuvend/def#> .
    <urn:x:S> a sh:NodeShape ; sh:targetClass kv:CountObservation ;
      sh:property <urn:x:P> . <urn:x:P> sh:path kv:countValue ; sh:maxInclusive 100 ."""
    added = [quad.triple for quad in ox.parse(extra, format=ox.RdfFormat.TURTLE)]
    found = impact(live, [*live.shapes, *added])
    assert {str(r.value) for r in found.rejected} == {
        '"1000"^^<http://www.w3.org/2001/XMLSchema#integer>'
    }
    assert found.accepted == ()


def test_each_shape_tells_how_many_nodes_it_looks_at(project: Project) -> None:
    live = read_standing_graph(project)
    states = {s.shape.rpartition("#")[2]: s for s in shape_states(live, live.shapes, ["sq"])}
    assert states["Person"].targets >= 4
    assert "emër" in states["Person"].message
