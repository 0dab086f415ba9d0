"""Making findings of the rules beyond SHACL."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from kuvend.shacl.finding import Finding, Fix, Severity
from kuvend.shacl.paths import Predicate
from kuvend.shacl.phrasing import rule_texts
from kuvend.shacl.rewriting import stretch
from kuvend.shacl.wording import Text
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.syntax.value_words import value_stretch

PREFIX = "kuvend/"


def finding(
    rule: str,
    severity: Severity,
    values: Mapping[str, str | Text],
    *,
    parsed: Parsed,
    quad: PositionedQuad,
    part: str = "object",
    fix: str | None = None,
    fix_span: tuple[int, int] | None = None,
) -> Finding:
    """A finding of ``rule`` at one part (subject, predicate or object) of a quad as written.

    ``fix`` replaces that part's text, or ``fix_span``. Values may differ by language.
    """
    messages, advice = rule_texts(rule, values)
    wanted = fix_span or stretch(parsed, quad, part)
    return Finding(
        rule=PREFIX + rule,
        severity=severity,
        messages=messages,
        advice=advice,
        span=parsed.span(*_words(parsed, quad, part)),
        focus_node=quad.subject,
        path=Predicate(quad.predicate),
        value=quad.object,
        fix=None if fix is None else Fix(parsed.source, *wanted, fix),
    )


def at_part(found: Finding, parsed: Parsed, quad: PositionedQuad, part: str) -> Finding:
    """The same mistake at a part of another quad; a fix replaces that part."""
    start, end = stretch(parsed, quad, part)
    return replace(
        found,
        span=parsed.span(*_words(parsed, quad, part)),
        focus_node=quad.subject,
        path=Predicate(quad.predicate),
        value=quad.object,
        fix=None if found.fix is None else replace(found.fix, start=start, end=end),
    )


def _words(parsed: Parsed, quad: PositionedQuad, part: str) -> tuple[int, int]:
    return value_stretch(parsed, quad) if part == "object" else stretch(parsed, quad, part)
