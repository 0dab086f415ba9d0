"""Large texts without errors, read by the engine; their places are found when one is asked for.

Reading a million triples so takes a third of the time of keeping every place, and most files
have few findings or none. Where the engine refuses the text, or gives quads in an order that the
scan for places does not know (triple terms), the reader is the one that reports and places
everything in one pass.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any

import pyoxigraph as ox

from kuvend.formats import N_QUADS, N_TRIPLES, TRIG, TURTLE, Format
from kuvend.namespaces import RDF
from kuvend.syntax.model import Lines, Parsed, PositionedQuad, Positions
from kuvend.syntax.pause import collector_paused
from kuvend.syntax.scan import scan_lines, scan_turtle

LARGE = 1_000_000  # characters; below, the time is not worth a second way

_FORMATS = {
    TURTLE: ox.RdfFormat.TURTLE,
    TRIG: ox.RdfFormat.TRIG,
    N_TRIPLES: ox.RdfFormat.N_TRIPLES,
    N_QUADS: ox.RdfFormat.N_QUADS,
}
# Names the engine gives to nodes without one look like this.
_REIFIES = RDF.reifies
_INVENTED = re.compile(r"_:[0-9a-f]{24,32}(?![\w-])")
# The start of the line is looked at afterwards: so a long text is gone through five times faster.
_PREFIX = re.compile(r"[Pp][Rr][Ee][Ff][Ii][Xx][ \t]+([^\s:<]*):[ \t]*<([^<>\s]*)>")
_INDENT = 1000  # characters that are looked at in front of a declaration


def read_large(
    text: str, *, form: Format, source: str, base_iri: str | None = None, blank_prefix: str = ""
) -> Parsed | None:
    """The quads of a text in Turtle, TriG, N-Triples or N-Quads; ``None`` where another reader
    has to read it.

    >>> text = '<urn:a> <urn:p> "x" .\\n<urn:b> <urn:p> 1 .'
    >>> parsed = read_large(text, form=TURTLE, source="a.ttl")
    >>> parsed.position(parsed.quads[1].object_at)
    (2, 17)
    """
    by_line = form in (N_TRIPLES, N_QUADS)
    positions = Positions(partial(scan_lines if by_line else scan_turtle, text))
    parsed = Parsed(source, lines=Lines(text), positions=positions)
    if not by_line:
        parsed.declared = list(_declarations(text))
        parsed.prefixes = {prefix: namespace for _, prefix, namespace in parsed.declared}
    with collector_paused():
        try:
            # Without the line break the engine loses an escaped full stop at the very end.
            quads = ox.parse(
                f"{text}\n", format=_FORMATS[form], base_iri=None if by_line else base_iri
            )
            parsed.quads.extend(_Reading(text, blank_prefix, by_line).positioned(quads, positions))
        except (SyntaxError, _OtherOrder):
            return None
    return parsed


def _declarations(text: str) -> Iterator[tuple[int, str, str]]:
    """The declarations of prefixes that begin a line: the offset after each, prefix, namespace."""
    for found in _PREFIX.finditer(text):
        before = text[max(found.start() - _INDENT, 0) : found.start()]
        if before.removesuffix("@").rstrip(" \t")[-1:] in ("", "\r", "\n"):
            yield found.end(), found[1], found[2]


class _OtherOrder(Exception):
    """The engine gives these quads in an order of its own."""


class _Reading:
    """One object for each term, blank nodes under their prefix; those without a name numbered."""

    def __init__(self, text: str, blank_prefix: str, by_line: bool) -> None:
        self.terms: dict[Any, Any] = {}
        self.prefix, self.by_line = blank_prefix, by_line
        # A text may have labels of its own that look as if they were invented.
        self.labels: frozenset[str] = frozenset() if by_line else frozenset(_INVENTED.findall(text))
        self.nameless = 0
        self.stem = "anon"
        while f"_:{self.stem}" in text:
            self.stem += "x"

    def positioned(
        self, quads: Iterable[ox.Quad], positions: Positions
    ) -> Iterator[PositionedQuad]:
        known, once = self.terms.get, self.once
        for number, quad in enumerate(quads):
            subject, predicate, value, graph = quad
            if predicate == _REIFIES:
                raise _OtherOrder
            yield PositionedQuad(
                known(subject) or once(subject),
                known(predicate) or once(predicate),
                known(value) or once(value),
                known(graph) or once(graph),
                positions,
                number,
            )

    def once(self, term: Any) -> Any:
        kept = term
        if isinstance(term, ox.Triple):
            raise _OtherOrder
        if isinstance(term, ox.BlankNode):
            kept = ox.BlankNode(self.prefix + self.label(term.value))
        self.terms[term] = kept
        return kept

    def label(self, label: str) -> str:
        written = f"_:{label}"
        if self.by_line or written in self.labels or not _INVENTED.fullmatch(written):
            return label
        self.nameless += 1
        return f"{self.stem}{self.nameless}"
