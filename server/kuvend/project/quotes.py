"""Quotes and passages of a submission against the stored texts."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from pathlib import PurePath

import pyoxigraph as ox

from kuvend.corpus.citations import Citation
from kuvend.corpus.locate import locate
from kuvend.corpus.statements import Statements
from kuvend.errors import KuvendError, QuoteError
from kuvend.namespaces import OA
from kuvend.project.standing import SourceText
from kuvend.shacl.checks.raising import finding
from kuvend.shacl.finding import Finding
from kuvend.shacl.phrasing import rule_texts
from kuvend.shacl.translating import in_languages
from kuvend.syntax import Parsed, PositionedQuad, Span
from kuvend.terms import Term

# `str.isdigit` also takes digits that `int` does not, and `int` refuses very long ones.
_OFFSET = re.compile(r"[0-9]{1,12}")


def check_citations(
    parsed: Parsed, statements: Statements | None, texts: Sequence[SourceText]
) -> Iterator[Finding]:
    """What is wrong with the citations of a statements file, and quotes that are not there.

    The document is the one the file is named after; without one, any of them.
    """
    if statements is None:
        return
    for problem in statements.problems:
        if problem not in parsed.errors:
            yield _finding("citation", problem, parsed)
    named = PurePath(parsed.source).name.partition(".")[0]
    own = [text for text in texts if text.slug == named]
    citations = {c for s in statements.statements for c in s.citations if c.quote}
    for citation in sorted(citations, key=lambda c: (c.line or 0, c.column or 0)):
        error = _unlocated(citation, own or list(texts))
        if error is not None:
            error.line, error.column = citation.line, citation.column
            yield _finding("quote-not-found", error, parsed)


def _unlocated(citation: Citation, texts: list[SourceText]) -> QuoteError | None:
    first: QuoteError | None = None
    for text in texts:
        try:
            locate(citation.quote or "", text.text, citation.before, citation.after)
        except QuoteError as error:
            # The best account is of the document that has something like the words.
            if first is None or (first.absent and not first.places and error.places):
                first = error
        else:
            return None
    return first


def _finding(rule: str, error: KuvendError, parsed: Parsed) -> Finding:
    said = {"detail": in_languages(error.detail), "advice": in_languages(error.suggestion or "")}
    messages, advice = rule_texts(rule, said)
    span = None
    if error.line is not None and parsed.lines is not None:
        column = error.column or 1
        end = len(parsed.lines.line(error.line)) + 1
        span = Span(parsed.source, error.line, column, error.line, max(end, column + 1))
    return Finding(
        rule=f"kuvend/{rule}",
        severity="violation",
        messages=messages,
        advice={language: text for language, text in advice.items() if text},
        span=span,
    )


def check_passages(
    parsed: Parsed, quads: Iterable[PositionedQuad], texts: Sequence[SourceText]
) -> Iterator[Finding]:
    """Passages written out in RDF: the words at their offsets, in the document they name."""
    index: dict[tuple[Term, str], list[PositionedQuad]] = {}
    for quad in quads:
        index.setdefault((quad.subject, quad.predicate.value), []).append(quad)
    by_name = {name: text for text in texts for name in (text.source, text.document)}
    owners = [node for node, predicate in index if predicate == OA.hasSelector.value]
    for node in dict.fromkeys(owners):
        named = _objects(index, node, OA.hasSource)
        chosen = [by_name[n] for q in named if (n := getattr(q.object, "value", "")) in by_name]
        yield from _check_passage(parsed, index, node, chosen or list(texts))


def _check_passage(
    parsed: Parsed,
    index: dict[tuple[Term, str], list[PositionedQuad]],
    node: Term,
    texts: list[SourceText],
) -> Iterator[Finding]:
    selectors = [quad.object for quad in _objects(index, node, OA.hasSelector)]
    exact = [quad for one in selectors for quad in _objects(index, one, OA.exact)]
    starts = [quad for one in selectors for quad in _objects(index, one, OA.start)]
    ends = [quad for one in selectors for quad in _objects(index, one, OA.end)]
    if not exact or not isinstance(exact[0].object, ox.Literal):
        return
    quote = exact[0].object.value
    if starts and ends:
        start, end = _number(starts[0]), _number(ends[0])
        if start is None or end is None or any(t.text[start:end] == quote for t in texts):
            return
        yield _misplaced(parsed, starts[0], quote, texts, (start, end))
    else:
        error = _unlocated(Citation("", quote), texts)
        if error is not None:
            yield _absent(parsed, exact[0], error)


def _misplaced(
    parsed: Parsed,
    quad: PositionedQuad,
    quote: str,
    texts: list[SourceText],
    given: tuple[int, int],
) -> Finding:
    for text in texts:
        try:
            span = locate(quote, text.text)
        except QuoteError:
            continue
        values = {
            "start": str(given[0]),
            "end": str(given[1]),
            "near": f"{span.start}–{span.end} ({text.slug})",
        }
        return finding("wrong-offsets", "violation", values, parsed=parsed, quad=quad)
    error = _unlocated(Citation("", quote), texts) or QuoteError("the quote is not there.")
    return _absent(parsed, quad, error)


def _absent(parsed: Parsed, quad: PositionedQuad, error: QuoteError) -> Finding:
    said = {"detail": in_languages(error.detail), "advice": in_languages(error.suggestion or "")}
    return finding("quote-not-found", "violation", said, parsed=parsed, quad=quad)


def _objects(
    index: dict[tuple[Term, str], list[PositionedQuad]], node: Term, predicate: ox.NamedNode
) -> list[PositionedQuad]:
    return index.get((node, predicate.value), [])


def _number(quad: PositionedQuad) -> int | None:
    value = quad.object
    if not isinstance(value, ox.Literal) or not _OFFSET.fullmatch(value.value):
        return None
    return int(value.value)
