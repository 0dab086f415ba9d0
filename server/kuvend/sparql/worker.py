"""One worker: evaluates one query after another on a read-only store, until it is killed.

It answers in frames (``kuvend.sparql.frames``). It never decides about time: the pool kills it.
"""

from __future__ import annotations

import io
import json
import socket
import time
from itertools import chain, islice
from typing import IO, Any, cast
from xml.sax.saxutils import quoteattr

import pyoxigraph as ox

from kuvend.errors import KuvendError
from kuvend.formats import (
    COLUMN_FORMATS,
    GRAPH_FORMATS,
    RESULT_FORMATS,
    RESULTS_CSV,
    RESULTS_JSON,
    RESULTS_XML,
)
from kuvend.serializing import Target, XmlTarget, rdf_target
from kuvend.sparql import frames
from kuvend.sparql.csv_results import write_csv
from kuvend.sparql.data import Data
from kuvend.sparql.paging import Page, cut_page, in_total_order
from kuvend.sparql.prefixes import used_prefixes
from kuvend.sparql.table import Rows, table_of

_RDF = {offer.media_type: offer.rdf for offer in GRAPH_FORMATS if offer.rdf}
_RESULTS = {offer.media_type: offer.results for offer in RESULT_FORMATS if offer.results}
_COLUMNS = frozenset(offer.media_type for offer in COLUMN_FORMATS)
_DATASET = ("default_graphs", "named_graphs", "entailment", "uses_graph")
_PATIENCE_S = 0.1
_PREFIXED = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML)
_MAX_HELD_TRIPLES = 2000


class FrameWriter:
    """Takes what is written to it, as a binary file does, and sends it in frames of some 64 KiB."""

    __slots__ = ("_buffer", "_has_sent", "_sent_at", "_sock")

    def __init__(self, sock: socket.socket) -> None:
        self._sock = sock
        self._buffer = bytearray()
        self._sent_at = time.monotonic()
        self._has_sent = False

    def flush(self) -> None:
        """Nothing: what is small waits for the end."""

    def write(self, data: bytes) -> int:
        """Keep ``data``; send a frame when enough has come together or some has waited."""
        self._buffer += data
        is_full = len(self._buffer) >= frames.CHUNK_BYTES
        if is_full or time.monotonic() - self._sent_at > _PATIENCE_S:
            self._sock.sendall(frames.pack(frames.DATA, self._buffer))
            self._buffer.clear()
            self._has_sent = True
            self._sent_at = time.monotonic()
        return len(data)

    def finish(self) -> None:
        """Send what is left and the end in one go; a small answer is one frame."""
        if not self._has_sent:
            self._sock.sendall(frames.pack(frames.WHOLE, self._buffer))
            return
        left = frames.pack(frames.DATA, self._buffer) if self._buffer else b""
        self._sock.sendall(left + frames.pack(frames.END, b""))


def serve(sock: socket.socket, data: Data, prefixes: dict[str, str]) -> None:
    """Answer requests from ``sock`` until the other side closes it."""
    sock.sendall(frames.pack(frames.READY, b""))
    while True:
        try:
            request = frames.receive_request(sock)
        except EOFError:
            return
        try:
            _answer(sock, data, request, prefixes)
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is reported
            _report(sock, error)


def _answer(
    sock: socket.socket, data: Data, request: dict[str, Any], prefixes: dict[str, str]
) -> None:
    result = _evaluate(data, request)
    if request["rows"] is not None:
        frame = json.dumps(table_of(result, Rows(*request["rows"]))).encode()
        sock.sendall(frames.pack(frames.WHOLE, frame))
        return
    media_type = request["media_type"]
    writer = FrameWriter(sock)
    if isinstance(result, ox.QueryTriples) and media_type in _RDF:
        _write_triples(result, writer, _RDF[media_type], prefixes)
    elif isinstance(result, ox.QuerySolutions) and request["page"] is not None:
        _write_page(sock, result, writer, media_type, Page(*request["page"]))
    elif isinstance(result, ox.QuerySolutions) and media_type in _COLUMNS:
        _write_columns(result, writer, media_type)
    elif not isinstance(result, ox.QueryTriples) and media_type in _RESULTS:
        _write_results(result, writer, media_type)
    else:
        raise ValueError("its form cannot be told; write a space after the first keyword.")
    writer.finish()


def _evaluate(
    data: Data, request: dict[str, Any]
) -> ox.QuerySolutions | ox.QueryBoolean | ox.QueryTriples:
    """The engine's result; a page is cut from one in a total order."""
    text = request["query"]
    options = {name: request[name] for name in _DATASET}
    if request["page"] is None:
        return data.query(text, **options)
    try:
        return data.query(in_total_order(text), **options)
    except SyntaxError:
        # The order that was added has moved what comes after it.
        data.query(text, **options)
        raise


def _write_page(
    sock: socket.socket,
    result: ox.QuerySolutions,
    writer: FrameWriter,
    media_type: str,
    wanted: Page,
) -> None:
    body, about = cut_page(result, wanted)
    sock.sendall(frames.pack_json(frames.HEAD, about))
    if media_type != RESULTS_JSON.media_type:
        again = ox.parse_query_results(body, ox.QueryResultsFormat.JSON)
        assert isinstance(again, ox.QuerySolutions)
        if media_type in _COLUMNS:
            _write_columns(again, writer, media_type)
            return
        written = io.BytesIO()
        _write_results(again, written, media_type)
        body = written.getvalue()
    if media_type == RESULTS_XML.media_type and about["more"] and wanted.following:
        link = f"<link href={quoteattr(wanted.following)}/></head>".encode()
        body = body.replace(b"</head>", link, 1)
    for start in range(0, len(body), frames.CHUNK_BYTES):
        writer.write(body[start : start + frames.CHUNK_BYTES])


def _write_results(
    result: ox.QuerySolutions | ox.QueryBoolean, target: Target, media_type: str
) -> None:
    if media_type == RESULTS_CSV.media_type and isinstance(result, ox.QuerySolutions):
        write_csv(result, target)
        return
    if media_type == RESULTS_XML.media_type:
        target = XmlTarget(target)
    result.serialize(cast("IO[bytes]", target), _RESULTS[media_type])


def _write_columns(result: ox.QuerySolutions, writer: FrameWriter, media_type: str) -> None:
    # Loaded by the nursery for this worker; others never get here.
    from kuvend.sparql.column_files import write_columns  # noqa: PLC0415

    write_columns(result, writer, media_type)


def _write_triples(
    triples: ox.QueryTriples,
    writer: FrameWriter,
    rdf_format: ox.RdfFormat,
    prefixes: dict[str, str],
) -> None:
    """Write a graph; one of moderate size with the prefixes it uses, a larger one as it comes."""
    with rdf_target(writer, rdf_format) as target:
        if rdf_format not in _PREFIXED:
            triples.serialize(target, rdf_format)
            return
        head = list(islice(triples, _MAX_HELD_TRIPLES))
        used = used_prefixes(head, prefixes)
        ox.serialize(chain(head, triples), target, rdf_format, prefixes=used)


def _report(sock: socket.socket, error: Exception) -> None:
    kind = "MemoryError" if isinstance(error, MemoryError) else type(error).__name__
    told = {"kind": kind, "message": str(error)[:4000]}
    if isinstance(error, KuvendError):
        told |= {"message": error.detail, "suggestion": error.suggestion or ""}
    sock.sendall(frames.pack_json(frames.ERROR, told))
