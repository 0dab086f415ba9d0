"""A store elsewhere that speaks the SPARQL 1.1 Graph Store HTTP Protocol."""

from __future__ import annotations

import base64
import contextlib
import urllib.error
import urllib.request
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlsplit

from kuvend.errors import BadRequest, Forbidden, KuvendError, NotFound, Unauthorized, Unavailable

N_TRIPLES = "application/n-triples"
_TIMEOUT_S = 600.0
_SHOWN = 300
_ADDRESSES = (
    "Give the address of its Graph Store Protocol: …/store of oxigraph serve, …/DATASET/data of "
    "Fuseki, …/data of kuvend serve."
)


class _NoRedirects(urllib.request.HTTPRedirectHandler):
    """Another address gets neither the data nor the credentials."""

    def redirect_request(self, *_: Any, **__: Any) -> None:
        return None


class GraphStore:
    """Reads and writes the graphs of one store; ``name`` is ``None`` for the default graph."""

    def __init__(self, url: str, *, token: str = "", user: str = "", password: str = "") -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"http", "https"} or not parts.hostname or parts.username:
            raise BadRequest(f"{url!r} is not the address of a store.", suggestion=_ADDRESSES)
        self.url = url
        self._headers = {"User-Agent": "kuvend"}
        if token:
            self._headers["Authorization"] = f"Bearer {token}"
        elif user:
            packed = base64.b64encode(f"{user}:{password}".encode()).decode()
            self._headers["Authorization"] = f"Basic {packed}"
        self._opener = urllib.request.build_opener(_NoRedirects)

    def put(self, name: str | None, file: Path) -> None:
        """Make the graph what ``file`` holds as N-Triples.

        :raises KuvendError: where the store refuses it.
        """
        headers = {"Content-Type": N_TRIPLES, "Content-Length": str(file.stat().st_size)}
        with file.open("rb") as body, self._open("PUT", name, body, headers):
            return

    def delete(self, name: str) -> bool:
        """Remove a graph; ``False`` where there is none.

        :raises KuvendError: where the store refuses it.
        """
        with contextlib.suppress(NotFound), self._open("DELETE", name):
            return True
        return False

    def lines(self, name: str | None) -> Iterator[bytes]:
        """The triples of a graph, a line of N-Triples each; none where there is no such graph.

        :raises KuvendError: where the store does not give them.
        """
        try:
            response = self._open("GET", name, headers={"Accept": N_TRIPLES})
        except NotFound:
            return
        with response:
            if response.headers.get_content_type() not in {N_TRIPLES, "text/plain"}:
                kind = response.headers.get_content_type()
                raise BadRequest(f"{self.url} gives graphs as {kind}, not as {N_TRIPLES}.")
            yield from (line for line in response if line.strip() and not line.startswith(b"#"))

    def _open(
        self,
        method: str,
        name: str | None,
        body: Any = None,
        headers: dict[str, str] | None = None,
    ) -> Any:
        graph = "default" if name is None else f"graph={quote(name, safe='')}"
        joiner = "&" if urlsplit(self.url).query else "?"
        request = urllib.request.Request(
            f"{self.url}{joiner}{graph}",
            data=body,
            headers={**self._headers, **(headers or {})},
            method=method,
        )
        try:
            return self._opener.open(request, timeout=_TIMEOUT_S)
        except urllib.error.HTTPError as error:
            raise self._refused(method, error) from error
        except OSError as error:
            reason = getattr(error, "reason", error)
            raise Unavailable(f"no store answers at {self.url}: {reason}") from error

    def _refused(self, method: str, error: urllib.error.HTTPError) -> KuvendError:
        with error:
            said = " ".join(error.read(2000).decode("utf-8", "replace").split())[:_SHOWN]
        told = f"{self.url} answered {method} with {error.code}: {said or error.reason}"
        if error.code == 401:
            return Unauthorized(told, suggestion="Give --token, or --user and a password.")
        if error.code == 403:
            return Forbidden(told, suggestion="The credentials do not allow it.")
        if error.code == 404 and method != "PUT":
            return NotFound(told)
        if error.code in {301, 302, 307, 308}:
            place = error.headers.get("Location", "elsewhere")
            return BadRequest(told, suggestion=f"It is at {place}; give that address.")
        if error.code in {404, 405, 501}:
            return BadRequest(told, suggestion=_ADDRESSES)
        return Unavailable(told) if error.code >= 500 else BadRequest(told)
