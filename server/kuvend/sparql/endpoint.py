"""Answers to query calls, ready to send: negotiated, revalidated, cached or fresh."""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from kuvend.config import Settings
from kuvend.formats import Format
from kuvend.sparql.cache import ResultCache, of_header
from kuvend.sparql.choosing import choose_format
from kuvend.sparql.guard import Outline, check
from kuvend.sparql.options import Options
from kuvend.sparql.paging import Page, page_headers, wanted_page
from kuvend.sparql.pool import QueryPool
from kuvend.sparql.protocol import QueryCall
from kuvend.sparql.stream import ANYONE, Client, QueryResult
from kuvend.sparql.tags import matches, tag_of

_MIN_GZIP_BYTES = 1024
_GZIP_LEVEL = 4
# Streamed results up to this size are gathered on their way, to be kept.
_MOST_KEPT_BYTES = 2 * 1024 * 1024


class Conditions(NamedTuple):
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
        return bool(self.accept_encoding) and _takes_gzip(self.accept_encoding)


@of_header
def _takes_gzip(accept_encoding: str) -> bool:
    for member in accept_encoding.lower().split(","):
        coding, _, parameters = member.partition(";")
        if coding.strip() in {"gzip", "*"}:
            return parameters.replace(" ", "") not in {"q=0", "q=0.0", "q=0.00", "q=0.000"}
    return False


@dataclass(slots=True)
class Answer:
    """A response as plain values; ``body`` may still be coming."""

    status: int
    headers: dict[str, str]
    body: Iterable[bytes] = field(default_factory=tuple)
    result: QueryResult | None = None


class Prepared(NamedTuple):
    """A call that may run: its outline, its format, and the headers of its answer."""

    call: QueryCall
    outline: Outline
    format: Format
    key: tuple[object, ...]
    headers: dict[str, str]
    conditions: Conditions
    page: Page | None = None

    @property
    def release_id(self) -> str:
        """The release that answers."""
        return str(self.key[0])

    def options(self, client: Client) -> Options:
        """How to run it."""
        return {
            "format": self.format,
            "default_graphs": self.call.default_graphs,
            "named_graphs": self.call.named_graphs,
            "timeout_s": self.call.timeout_s,
            "entailment": self.call.entailment,
            "client": client,
            "page": self.page,
        }

    def whole(self, body: bytes) -> Answer:
        """The answer with this whole body, or 304 where the client has it."""
        etag = self.headers.get("ETag")
        if etag is not None and matches(etag, self.conditions.if_none_match):
            return Answer(304, self.headers)
        return Answer(200, _whole(self.headers, body, self.conditions.takes_gzip), [body])


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
        prepared = self.prepare(call, pool, release_id=release_id, conditions=conditions)
        kept = self.kept(prepared)
        return kept or self.finish(prepared, pool.run(prepared.outline, **prepared.options(client)))

    def prepare(
        self, call: QueryCall, pool: QueryPool, *, release_id: str, conditions: Conditions
    ) -> Prepared:
        """``call`` checked and negotiated; nothing has run yet.

        :raises KuvendError: where it may not run, no format fits, or it wants a page that is
            not there any more.
        """
        self._start_release(release_id)
        found = check(call.query, pool.limits)
        chosen = choose_format(found, call, conditions.accept)
        key = (release_id, chosen.media_type, call)
        etag = tag_of(release_id, chosen.media_type, call) if found.is_repeatable else None
        headers = _headers(chosen, etag)
        return Prepared(
            call,
            found,
            chosen,
            (*key, conditions.takes_gzip),
            headers,
            conditions,
            wanted_page(call, found, release_id),
        )

    def kept(self, prepared: Prepared) -> Answer | None:
        """The answer from the cache, if it is there."""
        if "ETag" not in prepared.headers:
            return None
        body = self.cache.get(prepared.key)
        return None if body is None else prepared.whole(body)

    def finish(self, prepared: Prepared, result: QueryResult) -> Answer:
        """The answer made of ``result``, whose first bytes are there; kept where it may be."""
        if prepared.page is not None:
            told = page_headers(prepared.page, result.body.head, prepared.release_id)
            prepared = prepared._replace(headers={**prepared.headers, **told})
        if not result.is_complete:
            return self._streamed(prepared, result)
        body = result.read()
        if prepared.conditions.takes_gzip and len(body) >= _MIN_GZIP_BYTES:
            body = gzip_bytes(body)
        if "ETag" in prepared.headers and prepared.page is None:
            self.cache.put(prepared.key, body)
        answer = prepared.whole(body)
        answer.result = result
        return answer

    def _streamed(self, prepared: Prepared, result: QueryResult) -> Answer:
        headers, body = prepared.headers, iter(result.body)
        if prepared.conditions.takes_gzip:
            headers, body = {**headers, "Content-Encoding": "gzip"}, iter_gzip(body)
        return Answer(200, headers, self._kept_on_the_way(prepared, result, body), result)

    def _kept_on_the_way(
        self, prepared: Prepared, result: QueryResult, body: Iterator[bytes]
    ) -> Iterator[bytes]:
        """``body``; one of middling size that came to its end is kept."""
        most = _MOST_KEPT_BYTES if "ETag" in prepared.headers and prepared.page is None else 0
        held: list[bytes] = []
        size = 0
        try:
            for part in body:
                size += len(part)
                if size <= most:
                    held.append(part)
                else:
                    held.clear()
                yield part
            if size <= most and prepared.release_id == self._release_id:
                self.cache.put(prepared.key, b"".join(held))
        finally:
            result.close()

    def _start_release(self, release_id: str) -> None:
        if release_id != self._release_id:
            self.cache.clear()
            self._release_id = release_id


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


def _headers(chosen: Format, etag: str | None) -> dict[str, str]:
    headers = {
        "Content-Type": chosen.content_type,
        "Vary": "Accept, Accept-Encoding",
        "Cache-Control": "no-store" if etag is None else "no-cache",
    }
    if etag is not None:
        headers["ETag"] = etag
    return headers


def _whole(headers: dict[str, str], body: bytes, is_gzip_asked: bool) -> dict[str, str]:
    is_packed = is_gzip_asked and body[:2] == b"\x1f\x8b"
    return {**headers, "Content-Encoding": "gzip"} if is_packed else headers
