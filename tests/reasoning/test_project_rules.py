"""Rules beyond OWL: parsed, run to the fixpoint with the closure, explained and maintained."""

from __future__ import annotations

import datetime
from pathlib import Path

import pyoxigraph as ox
import pytest

import kuvend
from kuvend.errors import BadRequest, BadSyntax
from kuvend.namespaces import KV, ORG, OWL, RDF, RDFS, XSD
from kuvend.reasoning import Reasoner, close, load_rules, parse_rule
from kuvend.terms import Term

RULES = Path(kuvend.__file__).parents[2] / "ontology" / "rules"
KV_PREFIX = "PREFIX kv: <https://w3id.org/kuvend/def#> PREFIX org: <http://www.w3.org/ns/org#> "
COUNT = parse_rule(
    "#+ name: recorded-members\n"
    + KV_PREFIX
    + """CONSTRUCT { ?body kv:recorded ?count } WHERE {
         SELECT ?body (COUNT(DISTINCT ?member) AS ?count)
         WHERE { ?m org:organization ?body ; org:member ?member } GROUP BY ?body }"""
)
CURRENT = parse_rule(
    "#+ name: current\n"
    + KV_PREFIX
    + """CONSTRUCT { ?m kv:currentOn $releaseDate } WHERE {
         ?m kv:startDate ?start FILTER(?start <= $releaseDate)
         FILTER NOT EXISTS { ?m kv:endDate ?end FILTER(?end < $releaseDate) } }"""
)


def iri(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"urn:{name}")


def agreement(*parties: ox.NamedNode) -> list[ox.Triple]:
    return [
        ox.Triple(iri("g"), RDF.type, KV.CooperationAgreement),
        *(ox.Triple(iri("g"), KV.hasParty, party) for party in parties),
    ]


def membership(name: str, member: Term, body: ox.NamedNode) -> list[ox.Triple]:
    return [
        ox.Triple(iri(name), ORG.member, member),  # type: ignore[arg-type]
        ox.Triple(iri(name), ORG.organization, body),
    ]


def test_the_parties_of_an_agreement_cooperate_with_each_other_and_not_with_themselves() -> None:
    rules = load_rules(RULES)
    a, b = iri("a"), iri("b")
    inferred = close(agreement(a, b), rules=rules, date=datetime.date(2026, 1, 1)).inferred
    cooperating = {(t.subject, t.object) for t in inferred if t.predicate == KV.cooperatesWith}
    assert cooperating == {(a, b), (b, a)}


def test_parties_that_are_the_same_are_not_two() -> None:
    a, b = iri("a"), iri("b")
    triples = [*agreement(a, b), ox.Triple(a, OWL.sameAs, b)]
    inferred = close(triples, rules=[r for r in load_rules(RULES) if r.horn]).inferred
    assert KV.cooperatesWith not in {t.predicate for t in inferred}


def test_a_horn_rule_runs_with_the_rules_of_the_tables_and_is_proved() -> None:
    (rule,) = [r for r in load_rules(RULES) if r.name == "cooperates-with"]
    assert rule.horn
    assert rule.description.startswith("Two different parties")
    knows = ox.NamedNode("urn:knows")
    triples = [
        *agreement(iri("a"), iri("b")),
        ox.Triple(KV.cooperatesWith, RDFS.subPropertyOf, knows),
    ]
    reasoner = Reasoner(triples, rules=[rule])
    (proof,) = reasoner.explain(iri("a"), knows, iri("b"))
    assert [s.rule for s in proof.steps() if not s.is_asserted] == ["prp-spo1", "cooperates-with"]
    assert set(proof.asserted()) == set(triples)


def test_a_rule_is_maintained_when_a_party_leaves_and_comes_back() -> None:
    (rule,) = [r for r in load_rules(RULES) if r.name == "cooperates-with"]
    reasoner = Reasoner(agreement(iri("a"), iri("b")), rules=[rule])
    leaves = [ox.Triple(iri("g"), KV.hasParty, iri("b"))]
    assert len(reasoner.remove(leaves).withdrawn) == 2
    assert len(reasoner.add(leaves).inferred) == 2


def test_a_count_follows_its_members_and_names_them() -> None:
    body = iri("body")
    triples = [*membership("m1", iri("a"), body), *membership("m2", iri("b"), body)]
    reasoner = Reasoner(triples, rules=[COUNT])
    two, three = (ox.Literal(str(n), datatype=XSD.integer) for n in (2, 3))
    assert reasoner.closure().inferred == (ox.Triple(body, KV.recorded, two),)
    delta = reasoner.add(membership("m3", iri("c"), body))
    assert delta.inferred == (ox.Triple(body, KV.recorded, three),)
    assert delta.withdrawn == (ox.Triple(body, KV.recorded, two),)
    (proof,) = reasoner.explain(body, KV.recorded, three)
    assert proof.rule == "recorded-members"
    assert len(proof.asserted()) == 6


def test_a_count_sees_members_that_another_rule_of_the_tables_adds() -> None:
    body, former = iri("body"), iri("former")
    triples = [*membership("m1", iri("a"), former), ox.Triple(body, OWL.sameAs, former)]
    inferred = close(triples, rules=[COUNT]).inferred
    assert ox.Triple(body, KV.recorded, ox.Literal("1", datatype=XSD.integer)) in inferred


def test_what_is_current_depends_on_the_date_given_and_says_so() -> None:
    day = ox.Literal("2020-05-01", datatype=XSD.date)
    end = ox.Literal("2024-05-01", datatype=XSD.date)
    triples = [ox.Triple(iri("m"), KV.startDate, day), ox.Triple(iri("m"), KV.endDate, end)]

    def current(date: datetime.date) -> list[str]:
        return [str(t.object) for t in close(triples, rules=[CURRENT], date=date).inferred]

    assert current(datetime.date(2021, 1, 1)) == [str(ox.Literal("2021-01-01", datatype=XSD.date))]
    assert current(datetime.date(2019, 1, 1)) == []
    assert current(datetime.date(2026, 1, 1)) == []


def test_a_rule_about_the_release_date_refuses_to_run_without_one() -> None:
    with pytest.raises(BadRequest, match="current"):
        close([], rules=[CURRENT])


def test_dates_of_different_precision_are_compared_as_the_days_they_may_mean() -> None:
    rule = parse_rule(
        KV_PREFIX + "CONSTRUCT { ?x kv:before ?y } WHERE "
        "{ ?x kv:startDate ?a . ?y kv:startDate ?b FILTER(?a < ?b) }"
    )
    assert rule.horn
    year = ox.Literal("2001", datatype=XSD.gYear)
    month = ox.Literal("2013-04", datatype=XSD.gYearMonth)
    day = ox.Literal("2001-06-01", datatype=XSD.date)
    triples = [
        ox.Triple(iri(name), KV.startDate, value)
        for name, value in (("year", year), ("month", month), ("day", day))
    ]
    pairs = {(t.subject.value, t.object.value) for t in close(triples, rules=[rule]).inferred}  # type: ignore[union-attr]
    assert pairs == {("urn:year", "urn:month"), ("urn:day", "urn:month")}


def test_a_rule_that_does_not_parse_is_reported_with_its_place() -> None:
    with pytest.raises(BadSyntax) as caught:
        parse_rule("CONSTRUCT { ?a <urn:p> ?b }\nWHERE { ?a <urn:p> }", source="broken.rq")
    assert caught.value.source == "broken.rq"
    assert caught.value.line == 2
    with pytest.raises(BadSyntax, match="CONSTRUCT"):
        parse_rule("SELECT * WHERE { ?a ?b ?c }")


def test_a_rule_must_bind_what_it_concludes_about() -> None:
    with pytest.raises(BadRequest, match=r"\?c"):
        parse_rule("CONSTRUCT { ?a <urn:p> ?c } WHERE { ?a <urn:p> ?b }")


def test_rules_that_undo_each_other_are_refused() -> None:
    rule = parse_rule(
        "#+ name: liar\nCONSTRUCT { ?a <urn:q> ?b } "
        "WHERE { ?a <urn:p> ?b FILTER NOT EXISTS { ?a <urn:q> ?b } }"
    )
    with pytest.raises(BadRequest, match="liar"):
        close([ox.Triple(iri("a"), iri("p"), iri("b"))], rules=[rule])


def test_a_rule_still_sees_a_value_whose_other_spelling_was_taken_out() -> None:
    rule = parse_rule(
        "#+ name: counted\nCONSTRUCT { ?a <urn:values> ?n } WHERE "
        "{ SELECT ?a (COUNT(?v) AS ?n) { ?a <urn:p> ?v } GROUP BY ?a }"
    )
    plain, padded = (
        ox.Triple(iri("a"), iri("p"), ox.Literal(text, datatype=XSD.integer))
        for text in ("1", "01")
    )
    reasoner = Reasoner([plain, padded], rules=[rule])
    reasoner.closure()
    reasoner.remove([padded])
    fresh = close([plain], rules=[rule])
    assert len(fresh.inferred) == 1
    assert reasoner.closure().inferred == fresh.inferred
