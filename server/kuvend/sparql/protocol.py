"""One request of the SPARQL 1.1 Protocol as plain values, read from its parts.

Source: SPARQL 1.1 Protocol §2.1 (query) and §2.2 (update).
"""

from __future__ import annotations

import re
from binascii import a2b_qp
from typing import NamedTuple

from kuvend.errors import BadRequest, UnsupportedMediaType

FORM = "application/x-www-form-urlencoded"
QUERY_TYPE = "application/sparql-query"
UPDATE_TYPE = "application/sparql-update"
# What some editors begin a file in UTF-8 with.
_MARK = "\ufeff"
_MAX_PARAMETERS = 500
_IRI = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:[^\x00-\x20<>\"{}|^`\\]*")
_SECONDS = re.compile(r"[0-9]*\.?[0-9]+(?:[eE][+-]?[0-9]{1,3})?|[0-9]+\.")
_INVALID_ESCAPE = re.compile(r"%(?![0-9A-Fa-f]{2})")


class Parameters(NamedTuple):
    """The parameters of a request in order, names repeated where they were."""

    pairs: tuple[tuple[str, str], ...]

    def all(self, name: str) -> tuple[str, ...]:
        """Every value of ``name``."""
        return tuple(value for key, value in self.pairs if key == name)

    def one(self, *names: str) -> str | None:
        """The only value of any of ``names``, or ``None``.

        :raises BadRequest: where there are several.
        """
        found = [value for key, value in self.pairs if key in names]
        if len(found) > 1:
            raise BadRequest(f"{names[0]} is given {len(found)} times; give it once.")
        return found[0] if found else None

    def first(self, *names: str) -> str | None:
        """The first value of any of ``names``, or ``None``.

        For what clients say in several words at once: SPARQLWrapper sends
        ``format=tsv&format=text/tab-separated-values&output=tsv&results=tsv``.
        """
        return next((value for key, value in self.pairs if key in names), None)


class QueryCall(NamedTuple):
    """A query with its dataset and options, as the request gave them."""

    query: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()
    timeout_s: float | None = None
    entailment: str = "owl-rl"
    format_name: str | None = None
    page: int = 1
    # Rows of a page; None for the whole result.
    page_size: int | None = None
    # The release the answer has to come from, if that matters.
    release: str | None = None


class UpdateCall(NamedTuple):
    """An update with its dataset, as the request gave them."""

    update: str
    default_graphs: tuple[str, ...] = ()
    named_graphs: tuple[str, ...] = ()


def read_parameters(encoded: str) -> Parameters:
    """The parameters of a query string or form.

    :raises BadRequest: where it is not percent-encoded UTF-8.

    >>> read_parameters("a=1&a=%C3%AB").all("a")
    ('1', 'ë')
    """
    if _INVALID_ESCAPE.search(encoded):
        raise BadRequest("a % in the parameters is not followed by two hexadecimal digits.")
    fields = encoded.split("&", _MAX_PARAMETERS)
    if len(fields) > _MAX_PARAMETERS:
        raise BadRequest(f"more than {_MAX_PARAMETERS} parameters are given.")
    try:
        return Parameters(tuple([_pair(field) for field in fields if field]))
    except UnicodeError as error:
        raise BadRequest("the parameters are not percent-encoded UTF-8.") from error


def _pair(field: str) -> tuple[str, str]:
    name, _, value = field.replace("+", " ").partition("=")
    return _decode(name) if "%" in name else name, _decode(value)


def _decode(text: str) -> str:
    # The stdlib's decoder of percents is written in Python; its decoder of quoted-printable, the
    # same but for the sign, in C. Every percent is followed by two digits here.
    return a2b_qp(text.replace("=", "=3D").replace("%", "=").encode()).decode()


def read_query_call(
    method: str, query_string: str, content_type: str, body: bytes
) -> QueryCall | None:
    """The query of a request; ``None`` for a bare one, which asks for the service description.

    :raises BadRequest: where there is not exactly one query, or the parameters contradict.
    :raises UnsupportedMediaType: for a body that is neither a form nor a query.
    """
    parameters = read_parameters(query_string)
    if method == "POST":
        parameters = _with_body(parameters, content_type, body, "query", QUERY_TYPE)
    # What nearly every program sends needs no search for anything else.
    if len(parameters.pairs) == 1:
        name, value = parameters.pairs[0]
        if name == "query" and value.strip():
            return QueryCall(value.removeprefix(_MARK))
    is_bare = not parameters.all("query") and not parameters.all("update")
    if is_bare and method != "POST":
        return None
    text = _only(parameters, "query", other="update")
    return QueryCall(
        query=text,
        default_graphs=_graph_iris(parameters, "default-graph-uri"),
        named_graphs=_graph_iris(parameters, "named-graph-uri"),
        timeout_s=read_seconds(parameters.one("timeout")),
        entailment=parameters.one("entailment") or "owl-rl",
        format_name=parameters.first("format", "output", "results"),
        page=read_count("page", parameters.one("page")) or 1,
        page_size=read_count("page-size", parameters.one("page-size")),
        release=parameters.one("release") or None,
    )


def read_update_call(query_string: str, content_type: str, body: bytes) -> UpdateCall:
    """The update of a POST request.

    :raises BadRequest: where there is not exactly one update, or the parameters contradict.
    :raises UnsupportedMediaType: for a body that is neither a form nor an update.
    """
    parameters = read_parameters(query_string)
    if parameters.all("update"):
        raise BadRequest("an update is sent in the body of a POST, not in the address.")
    parameters = _with_body(parameters, content_type, body, "update", UPDATE_TYPE)
    return UpdateCall(
        update=_only(parameters, "update", other="query"),
        default_graphs=_graph_iris(parameters, "using-graph-uri"),
        named_graphs=_graph_iris(parameters, "using-named-graph-uri"),
    )


def _with_body(
    parameters: Parameters, content_type: str, body: bytes, name: str, direct: str
) -> Parameters:
    media_type, _, rest = content_type.partition(";")
    media_type = media_type.strip().lower()
    charset = re.search(r"charset\s*=\s*\"?([\w-]+)", rest, re.IGNORECASE)
    if charset and charset[1].lower() not in {"utf-8", "utf8", "us-ascii"}:
        raise UnsupportedMediaType(f"charset {charset[1]} is not read.", suggestion="Use UTF-8.")
    if media_type not in {FORM, direct}:
        raise UnsupportedMediaType(
            f"a body of type {media_type or 'unknown'} is not read here.",
            suggestion=f"Send {direct}, or a form with {name}=….",
        )
    try:
        text = body.decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadRequest(f"the body is not UTF-8 (byte {error.start}).") from error
    more = read_parameters(text).pairs if media_type == FORM else ((name, text),)
    return Parameters(parameters.pairs + more)


def _only(parameters: Parameters, name: str, *, other: str) -> str:
    if parameters.all(other):
        raise BadRequest(
            f"the parameter {other} does not belong here.",
            suggestion="Updates go to /update, queries to /sparql.",
        )
    text = parameters.one(name)
    if text is None or not text.strip():
        raise BadRequest(f"there is no {name}.", suggestion=f"Give the parameter {name} once.")
    return text.removeprefix(_MARK)


def _graph_iris(parameters: Parameters, name: str) -> tuple[str, ...]:
    for iri in parameters.all(name):
        if not _IRI.fullmatch(iri):
            raise BadRequest(f"{name} wants an absolute IRI, not {iri!r}.")
    return tuple(dict.fromkeys(parameters.all(name)))


def read_seconds(text: str | None) -> float | None:
    """A time limit in seconds; ``None`` where none is given.

    :raises BadRequest: for anything but a positive number.

    >>> read_seconds("2.5")
    2.5
    """
    if text is None or not text:
        return None
    if not _SECONDS.fullmatch(text):
        raise BadRequest(f"timeout wants a positive number of seconds, not {text[:40]!r}.")
    value = float(text)
    if not 0 < value < float("inf"):
        raise BadRequest("timeout wants a positive number of seconds.")
    return value


def read_count(name: str, text: str | None) -> int | None:
    """A number from 1; ``None`` where none is given.

    :raises BadRequest: for anything else.

    >>> read_count("page", "2")
    2
    """
    if text is None or not text:
        return None
    if not text.isascii() or not text.isdigit() or len(text) > 9 or int(text) == 0:
        raise BadRequest(f"{name} wants a number from 1, not {text[:40]!r}.", source=name)
    return int(text)
