"""Turtle 1.2 and TriG 1.2 with the place of every term, and all the errors one pass can find.

After an error the parser goes on with the next statement, so a file with three mistakes is told
all three. Terms are exactly those pyoxigraph's parser gives (lexical forms kept, language tags in
lower case); only the names of anonymous blank nodes differ, and a second annotation block on one
triple gets a reifier of its own, as the specification has it (§7.3), not the one before it.

Source: https://www.w3.org/TR/rdf12-turtle/ and https://www.w3.org/TR/rdf12-trig/
"""

from __future__ import annotations

from kuvend.syntax.model import DEFAULT_GRAPH, Parsed
from kuvend.syntax.reader import StatementError
from kuvend.syntax.tokens import Token
from kuvend.syntax.triples import TripleReader
from kuvend.terms import Subject

MAX_ERRORS = 100  # per source; the rest is the consequence of the first ones


def parse_turtle(
    text: str,
    *,
    source: str,
    base_iri: str | None = None,
    trig: bool = False,
    blank_prefix: str = "",
) -> Parsed:
    """The quads of a Turtle (or TriG) text with their positions, and every error found.

    ``blank_prefix`` is put before each blank node label, so that several sources can be merged.

    >>> parsed = parse_turtle("PREFIX : <urn:x:> :a :b 1 ; :c .", source="a.ttl")
    >>> str(parsed.quads[0].object), parsed.position(parsed.quads[0].object_at)
    ('"1"^^<http://www.w3.org/2001/XMLSchema#integer>', (1, 25))
    >>> parsed.errors[0].line, parsed.errors[0].column
    (1, 32)
    """
    parser = _Parser(text, source=source, base_iri=base_iri, trig=trig, blank_prefix=blank_prefix)
    return parser.run()


class _Parser(TripleReader):
    def __init__(
        self, text: str, *, source: str, base_iri: str | None, trig: bool, blank_prefix: str
    ) -> None:
        super().__init__(text, source=source, base_iri=base_iri, blank_prefix=blank_prefix)
        self.trig = trig

    def run(self) -> Parsed:
        while self.tokens[self.i].kind != "end" and len(self.errors) < MAX_ERRORS:
            start = self.i
            try:
                self.statement()
            except StatementError:
                self.recover(start)
        return self.parsed

    def statement(self) -> None:
        token = self.tokens[self.i]
        if token.kind == "word" and self.directive(token):
            return
        if self.trig and self.graph_block(token):
            return
        self.triples()
        self.expect(".", "the statement is not closed: '.' is missing before")

    def directive(self, token: Token) -> bool:
        word = token.text
        at_form = word.startswith("@")
        name = word[1:] if at_form else word.lower()
        if name not in ("prefix", "base", "version"):
            return False
        self.i += 1
        if name == "prefix":
            self.prefix_declaration(at_form)
        elif name == "base":
            self.base_declaration()
        else:
            version = self.next("string", "VERSION wants a version in quotes, not")
            if version.text[:3] in ('"""', "'''"):
                self.fail(version, "VERSION wants single quotation marks, not")
            self.string(version)  # for the errors in it: no version changes how a text is read
        if at_form:
            self.expect(".", f"'.' is missing after {word}, before")
        return True

    def prefix_declaration(self, at_form: bool) -> None:
        name = self.next("name", "a prefix declaration wants a name with a colon, not")
        if not name.text.endswith(":") or ":" in name.text[:-1]:
            self.fail(name, "a prefix declaration wants a name that ends in a colon, not")
        iri = self.next("iri", "a prefix declaration wants an IRI in angle brackets, not")
        node = self.iri(iri)
        if node is not None:
            self.prefixes[name.text[:-1]] = node.value
            # With its full stop where it needs one.
            end = self.tokens[self.i].end if at_form else iri.end
            self.parsed.declared.append((end, name.text[:-1], node.value))
            self.declared()

    def base_declaration(self) -> None:
        node = self.iri(self.next("iri", "a base declaration wants an IRI in angle brackets, not"))
        if node is not None:
            self.base = node.value
            self.declared()

    def graph_block(self, token: Token) -> bool:
        named: Subject | None = None
        if token.kind == "word" and token.text.lower() == "graph":
            self.i += 1
            named = self.graph_label()
        elif self.names_a_graph(token):
            named = self.graph_label()
        elif token.text != "{":
            return False
        self.expect("{", "a graph wants '{', not")
        self.block(named)
        return True

    def names_a_graph(self, token: Token) -> bool:
        after = [found.text for found in self.tokens[self.i + 1 : self.i + 3]]
        if token.text == "[":
            return after == ["]", "{"]
        return token.kind in ("iri", "name", "blank") and after[:1] == ["{"]

    def graph_label(self) -> Subject | None:
        token = self.tokens[self.i]
        if token.text == "[":
            self.i += 1
            self.expect("]", "a graph name is an IRI or a blank node, not")
            return self.fresh(token)
        if token.kind not in ("iri", "name", "blank"):
            self.fail(token, "a graph name is an IRI or a blank node, not")
        self.i += 1
        return self.blank(token) if token.kind == "blank" else self.iri(token)

    def block(self, named: Subject | None) -> None:
        # A graph whose name could not be read keeps its statements, in the default graph.
        self.graph = DEFAULT_GRAPH if named is None else named  # type: ignore[assignment]
        while self.tokens[self.i].text != "}" and len(self.errors) < MAX_ERRORS:
            start = self.i
            try:
                self.statement_in_block()
            except StatementError:
                self.recover(start, closing="}")
            if self.tokens[self.i].kind == "end":
                break
        self.graph = DEFAULT_GRAPH
        if self.tokens[self.i].text != "}":
            self.fail(self.tokens[self.i], "the graph is not closed: '}' is missing before")
        self.i += 1

    def statement_in_block(self) -> None:
        if self.tokens[self.i].kind == "end":
            return
        self.triples()
        if self.tokens[self.i].text != "}":
            self.expect(".", "the statement is not closed: '.' is missing before")

    def recover(self, start: int, closing: str = "") -> None:
        """Go on after the next '.', or at a token that opens a line, whichever comes first."""
        self.depth = 0
        if self.i == start:
            self.i += 1
        while (token := self.tokens[self.i]).kind != "end":
            if token.kind == "punct" and token.text == closing:
                return
            if token.text == "." and token.kind == "punct":
                self.i += 1
                return
            if token.kind in ("iri", "name", "word", "blank") and self.lines.at(token.at)[1] == 1:
                return
            self.i += 1
