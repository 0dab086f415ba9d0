"""What a SPARQL text asks for, and whether it may run: decided on its tokens, before any parser.

A few kilobytes of nested brackets overflow the engine's stack, and ``SERVICE`` or ``LOAD`` make
it call out; neither can be stopped once the engine has the text.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

from kuvend.config import Settings
from kuvend.errors import BadRequest, Forbidden, TooLarge
from kuvend.sparql.lexer import Token, decode_escapes, iter_tokens, position
from kuvend.sparql.prologue import Prologue
from kuvend.sparql.reach import find_reach

QUERY_FORMS = frozenset({"SELECT", "ASK", "CONSTRUCT", "DESCRIBE"})
GRAPH_FORMS = frozenset({"CONSTRUCT", "DESCRIBE"})
_QUERY_FORMS_ORDERED = sorted(QUERY_FORMS)
UPDATE_FORMS = frozenset(
    {"INSERT", "DELETE", "LOAD", "CLEAR", "DROP", "CREATE", "ADD", "MOVE", "COPY", "WITH"}
)
_OPERATORS = frozenset(
    {"&&", "||", "!=", "<=", ">=", "=", "<", ">", "!", "+", "-", "*", "/", "|", "^", "~"}
)
_PATTERNS = frozenset({".", ";", "/", "{"})
_OPERATOR_WORDS = frozenset(
    {"UNION", "OPTIONAL", "MINUS", "BIND", "FILTER", "VALUES", "GRAPH", "EXISTS", "SELECT",
     "NOT", "IN", "LATERAL", "SERVICE"}
)  # fmt: skip
_PREFIX_OPERATORS = frozenset({"!", "-", "+", "^"})
# A query may be outlined without its tokens if even the crudest counts keep usual limits and it
# holds, anywhere, no word that changes how it may be run.
_PLAIN_LENGTH = 1000
_PLAIN_START = re.compile(
    r"(?>\s*(?:(?:PREFIX\s+[\w.-]*:|BASE)\s*<[^<>\s]*>\s*)*)(SELECT|ASK|CONSTRUCT|DESCRIBE)\b",
    re.IGNORECASE,
)
_UNUSUAL_PARTS = (
    "SERVICE", "LOAD", "FROM", "GRAPH", "NOW", "RAND", "UUID", "BNODE", "\\", "\0"
)  # fmt: skip
_MAY_BE_COMMENT = re.compile(r"#[^>\w/]")
_SCHEME = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")
_NO_CHARACTER = re.compile(r"[\x00\ud800-\udfff]")
_UNREPEATABLE = frozenset({"NOW", "RAND", "UUID", "STRUUID", "BNODE", "SERVICE"})


@dataclass(frozen=True)
class Limits:
    """The bounds of one text; the service description publishes them."""

    max_bytes: int
    max_nesting: int
    max_operators: int
    max_patterns: int
    service_hosts: frozenset[str] = frozenset()

    @classmethod
    def for_queries(cls, settings: Settings) -> Limits:
        """The limits of a query under ``settings``."""
        return cls(
            settings.max_query_bytes,
            settings.max_query_nesting,
            settings.max_query_operators,
            settings.max_query_patterns,
            frozenset(settings.service_hosts.lower().split()),
        )

    @classmethod
    def for_updates(cls, settings: Settings) -> Limits:
        """The limits of an update: longer, as it carries data, and never with a network."""
        return cls(
            settings.max_update_bytes,
            settings.max_query_nesting,
            settings.max_query_operators,
            max(settings.max_query_patterns, settings.max_update_bytes // 8),
        )


class Outline(NamedTuple):
    """What the tokens of one text say.

    ``form`` is the query form or the first update operation, empty where there is none;
    ``default_graphs`` and ``named_graphs`` are its FROM clauses as absolute IRIs;
    ``services`` are the hosts it calls, ``?`` for a variable.
    """

    text: str
    form: str
    words: frozenset[str]
    nesting: int
    operators: int
    patterns: int
    default_graphs: tuple[str, ...]
    named_graphs: tuple[str, ...]
    services: tuple[str, ...]

    @property
    def is_update(self) -> bool:
        """Whether this reads as an update rather than a query."""
        return self.form in UPDATE_FORMS

    @property
    def is_graph(self) -> bool:
        """Whether the result is a graph rather than solutions or a boolean."""
        return self.form in GRAPH_FORMS

    @property
    def is_repeatable(self) -> bool:
        """Whether the same release always gives the same answer."""
        return not self.words & _UNREPEATABLE

    @property
    def uses_graph(self) -> bool:
        """Whether named graphs can be reached."""
        return "GRAPH" in self.words


def outline(text: str) -> Outline:
    """What ``text`` asks for, read from its tokens; wrong text gives a best guess, no error.

    >>> outline("PREFIX a: <urn:x:> SELECT * FROM a:g { ?s ?p ?o }").default_graphs
    ('urn:x:g',)
    """
    return _plain_outline(text) or _full_outline(text)


def _plain_outline(text: str) -> Outline | None:
    """The outline of a short query with nothing unusual in it, an order of magnitude faster.

    Every count is one that the tokens cannot exceed.
    """
    match = _PLAIN_START.match(text)
    if match is None or len(text) > _PLAIN_LENGTH or _is_unusual(text):
        return None
    letters = text.encode("utf-8", "replace")
    nesting = len(letters) - len(letters.translate(None, b"({[<!-+^"))
    patterns = len(letters) - len(letters.translate(None, b".;,/{"))
    return Outline(text, match[1].upper(), frozenset(), nesting, len(text), patterns, (), (), ())


def _is_unusual(text: str) -> bool:
    capitals = text.upper()
    for part in _UNUSUAL_PARTS:
        if part in capitals:
            return True
    return "#" in text and _MAY_BE_COMMENT.search(text) is not None


def _full_outline(text: str) -> Outline:
    tokens = list(iter_tokens(text))
    names = Prologue(tokens)
    words = [t.text.upper() for t in tokens if t.kind == "word"]
    nesting, operators, patterns = _measure(tokens)
    defaults, named = _dataset_clauses(tokens, names)
    reach, services = find_reach(tokens, names)
    if "\\u" in text or "\\U" in text:
        # The engine decodes escapes in strings and IRIs only, other readers everywhere; a word
        # that reaches out in either reading counts.
        decoded = list(iter_tokens(decode_escapes(text)))
        more, more_services = find_reach(decoded, Prologue(decoded))
        reach, services = reach | more, services | more_services
    return Outline(
        text=text,
        form=next((form for word in words if (form := _form(word))), ""),
        words=frozenset(words) | reach,
        nesting=nesting,
        operators=operators,
        patterns=patterns,
        default_graphs=defaults,
        named_graphs=named,
        services=tuple(sorted(services)),
    )


def _form(word: str) -> str:
    """The form a word begins; the engine needs no space after it, as in ``CONSTRUCTWHERE``."""
    return next((f for f in (*_QUERY_FORMS_ORDERED, *UPDATE_FORMS) if word.startswith(f)), "")


def check(text: str, limits: Limits) -> Outline:
    """The outline of ``text`` where it keeps every limit.

    :raises TooLarge: for a text longer than the limit.
    :raises BadRequest: for a text nested deeper or built of more parts than the limits.
    :raises Forbidden: for ``LOAD``, and for ``SERVICE`` on a host that is not allowed.
    """
    size = len(text) if text.isascii() else len(text.encode("utf-8", "surrogatepass"))
    if size > limits.max_bytes:
        raise TooLarge(
            f"the text has {size} bytes; at most {limits.max_bytes} are read.",
            suggestion="Send long VALUES lists in parts.",
        )
    _check_characters(text)
    found = _plain_outline(text)
    if found is not None and _keeps(found, limits):
        # Neither LOAD nor SERVICE is in it.
        return found
    found = _full_outline(text)
    if not _keeps(found, limits):
        what, count, most = _excess(found, limits)[0]
        raise BadRequest(
            f"the text has {count} {what}; at most {most} are allowed.",
            suggestion="Split it into smaller requests.",
        )
    _check_reach(found, limits)
    return found


def refuse_update(found: Outline) -> None:
    """Nothing for a query.

    :raises BadRequest: for an update.
    """
    if found.is_update:
        raise BadRequest("this is an update, not a query.", suggestion="Send it to /update.")


def _keeps(found: Outline, limits: Limits) -> bool:
    return (
        found.nesting <= limits.max_nesting
        and found.operators <= limits.max_operators
        and found.patterns <= limits.max_patterns
    )


def _excess(found: Outline, limits: Limits) -> list[tuple[str, int, int]]:
    """What there is too much of: its name, how much, and how much is allowed."""
    counted = (
        ("nested brackets", found.nesting, limits.max_nesting),
        ("operators", found.operators, limits.max_operators),
        ("triple patterns, path steps and objects", found.patterns, limits.max_patterns),
    )
    return [row for row in counted if row[1] > row[2]]


def _check_characters(text: str) -> None:
    if text.isascii() and "\0" not in text:
        return
    match = _NO_CHARACTER.search(text)
    if match is not None:
        line, column = position(text, match.start())
        raise BadRequest(
            f"U+{ord(match[0]):04X} is not a character of a SPARQL text.",
            line=line,
            column=column,
        )


def _check_reach(found: Outline, limits: Limits) -> None:
    if "LOAD" in found.words:
        raise Forbidden(
            "LOAD is refused: this service fetches nothing.",
            suggestion="Send the data itself to the graph store at /data.",
        )
    refused = [host for host in found.services if host not in limits.service_hosts]
    if refused:
        raise Forbidden(
            f"SERVICE is refused for {', '.join(refused)}.",
            suggestion="The operator can allow a host with the setting service_hosts.",
        )


def _measure(tokens: list[Token]) -> tuple[int, int, int]:
    """Deepest nesting, operators, and triple patterns with path steps.

    A run of prefix operators (``!!!!true``) recurses in the parser as brackets do, so it counts
    as depth; so do brackets in what looks like an IRI, as in ``?a<((((#>``.
    """
    depth = deepest = run = operators = patterns = 0
    opened: list[str] = []
    for kind, text, _ in tokens:
        if kind == "iri":
            deepest = max(deepest, depth + sum(map(text.count, "([!")))
        if kind == "open":
            depth += 1
            opened.append(text)
        elif kind == "close":
            depth = max(0, depth - 1)
            del opened[-1:]
        run = run + 1 if kind == "operator" and text in _PREFIX_OPERATORS else 0
        deepest = max(deepest, depth + run)
        if text in _OPERATORS or (kind == "word" and text.upper() in _OPERATOR_WORDS):
            operators += 1
        # Between round brackets a comma stands in a list of values, which is no pattern.
        is_pattern = text in _PATTERNS or (text == "," and opened[-1:] != ["("])
        patterns += is_pattern
    return deepest, operators, patterns


def _dataset_clauses(
    tokens: list[Token], names: Prologue
) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The graphs of FROM and of FROM NAMED; both empty where one of them cannot be read."""
    defaults: list[str] = []
    named: list[str] = []
    for index, token in enumerate(tokens):
        if token.kind != "word" or token.text.upper() != "FROM":
            continue
        rest = tokens[index + 1 : index + 3]
        is_named = bool(rest) and rest[0].kind == "word" and rest[0].text.upper() == "NAMED"
        target = rest[1:] if is_named else rest[:1]
        iri = names.absolute(target[0]) if target else None
        if iri is None or not _SCHEME.match(iri):
            return (), ()
        (named if is_named else defaults).append(iri)
    return tuple(dict.fromkeys(defaults)), tuple(dict.fromkeys(named))
