"""RDF/XML: the engine's quads, with places as far as the elements tell.

Document types are refused before anything else reads them: a few hundred bytes of entity
declarations can fill a machine's memory. A place is that of the element that names the subject,
or of the property element; XML keeps no more.
"""

from __future__ import annotations

from collections import defaultdict
from xml.parsers import expat

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.namespaces import RDF
from kuvend.syntax.iri import resolve
from kuvend.syntax.model import Lines, Parsed
from kuvend.terms import Term

MAX_DEPTH = 200

_RDF = str(RDF)


def parse_rdfxml(
    text: str, *, source: str, base_iri: str | None = None, blank_prefix: str = ""
) -> Parsed:
    """The quads of an RDF/XML text, or the error that stopped it.

    >>> parse_rdfxml("<!DOCTYPE x [<!ENTITY a 'b'>]><x/>", source="a.rdf").errors[0].line
    1
    """
    parsed = Parsed(source, lines=Lines(text))
    places = _Places(base_iri or "")
    error = places.read(text)
    if error is not None:
        error.source = source
        parsed.errors.append(error)
        return parsed
    try:
        quads = list(ox.parse(text, format=ox.RdfFormat.RDF_XML, base_iri=base_iri))
    except SyntaxError as problem:
        parsed.errors.append(BadSyntax(f"{problem.msg}.", source=source, line=problem.lineno))
        return parsed
    places.position(quads, parsed, blank_prefix)
    return parsed


class _Places:
    """Where subjects, properties and values are named in an XML text."""

    def __init__(self, base: str) -> None:
        self.base = base
        self.stack: list[tuple[str, str]] = []  # (subject, property) in force at each depth
        self.subjects: dict[str, tuple[int, int]] = {}
        self.properties: dict[tuple[str, str], list[tuple[int, int, list[str]]]] = defaultdict(list)
        # Whatever encoding the text names: it is characters here, and the engine judges the name.
        self.parser = expat.ParserCreate("utf-8", " ")
        self.parser.StartDoctypeDeclHandler = self.doctype
        self.parser.StartElementHandler = self.start
        self.parser.EndElementHandler = self.end
        self.parser.CharacterDataHandler = self.characters

    def read(self, text: str) -> BadSyntax | None:
        """What forbids the text, or ``None``."""
        try:
            self.parser.Parse(text.encode(), True)
        except expat.ExpatError as error:
            detail = expat.errors.messages[error.code]
            return BadSyntax(f"{detail}.", line=error.lineno, column=error.offset + 1)
        except BadSyntax as error:
            return error
        return None

    def here(self) -> tuple[int, int]:
        return self.parser.CurrentLineNumber, self.parser.CurrentColumnNumber + 1

    def problem(self, detail: str, suggestion: str) -> BadSyntax:
        line, column = self.here()
        return BadSyntax(detail, line=line, column=column, suggestion=suggestion)

    def doctype(self, *_: object) -> None:
        raise self.problem(
            "a document type is not read here.", "Take <!DOCTYPE …> away and write IRIs out."
        )

    def start(self, name: str, attributes: dict[str, str]) -> None:
        if len(self.stack) > MAX_DEPTH:
            raise self.problem(f"nested more than {MAX_DEPTH} levels deep.", "Name the nodes.")
        iri = name.replace(" ", "")
        if iri == f"{_RDF}RDF":
            return
        if len(self.stack) % 2 == 0:
            self.start_node(iri, attributes)
        else:
            self.start_property(iri, attributes)

    def start_node(self, iri: str, attributes: dict[str, str]) -> None:
        subject = self.named(attributes)
        place = self.here()
        self.subjects.setdefault(subject, place)
        if self.stack:
            above, predicate = self.stack[-1]
            self.properties[above, predicate][-1][2].append(subject)
        self.properties[subject, f"{_RDF}type"].append((*place, [iri]))
        for key, value in attributes.items():
            if " " in key and not key.startswith(f"{_RDF} "):
                self.properties[subject, key.replace(" ", "")].append((*place, [value]))
        self.stack.append((subject, ""))

    def start_property(self, iri: str, attributes: dict[str, str]) -> None:
        subject = self.stack[-1][0]
        values = []
        resource = attributes.get(f"{_RDF} resource")
        if resource is not None:
            values.append(resolve(self.base, resource))
        self.properties[subject, iri].append((*self.here(), values))
        self.stack.append((subject, iri))

    def named(self, attributes: dict[str, str]) -> str:
        about, identifier = attributes.get(f"{_RDF} about"), attributes.get(f"{_RDF} ID")
        if about is not None:
            return resolve(self.base, about)
        if identifier is not None:
            return resolve(self.base, f"#{identifier}")
        node = attributes.get(f"{_RDF} nodeID")
        return f"_:{node}" if node is not None else "_:{}:{}".format(*self.here())

    def end(self, name: str) -> None:
        if self.stack and name.replace(" ", "") != f"{_RDF}RDF":
            self.stack.pop()

    def characters(self, text: str) -> None:
        if self.stack and self.stack[-1][1]:
            values = self.properties[self.stack[-1]][-1][2]
            if values and values[-1].startswith("text:"):
                values[-1] += text
            else:
                values.append(f"text:{text}")

    def position(self, quads: list[ox.Quad], parsed: Parsed, blank_prefix: str) -> None:
        lines = parsed.lines
        assert lines is not None, "set where the text was read"
        for quad in quads:
            subject, value = (
                _renamed(quad.subject, blank_prefix),
                _renamed(quad.object, blank_prefix),
            )
            at = lines.offset(*self.subjects.get(_text(quad.subject), (1, 1)))
            line, column = self.place(quad, lines.at(at))
            value_at = lines.offset(line, column)
            offsets = (at, value_at, value_at, value_at)
            parsed.add(subject, quad.predicate, value, quad.graph_name, offsets)  # type: ignore[arg-type]

    def place(self, quad: ox.Quad, otherwise: tuple[int, int]) -> tuple[int, int]:
        rows = self.properties.get((_text(quad.subject), quad.predicate.value), [])
        wanted = _text(quad.object)
        for line, column, values in rows:
            if wanted in values or f"text:{wanted}" in values:
                return line, column
        return (rows[0][0], rows[0][1]) if rows else otherwise


def _renamed(term: Term, blank_prefix: str) -> Term:
    return ox.BlankNode(blank_prefix + term.value) if isinstance(term, ox.BlankNode) else term


def _text(term: Term) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))
