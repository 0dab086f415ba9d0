"""Rules on the files that use the vocabulary: statements, shapes, queries."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path

import pyoxigraph as ox

from kuvend.namespaces import SH
from kuvend.ontology.findings import Finding, in_order
from kuvend.ontology.vocabulary import Misuse, Vocabulary
from kuvend.syntax import Lines, Parsed, PositionedQuad, parse_turtle
from kuvend.syntax.files import read_utf8

_QUERIES = frozenset({SH.select, SH.ask, SH.construct, SH.update})


def check_vocabulary(
    vocabulary: Vocabulary, triples: Iterable[ox.Triple], *, file: Path | None = None
) -> list[Finding]:
    """A finding for each term that ``triples`` use and ``vocabulary`` has not; without places."""
    return in_order(
        _misuse(misuse, file) for triple in triples for misuse in vocabulary.misuses(triple)
    )


def check_turtle(vocabulary: Vocabulary, path: Path) -> list[Finding]:
    """Findings on one Turtle file, with line and column: syntax, prefixes, terms, queries in it.

    :raises BadSyntax: where it is not UTF-8.
    """
    parsed = parse_turtle(read_utf8(path), source=str(path))
    return in_order(
        [
            *_syntax(parsed, path),
            *_prefixes(vocabulary, parsed, path),
            *(f for quad in parsed.quads for f in _quad(vocabulary, quad, parsed, path)),
        ]
    )


def check_query_text(
    vocabulary: Vocabulary,
    text: str,
    *,
    file: Path | None = None,
    prefixes: Mapping[str, str] | None = None,
) -> list[Finding]:
    """Findings on the IRIs of a SPARQL query: prefixes nobody declared, terms there are not.

    ``prefixes`` are those declared for the query from outside; without them the project's.
    """
    lines = Lines(text)
    known = dict(vocabulary.prefixes if prefixes is None else prefixes)
    findings = []
    for offset, found in _iris(text, known):
        line, column = lines.at(offset)
        if isinstance(found, _NoPrefix):
            finding = Finding(
                "undeclared-prefix", "error", f"the prefix {found.name}: is not declared.", file,
                suggestion=f"Add PREFIX {found.name}: <…> or correct the prefix.",
            )  # fmt: skip
        elif misuse := vocabulary.reference(found):
            finding = _misuse(misuse, file)
        else:
            continue
        findings.append(finding.at(line, column))
    return in_order(findings)


# -- Turtle ----------------------------------------------------------------------------------


def _syntax(parsed: Parsed, path: Path) -> Iterator[Finding]:
    for error in parsed.errors:
        yield Finding(
            "syntax", "error", error.detail, path, error.line, error.column,
            suggestion=error.suggestion,
        )  # fmt: skip


def _prefixes(vocabulary: Vocabulary, parsed: Parsed, path: Path) -> Iterator[Finding]:
    """Prefixes of the file, and those it declares for SPARQL, that differ from the one list."""
    declared = [
        (prefix, namespace, max(0, parsed.lines.text.find(f"<{namespace}>")))
        for prefix, namespace in parsed.prefixes.items()
        if parsed.lines
    ]
    for prefix, namespace, offset in [*declared, *_sparql_prefixes(parsed)]:
        agreed = vocabulary.prefixes.get(prefix)
        if agreed is not None and agreed != namespace:
            message = f"the prefix {prefix}: is <{namespace}> here and <{agreed}> in the list."
            finding = Finding("prefix-differs", "error", message, path, suggestion=agreed)
            yield _at(finding, parsed, offset)


def _sparql_prefixes(parsed: Parsed) -> Iterator[tuple[str, str, int]]:
    names = {q.subject: q.object for q in parsed.quads if q.predicate == SH.prefix}
    for quad in parsed.quads:
        name = names.get(quad.subject)
        if quad.predicate == SH.namespace and isinstance(name, ox.Literal):
            yield name.value, getattr(quad.object, "value", ""), quad.object_at


def _quad(
    vocabulary: Vocabulary, quad: PositionedQuad, parsed: Parsed, path: Path
) -> Iterator[Finding]:
    places = {
        "subject": quad.subject_at,
        "predicate": quad.predicate_at,
        "object": quad.object_at,
    }
    for misuse in vocabulary.misuses(quad.triple):
        yield _at(_misuse(misuse, path), parsed, places[misuse.place])
    for node, place in ((quad.predicate, "predicate"), (quad.object, "object")):
        term = vocabulary.term(node.value) if isinstance(node, ox.NamedNode) else None
        if term and term.deprecated:
            instead = f" Use {vocabulary.show(term.replaced_by)}." if term.replaced_by else ""
            message = f"{vocabulary.show(term.iri)} is deprecated.{instead}"
            yield _at(
                Finding("deprecated-in-use", "warning", message, path, term=term.iri,
                        suggestion=term.replaced_by),
                parsed, places[place],
            )  # fmt: skip
    if quad.predicate in _QUERIES and isinstance(quad.object, ox.Literal):
        prefixes = {**vocabulary.prefixes, **parsed.prefixes}
        inner = check_query_text(vocabulary, quad.object.value, file=path, prefixes=prefixes)
        first = (parsed.position(quad.object_at) or (1, 1))[0]
        yield from (f.at(first + (f.line or 1) - 1, f.column or 1) for f in inner)


def _at(finding: Finding, parsed: Parsed, offset: int) -> Finding:
    position = parsed.position(offset)
    return finding.at(*position) if position else finding


def _misuse(misuse: Misuse, file: Path | None) -> Finding:
    return Finding(
        misuse.rule,
        "error",
        misuse.message,
        file=file,
        term=misuse.iri,
        suggestion=misuse.suggestion,
    )


# -- SPARQL ----------------------------------------------------------------------------------

# Strings and comments first, so that what they hold is not taken for a name.
_TOKENS = re.compile(
    r"(?P<skip>'''.*?'''|\"\"\".*?\"\"\"|'(?:\\.|[^'\\\n])*'|\"(?:\\.|[^\"\\\n])*\"|\#[^\n]*|_:\w+)"
    r"|(?P<iri><[^<>\"{}|^`\\\s]*>)"
    r"|(?P<declared>\bPREFIX\s+(?P<name>[\w.-]*):\s*<(?P<space>[^<>\s]*)>)"
    r"|(?<![\w?$])(?P<pname>(?:[^\W\d_][\w.-]*)?:(?:[\w%][\w.:%-]*)?)",
    re.IGNORECASE | re.DOTALL,
)


class _NoPrefix:
    """A prefix that stands for nothing."""

    def __init__(self, name: str) -> None:
        self.name = name


def _iris(text: str, prefixes: dict[str, str]) -> Iterator[tuple[int, str | _NoPrefix]]:
    """The IRIs of a query with their offsets; ``prefixes`` learns the declarations met."""
    for match in _TOKENS.finditer(text):
        if match["declared"]:
            prefixes[match["name"]] = match["space"]
        elif match["iri"]:
            yield match.start(), match["iri"][1:-1]
        elif match["pname"] is not None and match["pname"] != ":":
            prefix, _, local = match["pname"].partition(":")
            if prefix not in prefixes:
                yield match.start(), _NoPrefix(prefix)
            elif local:
                yield match.start(), prefixes[prefix] + local.rstrip(".")
