"""The SPARQL service against the bare engine and against other servers, in one run.

``python -m benchmarks sparql [--quads=100000] [--seconds=2]`` prints Markdown tables. Peers are
those found on this machine: ``oxigraph`` (the engine's own server), ``rdflib-endpoint`` and
``virtuoso-t``; a peer that is absent is left out, and named.
"""

from __future__ import annotations

import math
import os
import signal
import sys
import tempfile
import threading
import time
from pathlib import Path

import pyoxigraph as ox

from benchmarks._load import Connection, Measured, measure, median_ms
from benchmarks._queries import QUERIES, lookup
from benchmarks._servers import (
    ROWS_TYPE,
    Served,
    kuvend,
    memory_mb,
    option,
    peers,
    publish,
    run_away,
)

_GRAPH_TYPE = "application/n-triples"


def main(options: list[str]) -> None:
    """Measure and print."""
    # Ended from outside, it ends the servers it started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    quads = option(options, "quads", 100_000)
    seconds = float(option(options, "seconds", 2))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        store = publish(root, quads)
        print(f"{quads} quads, {os.cpu_count()} cores, {seconds:g} s a measurement\n")
        _print_mix(root, store)
        _print_load(root, store, seconds)
        _print_runaway(root, seconds)


def _print_mix(root: Path, store: Path) -> None:
    """Median latency of each query, one client, first the engine alone in this process."""
    engine = ox.Store.read_only(str(store))
    memory = ox.Store()
    memory.bulk_extend(engine.quads_for_pattern(None, None, None, None))
    columns = {
        "engine on disk": _evaluate_all(engine),
        "engine in memory": _evaluate_all(memory),
    }
    for label, cached in (("kuvend", False), ("kuvend, cached", True)):
        with kuvend(root, cache_mb=64 if cached else 0) as served:
            columns[label] = _ask_all(served)
    for peer in peers(root, store):
        with peer as served:
            columns[served.name] = _ask_all(served)
    _print_table("Median milliseconds, one client", columns, list(QUERIES))


def _evaluate_all(store: ox.Store) -> dict[str, float]:
    return {name: median_ms(lambda t=text: _evaluate(store, t)) for name, text in QUERIES.items()}


def _evaluate(store: ox.Store, text: str) -> bytes | None:
    result = store.query(text)
    if isinstance(result, ox.QueryTriples):
        return result.serialize(format=ox.RdfFormat.N_TRIPLES)
    return result.serialize(format=ox.QueryResultsFormat.JSON)


def _ask_all(served: Served) -> dict[str, float]:
    found: dict[str, float] = {}
    for name, text in QUERIES.items():
        is_graph = "CONSTRUCT" in text or "DESCRIBE" in text
        connection = Connection(served.port, served.path, _GRAPH_TYPE if is_graph else ROWS_TYPE)
        try:
            connection.ask(text)
            found[name] = median_ms(lambda c=connection, t=text: c.ask(t))
        except TimeoutError:
            found[name] = math.inf
            # A server that works on for nobody would slow down what is asked next.
            if sum(value == math.inf for value in found.values()) > 1:
                return {query: found.get(query, math.inf) for query in QUERIES}
    return found


def _print_load(root: Path, store: Path, seconds: float) -> None:
    """Throughput of point lookups, each another one, and of the same one again and again."""
    fresh = [lookup(number) for number in range(4000)]
    print("## Point lookups\n")
    print("| server | clients | other each time: a second | p50 ms | p99 ms | "
          "same again: a second | p99 ms | MB |")  # fmt: skip
    print("|---|---|---|---|---|---|---|---|")
    with kuvend(root, cache_mb=0) as served:
        _print_lookups(served, "kuvend, nothing kept", fresh, seconds)
    for opened in (kuvend(root, cache_mb=64), *peers(root, store)):
        with opened as served:
            _print_lookups(served, served.name, fresh, seconds)
    print()


def _print_lookups(served: Served, name: str, fresh: list[str], seconds: float) -> None:
    for connections in (1, 8, 32):
        first = measure(served.port, served.path, fresh, connections=connections, seconds=seconds)
        again = measure(
            served.port, served.path, [lookup(7)], connections=connections, seconds=seconds
        )
        print(
            f"| {name} | {connections} | {first.per_second:.0f} | {first.p50_ms:.2f} | "
            f"{first.p99_ms:.2f} | {again.per_second:.0f} | {again.p99_ms:.2f} | "
            f"{memory_mb(served.pid):.0f} |"
        )


def _print_runaway(root: Path, seconds: float) -> None:
    """What eight clients see while one more sends a query that never ends, every second."""
    fresh = [lookup(number) for number in range(4000)]
    with kuvend(root, cache_mb=0) as served:
        calm = measure(served.port, served.path, fresh, connections=8, seconds=2 * seconds)
        stopping = threading.Event()
        thread = threading.Thread(target=run_away, args=(served, stopping))
        thread.start()
        time.sleep(1.0)
        beside = measure(served.port, served.path, fresh, connections=8, seconds=2 * seconds)
        stopping.set()
        thread.join()
    print("## Beside one runaway cross join a second\n")
    print("| | a second | p50 ms | p99 ms | failures |\n|---|---|---|---|---|")
    for label, row in (("alone", calm), ("beside runaways", beside)):
        print(f"| {label} | {_row(row)} |")
    print()


def _row(row: Measured) -> str:
    return f"{row.per_second:.0f} | {row.p50_ms:.2f} | {row.p99_ms:.2f} | {row.failures}"


def _print_table(title: str, columns: dict[str, dict[str, float]], rows: list[str]) -> None:
    print(f"## {title}\n")
    print("| query | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for row in rows:
        print(
            f"| {row} | " + " | ".join(f"{column[row]:.2f}" for column in columns.values()) + " |"
        )
    print()
