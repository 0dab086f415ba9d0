"""What may be wrong with the characters of a text: unseen ones, broken ones, HTML."""

from __future__ import annotations

import html
import re
import unicodedata
from collections.abc import Iterable, Iterator

import pyoxigraph as ox

from kuvend.namespaces import KV, OA, PROV
from kuvend.shacl.checks.raising import finding
from kuvend.shacl.finding import Finding
from kuvend.shacl.rewriting import literal_text, reworded
from kuvend.syntax import Parsed, PositionedQuad

# The words of a source are kept as they are, whatever characters they have.
_OF_THE_SOURCE = frozenset(
    {KV.quote, KV.quoteBefore, KV.quoteAfter, OA.exact, OA.prefix, OA.suffix, PROV.value}
)
_SPACES = "\u00a0\u2000-\u200a\u202f\u205f\u3000"
_HIDDEN = re.compile(rf"[{_SPACES}\u00ad\u200b\u200c\u200d\u200e\u200f\u2028\u2029\u2060\ufeff]")
_BLANK = re.compile(rf"[{_SPACES}\u2028\u2029]")
_TAG = re.compile(r"</?(?:a|b|br|div|em|i|li|p|span|strong|sub|sup|u|ul)\b[^<>]*>", re.I)
_ENTITY = re.compile(
    r"&(?:#\d{2,6}|#x[0-9a-f]{2,5}|amp|nbsp|lt|gt|quot|apos|[aeiouc]\w{2,5});", re.I
)
# Two bytes of UTF-8 read as two letters of an older encoding.
_MOJIBAKE = re.compile(r"[ÃÄÅÐÑ][\u0080-\u00bf\u0152-\u0192\u02c6-\u02dc\u2013-\u2122]")
_OLDER = ("cp1252", "cp1254", "latin-1", "cp1251")
_SHOWN = 60


def check_text(parsed: Parsed, quads: Iterable[PositionedQuad]) -> Iterator[Finding]:
    """The texts of a source that have such characters, each finding at its text."""
    for quad in quads:
        term = quad.object
        if not isinstance(term, ox.Literal) or quad.predicate in _OF_THE_SOURCE:
            continue
        if term.language is None and not term.datatype.value.endswith("#string"):
            continue
        found = _check(term.value)
        if found is not None:
            rule, values, right = found
            fix = None if right is None else _fix(parsed, quad, term, right)
            severity = "violation" if rule == "broken-letters" else "warning"
            yield finding(rule, severity, values, parsed=parsed, quad=quad, fix=fix)  # type: ignore[arg-type]


def _check(text: str) -> tuple[str, dict[str, str], str | None] | None:
    """The rule a text breaks, the values for its words, and the text that was meant."""
    shown = f"“{text[:_SHOWN]}”"
    if "\ufffd" in text:
        return "broken-letters", {"value": shown}, None
    right = unbroken(text)
    if right is not None:
        return "broken-letters", {"value": shown, "near": f"“{right[:_SHOWN]}”"}, right
    hidden = dict.fromkeys(_HIDDEN.findall(text))
    if hidden:
        right = _HIDDEN.sub("", _BLANK.sub(" ", text))
        names = ", ".join(f"U+{ord(one):04X} {unicodedata.name(one, '')}".strip() for one in hidden)
        return "hidden-character", {"value": shown, "letters": names, "near": f"“{right}”"}, right
    markup = _TAG.search(text) or _ENTITY.search(text)
    if markup is not None:
        right = html.unescape(_TAG.sub("", text))
        return "markup-in-text", {"value": shown, "markup": markup[0], "near": f"“{right}”"}, right
    return None


def unbroken(text: str) -> str | None:
    """What ``text`` was before UTF-8 was read as an older encoding; ``None`` where it was not.

    >>> unbroken("BashkÃ«sia"), unbroken("Bashkësia")
    ('Bashkësia', None)
    """
    if _MOJIBAKE.search(text) is None:
        return None
    for encoding in _OLDER:
        try:
            right = text.encode(encoding).decode()
        except UnicodeError:
            continue
        return right if right != text else None
    return None


def _fix(parsed: Parsed, quad: PositionedQuad, term: ox.Literal, right: str) -> str | None:
    return literal_text(parsed, quad, reworded(term, right))
