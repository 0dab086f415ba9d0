"""Frames on a pipe: four bytes of length, then that many bytes."""

from __future__ import annotations

import struct
from typing import IO

ASKED = b"validate"  # goes before the graphs, which may be empty: an empty frame is the end


def read_frame(stream: IO[bytes]) -> bytes:
    """The next frame; empty where the other side is gone.

    >>> import io
    >>> read_frame(io.BytesIO(b"\\0\\0\\0\\2hi"))
    b'hi'
    """
    head = stream.read(4)
    if len(head) < 4:
        return b""
    return stream.read(struct.unpack("!I", head)[0])


def write_frame(stream: IO[bytes], payload: bytes) -> None:
    """Write one frame and flush."""
    stream.write(struct.pack("!I", len(payload)) + payload)
    stream.flush()
