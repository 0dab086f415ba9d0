"""SERVICE reaches the hosts the operator allowed, and no others."""

from __future__ import annotations

import http.server
import threading
from collections.abc import Callable, Iterator

import pytest

from kuvend.errors import Forbidden, KuvendError
from kuvend.formats import RESULTS_CSV
from kuvend.sparql import QueryPool

ANSWER = b'{"head":{"vars":["x"]},"results":{"bindings":[{"x":{"type":"literal","value":"far"}}]}}'


@pytest.fixture(scope="module")
def endpoint() -> Iterator[str]:
    """A tiny SPARQL endpoint on this machine: its host and port."""

    class Handler(http.server.BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            self.rfile.read(int(self.headers["Content-Length"]))
            self.send_response(200)
            self.send_header("Content-Type", "application/sparql-results+json")
            self.send_header("Content-Length", str(len(ANSWER)))
            self.end_headers()
            self.wfile.write(ANSWER)

        def log_message(self, *_: object) -> None:
            """Say nothing."""

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield f"127.0.0.1:{server.server_port}"
    server.shutdown()
    server.server_close()


def query(host: str) -> str:
    return f"SELECT ?x {{ SERVICE <http://{host}/sparql> {{ SELECT ?x {{ ?x ?y ?z }} }} }}"


def test_an_allowed_host_answers(make_pool: Callable[..., QueryPool], endpoint: str) -> None:
    pool = make_pool(service_hosts=f"{endpoint} 127.0.0.1")
    assert pool.run(query(endpoint), format=RESULTS_CSV).read() == b"x\r\nfar\r\n"
    assert pool.run("ASK {}").is_complete
    # The one that had a network is gone: there is one that answered since, and a spare.
    assert pool.counts()["idle"] <= 2


def test_a_name_that_leads_to_this_machine_is_refused(
    make_pool: Callable[..., QueryPool], endpoint: str
) -> None:
    pool = make_pool(service_hosts=endpoint)
    with pytest.raises(Forbidden, match=r"leads to 127\.0\.0\.1"):
        pool.run(query(endpoint))
    port = endpoint.partition(":")[2]
    renamed = make_pool(service_hosts=f"localhost:{port}")
    with pytest.raises(Forbidden, match="leads to"):
        renamed.run(query(f"localhost:{port}"))


def test_other_hosts_stay_refused(make_pool: Callable[..., QueryPool], endpoint: str) -> None:
    pool = make_pool(service_hosts="data.example.org")
    with pytest.raises(Forbidden, match="refused for"):
        pool.run(query(endpoint))
    with pytest.raises(KuvendError):
        pool.run(query("data.example.org:1"))
