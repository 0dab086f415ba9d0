"""Literals in words a person reads: dates of every precision, months, durations."""

from __future__ import annotations

import re
import unicodedata

import pyoxigraph as ox

_XSD = "http://www.w3.org/2001/XMLSchema#"

MONTHS: dict[str, tuple[str, ...]] = {
    "en": ("January", "February", "March", "April", "May", "June", "July", "August",
           "September", "October", "November", "December"),
    "sq": ("janar", "shkurt", "mars", "prill", "maj", "qershor", "korrik", "gusht",
           "shtator", "tetor", "nëntor", "dhjetor"),
    "uk": ("січень", "лютий", "березень", "квітень", "травень", "червень", "липень", "серпень",
           "вересень", "жовтень", "листопад", "грудень"),
    "tr": ("Ocak", "Şubat", "Mart", "Nisan", "Mayıs", "Haziran", "Temmuz", "Ağustos",
           "Eylül", "Ekim", "Kasım", "Aralık"),
}  # fmt: skip

# Ukrainian puts the month of a full date in the genitive.
_OF_MONTH_UK = (
    "січня", "лютого", "березня", "квітня", "травня", "червня", "липня", "серпня",
    "вересня", "жовтня", "листопада", "грудня",
)  # fmt: skip

# Letters in the order of each alphabet; Albanian has letters of two characters.
_ALPHABETS: dict[str, tuple[str, ...]] = {
    "en": tuple("abcdefghijklmnopqrstuvwxyz"),
    "sq": (
        "a", "b", "c", "ç", "d", "dh", "e", "ë", "f", "g", "gj", "h", "i", "j", "k", "l", "ll",
        "m", "n", "nj", "o", "p", "q", "r", "rr", "s", "sh", "t", "th", "u", "v", "x", "xh", "y",
        "z", "zh",
    ),
    "uk": tuple("абвгґдеєжзиіїйклмнопрстуфхцчшщьюя"),
    "tr": tuple("abcçdefgğhıijklmnoöprsştuüvyz"),
}  # fmt: skip

# Unit -> language -> forms for one, a few (Ukrainian 2 to 4) and many.
_UNITS: dict[str, dict[str, tuple[str, str, str]]] = {
    "Y": {"en": ("year", "years", "years"), "sq": ("vit", "vjet", "vjet"),
          "uk": ("рік", "роки", "років"), "tr": ("yıl", "yıl", "yıl")},
    "M": {"en": ("month", "months", "months"), "sq": ("muaj", "muaj", "muaj"),
          "uk": ("місяць", "місяці", "місяців"), "tr": ("ay", "ay", "ay")},
    "D": {"en": ("day", "days", "days"), "sq": ("ditë", "ditë", "ditë"),
          "uk": ("день", "дні", "днів"), "tr": ("gün", "gün", "gün")},
    "h": {"en": ("hour", "hours", "hours"), "sq": ("orë", "orë", "orë"),
          "uk": ("година", "години", "годин"), "tr": ("saat", "saat", "saat")},
    "m": {"en": ("minute", "minutes", "minutes"), "sq": ("minutë", "minuta", "minuta"),
          "uk": ("хвилина", "хвилини", "хвилин"), "tr": ("dakika", "dakika", "dakika")},
}  # fmt: skip

_YES_NO = {"en": ("yes", "no"), "sq": ("po", "jo"), "uk": ("так", "ні"), "tr": ("evet", "hayır")}

_DURATION = re.compile(
    r"(?P<sign>-?)P(?:(?P<Y>\d{1,9})Y)?(?:(?P<M>\d{1,9})M)?(?:(?P<D>\d{1,9})D)?"
    r"(?:T(?:(?P<h>\d{1,9})H)?(?:(?P<m>\d{1,9})M)?(?:(?P<s>\d{1,9}(?:\.\d+)?)S)?)?",
    re.ASCII,
)


def in_words(literal: ox.Literal, language: str = "en") -> str:
    """The value of ``literal`` as a reader of ``language`` writes it; else its lexical form.

    >>> in_words(ox.Literal("2013-04", datatype=ox.NamedNode(_XSD + "gYearMonth")))
    'April 2013'
    >>> in_words(ox.Literal("P60M", datatype=ox.NamedNode(_XSD + "duration")), "tr")
    '5 yıl'
    """
    kind = literal.datatype.value
    if not kind.startswith(_XSD):
        return literal.value
    spoken = language if language in MONTHS else "en"
    name = kind[len(_XSD) :]
    if name in {"date", "gYearMonth", "gMonth"}:
        return _date(literal.value, spoken)
    if name in {"duration", "yearMonthDuration", "dayTimeDuration"}:
        return _duration(literal.value, spoken)
    if name == "boolean":
        yes, no = _YES_NO[spoken]
        return yes if literal.value in {"true", "1"} else no
    return literal.value


def collation_key(text: str, language: str) -> tuple[tuple[int, str], ...]:
    """A sort key that puts labels in the order of the alphabet of ``language``.

    Letters of other alphabets stand by their base letter, else after the alphabet.

    >>> sorted(["şehir", "sınır", "zaman", "İl", "ıl"], key=lambda t: collation_key(t, "tr"))
    ['ıl', 'İl', 'sınır', 'şehir', 'zaman']
    >>> sorted(["яр", "ім’я", "їжа", "йод", "ива"], key=lambda t: collation_key(t, "uk"))
    ['ива', 'ім’я', 'їжа', 'йод', 'яр']
    """
    alphabet = _ALPHABETS.get(language, _ALPHABETS["en"])
    small = text.replace("İ", "i").replace("I", "ı") if language == "tr" else text
    letters = re.findall("|".join(sorted(alphabet, key=len, reverse=True)) + "|.", small.lower())
    return tuple(_place(letter, alphabet) for letter in letters)


def _place(letter: str, alphabet: tuple[str, ...]) -> tuple[int, str]:
    if letter in alphabet:
        return (alphabet.index(letter) + 1, "")
    base = unicodedata.normalize("NFKD", letter)[0]
    if base in alphabet:
        return (alphabet.index(base) + 1, letter)
    return (len(alphabet) + 1, letter) if letter.isalpha() else (0, letter)


def month_name(number: int, language: str) -> str:
    """The name of a month, 1 to 12."""
    return MONTHS.get(language, MONTHS["en"])[number - 1]


def _date(text: str, language: str) -> str:
    full = re.match(r"^(?P<year>-?\d{4,})-(?P<month>\d\d)(?:-(?P<day>\d\d))?", text)
    bare = re.match(r"^--(?P<month>\d\d)", text)
    match = full or bare
    if match is None or not 1 <= int(match["month"]) <= 12:
        return text
    month = month_name(int(match["month"]), language)
    if bare:
        return month
    day = match["day"]
    if day and language == "uk":
        month = _OF_MONTH_UK[int(match["month"]) - 1]
    parts = [str(int(day)) if day else "", month, match["year"]]
    return " ".join(part for part in parts if part)


def _duration(text: str, language: str) -> str:
    match = _DURATION.fullmatch(text)
    if match is None:
        return text
    months = int(match["Y"] or 0) * 12 + int(match["M"] or 0)
    amounts = {"Y": months // 12, "M": months % 12}
    amounts.update({unit: int(match[unit] or 0) for unit in "Dhm"})
    parts = [f"{n} {_unit(unit, n, language)}" for unit, n in amounts.items() if n]
    if match["s"] and float(match["s"]):
        parts.append(f"{match['s']} s")
    words = " ".join(parts) or f"0 {_unit('D', 0, language)}"
    return f"−{words}" if match["sign"] else words


def _unit(unit: str, amount: int, language: str) -> str:
    one, few, many = _UNITS[unit][language]
    if language != "uk":
        return one if amount == 1 else many
    if amount % 10 == 1 and amount % 100 != 11:
        return one
    if amount % 10 in {2, 3, 4} and amount % 100 not in {12, 13, 14}:
        return few
    return many
