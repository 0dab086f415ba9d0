"""Which cores slow queries may use: one is left to the quick ones while many of those come.

To the kernel a core that runs what nobody else wants is busy, so it does not look for what waits
at another core before its next tick, some milliseconds later. A quick query is over by then.
"""

from __future__ import annotations

import os

# Begun in a second: from so many on, quick queries wait for each other now and then.
_MANY_A_SECOND = 100
_LOOK_S = 0.1
# So long after the last many slow queries may use every core again.
_HOLD_S = 1.0


class Cores:
    """The cores for slow queries, by how many queries begin.

    >>> cores = Cores(frozenset({0, 1}))
    >>> sorted(cores.for_slow(0, 0.0)), sorted(cores.for_slow(50, 0.2))
    ([0, 1], [0])
    >>> sorted(cores.for_slow(50, 1.0)), sorted(cores.for_slow(50, 1.3))
    ([0], [0, 1])
    """

    def __init__(self, cores: frozenset[int] | None = None) -> None:
        self.all = frozenset(os.sched_getaffinity(0)) if cores is None else cores
        self._fewer = self.all - {max(self.all)} if len(self.all) > 1 else self.all
        self._begun = 0
        self._looked_at = 0.0
        self._many_until = 0.0

    def for_slow(self, begun: int, now: float) -> frozenset[int]:
        """The cores for slow queries at ``now``, in seconds, when ``begun`` queries have begun."""
        passed_s = now - self._looked_at
        if passed_s >= _LOOK_S:
            if begun - self._begun > passed_s * _MANY_A_SECOND:
                self._many_until = now + _HOLD_S
            self._begun, self._looked_at = begun, now
        return self._fewer if now < self._many_until else self.all
