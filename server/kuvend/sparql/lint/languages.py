"""Columns in several languages."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kuvend.sparql.finding import Finding
from kuvend.sparql.lint.patterns import Judged

_LANGUAGE_WORDS = frozenset({"LANG", "LANGMATCHES", "HASLANG"})
_SHOWN = 5


def languages(query: Judged) -> Iterator[Finding]:
    """Columns with a text in several languages, where nothing chooses one."""
    if any(t.text.upper() in _LANGUAGE_WORDS for t in query.tree.tokens if t.kind == "word"):
        return
    select = query.tree.select
    if select is None or select.is_star:
        return
    shown = {token.text for token in select.columns}
    for place in query.places:
        terms, places = place.part.element.terms, place.part.element.places
        if terms is None or places is None or terms[2] not in shown or place.is_negated:
            continue
        predicate = query.single(terms[1])
        tags = query.profile.languages.get(predicate or "")
        if tags and len(tags) > 1 and terms[0].startswith(("?", "$")):
            yield query.finding(
                "language",
                f"{terms[2]} comes in {len(tags)} languages ({', '.join(sorted(tags)[:_SHOWN])}"
                "), a row for each that a thing has.",
                place.part.element.text,
                places[2],
                f'FILTER(LANG({terms[2]}) = "{_first_language(tags)}") keeps one; '
                f"selecting LANG({terms[2]}) tells them apart.",
            )


def _first_language(tags: Iterable[str]) -> str:
    ordered = sorted(tags)
    return "en" if "en" in ordered else ordered[0]
