"""Language tags and the letters under them."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import replace
from functools import lru_cache

import pyoxigraph as ox

from kuvend.shacl.checks.raising import finding
from kuvend.shacl.finding import Finding
from kuvend.shacl.rewriting import is_json, written
from kuvend.syntax import Parsed, PositionedQuad
from kuvend.syntax.value_words import keyword_stretch

# Names people write where a code belongs, in the languages of the product.
_CODES = {
    "albanian": "sq", "shqip": "sq", "alb": "sq", "sqi": "sq", "al": "sq", "shq": "sq",
    "ukrainian": "uk", "ukr": "uk", "ua": "uk", "українська": "uk",
    "turkish": "tr", "türkçe": "tr", "turkce": "tr", "tur": "tr",
    "english": "en", "eng": "en", "gb": "en", "us": "en", "anglisht": "en",
    "serbian": "sr", "srp": "sr", "rs": "sr", "macedonian": "mk", "mkd": "mk", "german": "de",
    "ger": "de", "deu": "de", "french": "fr", "fra": "fr", "russian": "ru", "rus": "ru",
    "bosnian": "bs", "bos": "bs", "montenegrin": "cnr", "croatian": "hr", "hrv": "hr",
    "greek": "el", "bulgarian": "bg", "polish": "pl", "italian": "it", "spanish": "es",
}  # fmt: skip

# ISO 639-1 codes, and the three-letter ones that have no shorter form and occur here.
_ISO_CODES = """
aa ab ae af ak am an ar as av ay az ba be bg bh bi bm bn bo br bs ca ce ch co cr cs cu cv cy da de
dv dz ee el en eo es et eu fa ff fi fj fo fr fy ga gd gl gn gu gv ha he hi ho hr ht hu hy hz ia id
ie ig ii ik io is it iu ja jv ka kg ki kj kk kl km kn ko kr ks ku kv kw ky la lb lg li ln lo lt lu
lv mg mh mi mk ml mn mr ms mt my na nb nd ne ng nl nn no nr nv ny oc oj om or os pa pi pl ps pt qu
rm rn ro ru rw sa sc sd se sg si sk sl sm sn so sq sr ss st su sv sw ta te tg th ti tk tl tn to tr
ts tt tw ty ug uk ur uz ve vi vo wa wo xh yi yo za zh zu cnr crh rom rup und mul zxx gag
"""
_ISO = frozenset(_ISO_CODES.split())
_CYRILLIC_LANGUAGES = frozenset({"uk", "ru", "be", "bg", "mk"})
_LATIN_LANGUAGES = frozenset(
    {"sq", "tr", "en", "de", "fr", "it", "es", "pl", "cs", "sk", "sl", "hr", "ro", "hu", "az"}
)
# Letters that one language has and another here never does.
_FOREIGN = {
    "sq": "şŞğĞıİіїєґ",
    "tr": "ëË",
    "uk": "ыЫэЭъЪёЁ",
    "ru": "іІїЇєЄґҐ",
    "en": "şŞğĞİ",
}
_WORD = re.compile(r"[^\W\d_]+")


def check_languages(parsed: Parsed, quads: Iterable[PositionedQuad]) -> Iterator[Finding]:
    """Tags that are no codes, letters that do not fit them, mixed scripts, denormal text."""
    for quad in quads:
        if isinstance(quad.object, ox.Literal) and _is_text(quad.object):
            yield from _check(parsed, quad, quad.object)


def _is_text(term: ox.Literal) -> bool:
    return term.language is not None or term.datatype.value.endswith("#string")


def _check(parsed: Parsed, quad: PositionedQuad, term: ox.Literal) -> Iterator[Finding]:
    tag = term.language
    if tag is not None:
        right = right_tag(tag)
        if right != tag:
            values = {"tag": tag, "near": right or ""}
            place = _tag_place(parsed, quad, tag)
            mark = '"{}"' if is_json(parsed) else "@{}"
            fix = mark.format(right) if right and place else None
            found = finding(
                "language-tag", "violation", values, parsed=parsed, quad=quad,
                fix=fix, fix_span=place,
            )  # fmt: skip
            # JSON-LD keeps the tag apart from the words, maybe on a line of its own.
            apart = place is not None and is_json(parsed)
            yield replace(found, span=parsed.span(*place)) if place and apart else found
        else:
            yield from _check_script(parsed, quad, term, tag)
    yield from _check_words(parsed, quad, term)
    normal = unicodedata.normalize("NFC", term.value)
    if normal != term.value:
        values = {"value": f"“{term.value[:60]}”", "near": f"“{normal[:60]}”"}
        fix = unicodedata.normalize("NFC", written(parsed, quad))
        yield finding(
            "not-nfc", "warning", values, parsed=parsed, quad=quad,
            fix=fix if fix != written(parsed, quad) else None,
        )  # fmt: skip


def right_tag(tag: str) -> str | None:
    """The tag that was meant: itself where it is one, the code of a language's name, or nothing.

    >>> right_tag("albanian"), right_tag("sr-cyrl"), right_tag("ua"), right_tag("xx")
    ('sq', 'sr-cyrl', 'uk', None)
    """
    main, _, rest = tag.lower().partition("-")
    if main in _ISO:
        return tag
    found = _CODES.get(main)
    return f"{found}-{rest}" if found and rest else found


def _tag_place(parsed: Parsed, quad: PositionedQuad, tag: str) -> tuple[int, int] | None:
    """Where the tag stands with its mark: ``@tag``, or ``"tag"`` in JSON-LD, also as a key."""
    if is_json(parsed):
        return keyword_stretch(parsed, quad, "@language") or _key_place(parsed, quad, tag)
    match = re.search(rf"(@{re.escape(tag)})$", written(parsed, quad), re.I)
    start = quad.object_at
    return None if match is None else (start + match.start(1), start + match.end(1))


def _key_place(parsed: Parsed, quad: PositionedQuad, tag: str) -> tuple[int, int] | None:
    """The tag as the key of a language map, before its one value."""
    before = parsed.lines.text[: quad.object_at] if parsed.lines else ""
    match = re.search(rf'("{re.escape(tag)}")\s*:\s*$', before[-_KEY_SOUGHT:], re.I)
    start = max(0, len(before) - _KEY_SOUGHT)
    return None if match is None else (start + match.start(1), start + match.end(1))


_KEY_SOUGHT = 200


def _check_script(
    parsed: Parsed, quad: PositionedQuad, term: ox.Literal, tag: str
) -> Iterator[Finding]:
    wrong = foreign_letters(term.value, tag)
    if wrong:
        values = {"value": f"“{term.value[:60]}”", "tag": tag, "letters": wrong}
        yield finding("language-script", "warning", values, parsed=parsed, quad=quad)


def foreign_letters(text: str, tag: str) -> str:
    """The letters of ``text`` that speak against its tag, at most ten; empty where none do.

    Latin letters are common in Cyrillic text (names, abbreviations), so they speak against it
    only where they are the most.

    >>> foreign_letters("Асоціація", "sq"), foreign_letters("Zyra", "sr-cyrl")
    ('Асоціая', 'Zyra')
    """
    main, _, rest = tag.lower().partition("-")
    cyrillic = [c for c in text if "Ѐ" <= c <= "ӿ"]
    latin = [c for c in text if c.isalpha() and _script(c) == "LATIN"]
    wanted = "cyrl" if main in _CYRILLIC_LANGUAGES else "latn" if main in _LATIN_LANGUAGES else ""
    for script in ("cyrl", "latn"):
        wanted = script if script in rest.split("-") else wanted
    wrong: list[str] = []
    if wanted == "latn" and len(cyrillic) > len(latin):
        wrong = cyrillic
    elif wanted == "cyrl" and len(latin) > len(cyrillic):
        wrong = latin
    wrong = wrong or [c for c in text if c in _FOREIGN.get(main, "")]
    return "".join(dict.fromkeys(wrong))[:10]


@lru_cache(maxsize=4096)
def _script(letter: str) -> str:
    """The script of a letter, as its name begins."""
    return unicodedata.name(letter, "?").split()[0]


def _check_words(parsed: Parsed, quad: PositionedQuad, term: ox.Literal) -> Iterator[Finding]:
    if term.value.isascii():
        return
    for word in _WORD.findall(term.value):
        scripts = {_script(letter) for letter in word}
        if {"LATIN", "CYRILLIC"} <= scripts:
            values = {"word": f"“{word}”"}
            yield finding("mixed-scripts", "warning", values, parsed=parsed, quad=quad)
            return
