"""Templates: what they may call, and the page as a response."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph as ox
from flask import Flask, render_template, request
from markupsafe import Markup, escape

from kuvend.describe import LABEL_PROPERTIES, Labels, Passage, pick
from kuvend.describe.labels import local_name
from kuvend.namespaces import GREG, KV, RDF, SKOS, TIME, compact
from kuvend.store import DEFAULT_GRAPH, GraphNames
from kuvend.terms import Term
from kuvend.web import languages, links, wording
from kuvend.web.knowledge import knowledge
from kuvend.web.reading import Row, Value

_WORDS = Path(__file__).parent / "words"
# `str.isdigit` also takes digits that `int` does not, and `int` refuses very long ones.
_POSITION = re.compile(r"-*[0-9]{1,9}")

NAVIGATION = (
    ("Explore", "/explore"),
    ("Documents", "/documents"),
    ("Queries", "/queries"),
    ("SPARQL", "/sparql"),
    ("Validate", "/validate"),
    ("Ontology", "/def"),
)


def install(app: Flask) -> None:
    """Give the templates of ``app`` their functions."""
    app.context_processor(_context)
    app.jinja_env.trim_blocks = True
    app.jinja_env.lstrip_blocks = True


@cache
def _words(language: str) -> dict[str, str]:
    path = _WORDS / f"{language}.json"
    if not path.is_file():
        return {}
    found: dict[str, str] = json.loads(path.read_text(encoding="utf-8"))
    return found


def words(text: str, **values: object) -> str:
    """``text``, which is English, in the language of the page, with ``{values}`` put in."""
    translated = _words(languages.page_language()).get(text, text)
    return translated.format(**values) if values else translated


def labels() -> Labels:
    """The labels for the reader of this request."""
    return knowledge().labels(languages.reading_order())


def href(node: ox.NamedNode | str) -> str:
    """The path of this server that tells about ``node``, in the reader's language."""
    iri = node.value if isinstance(node, ox.NamedNode) else node
    return links.with_language(links.local_path(iri, knowledge().base_iri))


def local(node: ox.NamedNode) -> str:
    """The path of this server that tells about ``node``, without the language."""
    return links.local_path(node.value, knowledge().base_iri)


def place_href(passage: Passage) -> str:
    """The very place of ``passage`` on the page of its document."""
    document = passage.source.document or passage.source.iri
    path = links.local_path(document.value, knowledge().base_iri)
    if knowledge().is_long(passage.source.iri):
        path += f"?at={passage.start}"
    return f"{links.with_language(path)}#{passage.anchor}"


def at(path: str) -> str:
    """A path of this server, in the reader's language."""
    return links.with_language(f"{request.script_root}{path}")


def tagged(literal: ox.Literal) -> Markup:
    """The text of ``literal``, marked with its language where that is not the page's."""
    text = wording.in_words(literal, languages.page_language())
    tag = literal.language
    if tag and tag.partition("-")[0] != languages.page_language():
        return Markup('<span lang="{}">{}</span>').format(tag, text)
    return escape(text)


def name(node: Term) -> Markup:
    """What to call ``node`` on a page, without a link."""
    if node == RDF.type:
        return escape(words("kind"))
    if isinstance(node, ox.NamedNode):
        month = month_number(node)
        if month:
            return escape(wording.month_name(month, languages.page_language()))
        return tagged(labels().best(node))
    if isinstance(node, ox.Literal):
        return tagged(node)
    if isinstance(node, ox.Triple):
        parts = (name(part) for part in (node.subject, node.predicate, node.object))
        return Markup(" ").join(parts)
    return escape(words("something without a name"))


def link(node: Term) -> Markup:
    """``node`` on a page: a link for an IRI, the value for a literal."""
    if isinstance(node, ox.NamedNode):
        return Markup('<a href="{}">{}</a>').format(href(node), name(node))
    if isinstance(node, ox.Literal) and node.value.startswith(("http://", "https://")):
        return Markup('<a href="{0}" rel="nofollow">{0}</a>').format(node.value)
    return name(node)


def label_key(node: ox.NamedNode) -> tuple[tuple[int, str], ...]:
    """Sorts nodes by label in the order of the alphabet of the page's language."""
    return wording.collation_key(labels().text(node), languages.page_language())


def short(node: ox.NamedNode) -> str:
    """``node`` as a prefixed name."""
    return compact(node.value, knowledge().project.prefixes)


def language_name(tag: str | None) -> str:
    """The name of a language in the language of the page; the tag where it is not known."""
    names = {
        "en": words("English"),
        "sq": words("Albanian"),
        "uk": words("Ukrainian"),
        "tr": words("Turkish"),
    }
    return names.get((tag or "").partition("-")[0], tag or "")


def pick_literal(literals: Iterable[ox.Literal]) -> ox.Literal | None:
    """The one of ``literals`` that the reader understands best."""
    return pick(sorted(literals, key=str), languages.reading_order())


def labels_properties() -> tuple[ox.NamedNode, ...]:
    """The properties that only name a thing."""
    return (*LABEL_PROPERTIES, SKOS.altLabel)


def position(node: ox.NamedNode) -> float:
    """Where the source puts ``node`` in a list or in the year; infinity where it does not say."""
    store = knowledge().store
    for prop in (KV.position, TIME.month):
        for quad in store.quads(node, prop, None, DEFAULT_GRAPH):
            value = quad.object
            if isinstance(value, ox.Literal) and _POSITION.fullmatch(value.value):
                return int(value.value.strip("-"))
    return month_number(node) or float("inf")


def month_number(node: ox.NamedNode) -> int | None:
    """1 to 12 for the months of the Gregorian calendar ontology of the W3C.

    >>> month_number(GREG.May)
    5
    """
    if node not in GREG:
        return None
    english = wording.MONTHS["en"]
    local = local_name(node.value)
    return english.index(local) + 1 if local in english else None


def document_name(slug: str) -> Markup:
    """The title of the document with this slug."""
    return name(ox.NamedNode(f"{knowledge().base_iri}document/{slug}"))


def graph_label(graph_name: ox.NamedNode) -> str:
    """A named graph in words: the document whose statements it holds, or its own name."""
    graphs: GraphNames = knowledge().graphs
    if graphs.is_statements(graph_name):
        slug = local_name(graph_name.value)
        return labels().text(ox.NamedNode(f"{graphs.base_iri}document/{slug}"))
    return local_name(graph_name.value)


def is_its_own_quote(value: Value) -> bool:
    """Whether a literal is, but for white space, the only sentence quoted for it."""
    term = value.statement.triple.object
    quotes = value.quotes
    if not isinstance(term, ox.Literal) or len(quotes) != 1 or len(term.value) < 40:
        return False
    return term.value.split() == quotes[0].passage.exact.split()


def untold(row: Row, value: Value) -> list[Value]:
    """The values of ``row`` that are not word for word one of the sentences shown with it."""
    said = [quoted.passage.exact.split() for quoted in value.quotes]
    return [
        inner
        for inner in row.values
        if not isinstance(inner.statement.triple.object, ox.Literal)
        or len(inner.statement.triple.object.value) < 40
        or inner.statement.triple.object.value.split() not in said
    ]


def page(template: str, **values: Any) -> str:
    """The HTML of ``template``."""
    return render_template(template, **values)


def as_json(value: object) -> str:
    """``value`` as indented JSON with letters as they are."""
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _context() -> dict[str, Any]:
    return {
        "t": words,
        "lang": languages.page_language(),
        "page_languages": languages.PAGE_LANGUAGES,
        "language_name": language_name,
        "navigation": NAVIGATION,
        "href": href,
        "at": at,
        "place_href": place_href,
        "local": local,
        "name": name,
        "link": link,
        "tagged": tagged,
        "short": short,
        "graph_label": graph_label,
        "document_name": document_name,
        "explain_path": lambda triple: links.with_language(links.explain_path(triple)),
        "has_address": links.has_address,
        "page_url": links.page_url,
        "is_its_own_quote": is_its_own_quote,
        "untold": untold,
    }
