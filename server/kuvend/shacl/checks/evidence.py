"""What a source says against what is entered: precision, approximation, dates of attestation."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

import pyoxigraph as ox

from kuvend.namespaces import KV, KVC, XSD, compact
from kuvend.shacl.checks.raising import finding
from kuvend.shacl.dates import month_named
from kuvend.shacl.finding import Finding
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.terms import Term

# Words before or after a number that make it approximate, and the concept that says so.
_ABOUT = (
    r"близько|приблизно|десь|біля|орієнтовно|rreth|afro|përafërsisht|afërsisht|yaklaşık|"
    r"aşağı yukarı|takriben|about|around|approximately|circa|ca\.|some|roughly"
)
_BELOW = r"майже|без малого|gati|thuajse|neredeyse|hemen hemen|almost|nearly|close to|just under"
_ABOVE = (
    r"понад|більше ніж|більш як|mbi|më shumë se|over|more than|at least|щонайменше|së paku|en az"
)
_AFTER = r"civarında|dolayında|kadar|or so|a më shumë|fazla|aşkın|dan fazla|den fazla|a afërsisht"
_BETWEEN = r"[\s\u00a0.,’']"
# A run of digits is taken whole and what follows is looked at from its end, so that a long one is
# read once and not again from each of its digits.
_RUN = re.compile(rf"\d(?:{_BETWEEN}*\d)*")
_BEFORE = re.compile(
    rf"(?:(?P<about>\b(?:{_ABOUT}))|(?P<below>\b(?:{_BELOW}))|(?P<above>\b(?:{_ABOVE})))\s+"
    rf"(?:[^\W\d]\w*\s+)?(?P<number>{_RUN.pattern})",
    re.I,
)
_BEHIND = re.compile(rf"{_BETWEEN}*(?:’?(?:d[ae]n|t[ae]n)\s+)?(?:{_AFTER})\b", re.I)
# No local authority of today is older; such a year is one with a digit missing.
_FIRST_YEAR = 1000
_YEAR = 4
_YEARS = re.compile(r"(?<!\d)(?:1\d|20)\d\d(?!\d)")
# The place in a list is counted, not read.
_COUNTED = frozenset({KV.position})
_EXACT = KVC["count-exact"]
_CONCEPTS = {"about": "count-approx", "below": "count-below", "above": "count-above"}


@dataclass(frozen=True)
class CitedStatement:
    """A statement of a source with the sentences given for it."""

    quad: PositionedQuad
    quotes: tuple[str, ...]


@dataclass(frozen=True)
class SourceDate:
    """The date of a document, as its catalogue gives it."""

    document: str
    date: str


def check_evidence(
    parsed: Parsed,
    statements: Iterable[CitedStatement],
    dates: Iterable[SourceDate],
    prefixes: Mapping[str, str],
) -> Iterator[Finding]:
    """Numbers exact where the source is not, dates more exact than it, attestation as start."""
    rows = list(statements)
    yield from _check_counts(parsed, rows)
    by_date = {one.date: one.document for one in dates}
    for row in rows:
        if row.quad.predicate == KV.startDate:
            yield from _check_start(parsed, row.quad, by_date, prefixes)
        yield from _check_precision(parsed, row)
        yield from _check_figures(parsed, row)
        yield from _check_year(parsed, row.quad)


def approximation(text: str, number: str) -> tuple[str, str] | None:
    """The words that make ``number`` approximate in ``text`` and the concept for them.

    >>> approximation("об’єднує близько 1000 громад", "1000")
    ('близько 1000', 'count-approx')
    >>> approximation("39 üye belediyesi", "39") is None
    True
    """
    for start, end, digits, kind in sorted(_wordings(text)):
        if digits == number:
            return text[start:end], _CONCEPTS[kind]
    return None


def _wordings(text: str) -> Iterator[tuple[int, int, str, str]]:
    """(start, end, digits, kind) of the numbers with words that make them approximate."""
    for match in _BEFORE.finditer(text):
        kind = next(name for name in _CONCEPTS if match[name])
        yield match.start(), match.end(), re.sub(r"\D", "", match["number"]), kind
    for run in _RUN.finditer(text):
        behind = _BEHIND.match(text, run.end())
        if behind is not None:
            yield run.start(), behind.end(), re.sub(r"\D", "", run.group()), "about"


def _check_counts(parsed: Parsed, rows: list[CitedStatement]) -> Iterator[Finding]:
    quotes: dict[Term, list[str]] = {}
    precise: dict[Term, Term] = {}
    for row in rows:
        quotes.setdefault(row.quad.subject, []).extend(row.quotes)
        if row.quad.predicate == KV.countWording and isinstance(row.quad.object, ox.Literal):
            quotes[row.quad.subject].append(row.quad.object.value)
        if row.quad.predicate == KV.countPrecision:
            precise[row.quad.subject] = row.quad.object
    for row in rows:
        quad = row.quad
        if quad.predicate != KV.countValue or not isinstance(quad.object, ox.Literal):
            continue
        if precise.get(quad.subject, _EXACT) != _EXACT:
            continue
        for text in quotes[quad.subject]:
            found = approximation(text, re.sub(r"\D", "", quad.object.value))
            if found is not None:
                values = {
                    "wording": found[0],
                    "value": quad.object.value,
                    "near": f"kvc:{found[1]}",
                }
                yield finding("approximate-as-exact", "warning", values, parsed=parsed, quad=quad)
                break


def _check_start(
    parsed: Parsed, quad: PositionedQuad, by_date: Mapping[str, str], prefixes: Mapping[str, str]
) -> Iterator[Finding]:
    if isinstance(quad.object, ox.Literal) and quad.object.value in by_date:
        values = {
            "value": quad.object.value,
            "document": compact(by_date[quad.object.value], prefixes),
            "name": compact(quad.predicate.value, prefixes),
        }
        yield finding("attestation-as-start", "warning", values, parsed=parsed, quad=quad)


def _check_precision(parsed: Parsed, row: CitedStatement) -> Iterator[Finding]:
    value = row.quad.object
    if not isinstance(value, ox.Literal) or not row.quotes:
        return
    if value.datatype not in (XSD.date, XSD.gYearMonth):
        return
    coarser = less_precise(value.value, " ".join(row.quotes))
    if coarser is not None:
        values = {"value": value.value, "wording": row.quotes[0][:120], "near": coarser}
        yield finding("precision-beyond-quote", "warning", values, parsed=parsed, quad=row.quad)


def _check_figures(parsed: Parsed, row: CitedStatement) -> Iterator[Finding]:
    value = row.quad.object
    if not isinstance(value, ox.Literal) or not row.quotes or row.quad.predicate in _COUNTED:
        return
    others = other_figures(value, " ".join(row.quotes))
    if others:
        values = {
            "value": value.value,
            "wording": row.quotes[0][:120],
            "near": ", ".join(others[:5]),
        }
        yield finding("value-not-in-quote", "warning", values, parsed=parsed, quad=row.quad)


def other_figures(value: ox.Literal, quote: str) -> list[str]:
    """The figures ``quote`` has in place of the number or year of ``value``; none where it fits.

    A quote without figures may say the number in words, so it is let pass; years are no counts.

    >>> other_figures(ox.Literal(38), "39 üye belediyesi"), other_figures(ox.Literal(39), "39 üye")
    (['39'], [])
    >>> other_figures(ox.Literal("2002", datatype=XSD.gYear), "në vitin 2001, 26 anëtarë")
    ['2001']
    """
    if value.datatype in (XSD.date, XSD.gYearMonth, XSD.gYear):
        wanted, found = value.value[:_YEAR], _YEARS.findall(quote)
    elif value.datatype == XSD.integer:
        wanted = value.value.lstrip("+0")
        if len(wanted) < 2:  # small numbers are often said in words
            return []
        found = [re.sub(r"\D", "", run) for run in _RUN.findall(quote)]
        found += re.findall(r"\d+", quote)
        found = [one for one in found if one == wanted or not _YEARS.fullmatch(one)]
    else:
        return []
    return [] if wanted in found else list(dict.fromkeys(found))


def _check_year(parsed: Parsed, quad: PositionedQuad) -> Iterator[Finding]:
    value = quad.object
    if isinstance(value, ox.Literal) and value.datatype in (XSD.date, XSD.gYearMonth, XSD.gYear):
        year = re.match(r"(\d{4})(?!\d)", value.value)
        if year is not None and int(year[1]) < _FIRST_YEAR:
            yield finding(
                "unlikely-date", "warning", {"value": value.value}, parsed=parsed, quad=quad
            )


def less_precise(date: str, quote: str) -> str | None:
    """The date as precise as ``quote`` is, where that is less; ``None`` where it holds.

    A quote that does not even have the year says nothing about the date, so it is let pass.

    >>> less_precise("2001-05-03", "është formuar në vitin 2001")
    '"2001"^^xsd:gYear'
    >>> less_precise("1992-06-26", "26 червня 1992 року") is None
    True
    """
    match = re.match(r"(\d{4})-(\d\d)(?:-(\d\d))?", date)
    if match is None or match[1] not in quote:
        return None
    year, month, day = match.groups()
    if not _has_month(int(month), quote):
        return f'"{year}"^^xsd:gYear'
    if day is not None and not re.search(rf"(?<!\d)0?{int(day)}(?!\d)", quote):
        return f'"{year}-{month}"^^xsd:gYearMonth'
    return None


def _has_month(month: int, quote: str) -> bool:
    named = any(month_named(word) == month for word in re.findall(r"[^\W\d_]+", quote))
    return named or re.search(rf"(?<!\d)0?{month}(?!\d)", quote) is not None
