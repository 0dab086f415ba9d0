"""RDF syntaxes with positions: the quads of a text and the line and column of each term."""

from kuvend.syntax.lines import parse_lines
from kuvend.syntax.model import Lines, Parsed, PositionedQuad, Span
from kuvend.syntax.turtle import parse_turtle

__all__ = ["Lines", "Parsed", "PositionedQuad", "Span", "parse_lines", "parse_turtle"]
