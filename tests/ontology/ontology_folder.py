"""Small ontology folders for tests of reading and lint."""

from __future__ import annotations

from pathlib import Path

from kuvend.ontology import Finding, check_ontology, read_ontology

PROLOGUE = """
@prefix : <https://example.org/def#> .
@prefix owl: <http://www.w3.org/2002/07/owl#> .
@prefix rdf: <http://www.w3.org/1999/02/22-rdf-syntax-ns#> .
@prefix rdfs: <http://www.w3.org/2000/01/rdf-schema#> .
@prefix skos: <http://www.w3.org/2004/02/skos/core#> .
@prefix dct: <http://purl.org/dc/terms/> .
@prefix vann: <http://purl.org/vocab/vann/> .
@prefix xsd: <http://www.w3.org/2001/XMLSchema#> .
@prefix sh: <http://www.w3.org/ns/shacl#> .
"""
HEADER = """
<https://example.org/def> a owl:Ontology ; owl:versionIRI <https://example.org/def/1> ;
    owl:imports <https://example.org/words> ;
    vann:preferredNamespaceUri "https://example.org/def#" .
"""
# The words of SKOS and Dublin Core that the small ontologies use.
WORDS = """
<https://example.org/words> a owl:Ontology ; dct:source <http://www.w3.org/2004/02/skos/core> ;
    vann:preferredNamespaceUri "http://www.w3.org/2004/02/skos/core#" ,
        "http://purl.org/dc/terms/" .
skos:Concept a owl:Class . skos:ConceptScheme a owl:Class .
skos:prefLabel a owl:AnnotationProperty . skos:definition a owl:AnnotationProperty .
skos:inScheme a owl:ObjectProperty . skos:exactMatch a owl:ObjectProperty .
dct:source a owl:ObjectProperty . dct:isReplacedBy a owl:ObjectProperty .
dct:language a owl:AnnotationProperty .
"""


class OntologyFolder:
    """A folder with one module, to be added to."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.write("imports/words.ttl", WORDS)

    def write(self, name: str, turtle: str, *, prologue: str = PROLOGUE) -> Path:
        """A file of the folder, after the usual prefixes."""
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(prologue + turtle, encoding="utf-8")
        return path

    def module(self, turtle: str) -> OntologyFolder:
        """The folder with these statements in its one module."""
        self.write("main.ttl", HEADER + turtle)
        return self

    def check(self) -> list[Finding]:
        """What the lint has to say of it."""
        return check_ontology(read_ontology(self.root))

    def rules(self) -> set[str]:
        """The names of the rules that spoke."""
        return {finding.rule for finding in self.check()}


def term(name: str, kind: str, facts: str = "", label: str | None = None) -> str:
    """A term with everything a term must have, and ``facts`` besides."""
    return f""":{name} a {kind} ; {facts}
    rdfs:label "{label or name}"@en ; skos:definition "What {name} is."@en ;
    rdfs:isDefinedBy <https://example.org/def> .
"""
