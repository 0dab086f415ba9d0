"""A build reads, proves, reasons, validates and publishes, or says why not and changes nothing."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path

import pyoxigraph as ox
import pytest

from kuvend.config import Settings
from kuvend.errors import Contradiction, CorpusError, NonConforming
from kuvend.namespaces import KV, OWL, RDF, SKOS
from kuvend.project import Project, ProjectFolder, Release
from kuvend.store import DEFAULT_GRAPH

PREFIXES = """
@prefix id-org: <https://w3id.org/kuvend/id/org/> .
@prefix id-person: <https://w3id.org/kuvend/id/person/> .
@prefix id-agreement: <https://w3id.org/kuvend/id/agreement/> .
@prefix id-holding: <https://w3id.org/kuvend/id/holding/> .
@prefix id-post: <https://w3id.org/kuvend/id/post/> .
@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix org: <http://www.w3.org/ns/org#> .
@prefix foaf: <http://xmlns.com/foaf/0.1/> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix p: <cite:> .
"""
CITATION = 'p:all kv:quote "Komuna e Veriut dhe Komuna e Jugut" .\n'
NORTH = """
id-org:north a kv:Municipality ~ p:all ;
    skos:prefLabel "Komuna e Veriut"@sq ~ p:all , "North"@en ~ p:all .
id-org:south a kv:Municipality ~ p:all ;
    skos:prefLabel "Komuna e Jugut"@sq ~ p:all , "South"@en ~ p:all .
"""


@pytest.fixture
def folder(tmp_path: Path, project: Project) -> Path:
    """A small project of one document; its ontology and shapes are the default ones."""
    root = tmp_path / "project"
    for name in ("ontology", "shapes", "queries"):
        shutil.copytree(project.folder.root / name, root / name)
    documents = root / "data" / "documents"
    documents.mkdir(parents=True)
    (root / "data" / "statements").mkdir()
    text = "Komuna e Veriut dhe Komuna e Jugut nënshkruan një marrëveshje."
    (documents / "pact.sq.txt").write_text(text, encoding="utf-8")
    (documents / "catalogue.ttl").write_text(catalogue(text), encoding="utf-8")
    return root


def catalogue(text: str) -> str:
    digest = hashlib.sha256(text.encode()).hexdigest()
    return f"""
@prefix kv: <https://w3id.org/kuvend/def#> .
@prefix dct: <http://purl.org/dc/terms/> .
<https://w3id.org/kuvend/document/pact> a kv:SourceDocument ;
    dct:title "Pakt"@sq , "Pact"@en ; dct:language "sq" ;
    kv:file "pact.sq.txt" ; kv:sha256 "{digest}" .
"""


def write(folder: Path, statements: str) -> Project:
    path = folder / "data" / "statements" / "pact.ttl"
    path.write_text(PREFIXES + statements + CITATION, encoding="utf-8")
    settings = Settings(data_dir=folder / "state")
    return Project(settings, ProjectFolder.open(folder))


def test_two_builds_of_the_same_folders_are_byte_identical(
    project: Project, tmp_path: Path
) -> None:
    other = Project(Settings(data_dir=tmp_path / "other"), project.folder)
    second, _ = other.build()
    first = project.release()
    assert second.dataset_path.read_bytes() == first.dataset_path.read_bytes()
    assert second.manifest == first.manifest


@pytest.mark.parametrize("engine", ["duckdb", "owlrl"])
def test_every_reasoning_engine_gives_the_same_dataset(
    project: Project, tmp_path: Path, engine: str
) -> None:
    settings = Settings(data_dir=tmp_path / "other", reasoning_engine=engine)
    release, _ = Project(settings, project.folder).build()
    assert release.dataset_hash == project.release().dataset_hash


def test_the_default_graph_is_the_merge_with_each_triple_once(
    project: Project, release: Release
) -> None:
    store, graphs = release.store(), project.graphs
    merged = list(store.triples(DEFAULT_GRAPH))
    assert len(merged) == len(set(merged))
    statements = [n for n in store.graph_names() if graphs.is_statements(n)]
    assert len(statements) == 5
    for name in (*statements, graphs.inferred):
        assert set(store.triples(name)) <= set(merged)


def test_no_inferred_triple_is_asserted_or_trivial(project: Project, release: Release) -> None:
    store, graphs = release.store(), project.graphs
    inferred = set(store.triples(graphs.inferred))
    assert len(inferred) > 500
    for name in store.graph_names():
        if graphs.is_statements(name):
            assert not inferred & set(store.triples(name))
    for triple in inferred:
        assert not (triple.predicate == OWL.sameAs and triple.subject == triple.object)
        assert triple.object != OWL.Thing
        assert not isinstance(triple.subject, ox.BlankNode)


def test_evidence_is_not_in_the_default_graph(project: Project, release: Release) -> None:
    store = release.store()
    assert list(store.quads(None, RDF.type, KV.Claim, project.graphs.evidence))
    assert not list(store.quads(None, RDF.type, KV.Claim, DEFAULT_GRAPH))


def test_each_asserted_triple_has_a_claim(project: Project, release: Release) -> None:
    store, graphs = release.store(), project.graphs
    claimed = set()
    for quad in store.quads(None, RDF.type, KV.Claim, graphs.evidence):
        parts = [
            store.value(quad.subject, prop, graphs.evidence)  # type: ignore[arg-type]
            for prop in (RDF.subject, RDF.predicate, RDF.object)
        ]
        claimed.add(tuple(map(str, parts)))
    for name in store.graph_names():
        if graphs.is_statements(name):
            for triple in store.triples(name):
                key = (str(triple.subject), str(triple.predicate), str(triple.object))
                assert key in claimed


def test_each_thing_has_a_label_in_english_and_in_another_language(
    project: Project, release: Release
) -> None:
    store, graphs = release.store(), project.graphs
    # Documents have titles, in the catalog.
    documents = {q.subject for q in store.quads(None, RDF.type, KV.SourceDocument)}
    missing = []
    for name in store.graph_names():
        if not graphs.is_statements(name):
            continue
        for subject in {t.subject for t in store.triples(name)} - documents:
            labels = store.quads(subject, SKOS.prefLabel, None, DEFAULT_GRAPH)
            tags = {q.object.language for q in labels if isinstance(q.object, ox.Literal)}
            if "en" not in tags or len(tags) < 2:
                missing.append(str(subject))
    assert not missing


def test_a_small_project_of_ones_own_builds(folder: Path) -> None:
    release, build = write(folder, NORTH).build()
    assert build.report.violations == ()
    assert any(KV.Municipality == t.object for t in release.store().triples(DEFAULT_GRAPH))


def test_a_quote_that_is_not_in_the_document_stops_the_build_with_its_place(folder: Path) -> None:
    project = write(folder, NORTH)
    path = folder / "data" / "statements" / "pact.ttl"
    broken = path.read_text(encoding="utf-8").replace("dhe Komuna e Jugut", "dhe Komuna e Lindjes")
    path.write_text(broken, encoding="utf-8")
    with pytest.raises(CorpusError) as raised:
        project.build()
    line = broken[: broken.index("kv:quote")].count("\n") + 1
    assert f"pact.ttl:{line}:" in str(raised.value)
    assert "Komuna e Jugut" in str(raised.value), "the nearest passage is shown"


def test_a_contradiction_stops_the_build_naming_rule_triples_and_sentences(folder: Path) -> None:
    project = write(folder, NORTH + "id-org:north a foaf:Person ~ p:all .\n")
    with pytest.raises(Contradiction) as raised:
        project.build()
    text = str(raised.value)
    assert "cax-" in text
    assert "id/org/north" in text
    assert "“Komuna e Veriut dhe Komuna e Jugut”" in text


def test_two_things_that_become_one_stop_the_build(folder: Path) -> None:
    one_post = NORTH + (
        "id-post:mayor a org:Post ~ p:all ;"
        ' skos:prefLabel "Kryetar"@sq ~ p:all , "Mayor"@en ~ p:all ;'
        " org:postIn id-org:north ~ p:all .\n"
        'id-person:a a foaf:Person ~ p:all ; skos:prefLabel "A"@sq ~ p:all , "A"@en ~ p:all .\n'
        'id-person:b a foaf:Person ~ p:all ; skos:prefLabel "B"@sq ~ p:all , "B"@en ~ p:all .\n'
        "id-holding:h a kv:OfficeHolding ~ p:all ; kv:inPost id-post:mayor ~ p:all ;"
        " kv:heldBy id-person:a ~ p:all , id-person:b ~ p:all .\n"
    )
    with pytest.raises(Contradiction) as raised:
        write(folder, one_post).build()
    assert "id/person/a" in str(raised.value)
    assert "id/person/b" in str(raised.value)


def test_a_violation_of_a_shape_stops_the_build_and_the_last_release_stays(folder: Path) -> None:
    project = write(folder, NORTH)
    first, _ = project.build()
    write(
        folder,
        NORTH + "id-agreement:pact a kv:CooperationAgreement ~ p:all ;"
        ' skos:prefLabel "Pakt"@sq ~ p:all , "Pact"@en ~ p:all ;'
        " kv:hasParty id-org:north ~ p:all .\n",
    )
    with pytest.raises(NonConforming, match="fewer than two parties"):
        project.build()
    assert project.release().id == first.id
    assert not project.is_current()


def test_a_term_that_is_not_declared_stops_the_build_with_its_place(folder: Path) -> None:
    project = write(folder, NORTH.replace('skos:prefLabel "Komuna e Jugut"', 'kv:acronim "J"'))
    with pytest.raises(NonConforming, match=r"pact.ttl:\d+:\d+: error: .*acronim") as raised:
        project.build()
    assert "acronym" in str(raised.value), "the nearest name is offered"


def test_serving_builds_when_the_folders_changed_and_only_then(folder: Path) -> None:
    project = write(folder, NORTH)
    first = project.ensure_release()
    assert project.is_current()
    assert project.ensure_release().id == first.id
    write(folder, NORTH.replace('"North"', '"Northern"'))
    assert project.ensure_release().id != first.id


def test_serving_keeps_the_last_release_when_the_folders_are_broken(folder: Path) -> None:
    project = write(folder, NORTH)
    first = project.ensure_release()
    write(folder, NORTH + "id-org:north a foaf:Person ~ p:all .\n")
    said: list[str] = []
    assert project.ensure_release(progress=said.append).id == first.id
    assert any("cannot be published" in line for line in said)
