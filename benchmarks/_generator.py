"""Realistic local-government data of a chosen size: the same seed gives the same bytes.

A country of provinces, districts and municipalities; offices held by people in terms of six
years, with gaps and changes; parties; agreements between municipalities with subjects and dates;
each province's statements in a named graph of their own with its provenance; 3 % of the facts
repeated by a second source. The default graph is the merge, each triple once.
``python -m benchmarks._generator QUADS FILE`` writes N-Quads.
"""

from __future__ import annotations

import datetime
import random
import sys
from collections.abc import Iterator
from itertools import islice

import pyoxigraph as ox

from kuvend.namespaces import DCT, FOAF, ORG, PROV, RDF, SKOS, XSD, Namespace

BASE = "https://bench.example/"
BG = Namespace(f"{BASE}def#")
_QUADS_PER_MUNICIPALITY = 1000
_LANGUAGES = ("en", "sq", "uk", "tr")
_SYLLABLES = (
    "bel", "gra", "pri", "shti", "na", "ko", "nya", "mit", "ro", "vi", "ca", "sa", "raj",
    "shko", "dra", "li", "viv", "ky", "iv", "od", "esa", "iz", "mir", "an", "ta", "lya", "te",
    "to", "vo", "pe", "ja", "gja", "ko", "va", "dur", "res", "vlo", "ra", "ber", "at", "fi",
    "er", "kor", "ça",
)  # fmt: skip
_TOPICS = (
    ("waste collection", "grumbullimi i mbeturinave", "вивезення відходів", "çöp toplama"),
    ("drinking water", "uji i pijshëm", "питна вода", "içme suyu"),
    ("public transport", "transporti publik", "громадський транспорт", "toplu taşıma"),
    ("twinning", "binjakëzim", "побратимство", "kardeş şehir"),
    ("cultural heritage", "trashëgimia kulturore", "культурна спадщина", "kültürel miras"),
    ("fire brigade", "zjarrfikësit", "пожежна охорона", "itfaiye"),
    ("youth", "rinia", "молодь", "gençlik"),
    ("energy", "energjia", "енергетика", "enerji"),
)
_TERMS = (2002, 2008, 2014, 2020)
_SEATS = 11


class Country:
    """Writes the country, municipality by municipality."""

    def __init__(self, seed: int = 42) -> None:
        self._random = random.Random(seed)
        self._people = 0
        self._families = [self._word(3) for _ in range(2000)]
        self._given = [self._word(2) for _ in range(300)]

    def quads(self, municipalities: int) -> Iterator[ox.Quad]:
        """All quads: shared facts, then each municipality's."""
        provinces = max(2, municipalities // 40)
        yield from _twice(self._shared(provinces), _graph("shared"))
        for number in range(municipalities):
            province = number % provinces
            facts = list(self._municipality(number, province, municipalities))
            yield from _twice(facts, _graph(f"province/{province}"))
            for fact in facts:
                if self._random.random() < 0.03:
                    yield ox.Quad(fact.subject, fact.predicate, fact.object, _graph("second"))

    def _shared(self, provinces: int) -> Iterator[ox.Triple]:
        for number, names in enumerate(_TOPICS):
            topic = _thing("topic", number)
            yield ox.Triple(topic, RDF.type, SKOS.Concept)
            for language, name in zip(_LANGUAGES, names, strict=True):
                yield ox.Triple(topic, SKOS.prefLabel, ox.Literal(name, language=language))
        for number in range(30):
            yield ox.Triple(_thing("party", number), RDF.type, BG.Party)
            yield from self._labels(_thing("party", number), f"Party {number}")
        for number in range(provinces):
            province, graph = _thing("province", number), _graph(f"province/{number}")
            yield ox.Triple(province, RDF.type, BG.Province)
            yield ox.Triple(province, ORG.subOrganizationOf, _thing("region", number % 5))
            yield from self._labels(province, self._word(3))
            yield ox.Triple(graph, DCT.source, ox.NamedNode(f"{BASE}register/{number}"))
            yield ox.Triple(graph, DCT.issued, _date(datetime.date(2024, 1, 1 + number % 28)))
            yield ox.Triple(graph, PROV.wasDerivedFrom, ox.NamedNode(f"{BASE}register/{number}"))

    def _municipality(self, number: int, province: int, of: int) -> Iterator[ox.Triple]:
        town = _thing("municipality", number)
        yield ox.Triple(town, RDF.type, BG.Municipality)
        yield ox.Triple(town, ORG.subOrganizationOf, _thing("province", province))
        population = _number(int(self._random.lognormvariate(9.5, 1.1)))
        yield ox.Triple(town, BG.population, population)
        yield from self._labels(town, self._word(3))
        for office in range(_SEATS):
            yield from self._office(number, office)
        for agreement in range(self._random.randint(1, 5)):
            yield from self._agreement(number, agreement, of)

    def _office(self, number: int, office: int) -> Iterator[ox.Triple]:
        town = _thing("municipality", number)
        post = _thing("post", f"{number}-{office}")
        role = BG.Mayor if office == 0 else BG.Councillor
        yield ox.Triple(town, ORG.hasPost, post)
        yield ox.Triple(post, RDF.type, ORG.Post)
        yield ox.Triple(post, ORG.role, role)
        for term in _TERMS:
            membership = _thing("membership", f"{number}-{office}-{term}")
            person = self._person_number()
            begin = datetime.date(term, 1, 1) + datetime.timedelta(self._random.randint(0, 90))
            yield ox.Triple(membership, RDF.type, ORG.Membership)
            yield ox.Triple(membership, ORG.member, _thing("person", person))
            yield ox.Triple(membership, ORG.organization, town)
            yield ox.Triple(membership, ORG.role, role)
            yield ox.Triple(membership, BG.heldPost, post)
            yield ox.Triple(membership, BG.party, _thing("party", self._random.randrange(30)))
            yield ox.Triple(membership, BG.begin, _date(begin))
            if term != _TERMS[-1]:
                end = begin + datetime.timedelta(self._random.randint(300, 2190))
                yield ox.Triple(membership, BG.end, _date(end))
            yield from self._person(person)

    def _person_number(self) -> int:
        if self._people > 10 and self._random.random() < 0.4:
            return self._random.randrange(self._people)
        self._people += 1
        return self._people - 1

    def _person(self, number: int) -> Iterator[ox.Triple]:
        # Of its own seed, so that a person is the same wherever it appears.
        own = random.Random(number)
        person = _thing("person", number)
        name = f"{own.choice(self._given)} {own.choice(self._families)}"
        born = datetime.date(1940, 1, 1) + datetime.timedelta(own.randrange(20000))
        yield ox.Triple(person, RDF.type, FOAF.Person)
        yield ox.Triple(person, FOAF.name, ox.Literal(name))
        yield ox.Triple(person, BG.born, _date(born))

    def _agreement(self, number: int, which: int, of: int) -> Iterator[ox.Triple]:
        agreement = _thing("agreement", f"{number}-{which}")
        topic = self._random.randrange(len(_TOPICS))
        signed = datetime.date(2000, 1, 1) + datetime.timedelta(self._random.randrange(8800))
        yield ox.Triple(agreement, RDF.type, BG.Agreement)
        yield ox.Triple(agreement, DCT.subject, _thing("topic", topic))
        yield ox.Triple(agreement, BG.signed, _date(signed))
        yield ox.Triple(agreement, BG.partner, _thing("municipality", number))
        yield ox.Triple(agreement, BG.partner, _thing("municipality", self._random.randrange(of)))
        for language, name in zip(_LANGUAGES, _TOPICS[topic], strict=True):
            title = f"{name}: {self._word(2)} {signed.year}"
            yield ox.Triple(agreement, DCT.title, ox.Literal(title, language=language))

    def _labels(self, subject: ox.NamedNode, name: str) -> Iterator[ox.Triple]:
        for language in _LANGUAGES:
            yield ox.Triple(subject, SKOS.prefLabel, ox.Literal(name, language=language))

    def _word(self, syllables: int) -> str:
        return "".join(self._random.choice(_SYLLABLES) for _ in range(syllables)).capitalize()


def generate(quads: int, seed: int = 42) -> Iterator[ox.Quad]:
    """At least ``quads`` quads, cut at that number; blank of duplicates up to a few."""
    municipalities = max(4, quads // _QUADS_PER_MUNICIPALITY + 2)
    return islice(Country(seed).quads(municipalities), quads)


def _twice(
    triples: Iterator[ox.Triple] | list[ox.Triple], graph: ox.NamedNode
) -> Iterator[ox.Quad]:
    """Each triple in its graph and in the merge."""
    for triple in triples:
        yield ox.Quad(triple.subject, triple.predicate, triple.object, graph)
        yield ox.Quad(triple.subject, triple.predicate, triple.object)


def _thing(kind: str, name: int | str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}{kind}/{name}")


def _graph(name: str) -> ox.NamedNode:
    return ox.NamedNode(f"{BASE}graph/{name}")


def _date(day: datetime.date) -> ox.Literal:
    return ox.Literal(day.isoformat(), datatype=XSD.date)


def _number(value: int) -> ox.Literal:
    return ox.Literal(str(value), datatype=XSD.integer)


def main(arguments: list[str]) -> None:
    """Write the quads to the file named."""
    count, path = int(arguments[0]), arguments[1]
    with open(path, "wb") as file:
        ox.serialize(generate(count), file, ox.RdfFormat.N_QUADS)


if __name__ == "__main__":
    main(sys.argv[1:])
