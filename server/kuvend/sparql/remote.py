"""Queries answered by another SPARQL endpoint, by SPARQLWrapper."""

from __future__ import annotations

import json
import urllib.error
import warnings
from collections.abc import Iterator
from typing import Any

from SPARQLWrapper import POST, SPARQLExceptions, SPARQLWrapper

from kuvend.errors import (
    BadRequest,
    KuvendError,
    NotAcceptable,
    NotFound,
    Unauthorized,
    Unavailable,
)
from kuvend.formats import RESULTS_JSON, Format
from kuvend.sparql.guard import Outline, outline

_CHUNK_BYTES = 64 * 1024
_SHOWN = 300
_GRAPHS = "SELECT DISTINCT ?g { GRAPH ?g { ?s ?p ?o } }"


def query_endpoint(
    url: str, found: Outline, wanted: Format, *, timeout_s: float | None = None
) -> Iterator[bytes]:
    """The answer of the endpoint at ``url`` as it comes, in the format ``wanted``.

    :raises KuvendError: where the endpoint refuses the query, or answers in another format.
    """
    endpoint = SPARQLWrapper(url, agent="kuvend")
    endpoint.setQuery(found.text)
    endpoint.setMethod(POST)
    endpoint.setOnlyConneg(True)
    endpoint.addCustomHttpHeader("Accept", wanted.media_type)
    if timeout_s is not None:
        endpoint.setTimeout(max(1, round(timeout_s)))
    response = _ask(endpoint, url)
    media_type = response.headers.get_content_type()
    if media_type not in wanted.media_types:
        raise NotAcceptable(
            f"{url} answers in {media_type}, not in {wanted.media_type}.",
            suggestion="Ask for another --format.",
        )
    return iter(lambda: response.read(_CHUNK_BYTES), b"")


def named_graphs(url: str) -> list[str]:
    """The names of the graphs of the endpoint at ``url``.

    :raises KuvendError: where it does not tell them.
    """
    body = b"".join(query_endpoint(url, outline(_GRAPHS), RESULTS_JSON))
    try:
        rows = json.loads(body)["results"]["bindings"]
        return [row["g"]["value"] for row in rows if row["g"]["type"] == "uri"]
    except (ValueError, KeyError, TypeError) as error:
        raise Unavailable(f"{url} does not answer as a SPARQL endpoint does.") from error


def _ask(endpoint: SPARQLWrapper, url: str) -> Any:
    try:
        with warnings.catch_warnings():
            # It warns of formats it does not know; the header says what is wanted.
            warnings.simplefilter("ignore", RuntimeWarning)
            return endpoint.query().response
    except SPARQLExceptions.SPARQLWrapperException as error:
        raise _refused(url, error) from error
    except urllib.error.HTTPError as error:
        raise Unavailable(f"{url} answered {error.code}: {_text(error.read())}") from error
    except (OSError, ValueError) as error:
        raise Unavailable(f"no endpoint answers at {url}: {error}") from error


def _refused(url: str, error: SPARQLExceptions.SPARQLWrapperException) -> KuvendError:
    told = _text(getattr(error, "response", None) or str(error))
    if isinstance(error, SPARQLExceptions.QueryBadFormed):
        return BadRequest(f"{url} refuses the query: {told}")
    if isinstance(error, SPARQLExceptions.EndPointNotFound):
        return NotFound(f"there is no endpoint at {url}.")
    if isinstance(error, SPARQLExceptions.Unauthorized):
        return Unauthorized(f"{url} asks for credentials.")
    return Unavailable(f"{url} failed: {told}")


def _text(body: bytes | str) -> str:
    text = body.decode("utf-8", "replace") if isinstance(body, bytes) else body
    return " ".join(text.split())[:_SHOWN]
