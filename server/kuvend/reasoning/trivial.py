"""Which conclusions tell a reader nothing, and are left out unless asked for.

The list, with the reason for each kind, is in ``docs/reference/reasoning.md``.
"""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, XSD

_TYPE = RDF.type
_SAME_AS = OWL.sameAs
_DIFFERENT_FROM = OWL.differentFrom
_THING = OWL.Thing
_NOTHING = OWL.Nothing
_REFLEXIVE = frozenset(
    {
        _SAME_AS,
        RDFS.subClassOf,
        RDFS.subPropertyOf,
        OWL.equivalentClass,
        OWL.equivalentProperty,
    }
)
_VOCABULARIES = (str(RDF), str(RDFS), str(OWL), str(XSD))


def is_trivial(triple: ox.Triple) -> bool:
    """Whether ``triple``, as a conclusion, is one of the kinds left out by default.

    >>> a = ox.NamedNode("urn:a")
    >>> is_trivial(ox.Triple(a, OWL.sameAs, a)), is_trivial(ox.Triple(a, RDF.type, a))
    (True, False)
    """
    subject, predicate, obj = triple.subject, triple.predicate, triple.object
    if obj == _THING or subject == _NOTHING:
        return True
    if isinstance(subject, ox.NamedNode) and subject.value.startswith(_VOCABULARIES):
        return True
    if subject == obj and predicate in _REFLEXIVE:
        return True
    if isinstance(obj, ox.Literal) and predicate in (_SAME_AS, _DIFFERENT_FROM):
        return True
    return predicate == _TYPE and is_vocabulary_class(obj)


def is_vocabulary_class(term: object) -> bool:
    """Whether ``term`` is a class of RDF, RDFS, OWL or XSD: a typing that restates the schema."""
    return (
        isinstance(term, ox.NamedNode)
        and term != _NOTHING
        and term.value.startswith(_VOCABULARIES)
    )
