"""The lint: what a check has to say of an ontology, and of the files that use it."""

from kuvend.ontology.lint.closure import check_closure
from kuvend.ontology.lint.ontology import check_ontology
from kuvend.ontology.lint.usage import check_query_text, check_turtle, check_vocabulary

__all__ = [
    "check_closure",
    "check_ontology",
    "check_query_text",
    "check_turtle",
    "check_vocabulary",
]
