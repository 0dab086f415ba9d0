"""Request bodies, read within bounds: each of them, and all that are held at once."""

from __future__ import annotations

import asyncio
from typing import Any

from kuvend.errors import TooManyRequests

_BODY_TIMEOUT_S = 60.0
# So many bodies of the greatest length may be in memory; clients that send at once wait outside.
_FULL_BODIES = 16


class Bodies:
    """Reads bodies on the event loop and counts the bytes that requests under way hold."""

    def __init__(self, max_body_bytes: int) -> None:
        self._max_body_bytes = max_body_bytes
        self._max_held_bytes = _FULL_BODIES * max_body_bytes
        self.held_bytes = 0

    async def read(self, scope: Any, protocol: Any) -> bytes | None:
        """The request body; ``None`` where it is too long or does not come.

        What it holds is given back with :meth:`release`.

        :raises TooManyRequests: where the bodies under way together are too much.
        """
        if scope.method in {"GET", "HEAD", "OPTIONS"} and "content-length" not in scope.headers:
            return b""
        length = scope.headers.get("content-length") or "0"
        if length.isascii() and length.isdigit() and int(length[:18]) > self._max_body_bytes:
            return None
        buffer = bytearray()
        is_whole = False
        try:
            async with asyncio.timeout(_BODY_TIMEOUT_S):
                async for part in protocol:
                    self._hold(len(part))
                    buffer += part
                    if len(buffer) > self._max_body_bytes:
                        return None
            is_whole = True
            return bytes(buffer)
        except TimeoutError:
            return None
        finally:
            if not is_whole:
                self.release(len(buffer))

    def release(self, size: int) -> None:
        """Give back ``size`` bytes of a body that was answered."""
        self.held_bytes -= size

    def _hold(self, size: int) -> None:
        if self.held_bytes + size > self._max_held_bytes:
            raise TooManyRequests(
                "other requests with large bodies are under way.", retry_after_s=5
            )
        self.held_bytes += size
