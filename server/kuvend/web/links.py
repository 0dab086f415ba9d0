"""From IRIs to paths of this server and back: RDF keeps canonical IRIs, pages link locally."""

from __future__ import annotations

from urllib.parse import quote, urlencode

import pyoxigraph as ox
from flask import request

from kuvend.web.languages import chosen

_SAFE = "/~:@!$&'()*+,;=-._"


def with_language(path: str) -> str:
    """``path`` with the reader's explicit ``?lang=`` carried along."""
    lang = chosen()
    if not lang:
        return path
    bare, mark, fragment = path.partition("#")
    joiner = "&" if "?" in bare else "?"
    return f"{bare}{joiner}lang={lang}{mark}{fragment}"


def local_path(iri: str, base_iri: str) -> str:
    """Where this server tells about ``iri``, as a path without the language.

    >>> from flask import Flask
    >>> with Flask("x").test_request_context():
    ...     local_path("https://w3id.org/kuvend/id/org/akk", "https://w3id.org/kuvend/")
    ...     local_path("http://www.w3.org/ns/org#Post", "https://w3id.org/kuvend/")
    '/doc/org/akk'
    '/describe?iri=http%3A%2F%2Fwww.w3.org%2Fns%2Forg%23Post'
    """
    root = request.script_root
    if not iri.startswith(base_iri):
        return f"{root}/describe?{urlencode({'iri': iri})}"
    tail = iri[len(base_iri) :]
    if tail.startswith("id/"):
        tail = f"doc/{tail.removeprefix('id/')}"
    path, mark, fragment = tail.partition("#")
    return f"{root}/{quote(path, safe=_SAFE)}{mark}{quote(fragment, safe=_SAFE)}"


def has_address(triple: ox.Triple) -> bool:
    """Whether ``triple`` can be asked about: blank nodes have no name outside the store."""
    return not isinstance(triple.subject, ox.BlankNode) and not isinstance(
        triple.object, ox.BlankNode
    )


def explain_path(triple: ox.Triple) -> str:
    """The page that tells why ``triple`` holds."""
    parts = {"s": str(triple.subject), "p": str(triple.predicate), "o": str(triple.object)}
    return f"{request.script_root}/explain?{urlencode(parts)}"


def page_url(**changes: object) -> str:
    """The URL of this page with some query parameters changed; ``None`` removes one.

    A list gives a parameter several times.
    """
    changed = {
        key: value if isinstance(value, list) else [] if value is None else [str(value)]
        for key, value in changes.items()
    }
    arguments = {**request.args.to_dict(flat=False), **changed}
    kept = urlencode(arguments, doseq=True)
    base = f"{request.script_root}{request.path}"
    return f"{base}?{kept}" if kept else base
