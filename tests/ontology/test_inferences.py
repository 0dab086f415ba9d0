"""Twelve questions that asserted data alone cannot answer, and the ontology makes answerable."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.ontology import check_closure, read_ontology
from kuvend.project import Project
from kuvend.reasoning import Closure, close
from places import ROOT

DATA = Path(__file__).parent / "competency.ttl"
PROLOGUE = """
PREFIX kv: <https://w3id.org/kuvend/def#> PREFIX kvc: <https://w3id.org/kuvend/concept/>
PREFIX org: <http://www.w3.org/ns/org#> PREFIX cv: <http://data.europa.eu/m8g/> PREFIX : <urn:x:>
"""
# Question: query, rows from asserted data, rows with the closure.
QUESTIONS: dict[str, tuple[str, list[str], list[str]]] = {
    "what rests on the charter": (
        "SELECT ?x { ?x kv:hasLegalBasis :charter }",
        [],
        ["akk", "akk-founding"],
    ),
    "what rests on the law": (
        "SELECT ?x { ?x kv:hasLegalBasis :law-5355 }",
        [],
        ["konya", "konya-mandate"],
    ),
    "who is or was an officer of the association": (
        "SELECT ?x { ?x kv:isOrWasMemberOf :auc }",
        [],
        ["klychko", "slobozhan"],
    ),
    "which mandates are superseded": (
        "SELECT ?x { ?x kv:supersededBy ?by }",
        [],
        ["aum-mandate-1"],
    ),
    "with whom does Rochester Hills cooperate": (
        "SELECT ?x { :rochester-hills kv:cooperatesWith ?x }",
        [],
        ["saraj"],
    ),
    "which topics do two bodies share": (
        "SELECT DISTINCT ?x { ?a org:purpose ?x . ?b org:purpose ?x FILTER (?a != ?b) }",
        [],
        ["topic-legislation"],
    ),
    "what came after the signing": (
        "SELECT ?x { ?x kv:cameAfter :brussels-signing }",
        [],
        ["north-created", "redefinition"],
    ),
    "what belongs to the mission at any depth": (
        "SELECT ?x { ?x org:transitiveSubOrganizationOf :unmik }",
        [],
        ["aum", "mro"],
    ),
    "what does the assembly elect, asked from the elected": (
        "SELECT ?x { ?x kv:electedBy :konya-assembly }",
        [],
        ["konya-committee", "konya-president"],
    ),
    "whose creation did the association initiate": (
        "SELECT ?x { :auc kv:initiatedCreationOf ?x }",
        [],
        ["inter-factional-union"],
    ),
    "which are public organisations": (
        "SELECT ?x { ?x a cv:PublicOrganisation }",
        ["skopje"],
        ["rochester-hills", "saraj", "skopje"],
    ),
    "where was the association founded": (
        "SELECT ?x { :auc kv:foundingPlace ?x }",
        [],
        ["dnipropetrovsk"],
    ),
}


def parse(text: str) -> list[ox.Triple]:
    quads = ox.parse(text.encode(), format=ox.RdfFormat.TURTLE)
    return [quad.triple for quad in quads]


@pytest.fixture(scope="module")
def axioms() -> tuple[ox.Triple, ...]:
    return read_ontology(ROOT / "ontology").axioms


@pytest.fixture(scope="module")
def asserted() -> list[ox.Triple]:
    return parse(DATA.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def closure(axioms: tuple[ox.Triple, ...], asserted: list[ox.Triple]) -> Closure:
    return close([*axioms, *asserted])


def rows(query: str, triples: list[ox.Triple]) -> list[str]:
    store = ox.Store()
    store.extend(ox.Quad(t.subject, t.predicate, t.object) for t in triples)
    solutions = store.query(PROLOGUE + query)
    assert isinstance(solutions, ox.QuerySolutions)
    return sorted(str(row["x"].value).replace("/", ":").rsplit(":", 1)[-1] for row in solutions)


@pytest.mark.parametrize("question", QUESTIONS)
def test_the_ontology_answers_what_the_data_alone_do_not(
    question: str, asserted: list[ox.Triple], closure: Closure
) -> None:
    query, before, after = QUESTIONS[question]
    assert rows(query, asserted) == before
    assert rows(query, [*asserted, *closure.inferred]) == after


def test_there_are_twelve_questions() -> None:
    assert len(QUESTIONS) == 12


def test_the_data_of_the_questions_contradict_nothing(closure: Closure) -> None:
    assert check_closure(closure, {}) == []


@pytest.mark.parametrize(
    ("mistake", "statement"),
    [
        ("a body that is its own territory", ":saraj a cv:AdminUnit ."),
        ("a person as party", ":treaty a kv:Agreement ; kv:hasParty :klychko ."),
        (
            "a party that signs",
            ":treaty kv:hasParty :saraj ; kv:hasSignatory :saraj .",
        ),
        ("an organ of itself", ":konya-assembly kv:organOf :konya-assembly ."),
        ("two events, each the result of the other", ":a kv:resultOf :b . :b kv:resultOf :a ."),
        ("a group of units as a unit", ":g a kv:UnitGroup . :konya org:hasUnit :g ."),
        ("a seat as a mandate", ":auc-head a kv:Mandate ."),
        ("a concept as a body", ":konya a kv:KindOfBody ."),
    ],
)
def test_a_mistake_in_the_data_is_a_contradiction(
    mistake: str, statement: str, axioms: tuple[ox.Triple, ...], asserted: list[ox.Triple]
) -> None:
    wrong = parse(PROLOGUE + DATA.read_text(encoding="utf-8") + statement)
    found = check_closure(close([*axioms, *wrong]), {})
    assert [f.rule for f in found if f.rule == "contradiction"], mistake


def test_two_persons_in_one_holding_are_reported_and_not_merged_in_silence(
    axioms: tuple[ox.Triple, ...], asserted: list[ox.Triple]
) -> None:
    wrong = parse(
        PROLOGUE + DATA.read_text(encoding="utf-8") + ":klychko-head kv:heldBy :slobozhan ."
    )
    found = check_closure(close([*axioms, *wrong]), {})
    assert any(f.rule == "unwanted-same-as" for f in found)
    assert any("slobozhan" in f.message and "klychko" in f.message for f in found)


def test_labels_and_notes_add_no_conclusion_on_data(
    axioms: tuple[ox.Triple, ...], asserted: list[ox.Triple], closure: Closure
) -> None:
    everything = close([*read_ontology(ROOT / "ontology").triples, *asserted])
    subjects = {t.subject for t in asserted}
    assert {t for t in everything.inferred if t.subject in subjects} == {
        t for t in closure.inferred if t.subject in subjects
    }


def test_the_documents_of_the_project_have_no_contradiction(project: Project) -> None:
    sources = project.sources()
    given = [*sources.ontology.axioms, *sources.asserted(), *sources.corpus.derived]
    assert check_closure(close(given), sources.ontology.prefixes) == []
