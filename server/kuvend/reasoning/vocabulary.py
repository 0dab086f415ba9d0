"""The terms the rules speak of, with fixed numbers: the dictionary of every engine begins so."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS
from kuvend.reasoning.table import is_variable, rule_table
from kuvend.reasoning.values import OWL_RL_DATATYPES
from kuvend.terms import Term

ANNOTATION_PROPERTIES: tuple[ox.NamedNode, ...] = (
    *(RDFS[name] for name in ("label", "comment", "seeAlso", "isDefinedBy")),
    *(
        OWL[name]
        for name in (
            "deprecated",
            "versionInfo",
            "priorVersion",
            "backwardCompatibleWith",
            "incompatibleWith",
        )
    ),
)


def _terms_of_the_rules() -> list[Term]:
    # Datatypes come before the literals of the rules, which would bring theirs along.
    found: dict[Term, None] = dict.fromkeys((RDF.type, RDF.first, RDF.rest, RDF.nil))
    found.update(dict.fromkeys((*OWL_RL_DATATYPES, *ANNOTATION_PROPERTIES)))
    for rule in rule_table():
        for pattern in (*rule.body, *rule.heads):
            found.update((slot, None) for slot in pattern if not is_variable(slot))  # type: ignore[misc]
    found.update(dict.fromkeys((OWL.Class, OWL.AnnotationProperty, RDFS.Datatype)))
    return list(found)


VOCABULARY: tuple[Term, ...] = tuple(_terms_of_the_rules())
NUMBERS = {term: number for number, term in enumerate(VOCABULARY)}

TYPE = NUMBERS[RDF.type]
FIRST, REST, NIL = NUMBERS[RDF.first], NUMBERS[RDF.rest], NUMBERS[RDF.nil]
SAME_AS, DIFFERENT_FROM = NUMBERS[OWL.sameAs], NUMBERS[OWL.differentFrom]
THING, NOTHING = NUMBERS[OWL.Thing], NUMBERS[OWL.Nothing]
SUB_CLASS, SUB_PROPERTY = NUMBERS[RDFS.subClassOf], NUMBERS[RDFS.subPropertyOf]
DOMAIN, RANGE = NUMBERS[RDFS.domain], NUMBERS[RDFS.range]
# Predicates whose facts speak of individuals, although the rules name them.
_DATA = {TYPE, SAME_AS, DIFFERENT_FROM}


def _schema_predicates() -> frozenset[int]:
    found = {FIRST, REST}
    for rule in rule_table():
        for pattern in (*rule.body, *rule.heads):
            if not is_variable(pattern[1]):
                found.add(NUMBERS[pattern[1]])  # type: ignore[index]
    return frozenset(found - _DATA)


def _schema_classes() -> frozenset[int]:
    return frozenset(
        NUMBERS[pattern[2]]  # type: ignore[index]
        for rule in rule_table()
        for pattern in rule.body
        if pattern[1] == RDF.type and not is_variable(pattern[2])
    ) - {NOTHING, THING}


# A fact is schema where its predicate is one of these, or it types something with such a class.
SCHEMA_PREDICATES = _schema_predicates()
SCHEMA_CLASSES = _schema_classes()

# What the rules name outright. None of these can be made one with another of them: the rules would
# have to be rewritten. (Datatypes and annotation properties can.)
NAMED_BY_RULES = frozenset(
    number
    for number, term in enumerate(VOCABULARY)
    if isinstance(term, ox.NamedNode)
    and term not in OWL_RL_DATATYPES
    and term not in ANNOTATION_PROPERTIES
)

# What holds in every graph: a class, and those that are of it (prp-ap, cls-thing, cls-nothing1,
# dt-type1).
AXIOMATIC_TYPES: tuple[tuple[int, tuple[int, ...]], ...] = (
    (
        NUMBERS[OWL.AnnotationProperty],
        tuple(NUMBERS[annotation] for annotation in ANNOTATION_PROPERTIES),
    ),
    (NUMBERS[OWL.Class], (THING, NOTHING)),
    (NUMBERS[RDFS.Datatype], tuple(NUMBERS[datatype] for datatype in OWL_RL_DATATYPES)),
)
