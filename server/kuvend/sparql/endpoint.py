"""Answers to query calls, ready to send: negotiated, revalidated, cached or fresh."""

from __future__ import annotations

import hashlib
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from kuvend.config import Settings
from kuvend.errors import NotAcceptable
from kuvend.formats import GRAPH_FORMATS, RESULT_FORMATS, Format, by_name, negotiate
from kuvend.sparql.cache import ResultCache
from kuvend.sparql.guard import Outline, check
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.protocol import QueryCall
from kuvend.sparql.stream import ANYONE, Client, QueryResult

_MIN_GZIP_BYTES = 1024
_GZIP_LEVEL = 4


@dataclass(frozen=True)
class Conditions:
    """What the request headers ask for."""

    accept: str | None = None
    accept_encoding: str = ""
    if_none_match: str = ""

    @property
    def takes_gzip(self) -> bool:
        """Whether the client accepts gzip.

        >>> Conditions(accept_encoding="br, gzip;q=0").takes_gzip
        False
        """
        for member in self.accept_encoding.lower().split(","):
            coding, _, parameters = member.partition(";")
            if coding.strip() in {"gzip", "*"}:
                return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
        return False


@dataclass
class Answer:
    """A response as plain values; ``body`` may still be coming."""

    status: int
    headers: dict[str, str]
    body: Iterable[bytes] = field(default_factory=tuple)
    result: QueryResult | None = None


class Endpoint:
    """Turns query calls into answers and remembers what it may."""

    def __init__(self, settings: Settings) -> None:
        self.settings = settings
        self.cache = ResultCache(settings.result_cache_mb * 1024 * 1024)
        self._release_id = ""

    def answer(
        self,
        call: QueryCall,
        pool: QueryPool,
        *,
        release_id: str,
        conditions: Conditions,
        client: Client = ANYONE,
    ) -> Answer:
        """The answer to ``call`` from the release ``release_id``, which ``pool`` serves.

        :raises KuvendError: where there is none.
        """
        self._start_release(release_id)
        found = check(call.query, pool.limits)
        chosen = choose_format(found, call, conditions.accept)
        key = (release_id, chosen.media_type, call)
        headers = _headers(chosen, _etag(key) if found.is_repeatable else None)
        etag = headers.get("ETag")
        if etag is not None:
            kept = self.cache.get((key, conditions.takes_gzip))
            if matches(etag, conditions.if_none_match) and kept is not None:
                return Answer(304, headers)
            if kept is not None:
                return Answer(200, _whole(headers, kept, conditions.takes_gzip), [kept])
        result = pool.run(
            found,
            format=chosen,
            default_graphs=call.default_graphs,
            named_graphs=call.named_graphs,
            timeout_s=call.timeout_s,
            entailment=call.entailment,
            client=client,
        )
        if not result.is_complete:
            return _streamed(result, headers, gzip=conditions.takes_gzip)
        if etag is not None and matches(etag, conditions.if_none_match):
            return Answer(304, headers, result=result)
        body = result.read()
        if conditions.takes_gzip and len(body) >= _MIN_GZIP_BYTES:
            body = gzip_bytes(body)
        if etag is not None:
            self.cache.put((key, conditions.takes_gzip), body)
        return Answer(200, _whole(headers, body, conditions.takes_gzip), [body], result)

    def _start_release(self, release_id: str) -> None:
        if release_id != self._release_id:
            self.cache.clear()
            self._release_id = release_id


def choose_format(
    found: Outline, call: QueryCall, accept: str | None, *, more: tuple[Format, ...] = ()
) -> Format:
    """The format for this form of query: the parameter before the header; ``more`` come last.

    :raises NotAcceptable: where none fits.
    """
    offered = (GRAPH_FORMATS if found.is_graph else RESULT_FORMATS) + more
    if call.format_name:
        named = by_name(call.format_name, offered)
        if named is None:
            names = ", ".join(offer.name for offer in offered)
            raise NotAcceptable(
                f"{found.form or 'this query'} is not answered as {call.format_name!r}.",
                suggestion=f"Use one of {names}.",
            )
        return named
    return negotiate(accept, offered)


def matches(etag: str, if_none_match: str) -> bool:
    """Whether ``If-None-Match`` names this tag (weak comparison, RFC 9110 §13.1.2)."""
    if if_none_match.strip() == "*":
        return True
    wanted = etag.removeprefix("W/")
    return any(tag.strip().removeprefix("W/") == wanted for tag in if_none_match.split(","))


def gzip_bytes(body: bytes) -> bytes:
    """``body`` as one gzip member."""
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    return packer.compress(body) + packer.flush()


def iter_gzip(body: Iterable[bytes]) -> Iterator[bytes]:
    """``body`` compressed piece by piece; each piece is flushed so that it can be read at once."""
    packer = zlib.compressobj(_GZIP_LEVEL, zlib.DEFLATED, 16 + zlib.MAX_WBITS)
    for part in body:
        yield packer.compress(part) + packer.flush(zlib.Z_SYNC_FLUSH)
    yield packer.flush()


def _etag(key: object) -> str:
    # Weak: the engine may order the same solutions differently from run to run.
    return f'W/"{hashlib.sha256(repr(key).encode("utf-8", "replace")).hexdigest()[:24]}"'


def _headers(chosen: Format, etag: str | None) -> dict[str, str]:
    headers = {"Content-Type": chosen.content_type, "Vary": "Accept, Accept-Encoding"}
    if etag is None:
        return {**headers, "Cache-Control": "no-store"}
    return {**headers, "Cache-Control": "no-cache", "ETag": etag}


def _whole(headers: dict[str, str], body: bytes, is_gzip_asked: bool) -> dict[str, str]:
    more = {"Content-Length": str(len(body))}
    if is_gzip_asked and body[:2] == b"\x1f\x8b":
        more["Content-Encoding"] = "gzip"
    return {**headers, **more}


def _streamed(result: QueryResult, headers: dict[str, str], *, gzip: bool) -> Answer:
    if gzip:
        headers = {**headers, "Content-Encoding": "gzip"}
        return Answer(200, headers, iter_gzip(result.body), result)
    return Answer(200, headers, result.body, result)
