"""RDF/XML: the engine's quads, with places as far as the elements tell.

Document types are refused before anything else reads them: a few hundred bytes of entity
declarations can fill a machine's memory. A place is that of the element that names the subject,
or of the property element; XML keeps no more.
"""

from __future__ import annotations

from collections import defaultdict, deque
from dataclasses import dataclass, field
from typing import Literal
from xml.parsers import expat

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.namespaces import RDF
from kuvend.syntax.iri import resolve
from kuvend.syntax.model import Lines, Parsed
from kuvend.terms import Term

MAX_DEPTH = 200

_RDF = str(RDF)
_XML = "http://www.w3.org/XML/1998/namespace"
_Place = tuple[int, int]  # line and column


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


@dataclass
class _Values:
    """Where one property of one thing is written: each of its values, and all in order.

    ``nameless`` are the nodes among them that have no name.
    """

    first: _Place
    by_value: dict[str, _Place] = field(default_factory=dict)
    nameless: deque[str] = field(default_factory=deque)


@dataclass
class _Element:
    """An element that is open: what it is, and what it says of whom."""

    kind: Literal["outside", "node", "property", "literal"]
    base: str
    subject: str = ""
    values: _Values | None = None
    place: _Place = (1, 1)
    text: list[str] = field(default_factory=list)
    items: int = 0


class _Places:
    """Where subjects, properties and values are named in an XML text."""

    def __init__(self, base: str) -> None:
        self.stack = [_Element("outside", base)]
        self.subjects: dict[str, _Place] = {}
        self.properties: dict[tuple[str, str], _Values] = {}
        self.outermost: list[str] = []  # nodes without a name that are no values
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

    def here(self) -> _Place:
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
        above, iri = self.stack[-1], name.replace(" ", "")
        base = resolve(above.base, attributes.get(f"{_XML} base", ""))
        if above.kind == "literal":
            element = _Element("literal", base)
        elif iri == f"{_RDF}RDF":
            element = _Element("outside", base)
        elif above.kind == "node":
            element = self.start_property(iri, attributes, base)
        else:
            element = self.start_node(iri, attributes, base)
        self.stack.append(element)

    def start_node(self, iri: str, attributes: dict[str, str], base: str) -> _Element:
        above, place = self.stack[-1], self.here()
        subject = _named(attributes, base) or "_:{}:{}".format(*place)
        self.subjects.setdefault(subject, place)
        is_nameless = subject.count(":") == 2 and subject.startswith("_:")
        if above.values is not None:
            above.values.by_value.setdefault(subject, above.place)
            if is_nameless:
                above.values.nameless.append(subject)
        elif is_nameless:
            self.outermost.append(subject)
        if iri != f"{_RDF}Description":
            self.note(subject, f"{_RDF}type", place).by_value.setdefault(iri, place)
        self.note_attributes(subject, attributes, base)
        return _Element("node", base, subject, place=place)

    def note_attributes(self, subject: str, attributes: dict[str, str], base: str) -> None:
        """Attributes that are properties: their values are texts, but for ``rdf:type``."""
        place = self.here()
        for key, value in attributes.items():
            iri = key.replace(" ", "")
            if iri == f"{_RDF}type":
                self.note(subject, iri, place).by_value.setdefault(resolve(base, value), place)
            elif " " in key and not key.startswith((f"{_RDF} ", f"{_XML} ")):
                self.note(subject, iri, place).by_value.setdefault(f"text:{value}", place)

    def start_property(self, iri: str, attributes: dict[str, str], base: str) -> _Element:
        node, place = self.stack[-1], self.here()
        if iri == f"{_RDF}li":
            node.items += 1
            iri = f"{_RDF}_{node.items}"
        values = self.note(node.subject, iri, place)
        resource, label = attributes.get(f"{_RDF} resource"), attributes.get(f"{_RDF} nodeID")
        named = resolve(base, resource) if resource is not None else label and f"_:{label}"
        if f"{_RDF} ID" in attributes:  # the name of the statement itself
            self.subjects.setdefault(resolve(base, f"#{attributes[f'{_RDF} ID']}"), place)
        kind = attributes.get(f"{_RDF} parseType")
        if kind == "Resource" or (named is None and _has_properties(attributes)):
            named = "_:{}:{}".format(*place)
            values.nameless.append(named)
        if named:
            values.by_value.setdefault(named, place)
            self.subjects.setdefault(named, place)
            self.note_attributes(named, attributes, base)
        if kind == "Resource":
            return _Element("node", base, named or "", place=place)
        is_literal = kind is not None and kind != "Collection"
        return _Element("literal" if is_literal else "property", base, "", values, place)

    def note(self, subject: str, predicate: str, place: _Place) -> _Values:
        return self.properties.setdefault((subject, predicate), _Values(place))

    def end(self, _name: str) -> None:
        element = self.stack.pop()
        if element.kind == "property" and element.values is not None:
            element.values.by_value.setdefault(f"text:{''.join(element.text)}", element.place)

    def characters(self, text: str) -> None:
        if self.stack[-1].kind == "property":
            self.stack[-1].text.append(text)

    # -- the engine's quads ----------------------------------------------------------------

    def position(self, quads: list[ox.Quad], parsed: Parsed, blank_prefix: str) -> None:
        lines = parsed.lines
        assert lines is not None, "set where the text was read"
        found = self.found(quads)
        for number, quad in enumerate(quads):
            subject, value = (
                _renamed(quad.subject, blank_prefix),
                _renamed(quad.object, blank_prefix),
            )
            at, value_at = (lines.offset(*place) for place in found[number])
            offsets = (at, value_at, value_at, value_at)
            parsed.add(subject, quad.predicate, value, quad.graph_name, offsets)  # type: ignore[arg-type]

    def found(self, quads: list[ox.Quad]) -> dict[int, tuple[_Place, _Place]]:
        """The places of the subject and the value of each quad.

        The engine names nodes without a name; they are known by the quads they are values of,
        from the outermost in, those that are no values by their order.
        """
        by_subject: dict[Term, list[int]] = defaultdict(list)
        for number, quad in enumerate(quads):
            by_subject[quad.subject].append(number)
        values = {quad.object for quad in quads}
        known: dict[Term, tuple[str, _Place]] = {}
        for subject in by_subject:
            name = _text(subject)
            if name in self.subjects or not isinstance(subject, ox.BlankNode):
                known[subject] = (name, self.subjects.get(name, (1, 1)))
        roots = [s for s in by_subject if s not in known and s not in values]
        described = {name for name, _ in self.properties}
        written = [name for name in self.outermost if name in described]
        known |= {s: (name, self.subjects[name]) for s, name in zip(roots, written, strict=False)}
        rest = [subject for subject in by_subject if subject not in known]
        queue = deque([*known, *rest])
        found: dict[int, tuple[_Place, _Place]] = {}
        while queue:
            subject = queue.popleft()
            name, at = known.get(subject, ("", (1, 1)))
            for number in by_subject.pop(subject, ()):
                quad = quads[number]
                inner, place = self.value_place(name, quad, at)
                found[number] = (at, place)
                if isinstance(quad.object, ox.BlankNode) and quad.object not in known:
                    known[quad.object] = (inner, self.subjects.get(inner, place))
                    queue.appendleft(quad.object)
        return found

    def value_place(self, name: str, quad: ox.Quad, otherwise: _Place) -> tuple[str, _Place]:
        """What the value of a quad is called here, and its place."""
        values, wanted = self.properties.get((name, quad.predicate.value)), _text(quad.object)
        if values is None:
            return wanted, otherwise
        for key in (wanted, f"text:{wanted}"):
            if key in values.by_value:
                return wanted, values.by_value[key]
        if isinstance(quad.object, ox.BlankNode) and values.nameless:
            inner = values.nameless.popleft()
            return inner, values.by_value.get(inner, values.first)
        return wanted, values.first


def _named(attributes: dict[str, str], base: str) -> str | None:
    about, identifier = attributes.get(f"{_RDF} about"), attributes.get(f"{_RDF} ID")
    if about is not None:
        return resolve(base, about)
    if identifier is not None:
        return resolve(base, f"#{identifier}")
    label = attributes.get(f"{_RDF} nodeID")
    return f"_:{label}" if label is not None else None


def _has_properties(attributes: dict[str, str]) -> bool:
    return any(" " in key and not key.startswith((f"{_RDF} ", f"{_XML} ")) for key in attributes)


def _renamed(term: Term, blank_prefix: str) -> Term:
    return ox.BlankNode(blank_prefix + term.value) if isinstance(term, ox.BlankNode) else term


def _text(term: Term) -> str:
    return f"_:{term.value}" if isinstance(term, ox.BlankNode) else str(getattr(term, "value", ""))
