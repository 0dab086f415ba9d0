"""The formats Kuvend reads and writes: the only list of media types, and Accept negotiation."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from pyoxigraph import QueryResultsFormat, RdfFormat

from kuvend.errors import NotAcceptable


# Each is made once: two are equal only if they are the same object.
@dataclass(frozen=True, eq=False)
class Format:
    """One concrete syntax: its short name, media types (the first is what we send), extensions.

    ``rdf`` or ``results`` is the engine's name for it where the engine writes it.
    """

    name: str
    media_types: tuple[str, ...]
    extensions: tuple[str, ...]
    rdf: RdfFormat | None = None
    results: QueryResultsFormat | None = None

    @cached_property
    def media_type(self) -> str:
        """The media type to send."""
        return self.media_types[0]

    @cached_property
    def content_type(self) -> str:
        """The Content-Type header: media type with charset for text formats."""
        text = self.media_type.startswith("text/") or self.name == "html"
        return f"{self.media_type}; charset=utf-8" if text else self.media_type


HTML = Format("html", ("text/html", "application/xhtml+xml"), ("html", "htm"))
JSON = Format("json", ("application/json",), ("json",))
TURTLE = Format(
    "turtle", ("text/turtle", "application/x-turtle"), ("ttl", "turtle"), rdf=RdfFormat.TURTLE
)
TRIG = Format("trig", ("application/trig",), ("trig",), rdf=RdfFormat.TRIG)
N_TRIPLES = Format("ntriples", ("application/n-triples",), ("nt",), rdf=RdfFormat.N_TRIPLES)
N_QUADS = Format("nquads", ("application/n-quads",), ("nq",), rdf=RdfFormat.N_QUADS)
JSON_LD = Format(
    "jsonld", ("application/ld+json", "application/json"), ("jsonld",), rdf=RdfFormat.JSON_LD
)
RDF_XML = Format("rdfxml", ("application/rdf+xml",), ("rdf", "owl", "xml"), rdf=RdfFormat.RDF_XML)

RESULTS_JSON = Format(
    "json",
    ("application/sparql-results+json", "application/json"),
    ("srj", "json"),
    results=QueryResultsFormat.JSON,
)
RESULTS_XML = Format(
    "xml",
    ("application/sparql-results+xml", "application/xml", "text/xml"),
    ("srx", "xml"),
    results=QueryResultsFormat.XML,
)
RESULTS_CSV = Format("csv", ("text/csv",), ("csv",), results=QueryResultsFormat.CSV)
RESULTS_TSV = Format(
    "tsv", ("text/tab-separated-values",), ("tsv",), results=QueryResultsFormat.TSV
)
# Columns with types; the engine has no writer for them.
ARROW = Format("arrow", ("application/vnd.apache.arrow.stream",), ("arrows", "arrow"))
PARQUET = Format("parquet", ("application/vnd.apache.parquet",), ("parquet",))

GRAPH_FORMATS: tuple[Format, ...] = (TURTLE, N_TRIPLES, JSON_LD, RDF_XML, TRIG, N_QUADS)
RESULT_FORMATS: tuple[Format, ...] = (RESULTS_JSON, RESULTS_XML, RESULTS_CSV, RESULTS_TSV)
COLUMN_FORMATS: tuple[Format, ...] = (ARROW, PARQUET)

# So much of a header is told again.
_MAX_SHOWN = 200


@dataclass(frozen=True)
class _Range:
    """One member of an Accept header: ``type/subtype`` with wildcards, and its weight."""

    type: str
    subtype: str
    q: float

    def weight_for(self, media_type: str) -> tuple[int, float] | None:
        """(specificity, q) where this range covers ``media_type``."""
        main, _, sub = media_type.partition("/")
        if self.type == "*":
            return (0, self.q)
        if self.type != main:
            return None
        if self.subtype == "*":
            return (1, self.q)
        return (2, self.q) if self.subtype == sub else None


def negotiate(accept: str | None, offered: Iterable[Format]) -> Format:
    """The format to answer with: highest quality, then the offer's own order.

    An absent or empty header takes the first offer. Source: RFC 9110 §12.5.1.

    :raises NotAcceptable: where the header rules every offer out.

    >>> negotiate("text/turtle;q=0.5, application/ld+json", GRAPH_FORMATS).name
    'jsonld'
    >>> negotiate(None, GRAPH_FORMATS).name
    'turtle'
    """
    offers = tuple(offered)
    if accept is None or not accept.strip(" \t,"):
        return offers[0]
    ranges = _parse_accept(accept)
    scored = [(_quality(offer, ranges), -rank, offer) for rank, offer in enumerate(offers)]
    quality, _, best = max(scored, key=lambda row: row[:2])
    if quality <= 0:
        names = ", ".join(offer.media_type for offer in offers)
        raise NotAcceptable(
            f"nothing offered fits Accept: {accept[:_MAX_SHOWN]}.", suggestion=f"Ask for {names}."
        )
    return best


def _quality(offer: Format, ranges: list[_Range]) -> float:
    best = 0.0
    for media_type in offer.media_types:
        matches = [w for r in ranges if (w := r.weight_for(media_type)) is not None]
        if matches:
            best = max(best, max(matches)[1])
    return best


def _parse_accept(accept: str) -> list[_Range]:
    ranges = []
    for member in accept.split(","):
        name, *parameters = (part.strip() for part in member.split(";"))
        # Old clients write a lone star for any type.
        main, slash, sub = ("*/*" if name == "*" else name.lower()).partition("/")
        if not slash:
            continue
        ranges.append(_Range(main, sub, _q(parameters)))
    return ranges


def _q(parameters: list[str]) -> float:
    for parameter in parameters:
        key, _, value = parameter.partition("=")
        if key.strip().lower() == "q":
            try:
                weight = float(value)
            except ValueError:
                return 0.0
            # What is no number is compared with nothing.
            return min(1.0, weight) if weight > 0 else 0.0
    return 1.0


def by_extension(extension: str, offered: Iterable[Format]) -> Format | None:
    """The format a file name extension (without the dot) stands for, if offered.

    >>> by_extension("ttl", GRAPH_FORMATS).name
    'turtle'
    """
    wanted = extension.lower().lstrip(".")
    return next((offer for offer in offered if wanted in offer.extensions), None)


def by_name(name: str, offered: Iterable[Format]) -> Format | None:
    """The format with this short name, extension or media type, if offered.

    >>> by_name("text/csv", RESULT_FORMATS).name
    'csv'
    >>> by_name("json-ld", GRAPH_FORMATS).name, by_name("rdf+xml", GRAPH_FORMATS).name
    ('jsonld', 'rdfxml')
    """
    wanted = name.strip().lower()
    plain = wanted.replace("-", "").replace("+", "")
    for offer in offered:
        if plain == offer.name or wanted in (offer.name, *offer.extensions, *offer.media_types):
            return offer
    return None
