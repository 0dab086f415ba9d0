"""Resolving a relative IRI reference against a base (RFC 3986 §5.2).

What has dot segments, or names a host, is left to the engine: it keeps some segments that the RFC
takes away, and one text has to mean the same whoever reads it.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

import pyoxigraph as ox

_PARTS = re.compile(
    r"^(?:(?P<scheme>[A-Za-z][A-Za-z0-9+.\-]*):)?(?://(?P<authority>[^/?#]*))?"
    r"(?P<path>[^?#]*)(?:\?(?P<query>[^#]*))?(?:#(?P<fragment>.*))?$",
    re.S,
)
_NO_SCHEME = re.compile(r"[^/?#]*:")
_ABSOLUTE = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]*:")
_DOTS = re.compile(r"(?:^|[/:])\.{1,2}(?:[/?#]|$)")
_NOT_IN_IRI = re.compile(r'[\x00-\x20<>"{}|\\^`]')


class _Parts(NamedTuple):
    scheme: str | None
    authority: str | None
    path: str
    query: str | None
    fragment: str | None


def is_absolute(reference: str) -> bool:
    """Whether ``reference`` starts with a scheme.

    >>> is_absolute("urn:x"), is_absolute("id/org/akk")
    (True, False)
    """
    return _ABSOLUTE.match(reference) is not None


def has_bad_scheme(reference: str) -> bool:
    """Whether what stands before the first colon can be neither a scheme nor part of a path.

    Source: RFC 3986 §4.2: the first segment of a relative path has no colon.

    >>> has_bad_scheme("1a:b"), has_bad_scheme("a:b"), has_bad_scheme("./1a:b")
    (True, False, False)
    """
    return _NO_SCHEME.match(reference) is not None and not is_absolute(reference)


def resolve(base: str, reference: str) -> str:
    """The absolute IRI that ``reference`` means under ``base``; absolute ones stay as written.

    >>> resolve("http://a/b/c/d;p?q", "../g")
    'http://a/b/g'
    >>> resolve("http://a/b/c/d;p?q", "#s")
    'http://a/b/c/d;p?q#s'
    """
    if is_absolute(reference):
        return reference
    if reference.startswith("//") or _DOTS.search(reference) or _has_dots(base):
        found = _by_engine(base, reference)
        if found is not None:
            return found
    root, ref = _split_base(base), _split(reference)
    if ref.authority is not None:
        path, query, authority = _without_dots(ref.path), ref.query, ref.authority
    else:
        authority_or_none = root.authority
        path, query = _path_under(root, ref)
        return _join(root.scheme, authority_or_none, path, query, ref.fragment)
    return _join(root.scheme, authority, path, query, ref.fragment)


def _by_engine(base: str, reference: str) -> str | None:
    if _NOT_IN_IRI.search(reference):
        return None
    try:
        quads = ox.parse(f"<{reference}> a <urn:x> .", format=ox.RdfFormat.TURTLE, base_iri=base)
        return str(getattr(next(iter(quads)).subject, "value", ""))
    except (SyntaxError, ValueError):
        return None


def _path_under(root: _Parts, ref: _Parts) -> tuple[str, str | None]:
    if not ref.path:
        return root.path, ref.query if ref.query is not None else root.query
    if ref.path.startswith("/"):
        return _without_dots(ref.path), ref.query
    if root.authority is not None and not root.path:
        return _without_dots(f"/{ref.path}"), ref.query
    return _without_dots(root.path[: root.path.rfind("/") + 1] + ref.path), ref.query


@lru_cache(maxsize=16)
def _split_base(text: str) -> _Parts:
    # Many references follow one base, which may be long.
    return _split(text)


@lru_cache(maxsize=16)
def _has_dots(base: str) -> bool:
    return _DOTS.search(base) is not None


def _split(text: str) -> _Parts:
    match = _PARTS.match(text)
    assert match is not None, "every part is optional, so every text matches"
    return _Parts(
        match["scheme"], match["authority"], match["path"], match["query"], match["fragment"]
    )


def _join(
    scheme: str | None, authority: str | None, path: str, query: str | None, fragment: str | None
) -> str:
    text = f"{scheme}:" if scheme else ""
    text += f"//{authority}" if authority is not None else ""
    text += path
    text += f"?{query}" if query is not None else ""
    return text + (f"#{fragment}" if fragment is not None else "")


def _without_dots(path: str) -> str:
    if "/." not in path and not path.startswith("."):
        return path
    out: list[str] = []
    segments = path.split("/")
    for index, segment in enumerate(segments):
        last = index == len(segments) - 1
        if segment == "..":
            if len(out) > 1 or (out and out[0]):
                out.pop()
            if last:
                out.append("")
        elif segment == ".":
            if last:
                out.append("")
        else:
            out.append(segment)
    return "/".join(out)
