"""A query can neither outlive its limits nor hurt another."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from subprocess import PIPE

import pytest

from kuvend.errors import (
    BadRequest,
    BadSyntax,
    KuvendError,
    OutOfMemory,
    Timeout,
    TooLarge,
    TooManyRequests,
    Unavailable,
)
from kuvend.formats import N_TRIPLES, RESULTS_CSV
from kuvend.sparql import Client, QueryPool
from kuvend.sparql.workers import Worker

MakePool = Callable[..., QueryPool]
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
FLOOD = "SELECT * { ?a ?b ?c . ?d ?e ?f }"


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def wait_until(condition: Callable[[], bool]) -> None:
    end = time.monotonic() + 60
    while not condition():
        assert time.monotonic() < end, "it did not happen within a minute"
        time.sleep(0.01)


def is_idle_class(pid: int) -> bool:
    """Whether every thread of a process runs only where nothing else wants to."""
    threads = [int(name) for name in os.listdir(f"/proc/{pid}/task")]
    return all(os.sched_getscheduler(thread) == os.SCHED_IDLE for thread in threads)


@pytest.mark.parametrize("memory_store_mb", [0, 256], ids=["on disk", "in memory"])
def test_a_query_is_answered(make_pool: MakePool, memory_store_mb: int) -> None:
    pool = make_pool(memory_store_mb=memory_store_mb)
    result = pool.run("SELECT ?o { <urn:s7> ?p ?o }", format=RESULTS_CSV)
    assert result.content_type == "text/csv; charset=utf-8"
    assert result.read() == b"o\r\n7\r\n"
    assert result.is_complete


def test_a_graph_is_written_with_the_prefixes_of_the_project(make_pool: MakePool) -> None:
    body = make_pool().run("CONSTRUCT { ?s a ?t } { ?s a ?t }").read().decode()
    assert "@prefix kv: <https://w3id.org/kuvend/def#>" in body
    assert "kv:Association" in body


def test_a_runaway_query_is_stopped_at_its_deadline(make_pool: MakePool) -> None:
    pool = make_pool(query_timeout_s=0.2)
    with pytest.raises(Timeout, match=r"after 0\.2 s"):
        pool.run(RUNAWAY)
    assert pool.run("ASK {}").read() == b'{"head":{},"boolean":true}'


def test_a_request_can_only_lower_the_deadline(make_pool: MakePool) -> None:
    pool = make_pool(query_timeout_s=0.3)
    with pytest.raises(Timeout, match=r"0\.3 s"):
        pool.run(RUNAWAY, timeout_s=1000)
    with pytest.raises(Timeout, match=r"0\.1 s"):
        pool.run(RUNAWAY, timeout_s=0.1)


def test_a_query_that_wants_too_much_memory_is_stopped(make_pool: MakePool) -> None:
    pool = make_pool(query_memory_mb=100, query_timeout_s=60)
    with pytest.raises(OutOfMemory, match="100 MiB"):
        pool.run("SELECT * { ?a ?b ?c . ?d ?e ?f } ORDER BY ?c ?f").read()
    assert pool.run("ASK {}").read().endswith(b"true}")


def test_a_query_that_overflows_the_stack_harms_nobody(make_pool: MakePool) -> None:
    pool = make_pool(max_query_nesting=10**6, max_query_bytes=10**7, max_query_operators=10**6)
    deep = "ASK { FILTER(" + "(" * 900_000 + "1" + ")" * 900_000 + ") }"
    with pytest.raises(BadRequest, match="nested too deeply"):
        pool.run(deep)
    assert pool.run("ASK {}").read().endswith(b"true}")


def test_a_large_result_streams_and_is_broken_off_at_its_ceiling(make_pool: MakePool) -> None:
    pool = make_pool(max_result_bytes=1_000_000)
    result = pool.run(FLOOD)
    assert not result.is_complete
    with pytest.raises(TooLarge, match="1000000 bytes"):
        result.read()


def test_what_was_closed_on_the_way_is_not_whole(make_pool: MakePool) -> None:
    result = make_pool().run(FLOOD)
    result.close()
    with pytest.raises(KuvendError, match="before its end"):
        result.read()


def test_a_result_nobody_reads_any_more_ends_its_query(make_pool: MakePool) -> None:
    pool = make_pool()
    result = pool.run(FLOOD)
    pid = result.body.running.worker.pid  # type: ignore[union-attr]
    result.close()
    wait_until(lambda: not is_alive(pid))
    assert pool.running() == []


def test_a_client_that_goes_away_stops_its_query(make_pool: MakePool) -> None:
    pool = make_pool()
    with pytest.raises(KuvendError, match="gone away"):
        pool.run(RUNAWAY, client=Client("192.0.2.1", lambda: True))


def test_a_client_has_only_so_many_queries_under_way(make_pool: MakePool) -> None:
    pool = make_pool(client_queries=1)
    one = Client("192.0.2.1")
    result = pool.run(FLOOD, client=one)
    with pytest.raises(TooManyRequests, match="under way"):
        pool.run("ASK {}", client=one)
    assert pool.run("ASK {}", client=Client("192.0.2.2")).is_complete
    result.close()
    assert pool.run("ASK {}", client=one).is_complete


def test_long_queries_leave_room_for_short_ones(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=1, long_queries=1, long_query_s=0.1, query_timeout_s=20)
    failures: list[KuvendError] = []

    def run_away() -> None:
        try:
            pool.run(RUNAWAY)
        except KuvendError as error:
            failures.append(error)

    threads = [threading.Thread(target=run_away) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(failures) == 1)
    assert isinstance(failures[0], TooManyRequests)
    assert pool.run("ASK {}").is_complete
    (running,) = pool.running()
    assert running.is_long
    assert running.query == RUNAWAY
    assert pool.cancel(running.id)
    for thread in threads:
        thread.join()
    assert "cancelled" in failures[1].detail
    assert not pool.cancel(running.id)


def test_a_worker_waits_before_it_is_needed(make_pool: MakePool) -> None:
    """Also after one was killed: nobody who asks waits for a process."""
    pool = make_pool(query_workers=2, query_timeout_s=0.2)
    held = pool.run(FLOOD)
    wait_until(lambda: pool.counts()["idle"] == 1)
    with pytest.raises(Timeout):
        pool.run(RUNAWAY)
    wait_until(lambda: pool.counts()["idle"] >= 1)
    held.close()


def test_what_takes_long_gives_way_to_others(make_pool: MakePool) -> None:
    pool = make_pool(query_timeout_s=60)

    def run_away() -> None:
        with pytest.raises(KuvendError, match="cancelled"):
            pool.run(RUNAWAY)

    threads = [threading.Thread(target=run_away) for _ in range(2)]
    for thread in threads:
        thread.start()
    wait_until(lambda: len(pool.running()) == 2)

    def have_given_way() -> bool:
        workers = [running.worker for running in pool.running()]
        return all(worker is not None and is_idle_class(worker.pid) for worker in workers)

    wait_until(have_given_way)
    for running in pool.running():
        pool.cancel(running.id)
    for thread in threads:
        thread.join()
    wait_until(lambda: pool.counts()["idle"] >= 1)
    result = pool.run(FLOOD)
    assert result.body.running.worker is not None
    assert not is_idle_class(result.body.running.worker.pid)
    # The same text gives way from its start when it comes again beside another.
    again = pool.begin(RUNAWAY)
    assert again.body.running.worker is not None
    assert is_idle_class(again.body.running.worker.pid)
    again.close()
    result.close()


@pytest.mark.skipif(len(os.sched_getaffinity(0)) < 2, reason="one core cannot be shared out")
def test_slow_queries_leave_one_core_while_many_quick_ones_come(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=3, long_queries=3, query_timeout_s=60)
    every = os.sched_getaffinity(0)
    other, slow = pool.begin(FLOOD), pool.begin(RUNAWAY)
    assert slow.body.running.worker is not None
    pid = slow.body.running.worker.pid

    def cores() -> list[set[int]]:
        return [os.sched_getaffinity(int(thread)) for thread in os.listdir(f"/proc/{pid}/task")]

    def leaves_one() -> bool:
        for _ in range(50):
            pool.run("ASK {}").read()
        return all(len(allowed) == len(every) - 1 for allowed in cores())

    wait_until(lambda: is_idle_class(pid))
    assert all(allowed == every for allowed in cores())
    wait_until(leaves_one)
    wait_until(lambda: all(allowed == every for allowed in cores()))
    slow.close()
    other.close()


def test_a_worker_sees_neither_network_nor_environment(
    make_pool: MakePool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("KUVEND_TOKEN", "hidden")
    pool = make_pool()
    pool.run("ASK {}").read()
    if not pool.network_isolated:
        pytest.skip("this kernel does not allow network namespaces")
    result = pool.run(FLOOD)
    worker = result.body.running.worker
    assert worker is not None
    own = os.readlink("/proc/self/ns/net")
    with open(f"/proc/{worker.pid}/environ", "rb") as environment:
        assert b"hidden" not in environment.read()
    assert os.readlink(f"/proc/{worker.pid}/ns/net") != own
    result.close()


def test_closing_the_pool_ends_every_process(make_pool: MakePool) -> None:
    pool = make_pool()
    result = pool.run(FLOOD)
    worker = result.body.running.worker
    assert worker is not None
    pool.close()
    wait_until(lambda: not is_alive(worker.pid))
    with pytest.raises(KuvendError, match="shutting down"):
        result.read()


def test_a_retired_pool_finishes_what_it_has_begun(make_pool: MakePool) -> None:
    pool = make_pool()
    result = pool.run("SELECT * { ?a ?b ?c . ?d ?e ?f } LIMIT 5000")
    pool.retire()
    assert len(result.read().splitlines()) == 1
    with pytest.raises(KuvendError):
        pool.run("ASK {}")


def test_two_from_graphs_count_a_shared_triple_once(make_pool: MakePool) -> None:
    base = "https://w3id.org/kuvend/graph/statements/"
    text = f"SELECT (COUNT(*) AS ?n) FROM <{base}a> FROM <{base}b> {{ ?s ?p ?o }}"
    assert make_pool().run(text, format=RESULTS_CSV).read() == b"n\r\n2\r\n"


def test_without_entailment_only_what_was_asserted_is_seen(make_pool: MakePool) -> None:
    pool = make_pool()
    text = "SELECT (COUNT(*) AS ?n) { <https://w3id.org/kuvend/id/org/akk> ?p ?o }"
    assert pool.run(text, format=RESULTS_CSV).read() == b"n\r\n3\r\n"
    assert pool.run(text, format=RESULTS_CSV, entailment="none").read() == b"n\r\n2\r\n"
    with pytest.raises(BadRequest, match="owl-dl"):
        pool.run(text, entailment="owl-dl")


def test_a_table_holds_the_rows_asked_for_and_says_whether_more_follow(
    make_pool: MakePool,
) -> None:
    pool = make_pool()
    text = "SELECT ?o { ?s <urn:p3> ?o } ORDER BY ?o"
    first = pool.table(text, max_rows=2)
    assert [[str(t) for t in row] for row in first.rows] == [
        ['"3"^^<http://www.w3.org/2001/XMLSchema#integer>'],
        ['"13"^^<http://www.w3.org/2001/XMLSchema#integer>'],
    ]
    assert not first.is_complete
    last = pool.table(text, max_rows=10, first_row=198)
    assert len(last.rows) == 2
    assert last.is_complete
    assert pool.table("ASK {}").boolean is True


def test_a_syntax_error_says_where(make_pool: MakePool) -> None:
    with pytest.raises(BadSyntax) as caught:
        make_pool().run("SELECT *\nWHERE { ?s ?p }", format=N_TRIPLES)
    assert (caught.value.line, caught.value.column) == (2, 15)


def test_a_closed_pool_starts_no_process_again(make_pool: MakePool) -> None:
    """The thread that keeps a spare worker may be at it when the pool closes."""
    pool = make_pool()
    pool.run("ASK {}").read()
    pool.close()
    assert not pool.lacks_worker()
    with pytest.raises(Unavailable, match="shutting down"):
        pool.stock_up()


def test_who_reads_from_a_killed_worker_does_not_wait_for_its_end() -> None:
    """The kernel may take its time, for instance where the worker gave way to all others."""
    ours, theirs = socket.socketpair()
    ours.settimeout(60)
    # The end of the worker closes nothing here: this process holds the other socket too.
    with theirs, subprocess.Popen([sys.executable, "-c", "input()"], stdin=PIPE) as process:
        worker = Worker(process.pid, ours, os.open(os.devnull, os.O_RDONLY))
        worker.signal_kill()
        assert ours.recv(1) == b""
        worker.close()
        worker.signal_kill()
        assert process.wait() == -signal.SIGKILL
