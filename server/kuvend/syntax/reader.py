"""Terms from Turtle tokens: prefixes and base, literals, blank nodes; errors with their place."""

from __future__ import annotations

from typing import NoReturn

import pyoxigraph as ox

from kuvend.errors import BadSyntax
from kuvend.namespaces import XSD, prefixes
from kuvend.near import near_names
from kuvend.syntax.iri import has_bad_scheme, is_absolute, resolve
from kuvend.syntax.model import Lines
from kuvend.syntax.tokens import Token, string_value, tokenize, unescape
from kuvend.syntax.turtle_slips import slip_between

MAX_GUESSES = 20  # prefixes of a text for which a similar one is looked for; it takes time

_KNOWN_PREFIXES = prefixes()


class StatementError(Exception):
    """The statement cannot be read on from here; the error is already in the list."""


class TermReader:
    """The tokens of one text, a place in them, and the terms they stand for.

    A term that cannot be made (an undeclared prefix, say) is reported and read as ``None``, so
    that the rest of the statement is still read.
    """

    def __init__(self, text: str, *, source: str, base_iri: str | None, blank_prefix: str) -> None:
        self.lines = Lines(text)
        self.source, self.base = source, base_iri
        self.tokens = tokenize(text)
        self.i = 0
        self.prefixes: dict[str, str] = {}
        self.errors: list[BadSyntax] = []
        self.blank_prefix = blank_prefix
        self._cache: dict[str, ox.NamedNode] = {}
        self._literals: dict[tuple[str, str], ox.Literal] = {}
        self._unknown_prefixes: set[str] = set()
        self._anonymous = "anon"
        while f"_:{self._anonymous}" in text:
            self._anonymous += "x"

    def declared(self) -> None:
        """Forget resolved names: a prefix or the base has changed."""
        self._cache.clear()

    # -- terms -----------------------------------------------------------------------------

    def literal(self, token: Token) -> ox.Literal | None:
        after = self.tokens[self.i]
        value = self.string(token)
        if after.kind == "word" and after.text.startswith("@"):
            self.i += 1
            return None if value is None else self.tagged(value, after)
        if after.text == "^^":
            self.i += 1
            datatype = self.tokens[self.i]
            if datatype.kind not in ("iri", "name"):
                self.fail(datatype, "after '^^' a datatype is expected, not")
            self.i += 1
            node = self.iri(datatype)
            return self.typed(value, node, token)
        return None if value is None else ox.Literal(value)

    def string(self, token: Token) -> str | None:
        """The characters of a string; ``None``, and an error, for what stands for none."""
        try:
            return string_value(token)
        except ValueError as error:
            self.report(token.at, str(error))
            return None

    def typed(
        self, value: str | None, datatype: ox.NamedNode | None, token: Token
    ) -> ox.Literal | None:
        if value is None or datatype is None:
            return None
        key = (value, datatype.value)
        found = self._literals.get(key)
        if found is None:
            try:
                found = self._literals[key] = ox.Literal(value, datatype=datatype)
            except ValueError as error:
                self.report(token.at, str(error))
        return found

    def tagged(self, value: str, tag: Token) -> ox.Literal | None:
        language, _, direction = tag.text[1:].partition("--")
        try:
            if direction and direction not in ("ltr", "rtl"):
                raise ValueError
            return ox.Literal(
                value,
                language=language,
                direction=ox.BaseDirection(direction) if direction else None,
            )
        except ValueError:
            self.report(
                tag.at,
                f"{tag.text!r} is not a well-formed language tag.",
                suggestion="A tag is a code such as sq, uk, tr, en or sr-Cyrl.",
            )
            return None

    def number(self, token: Token) -> ox.Literal:
        text = token.text
        if "e" in text or "E" in text:
            datatype = XSD.double
        else:
            datatype = XSD.decimal if "." in text else XSD.integer
        return ox.Literal(text, datatype=datatype)

    def blank(self, token: Token) -> ox.BlankNode:
        return ox.BlankNode(self.blank_prefix + token.text[2:])

    def fresh(self, token: Token, mark: str = "") -> ox.BlankNode:
        return ox.BlankNode(f"{self.blank_prefix}{self._anonymous}{mark}{token.at}")

    def iri(self, token: Token) -> ox.NamedNode | None:
        found = self._cache.get(token.text)
        if found is not None:
            return found
        text = self.expanded(token) if token.kind == "name" else self.absolute(token)
        if text is None:
            return None
        try:
            node = self._cache[token.text] = ox.NamedNode(text)
        except ValueError as error:
            self.report(token.at, f"{token.text} is not a valid IRI: {error}.")
            return None
        return node

    def expanded(self, token: Token) -> str | None:
        prefix, _, local = token.text.partition(":")
        namespace = self.prefixes.get(prefix)
        if namespace is None:
            self.undeclared(prefix, token)
            return None
        return namespace + local.replace("\\", "")

    def undeclared(self, prefix: str, token: Token) -> None:
        if prefix in self._unknown_prefixes:
            return
        self._unknown_prefixes.add(prefix)
        few = len(self._unknown_prefixes) <= MAX_GUESSES
        close = near_names(prefix, self.prefixes) if few else []
        if prefix in ("http", "https") and self.is_bare_address(token):
            self.fail(token, "an address stands in angle brackets, <…>, here is")
        if prefix in _KNOWN_PREFIXES:
            advice = f"Add: @prefix {prefix}: <{_KNOWN_PREFIXES[prefix]}> ."
        elif close:
            advice = f"Did you mean {close[0]}: ?"
        else:
            advice = f"Add a line @prefix {prefix}: <…> . at the top."
        self.report(token.at, f"the prefix {prefix}: is not declared.", suggestion=advice)

    def is_bare_address(self, token: Token) -> bool:
        """Whether an address without angle brackets starts with ``token``."""
        return self.lines.text.startswith("//", token.end)

    def absolute(self, token: Token) -> str | None:
        try:
            text = unescape(token.text[1:-1])
        except ValueError as error:
            self.report(token.at, str(error))
            return None
        if has_bad_scheme(text):
            self.report(
                token.at,
                f"{token.text} begins with no scheme: those are letters, digits, +, - and dots.",
                suggestion="Write ./ before it where it is meant to be relative.",
            )
            return None
        if self.base is not None and not is_absolute(text):
            return resolve(self.base, text)
        if not is_absolute(text):
            self.report(
                token.at,
                f"{token.text} is relative, and nothing says to what.",
                suggestion="Write the whole IRI, or add @base <…> .",
            )
            return None
        return text

    # -- errors ----------------------------------------------------------------------------

    def next(self, kind: str, problem: str) -> Token:
        token = self.tokens[self.i]
        if token.kind != kind:
            self.fail(token, problem)
        self.i += 1
        return token

    def expect(self, text: str, problem: str) -> None:
        token = self.tokens[self.i]
        if token.text != text or token.kind != "punct":
            before = self.tokens[self.i - 1] if self.i else token
            is_missing = "is missing" in problem and _lexical_problem(token)[0] is None
            slip = slip_between(before, token, self.lines.text) if is_missing else None
            if slip is not None and slip.detail is not None:
                self.report(slip.at, slip.detail, suggestion=slip.suggestion)
                raise StatementError
            is_end = "statement is not closed" in problem
            self.fail(
                token, problem,
                at=before.end if is_missing else None,
                advice=slip.suggestion if slip and is_end else None,
            )  # fmt: skip
        self.i += 1

    def fail(
        self, token: Token, problem: str, *, at: int | None = None, advice: str | None = None
    ) -> NoReturn:
        """Report at the token, or at ``at``, and give the statement up.

        :raises StatementError: always.
        """
        detail, suggestion = _lexical_problem(token)
        if detail is None:
            shown = "the end of the text" if token.kind == "end" else repr(token.text[:40])
            detail = f"{problem} {shown}."
        self.report(token.at if at is None else at, detail, suggestion=suggestion or advice)
        raise StatementError

    def report(self, at: int, detail: str, *, suggestion: str | None = None) -> None:
        line, column = self.lines.at(at)
        self.errors.append(
            BadSyntax(detail, source=self.source, line=line, column=column, suggestion=suggestion)
        )


def _lexical_problem(token: Token) -> tuple[str | None, str | None]:
    """What is wrong with a token that is none, and what to do; (None, None) for a good token."""
    if token.kind == "open_long":
        return (
            f"the text opened with {token.text[:3]} is never closed.",
            f"Add {token.text[:3]} at its end.",
        )
    if token.kind == "open":
        quote = token.text[0]
        return (
            f"the text opened with {quote} is not closed on its line.",
            f"Close it with {quote}, or use three quotation marks around text of several lines; "
            "a backslash is written \\\\.",
        )
    if token.kind == "bad_iri":
        return (
            f"{token.text[:60]!r} is not an IRI.",
            "Between < and > there are no spaces, quotes or braces.",
        )
    return _foreign_problem(token)


def _foreign_problem(token: Token) -> tuple[str | None, str | None]:
    """What somebody meant who writes as in other languages or programs."""
    if token.text in _TYPOGRAPHIC:
        return (
            f"{token.text} is a typographic quotation mark.",
            'Text stands in straight quotation marks: "…".',
        )
    if token.text == "/":
        return "'/' starts nothing here.", "A comment starts with #."
    if token.text == "_":
        return "a language tag has no '_'.", "Write it with a hyphen, as in sr-Cyrl."
    lowered = token.text.lower()
    if token.kind == "word" and lowered in ("true", "false", "null", "none"):
        advice = f"Write {lowered} in small letters." if lowered in ("true", "false") else None
        return f"{token.text!r} is not a value.", advice or "Leave the property out."
    return None, None


_TYPOGRAPHIC = frozenset("“”„‟«»‘’")
