"""Dates as people write them, in the languages of the product."""

from __future__ import annotations

import datetime
import re

# The months in English, Albanian, Turkish, Ukrainian; longer forms stand for their endings too.
MONTHS = (
    "january jan janar ocak січень січня", "february feb shkurt şubat лютий лютого",
    "march mar mars mart березень березня", "april apr prill nisan квітень квітня",
    "may maj mayıs травень травня", "june jun qershor haziran червень червня",
    "july jul korrik temmuz липень липня", "august aug gusht ağustos серпень серпня",
    "september sep shtator eylül вересень вересня", "october oct tetor ekim жовтень жовтня",
    "november nov nëntor kasım листопад листопада",
    "december dec dhjetor aralık грудень грудня",
)  # fmt: skip
_LONG = 4

_IN_WORDS = re.compile(
    r"\s*(?:(?P<day>\d{1,2})\.?\s+)?(?P<month>[^\W\d_]{3,}),?\s+(?P<year>\d{4})"
    r"(?:\s*(?:року|р\.|yılı))?\s*"
)
_AMERICAN = re.compile(r"\s*(?P<month>[^\W\d_]{3,})\s+(?P<day>\d{1,2}),\s+(?P<year>\d{4})\s*")
_IN_DIGITS = re.compile(r"\s*(?P<day>\d{1,2})[./-](?P<month>\d{1,2})[./-](?P<year>\d{4})\s*")
_YEAR_FIRST = re.compile(r"\s*(?P<year>\d{4})[./-](?P<month>\d{1,2})[./-](?P<day>\d{1,2})\s*")


def day_in_words(text: str) -> str | None:
    """The day or month that ``text`` names, as ISO 8601 has it; ``None`` where in doubt.

    Digits alone are taken only where the day cannot be a month, or the year comes first.

    >>> day_in_words("26 June 1992"), day_in_words("qershor 1992"), day_in_words("26.06.1992")
    ('1992-06-26', '1992-06', '1992-06-26')
    >>> day_in_words("2001/5/3")
    '2001-05-03'
    >>> day_in_words("5.6.1992") is None, day_in_words("31 червня 1992") is None
    (True, True)
    """
    match = _IN_WORDS.fullmatch(text) or _AMERICAN.fullmatch(text)
    if match is not None:
        month = month_named(match["month"])
    else:
        match = _YEAR_FIRST.fullmatch(text) or _IN_DIGITS.fullmatch(text)
        if match is None or (match.re is _IN_DIGITS and int(match["day"]) <= 12):
            return None
        month = int(match["month"])
    if month is None:
        return None
    day = int(match["day"]) if match["day"] else None
    try:
        found = datetime.date(int(match["year"]), month, day or 1)
    except ValueError:
        return None
    return found.isoformat() if day else f"{found:%Y-%m}"


def digits_of_day(text: str) -> tuple[str, int, int] | None:
    """Year, month and day of a day written in digits as people here write it.

    >>> digits_of_day("31.02.2020"), digits_of_day("2020/2/31"), digits_of_day("spring 2020")
    (('2020', 2, 31), ('2020', 2, 31), None)
    """
    match = _YEAR_FIRST.fullmatch(text) or _IN_DIGITS.fullmatch(text)
    return None if match is None else (match["year"], int(match["month"]), int(match["day"]))


def month_named(word: str) -> int | None:
    """The number of a month by its name; ``None`` where it is none.

    >>> month_named("Haziran’da"), month_named("qershorit"), month_named("mayor")
    (6, 6, None)
    """
    lowered = word.replace("İ", "i").casefold()
    for number, forms in enumerate(MONTHS, start=1):
        for form in forms.split():
            if lowered == form or (len(form) >= _LONG and lowered.startswith(form)):
                return number
    return None
