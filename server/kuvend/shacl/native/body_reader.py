"""Reads the body of a query into its tree. One with anything not known here is not read at all."""

from __future__ import annotations

from collections.abc import Mapping

import pyoxigraph as ox

from kuvend.namespaces import RDF
from kuvend.shacl.native.bodies import End, Group, Pattern, Variable
from kuvend.shacl.native.tokens import Token
from kuvend.shacl.paths import Alternative, Inverse, Path, Predicate, Repeat
from kuvend.shacl.paths import Sequence as PathSequence

# Groups inside one another; every reader of a body goes as deep.
_MAX_DEPTH = 50
_CLOSING = {"(": ")", "{": "}"}


class NotRead(Exception):
    """The body has something that is not known here."""


def read_body(tokens: list[Token], prefixes: Mapping[str, str]) -> Group | None:
    """The body of the outermost SELECT, or ``None`` where it is not read.

    ``tokens`` are those of the query without white space.
    """
    try:
        return _Reader(tokens, prefixes).query()
    except (NotRead, IndexError, ValueError, RecursionError):
        return None


class _Reader:
    """Reads tokens from left to right."""

    def __init__(self, tokens: list[Token], prefixes: Mapping[str, str]) -> None:
        self.tokens, self.prefixes = tokens, prefixes
        self.at = 0
        self._depth = 0
        self._fresh = 0
        self._is_loose = False

    # -- tokens ----------------------------------------------------------------------------

    @property
    def token(self) -> Token:
        return self.tokens[self.at]

    def take(self) -> Token:
        self.at += 1
        return self.tokens[self.at - 1]

    def accept(self, text: str) -> bool:
        """Step over ``text``, if it is next."""
        found = self.at < len(self.tokens) and text in (self.token.text, self.token.word)
        self.at += found
        return found

    def expect(self, text: str) -> None:
        if not self.accept(text):
            raise NotRead

    def fresh(self) -> Variable:
        self._fresh += 1
        return Variable(f"_:{self._fresh}")

    def anything(self) -> Variable:
        """What stands for a literal that is not told here: more fits than is meant."""
        self._is_loose = True
        return self.fresh()

    def bracketed(self) -> list[Token]:
        """The tokens of a bracket, the bracket itself included."""
        start, open_ = self.at, []
        while True:
            token = self.take()
            if token.text in _CLOSING:
                open_.append(_CLOSING[token.text])
            elif open_ and token.text == open_[-1]:
                open_.pop()
            if not open_:
                return self.tokens[start : self.at]

    # -- groups ----------------------------------------------------------------------------

    def query(self) -> Group:
        while self.token.text != "{":  # the prologue and what is selected
            if self.take().word == "exists":
                raise NotRead
        return self.group()

    def group(self) -> Group:
        self.expect("{")
        self._depth += 1
        if self._depth > _MAX_DEPTH:
            raise NotRead
        group, was_loose = Group(), self._is_loose
        self._is_loose = False
        if self.token.word == "select":
            group.selects.append(self.query())
            self.solution_modifiers()
        while not self.accept("}"):
            self.element(group)
        self._depth -= 1
        group.is_loose = self._is_loose
        self._is_loose = was_loose
        return group

    def solution_modifiers(self) -> None:
        while self.token.text != "}":
            if self.token.text in _CLOSING:
                self.bracketed()
            else:
                self.take()

    def element(self, group: Group) -> None:
        word = self.token.word
        if self.accept("."):
            return
        if word in ("optional", "filter", "bind"):
            self.take()
            if word == "optional":
                group.optional.append(self.group())
                self.leave_settled(group, group.optional[-1].mentioned())
            elif word == "bind":
                self.bind(group)
            else:
                self.filter(group)
        elif self.token.text == "{":
            branches = [self.group()]
            while self.accept("union"):
                branches.append(self.group())
            group.unions.append(branches)
            self.leave_settled(group, set().union(*(one.mentioned() for one in branches)))
            group.is_out_of_order |= bool(group.optional)
        else:
            self.triples(group)
            group.is_out_of_order |= bool(group.optional)

    def bind(self, group: Group) -> None:
        """A BIND, which sees what stands before it; nothing after it may say more of that."""
        tokens = self.expression()
        asked = {token.text[1:] for token in tokens[:-1] if token.kind == "var"}
        if tokens[-1].kind != "var":
            raise NotRead
        group.settled |= asked - group.sure() - {"this"}
        group.binds.append(tokens)

    @staticmethod
    def leave_settled(group: Group, names: set[str]) -> None:
        if names & group.settled:
            raise NotRead

    def filter(self, group: Group) -> None:
        if self.accept("not"):
            self.expect("exists")
            group.absent.append(self.group())
        elif self.accept("exists"):
            group.present.append(self.group())
        elif self.token.text == "(":
            group.filters.append(self.expression())
        else:  # a function without a bracket around it
            name = self.take()
            tokens = self.bracketed()
            self.no_groups(tokens)
            group.filters.append(self.in_full([name, *tokens]))

    def expression(self) -> list[Token]:
        tokens = self.bracketed()
        self.no_groups(tokens)
        return self.in_full(tokens[1:-1])

    def in_full(self, tokens: list[Token]) -> list[Token]:
        """The tokens with prefixed names as IRIs."""
        return [
            Token("iri", f"<{self.iri(token).value}>") if token.kind == "name" else token
            for token in tokens
        ]

    @staticmethod
    def no_groups(tokens: list[Token]) -> None:
        if any(token.text == "{" for token in tokens):
            raise NotRead

    # -- triples ---------------------------------------------------------------------------

    def triples(self, group: Group) -> None:
        subject = self.end()
        while True:
            self.of_subject(group, subject)
            while self.accept(";"):
                pass
            if self.token.text in (".", "}", "{", "]") or self.token.word in (
                "filter", "optional", "bind",
            ):  # fmt: skip
                return

    def of_subject(self, group: Group, subject: End) -> None:
        verb = self.verb()
        while True:
            self.add(group, subject, verb, self.end())
            if not self.accept(","):
                return

    def add(self, group: Group, subject: End, path: Path | Variable, value: End) -> None:
        """Add a pattern; a sequence is one pattern for each of its steps."""
        if not isinstance(path, PathSequence):
            group.patterns.append(Pattern(subject, path, value))
            self.leave_settled(group, set(group.patterns[-1].names))
            return
        ends = [subject, *(self.fresh() for _ in path.parts[1:]), value]
        for number, part in enumerate(path.parts):
            self.add(group, ends[number], part, ends[number + 1])

    def end(self) -> End:
        token = self.take()
        if token.kind == "var":
            return Variable(token.text[1:])
        if token.kind in ("iri", "name"):
            return self.iri(token)
        if token.kind == "string" and self.token.text not in ("^", "@"):
            if self.token.kind == "word" and self.token.text.startswith("@"):
                self.take()
                return self.anything()
            is_plain = "\\" not in token.text and token.text[:3] not in ('"""', "'''")
            return ox.Literal(token.text[1:-1]) if is_plain else self.anything()
        if token.text == "[" and self.accept("]"):
            return self.fresh()
        return self.other_literal(token)

    def other_literal(self, token: Token) -> Variable:
        """A number, a truth value or a literal with a datatype: the store knows their values."""
        if token.kind == "string":
            self.expect("^")
            self.expect("^")
            self.iri(self.take())
        elif token.text in ("+", "-"):
            self.number(self.take())
        elif token.word not in ("true", "false"):
            self.number(token)
        return self.anything()

    def number(self, token: Token) -> None:
        if not token.text[:1].isdigit():
            raise NotRead
        if self.token.text == "." and self.tokens[self.at + 1].text[:1].isdigit():
            self.at += 2

    def iri(self, token: Token) -> ox.NamedNode:
        if token.kind == "iri":
            return ox.NamedNode(token.text[1:-1])
        prefix, colon, local = token.text.partition(":")
        if token.kind != "name" or not colon or prefix not in self.prefixes or "\\" in local:
            raise NotRead
        return ox.NamedNode(self.prefixes[prefix] + local)

    # -- paths -----------------------------------------------------------------------------

    def verb(self) -> Path | Variable:
        if self.token.kind == "var":
            return Variable(self.take().text[1:])
        return self.alternatives()

    def alternatives(self) -> Path:
        parts = [self.sequence()]
        while self.accept("|"):
            parts.append(self.sequence())
        return parts[0] if len(parts) == 1 else Alternative(tuple(parts))

    def sequence(self) -> Path:
        parts = [self.step()]
        while self.accept("/"):
            parts.append(self.step())
        return parts[0] if len(parts) == 1 else PathSequence(tuple(parts))

    def step(self) -> Path:
        if self.accept("^"):
            return Inverse(self.step())
        path: Path
        if self.accept("("):
            path = self.alternatives()
            self.expect(")")
        elif self.token.text == "a":
            self.take()
            path = Predicate(RDF.type)
        else:
            path = Predicate(self.iri(self.take()))
        if self.token.text in ("*", "+", "?"):
            path = Repeat(path, self.take().text)
        return path
