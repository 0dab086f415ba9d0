"""The clients people use get right answers from a running server: SPARQLWrapper and rdflib."""

from __future__ import annotations

import os
import re
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest
import rdflib
from rdflib.plugins.stores.sparqlstore import SPARQLStore
from SPARQLWrapper import JSON, POST, TURTLE, SPARQLWrapper

from kuvend.namespaces import KUVEND_BASE
from kuvend.project import Project
from places import ROOT

PREFIXES = "PREFIX kv: <https://w3id.org/kuvend/def#> "
MUNICIPALITIES = PREFIXES + "SELECT ?m WHERE { ?m a kv:Municipality }"


@pytest.fixture(scope="module")
def server(project: Project) -> Iterator[str]:
    """The address of ``kuvend serve`` over the built project."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    address = f"http://127.0.0.1:{port}"
    state = str(project.settings.data_dir)
    clean = {k: v for k, v in os.environ.items() if not k.startswith("KUVEND_")}
    process = subprocess.Popen(
        [sys.executable, "-m", "kuvend", "--data-dir", state, "serve", "--port", str(port)],
        env=clean,
        stderr=subprocess.DEVNULL,
    )
    try:
        wait_for(f"{address}/healthz", process)
        yield address
    finally:
        process.send_signal(signal.SIGTERM)
        assert process.wait(120) == 0


def wait_for(url: str, process: subprocess.Popen[bytes], *, patience_s: float = 300) -> None:
    until = time.monotonic() + patience_s
    while process.poll() is None and time.monotonic() < until:
        try:
            with urllib.request.urlopen(url, timeout=60):
                return
        except (urllib.error.URLError, ConnectionError):
            time.sleep(0.1)
    pytest.fail("the server did not answer")


def test_sparqlwrapper_gets_the_rows_the_readme_shows(server: str) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    query = re.search(r'setQuery\("""(.*?)"""\)', readme, re.DOTALL)
    shown = re.search(r"```text\n(.*?)```", readme, re.DOTALL)
    assert query
    assert shown
    endpoint = SPARQLWrapper(f"{server}/sparql", returnFormat=JSON)
    endpoint.setQuery(query[1])
    rows = endpoint.queryAndConvert()["results"]["bindings"]
    lines = [f"{row['body']['value']} <- {row['law']['value']}" for row in rows]
    assert lines == shown[1].splitlines()


def test_sparqlwrapper_constructs_a_graph_by_post(server: str) -> None:
    endpoint = SPARQLWrapper(f"{server}/sparql", returnFormat=TURTLE)
    endpoint.setMethod(POST)
    endpoint.setQuery(PREFIXES + "CONSTRUCT { ?m a kv:Municipality } { ?m a kv:Municipality }")
    graph = rdflib.Graph().parse(data=endpoint.query().convert(), format="turtle")
    assert len(graph) >= 2


def test_the_sparql_store_of_rdflib_reads_the_service(server: str) -> None:
    store = SPARQLStore(f"{server}/sparql")
    found = {str(row[0]) for row in rdflib.Graph(store).query(MUNICIPALITIES)}
    assert f"{KUVEND_BASE}id/org/saraj-municipality" in found


@pytest.mark.parametrize(
    ("accept", "media_type"),
    [
        ("text/html", "text/html"),
        ("text/turtle", "text/turtle"),
        ("application/ld+json", "application/ld+json"),
        ("application/n-triples", "application/n-triples"),
        ("application/rdf+xml", "application/rdf+xml"),
    ],
)
def test_an_iri_of_a_thing_leads_to_each_format(server: str, accept: str, media_type: str) -> None:
    request = urllib.request.Request(f"{server}/id/org/akk", headers={"Accept": accept})
    with urllib.request.urlopen(request, timeout=180) as answer:
        assert answer.url.startswith(f"{server}/doc/org/akk")
        assert answer.headers.get_content_type() == media_type
        assert b"AKK" in answer.read()
