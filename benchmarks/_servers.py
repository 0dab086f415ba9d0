"""The servers under measurement: ours and the peers found on this machine, started and ended."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.request
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path

import pyoxigraph as ox

from benchmarks import _virtuoso as _virtuoso_server
from benchmarks._generator import generate
from benchmarks._load import Connection
from benchmarks._queries import RUNAWAY
from kuvend.config import Settings
from kuvend.project import Project
from kuvend.sandbox import resident_bytes

ROWS_TYPE = "application/sparql-results+json"
_RDFLIB_MB = 60


@dataclass(frozen=True)
class Served:
    """A server under measurement."""

    name: str
    port: int
    path: str
    pid: int


def option(options: list[str], name: str, default: int) -> int:
    """The number given as ``--name=…``, or ``default``."""
    found = [o.partition("=")[2] for o in options if o.startswith(f"--{name}=")]
    return int(found[0]) if found else default


def publish(root: Path, quads: int) -> Path:
    """The generated data as a release of a scratch project; the path of its store."""
    project = Project(Settings(data_dir=root / "scratch", scratch=True))
    manifest = {"date": "2026-01-01", "input_sha256": "", "graphs": {}}
    return project.releases.publish_locked(generate(quads), manifest).store_path


def run_away(served: Served, stopping: threading.Event) -> None:
    """Send a query that never ends every second until ``stopping``; return when all ended."""

    def one() -> None:
        try:
            Connection(served.port, served.path, ROWS_TYPE).ask(RUNAWAY)
        except OSError:
            return

    threads = []
    while not stopping.wait(1.0):
        threads.append(threading.Thread(target=one))
        threads[-1].start()
    for thread in threads:
        thread.join()


@contextmanager
def kuvend(root: Path, *, cache_mb: int, deadline_s: int = 10) -> Iterator[Served]:
    """``kuvend serve`` over what ``publish`` made, with room for ``cache_mb`` of results."""
    environment = {**os.environ, "KUVEND_DATA_DIR": str(root)}
    environment |= {
        "KUVEND_RESULT_CACHE_MB": str(cache_mb),
        "KUVEND_QUERY_TIMEOUT_S": str(deadline_s),
    }
    command = [sys.executable, "-c", "from kuvend.cli import main; main()", "serve", "--empty"]
    with _process("kuvend", command, "/sparql", environment) as served:
        yield served


def program(name: str) -> str | None:
    """Where a program is, on the path or beside Python."""
    return shutil.which(name) or shutil.which(name, path=str(Path(sys.executable).parent))


def peers(root: Path, store: Path) -> Iterator[AbstractContextManager[Served]]:
    """The peers found, each to be opened."""
    server = program("oxigraph")
    if server:
        yield oxigraph(server, store)
    else:
        print("oxigraph is not installed and is left out", file=sys.stderr)
    if program("virtuoso-t") and program("isql-vt"):
        yield _virtuoso(root, store)
    else:
        print("virtuoso-t is not installed and is left out", file=sys.stderr)
    endpoint = program("rdflib-endpoint")
    if endpoint and _size_mb(store) > _RDFLIB_MB:
        print("rdflib-endpoint is left out: it would load for minutes", file=sys.stderr)
    elif endpoint:
        yield _rdflib_endpoint(endpoint, root, store)
    else:
        print("rdflib-endpoint is not installed and is left out", file=sys.stderr)


def _size_mb(store: Path) -> float:
    return sum(file.stat().st_size for file in store.iterdir()) / 2**20


@contextmanager
def oxigraph(program: str, store: Path) -> Iterator[Served]:
    """The engine's own server over the same store."""
    command = [program, "serve-read-only", "--location", str(store), "--bind", "127.0.0.1:PORT"]
    with _process("oxigraph serve", command, "/query", dict(os.environ)) as served:
        yield served


@contextmanager
def _rdflib_endpoint(program: str, root: Path, store: Path) -> Iterator[Served]:
    file = _merged(root / "merged", store)
    command = [program, "serve", "--host", "127.0.0.1", "--port", "PORT", str(file)]
    with _process("rdflib-endpoint", command, "/", dict(os.environ)) as served:
        yield served


@contextmanager
def _virtuoso(root: Path, store: Path) -> Iterator[Served]:
    folder = root / "virtuoso"
    if folder.exists():
        shutil.rmtree(folder)
    http_port, sql_port = _free_port(), _free_port()
    command = _virtuoso_server.configure(folder, http_port=http_port, sql_port=sql_port)
    triples = _merged(folder, store)
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True
    )
    try:
        # It answers ASK with a row, so that it answers at all has to do.
        _wait(http_port, "/sparql", is_loaded=False)
        _virtuoso_server.load(triples, sql_port=sql_port)
        yield Served("Virtuoso", http_port, "/sparql", process.pid)
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _merged(folder: Path, store: Path) -> Path:
    """The default graph of ``store`` as N-Triples in ``folder``."""
    folder.mkdir(exist_ok=True)
    file = folder / "merged.nt"
    if not file.exists():
        merged = ox.Store.read_only(str(store)).quads_for_pattern(
            None, None, None, ox.DefaultGraph()
        )
        ox.serialize((q.triple for q in merged), str(file), ox.RdfFormat.N_TRIPLES)
    return file


@contextmanager
def _process(
    name: str, command: list[str], path: str, environment: dict[str, str]
) -> Iterator[Served]:
    port = _free_port()
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


def _free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return int(sock.getsockname()[1])


def _wait(port: int, path: str, *, is_loaded: bool = True) -> None:
    end = time.monotonic() + 300
    address = f"http://127.0.0.1:{port}{path}?query=ASK%20%7B%20%3Fs%20%3Fp%20%3Fo%20%7D"
    request = urllib.request.Request(address, headers={"Accept": ROWS_TYPE})
    while time.monotonic() < end:
        try:
            with urllib.request.urlopen(request, timeout=10) as response:
                if json.load(response).get("boolean") or not is_loaded:
                    return
        except (OSError, ValueError):
            time.sleep(0.2)
    raise TimeoutError(f"nothing answered on port {port}")


def memory_mb(pid: int) -> float:
    """Resident memory of a process and its descendants; shared pages count for each."""
    return sum(map(resident_bytes, [pid, *descendants(pid)])) / 2**20


def descendants(pid: int) -> list[int]:
    """The processes below ``pid``."""
    children: dict[int, list[int]] = {}
    for path in Path("/proc").glob("[0-9]*/stat"):
        try:
            parent = int(path.read_text().rpartition(")")[2].split()[1])
        except (OSError, ValueError):
            continue
        children.setdefault(parent, []).append(int(path.parent.name))
    found, waiting = [], [pid]
    while waiting:
        below = children.get(waiting.pop(), [])
        found += below
        waiting += below
    return found
