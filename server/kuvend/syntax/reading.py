"""Bytes to quads: encodings, and the parser for each format."""

from __future__ import annotations

import re

from kuvend.errors import BadSyntax, UnsupportedMediaType
from kuvend.formats import (
    GRAPH_FORMATS,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
    Format,
    by_extension,
    by_name,
)
from kuvend.syntax.archives import Source
from kuvend.syntax.jsonld import parse_jsonld
from kuvend.syntax.lines import parse_lines
from kuvend.syntax.model import Lines, Parsed
from kuvend.syntax.native import LARGE, read_large
from kuvend.syntax.pause import collector_paused
from kuvend.syntax.rdfxml import parse_rdfxml
from kuvend.syntax.turtle import parse_turtle

MAX_BAD_BYTES = 20  # places reported per file


def decode(source: Source) -> tuple[str, list[BadSyntax]]:
    """The text of ``source`` and an error for each place that is not UTF-8.

    What cannot be read becomes U+FFFD, so that the rest can still be checked.

    >>> text, errors = decode(Source("a.ttl", b"ab\\xffc"))
    >>> text, errors[0].line, errors[0].column
    ('ab\\ufffdc', 1, 3)
    """
    content = source.content.removeprefix(b"\xef\xbb\xbf")
    if content[:2] in (b"\xff\xfe", b"\xfe\xff"):
        problem = BadSyntax("the text is UTF-16.", source=source.name, line=1, column=1)
        problem.suggestion = "Save it as UTF-8."
        return content.decode("utf-16", "replace"), [problem]
    try:
        return content.decode(), []
    except UnicodeDecodeError:
        text = content.decode(errors="replace")
    lines = Lines(text)
    errors = []
    for match in list(re.finditer("\ufffd+", text))[:MAX_BAD_BYTES]:
        line, column = lines.at(match.start())
        problem = BadSyntax(
            "here are bytes that are not UTF-8.", source=source.name, line=line, column=column
        )
        problem.suggestion = _advice(content)
        errors.append(problem)
    return text, errors


def _advice(content: bytes) -> str:
    for encoding, letters in _LETTERS.items():
        try:
            text = content.decode(encoding)
        except UnicodeDecodeError:
            continue
        if sum(text.count(letter) for letter in letters) > 0:
            return f"Save the file as UTF-8; it looks like {encoding}."
    return "Save the file as UTF-8."


_LETTERS = {"cp1254": "ğşıİĞŞ", "cp1251": "іїєґІЇЄҐ", "cp1252": "ëçËÇ"}


def format_of(source: Source) -> Format:
    """The format of a source: by its media type, else its name's ending, else its first letters.

    :raises UnsupportedMediaType: for a media type that is not RDF.

    >>> format_of(Source("a.unknown", b' { "@id": "urn:a" }')).name
    'jsonld'
    """
    media_type = (source.media_type or "").partition(";")[0].strip().lower()
    if media_type and media_type not in _UNTOLD:
        found = by_name(media_type, GRAPH_FORMATS) or _ALSO.get(media_type)
        if found is None:
            raise UnsupportedMediaType(
                f"{media_type} is not read here.",
                source=source.name,
                suggestion="Send text/turtle, application/ld+json or another RDF format.",
            )
        return found
    ending = source.name.rpartition(".")[2].lower()
    named = JSON_LD if ending == "json" else by_extension(ending, GRAPH_FORMATS)
    return named or _sniffed(source.content)


_UNTOLD = ("application/octet-stream", "text/plain", "application/x-www-form-urlencoded")
_ALSO = {"application/json": JSON_LD, "application/xml": RDF_XML, "text/xml": RDF_XML}


def _sniffed(content: bytes) -> Format:
    start = content.removeprefix(b"\xef\xbb\xbf").lstrip()[:200]
    if start.startswith((b"{", b"[")) and not re.match(rb"\[\s*(\]|[<:\w]+:)", start):
        return TRIG if re.match(rb"\{\s*<", start) else JSON_LD
    if start.startswith((b"<?xml", b"<rdf:", b"<!DOCTYPE")):
        return RDF_XML
    return TURTLE


def parse_source(
    source: Source,
    *,
    base_iri: str | None = None,
    blank_prefix: str = "",
    form: Format | None = None,
) -> Parsed:
    """The quads of one source with their positions, and every error found in it.

    :raises UnsupportedMediaType: for a media type that is not RDF.
    """
    if source.left_out:
        return _left_out(source)
    chosen = form or format_of(source)
    text, errors = decode(source)
    name = source.name
    if len(text) >= LARGE and not errors and chosen not in (JSON_LD, RDF_XML):
        large = read_large(
            text, form=chosen, source=name, base_iri=base_iri, blank_prefix=blank_prefix
        )
        if large is not None:
            return large
    with collector_paused():
        if chosen == JSON_LD:
            parsed = parse_jsonld(text, source=name, base_iri=base_iri, blank_prefix=blank_prefix)
        elif chosen == RDF_XML:
            parsed = parse_rdfxml(text, source=name, base_iri=base_iri, blank_prefix=blank_prefix)
        elif chosen in (N_TRIPLES, N_QUADS):
            parsed = parse_lines(
                text, source=name, quads=chosen == N_QUADS, blank_prefix=blank_prefix
            )
        else:
            trig = chosen == TRIG
            parsed = parse_turtle(
                text, source=name, base_iri=base_iri, trig=trig, blank_prefix=blank_prefix
            )
    parsed.errors[:0] = errors
    return parsed


def _left_out(source: Source) -> Parsed:
    """A source without quads, and the notice that says so."""
    notice = BadSyntax(
        "this file of the archive is not read.", source=source.name, line=1, column=1
    )
    notice.suggestion = "Give it the ending of an RDF format, such as .ttl, if it holds data."
    notice.is_loss = notice.is_minor = True
    return Parsed(source.name, errors=[notice], lines=Lines(""))
