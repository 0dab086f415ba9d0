"""The SPARQL service against the bare engine and against other servers, in one run.

``python -m benchmarks sparql [--quads=100000] [--seconds=2]`` prints Markdown tables. Peers are
those found on this machine: ``oxigraph`` (the engine's own server), ``rdflib-endpoint`` and
``virtuoso-t``; a peer that is absent is left out, and named.
"""

from __future__ import annotations

import json
import math
import os
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from benchmarks._generator import generate
from benchmarks._load import Connection, Measured, measure, median_ms
from benchmarks._queries import QUERIES, RUNAWAY, lookup
from kuvend.config import Settings
from kuvend.project import Project
from kuvend.sandbox import resident_bytes

_GRAPH_TYPE = "application/n-triples"
_RDFLIB_MB = 60
_ROWS_TYPE = "application/sparql-results+json"


@dataclass(frozen=True)
class Served:
    """A server under measurement."""

    name: str
    port: int
    path: str
    pid: int


def main(options: list[str]) -> None:
    """Measure and print."""
    # Ended from outside, it ends the servers it started as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    quads = _option(options, "quads", 100_000)
    seconds = float(_option(options, "seconds", 2))
    with tempfile.TemporaryDirectory() as folder:
        root = Path(folder)
        store = _publish(root, quads)
        print(f"{quads} quads, {os.cpu_count()} cores, {seconds:g} s a measurement\n")
        _print_mix(root, store)
        _print_load(root, store, seconds)
        _print_runaway(root, seconds)


def _option(options: list[str], name: str, default: int) -> int:
    found = [o.partition("=")[2] for o in options if o.startswith(f"--{name}=")]
    return int(found[0]) if found else default


def _publish(root: Path, quads: int) -> Path:
    """The generated data as a release of a scratch project; the path of its store."""
    project = Project(Settings(data_dir=root / "scratch", scratch=True))
    manifest = {"date": "2026-01-01", "input_sha256": "", "graphs": {}}
    return project.releases.publish_locked(generate(quads), manifest).store_path


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
        with _kuvend(root, cache_mb=64 if cached else 0) as served:
            columns[label] = _ask_all(served)
    for peer in _peers(root, store):
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
        connection = Connection(served.port, served.path, _GRAPH_TYPE if is_graph else _ROWS_TYPE)
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
    with _kuvend(root, cache_mb=0) as served:
        _print_lookups(served, "kuvend, nothing kept", fresh, seconds)
    for opened in (_kuvend(root, cache_mb=64), *_peers(root, store)):
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
            f"{_memory_mb(served.pid):.0f} |"
        )


def _print_runaway(root: Path, seconds: float) -> None:
    """What eight clients see while one more sends a query that never ends, every second."""
    fresh = [lookup(number) for number in range(4000)]
    with _kuvend(root, cache_mb=0) as served:
        calm = measure(served.port, served.path, fresh, connections=8, seconds=2 * seconds)
        stopping = threading.Event()
        thread = threading.Thread(target=_run_away, args=(served, stopping))
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


def _run_away(served: Served, stopping: threading.Event) -> None:
    def one() -> None:
        try:
            Connection(served.port, served.path, _ROWS_TYPE).ask(RUNAWAY)
        except OSError:
            return

    threads = []
    while not stopping.wait(1.0):
        threads.append(threading.Thread(target=one))
        threads[-1].start()
    for thread in threads:
        thread.join()


def _print_table(title: str, columns: dict[str, dict[str, float]], rows: list[str]) -> None:
    print(f"## {title}\n")
    print("| query | " + " | ".join(columns) + " |")
    print("|---" * (len(columns) + 1) + "|")
    for row in rows:
        print(
            f"| {row} | " + " | ".join(f"{column[row]:.2f}" for column in columns.values()) + " |"
        )
    print()


@contextmanager
def _kuvend(root: Path, *, cache_mb: int) -> Iterator[Served]:
    environment = {**os.environ, "KUVEND_DATA_DIR": str(root)}
    environment |= {"KUVEND_RESULT_CACHE_MB": str(cache_mb), "KUVEND_QUERY_TIMEOUT_S": "10"}
    command = [sys.executable, "-c", "from kuvend.cli import main; main()", "serve", "--empty"]
    with _process("kuvend", command, "/sparql", environment) as served:
        yield served


def _peers(root: Path, store: Path) -> Iterator[contextmanager]:  # type: ignore[type-arg]
    """The peers found, each to be opened."""
    oxigraph = shutil.which("oxigraph")
    if oxigraph:
        yield _oxigraph(oxigraph, store)
    else:
        print("oxigraph is not installed and is left out\n")
    endpoint = shutil.which("rdflib-endpoint")
    if endpoint and _size_mb(store) > _RDFLIB_MB:
        print("rdflib-endpoint is left out: it would load for minutes\n")
    elif endpoint:
        yield _rdflib_endpoint(endpoint, root, store)
    else:
        print("rdflib-endpoint is not installed and is left out\n")


def _size_mb(store: Path) -> float:
    return sum(file.stat().st_size for file in store.iterdir()) / 2**20


@contextmanager
def _oxigraph(program: str, store: Path) -> Iterator[Served]:
    command = [program, "serve-read-only", "--location", str(store), "--bind", "127.0.0.1:PORT"]
    with _process("oxigraph serve", command, "/query", dict(os.environ)) as served:
        yield served


@contextmanager
def _rdflib_endpoint(program: str, root: Path, store: Path) -> Iterator[Served]:
    file = root / "merged.nt"
    if not file.exists():
        merged = ox.Store.read_only(str(store)).quads_for_pattern(
            None, None, None, ox.DefaultGraph()
        )
        ox.serialize((q.triple for q in merged), str(file), ox.RdfFormat.N_TRIPLES)
    command = [program, "serve", "--host", "127.0.0.1", "--port", "PORT", str(file)]
    with _process("rdflib-endpoint", command, "/", dict(os.environ)) as served:
        yield served


@contextmanager
def _process(
    name: str, command: list[str], path: str, environment: dict[str, str]
) -> Iterator[Served]:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port = int(sock.getsockname()[1])
    arguments = [part.replace("PORT", str(port)) for part in command]
    if name == "kuvend":
        arguments += ["--port", str(port)]
    process = subprocess.Popen(
        arguments, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
        start_new_session=True,
    )  # fmt: skip
    try:
        _wait(port, path)
        yield Served(name, port, path, process.pid)
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait()


def _wait(port: int, path: str) -> None:
    end = time.monotonic() + 300
    address = f"http://127.0.0.1:{port}{path}?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
    request = urllib.request.Request(address, headers={"Accept": _ROWS_TYPE})
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                if json.load(response).get("boolean"):
                    return
        except (OSError, ValueError):
            time.sleep(0.2)
    raise TimeoutError(f"nothing answered on port {port}")


def _memory_mb(pid: int) -> float:
    """Resident memory of a process and its descendants; shared pages count for each."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    total, waiting = 0, [pid]
    while waiting:
        current = waiting.pop()
        total += resident_bytes(current)
        waiting += children.get(current, [])
    return total / 2**20
