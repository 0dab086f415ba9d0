"""What the engine writes, so that readers get it back as it was, or are told that they cannot.

The engine writes XML with carriage returns that every parser takes for line feeds, and with
characters and names that no parser takes at all.
"""

from __future__ import annotations

import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import IO, Protocol, cast

import pyoxigraph as ox

from kuvend.errors import NotAcceptable

# Source: https://www.w3.org/TR/xml/#charsets; in UTF-8, where the last two may come in pieces.
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]")
_NO_CHARACTERS = (b"\xef\xbf\xbe", b"\xef\xbf\xbf")
# The element of a property whose IRI ends in nothing that is a name.
_NAMELESS = b"<oxprefix: "
_LONGEST = len(_NAMELESS)
_HINT = "Ask for another format: JSON for the rows of a query, Turtle for a graph."


class Target(Protocol):
    """What bytes are written to."""

    def write(self, data: bytes, /) -> object:
        """Take ``data``."""


class XmlTarget:
    """Takes the XML of the engine, as a binary file does, and passes it on well-formed."""

    __slots__ = ("_end", "_target")

    def __init__(self, target: Target) -> None:
        self._target = target
        self._end = b""

    def flush(self) -> None:
        """Nothing is held back here."""

    def write(self, data: bytes) -> int:
        """Pass ``data`` on; a carriage return is in a text, and is kept by a reference.

        :raises NotAcceptable: where there is a character or a name that XML does not have.
        """
        text = self._end + data
        found = _CONTROL.search(data)
        refused = found.group() if found else next((c for c in _NO_CHARACTERS if c in text), None)
        if refused is not None:
            raise NotAcceptable(
                f"the result has the character U+{ord(refused.decode()):04X}, which XML cannot"
                " hold.",
                suggestion=_HINT,
            )
        if _NAMELESS in text:
            raise NotAcceptable(
                "the graph has a property whose IRI does not end in a name, which RDF/XML cannot"
                " hold.",
                suggestion=_HINT,
            )
        self._end = text[1 - _LONGEST :]
        self._target.write(data.replace(b"\r", b"&#13;"))
        return len(data)


@contextmanager
def rdf_target(out: Target, rdf_format: ox.RdfFormat) -> Iterator[IO[bytes]]:
    """What the engine is to write ``rdf_format`` to, so that it comes to ``out``.

    :raises NotAcceptable: where the format cannot hold what is written.
    """
    target = XmlTarget(out) if rdf_format == ox.RdfFormat.RDF_XML else out
    try:
        yield cast("IO[bytes]", target)
    except OSError as error:
        if "does not support RDF 1.2" not in str(error):
            raise
        raise NotAcceptable(
            f"the graph has triple terms, which {rdf_format.name} cannot hold.",
            suggestion="Ask for Turtle, TriG, N-Triples, N-Quads or RDF/XML.",
        ) from error


def serialize(
    things: Iterable[ox.Triple] | Iterable[ox.Quad],
    rdf_format: ox.RdfFormat,
    prefixes: Mapping[str, str] | None = None,
) -> bytes:
    r"""``things`` in ``rdf_format``.

    :raises NotAcceptable: where the format cannot hold them.

    >>> a = ox.NamedNode("urn:a")
    >>> b"x&#13;\n" in serialize([ox.Triple(a, a, ox.Literal("x\r\n"))], ox.RdfFormat.RDF_XML)
    True
    """
    out = io.BytesIO()
    with rdf_target(out, rdf_format) as target:
        ox.serialize(things, target, rdf_format, prefixes=dict(prefixes) if prefixes else None)
    return out.getvalue()
