"""N-Triples and N-Quads with positions: a line is a statement, so every wrong line is reported."""

from __future__ import annotations

import re

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.syntax.model import DEFAULT_GRAPH, Lines, Parsed
from kuvend.syntax.tokens import unescape
from kuvend.syntax.turtle import MAX_ERRORS
from kuvend.terms import Term

_PLAIN = r"[^\x00-\x20<>\"{}|^`\\]*"
_IRI = rf"<{_PLAIN}(?:\\(?:u[0-9A-Fa-f]{{4}}|U[0-9A-Fa-f]{{8}}){_PLAIN})*>"
_BLANK = r"_:[^\s<>\":]*[^\s<>\".:]"
_LITERAL = (
    r"\"(?:[^\"\\\n\r]|\\.)*\""
    rf"(?:\^\^{_IRI}|@[A-Za-z]+(?:-[A-Za-z0-9]+)*(?:--\w+)?)?"
)
_STATEMENT = re.compile(
    # Possessive: blanks given back to be tried again would take the square of the time.
    rf"[ \t]*+(?:(?P<s>{_IRI}|{_BLANK})[ \t]*+(?P<p>{_IRI})[ \t]*+(?P<o>{_IRI}|{_BLANK}|{_LITERAL})"
    rf"[ \t]*+(?P<g>{_IRI}|{_BLANK})?[ \t]*+\.[ \t]*+)?(?:#.*)?$"
)


def parse_lines(text: str, *, source: str, quads: bool = False, blank_prefix: str = "") -> Parsed:
    """The quads of an N-Triples (or, with ``quads``, N-Quads) text, and every line that is none.

    >>> parsed = parse_lines("<urn:a> <urn:b> 'x' .\\n<urn:a> <urn:b> <urn:c> .", source="a.nt")
    >>> len(parsed.quads), parsed.errors[0].line
    (1, 1)
    """
    return _LineParser(text, source=source, quads=quads, blank_prefix=blank_prefix).run()


class _LineParser:
    def __init__(self, text: str, *, source: str, quads: bool, blank_prefix: str) -> None:
        self.text, self.source = text, source
        self.allow_graph, self.blank_prefix = quads, blank_prefix
        self.format = ox.RdfFormat.N_QUADS if quads else ox.RdfFormat.N_TRIPLES
        self.parsed = Parsed(source, lines=Lines(text))
        self.terms: dict[str, Term] = {}

    def run(self) -> Parsed:
        start = 0
        for line in re.split(r"(?<=[\n\r])", self.text):
            self.line(line.rstrip("\r\n"), start)
            start += len(line)
            if len(self.parsed.errors) >= MAX_ERRORS:
                break
        return self.parsed

    def line(self, line: str, start: int) -> None:
        match = _STATEMENT.match(line)
        if match is None or (match["g"] and not self.allow_graph):
            self.by_engine(line, start)
            return
        if match["s"] is None:
            return
        try:
            subject = self.term(match["s"])
            predicate, value = self.term(match["p"]), self.term(match["o"])
            graph = self.term(match["g"]) if match["g"] else DEFAULT_GRAPH
        except ValueError:
            self.by_engine(line, start)
            return
        self.parsed.add(subject, predicate, value, graph, _offsets(match, start))  # type: ignore[arg-type]

    def by_engine(self, line: str, start: int) -> None:
        """Read a line of another form (a triple term, VERSION), or report what is wrong."""
        try:
            for quad in ox.parse(line, format=self.format):
                self.add(quad, line, start)
        except SyntaxError as error:
            column = error.offset or 1
            number, _ = self.parsed.lines.at(start)  # type: ignore[union-attr]
            detail = str(error.msg).partition(": ")[2] or str(error.msg)
            self.parsed.errors.append(
                BadSyntax(f"{detail}.", source=self.source, line=number, column=column)
            )

    def add(self, quad: ox.Quad, line: str, start: int) -> None:
        at = start + len(line) - len(line.lstrip())
        value_at = start + max(line.find("<<("), 0)
        subject, value = self.renamed(quad.subject), self.renamed(quad.object)
        end = start + len(line.rstrip(" \t."))
        offsets = (at, at, value_at, end)
        self.parsed.add(subject, quad.predicate, value, quad.graph_name, offsets)  # type: ignore[arg-type]

    def renamed(self, term: Term) -> Term:
        if isinstance(term, ox.BlankNode):
            return ox.BlankNode(self.blank_prefix + term.value)
        if isinstance(term, ox.Triple):
            subject, value = self.renamed(term.subject), self.renamed(term.object)
            return ox.Triple(subject, term.predicate, value)  # type: ignore[arg-type]
        return term

    def term(self, text: str) -> Term:
        found = self.terms.get(text)
        if found is None:
            found = self.terms[text] = self.read(text)
        return found

    def read(self, text: str) -> Term:
        if text[0] == "<":
            return ox.NamedNode(unescape(text[1:-1]))
        if text[0] == "_":
            return ox.BlankNode(self.blank_prefix + text[2:])
        # Literals go through the engine: escapes, tags and directions exactly as it reads them.
        line = f"<urn:s> <urn:p> {text} ."
        try:
            quad: ox.Quad = next(iter(ox.parse(line, format=ox.RdfFormat.N_TRIPLES)))
        except SyntaxError as error:
            raise ValueError(str(error)) from error
        return quad.object


def _offsets(match: re.Match[str], start: int) -> tuple[int, int, int, int]:
    at, predicate_at, value_at = match.start("s"), match.start("p"), match.start("o")
    return start + at, start + predicate_at, start + value_at, start + match.end("o")
