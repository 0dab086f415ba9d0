"""Bodies of requests: bounded one by one and all together."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass, field

import pytest

from kuvend.errors import TooManyRequests
from kuvend.web.bodies import Bodies


@dataclass
class Scope:
    """What the server tells of a request."""

    method: str = "POST"
    headers: dict[str, str] = field(default_factory=dict)


async def parts(sizes: Iterable[int]) -> AsyncIterator[bytes]:
    for size in sizes:
        yield b"x" * size


def read(bodies: Bodies, *sizes: int, **headers: str) -> bytes | None:
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return asyncio.run(bodies.read(Scope(headers=named), parts(sizes)))


def test_a_body_comes_whole_and_is_counted_until_it_is_given_back() -> None:
    bodies = Bodies(100)
    assert read(bodies, 40, 60) == b"x" * 100
    assert bodies.held_bytes == 100
    bodies.release(100)
    assert bodies.held_bytes == 0


@pytest.mark.parametrize("length", ["101", "9" * 5000])
def test_a_body_that_is_too_long_holds_nothing(length: str) -> None:
    bodies = Bodies(100)
    assert read(bodies, 60, 60) is None
    assert read(bodies, 1, content_length=length) is None
    assert bodies.held_bytes == 0


def test_bodies_that_are_too_much_together_are_turned_away() -> None:
    bodies = Bodies(100)
    held = 0
    with pytest.raises(TooManyRequests):
        while True:
            held += len(read(bodies, 50, 50) or b"")
    assert held == bodies.held_bytes == 1600
    bodies.release(100)
    assert read(bodies, 100) is not None
