"""Twelve questions that asserted data alone cannot answer, and the ontology makes answerable."""

from __future__ import annotations

from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.config import Settings
from kuvend.namespaces import prefixes
from kuvend.ontology import check_closure, read_ontology
from kuvend.project import Project
from kuvend.project.build import Sources
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


# -- the documents of the project ---------------------------------------------------------------

# Property or class: what no document asserts and the ontology concludes from what they do.
CONCLUSIONS = [
    "id-org:akk kv:hasLegalBasis id-law:european-charter",
    "id-org:konya-union kv:hasLegalBasis id-law:law-5355",
    "id-org:aum kv:hasLegalBasis id-law:unmik-regulation-2000-45",
    "id-person:vitali-klitschko kv:headOf id-org:amu",
    "id-person:oleksandr-slobozhan kv:isOrWasMemberOf id-org:amu",
    "id-org:amu kv:isOrWasMemberOf id-org:cemr",
    "id-mandate:aum-administrative-direction kv:supersededBy id-mandate:aum-redefined",
    "id-org:rochester-hills kv:cooperatesWith id-org:saraj-municipality",
    "id-org:konya-union org:purpose kvc:topic-finance",
    "id-event:aum-role-redefinition kv:cameAfter id-event:brussels-agreement-signing",
    "id-org:aum org:transitiveSubOrganizationOf id-org:unmik",
    "id-group:amu-sections kv:partOfBody id-org:amu",
    "id-org:amu kv:initiatedCreationOf id-org:interfactional-association",
    "id-org:kyiv a cv:PublicOrganisation",
    "id-org:amu kv:foundingPlace id-place:dnipropetrovsk",
    "id-org:amu kv:isOrWasRepresentedIn id-org:cabinet-of-ministers-of-ukraine",
]


@pytest.fixture(scope="module")
def sources() -> Sources:
    return Project(Settings()).sources()


@pytest.fixture(scope="module")
def documents(sources: Sources) -> Closure:
    return close([*sources.ontology.axioms, *sources.asserted(), *sources.corpus.derived])


def test_the_documents_contradict_nothing(sources: Sources, documents: Closure) -> None:
    assert check_closure(documents, sources.ontology.prefixes) == []


@pytest.mark.parametrize("conclusion", CONCLUSIONS)
def test_what_the_documents_leave_to_be_concluded_is_concluded(
    conclusion: str, sources: Sources, documents: Closure
) -> None:
    prologue = "".join(f"PREFIX {name}: <{iri}>\n" for name, iri in prefixes().items())
    (wanted,) = parse(f"{prologue} {conclusion} .")
    assert wanted not in sources.asserted()
    assert wanted in documents.inferred
