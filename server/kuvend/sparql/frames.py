"""The frames a pool and its workers exchange over a socket pair.

A frame is one byte of kind, four bytes of length, and that many bytes. A request is one frame;
an answer is at most one ``HEAD`` and then a small body in one ``WHOLE``, or ``DATA`` frames and one
``END``, or one ``ERROR`` at any point. A request is written by ``marshal``, which is fast and which
only the side that is trusted may write; what a worker says of itself is JSON.
"""

from __future__ import annotations

import json
import marshal
import socket
import struct
from typing import Any

REQUEST = b"Q"
DATA = b"D"
END = b"E"
# A whole body; nothing follows it.
WHOLE = b"W"
ERROR = b"X"
READY = b"R"
# What is known of a result before its first bytes.
HEAD = b"H"

# What the pool asks the nursery for: a worker, or one with the library for columns.
PLAIN = b"+"
WITH_COLUMNS = b"C"

HEADER = struct.Struct("!cI")
CHUNK_BYTES = 64 * 1024
_FIRST_BYTES = 4 * 1024
# No honest frame is longer; a worker gone wrong must not make the pool allocate.
MAX_FRAME_BYTES = 64 * 1024 * 1024


def pack(kind: bytes, payload: bytes | bytearray) -> bytes:
    """One frame as bytes."""
    return HEADER.pack(kind, len(payload)) + payload


def pack_json(kind: bytes, value: Any) -> bytes:
    """One frame whose payload is ``value`` as JSON."""
    return pack(kind, json.dumps(value).encode())


def pack_request(value: dict[str, Any]) -> bytes:
    """The frame of a request of plain values, for a worker."""
    return pack(REQUEST, marshal.dumps(value))


def receive_request(sock: socket.socket) -> dict[str, Any]:
    """The next request, by one system call where it is small; nothing is sent before its answer.

    :raises EOFError: where the other side is gone.
    """
    buffer = sock.recv(_FIRST_BYTES)
    if len(buffer) < HEADER.size:
        buffer += receive_exactly(sock, HEADER.size - len(buffer))
    end = HEADER.size + HEADER.unpack_from(buffer)[1]
    if len(buffer) < end:
        buffer += receive_exactly(sock, end - len(buffer))
    request: dict[str, Any] = marshal.loads(memoryview(buffer)[HEADER.size :])
    return request


def receive_exactly(sock: socket.socket, count: int) -> bytes:
    """``count`` bytes from a blocking socket.

    :raises EOFError: where the other side is gone.
    """
    buffer = bytearray()
    while len(buffer) < count:
        part = sock.recv(count - len(buffer))
        if not part:
            raise EOFError
        buffer += part
    return bytes(buffer)


def receive(sock: socket.socket) -> tuple[bytes, bytes]:
    """Kind and payload of the next frame of a blocking socket.

    :raises EOFError: where the other side is gone.
    """
    kind, length = HEADER.unpack(receive_exactly(sock, HEADER.size))
    return kind, receive_exactly(sock, length)
