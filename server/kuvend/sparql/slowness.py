"""Which queries took long lately, so that the same ones give way to others from their start."""

from __future__ import annotations

# A query that ends sooner, in seconds, need not give way next time.
_SHORT_S = 0.01
_MOST = 1000


class Slowness:
    """How far queries had to give way, by the hash of their text; two that share one do no harm.

    >>> slowness = Slowness()
    >>> slowness.note("ASK {}", step=2, elapsed_s=3.0); slowness.step("ASK {}")
    2
    >>> slowness.note("ASK {}", step=2, elapsed_s=0.001); slowness.step("ASK {}")
    0
    """

    def __init__(self) -> None:
        self._steps: dict[int, int] = {}

    def step(self, text: str) -> int:
        """How far ``text`` had to give way the last time; 0 where it had not."""
        return self._steps.get(hash(text), 0)

    def note(self, text: str, *, step: int, elapsed_s: float) -> None:
        """Remember how far ``text`` had to give way; the oldest makes room."""
        self._steps.pop(hash(text), None)
        if elapsed_s > _SHORT_S:
            self._steps[hash(text)] = step
            if len(self._steps) > _MOST:
                del self._steps[next(iter(self._steps))]
