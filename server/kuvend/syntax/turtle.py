"""Turtle 1.2 and TriG 1.2 with the place of every term, and all the errors one pass can find.

After an error the parser goes on with the next statement, so a file with three mistakes is told
all three. Terms are exactly those pyoxigraph's parser gives (lexical forms kept, language tags in
lower case); only the names of anonymous blank nodes differ, and a second annotation block on one
triple gets a reifier of its own, as the specification has it (§7.3), not the one before it.

Source: https://www.w3.org/TR/rdf12-turtle/ and https://www.w3.org/TR/rdf12-trig/
"""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import RDF, XSD
from kuvend.syntax.model import DEFAULT_GRAPH, GraphName, Parsed, PositionedQuad
from kuvend.syntax.reader import StatementError, TermReader
from kuvend.syntax.tokens import Token
from kuvend.terms import Subject, Term

MAX_DEPTH = 200  # nesting of [ ], ( ) and << >>: deeper input is refused, not a stack overflow
MAX_ERRORS = 100  # per source; the rest is the consequence of the first ones

_TYPE, _REIFIES = RDF.type, RDF.reifies
_FIRST, _REST, _NIL = RDF.first, RDF.rest, RDF.nil


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


class _Parser(TermReader):
    def __init__(
        self, text: str, *, source: str, base_iri: str | None, trig: bool, blank_prefix: str
    ) -> None:
        super().__init__(text, source=source, base_iri=base_iri, blank_prefix=blank_prefix)
        self.trig = trig
        self.quads: list[PositionedQuad] = []
        self.subjects: dict[Subject, int] = {}
        self.graph: GraphName = DEFAULT_GRAPH
        self.depth = 0

    # -- statements ------------------------------------------------------------------------

    def run(self) -> Parsed:
        while self.tokens[self.i].kind != "end" and len(self.errors) < MAX_ERRORS:
            start = self.i
            try:
                self.statement()
            except StatementError:
                self.recover(start)
        return Parsed(
            self.source, self.quads, self.errors, self.prefixes, self.lines, self.subjects
        )

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
            self.prefix_declaration()
        elif name == "base":
            self.base_declaration()
        else:
            version = self.next("string", "VERSION wants a version in quotes, not")
            if version.text[:3] in ('"""', "'''"):
                self.fail(version, "VERSION wants single quotation marks, not")
        if at_form:
            self.expect(".", f"'.' is missing after {word}, before")
        return True

    def prefix_declaration(self) -> None:
        name = self.next("name", "a prefix declaration wants a name with a colon, not")
        if not name.text.endswith(":") or ":" in name.text[:-1]:
            self.fail(name, "a prefix declaration wants a name that ends in a colon, not")
        iri = self.next("iri", "a prefix declaration wants an IRI in angle brackets, not")
        node = self.iri(iri)
        if node is not None:
            self.prefixes[name.text[:-1]] = node.value
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

    # -- triples ---------------------------------------------------------------------------

    def triples(self) -> None:
        token = self.tokens[self.i]
        at = token.at
        subject: Term | None
        if token.kind in ("iri", "name"):
            self.i += 1
            subject = self.iri(token)
        elif token.kind == "blank":
            self.i += 1
            subject = self.blank(token)
        elif token.text in ("[", "(", "<<") and token.kind == "punct":
            empty = token.text == "[" and self.tokens[self.i + 1].text == "]"
            subject = self.object()
            # "[ :p :o ] ." and "<< :s :p :o >> ." are whole statements.
            if token.text in ("[", "<<") and not empty and self.tokens[self.i].text in (".", "}"):
                return
        else:
            self.fail(token, self.subject_problem(token))
        self.predicates(subject, at)  # type: ignore[arg-type]

    @staticmethod
    def subject_problem(token: Token) -> str:
        if token.kind in ("string", "number"):
            return "a literal cannot be a subject:"
        return "a statement starts with an IRI, a prefixed name or a blank node, not"

    def predicates(self, subject: Subject | None, at: int) -> None:
        while True:
            token = self.tokens[self.i]
            if token.text == "a" and token.kind == "word":
                predicate: ox.NamedNode | None = _TYPE
            elif token.kind in ("iri", "name"):
                predicate = self.iri(token)
            else:
                self.fail(token, "a property (an IRI or a prefixed name) is missing before")
            self.i += 1
            self.objects(subject, predicate, at, token.at)
            if self.tokens[self.i].text != ";":
                return
            while self.tokens[self.i].text == ";":
                self.i += 1
            after = self.tokens[self.i]
            if after.text in (".", "]", "}", "|}") and after.kind == "punct":
                return

    def objects(
        self, subject: Subject | None, predicate: ox.NamedNode | None, at: int, predicate_at: int
    ) -> None:
        while True:
            start = self.tokens[self.i].at
            value = self.object()
            if subject is not None and predicate is not None and value is not None:
                self.emit(subject, predicate, value, (at, predicate_at, start))
            self.annotations(subject, predicate, value, start)
            if self.tokens[self.i].text != ",":
                return
            self.i += 1

    def emit(
        self, subject: Subject, predicate: ox.NamedNode, value: Term, at: tuple[int, int, int]
    ) -> None:
        end = self.tokens[self.i - 1].end
        self.subjects.setdefault(subject, at[0])
        self.quads.append(PositionedQuad(subject, predicate, value, self.graph, *at, end))

    def annotations(
        self, subject: Subject | None, predicate: ox.NamedNode | None, value: Term | None, at: int
    ) -> None:
        triple: ox.Triple | None = None
        reifier: Subject | None = None
        reifier_at = at
        while (token := self.tokens[self.i]).text in ("~", "{|") and token.kind == "punct":
            if triple is None and None not in (subject, predicate, value):
                triple = ox.Triple(subject, predicate, value)  # type: ignore[arg-type]
            self.i += 1
            if token.text == "~":
                reifier_at = self.tokens[self.i].at
                reifier = self.reifier(token)
                self.reify(reifier, triple, (reifier_at, token.at, at))
                continue
            if reifier is None:
                reifier, reifier_at = self.fresh(token), token.at
                self.reify(reifier, triple, (token.at, token.at, at))
            self.nest(token)
            self.predicates(reifier, reifier_at)
            self.expect("|}", "the annotation is not closed: '|}' is missing before")
            self.depth -= 1
            reifier = None

    def reify(
        self, reifier: Subject | None, triple: ox.Triple | None, at: tuple[int, int, int]
    ) -> None:
        if reifier is not None and triple is not None:
            self.emit(reifier, _REIFIES, triple, at)

    def reifier(self, tilde: Token) -> Subject | None:
        token = self.tokens[self.i]
        if token.kind in ("iri", "name"):
            self.i += 1
            return self.iri(token)
        if token.kind == "blank":
            self.i += 1
            return self.blank(token)
        if token.text == "[" and self.tokens[self.i + 1].text == "]":
            self.i += 2
            return self.fresh(token)
        return self.fresh(tilde)

    # -- terms -----------------------------------------------------------------------------

    def object(self) -> Term | None:
        token = self.tokens[self.i]
        self.i += 1
        kind = token.kind
        if kind in ("name", "iri"):
            return self.iri(token)
        if kind == "string":
            return self.literal(token)
        if kind == "number":
            return self.number(token)
        if kind == "blank":
            return self.blank(token)
        if kind == "word" and token.text in ("true", "false"):
            return ox.Literal(token.text, datatype=XSD.boolean)
        if kind == "punct" and token.text in _OPENERS:
            self.nest(token)
            value = _OPENERS[token.text](self, token)
            self.depth -= 1
            return value
        self.i -= 1
        return self.fail(token, "a value is missing before")

    def nest(self, token: Token) -> None:
        self.depth += 1
        if self.depth > MAX_DEPTH:
            self.fail(token, f"nested more than {MAX_DEPTH} levels deep:")

    def property_list(self, token: Token) -> Term:
        node = self.fresh(token)
        self.subjects.setdefault(node, token.at)
        if self.tokens[self.i].text != "]":
            self.predicates(node, token.at)
        self.expect("]", "the blank node is not closed: ']' is missing before")
        return node

    def collection(self, token: Token) -> Term:
        first: Term | None = None
        link: ox.BlankNode | None = None
        while (item := self.tokens[self.i]).text != ")":
            if item.kind == "end":
                self.fail(item, "the list is not closed: ')' is missing before")
            node = self.fresh(item, "l")
            first = first or node
            if link is not None:
                self.emit(link, _REST, node, (item.at, item.at, item.at))
            value = self.object()
            if value is not None:
                self.emit(node, _FIRST, value, (item.at, item.at, item.at))
            link = node
        self.i += 1
        if link is None:
            return _NIL
        at = self.tokens[self.i - 1].at
        self.emit(link, _REST, _NIL, (at, at, at))
        return first or _NIL

    def reified_triple(self, token: Token) -> Term | None:
        triple, at = self.inner_triple()
        reifier: Subject | None
        reifier_at = token.at
        tilde = self.tokens[self.i]
        if tilde.text == "~":
            self.i += 1
            reifier_at = self.tokens[self.i].at
            reifier = self.reifier(tilde)
        else:
            reifier = self.fresh(token)
        self.expect(">>", "'>>' is missing before")
        self.reify(reifier, triple, (reifier_at, token.at, at))
        return reifier

    def triple_term(self, token: Token) -> Term | None:
        triple, _ = self.inner_triple()
        self.expect(")>>", "')>>' is missing before")
        return triple

    def inner_triple(self) -> tuple[ox.Triple | None, int]:
        start = self.tokens[self.i]
        if start.kind not in ("iri", "name", "blank") and start.text not in ("[", "<<"):
            self.fail(start, "a quoted triple wants a subject, not")
        subject = self.simple_term()
        token = self.tokens[self.i]
        self.i += 1
        if token.text == "a" and token.kind == "word":
            predicate: ox.NamedNode | None = _TYPE
        elif token.kind in ("iri", "name"):
            predicate = self.iri(token)
        else:
            self.i -= 1
            self.fail(token, "a quoted triple wants a property, not")
        value_at = self.tokens[self.i].at
        value = self.simple_term()
        if subject is None or predicate is None or value is None:
            return None, value_at
        return ox.Triple(subject, predicate, value), value_at  # type: ignore[arg-type]

    def simple_term(self) -> Term | None:
        token = self.tokens[self.i]
        if token.text == "(" or (token.text == "[" and self.tokens[self.i + 1].text != "]"):
            self.fail(token, "a quoted triple holds no list and no description, so not")
        return self.object()


_OPENERS = {
    "[": _Parser.property_list,
    "(": _Parser.collection,
    "<<": _Parser.reified_triple,
    "<<(": _Parser.triple_term,
}
