"""Vocabulary constants: the namespaces Kuvend uses and the prefixes it prints them with."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from pyoxigraph import NamedNode

KUVEND_BASE = "https://w3id.org/kuvend/"


class Namespace:
    """Terms of one namespace as ``NamedNode`` by attribute or item.

    >>> Namespace("http://www.w3.org/ns/org#").hasMember.value
    'http://www.w3.org/ns/org#hasMember'
    >>> Namespace("http://www.w3.org/ns/oa#")["exact"].value
    'http://www.w3.org/ns/oa#exact'
    """

    def __init__(self, iri: str) -> None:
        self._iri = iri

    def __getattr__(self, name: str) -> NamedNode:
        if name.startswith("__"):
            raise AttributeError(name)
        found = self.__dict__[name] = NamedNode(self._iri + name)  # is found there from now on
        return found

    def __getitem__(self, name: str) -> NamedNode:
        return NamedNode(self._iri + name)

    def __contains__(self, term: object) -> bool:
        return isinstance(term, NamedNode) and term.value.startswith(self._iri)

    def __str__(self) -> str:
        return self._iri


KV = Namespace(f"{KUVEND_BASE}def#")
KVC = Namespace(f"{KUVEND_BASE}concept/")
KVS = Namespace(f"{KUVEND_BASE}shapes#")
ORG = Namespace("http://www.w3.org/ns/org#")
ROV = Namespace("http://www.w3.org/ns/regorg#")
CV = Namespace("http://data.europa.eu/m8g/")
ELI = Namespace("http://data.europa.eu/eli/ontology#")
PROV = Namespace("http://www.w3.org/ns/prov#")
OA = Namespace("http://www.w3.org/ns/oa#")
FOAF = Namespace("http://xmlns.com/foaf/0.1/")
TIME = Namespace("http://www.w3.org/2006/time#")
GREG = Namespace("http://www.w3.org/ns/time/gregorian/")
SKOS = Namespace("http://www.w3.org/2004/02/skos/core#")
DCT = Namespace("http://purl.org/dc/terms/")
DCAT = Namespace("http://www.w3.org/ns/dcat#")
VOID = Namespace("http://rdfs.org/ns/void#")
SD = Namespace("http://www.w3.org/ns/sparql-service-description#")
VANN = Namespace("http://purl.org/vocab/vann/")
PROF = Namespace("http://www.w3.org/ns/dx/prof/")
SH = Namespace("http://www.w3.org/ns/shacl#")
OWL = Namespace("http://www.w3.org/2002/07/owl#")
RDF = Namespace("http://www.w3.org/1999/02/22-rdf-syntax-ns#")
RDFS = Namespace("http://www.w3.org/2000/01/rdf-schema#")
XSD = Namespace("http://www.w3.org/2001/XMLSchema#")

_FIXED: dict[str, str] = {
    "kv": str(KV),
    "kvc": str(KVC),
    "kvs": str(KVS),
    "org": str(ORG),
    "rov": str(ROV),
    "cv": str(CV),
    "eli": str(ELI),
    "prov": str(PROV),
    "oa": str(OA),
    "foaf": str(FOAF),
    "time": str(TIME),
    "greg": str(GREG),
    "skos": str(SKOS),
    "dct": str(DCT),
    "dcat": str(DCAT),
    "void": str(VOID),
    "sd": str(SD),
    "vann": str(VANN),
    "prof": str(PROF),
    "sh": str(SH),
    "owl": str(OWL),
    "rdf": str(RDF),
    "rdfs": str(RDFS),
    "xsd": str(XSD),
}

# One prefix per type keeps local names free of slashes, which some SPARQL engines mishandle.
THING_TYPES: tuple[str, ...] = (
    "absence", "activity", "agreement", "claim", "count", "event", "group", "holding", "kind",
    "law", "mandate", "membership", "org", "organ", "participation", "passage", "person", "place",
    "post", "programme", "project", "provision", "quotation", "remit", "role", "rule", "source",
    "statement", "system",
)  # fmt: skip


def prefixes(base_iri: str = KUVEND_BASE) -> dict[str, str]:
    """The prefix map for a project under ``base_iri``: fixed vocabularies, then ``id-{type}``.

    >>> prefixes()["id-org"]
    'https://w3id.org/kuvend/id/org/'
    """
    things = {f"id-{kind}": f"{base_iri}id/{kind}/" for kind in THING_TYPES}
    return {**_FIXED, "graph": f"{base_iri}graph/", **things}


def compact(iri: str, prefix_map: Mapping[str, str]) -> str:
    """``iri`` as a prefixed name where a prefix fits without escapes, else in angle brackets.

    >>> compact("http://www.w3.org/ns/org#Post", prefixes())
    'org:Post'
    >>> compact("urn:x", prefixes())
    '<urn:x>'
    """
    best = max(_fitting(iri, prefix_map), key=lambda found: len(found[1]), default=None)
    if best is None:
        return f"<{iri}>"
    prefix, namespace = best
    return f"{prefix}:{iri[len(namespace) :]}"


def _fitting(iri: str, prefix_map: Mapping[str, str]) -> Iterator[tuple[str, str]]:
    for prefix, namespace in prefix_map.items():
        if iri.startswith(namespace):
            local = iri[len(namespace) :]
            if local and local.replace("-", "").replace("_", "").isalnum():
                yield prefix, namespace
