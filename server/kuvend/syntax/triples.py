"""Triples from Turtle tokens: predicates and objects, nested nodes, lists, triple terms."""

from __future__ import annotations

import pyoxigraph as ox

from kuvend.namespaces import RDF, XSD
from kuvend.syntax.model import DEFAULT_GRAPH, GraphName, Parsed
from kuvend.syntax.reader import TermReader
from kuvend.syntax.tokens import Token
from kuvend.terms import Subject, Term

MAX_DEPTH = 200  # nesting of [ ], ( ) and << >>: deeper input is refused, not a stack overflow

_TYPE, _REIFIES = RDF.type, RDF.reifies
_FIRST, _REST, _NIL = RDF.first, RDF.rest, RDF.nil


class TripleReader(TermReader):
    """The triples of one text, of the graph that is being read."""

    def __init__(self, text: str, *, source: str, base_iri: str | None, blank_prefix: str) -> None:
        super().__init__(text, source=source, base_iri=base_iri, blank_prefix=blank_prefix)
        self.parsed = Parsed(source, errors=self.errors, prefixes=self.prefixes, lines=self.lines)
        self.graph: GraphName = DEFAULT_GRAPH
        self.depth = 0

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
        self.parsed.add(subject, predicate, value, self.graph, (*at, end))

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
        self.parsed.opened.setdefault(node, token.at)
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
                self.parsed.add(link, _REST, node, self.graph, (item.at, item.at, item.at, item.at))
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
    "[": TripleReader.property_list,
    "(": TripleReader.collection,
    "<<": TripleReader.reified_triple,
    "<<(": TripleReader.triple_term,
}
