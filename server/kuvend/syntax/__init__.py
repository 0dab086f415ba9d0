"""RDF syntaxes with positions: the quads of a text and the line and column of each term."""

from kuvend.syntax.archives import Source, unpack
from kuvend.syntax.jsonld import parse_jsonld
from kuvend.syntax.lines import parse_lines
from kuvend.syntax.model import Lines, Parsed, PositionedQuad, Span
from kuvend.syntax.rdfxml import parse_rdfxml
from kuvend.syntax.reading import format_of, parse_source
from kuvend.syntax.turtle import parse_turtle

__all__ = [
    "Lines",
    "Parsed",
    "PositionedQuad",
    "Source",
    "Span",
    "format_of",
    "parse_jsonld",
    "parse_lines",
    "parse_rdfxml",
    "parse_source",
    "parse_turtle",
    "unpack",
]
