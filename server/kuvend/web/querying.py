"""The query service of an application: pools, cache, and who is asking."""

from __future__ import annotations

import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Any

from flask import Flask, Response, current_app, request

from kuvend.errors import KuvendError
from kuvend.project import Project, Release
from kuvend.sparql import Answer, Client, Conditions, Endpoint, Pools, QueryCall, QueryPool
from kuvend.sparql.data import size_bytes
from kuvend.web.connection import break_off, watch_connection

_KEY = "kuvend.querying"
# Set in the WSGI environment where the body of the response is still coming.
STREAMING_KEY = "kuvend.streaming"
# Set by the server where the query has failed already, so that it is not run again.
FAILURE_KEY = "kuvend.failure"
_log = logging.getLogger("kuvend.sparql")
_installing = threading.Lock()
# A release up to this size is loaded within some hundredths of a second.
_QUICK_BYTES = 16 * 1024 * 1024
# So long after it failed a release is tried again.
_RETRY_S = 5.0


@dataclass(frozen=True)
class Current:
    """What queries are answered from: a release, where the link to it led, and its workers."""

    release: Release
    target: str
    pool: QueryPool


class Querying:
    """What answers the queries of one application."""

    def __init__(self, project: Project) -> None:
        self.project = project
        self.pools = Pools(project.settings, project.prefixes)
        self.endpoint = Endpoint(project.settings)
        self._current: Current | None = None
        self._preparing = ""
        # A release that could not be served, and when to try it again.
        self._failed, self._again_at_s = "", 0.0
        self._switching = threading.RLock()

    @property
    def held(self) -> Current | None:
        """What is current if anything is, for a look that must not take time."""
        return self._current

    def current(self) -> Current:
        """What queries are answered from now.

        A new release is taken up at once where it is small; a large one while queries go on
        with the last, since loading it takes a while.

        :raises Unavailable: where there is no release.
        """
        target = self._linked()
        held = self._current
        if held is not None and held.target == target:
            return held
        # While another is taken up, which takes a while where it is large, the last one answers.
        if not self._switching.acquire(blocking=held is None) and held is not None:
            return held
        try:
            held = self._current
            if held is None:
                release = self.project.release()
                held = Current(release, target, self.pools.open(release.store_path))
                self._current = held
            elif target not in {held.target, self._preparing} and not self._is_hopeless(target):
                self._follow(target)
            return self._current or held
        finally:
            self._switching.release()

    def release(self) -> Release:
        """The release queries are answered from.

        :raises Unavailable: where there is none.
        """
        return self.current().release

    def pool(self) -> QueryPool:
        """The workers over that release.

        :raises Unavailable: where there is none.
        """
        return self.current().pool

    def take_up_release(self) -> None:
        """Answer from the release of this moment, or a later one; returns when that is so.

        :raises KuvendError: where it cannot be served; the one before still is.
        """
        with self._switching:
            while self._current is None or self._current.target != self._linked():
                target = self._linked()
                self._take_up(self.project.release(), target)
            # The same dataset may have got another manifest, with another empty graph in it.
            self._current = replace(self._current, release=self.project.release())

    def answer(self, call: QueryCall, conditions: Conditions, client: Client) -> Answer:
        """The answer to ``call`` from the current release.

        :raises KuvendError: where there is none.
        """
        current = self.current()
        return self.endpoint.answer(
            call,
            current.pool,
            release_id=current.release.id,
            conditions=conditions,
            client=client,
        )

    def _is_hopeless(self, target: str) -> bool:
        """Whether this release could not be served a moment ago."""
        return target == self._failed and time.monotonic() < self._again_at_s

    def _follow(self, target: str) -> None:
        release = self.project.release()
        if _is_quick(release):
            self._try(release, target)
            return
        self._preparing = target
        threading.Thread(target=self._try, args=(release, target), daemon=True).start()

    def _try(self, release: Release, target: str) -> None:
        """Take up a release; where that fails the one before stays, and it is tried again later."""
        try:
            self._take_up(release, target)
        except (KuvendError, OSError) as error:
            _log.error("the release %s cannot be served: %s", release.path.name, error)
            self._failed, self._again_at_s = target, time.monotonic() + _RETRY_S
        finally:
            with self._switching:
                if self._preparing == target:
                    self._preparing = ""

    def _take_up(self, release: Release, target: str) -> None:
        """Answer from ``release``, unless the link leads elsewhere once it is loaded.

        :raises KuvendError: where it cannot be served.
        """
        pool = self.pools.prepare(release.store_path)
        with self._switching:
            if target == self._linked():
                self.pools.adopt(pool)
                self._current = Current(release, target, pool)
                return
        pool.close()

    def _linked(self) -> str:
        try:
            return os.readlink(self.project.releases.link)
        except OSError:
            return ""


def _is_quick(release: Release) -> bool:
    """Whether a release is loaded in no time, or cannot be loaded at all."""
    try:
        return size_bytes(release.store_path) <= _QUICK_BYTES
    except OSError:
        return True


def querying(app: Flask | None = None) -> Querying:
    """The query service of ``app`` (the current application without it), made when first asked."""
    found = app or current_app
    with _installing:
        if _KEY not in found.extensions:
            found.extensions[_KEY] = Querying(found.extensions["kuvend"])
    service: Querying = found.extensions[_KEY]
    return service


def conditions() -> Conditions:
    """What the headers of this request ask for."""
    headers = request.headers
    return Conditions(
        accept=headers.get("Accept"),
        accept_encoding=headers.get("Accept-Encoding", ""),
        if_none_match=headers.get("If-None-Match", ""),
    )


def client() -> Client:
    """Who sent this request."""
    return Client(request.remote_addr or "", watch_connection(request.environ))


def to_response(answer: Answer) -> Response:
    """The Flask response of ``answer``; a HEAD request stops the query after its headers."""
    is_streamed = answer.result is not None and not answer.result.is_complete
    if request.method == "HEAD" and answer.result is not None:
        answer.result.close()
    body = _visibly_broken(answer.body, request.environ) if is_streamed else answer.body
    if is_streamed:
        request.environ[STREAMING_KEY] = True
    # Of what has no parts the length would be told as none.
    nothing: Iterable[bytes] = iter(()) if is_streamed else ()
    response = Response(
        nothing if request.method == "HEAD" else body,
        status=answer.status,
        headers=list(answer.headers.items()),
    )
    if request.method == "HEAD" and answer.status == 200 and not is_streamed:
        response.content_length = sum(map(len, answer.body))
    if answer.result is not None:
        response.call_on_close(answer.result.close)
        milliseconds = answer.result.elapsed_s * 1000
        response.headers["Server-Timing"] = f"query;dur={milliseconds:.1f}"
    return response


def _visibly_broken(body: Iterable[bytes], environ: Mapping[str, Any]) -> Iterator[bytes]:
    """``body``; where it fails on the way the connection is broken off, not ended."""
    try:
        yield from body
    except KuvendError as error:
        _log.warning("a result was broken off: %s", error)
        break_off(environ)
        raise
