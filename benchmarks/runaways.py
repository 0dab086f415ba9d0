"""Runaway queries one after another, each ended by its deadline, with ordinary users beside them.

``python -m benchmarks runaways [--times=200] [--users=8] [--deadline=1]``. Each runaway is of
another kind in turn; told is how each was answered and how late, and what the users saw meanwhile.
"""

from __future__ import annotations

import signal
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path
from statistics import quantiles

from benchmarks._load import Connection, measure
from benchmarks._queries import RUNAWAY, lookup
from benchmarks._servers import ROWS_TYPE, Served, descendants, kuvend, memory_mb, option, publish

_KINDS = {
    "a count of a product": RUNAWAY,
    "a sort of a product": "SELECT * { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } ORDER BY ?i ?f LIMIT 5",
    "a filter nothing passes": "ASK { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
    "FILTER(CONCAT(STR(?a), STR(?d), STR(?g)) = '§') }",
    "groups of a product": "SELECT ?a (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i } "
    "GROUP BY ?a",
    "paths from anywhere": "SELECT (COUNT(*) AS ?n) { ?a (!<urn:x>|^!<urn:x>)+ ?b . "
    "?c (!<urn:x>|^!<urn:x>)+ ?d }",
    "an aggregate of texts": "SELECT (GROUP_CONCAT(?l) AS ?t) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i "
    "BIND(CONCAT(STR(?a), STR(?d), STR(?g)) AS ?l) }",
}
_USERS = [lookup(number) for number in range(4000)]
_ALONE_S = 10.0


class _Runaways(threading.Thread):
    """Sends them in a row and notes how each was answered."""

    def __init__(self, served: Served, times: int, deadline_s: int) -> None:
        super().__init__()
        self.served, self.times, self.deadline_s = served, times, deadline_s
        self.outcomes: Counter[tuple[str, str]] = Counter()
        self.late_s: list[float] = []
        self.worst_s: dict[str, float] = {}

    def run(self) -> None:
        kinds = list(_KINDS.items())
        for number in range(self.times):
            kind, query = kinds[number % len(kinds)]
            begun = time.perf_counter()
            try:
                connection = Connection(self.served.port, self.served.path, ROWS_TYPE)
                answer = str(connection.ask(query)[0])
            except OSError as error:
                answer = type(error).__name__
            self.outcomes[kind, answer] += 1
            late_s = time.perf_counter() - begun - self.deadline_s
            self.late_s.append(late_s)
            self.worst_s[kind] = max(late_s, self.worst_s.get(kind, late_s))


def main(options: list[str]) -> None:
    """Run and print."""
    # Ended from outside, it ends the server it started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    times, users = option(options, "times", 200), option(options, "users", 8)
    deadline_s = option(options, "deadline", 1)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        publish(root, option(options, "quads", 100_000))
        with kuvend(root, cache_mb=0, deadline_s=deadline_s) as served:
            alone = measure(served.port, served.path, _USERS, connections=users, seconds=_ALONE_S)
            runaways = _Runaways(served, times, deadline_s)
            before = memory_mb(served.pid)
            runaways.start()
            # Somewhat less than the runaways take, so that none of the time is without them.
            seconds = times * deadline_s * 0.95
            beside = measure(served.port, served.path, _USERS, connections=users, seconds=seconds)
            runaways.join()
            again = measure(served.port, served.path, _USERS, connections=users, seconds=_ALONE_S)
            after, processes = memory_mb(served.pid), len(descendants(served.pid))
    print("| runaway | answered | times | latest, ms after the deadline |\n|---|---|---|---|")
    for (kind, answer), count in sorted(runaways.outcomes.items()):
        print(f"| {kind} | {answer} | {count} | {runaways.worst_s[kind] * 1000:.0f} |")
    late = quantiles(runaways.late_s, n=100)
    half, most, worst = (found * 1000 for found in (late[49], late[98], max(runaways.late_s)))
    print(
        f"\nAnswered {half:.0f} ms after the deadline in the median, {most:.0f} ms at p99, "
        f"{worst:.0f} ms at most.\n"
    )
    print(f"| {users} users | a second | p50 ms | p99 ms | failures |\n|---|---|---|---|---|")
    for label, seen in (("before", alone), ("beside runaways", beside), ("after", again)):
        print(f"| {label} | {seen.per_second:.0f} | {seen.p50_ms:.2f} | {seen.p99_ms:.2f} | "
              f"{seen.failures} |")  # fmt: skip
    print(f"\n{before:.0f} MB before, {after:.0f} MB after, {processes} processes.\n")
