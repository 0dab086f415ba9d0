"""Request bodies, read within bounds: each of them, and all that are held at once."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterable, Mapping

from flask import Flask, request

from kuvend.errors import BadRequest, KuvendError, TooManyRequests, TooSlow

# Set by the server in the WSGI environment where the body of the request did not come whole.
FAILURE_KEY = "kuvend.body-failure"
_BODY_TIMEOUT_S = 60.0
# Whoever sends nothing for this long is given up, and so is, after it, whoever sends less a second.
_STALL_S = 10.0
_SLOWEST_BYTES_S = 1024
# So many bodies of the greatest length may be in memory; clients that send at once wait outside.
_FULL_BODIES = 16


class Bodies:
    """Reads bodies on the event loop and counts the bytes that requests under way hold."""

    def __init__(
        self,
        max_body_bytes: int,
        *,
        timeout_s: float = _BODY_TIMEOUT_S,
        stall_s: float = _STALL_S,
    ) -> None:
        self._max_body_bytes = max_body_bytes
        self._max_held_bytes = _FULL_BODIES * max_body_bytes
        self._timeout_s = timeout_s
        self._stall_s = min(_STALL_S, stall_s)
        self.held_bytes = 0

    async def read(self, parts: AsyncIterable[bytes], headers: Mapping[str, str]) -> bytes | None:
        """The request body; ``None`` where it is too long.

        What it holds is given back with :meth:`release`. ``parts`` raises ``ConnectionError``
        where the connection ends before the body does.

        :raises TooManyRequests: where the bodies under way together are too much.
        :raises TooSlow: where it does not come in time.
        :raises BadRequest: where it does not come whole.
        """
        length = headers.get("content-length")
        if length is not None and int(length[:18]) > self._max_body_bytes:
            return None
        buffer = bytearray()
        is_whole = False
        now = asyncio.get_running_loop().time
        began = now()
        try:
            async with asyncio.timeout_at(self._end(began, began, 0)) as limit:
                async for part in parts:
                    self._hold(len(part))
                    buffer += part
                    if len(buffer) > self._max_body_bytes:
                        return None
                    limit.reschedule(self._end(began, now(), len(buffer)))
            is_whole = True
            return bytes(buffer)
        except TimeoutError as error:
            raise TooSlow(
                f"the request body did not come in time: {len(buffer)} bytes "
                f"in {now() - began:.1f} s."
            ) from error
        except ConnectionError as error:
            raise BadRequest(
                f"the request body was cut off after {len(buffer)} of {length or '?'} bytes."
            ) from error
        finally:
            if not is_whole:
                self.release(len(buffer))

    def release(self, size: int) -> None:
        """Give back ``size`` bytes of a body that was answered."""
        self.held_bytes -= size

    def _end(self, began: float, now: float, size: int) -> float:
        """Until when the next part of a body has to come of which ``size`` bytes have."""
        by_rate = began + self._stall_s + size / _SLOWEST_BYTES_S
        return min(began + self._timeout_s, now + self._stall_s, by_rate)

    def _hold(self, size: int) -> None:
        if self.held_bytes + size > self._max_held_bytes:
            raise TooManyRequests(
                "other requests with large bodies are under way.", retry_after_s=5
            )
        self.held_bytes += size


def install(app: Flask) -> None:
    """Answer requests whose body did not come whole before anything is done for them."""
    app.before_request(_refuse_broken)


def _refuse_broken() -> None:
    failure: KuvendError | None = request.environ.get(FAILURE_KEY)
    if failure is not None:
        raise failure
