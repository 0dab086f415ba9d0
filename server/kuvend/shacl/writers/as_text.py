"""For terminals: each finding with its line of the source and the place underlined."""

from __future__ import annotations

import textwrap
import unicodedata
from collections.abc import Iterator, Sequence

from kuvend.shacl.finding import Finding, Validation, pick
from kuvend.shacl.origins import Group, grouped
from kuvend.shacl.wording import Text
from kuvend.shacl.wording import text as _t
from kuvend.syntax import Lines, Span

_COLOURS = {"violation": "31", "warning": "33", "info": "36"}
_WIDEST = 100
_SAME_RULE_SHOWN = 10
_NO_WIDTH = ("Mn", "Me", "Cf")
# What comes from the data moves no cursor and starts no line: control characters, and the two
# line separators of Unicode.
_BLANKS = dict.fromkeys((*map(ord, "\t\n\v\f\r\x85"), 0x2028, 0x2029), " ")
_CONTROLS = dict.fromkeys((*range(32), *range(127, 160)), "�") | _BLANKS

SEVERITY_WORDS: dict[str, Text] = {
    "violation": _t("error", "gabim", "помилка", "hata"),
    "warning": _t("warning", "paralajmërim", "попередження", "uyarı"),
    "info": _t("note", "shënim", "примітка", "not"),
}
SUMMARY = _t(
    "errors: {violations}, warnings: {warnings}, notes: {infos}",
    "gabime: {violations}, paralajmërime: {warnings}, shënime: {infos}",
    "помилок: {violations}, попереджень: {warnings}, приміток: {infos}",
    "hata: {violations}, uyarı: {warnings}, not: {infos}",
)
CLEAN = _t(
    "Nothing to object to.", "S’ka asgjë për të kundërshtuar.", "Зауважень немає.", "Sorun yok."
)
ADDS = _t(
    "Would add new things: {things}, statements: {statements} (known already: {known}); "
    "what follows from them: {inferences}.",
    "Do të shtonte gjëra të reja: {things}, pohime: {statements} (të njohura tashmë: {known}); "
    "prej tyre rrjedhin edhe: {inferences}.",
    "Додало б нових речей: {things}, тверджень: {statements} (уже відомо: {known}); "
    "з них випливає ще: {inferences}.",
    "{things} yeni şey ve {statements} ifade eklerdi ({known} zaten biliniyor); "
    "bunlardan {inferences} ifade daha çıkar.",
)
FIXES = _t(
    "Findings of the graph as it stands: {fixed} fixed, {before} stay.",
    "Gjetje të grafit të tanishëm: të ndrequra {fixed}, mbeten {before}.",
    "Виправляє зауважень до наявного графа: {fixed}; інших лишається: {before}.",
    "Var olan grafikteki {fixed} bulguyu düzeltir; {before} bulgu kalır.",
)
MORE = _t(
    "… and {count} more", "… dhe {count} të tjera", "… і ще {count}", "… ve {count} tane daha"
)


CONSEQUENCES = _t(
    "What comes of this and goes with it ({count}):",
    "Çfarë rrjedh prej kësaj dhe ikën bashkë me të ({count}):",
    "Що випливає з цього й зникне разом із ним ({count}):",
    "Bundan doğan ve bununla birlikte giderilecek bulgular ({count}):",
)
FIXABLE = _t(
    "The program can mend {count}: kuvend validate --fix (--diff shows how).",
    "{count} mund t’i ndreqë programi: kuvend validate --fix (--diff tregon si).",
    "Програма може виправити: {count} — kuvend validate --fix (--diff покаже як).",
    "{count} tanesini program düzeltebilir: kuvend validate --fix (--diff nasılını gösterir).",
)


def write_text(
    validation: Validation,
    languages: Sequence[str],
    *,
    colour: bool = False,
    width: int | None = None,
) -> str:
    """The mistakes grouped by rule in order of place, then the sums.

    Lines are broken at ``width`` columns; without one, only the source's are cut.
    """
    page = _Page(validation, languages, colour=colour, width=width)
    by_rule: dict[str, list[Group]] = {}
    for group in grouped(validation.findings):
        by_rule.setdefault(group.main.rule, []).append(group)
    for groups in by_rule.values():
        for group in groups[:_SAME_RULE_SHOWN]:
            page.add(group)
        if len(groups) > _SAME_RULE_SHOWN:
            page.say("  " + MORE[page.language].format(count=len(groups) - _SAME_RULE_SHOWN))
            page.lines.append("")
    for line in summary(validation, page.language):
        page.say(line)
    return "\n".join(page.lines) + "\n"


def summary(validation: Validation, language: str) -> list[str]:
    """The closing lines: sums, what would be added, what is fixed."""
    sums = SUMMARY[language].format(
        violations=validation.count("violation"),
        warnings=validation.count("warning"),
        infos=validation.count("info"),
    )
    lines = [sums if validation.findings else CLEAN[language]]
    if validation.findings:
        lines.append(EXPLAINED[language].format(base=validation.base_iri))
    fixable = sum(finding.fix is not None for finding in validation.findings)
    if fixable:
        lines.append(FIXABLE[language].format(count=fixable))
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


EXPLAINED = _t(
    "Each rule has a page: {base}rules/… and {base}shapes/…",
    "Çdo rregull ka faqen e vet: {base}rules/… dhe {base}shapes/…",
    "Кожне правило має сторінку: {base}rules/… та {base}shapes/…",
    "Her kuralın bir sayfası var: {base}rules/… ve {base}shapes/…",
)


class _Page:
    """The lines of a report, as they come."""

    def __init__(
        self, validation: Validation, languages: Sequence[str], *, colour: bool, width: int | None
    ) -> None:
        self.validation, self.languages = validation, languages
        self.language = _language(languages)
        self.colour, self.width = colour, width
        self.lines: list[str] = []

    def say(self, text: str, indent: str = "    ") -> None:
        """Add a line, broken where the page is narrow; what follows is indented."""
        text = text.translate(_CONTROLS)
        if self.width is None:
            self.lines.append(text)
            return
        wide = max(self.width, 40)
        self.lines += textwrap.wrap(
            text, wide, subsequent_indent=indent, break_long_words=False, break_on_hyphens=False
        ) or [""]

    def add(self, group: Group) -> None:
        """A mistake: its finding whole, its consequences a line each."""
        finding = group.main
        self.head(finding)
        if finding.span is not None and finding.span.source in self.validation.texts:
            lines = self.validation.texts[finding.span.source]
            widest = _WIDEST if self.width is None else max(self.width - 9, 30)
            self.lines += excerpt(finding.span, lines, widest)
        advice = finding.advice_in(self.languages)
        if advice:
            self.say(f"    → {advice}", " " * 6)
        for cause in finding.causes:
            self.say(f"    - {pick(cause, self.languages)}", " " * 6)
        for related in finding.related:
            self.say(f"    ⇄ {related.text}", " " * 6)
        for number, line in enumerate(consequence_lines(group.consequences, self.languages)):
            self.say(f"      {line}" if number else f"    + {line}", " " * (8 if number else 6))
        self.lines.append("")

    def head(self, finding: Finding) -> None:
        """Place, severity, message and rule."""
        word = SEVERITY_WORDS[finding.severity][self.language]
        place = f"{finding.span}: " if finding.span else ""
        start = len(self.lines)
        self.say(f"{place}{word}: {finding.message(self.languages)} [{finding.rule}]")
        if self.colour:
            painted = [_paint(line, finding.severity) for line in self.lines[start:]]
            self.lines[start:] = painted


def consequence_lines(findings: Sequence[Finding], languages: Sequence[str]) -> Iterator[str]:
    """What else was found for the same reason: a line that says so, and one for each; or none."""
    if not findings:
        return
    language = _language(languages)
    yield CONSEQUENCES[language].format(count=len(findings))
    for finding in findings[:_SAME_RULE_SHOWN]:
        yield f"· {finding.message(languages)} [{finding.rule}]"
    if len(findings) > _SAME_RULE_SHOWN:
        yield MORE[language].format(count=len(findings) - _SAME_RULE_SHOWN)


def excerpt(span: Span, lines: Lines, widest: int = _WIDEST) -> Iterator[str]:
    """The line of the source and, under it, marks under the place; at most ``widest`` columns."""
    text = lines.line(span.line).translate(_CONTROLS)
    start = span.column - 1
    end = span.end_column - 1 if span.end_line == span.line else len(text)
    first = max(0, min(start - widest // 3, len(text) - widest)) if len(text) > widest else 0
    shown = text[first : first + widest]
    if first:
        shown = f"…{shown[1:]}"
    if first + widest < len(text):
        shown = f"{shown[:-1]}…"
    marked = text[start : max(end, start + 1)][: max(1, widest - (start - first))]
    yield f"{span.line:6} | {shown}"
    gap = " " * _columns(text[first:start])
    yield f"       | {gap}{'^' * max(1, _columns(marked.rstrip()))}"


def _columns(text: str) -> int:
    """The width of ``text`` on a terminal: marks take none, wide letters two."""
    wide = sum(unicodedata.east_asian_width(letter) in "WF" for letter in text)
    return len(text) + wide - sum(unicodedata.category(letter) in _NO_WIDTH for letter in text)


def _paint(text: str, severity: str) -> str:
    return f"\x1b[{_COLOURS[severity]}m{text}\x1b[0m"
