"""Bytes as they are handed in, and the files that are packed in them with gzip or zip."""

from __future__ import annotations

import gzip
import io
import lzma
import struct
import zipfile
import zlib
from collections.abc import Iterator
from dataclasses import dataclass

from kuvend.errors import BadSyntax, TooLarge
from kuvend.formats import GRAPH_FORMATS, by_extension

MAX_TEXT_BYTES = 512 * 1024 * 1024
MAX_ARCHIVE_FILES = 1000
MAX_LAYERS = 3  # an archive of packed files, and one more; deeper is no accident

_GZIP = b"\x1f\x8b"
_ZIP = (b"PK\x03\x04", b"PK\x05\x06")  # the second is of an archive without files
# What zipfile lets through for bytes that are no archive: the readers of names, times and
# methods each fail in their own way.
_BROKEN = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    struct.error,
    NotImplementedError,
    RuntimeError,
    EOFError,
    OSError,
    ValueError,
    OverflowError,
    LookupError,
)


@dataclass(frozen=True)
class Source:
    """Bytes with the name they go by, and the media type somebody gave for them.

    One that is ``left_out`` is a file of an archive that is not read; it has no content.
    """

    name: str
    content: bytes
    media_type: str | None = None
    left_out: bool = False


def unpack(source: Source, *, max_bytes: int = MAX_TEXT_BYTES) -> Iterator[Source]:
    """The files in ``source``: itself, what gzip holds, or the files of a zip archive.

    The files of an archive whose names are not those of RDF come without content, so that
    somebody can be told of them.

    :raises TooLarge: where what is packed is larger than ``max_bytes``.
    :raises BadSyntax: for a broken archive, one without RDF, or one packed too many times.
    """
    return _Unpacking(source.name, max_bytes).files(source, 0)


class _Unpacking:
    """The room that is left for all that one source holds."""

    def __init__(self, name: str, max_bytes: int) -> None:
        self.name, self.max_bytes, self.left = name, max_bytes, max_bytes
        self.count = 0

    def files(self, source: Source, layers: int) -> Iterator[Source]:
        while source.content.startswith(_GZIP):
            layers = self.deeper(source, layers)
            source = Source(source.name.removesuffix(".gz"), self.gunzip(source))
        if source.content.startswith(_ZIP):
            yield from self.unzip(source, self.deeper(source, layers))
            return
        if len(source.content) > self.max_bytes:
            raise self.too_large()
        yield source

    def deeper(self, source: Source, layers: int) -> int:
        if layers == MAX_LAYERS:
            raise BadSyntax(f"packed more than {MAX_LAYERS} times.", source=source.name)
        return layers + 1

    def gunzip(self, source: Source) -> bytes:
        """What all the members of a gzip file hold, one after the other."""
        try:
            with gzip.GzipFile(fileobj=io.BytesIO(source.content)) as handle:
                content = handle.read(self.left + 1)
        except EOFError as error:
            raise BadSyntax("the gzip file ends too early.", source=source.name) from error
        except _BROKEN as error:
            raise BadSyntax(f"the gzip file is broken: {error}.", source=source.name) from error
        self.take(content)
        return content

    def unzip(self, source: Source, layers: int) -> Iterator[Source]:
        try:
            with zipfile.ZipFile(io.BytesIO(source.content)) as archive:
                entries = [entry for entry in archive.infolist() if _is_file(entry)]
                self.count += len(entries)
                if self.count > MAX_ARCHIVE_FILES:
                    raise TooLarge(f"the archive holds more than {MAX_ARCHIVE_FILES} files.")
                if not any(_is_read(entry.filename) for entry in entries):
                    raise _without_rdf(source.name)
                for entry in entries:
                    name = f"{source.name}/{entry.filename}"
                    if not _is_read(entry.filename):
                        yield Source(name, b"", left_out=True)
                        continue
                    with archive.open(entry) as handle:
                        content = handle.read(self.left + 1)
                    self.take(content)
                    yield from self.files(Source(name, content), layers)
        except _BROKEN as error:
            raise BadSyntax(f"the zip archive is broken: {error}.", source=source.name) from error

    def take(self, content: bytes) -> None:
        if len(content) > self.left:
            raise self.too_large()
        self.left -= len(content)

    def too_large(self) -> TooLarge:
        return TooLarge(f"the text is larger than {self.max_bytes} bytes.", source=self.name)


def _is_file(entry: zipfile.ZipInfo) -> bool:
    # Some systems put a file of their own beside each file.
    return not entry.is_dir() and not entry.filename.startswith("__MACOSX/")


def _is_read(name: str) -> bool:
    ending = name.rpartition(".")[2].lower()
    return ending in ("gz", "zip", "json") or by_extension(ending, GRAPH_FORMATS) is not None


def _without_rdf(name: str) -> BadSyntax:
    endings = ", ".join(f".{one.extensions[0]}" for one in GRAPH_FORMATS)
    return BadSyntax(
        "nothing in the archive is RDF.",
        source=name,
        suggestion=f"Its files are known by their endings: {endings}.",
    )
