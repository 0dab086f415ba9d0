"""How far a query gives way to others: by the processor time it used, now or the last time.

Beside others, what takes more gives way to what may be quicker, and then to all. A page needs less
than the second step; where other programs want the processor too, what comes last gets hardly any
of it.
"""

from __future__ import annotations

STEPS_S = (0.008, 0.05)
LOWEST = len(STEPS_S)
_MOST = 1000


def step_of(used_s: float) -> int:
    """How far a query gives way that has used ``used_s`` seconds of the processor.

    >>> step_of(0.001), step_of(0.02), step_of(3.0) == LOWEST
    (0, 1, True)
    """
    return sum(used_s > step_s for step_s in STEPS_S)


class Slowness:
    """How far queries had to give way, by the hash of their text; two that share one do no harm.

    >>> slowness = Slowness()
    >>> slowness.note("ASK {}", 2); slowness.step("ASK {}")
    2
    >>> slowness.note("ASK {}", 0); slowness.step("ASK {}")
    0
    """

    def __init__(self) -> None:
        self._steps: dict[int, int] = {}

    def step(self, text: str) -> int:
        """How far ``text`` had to give way the last time; 0 where it had not."""
        return self._steps.get(hash(text), 0)

    def note(self, text: str, step: int) -> None:
        """Remember how far ``text`` had to give way; the oldest makes room."""
        self._steps.pop(hash(text), None)
        if step:
            self._steps[hash(text)] = step
            if len(self._steps) > _MOST:
                del self._steps[next(iter(self._steps))]
