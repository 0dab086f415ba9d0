"""Describing an IRI: asserted, inferred and evidence told apart; search; the query library."""

from __future__ import annotations

import re
from html import unescape
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.config import Settings
from kuvend.describe import (
    Evidence,
    Passage,
    Prover,
    Source,
    Support,
    build_search_index,
    describe,
    fold,
    thing_quads,
)
from kuvend.describe.thing import INCOMING_LIMIT
from kuvend.errors import BadRequest, NotFound, ProjectError
from kuvend.namespaces import KV, KVC, OA, OWL, PROV, RDF, RDFS, SKOS
from kuvend.project import Project, ProjectFolder
from kuvend.queries import load_library, parse_header, read_query
from kuvend.store import GraphNames, Store
from kuvend.web.knowledge import Knowledge
from kuvend.web.marking import covered_share, marked_text
from kuvend.web.proving import prove
from kuvend.web.wording import in_words

BASE = "https://w3id.org/kuvend/"
GRAPHS = GraphNames(BASE)
STATEMENTS = GRAPHS.statements("doc")
UNION, ORGAN, RULE = (
    ox.NamedNode(f"{BASE}id/{tail}") for tail in ("org/union", "organ/assembly", "rule/meetings")
)
CLAIM, PASSAGE, SOURCE = (
    ox.NamedNode(f"{BASE}id/{kind}/1") for kind in ("claim", "passage", "source")
)
DOCUMENT = ox.NamedNode(f"{BASE}document/doc")
STATED = ox.Triple(RULE, KV.governs, ORGAN)
TEXT = "Birlik Meclisi, yılda iki kez toplanır. Об’єднання."


def merged(store: Store, graph_name: ox.NamedNode, *triples: ox.Triple) -> None:
    """Add triples to a graph and to the default graph, as a build does."""
    for triple in triples:
        parts = (triple.subject, triple.predicate, triple.object)
        store.add([ox.Quad(*parts, graph_name), ox.Quad(*parts)])


@pytest.fixture
def store() -> Store:
    made = Store.in_memory()
    merged(
        made,
        GRAPHS.ontology,
        ox.Triple(KV.governedByRule, OWL.inverseOf, KV.governs),
        ox.Triple(KV.hasOrgan, RDFS.subPropertyOf, KV.hasUnit),
        ox.Triple(KV.Assembly, RDFS.subClassOf, KV.GoverningOrgan),
    )
    merged(
        made,
        STATEMENTS,
        STATED,
        ox.Triple(UNION, KV.hasOrgan, ORGAN),
        ox.Triple(ORGAN, RDF.type, KV.Assembly),
        ox.Triple(ORGAN, SKOS.prefLabel, ox.Literal("Birlik Meclisi", language="tr")),
    )
    merged(
        made,
        GRAPHS.inferred,
        ox.Triple(ORGAN, KV.governedByRule, RULE),
        ox.Triple(UNION, KV.hasUnit, ORGAN),
        ox.Triple(ORGAN, RDF.type, KV.GoverningOrgan),
        ox.Triple(ORGAN, RDF.type, OWL.Thing),
        ox.Triple(ORGAN, KV.meetsIn, KVC.place),
    )
    made.add(evidence_quads())
    return made


def evidence_quads() -> list[ox.Quad]:
    quote, position = ox.BlankNode("q"), ox.BlankNode("p")
    facts: list[tuple[ox.NamedNode | ox.BlankNode, ox.NamedNode, object]] = [
        (CLAIM, RDF.type, KV.Claim),
        (CLAIM, RDF.subject, RULE),
        (CLAIM, RDF.predicate, KV.governs),
        (CLAIM, RDF.object, ORGAN),
        (CLAIM, KV.evidenceKind, KVC["evidence-stated"]),
        (CLAIM, KV.supportedBy, PASSAGE),
        (PASSAGE, RDF.type, KV.Passage),
        (PASSAGE, OA.hasSource, SOURCE),
        (PASSAGE, OA.hasSelector, quote),
        (PASSAGE, OA.hasSelector, position),
        (quote, OA.exact, ox.Literal(TEXT[:38])),
        (position, OA.start, ox.Literal(0)),
        (position, OA.end, ox.Literal(38)),
        (SOURCE, RDF.type, KV.SourceSnapshot),
        (SOURCE, PROV.value, ox.Literal(TEXT)),
        (SOURCE, KV.snapshotOf, DOCUMENT),
    ]
    return [ox.Quad(s, p, o, GRAPHS.evidence) for s, p, o in facts]  # type: ignore[arg-type]


def test_an_inverse_is_told_with_the_claims_of_what_is_stated(store: Store) -> None:
    found = describe(store, GRAPHS, ORGAN)
    rule = next(s for s in found.outgoing if s.predicate == KV.governedByRule)
    assert rule.inferred
    assert rule.stated_as == STATED
    assert [claim.iri for claim in rule.claims] == [CLAIM]
    assert STATED not in {s.triple for s in found.incoming}


def test_what_only_widens_a_statement_is_marked_general(store: Store) -> None:
    union = {s.predicate: s for s in describe(store, GRAPHS, UNION).outgoing}
    assert not union[KV.hasOrgan].inferred
    assert union[KV.hasUnit].inferred
    assert union[KV.hasUnit].general
    organ = {s.triple.object: s for s in describe(store, GRAPHS, ORGAN).outgoing}
    assert organ[KV.GoverningOrgan].general
    assert not organ[KVC.place].general


def test_only_the_most_specific_types_are_told_and_no_trivial_one(store: Store) -> None:
    found = describe(store, GRAPHS, ORGAN)
    assert found.types == (KV.Assembly,)
    assert OWL.Thing not in {s.triple.object for s in found.outgoing}


def test_the_rdf_of_a_thing_keeps_statements_inferences_and_evidence_apart(store: Store) -> None:
    parts = thing_quads(store, GRAPHS, describe(store, GRAPHS, ORGAN))
    assert {q.graph_name for q in parts["inferred"]} == {GRAPHS.inferred}
    assert {q.graph_name for q in parts["evidence"]} == {GRAPHS.evidence}
    assert {q.graph_name for q in parts["asserted"]} == {STATEMENTS}
    assert any(q.predicate == OA.exact for q in parts["evidence"])


def test_a_hub_costs_no_more_than_a_page(store: Store) -> None:
    many = [
        ox.Triple(ox.NamedNode(f"{BASE}id/org/m{i}"), KV.partOf, UNION)
        for i in range(INCOMING_LIMIT + 5)
    ]
    merged(store, STATEMENTS, *many)
    first = describe(store, GRAPHS, UNION)
    assert len(first.incoming) == INCOMING_LIMIT
    assert first.more_incoming
    second = describe(store, GRAPHS, UNION, page=2)
    assert len(second.incoming) == 5
    assert not second.more_incoming
    assert not {s.triple for s in first.incoming} & {s.triple for s in second.incoming}


def test_support_finds_the_claim_from_either_side(store: Store) -> None:
    support = Support(Prover(store, GRAPHS).prove)
    assert [c.iri for c in support.of(STATED)] == [CLAIM]
    assert [c.iri for c in support.of(ox.Triple(ORGAN, KV.governedByRule, RULE))] == [CLAIM]
    assert support.of(ox.Triple(ORGAN, KV.meetsIn, KVC.place)) == ()


def test_a_proof_goes_by_the_rules_down_to_the_claims(store: Store) -> None:
    prover = Prover(store, GRAPHS)
    found = prover.prove(ox.Triple(ORGAN, KV.governedByRule, RULE))
    assert found is not None
    assert found.rule == "prp-inv2"
    assert [part.triple for part in found.premises] == [STATED]
    assert [claim.iri for claim in found.all_claims()] == [CLAIM]
    assert prover.prove(STATED).rule is None  # type: ignore[union-attr]


def test_a_chain_and_transitivity_are_proved_and_what_does_not_hold_is_not(store: Store) -> None:
    a, b, c = (ox.NamedNode(f"{BASE}id/org/{name}") for name in "abc")
    first, second = ox.BlankNode("l1"), ox.BlankNode("l2")
    merged(
        store,
        GRAPHS.ontology,
        ox.Triple(KV.basis, OWL.propertyChainAxiom, first),
        ox.Triple(first, RDF.first, KV.mandate),
        ox.Triple(first, RDF.rest, second),
        ox.Triple(second, RDF.first, KV.basis),
        ox.Triple(second, RDF.rest, RDF.nil),
        ox.Triple(KV.after, RDF.type, OWL.TransitiveProperty),
    )
    given = [ox.Triple(a, KV.mandate, b), ox.Triple(b, KV.basis, c)]
    later = [ox.Triple(a, KV.after, b), ox.Triple(b, KV.after, c)]
    merged(store, STATEMENTS, *given, *later)
    merged(store, GRAPHS.inferred, ox.Triple(a, KV.basis, c), ox.Triple(a, KV.after, c))
    prover = Prover(store, GRAPHS)
    chain = prover.prove(ox.Triple(a, KV.basis, c))
    assert chain is not None
    assert (chain.rule, [part.triple for part in chain.premises]) == ("prp-spo2", given)
    order = prover.prove(ox.Triple(a, KV.after, c))
    assert order is not None
    assert (order.rule, [part.triple for part in order.premises]) == ("prp-trp", later)
    assert prover.prove(ox.Triple(c, KV.basis, a)) is None


def test_statements_that_follow_from_one_another_alone_have_no_proof(store: Store) -> None:
    a, b = (ox.NamedNode(f"{BASE}id/org/{name}") for name in "ab")
    merged(store, GRAPHS.ontology, ox.Triple(KV.near, RDF.type, OWL.SymmetricProperty))
    merged(store, GRAPHS.inferred, ox.Triple(a, KV.near, b), ox.Triple(b, KV.near, a))
    assert Prover(store, GRAPHS).prove(ox.Triple(a, KV.near, b)) is None


def test_a_rule_of_the_project_is_proved_by_the_reasoner(tmp_path: Path) -> None:
    root = tmp_path / "project"
    for name in ("ontology/rules", "shapes", "data", "queries"):
        (root / name).mkdir(parents=True)
    (root / "ontology/rules/near.rq").write_text(
        "#+ name: near\n#+ description: Two parties of one agreement are near.\n"
        "PREFIX kv: <https://w3id.org/kuvend/def#>\n"
        "CONSTRUCT { ?a kv:near ?b } WHERE { ?x kv:hasParty ?a , ?b . FILTER (?a != ?b) }",
        encoding="utf-8",
    )
    project = Project(Settings(data_dir=tmp_path / "state"), ProjectFolder(root))
    a, b, agreement = (ox.NamedNode(f"{BASE}id/org/{name}") for name in "abx")
    inferred = ox.Triple(a, KV.near, b)
    made = Store.in_memory()
    parties = [ox.Triple(agreement, KV.hasParty, party) for party in (a, b)]
    merged(made, STATEMENTS, *parties)
    merged(made, GRAPHS.inferred, inferred)
    manifest = {"date": "2026-01-01", "input_sha256": ""}
    release = project.releases.publish_locked(made.quads(), manifest)
    known = Knowledge(project, release)
    proof = prove(known, inferred)
    assert proof is not None
    assert proof.rule == "near"
    assert [part.triple for part in proof.premises] == parties
    assert prove(known, ox.Triple(b, KV.near, a)) is None


def test_evidence_that_is_not_there_is_an_error(store: Store) -> None:
    with pytest.raises(NotFound):
        Evidence(store, GRAPHS).claim(PASSAGE)
    with pytest.raises(NotFound):
        Evidence(store, GRAPHS).passage(CLAIM)


def test_search_ranks_a_label_above_a_quote(store: Store) -> None:
    hits = build_search_index(store, GRAPHS).search("BİRLİK meclisi")
    assert [hit.node for hit in hits] == [ORGAN, PASSAGE]
    assert build_search_index(store, GRAPHS).search("  ") == []


@pytest.mark.parametrize(
    ("left", "right"),
    [
        ("IŞIK", "ışık"),
        ("İLÇE", "ilce"),
        ("Këshilli", "KESHILLI"),
        ("Çështje", "cesh­tje".replace("­", "")),
        ("об’єднання", "Об'єднання"),
        ("обʼєднання", "обєднання"),
        ("5355\u00a0sayılı", "5355 sayili"),
    ],
)
def test_folding_makes_spellings_equal(left: str, right: str) -> None:
    assert fold(left) == fold(right)


def passage(start: int, end: int) -> Passage:
    source = Source(SOURCE, DOCUMENT, None, "tr", None)
    iri = ox.NamedNode(f"{BASE}id/passage/{start}-{end}")
    return Passage(iri, source, TEXT[start:end], "", "", start, end)


@pytest.mark.parametrize(
    "places",
    [[], [(0, 5)], [(0, 20), (5, 10)], [(0, 10), (5, 15)], [(0, 10), (10, 20), (8, 12), (0, 20)]],
)
def test_marking_passages_that_nest_or_cross_keeps_the_text_and_closes_every_mark(
    places: list[tuple[int, int]],
) -> None:
    marked = str(marked_text(TEXT, [passage(*place) for place in places]))
    assert marked.count("<mark") == marked.count("</mark>")
    for start, end in places:
        assert marked.count(f'<mark id="c{start}-{end}">') == 1
    assert unescape(re.sub(r"<[^>]*>", "", marked)) == TEXT


def test_a_part_of_a_text_closes_the_passages_that_go_on(store: Store) -> None:
    marked = str(marked_text(TEXT, [passage(5, 20), passage(8, 10)], start=5, end=12))
    assert marked.count("<mark") == marked.count("</mark>") == 2
    assert unescape(re.sub(r"<[^>]*>", "", marked)) == TEXT[5:12]


def test_the_covered_share_counts_overlaps_once() -> None:
    assert covered_share(20, [passage(0, 10), passage(5, 15)]) == 0.75
    assert covered_share(0, []) == 0.0


@pytest.mark.parametrize(
    ("value", "kind", "language", "words"),
    [
        ("2001", "gYear", "en", "2001"),
        ("2013-04", "gYearMonth", "sq", "prill 2013"),
        ("1992-06-26", "date", "uk", "26 червня 1992"),
        ("--05", "gMonth", "tr", "Mayıs"),
        ("P5Y", "duration", "uk", "5 років"),
        ("P1Y6M", "duration", "en", "1 year 6 months"),
        ("P2Y", "duration", "uk", "2 роки"),
        ("true", "boolean", "sq", "po"),
        ("2013-13", "gYearMonth", "en", "2013-13"),
        ("39", "integer", "tr", "39"),
    ],
)
def test_values_are_told_in_words(value: str, kind: str, language: str, words: str) -> None:
    datatype = ox.NamedNode(f"http://www.w3.org/2001/XMLSchema#{kind}")
    assert in_words(ox.Literal(value, datatype=datatype), language) == words


def write(folder: Path, name: str, text: str) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return path


def test_a_header_has_texts_lists_and_maps(tmp_path: Path) -> None:
    header = parse_header(
        "#+ title: Çfarë: e re\n#+ tags:\n#+   - a\n#+   - b\n#+ params:\n#+   x: The thing\n"
        "#+ description: >\n#+   one\n#+   two\nSELECT * { }"
    )
    assert header == {
        "title": "Çfarë: e re",
        "tags": ["a", "b"],
        "params": {"x": "The thing"},
        "description": "one two",
    }


def test_a_header_line_that_is_no_key_is_told_with_its_line() -> None:
    with pytest.raises(ProjectError) as error:
        parse_header("#+ no key here\nASK {}", source="a.rq")
    assert error.value.line == 1


def test_a_parameter_without_a_default_is_refused(tmp_path: Path) -> None:
    path = write(tmp_path, "a.rq", "#+ params: [x]\nSELECT ?x { ?x ?p ?o }")
    with pytest.raises(ProjectError, match="no default"):
        read_query(path)


def test_a_value_is_read_like_the_default_it_replaces(tmp_path: Path) -> None:
    text = (
        '#+ params: [a, b, c]\nSELECT * { VALUES ?a { kv:x } VALUES ?b { "t"@tr } '
        "VALUES ?c { 5 } ?a ?b ?c }"
    )
    query = read_query(write(tmp_path, "q.rq", text))
    filled = query.with_values(
        {"a": "kv:y", "b": 'say "hi"\\', "c": "7"}, prefix_map={"kv": "urn:kv:"}, base_iri=BASE
    )
    assert "VALUES ?a { <urn:kv:y> }" in filled
    assert 'VALUES ?b { "say \\"hi\\"\\\\"@tr }' in filled
    assert 'VALUES ?c { "7"^^<http://www.w3.org/2001/XMLSchema#integer> }' in filled
    with pytest.raises(BadRequest):
        query.with_values({"c": "seven"}, prefix_map={}, base_iri=BASE)


def test_truth_values_and_numbers_with_exponents_can_be_given(tmp_path: Path) -> None:
    text = "#+ params: [a, b]\nSELECT * { VALUES ?a { true } VALUES ?b { 1e3 } ?a ?b ?c }"
    query = read_query(write(tmp_path, "q.rq", text))
    filled = query.with_values({"a": "false", "b": "2.5E-3"}, prefix_map={}, base_iri=BASE)
    assert 'VALUES ?a { "false"^^<http://www.w3.org/2001/XMLSchema#boolean> }' in filled
    assert 'VALUES ?b { "2.5E-3"^^<http://www.w3.org/2001/XMLSchema#double> }' in filled
    for name, value in (("a", "7"), ("b", "٣"), ("b", "true")):
        with pytest.raises(BadRequest):
            query.with_values({name: value}, prefix_map={}, base_iri=BASE)


def test_two_queries_of_one_name_are_refused_and_a_bad_one_can_be_left_out(tmp_path: Path) -> None:
    write(tmp_path, "a/same.rq", "ASK {}")
    write(tmp_path, "b/same.rq", "ASK {}")
    with pytest.raises(ProjectError, match="another query of this name"):
        load_library(tmp_path)
    problems: list[Exception] = []
    assert load_library(tmp_path, problems=problems).names() == ["same"]  # type: ignore[arg-type]
    assert len(problems) == 1
