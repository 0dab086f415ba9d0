"""Lines of a log, written by a thread of their own: a pipe that nobody reads holds nobody up."""

from __future__ import annotations

import json
import os
import queue
import threading

_MOST = 20_000
_LAST_S = 1.0


class Lines:
    """Takes lines and writes them one after the other; those beyond ``most`` waiting are counted.

    They go to the descriptor ``fd`` itself: at its end Python waits for who holds a stream of its
    own, and calls it a fatal error where that one waits for a reader.
    """

    def __init__(self, fd: int, *, most: int = _MOST) -> None:
        self._fd = fd
        self._most = most
        self._waiting: queue.SimpleQueue[str | None] = queue.SimpleQueue()
        self._lost = 0
        self._thread = threading.Thread(target=self._run, name="kuvend-log", daemon=True)
        self._thread.start()

    def write(self, line: str) -> None:
        """Have ``line`` written when its turn comes; never waits."""
        if self._waiting.qsize() < self._most:
            self._waiting.put(line)
        else:
            self._lost += 1

    def close(self) -> None:
        """Write what waits, as far as it is taken within a second."""
        self._waiting.put(None)
        self._thread.join(_LAST_S)

    def _run(self) -> None:
        while (line := self._waiting.get()) is not None:
            lost, self._lost = self._lost, 0
            told = f"{json.dumps({'lost_lines': lost})}\n{line}\n" if lost else f"{line}\n"
            left = told.encode("utf-8", "backslashreplace")
            try:
                while left:
                    left = left[os.write(self._fd, left) :]
            except OSError:
                # Nobody can be told any more.
                return
