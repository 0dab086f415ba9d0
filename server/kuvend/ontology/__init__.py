"""The ontology of a project: modules, import closure, declared terms, and the lint over them."""

from kuvend.ontology.findings import Finding, in_order
from kuvend.ontology.lint import (
    check_closure,
    check_ontology,
    check_query_text,
    check_turtle,
    check_vocabulary,
)
from kuvend.ontology.model import DeclaredTerm, Ontology, OntologyFile
from kuvend.ontology.reading import read_ontology
from kuvend.ontology.reference import reference_page
from kuvend.ontology.vocabulary import Misuse, Vocabulary

__all__ = [
    "DeclaredTerm",
    "Finding",
    "Misuse",
    "Ontology",
    "OntologyFile",
    "Vocabulary",
    "check_closure",
    "check_ontology",
    "check_query_text",
    "check_turtle",
    "check_vocabulary",
    "in_order",
    "read_ontology",
    "reference_page",
]
