"""Which representation a request wants, and the response headers that follow from it."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from flask import Response, request
from werkzeug.urls import iri_to_uri

import kuvend
from kuvend.errors import NotAcceptable, NotFound
from kuvend.formats import (
    GRAPH_FORMATS,
    HTML,
    JSON_LD,
    N_QUADS,
    N_TRIPLES,
    RDF_XML,
    TRIG,
    TURTLE,
    Format,
    by_extension,
    by_name,
    negotiate,
)
from kuvend.web.knowledge import knowledge
from kuvend.web.languages import page_language, reading_order
from kuvend.web.page_cache import Made

# What a page about one thing is offered in; HTML first, because a bare `*/*` is mostly a person.
DESCRIPTION_FORMATS: tuple[Format, ...] = (
    HTML, TURTLE, JSON_LD, N_TRIPLES, RDF_XML, TRIG, N_QUADS,
)  # fmt: skip


@dataclass(frozen=True)
class Link:
    """One member of a Link header (RFC 8288)."""

    target: str
    rel: str
    attributes: dict[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        extra = "".join(f'; {key}="{value}"' for key, value in self.attributes.items())
        # A header is ASCII, an IRI need not be.
        return f'<{iri_to_uri(self.target)}>; rel="{self.rel}"{extra}'


def split_extension(
    path: str, offered: Sequence[Format] = DESCRIPTION_FORMATS
) -> tuple[str, Format | None]:
    """``path`` without a known format extension, and that format.

    >>> split_extension("akk.ttl")[0], split_extension("akk.ttl")[1].name
    ('akk', 'turtle')
    >>> split_extension("0.1.0")
    ('0.1.0', None)
    """
    head, dot, extension = path.rpartition(".")
    found = by_extension(extension, offered) if dot and head else None
    return (head, found) if found else (path, None)


def wanted(offered: Sequence[Format], extension: Format | None = None) -> Format:
    """The format to answer with: the path's extension, then ``?format=``, then Accept.

    :raises NotAcceptable: where nothing offered fits.
    """
    if extension is not None:
        return extension
    name = request.args.get("format") or request.args.get("_mediatype")
    if name:
        found = by_name(name, offered)
        if found is None:
            names = ", ".join(offer.name for offer in offered)
            raise NotAcceptable(
                f"there is no format {name!r} here.", suggestion=f"Ask for {names}."
            )
        return found
    return negotiate(request.headers.get("Accept"), offered)


def graph_offers(*, with_html: bool = True) -> tuple[Format, ...]:
    """The formats of a graph, with or without its page."""
    return (HTML, *GRAPH_FORMATS) if with_html else GRAPH_FORMATS


def entity_tag(format_: Format) -> str:
    """The ETag of this request's answer: it changes with release, program, format, language."""
    parts = (
        knowledge().release.id,
        kuvend.__version__,
        format_.name,
        page_language(),
        " ".join(reading_order()),
        request.full_path,
        request.url_root,
    )
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]


def answer(
    format_: Format,
    make: Callable[[], str | bytes],
    *,
    links: Iterable[Link] | Callable[[], Iterable[Link]] = (),
    varies: bool = True,
) -> Response:
    """The response in ``format_``; nothing is made where client or cache has it already.

    ``links`` may be a function where they cost work.
    """
    tag = entity_tag(format_)
    # Proxies that compress weaken the tag; the comparison is the weak one (RFC 9110 §13.1.2).
    if request.if_none_match.contains_weak(tag):
        response = Response(status=304)
    else:
        made = knowledge().pages.get(tag, lambda: _made(make, links))
        response = Response(made.body, content_type=format_.content_type)
        for link in made.links:
            response.headers.add("Link", link)
    response.set_etag(tag)
    response.headers["Cache-Control"] = "public, max-age=0, must-revalidate"
    if varies:
        response.vary.update(["Accept", "Accept-Language"])
    if format_ is HTML:
        response.headers["Content-Language"] = page_language()
    return response


def _made(
    make: Callable[[], str | bytes], links: Iterable[Link] | Callable[[], Iterable[Link]]
) -> Made:
    body = make()
    found = links() if callable(links) else links
    return Made(
        body.encode() if isinstance(body, str) else body, tuple(str(link) for link in found)
    )


def alternates(path: str, offered: Sequence[Format], current: Format) -> list[Link]:
    """``rel=alternate`` links to the other representations, by extension of ``path``."""
    return [
        Link(f"{path}.{offer.extensions[0]}", "alternate", {"type": offer.media_type})
        for offer in offered
        if offer is not current
    ]


def page_number() -> int:
    """The ``?page=`` of the request, 1 without it.

    :raises NotFound: where it is no positive number.
    """
    text = request.args.get("page", "1")
    if not text.isascii() or not text.isdigit() or not 1 <= int(text[:9]) <= 1_000_000:
        raise NotFound(f"there is no page {text!r}.")
    return int(text[:9])
