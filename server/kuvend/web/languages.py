"""The languages of a request: ``?lang=``, then Accept-Language, then the project's own."""

from __future__ import annotations

import re
from itertools import islice

from flask import current_app, g, request

from kuvend.project import Project

# The languages the pages themselves are written in, by their own names.
PAGE_LANGUAGES: dict[str, str] = {
    "en": "English",
    "sq": "Shqip",
    "uk": "Українська",
    "tr": "Türkçe",
}

_LANGUAGE = re.compile(r"[A-Za-z]{2,8}(?:-[A-Za-z0-9]{1,8})*\Z")
# Labels are looked for in each, thing by thing.
_MOST_LANGUAGES = 10


def chosen() -> str | None:
    """The language that ``?lang=`` asks for, where it is one of ours."""
    wanted = request.args.get("lang", "").lower()
    return wanted if wanted in PAGE_LANGUAGES else None


def page_language() -> str:
    """The language of headings and property labels on this page."""
    # Asked for each label of a page.
    if "page_language" not in g:
        matched = request.accept_languages.best_match(list(PAGE_LANGUAGES), default="en")
        g.page_language = chosen() or matched or "en"
    found: str = g.page_language
    return found


def reading_order() -> tuple[str, ...]:
    """The languages in which labels are looked for, best first."""
    if "reading_order" not in g:
        wanted = (tag for tag, quality in request.accept_languages if quality > 0)
        accepted = list(islice(filter(_LANGUAGE.match, wanted), _MOST_LANGUAGES))
        project: Project = current_app.extensions["kuvend"]
        own = project.settings.languages.split()
        first = [chosen()] if chosen() else [tag.partition("-")[0] for tag in accepted]
        ordered = [*(tag for tag in first if tag), page_language(), *own]
        g.reading_order = tuple(dict.fromkeys(tag.lower() for tag in ordered))
    found: tuple[str, ...] = g.reading_order
    return found
