"""For operators: is it alive, is it ready, how is it doing, and stop that query."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator

from flask import Blueprint, Response, current_app, jsonify

import kuvend
from kuvend.errors import NotFound
from kuvend.sandbox import resident_bytes
from kuvend.sparql import Running
from kuvend.web.access import BUCKETS_S, AccessLog
from kuvend.web.changing import ask_for_token
from kuvend.web.querying import querying
from kuvend.web.tokens import ADMIN, READ, require

blueprint = Blueprint("operator", __name__)
blueprint.after_request(ask_for_token)

ACCESS_KEY = "kuvend.access"
_OUTCOMES = {200: "answered", 304: "not modified", 400: "refused", 403: "refused", 413: "too large",
             429: "turned away", 503: "stopped", 507: "out of memory"}  # fmt: skip


@blueprint.get("/healthz")
def healthz() -> Response:
    """The process answers."""
    response = Response("ok\n", content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/readyz")
def readyz() -> Response:
    """There is a release and a worker can query it.

    :raises Unavailable: where not.
    """
    service = querying()
    service.pool().run("ASK {}", timeout_s=5.0).read()
    response = jsonify(
        ready=True,
        release=service.release().id,
        version=kuvend.__version__,
        network_isolated=service.pool().network_isolated,
    )
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.get("/metrics")
def metrics() -> Response:
    """The numbers in the text format of Prometheus."""
    lines = [*_process_lines(), *_pool_lines(), *_request_lines()]
    return Response(
        "\n".join(lines) + "\n", content_type="text/plain; version=0.0.4; charset=utf-8"
    )


@blueprint.get("/operator/queries")
def list_queries() -> Response:
    """The queries under way, oldest first."""
    require(READ)
    pool = querying().pools.current
    running = pool.running() if pool else []
    response = jsonify(queries=[_as_json(query) for query in running])
    response.headers["Cache-Control"] = "no-store"
    return response


@blueprint.delete("/operator/queries/<int:number>")
def cancel_query(number: int) -> Response:
    """Stop one query."""
    require(ADMIN)
    pool = querying().pools.current
    if pool is None or not pool.cancel(number):
        raise NotFound(f"no query {number} is under way.")
    return Response(status=204)


def _as_json(query: Running) -> dict[str, object]:
    worker = query.worker
    return {
        "id": query.id,
        "query": query.query,
        "client": query.client.address,
        "elapsed_s": round(query.elapsed_s, 3),
        "timeout_s": query.timeout_s,
        "long": query.is_long,
        "memory_bytes": resident_bytes(worker.pid) if worker else 0,
    }


def _process_lines() -> Iterator[str]:
    yield f'kuvend_info{{version="{kuvend.__version__}"}} 1'
    yield f"kuvend_resident_bytes {resident_bytes(os.getpid())}"
    yield f"kuvend_threads {threading.active_count()}"
    yield f"kuvend_open_files {len(os.listdir('/proc/self/fd'))}"


def _pool_lines() -> Iterator[str]:
    service = querying()
    pool = service.pools.current
    if pool is not None:
        yield "# TYPE kuvend_queries_running gauge"
        counts = pool.counts()
        for name in ("fast", "long"):
            yield f'kuvend_queries_running{{lane="{name}"}} {counts[name]}'
        yield f"kuvend_queries_waiting {counts['waiting']}"
        yield f"kuvend_workers_idle {counts['idle']}"
        yield f"kuvend_network_isolated {int(pool.network_isolated)}"
    cache = service.endpoint.cache
    yield "# TYPE kuvend_cache_lookups_total counter"
    yield f'kuvend_cache_lookups_total{{result="hit"}} {cache.hits}'
    yield f'kuvend_cache_lookups_total{{result="miss"}} {cache.misses}'
    release = service.release()
    yield f'kuvend_release_info{{id="{release.id}",date="{release.date}"}} 1'
    yield f"kuvend_release_quads {release.manifest.get('quads', 0)}"


def _request_lines() -> Iterator[str]:
    access: AccessLog | None = current_app.extensions.get(ACCESS_KEY)
    if access is None:
        return
    requests, latency, total_s = access.snapshot()
    yield "# TYPE kuvend_requests_total counter"
    for (method, area, status), count in sorted(requests.items()):
        label = f'method="{method}",area="{area}",status="{status}"'
        yield f"kuvend_requests_total{{{label}}} {count}"
    yield "# TYPE kuvend_queries_total counter"
    outcomes: dict[str, int] = {}
    for (_, area, status), count in requests.items():
        if area == "sparql":
            name = _OUTCOMES.get(status, "other")
            outcomes[name] = outcomes.get(name, 0) + count
    for name, count in sorted(outcomes.items()):
        yield f'kuvend_queries_total{{outcome="{name}"}} {count}'
    yield "# TYPE kuvend_request_seconds histogram"
    passed = 0
    for bucket in (*BUCKETS_S, float("inf")):
        passed += latency[bucket]
        bound = "+Inf" if bucket == float("inf") else f"{bucket:g}"
        yield f'kuvend_request_seconds_bucket{{le="{bound}"}} {passed}'
    yield f"kuvend_request_seconds_sum {total_s:.6f}"
    yield f"kuvend_request_seconds_count {passed}"
