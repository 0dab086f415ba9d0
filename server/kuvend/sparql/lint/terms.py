"""Properties and classes that no statement has, alone or together."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from kuvend.sparql.finding import Finding
from kuvend.sparql.lexer import Token, iter_tokens
from kuvend.sparql.lint.patterns import Judged
from kuvend.sparql.profile import local_name
from kuvend.sparql.tree import Part


def unknown_terms(query: Judged) -> Iterator[Finding]:
    """Properties and classes that no statement has."""
    for place in query.places:
        terms, places = place.part.element.terms, place.part.element.places
        if terms is None or places is None:
            continue
        for token in _steps(place.part):
            iri = query.names.absolute(token)
            if iri and not query.profile.knows(iri):
                yield _unknown(query, token, iri, "property", query.profile.properties)
        if query.is_type(terms[1]):
            for token in iter_tokens(terms[2]):
                iri = query.names.absolute(token)
                if iri and not query.profile.knows(iri):
                    moved = Token(token.kind, token.text, places[2])
                    yield _unknown(query, moved, iri, "class", query.profile.classes)
                break


def never_together(query: Judged) -> Iterator[Finding]:
    """Properties that nothing of the class stated for their subject has."""
    for place in query.places:
        terms, places = place.part.element.terms, place.part.element.places
        if terms is None or places is None or not place.in_default_graph or place.is_negated:
            continue
        predicate = query.single(terms[1])
        if predicate is None or predicate not in query.profile.properties:
            continue
        for cls in _classes(query, terms[0], place.around):
            having = query.profile.together.get(cls)
            if having and predicate not in having:
                yield _never(query, cls, predicate, place.part.element.text, places[1])


def _unknown(query: Judged, token: Token, iri: str, what: str, known: Iterable[str]) -> Finding:
    name = query.short(iri)
    if iri in query.profile.declared:
        return query.finding(
            f"unused-{what}", f"{name} is declared, but no statement here has this {what}.",
            token.text, token.offset,
        )  # fmt: skip
    near = query.profile.nearest(iri, {*known, *query.profile.elsewhere})
    hint = f"Did you mean {query.short(near)}?" if near else None
    return query.finding(
        f"unknown-{what}", f"no statement here has the {what} {name}.",
        token.text, token.offset, hint,
    )  # fmt: skip


def _never(query: Judged, cls: str, predicate: str, part: str, offset: int) -> Finding:
    having = query.profile.together[cls]
    near = query.profile.nearest(predicate, having)
    owners = [c for c, found in query.profile.together.items() if predicate in found]
    owners.sort(key=lambda c: (local_name(c) in {"Thing", "Resource"}, query.profile.classes[c]))
    hint = f"Did you mean {query.short(near)}?" if near else None
    if hint is None and owners:
        shown = ", ".join(query.short(owner) for owner in owners[:3])
        hint = f"What has it is of the class {shown}."
    detail = f"nothing of the class {query.short(cls)} has {query.short(predicate)}."
    return query.finding("never-together", detail, part, offset, hint)


def _classes(query: Judged, subject: str, around: Iterable[Part]) -> Iterator[str]:
    if not subject.startswith(("?", "$")):
        return
    for other in around:
        terms = other.element.terms
        if terms and terms[0][1:] == subject[1:] and query.is_type(terms[1]):
            cls = query.single(terms[2])
            if cls is not None:
                yield cls


def _steps(part: Part) -> Iterator[Token]:
    """The names in the predicate of a pattern, whose path may have several."""
    terms, places = part.element.terms, part.element.places
    if terms is None or places is None:
        return
    for token in iter_tokens(terms[1]):
        if token.kind in {"iri", "name"}:
            yield Token(token.kind, token.text, token.offset + places[1])
