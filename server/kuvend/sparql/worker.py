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

import pyoxigraph as ox

from kuvend.formats import GRAPH_FORMATS, RESULT_FORMATS
from kuvend.sparql import frames
from kuvend.sparql.data import Data
from kuvend.sparql.prefixes import used_prefixes
from kuvend.sparql.table import Rows, table_of

_RDF = {offer.media_type: offer.rdf for offer in GRAPH_FORMATS if offer.rdf}
_RESULTS = {offer.media_type: offer.results for offer in RESULT_FORMATS if offer.results}
_PATIENCE_S = 0.1
_PREFIXED = (ox.RdfFormat.TURTLE, ox.RdfFormat.TRIG, ox.RdfFormat.RDF_XML)
_MAX_HELD_TRIPLES = 2000


class FrameWriter(io.RawIOBase):
    """A binary file that sends what is written to it as frames of about 64 KiB."""

    def __init__(self, sock: socket.socket) -> None:
        super().__init__()
        self._sock = sock
        self._buffer = bytearray()
        self._sent_at = time.monotonic()

    def writable(self) -> bool:
        """Always."""
        return True

    def write(self, data: bytes) -> int:  # type: ignore[override]
        """Keep ``data``; send a frame when enough has come together or some has waited."""
        self._buffer += data
        is_full = len(self._buffer) >= frames.CHUNK_BYTES
        if is_full or time.monotonic() - self._sent_at > _PATIENCE_S:
            self._sock.sendall(frames.pack(frames.DATA, bytes(self._buffer)))
            self._buffer.clear()
            self._sent_at = time.monotonic()
        return len(data)

    def finish(self, summary: dict[str, Any]) -> None:
        """Send what is left and the end in one go; a small answer is one system call."""
        end = frames.pack_json(frames.END, summary)
        if self._buffer:
            end = frames.pack(frames.DATA, bytes(self._buffer)) + end
        self._sock.sendall(end)


def serve(sock: socket.socket, data: Data, prefixes: dict[str, str]) -> None:
    """Answer requests from ``sock`` until the other side closes it."""
    sock.sendall(frames.pack(frames.READY, b""))
    requests = sock.makefile("rb")
    while True:
        try:
            payload = frames.read(requests)
        except EOFError:
            return
        try:
            _answer(sock, data, json.loads(payload), prefixes)
        except Exception as error:  # noqa: BLE001 - whatever the engine raises is reported
            _report(sock, error)


def _answer(
    sock: socket.socket, data: Data, request: dict[str, Any], prefixes: dict[str, str]
) -> None:
    result = data.query(
        request["query"],
        default_graphs=request["default_graphs"],
        named_graphs=request["named_graphs"],
        entailment=request["entailment"],
        uses_graph=request["uses_graph"],
    )
    if request["rows"] is not None:
        frame = json.dumps(table_of(result, Rows(*request["rows"]))).encode()
        sock.sendall(frames.pack(frames.DATA, frame) + frames.pack_json(frames.END, {}))
        return
    is_graph = isinstance(result, ox.QueryTriples)
    if request["media_type"] not in (_RDF if is_graph else _RESULTS):
        raise ValueError("its form cannot be told; write a space after the first keyword.")
    writer = FrameWriter(sock)
    if isinstance(result, ox.QueryTriples):
        _write_triples(result, cast(IO[bytes], writer), _RDF[request["media_type"]], prefixes)
    else:
        result.serialize(cast(IO[bytes], writer), _RESULTS[request["media_type"]])
    writer.finish({})


def _write_triples(
    triples: ox.QueryTriples, writer: IO[bytes], rdf_format: ox.RdfFormat, prefixes: dict[str, str]
) -> None:
    """Write a graph; one of moderate size with the prefixes it uses, a larger one as it comes."""
    if rdf_format not in _PREFIXED:
        triples.serialize(writer, rdf_format)
        return
    head = list(islice(triples, _MAX_HELD_TRIPLES))
    ox.serialize(chain(head, triples), writer, rdf_format, prefixes=used_prefixes(head, prefixes))


def _report(sock: socket.socket, error: Exception) -> None:
    text = str(error)[:4000]
    sock.sendall(frames.pack_json(frames.ERROR, {"kind": type(error).__name__, "message": text}))
