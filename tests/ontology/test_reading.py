"""Reading an ontology folder: what is a module, what an import leads to, what is refused."""

from __future__ import annotations

import pytest
from ontology_folder import OntologyFolder, term

from kuvend.errors import BadSyntax, ProjectError
from kuvend.ontology import read_ontology


def test_modules_and_imports_are_reasoned_with_and_alignments_are_not(
    folder: OntologyFolder,
) -> None:
    folder.module(term("A", "owl:Class"))
    folder.write("alignments/w.ttl", "<urn:x:w> a owl:Ontology . :A skos:exactMatch <urn:x:q> .")
    ontology = read_ontology(folder.root)
    assert ontology.iri == "https://example.org/def"
    assert ontology.version_iri == "https://example.org/def/1"
    assert any("#A" in str(t.subject) for t in ontology.triples)
    assert any("exactMatch" in str(t.predicate) for t in ontology.alignments)
    assert not any("exactMatch" in str(t.predicate) for t in ontology.triples)
    assert ontology.terms["https://example.org/def#A"].own
    assert not ontology.terms["http://www.w3.org/2004/02/skos/core#Concept"].own


def test_a_term_has_labels_by_language_kind_and_definition(folder: OntologyFolder) -> None:
    folder.module(
        term("p", "owl:ObjectProperty , owl:TransitiveProperty", 'rdfs:label "përmes"@sq ;')
    )
    found = read_ontology(folder.root).terms["https://example.org/def#p"]
    assert found.kind == "object property"
    assert found.labels == {"sq": "përmes", "en": "p"}
    assert (found.label("sq"), found.label("uk")) == ("përmes", "p")
    assert found.definitions == {"en": "What p is."}


def test_an_import_in_no_file_is_refused_by_name(folder: OntologyFolder) -> None:
    folder.module("<https://example.org/def> owl:imports <http://example.com/far> .")
    with pytest.raises(ProjectError, match=r"example\.com/far"):
        read_ontology(folder.root)


def test_an_import_may_be_found_in_another_folder(folder: OntologyFolder) -> None:
    folder.module("<https://example.org/def> owl:imports <http://example.com/far> .")
    other = OntologyFolder(folder.root.parent / "other")
    other.write("far.ttl", "<http://example.com/far> a owl:Ontology . :Far a owl:Class .")
    ontology = read_ontology(folder.root, also=[other.root])
    assert "https://example.org/def#Far" in ontology.terms


def test_a_catalogue_may_name_the_file_of_an_import(folder: OntologyFolder) -> None:
    folder.module("<https://example.org/def> owl:imports <http://example.com/renamed> .")
    folder.write("imports/far.ttl", "<http://example.com/far> a owl:Ontology . :Far a owl:Class .")
    (folder.root / "catalog-v001.xml").write_text(
        '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
        '<uri name="http://example.com/renamed" uri="imports/far.ttl"/></catalog>',
        encoding="utf-8",
    )
    assert "https://example.org/def#Far" in read_ontology(folder.root).terms


@pytest.mark.parametrize(
    ("content", "words"),
    [
        ("<catalog", "is not XML"),
        (
            '<catalog xmlns="urn:oasis:names:tc:entity:xmlns:xml:catalog">'
            '<uri name="urn:x:a" uri="gone.ttl"/></catalog>',
            "gone.ttl",
        ),
    ],
)
def test_a_broken_catalogue_is_refused(folder: OntologyFolder, content: str, words: str) -> None:
    folder.module("")
    (folder.root / "catalog-v001.xml").write_text(content, encoding="utf-8")
    with pytest.raises(ProjectError, match=words):
        read_ontology(folder.root)


def test_two_files_of_one_name_are_refused(folder: OntologyFolder) -> None:
    folder.module("")
    folder.write("twin.ttl", "<https://example.org/def> a owl:Ontology .")
    with pytest.raises(ProjectError, match=r"main\.ttl and in twin\.ttl"):
        read_ontology(folder.root)


def test_a_file_that_does_not_parse_is_refused_with_its_line(folder: OntologyFolder) -> None:
    folder.module(":A a owl:Class\n:B a owl:Class .")
    with pytest.raises(BadSyntax) as refused:
        read_ontology(folder.root)
    assert refused.value.line
    assert str(refused.value.source).endswith("main.ttl")


def test_imports_that_go_round_are_read_once(folder: OntologyFolder) -> None:
    folder.module("<https://example.org/def> owl:imports <urn:x:a> .")
    folder.write(
        "imports/a.ttl", "<urn:x:a> a owl:Ontology ; owl:imports <https://example.org/def> ."
    )
    names = [file.path.name for file in read_ontology(folder.root).files]
    assert sorted(names) == ["a.ttl", "main.ttl", "words.ttl"]


def test_the_same_files_give_the_same_triples_blank_nodes_included(
    folder: OntologyFolder,
) -> None:
    folder.module(term("p", "owl:ObjectProperty", "owl:propertyChainAxiom ( :p :p ) ;"))
    first, second = read_ontology(folder.root), read_ontology(folder.root)
    assert first.triples == second.triples
    assert any("_:m-main-1" in str(t) for t in first.triples)


def test_rdf_xml_is_read_as_well(folder: OntologyFolder) -> None:
    folder.module("<https://example.org/def> owl:imports <urn:x:xml> .")
    (folder.root / "imports" / "far.owl").write_text(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"'
        ' xmlns:owl="http://www.w3.org/2002/07/owl#">'
        '<owl:Ontology rdf:about="urn:x:xml"/><owl:Class rdf:about="urn:x:C"/></rdf:RDF>',
        encoding="utf-8",
    )
    assert read_ontology(folder.root).terms["urn:x:C"].kind == "class"


def test_a_folder_that_is_not_there_is_refused(folder: OntologyFolder) -> None:
    with pytest.raises(ProjectError, match="no such folder"):
        read_ontology(folder.root / "nowhere")


def test_an_ontology_may_build_on_that_of_kuvend_without_a_copy(folder: OntologyFolder) -> None:
    above = "rdfs:subClassOf <https://w3id.org/kuvend/def#Municipality> ;"
    folder.module(
        "<https://example.org/def> owl:imports <https://w3id.org/kuvend/def> ."
        + term("Parish", "owl:Class", above)
    )
    ontology = read_ontology(folder.root)
    assert ontology.iri == "https://example.org/def"
    assert [found.iri for found in ontology.terms.values() if found.own] == [
        "https://example.org/def#Parish"
    ]
    assert ontology.prefixes["kv"] == "https://w3id.org/kuvend/def#"
    assert [f for f in folder.check() if f.severity != "info"] == []
