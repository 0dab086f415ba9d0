"""Texts in the languages of the product: English, Albanian, Ukrainian, Turkish."""

from __future__ import annotations

from collections.abc import Mapping

LANGUAGES: tuple[str, ...] = ("en", "sq", "uk", "tr")

Text = Mapping[str, str]


def text(en: str, sq: str, uk: str, tr: str) -> Text:
    """One text in each language; values stand in braces."""
    return {"en": en, "sq": sq, "uk": uk, "tr": tr}
