"""Bytes to quads: encodings, compression, archives, and the parser for each format."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from kuvend.errors import BadSyntax, TooLarge, UnsupportedMediaType
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
from kuvend.syntax.jsonld import parse_jsonld
from kuvend.syntax.lines import parse_lines
from kuvend.syntax.model import Lines, Parsed
from kuvend.syntax.native import LARGE, read_large
from kuvend.syntax.pause import collector_paused
from kuvend.syntax.rdfxml import parse_rdfxml
from kuvend.syntax.turtle import parse_turtle

MAX_TEXT_BYTES = 512 * 1024 * 1024
MAX_ARCHIVE_FILES = 1000
MAX_BAD_BYTES = 20  # places reported per file


@dataclass(frozen=True)
class Source:
    """Bytes with the name they go by, and the media type somebody gave for them."""

    name: str
    content: bytes
    media_type: str | None = None


def unpack(source: Source, *, max_bytes: int = MAX_TEXT_BYTES) -> Iterator[Source]:
    """The files in ``source``: itself, what gzip holds, or the RDF files of a zip archive.

    :raises TooLarge: where what is packed is larger than ``max_bytes``.
    :raises BadSyntax: for a broken archive.
    """
    if source.content[:2] == b"\x1f\x8b":
        name = source.name.removesuffix(".gz")
        content = _gunzip(source, max_bytes)
        yield from unpack(Source(name, content, None), max_bytes=max_bytes)
    elif source.content[:4] == b"PK\x03\x04":
        yield from _unzip(source, max_bytes)
    else:
        if len(source.content) > max_bytes:
            raise _too_large(source.name, max_bytes)
        yield source


def _gunzip(source: Source, max_bytes: int) -> bytes:
    engine = zlib.decompressobj(wbits=31)
    try:
        content = engine.decompress(source.content, max_bytes + 1)
    except zlib.error as error:
        raise BadSyntax(f"the gzip file is broken: {error}.", source=source.name) from error
    if len(content) > max_bytes:
        raise _too_large(source.name, max_bytes)
    if not engine.eof:
        raise BadSyntax("the gzip file ends too early.", source=source.name)
    return content


def _unzip(source: Source, max_bytes: int) -> Iterator[Source]:
    try:
        with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
            entries = [e for e in archive.infolist() if not e.is_dir() and _is_rdf(e.filename)]
            if len(entries) > MAX_ARCHIVE_FILES:
                raise TooLarge(f"the archive holds more than {MAX_ARCHIVE_FILES} files.")
            left = max_bytes
            for entry in entries:
                with archive.open(entry) as handle:
                    content = handle.read(left + 1)
                if len(content) > left:
                    raise _too_large(source.name, max_bytes)
                left -= len(content)
                yield Source(f"{source.name}/{entry.filename}", content)
    except (zipfile.BadZipFile, zlib.error, NotImplementedError, RuntimeError, EOFError) as error:
        raise BadSyntax(f"the zip archive is broken: {error}.", source=source.name) from error


def _is_rdf(name: str) -> bool:
    return by_extension(name.rpartition(".")[2], GRAPH_FORMATS) is not None


def _too_large(name: str, max_bytes: int) -> TooLarge:
    return TooLarge(f"the text is larger than {max_bytes} bytes.", source=name)


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
    named = by_extension(source.name.rpartition(".")[2].lower(), GRAPH_FORMATS)
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
