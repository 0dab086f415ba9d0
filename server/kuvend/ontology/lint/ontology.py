"""All rules over one ontology, in one call."""

from __future__ import annotations

from collections.abc import Sequence

import pyoxigraph as ox

from kuvend.namespaces import DCT
from kuvend.ontology.findings import Finding, in_order
from kuvend.ontology.graph import Triples
from kuvend.ontology.lint.axioms import axiom_findings
from kuvend.ontology.lint.domains import domain_findings
from kuvend.ontology.lint.files import file_findings
from kuvend.ontology.lint.labels import label_findings
from kuvend.ontology.lint.places import Places
from kuvend.ontology.lint.profile import profile_findings
from kuvend.ontology.lint.usage import check_turtle, check_vocabulary
from kuvend.ontology.model import Ontology, OntologyFile
from kuvend.ontology.vocabulary import Vocabulary


def check_ontology(ontology: Ontology, *, languages: Sequence[str] | None = None) -> list[Finding]:
    """What is wrong or doubtful in ``ontology`` itself, each with its place.

    ``languages`` are those every term of ours must have a label in; without them the
    ``dct:language`` values of the ontology header, and without these any one label is enough.
    """
    triples = Triples(ontology.triples)
    wanted = tuple(languages if languages is not None else _languages(ontology, triples))
    vocabulary = Vocabulary(ontology)
    places = Places()
    findings = [
        *(f for file in ontology.local_files for f in _usage(vocabulary, file)),
        *file_findings(ontology),
        *label_findings(ontology, wanted),
        *axiom_findings(ontology, triples),
        *domain_findings(ontology, triples),
        *profile_findings(ontology),
    ]
    return in_order(places.locate_all(findings))


def _usage(vocabulary: Vocabulary, file: OntologyFile) -> list[Finding]:
    if file.path.suffix == ".ttl":
        return check_turtle(vocabulary, file.path)
    return check_vocabulary(vocabulary, file.triples, file=file.path)


def _languages(ontology: Ontology, triples: Triples) -> list[str]:
    if ontology.iri is None:
        return []
    values = triples.objects(ox.NamedNode(ontology.iri), DCT.language)
    return [value.value for value in values if isinstance(value, ox.Literal)]
