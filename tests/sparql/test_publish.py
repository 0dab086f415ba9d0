"""A release is pushed to a store elsewhere and counted there; another endpoint is asked."""

from __future__ import annotations

import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import CliRunner, Result
from service_process import TOKEN, Server, free_port, scratch_server

from kuvend.cli.publish import publish
from kuvend.cli.query import query
from kuvend.errors import BadRequest, Forbidden, Unauthorized, Unavailable
from kuvend.namespaces import KUVEND_BASE
from kuvend.project import Project

OXIGRAPH = shutil.which("oxigraph") or shutil.which(
    "oxigraph", path=str(Path(sys.executable).parent)
)
COUNTS = "SELECT ?g (COUNT(*) AS ?n) { GRAPH ?g { ?s ?p ?o } } GROUP BY ?g ORDER BY ?g"


@pytest.fixture(scope="module")
def server(quick_folders: Callable[[], Path]) -> Iterator[Server]:
    """An empty store served, with a token for writing."""
    with scratch_server(quick_folders(), result_cache_mb=0) as running:
        yield running


def run(command: object, project: Project, *arguments: str, **environment: str) -> Result:
    runner = CliRunner()
    return runner.invoke(command, arguments, obj=project, env=environment, catch_exceptions=False)


def test_every_graph_is_there_with_its_triples(server: Server, served: Project) -> None:
    address = f"http://127.0.0.1:{server.port}"
    stale = f"{KUVEND_BASE}graph/statements/gone"
    headers = {"Authorization": f"Bearer {TOKEN}", "Content_Type": "text/turtle"}
    for graph in (stale, "urn:other"):
        path = f"/data?graph={graph}"
        assert server.request("PUT", path, "<urn:a> <urn:b> 1 .", **headers)[0] == 201
    store = ("--store", f"{address}/data", "--endpoint", f"{address}/sparql")
    done = run(publish, served, *store, KUVEND_STORE_TOKEN=TOKEN)
    assert done.exit_code == 0, done.output
    assert "1 graphs removed" in done.output
    counts = dict(served.release().manifest["graphs"])
    total = counts.pop("default")
    asked = run(query, served, COUNTS, "--endpoint", f"{address}/sparql", "--format", "csv")
    rows = [line.rpartition(",") for line in asked.output.splitlines()[1:]]
    assert {name: int(n) for name, _, n in rows} == {**counts, "urn:other": 1}
    asked = run(query, served, "SELECT (COUNT(*) AS ?n) { ?s ?p ?o }", *store[2:])
    assert asked.output.splitlines()[1] == str(total)


def test_one_graph_alone_can_be_pushed(server: Server, served: Project) -> None:
    address = f"http://127.0.0.1:{server.port}/data"
    chosen = ("--graph", "statements/a", "--token", TOKEN)
    done = run(publish, served, "--store", address, *chosen)
    assert "1 graphs, 2 triples" in done.output
    with pytest.raises(BadRequest, match="no graph"):
        run(publish, served, "--store", address, "--graph", "nothing", "--token", TOKEN)


def test_what_is_wrong_with_a_store_is_said(server: Server, served: Project) -> None:
    address = f"http://127.0.0.1:{server.port}"
    with pytest.raises(Unauthorized, match="--token"):
        run(publish, served, "--store", f"{address}/data")
    with pytest.raises((Unauthorized, Forbidden)):
        run(publish, served, "--store", f"{address}/data", "--token", "wrong")
    with pytest.raises(BadRequest, match="Graph Store Protocol"):
        run(publish, served, "--store", f"{address}/sparql", "--token", TOKEN)
    with pytest.raises(BadRequest, match="not the address"):
        run(publish, served, "--store", "file:///etc")
    with pytest.raises(Unavailable, match="no store answers"):
        run(publish, served, "--store", f"http://127.0.0.1:{free_port()}/data")


def test_what_is_wrong_with_an_endpoint_is_said(server: Server, served: Project) -> None:
    address = f"http://127.0.0.1:{server.port}/sparql"
    with pytest.raises(BadRequest, match="refuses the query"):
        run(query, served, "SELECT { ?s", "--endpoint", address)
    with pytest.raises(BadRequest, match="update"):
        run(query, served, "CLEAR ALL # {", "--endpoint", address)
    with pytest.raises(Unavailable, match="no endpoint"):
        run(query, served, "ASK {}", "--endpoint", f"http://127.0.0.1:{free_port()}/")
    with pytest.raises(BadRequest, match="--endpoint"):
        run(query, served, "ASK {}", "--endpoint", address, "--lint")


@pytest.mark.skipif(OXIGRAPH is None, reason="oxigraph serve is not installed")
def test_oxigraph_takes_a_release(served: Project, tmp_path: Path) -> None:
    port = free_port()
    command = [str(OXIGRAPH), "serve", "--location", str(tmp_path), "--bind", f"127.0.0.1:{port}"]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL)
    try:
        end = time.monotonic() + 60
        while time.monotonic() < end:
            try:
                socket.create_connection(("127.0.0.1", port)).close()
                break
            except OSError:
                time.sleep(0.05)
        address = f"http://127.0.0.1:{port}"
        done = run(publish, served, "--store", f"{address}/store", "--endpoint", f"{address}/query")
        assert done.exit_code == 0, done.output
        counts = dict(served.release().manifest["graphs"])
        asked = run(query, served, COUNTS, "--endpoint", f"{address}/query", "--format", "tsv")
        assert len(asked.output.splitlines()) == len(counts)
    finally:
        process.kill()
        process.wait()
