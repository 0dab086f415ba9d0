"""Kills a server at random moments while clients write, and looks for what was lost or torn.

``--times=200`` kills that often, ``--minutes=N`` ends earlier, ``--seed=N`` chooses other moments.
Each change writes two triples of one subject, by update or by the graph store; every subject has
one client. After each kill of the whole process group the server is started again: a change that
was acknowledged has to be there, one that was not may be there, wholly. Readers beside the clients
must never meet half.
"""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import quote

TOKEN = "kill-me-often"
CLIENTS = 4
_TORN = (
    "SELECT ?s { { SELECT ?s (COUNT(*) AS ?n) { { ?s ?p ?o } UNION { GRAPH ?g { ?s ?p ?o } } } "
    "GROUP BY ?s } FILTER(?n != 2) }"
)
_ALL = "SELECT ?s ?o { { ?s <urn:p> ?o } UNION { GRAPH ?g { ?s <urn:p> ?o } } }"


@dataclass
class Tally:
    """What happened over all kills."""

    kills: int = 0
    acknowledged: int = 0
    unanswered: int = 0
    unanswered_but_made: int = 0
    reads: int = 0
    faults: list[str] = field(default_factory=list)


@dataclass
class _Client:
    """One writer: what it knows of its subject, and the change under way."""

    subject: str
    known: str | None = None
    trying: tuple[str | None] | None = None
    number: int = 0


def run(
    times: int, seed: int, folder: Path, *, longest_s: float = 2.0, minutes: float = 600
) -> Tally:
    """Kill ``times`` servers over ``folder``, each up to ``longest_s`` after its first change."""
    chance = random.Random(seed)
    tally = Tally()
    clients = [_Client(f"urn:client:{n}") for n in range(CLIENTS)]
    last = time.monotonic() + minutes * 60
    for _ in range(times):
        if time.monotonic() > last:
            break
        with _server(folder) as (process, port):
            _check(port, clients, tally)
            stop = threading.Event()
            threads = [
                threading.Thread(
                    target=_write, args=(port, client, stop, random.Random(chance.random()), tally)
                )
                for client in clients
            ]
            threads.append(threading.Thread(target=_read, args=(port, stop, tally)))
            for thread in threads:
                thread.start()
            # A kill before the first change tells nothing, so most come after one.
            wait = chance.uniform(0, longest_s)
            is_patient = chance.random() < 0.9
            before = tally.acknowledged
            end = time.monotonic() + 60
            while is_patient and tally.acknowledged == before and time.monotonic() < end:
                time.sleep(0.05)
            time.sleep(wait)
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            stop.set()
            for thread in threads:
                thread.join()
        tally.kills += 1
        if tally.kills % 10 == 0:
            print(f"{tally.kills} kills: {tally}"[:200], file=sys.stderr, flush=True)
    with _server(folder) as (_, port):
        _check(port, clients, tally)
    return tally


def _write(
    port: int, client: _Client, stop: threading.Event, chance: random.Random, tally: Tally
) -> None:
    while not stop.is_set():
        client.number += 1
        value = str(client.number)
        method, path, body, media_type, state = _change(client, value, chance)
        client.trying = (state,)
        try:
            status, _ = _request(port, method, path, body, media_type)
        except (OSError, http.client.HTTPException):
            tally.unanswered += 1
            return
        if status in {200, 201, 204}:
            client.known = state
            tally.acknowledged += 1
        elif status == 503:
            # The end is coming; whether the change is made is not known.
            tally.unanswered += 1
            return
        else:
            tally.faults.append(f"{method} {path} answered {status}")
        client.trying = None


def _change(
    client: _Client, value: str, chance: random.Random
) -> tuple[str, str, str, str, str | None]:
    """One change: method, path, body, media type, and the value the subject has after it."""
    turtle = f'<{client.subject}> <urn:p> "{value}" ; <urn:q> "{value}" .'
    graph = f"/data?graph={quote(client.subject, safe='')}"
    kind = chance.choice(["update", "update", "put", "post", "delete"])
    if kind == "put":
        # The graph has the subject's name; what an update wrote into it is replaced.
        return "PUT", graph, turtle, "text/turtle", value
    if kind == "post" and client.known is None:
        return "POST", graph, turtle, "text/turtle", value
    if kind == "delete" and client.known is not None:
        return "DELETE", graph, "", "text/plain", None
    update = (
        f"DELETE {{ GRAPH <{client.subject}> {{ ?s ?p ?o }} }} WHERE {{ GRAPH "
        f"<{client.subject}> {{ ?s ?p ?o }} }} ; INSERT DATA {{ GRAPH <{client.subject}> "
        f"{{ {turtle} }} }}"
    )
    return "POST", "/update", update, "application/sparql-update", value


def _read(port: int, stop: threading.Event, tally: Tally) -> None:
    while not stop.is_set():
        with contextlib.suppress(OSError, http.client.HTTPException):
            if torn := _select(port, _TORN):
                tally.faults.append(f"a reader met half a change: {torn}")
            tally.reads += 1
        time.sleep(0.02)


def _check(port: int, clients: Sequence[_Client], tally: Tally) -> None:
    """Compare what the server holds after its start with what the clients were told."""
    if torn := _select(port, _TORN):
        tally.faults.append(f"half a change is there: {torn}")
    found = {row["s"]["value"]: row["o"]["value"] for row in _select(port, _ALL)}
    for client in clients:
        held = found.get(client.subject)
        if held == client.known:
            pass
        elif client.trying is not None and held == client.trying[0]:
            tally.unanswered_but_made += 1
        else:
            tally.faults.append(
                f"{client.subject}: {held!r} is there, {client.known!r} was acknowledged"
            )
        client.known, client.trying = held, None


def _select(port: int, query: str) -> list[dict[str, dict[str, str]]]:
    status, body = _request(port, "GET", f"/sparql?query={quote(query)}", "", "")
    if status != 200:
        raise http.client.HTTPException(f"{status}: {body[:200]!r}")
    rows: list[dict[str, dict[str, str]]] = json.loads(body)["results"]["bindings"]
    return rows


def _request(port: int, method: str, path: str, body: str, media_type: str) -> tuple[int, bytes]:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
    headers = {"Authorization": f"Bearer {TOKEN}", "Accept": "application/json"}
    if media_type:
        headers["Content-Type"] = media_type
    try:
        connection.request(method, path, body or None, headers)
        response = connection.getresponse()
        return response.status, response.read()
    finally:
        connection.close()


@contextlib.contextmanager
def _server(folder: Path) -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    """An empty store served over ``folder`` in a process group of its own, ready."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    command = [sys.executable, "-c", "from kuvend.cli import main; main()"]
    arguments = ["--data-dir", str(folder), "serve", "--empty", "--port", str(port)]
    process = subprocess.Popen(
        [*command, *arguments],
        env={**os.environ, "KUVEND_TOKEN": TOKEN, "KUVEND_ACCESS_LOG": "0"},
        stderr=subprocess.DEVNULL,
        cwd=folder,
        start_new_session=True,
    )
    try:
        _wait(process, port)
        yield process, port
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait()


def _wait(process: subprocess.Popen[bytes], port: int) -> None:
    end = time.monotonic() + 600
    while time.monotonic() < end:
        with contextlib.suppress(OSError, http.client.HTTPException):
            if _request(port, "GET", "/readyz", "", "")[0] == 200:
                return
        if process.poll() is not None:
            raise RuntimeError("the server ended at its start")
        time.sleep(0.05)
    raise RuntimeError("the server did not become ready")


def main(arguments: Sequence[str] = ()) -> None:
    """Print what became of the changes."""
    options = dict(a.lstrip("-").split("=", 1) for a in arguments if "=" in a)
    times, seed = int(options.get("times", "20")), int(options.get("seed", "1"))
    with tempfile.TemporaryDirectory() as folder:
        minutes = float(options.get("minutes", "600"))
        tally = run(times, seed, Path(folder), minutes=minutes)
    print("| kills | acknowledged changes | lost or torn | unanswered | of these made | reads |")
    print("|---|---|---|---|---|---|")
    print(
        f"| {tally.kills} | {tally.acknowledged} | {len(tally.faults)} | {tally.unanswered} "
        f"| {tally.unanswered_but_made} | {tally.reads} |"
    )
    for fault in tally.faults:
        print(f"- {fault}")
    if tally.faults:
        raise SystemExit(1)
