"""The languages of a request: ``?lang=``, then Accept-Language, then the project's own."""

from __future__ import annotations

from flask import current_app, g, request

from kuvend.project import Project

# The languages the pages themselves are written in, by their own names.
PAGE_LANGUAGES: dict[str, str] = {
    "en": "English",
    "sq": "Shqip",
    "uk": "Українська",
    "tr": "Türkçe",
}


def chosen() -> str | None:
    """The language that ``?lang=`` asks for, where it is one of ours."""
    wanted = request.args.get("lang", "").lower()
    return wanted if wanted in PAGE_LANGUAGES else None


def page_language() -> str:
    """The language of headings and property labels on this page."""
    explicit = chosen()
    if explicit:
        return explicit
    return request.accept_languages.best_match(list(PAGE_LANGUAGES), default="en") or "en"


def reading_order() -> tuple[str, ...]:
    """The languages in which labels are looked for, best first."""
    if "reading_order" not in g:
        accepted = [tag for tag, quality in request.accept_languages if quality > 0 and tag != "*"]
        project: Project = current_app.extensions["kuvend"]
        own = project.settings.languages.split()
        first = [chosen()] if chosen() else [tag.partition("-")[0] for tag in accepted]
        ordered = [*(tag for tag in first if tag), page_language(), *own]
        g.reading_order = tuple(dict.fromkeys(tag.lower() for tag in ordered))
    found: tuple[str, ...] = g.reading_order
    return found
