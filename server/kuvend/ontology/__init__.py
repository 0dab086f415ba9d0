"""The ontology of a project: modules, import closure, declared terms."""

from kuvend.ontology.model import DeclaredTerm, Ontology, OntologyFile
from kuvend.ontology.reading import read_ontology

__all__ = ["DeclaredTerm", "Ontology", "OntologyFile", "read_ontology"]
