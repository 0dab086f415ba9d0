"""The query service of an application: pools, cache, and who is asking."""

from __future__ import annotations

import logging
import os
import threading
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from flask import Flask, Response, current_app, request

from kuvend.errors import KuvendError
from kuvend.project import Project, Release
from kuvend.sparql import Answer, Client, Conditions, Endpoint, Pools, QueryCall, QueryPool
from kuvend.web.connection import break_off, watch_connection

_KEY = "kuvend.querying"
# Set in the WSGI environment where the body of the response is still coming.
STREAMING_KEY = "kuvend.streaming"
# Set by the server where the query has failed already, so that it is not run again.
FAILURE_KEY = "kuvend.failure"
_log = logging.getLogger("kuvend.sparql")
_installing = threading.Lock()


@dataclass
class Querying:
    """What answers the queries of one application."""

    project: Project
    pools: Pools
    endpoint: Endpoint
    _release: Release | None = None
    target: str = ""

    def release(self) -> Release:
        """The current release; its manifest is read once.

        :raises Unavailable: where there is none.
        """
        try:
            target = os.readlink(self.project.releases.link)
        except OSError:
            target = ""
        if self._release is None or self.target != target:
            self._release, self.target = self.project.release(), target
        return self._release

    def pool(self) -> QueryPool:
        """The workers over the current release.

        :raises Unavailable: where there is none.
        """
        return self.pools.at(self.release().store_path)

    def answer(self, call: QueryCall, conditions: Conditions, client: Client) -> Answer:
        """The answer to ``call`` from the current release.

        :raises KuvendError: where there is none.
        """
        release = self.release()
        return self.endpoint.answer(
            call,
            self.pools.at(release.store_path),
            release_id=release.id,
            conditions=conditions,
            client=client,
        )


def querying(app: Flask | None = None) -> Querying:
    """The query service of ``app`` (the current application without it), made when first asked."""
    found = app or current_app
    with _installing:
        if _KEY not in found.extensions:
            project: Project = found.extensions["kuvend"]
            found.extensions[_KEY] = Querying(
                project,
                Pools(project.settings, project.prefixes),
                Endpoint(project.settings),
            )
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
    if request.method == "HEAD" and answer.result is not None:
        answer.result.close()
    is_streamed = answer.result is not None and not answer.result.is_complete
    body = _visibly_broken(answer.body, request.environ) if is_streamed else answer.body
    if is_streamed:
        request.environ[STREAMING_KEY] = True
    response = Response(
        () if request.method == "HEAD" else body,
        status=answer.status,
        headers=list(answer.headers.items()),
    )
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
