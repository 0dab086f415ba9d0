"""Request bodies within bounds: each of them, and all that are held at once."""

from __future__ import annotations

# So many bodies of the greatest length may be in memory; clients that send at once wait outside.
_FULL_BODIES = 16


class Bodies:
    """Counts the bytes that the bodies of requests under way hold."""

    def __init__(self, max_body_bytes: int) -> None:
        self.max_body_bytes = max_body_bytes
        self._max_held_bytes = _FULL_BODIES * max_body_bytes
        self.held_bytes = 0

    def hold(self, size: int) -> bool:
        """Count ``size`` bytes more, where there is room for them."""
        if self.held_bytes + size > self._max_held_bytes:
            return False
        self.held_bytes += size
        return True

    def release(self, size: int) -> None:
        """Give back ``size`` bytes."""
        self.held_bytes -= size


class Body:
    """One body as it comes; used on the event loop only.

    >>> body = Body(Bodies(10))
    >>> body.add(b"12345"); body.add(b"678901"); body.is_refused
    True
    """

    __slots__ = ("_all", "_parts", "_size", "is_refused", "is_turned_away")

    def __init__(self, bodies: Bodies) -> None:
        self._all = bodies
        self._parts: list[bytes] = []
        self._size = 0
        self.is_refused = False
        # Not for its own length, but because other bodies take all the room.
        self.is_turned_away = False

    def add(self, part: bytes) -> None:
        """Keep ``part``, or refuse the body where it becomes too long."""
        if self.is_refused:
            return
        if self._size + len(part) > self._all.max_body_bytes:
            self.refuse()
        elif not self._all.hold(len(part)):
            self.refuse()
            self.is_turned_away = True
        else:
            self._parts.append(part)
            self._size += len(part)

    def refuse(self) -> None:
        """Read no more of it."""
        self.is_refused = True
        self.close()

    def read(self) -> bytes:
        """All that came."""
        return b"".join(self._parts)

    def close(self) -> None:
        """Give back what it holds."""
        self._all.release(self._size)
        self._size = 0
        self._parts.clear()
