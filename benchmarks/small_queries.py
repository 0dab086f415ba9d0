"""Small queries nobody asked before, in turns with the engine's own server, and beside runaways.

``python -m benchmarks small_queries [--rounds=9] [--quads=100000]``. On a machine that others use,
what two servers do one after the other cannot be compared: here they take turns of half a second,
and medians are told. The time of the processor is what each request costs, in microseconds, the
serving process and the processes that evaluate apart.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from statistics import median

from benchmarks._load import Measured, measure
from benchmarks._queries import lookup
from benchmarks._servers import (
    Served,
    descendants,
    kuvend,
    option,
    oxigraph,
    program,
    publish,
    run_away,
)
from kuvend.sandbox import cpu_s

_TURN_S = 0.5
_FRESH = [lookup(number) for number in range(4000)]


@dataclass(frozen=True)
class Turn:
    """What one turn showed, and the processor time of a request in microseconds."""

    seen: Measured
    serving_us: float
    evaluating_us: float


def main(options: list[str]) -> None:
    """Measure and print."""
    # Ended from outside, it ends the servers it started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    rounds = option(options, "rounds", 9)
    quads = option(options, "quads", 100_000)
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        store = publish(root, quads)
        print(f"{quads} quads, {os.cpu_count()} cores, medians of {rounds} turns\n")
        _print_turns(root, store, rounds)
        _print_runaways(root, max(3, rounds // 2))


def _print_turns(root: Path, store: Path, rounds: int) -> None:
    print("| server | clients | a second | p50 ms | p99 ms | serving, µs | evaluating, µs | "
          "the engine's server ÷ this |\n|---|---|---|---|---|---|---|---|")  # fmt: skip
    installed = program("oxigraph")
    with ExitStack() as stack:
        servers = [stack.enter_context(kuvend(root, cache_mb=0))]
        if installed:
            servers.append(stack.enter_context(oxigraph(installed, store)))
        for connections in (1, 8, 32):
            turns = [[_turn(server, connections) for server in servers] for _ in range(rounds)]
            for place, server in enumerate(servers):
                ratio = median(turn[-1].seen.per_second / turn[place].seen.per_second
                               for turn in turns if turn[place].seen.per_second)  # fmt: skip
                row = _medians([turn[place] for turn in turns])
                print(f"| {server.name} | {connections} | {row} | {ratio:.2f} |")
    print()


def _turn(server: Served, connections: int) -> Turn:
    before = _cpu_s(server.pid)
    seen = measure(server.port, server.path, _FRESH, connections=connections, seconds=_TURN_S)
    after = _cpu_s(server.pid)
    count = max(1.0, seen.per_second * _TURN_S)
    serving, evaluating = ((b - a) / count * 1e6 for a, b in zip(before, after, strict=True))
    return Turn(seen, serving, evaluating)


def _cpu_s(pid: int) -> tuple[float, float]:
    return cpu_s(pid), sum(cpu_s(child) for child in descendants(pid))


def _medians(turns: list[Turn]) -> str:
    seen = [turn.seen for turn in turns]
    return " | ".join([
        f"{median(s.per_second for s in seen):.0f}",
        f"{median(s.p50_ms for s in seen):.2f}",
        f"{median(s.p99_ms for s in seen):.2f}",
        f"{median(turn.serving_us for turn in turns):.0f}",
        f"{median(turn.evaluating_us for turn in turns):.0f}",
    ])  # fmt: skip


def _print_runaways(root: Path, rounds: int) -> None:
    """What eight clients see, alone and while a query that never ends is sent every second.

    Between the two, what they see beside processes that only take what nobody else wants: so much
    comes of the machine alone.
    """
    rows: dict[str, list[Measured]] = {"alone": [], "beside idle loops": [], "beside runaways": []}
    with kuvend(root, cache_mb=0) as served:
        for _ in range(rounds):
            rows["alone"].append(_eight(served, 4))
            with _idle_loops():
                rows["beside idle loops"].append(_eight(served, 4))
            stopping = threading.Event()
            thread = threading.Thread(target=run_away, args=(served, stopping))
            thread.start()
            time.sleep(3)
            rows["beside runaways"].append(_eight(served, 6))
            stopping.set()
            thread.join()
    print("| | a second | p50 ms | p99 ms | p99 ÷ alone | failures |\n|---|---|---|---|---|---|")
    for label, seen in rows.items():
        ratio = median(
            s.p99_ms / alone.p99_ms for s, alone in zip(seen, rows["alone"], strict=True)
        )
        print(f"| {label} | {median(s.per_second for s in seen):.0f} | "
              f"{median(s.p50_ms for s in seen):.2f} | {median(s.p99_ms for s in seen):.2f} | "
              f"{ratio:.2f} | {sum(s.failures for s in seen)} |")  # fmt: skip
    print(f"\nMedians of {rounds} rounds.\n")


def _eight(served: Served, seconds: float) -> Measured:
    return measure(served.port, served.path, _FRESH, connections=8, seconds=seconds)


@contextmanager
def _idle_loops() -> Iterator[None]:
    """One process for each core that runs, as `SCHED_IDLE`, where nothing else wants to."""
    loop = "import os\nos.sched_setscheduler(0, os.SCHED_IDLE, os.sched_param(0))\nwhile True: pass"
    loops = [subprocess.Popen([sys.executable, "-c", loop]) for _ in range(os.cpu_count() or 1)]
    try:
        yield
    finally:
        for process in loops:
            process.kill()
            process.wait()
