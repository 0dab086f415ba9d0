"""Entity tags of answers: which release they come from, and how they were asked for.

A tag is two numbers with a point between: the release, and a hash of format and request. It is
weak, since the engine may order the same solutions differently from run to run.
"""

from __future__ import annotations

from hashlib import blake2b

from kuvend.sparql.protocol import QueryCall

_DEFAULTS = QueryCall("")[1:]


def tag_of(release_id: str, media_type: str, call: QueryCall) -> str:
    """The tag of what ``call`` gives in ``media_type``."""
    more = "" if call[1:] == _DEFAULTS else repr(call[1:])
    told = "\0".join((media_type, more, call.query))
    digest = blake2b(told.encode("utf-8", "replace"), digest_size=12)
    return f'W/"{release_id}.{digest.hexdigest()}"'


def matches(etag: str, if_none_match: str) -> bool:
    """Whether ``If-None-Match`` names this tag (weak comparison, RFC 9110 §13.1.2)."""
    if not if_none_match:
        return False
    if if_none_match.strip() == "*":
        return True
    return etag.removeprefix("W/") in _tags(if_none_match)


def releases_of(if_match: str) -> frozenset[str]:
    """The releases that the tags of ``If-Match`` come from.

    >>> sorted(releases_of('W/"ab12.77", "cd34"'))
    ['ab12', 'cd34']
    """
    return frozenset(tag.strip('"').partition(".")[0] for tag in _tags(if_match))


def _tags(header: str) -> list[str]:
    return [tag.strip().removeprefix("W/") for tag in header.split(",")]
