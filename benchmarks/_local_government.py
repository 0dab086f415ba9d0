"""Local-government data of any size: an ontology of 60 classes and 80 properties, and
municipalities with officers, memberships, agreements, units and dates under it."""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

import pyoxigraph as ox

from kuvend.namespaces import OWL, RDF, RDFS, XSD
from kuvend.terms import Term

BASE = "https://bench.example/"
_LABEL = RDFS.label


def term(name: str) -> ox.NamedNode:
    """A term of the ontology."""
    return ox.NamedNode(f"{BASE}def#{name}")


def thing(name: str) -> ox.NamedNode:
    """A thing of the data."""
    return ox.NamedNode(f"{BASE}id/{name}")


class _Ontology:
    def __init__(self) -> None:
        self.triples: list[ox.Triple] = []
        self._blanks = 0

    def say(self, subject: Term, predicate: ox.NamedNode, *objects: Term) -> None:
        for obj in objects:
            self.triples.append(ox.Triple(subject, predicate, obj))  # type: ignore[arg-type]

    def blank(self) -> ox.BlankNode:
        self._blanks += 1
        return ox.BlankNode(f"o{self._blanks}")

    def list(self, *members: Term) -> Term:
        head: Term = RDF.nil
        for member in reversed(members):
            node = self.blank()
            self.say(node, RDF.first, member)
            self.say(node, RDF.rest, head)
            head = node
        return head

    def restriction(self, name: str, kind: ox.NamedNode, filler: Term) -> Term:
        node = self.blank()
        self.say(node, RDF.type, OWL.Restriction)
        self.say(node, OWL.onProperty, term(name))
        self.say(node, kind, filler)
        return node


# Class: its parents. Sixty of them.
_CLASSES = """
Agent; Organization Agent; FormalOrganization Organization; PublicBody FormalOrganization
LocalAuthority PublicBody; Municipality LocalAuthority; City Municipality
RuralMunicipality Municipality; Region LocalAuthority; Association FormalOrganization
Mission FormalOrganization; Company FormalOrganization; Unit Organization; Department Unit
Office Unit; FieldOffice Office; Organ Unit; Assembly Organ; MunicipalAssembly Assembly
Executive Organ; Committee Organ; Person Agent; Officer Person; Mayor Officer
Councillor Officer; Director Officer; Post; ElectedPost Post; AppointedPost Post; Role
Membership; OfficeHolding Membership; BodyMembership Membership; Event; Founding Event
Signing Event; Election Event; Redefinition Event; Meeting Event; Work; LegalWork Work
Law LegalWork; Decision LegalWork; Statute LegalWork; Article LegalWork; Agreement Work
CooperationAgreement Agreement; TwinningAgreement CooperationAgreement; Mandate; Remit
Duty Remit; Objective Remit; Power Remit; Place; Settlement Place; Territory Place; Topic; Count
Document Work; Passage Document
"""
# Property: parent, domain, range, marks (T transitive, S symmetric, F functional, I inverse
# functional, A asymmetric, R irreflexive) and ^inverse; the inverses have no entry of their own.
_PROPERTIES = """
related - Agent -; linkedTo related - -; partOf linkedTo Organization Organization T ^hasPart
unitOf partOf Unit Organization ^hasUnit; organOf unitOf Organ Organization A,R ^hasOrgan
departmentOf unitOf Department -; officeOf unitOf Office -
inRegion linkedTo Municipality Region F ^regionOf
memberOf linkedTo Agent Organization ^hasMember; associateOf memberOf - Association
cooperatesWith linkedTo Organization Organization S; twinnedWith cooperatesWith - - S
neighbourOf linkedTo Municipality Municipality S
represents related Person Organization ^representedBy; holds related Person Post ^heldBy
holdsElected holds - ElectedPost; holdsAppointed holds - AppointedPost
postIn - Post Organization ^hasPost; holder - OfficeHolding Person F ^hasHolding
inPost - OfficeHolding Post F; membershipOf - BodyMembership Agent F ^hasBodyMembership
membershipIn - BodyMembership Organization F; basedOn - Work LegalWork
hasLegalBasis basedOn - LegalWork ^legalBasisOf; conferredBy hasLegalBasis Mandate -
articleOf - Article LegalWork T; hasMandate - Agent Mandate ^mandateOf; entrusts - Mandate Remit
hasRemit - Agent Remit; hasDuty hasRemit - Duty; hasObjective hasRemit - Objective
hasPower hasRemit - Power; concerns - - Topic; areaOf concerns Agreement -
hasParty - Agreement Organization ^partyTo; hasSignatory - Agreement Person ^signatoryOf
signedIn - Agreement Signing F; foundedThrough - Organization Founding ^founds
initiatedBy - Event Agent ^initiated; initiatedCreationOf related Agent Organization
cameAfter - Event Event T ^cameBefore; resultOf cameAfter - -; elects - Organ Post ^electedBy
seat - Organization Place; locatedIn - Place Place T; foundingPlace - Organization Place
atPlace - Event Place; supersedes - Mandate Mandate T ^supersededBy
setThrough - Mandate Redefinition; changes - Redefinition Mandate
hasCount - Organization Count F; identifier - Organization - I; code - Place -; name - - -
acronym name - -; formerName name - -; date - Event -; notBefore - Membership -
notAfter - Membership -; value - Count -; population - Place -; budget - Organization -
quotedIn - - Passage; documentedBy - - Document; passageOf - Passage Document F
title name Work -
"""
_CHAINS = (
    ("holds", ("hasHolding", "inPost")),
    ("memberOf", ("holds", "postIn")),
    ("memberOf", ("hasBodyMembership", "membershipIn")),
    ("hasLegalBasis", ("hasLegalBasis", "articleOf")),
    ("hasLegalBasis", ("hasMandate", "hasLegalBasis")),
    ("hasRemit", ("hasMandate", "entrusts")),
    ("initiatedCreationOf", ("initiated", "founds")),
    ("foundingPlace", ("foundedThrough", "atPlace")),
    ("supersedes", ("setThrough", "changes")),
    ("documentedBy", ("quotedIn", "passageOf")),
)


def ontology() -> list[ox.Triple]:
    """The ontology, about 600 triples."""
    onto = _Ontology()
    for entry in _CLASSES.replace("\n", ";").split(";"):
        name, *parents = entry.split() or [""]
        if name:
            onto.say(term(name), RDF.type, OWL.Class)
            onto.say(term(name), RDFS.subClassOf, *map(term, parents))
    for entry in _PROPERTIES.replace("\n", ";").split(";"):
        if entry.strip():
            _add_property(onto, entry.split())
    for name, chain in _CHAINS:
        onto.say(term(name), OWL.propertyChainAxiom, onto.list(*map(term, chain)))
    _add_expressions(onto)
    return onto.triples


def _add_property(onto: _Ontology, entry: list[str]) -> None:
    name, parent, domain, codomain, *marks = [*entry, "-", "-"][: max(4, len(entry))]
    prop = term(name)
    onto.say(prop, RDF.type, OWL.ObjectProperty)
    for predicate, value in (
        (RDFS.subPropertyOf, parent),
        (RDFS.domain, domain),
        (RDFS.range, codomain),
    ):
        if value != "-":
            onto.say(prop, predicate, term(value))
    kinds = {"T": "Transitive", "S": "Symmetric", "F": "Functional", "I": "InverseFunctional"}
    kinds |= {"A": "Asymmetric", "R": "Irreflexive"}
    for mark in marks:
        if mark.startswith("^"):
            onto.say(term(mark[1:]), RDF.type, OWL.ObjectProperty)
            onto.say(prop, OWL.inverseOf, term(mark[1:]))
        else:
            for letter in mark.split(","):
                if letter in kinds:
                    onto.say(prop, RDF.type, OWL[f"{kinds[letter]}Property"])


def _add_expressions(onto: _Ontology) -> None:
    some, every, value = OWL.someValuesFrom, OWL.allValuesFrom, OWL.hasValue
    elected = onto.restriction("holds", some, term("ElectedPost"))
    node = onto.blank()
    onto.say(node, OWL.intersectionOf, onto.list(term("Person"), elected))
    onto.say(term("Councillor"), OWL.equivalentClass, node)
    onto.say(
        term("Association"),
        RDFS.subClassOf,
        onto.restriction("hasMember", every, term("Organization")),
    )
    onto.say(
        onto.restriction("hasOrgan", some, term("MunicipalAssembly")),
        RDFS.subClassOf,
        term("LocalAuthority"),
    )
    onto.say(
        term("Mission"), RDFS.subClassOf, onto.restriction("concerns", value, thing("topic/peace"))
    )
    single = onto.blank()
    onto.say(single, OWL.onProperty, term("seat"))
    onto.say(single, OWL.maxCardinality, ox.Literal("1", datatype=XSD.nonNegativeInteger))
    onto.say(term("Municipality"), RDFS.subClassOf, single)
    union = onto.blank()
    onto.say(union, OWL.unionOf, onto.list(term("City"), term("RuralMunicipality")))
    onto.say(term("Municipality"), OWL.equivalentClass, union)
    onto.say(term("Document"), OWL.hasKey, onto.list(term("title"), term("date")))
    disjoint = onto.blank()
    names = ("Person", "Organization", "Post", "Membership", "Event", "Mandate", "Remit", "Count")
    onto.say(disjoint, RDF.type, OWL.AllDisjointClasses)
    onto.say(disjoint, OWL.members, onto.list(*map(term, names)))


def data(seed: int = 1) -> Iterator[ox.Triple]:
    """Municipality after municipality, without end, each of about a hundred triples."""
    rnd = random.Random(seed)
    number = 0
    while True:
        yield from _municipality(number, rnd)
        number += 1


def graph(size: int, seed: int = 1) -> list[ox.Triple]:
    """The ontology and data, ``size`` triples together."""
    triples = ontology()
    return triples + list(islice(data(seed), max(0, size - len(triples))))


def _say(subject: ox.NamedNode, name: str, *objects: Term) -> Iterator[ox.Triple]:
    for obj in objects:
        yield ox.Triple(subject, term(name), obj)


def _is_a(subject: ox.NamedNode, name: str) -> ox.Triple:
    return ox.Triple(subject, RDF.type, term(name))


def _municipality(n: int, rnd: random.Random) -> Iterator[ox.Triple]:
    town, assembly = thing(f"org/m{n}"), thing(f"organ/m{n}-assembly")
    yield _is_a(town, "City" if n % 3 else "RuralMunicipality")
    yield ox.Triple(town, _LABEL, ox.Literal(f"Komuna {n}", language="sq"))
    yield from _say(town, "inRegion", thing(f"org/region{n // 40}"))
    yield from _say(town, "identifier", ox.Literal(f"M-{n:07d}"))
    yield from _say(town, "seat", thing(f"place/p{n}"))
    yield from _say(town, "neighbourOf", thing(f"org/m{rnd.randrange(max(0, n - 30), n + 1)}"))
    yield from _places(n)
    yield from _units(n, town, assembly)
    for k in range(8):
        yield from _officer(n, k, assembly if k else town, rnd)
    yield from _mandate(n, town, rnd)
    yield from _agreement(n, town, rnd)
    if n % 50 == 0:
        yield ox.Triple(town, OWL.sameAs, thing(f"org/register-{n}"))
        population = ox.Literal(str(1000 + n), datatype=XSD.integer)
        yield from _say(thing(f"org/register-{n}"), "population", population)
    if n % 40 == 1:
        # The same identifier once more: the inverse functional property makes them one.
        yield from _say(thing(f"org/import-{n}"), "identifier", ox.Literal(f"M-{n:07d}"))


def _places(n: int) -> Iterator[ox.Triple]:
    yield from _say(thing(f"place/p{n}"), "locatedIn", thing(f"place/d{n // 10}"))
    if n % 10 == 0:
        yield from _say(thing(f"place/d{n // 10}"), "locatedIn", thing(f"place/r{n // 200}"))


def _units(n: int, town: ox.NamedNode, assembly: ox.NamedNode) -> Iterator[ox.Triple]:
    yield from _say(assembly, "organOf", town)
    yield _is_a(assembly, "MunicipalAssembly")
    for k in range(4):
        unit = thing(f"unit/m{n}-{k}")
        yield from _say(unit, "departmentOf", assembly if k % 2 else town)
        yield from _say(thing(f"unit/m{n}-{k}-office"), "officeOf", unit)
    membership = thing(f"membership/m{n}")
    yield from _say(membership, "membershipOf", town)
    yield from _say(membership, "membershipIn", thing(f"org/association{n % 7}"))


def _officer(n: int, k: int, body: ox.NamedNode, rnd: random.Random) -> Iterator[ox.Triple]:
    holding, person, post = (thing(f"{kind}/m{n}-{k}") for kind in ("holding", "person", "post"))
    yield from _say(holding, "holder", person)
    yield from _say(holding, "inPost", post)
    yield from _say(holding, "notBefore", _date(rnd))
    yield from _say(post, "postIn", body)
    yield _is_a(post, "ElectedPost" if k % 2 else "AppointedPost")
    yield from _say(thing(f"organ/m{n}-assembly"), "elects", post)
    yield ox.Triple(person, _LABEL, ox.Literal(f"Person {n}-{k}"))


def _mandate(n: int, town: ox.NamedNode, rnd: random.Random) -> Iterator[ox.Triple]:
    mandate, article = thing(f"mandate/m{n}"), thing(f"law/l{n % 50}-art{n % 9}")
    yield from _say(town, "hasMandate", mandate)
    yield from _say(mandate, "conferredBy", article)
    yield from _say(article, "articleOf", thing(f"law/l{n % 50}"))
    for k in range(5):
        yield from _say(mandate, "entrusts", thing(f"remit/m{n}-{k}"))
        topic = thing(f"topic/t{rnd.randrange(30)}")
        yield from _say(thing(f"remit/m{n}-{k}"), "concerns", topic)


def _agreement(n: int, town: ox.NamedNode, rnd: random.Random) -> Iterator[ox.Triple]:
    agreement = thing(f"agreement/m{n}")
    yield _is_a(agreement, "TwinningAgreement" if n % 2 else "CooperationAgreement")
    yield from _say(agreement, "hasParty", town, thing(f"org/m{rnd.randrange(n + 1)}"))
    yield from _say(agreement, "hasSignatory", thing(f"person/m{n}-0"))
    yield from _say(town, "foundedThrough", thing(f"event/m{n}"))
    yield from _say(thing(f"event/m{n}"), "date", _date(rnd))


def _date(rnd: random.Random) -> ox.Literal:
    text = f"{rnd.randrange(1990, 2026)}-{rnd.randrange(1, 13):02d}-{rnd.randrange(1, 29):02d}"
    return ox.Literal(text, datatype=XSD.date)
