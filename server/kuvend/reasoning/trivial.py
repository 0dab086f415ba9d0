"""Which conclusions tell a reader nothing, and are left out unless asked for.

The list, with the reason for each kind, is in ``docs/reference/reasoning.md``.
"""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, XSD

# Predicates for which "the same on both sides" says nothing.
REFLEXIVE: frozenset[ox.NamedNode] = frozenset(
    {
        OWL.sameAs,
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        OWL.equivalentClass,
        OWL.equivalentProperty,
    }
)
_TYPE, _THING, _NOTHING = RDF.type, OWL.Thing, OWL.Nothing
_EQUALITY = (OWL.sameAs, OWL.differentFrom)
_VOCABULARIES = (str(RDF), str(RDFS), str(OWL), str(XSD))


def is_trivial(triple: ox.Triple) -> bool:
    """Whether ``triple``, as a conclusion, is one of the kinds left out by default.

    >>> a = ox.NamedNode("urn:a")
    >>> is_trivial(ox.Triple(a, OWL.sameAs, a)), is_trivial(ox.Triple(a, RDF.type, a))
    (True, False)
    """
    subject, predicate, obj = triple.subject, triple.predicate, triple.object
    if obj == _THING or subject == _NOTHING or is_vocabulary_term(subject):
        return True
    if subject == obj and predicate in REFLEXIVE:
        return True
    if isinstance(obj, ox.Literal) and predicate in _EQUALITY:
        return True
    return predicate == _TYPE and obj != _NOTHING and is_vocabulary_term(obj)


def is_vocabulary_term(term: object) -> bool:
    """Whether ``term`` belongs to RDF, RDFS, OWL or XSD themselves."""
    return type(term) is ox.NamedNode and term.value.startswith(_VOCABULARIES)
