"""For terminals: each finding with its line of the source and the place underlined."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator, Sequence

from kuvend.shacl.finding import Finding, Validation
from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t
from kuvend.syntax import Lines, Span

_COLOURS = {"violation": "31", "warning": "33", "info": "36"}
_WIDEST = 100
_SAME_RULE_SHOWN = 10

SEVERITY_WORDS: dict[str, Text] = {
    "violation": _t("error", "gabim", "помилка", "hata"),
    "warning": _t("warning", "vërejtje", "зауваження", "uyarı"),
    "info": _t("note", "shënim", "примітка", "not"),
}
SUMMARY = _t(
    "{violations} errors, {warnings} warnings, {infos} notes",
    "{violations} gabime, {warnings} vërejtje, {infos} shënime",
    "помилок: {violations}, зауважень: {warnings}, приміток: {infos}",
    "{violations} hata, {warnings} uyarı, {infos} not",
)
CLEAN = _t(
    "Nothing to object to.", "S’ka asgjë për të kundërshtuar.", "Зауважень немає.", "Sorun yok."
)
ADDS = _t(
    "Would add {things} new things and {statements} statements ({known} known already), "
    "from which {inferences} more follow.",
    "Do të shtonte {things} gjëra të reja dhe {statements} pohime ({known} të njohura tashmë), "
    "nga të cilat dalin edhe {inferences}.",
    "Додало б нових речей: {things}, тверджень: {statements} (уже відомо: {known}); "
    "з них випливає ще: {inferences}.",
    "{things} yeni şey ve {statements} ifade eklerdi ({known} zaten biliniyor); "
    "bunlardan {inferences} ifade daha çıkar.",
)
FIXES = _t(
    "Fixes {fixed} findings of the graph as it stands; {before} others stay.",
    "Ndreq {fixed} gjetje të grafit të tanishëm; {before} të tjera mbeten.",
    "Виправляє зауваг до наявного графа: {fixed}; інших лишається: {before}.",
    "Var olan grafikteki {fixed} bulguyu düzeltir; {before} bulgu kalır.",
)
MORE = _t(
    "… and {count} more", "… dhe {count} të tjera", "… і ще {count}", "… ve {count} tane daha"
)


def write_text(validation: Validation, languages: Sequence[str], *, colour: bool = False) -> str:
    """The findings grouped by rule in order of place, then the sums."""
    language = _language(languages)
    lines: list[str] = []
    for _, group in validation.by_rule():
        for finding in group[:_SAME_RULE_SHOWN]:
            lines += [*_finding(finding, validation, languages, colour=colour), ""]
        if len(group) > _SAME_RULE_SHOWN:
            lines += ["  " + MORE[language].format(count=len(group) - _SAME_RULE_SHOWN), ""]
    return "\n".join([*lines, *summary(validation, language)]) + "\n"


def summary(validation: Validation, language: str) -> list[str]:
    """The closing lines: sums, what would be added, what is fixed."""
    sums = SUMMARY[language].format(
        violations=validation.count("violation"),
        warnings=validation.count("warning"),
        infos=validation.count("info"),
    )
    lines = [sums if validation.findings else CLEAN[language]]
    added = validation.additions
    if added is not None:
        lines.append(
            ADDS[language].format(
                things=len(added.new_things),
                statements=added.new_statements,
                known=added.known_statements,
                inferences=added.new_inferences,
            )
        )
    if validation.fixed or validation.before:
        lines.append(FIXES[language].format(fixed=len(validation.fixed), before=validation.before))
    return lines


def _language(languages: Sequence[str]) -> str:
    known = [found for name in languages if (found := name.partition("-")[0]) in CLEAN]
    return known[0] if known else "en"


def _finding(
    finding: Finding, validation: Validation, languages: Sequence[str], *, colour: bool
) -> Iterator[str]:
    language = _language(languages)
    word = SEVERITY_WORDS[finding.severity][language]
    place = f"{finding.span}: " if finding.span else ""
    head = f"{place}{word}: {finding.message(languages)} [{finding.rule}]"
    yield _paint(head, finding.severity) if colour else head
    if finding.span is not None and finding.span.source in validation.texts:
        yield from excerpt(finding.span, validation.texts[finding.span.source])
    advice = finding.advice_in(languages)
    if advice:
        yield f"    → {advice}"
    for cause in finding.causes:
        yield f"    - {cause.get(language) or cause.get('en') or next(iter(cause.values()), '')}"
    for related in finding.related:
        yield f"    ⇄ {related.text}"


def excerpt(span: Span, lines: Lines) -> Iterator[str]:
    """The line of the source and, under it, marks under the place."""
    text = lines.line(span.line).replace("\t", " ")
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    first = max(0, start - _WIDEST // 2) if len(text) > _WIDEST else 0
    shown = text[first : first + _WIDEST]
    marked = text[start : max(end, start + 1)][: max(1, _WIDEST - (start - first))]
    yield f"{span.line:6} | {shown}"
    gap = " " * _columns(text[first:start])
    yield f"       | {gap}{'^' * max(1, _columns(marked.rstrip()))}"


def _columns(text: str) -> int:
    """The width of ``text`` on a terminal: marks take none, wide letters two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.combining(letter) > 0 for letter in text)


def _paint(text: str, severity: str) -> str:
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m"
