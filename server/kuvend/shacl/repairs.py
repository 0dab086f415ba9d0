"""Certain repairs of what shapes find: the datatype that was meant, a language, stray blanks.

A repair is certain where the value can be read in one way only: ``"2013"`` where a day, a month
or a year may stand is a year. Anything that needs knowledge is left to people.
"""

from __future__ import annotations

import datetime
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace

import pyoxigraph as ox

from kuvend.namespaces import SH, XSD
from kuvend.shacl.dates import day_in_words
from kuvend.shacl.finding import Finding, Fix
from kuvend.shacl.graph import Graph
from kuvend.shacl.phrasing import component_name
from kuvend.shacl.places import Places
from kuvend.shacl.report import Result
from kuvend.shacl.rewriting import literal_text, reworded
from kuvend.shacl.translating import in_languages
from kuvend.terms import Term


def with_fixes(findings: Iterable[Finding], places: Places, shapes: Graph) -> Iterator[Finding]:
    """The findings, those of shapes with the repair that is certain, where there is one.

    It is told as what to write, too.
    """
    for finding in findings:
        fix = None
        if finding.fix is None and finding.result is not None:
            fix = certain_fix(finding.result, places, shapes)
        if fix is None:
            yield finding
        else:
            yield replace(
                finding, fix=fix, advice=finding.advice or in_languages(f"Write {fix.text}.")
            )


def certain_fix(result: Result, places: Places, shapes: Graph) -> Fix | None:
    """The one way to repair ``result``; ``None`` where there is none, or more than one."""
    value, row = result.value, places.row(result)
    if row is None or not isinstance(value, ox.Literal):
        return None
    parsed, quad = row
    if quad.object != value:
        return None
    right = repaired(value, result, shapes)
    text = None if right is None else literal_text(parsed, quad, right)
    return None if text is None else Fix(parsed.source, quad.object_at, quad.object_end, text)


def repaired(value: ox.Literal, result: Result, shapes: Graph) -> ox.Literal | None:
    """The literal that was meant by ``value``, as far as the constraint tells."""
    name, shape = component_name(result), result.source_shape
    if name in ("Datatype", "Or", "Xone", "Pattern"):
        found = retyped(value, list(_alternatives(shape, shapes)))
        if found is not None:
            return found
    if name == "LanguageIn" and value.language is None:
        language = language_of(value.value)
        return None if language is None else ox.Literal(value.value.strip(), language=language)
    if name in ("Not", "Pattern"):
        return _without_stray_blanks(value, shape, shapes)
    return None


# -- datatypes ---------------------------------------------------------------------------------


def _is_day(text: str) -> bool:
    try:
        datetime.date.fromisoformat(text)
    except ValueError:
        return False
    return re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII) is not None


def _matches(pattern: str) -> Callable[[str], bool]:
    return lambda text: re.fullmatch(pattern, text, re.ASCII) is not None


_FORMS: Mapping[ox.NamedNode, Callable[[str], bool]] = {
    XSD.date: _is_day,
    XSD.gYearMonth: _matches(r"\d{4}-(0[1-9]|1[0-2])"),
    XSD.gYear: _matches(r"\d{4}"),
    XSD.gMonth: _matches(r"--(0[1-9]|1[0-2])"),
    XSD.integer: _matches(r"[+-]?[0-9]+"),
    XSD.boolean: _matches(r"true|false"),
    XSD.duration: _matches(r"P(?=.)(\d+Y)?(\d+M)?(\d+D)?"),
    XSD.dateTime: _matches(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)?"),
}


def retyped(
    value: ox.Literal, alternatives: list[tuple[ox.NamedNode, str | None]]
) -> ox.Literal | None:
    """``value`` with the one datatype among ``alternatives`` that its text has the form of.

    >>> str(retyped(ox.Literal("2013"), [(XSD.date, None), (XSD.gYear, "^[0-9]{4}$")]))
    '"2013"^^<http://www.w3.org/2001/XMLSchema#gYear>'
    >>> str(retyped(ox.Literal("26 червня 1992 року"), [(XSD.date, None)]))
    '"1992-06-26"^^<http://www.w3.org/2001/XMLSchema#date>'
    """
    stripped = value.value.strip()
    for text in (stripped, day_in_words(stripped), _without_zone(stripped)):
        if text is None:
            continue
        fitting = {
            datatype
            for datatype, pattern in alternatives
            if datatype in _FORMS and _FORMS[datatype](text) and _allows(pattern, text)
        }
        if len(fitting) == 1:
            right = ox.Literal(text, datatype=fitting.pop())
            return right if right != value else None
    return None


def _without_zone(text: str) -> str | None:
    match = re.fullmatch(r"(\d{4}(?:-\d\d){0,2})(?:Z|[+-]\d\d:\d\d)", text, re.ASCII)
    return match[1] if match else None


def _allows(pattern: str | None, text: str) -> bool:
    try:
        return pattern is None or re.search(pattern, text) is not None
    except re.error:
        return False


def _alternatives(
    shape: Term, shapes: Graph, depth: int = 3
) -> Iterator[tuple[ox.NamedNode, str | None]]:
    """The datatypes a shape lets pass, each with its pattern; nested a few steps, not for ever."""
    datatype, pattern = shapes.value(shape, SH.datatype), shapes.value(shape, SH.pattern)
    if isinstance(datatype, ox.NamedNode):
        yield datatype, pattern.value if isinstance(pattern, ox.Literal) else None
    for predicate in (SH["or"], SH.xone) if depth else ():
        for head in shapes.objects(shape, predicate):
            for member in shapes.list_members(head):
                yield from _alternatives(member, shapes, depth - 1)


# -- language and blanks -----------------------------------------------------------------------

_ALBANIAN_WORDS = frozenset(
    ["e", "i", "të", "së", "dhe", "në", "për", "me", "nga", "komuna", "komunës", "kuvendi"]
)


def language_of(text: str) -> str | None:
    """The language of a name, where its letters leave no doubt among the project's languages.

    >>> language_of("Асоціація міст України"), language_of("Komuna e Sarajit në Shkup së bashkë")
    ('uk', 'sq')
    >>> language_of("Konya Belediyeler Birliği"), language_of("Saraj")
    ('tr', None)
    """
    lowered = set(text.replace("İ", "ı").lower())
    if lowered & set("іїєґ"):
        return None if lowered & set("ыэъёўјљњћђџ") else "uk"
    if lowered & set("ğı"):
        return None if "ə" in lowered else "tr"
    if "ë" in lowered and len(_ALBANIAN_WORDS & set(text.lower().split())) > 1:
        return "sq"
    return None


def _without_stray_blanks(value: ox.Literal, shape: Term, shapes: Graph) -> ox.Literal | None:
    """The text with single blanks and none at its ends, where that satisfies the pattern."""
    text = " ".join(value.value.split())
    if not text or text == value.value:
        return None
    for inner in shapes.objects(shape, SH["not"]):
        pattern = shapes.value(inner, SH.pattern)
        if isinstance(pattern, ox.Literal) and _allows(pattern.value, text):
            return None
    pattern = shapes.value(shape, SH.pattern)
    if isinstance(pattern, ox.Literal) and not _allows(pattern.value, text):
        return None
    return reworded(value, text)
