"""Queries on the event loop: who starts, who waits, who is given up."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable

import pytest

from kuvend.errors import TooManyRequests, Unavailable
from kuvend.sparql import (
    Client,
    Conditions,
    Endpoint,
    NeedsThread,
    Prepared,
    QueryCall,
    QueryPool,
    WouldWait,
)
from kuvend.web.lane import Job, Lane

MakePool = Callable[..., QueryPool]
RUNAWAY = "SELECT (COUNT(*) AS ?n) { ?a ?b ?c . ?d ?e ?f . ?g ?h ?i . ?j ?k ?l }"
SOMEBODY = Client("192.0.2.1")


def prepared(pool: QueryPool, text: str, accept: str = "") -> Prepared:
    return Endpoint(pool.settings).prepare(
        QueryCall(text), pool, release_id="r", conditions=Conditions(accept)
    )


async def run(lane: Lane, pool: QueryPool, wanted: Prepared) -> Job | None:
    """The job when it is done; ``None`` where there is no room for it."""
    done: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
    return await done if lane.begin(Job(pool, wanted, SOMEBODY, done.set_result)) else None


async def ask(lane: Lane, pool: QueryPool, text: str) -> bytes | None:
    job = await run(lane, pool, prepared(pool, text))
    if job is not None and job.error is not None:
        raise job.error
    return None if job is None or job.result is None else await asyncio.to_thread(job.result.read)


def test_more_queries_than_workers_are_all_answered(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=1)

    async def all_at_once() -> list[bytes | None]:
        lane = Lane()
        texts = [f"SELECT ?o {{ <urn:s{number}> ?p ?o }}" for number in range(20)]
        return await asyncio.gather(*(ask(lane, pool, text) for text in texts))

    answers = asyncio.run(all_at_once())
    for number, answer in enumerate(answers):
        assert answer is not None
        assert f'"value":"{number}"'.encode() in answer


def test_a_query_starts_when_a_thread_gives_its_worker_back(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=1)
    held = pool.run("SELECT * { ?a ?b ?c . ?d ?e ?f }")

    async def wait_for_it() -> bytes | None:
        asking = asyncio.create_task(ask(Lane(), pool, "ASK {}"))
        await asyncio.sleep(0.01)
        assert not asking.done()
        await asyncio.to_thread(held.close)
        return await asking

    assert asyncio.run(wait_for_it()) == b'{"head":{},"boolean":true}'


def test_a_query_that_waits_too_long_is_told_so(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=1, query_wait_s=0.1)
    held = pool.run("SELECT * { ?a ?b ?c . ?d ?e ?f }")

    async def in_vain() -> bytes | None:
        return await ask(Lane(), pool, "ASK {}")

    with pytest.raises(Unavailable, match="too busy"):
        asyncio.run(in_vain())
    held.close()


def test_where_the_line_is_full_a_thread_refuses(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=1, query_queue=1)
    held = pool.run("SELECT * { ?a ?b ?c . ?d ?e ?f }")

    async def two() -> list[bytes | None]:
        lane = Lane()
        first = asyncio.create_task(ask(lane, pool, "ASK {}"))
        await asyncio.sleep(0)
        second = await ask(lane, pool, "ASK {}")
        await asyncio.to_thread(held.close)
        return [await first, second]

    first, second = asyncio.run(two())
    assert first is not None
    assert second is None


def test_a_query_whose_client_has_gone_is_stopped(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=1)
    pool.run("ASK {}").read()

    async def leave() -> None:
        lane = Lane()
        done: asyncio.Future[Job] = asyncio.get_running_loop().create_future()
        gone = Client("192.0.2.1", lambda: True)
        assert lane.begin(Job(pool, prepared(pool, RUNAWAY), gone, done.set_result))
        assert "gone away" in str((await done).error)
        assert await ask(lane, pool, "ASK {}") is not None

    asyncio.run(leave())


def test_one_that_fails_to_take_its_answer_keeps_no_other_from_it(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=2)
    pool.run("ASK {}").read()

    def fail(_: Job) -> None:
        raise RuntimeError

    async def two() -> bytes | None:
        lane = Lane()
        asyncio.get_running_loop().set_exception_handler(lambda *_: None)
        assert lane.begin(Job(pool, prepared(pool, "ASK {}"), SOMEBODY, fail))
        return await ask(lane, pool, "ASK { ?s ?p ?o }")

    assert asyncio.run(two()) == b'{"head":{},"boolean":true}'


def test_a_client_with_too_many_queries_is_refused_here_too(make_pool: MakePool) -> None:
    pool = make_pool(client_queries=1)
    held = pool.run("SELECT * { ?a ?b ?c . ?d ?e ?f }", client=SOMEBODY)

    async def one_more() -> bytes | None:
        while pool.would_wait():
            await asyncio.sleep(0.01)
        return await ask(Lane(), pool, "ASK {}")

    with pytest.raises(TooManyRequests, match="under way"):
        asyncio.run(one_more())
    held.close()


def test_a_closed_pool_takes_none(make_pool: MakePool) -> None:
    pool = make_pool()
    pool.close()

    async def too_late() -> bytes | None:
        return await ask(Lane(), pool, "ASK {}")

    assert asyncio.run(too_late()) is None


def test_columns_are_left_to_a_thread(make_pool: MakePool) -> None:
    pool = make_pool()
    pool.run("ASK {}").read()

    async def columns() -> None:
        wanted = prepared(pool, "SELECT * { ?s ?p ?o }", "application/vnd.apache.arrow.stream")
        await run(Lane(), pool, wanted)

    with pytest.raises(NeedsThread):
        asyncio.run(columns())


def test_nothing_is_begun_that_would_have_to_wait(make_pool: MakePool) -> None:
    pool = make_pool(query_workers=1)
    held = pool.run("SELECT * { ?a ?b ?c . ?d ?e ?f }")
    assert pool.would_wait()
    with pytest.raises(WouldWait):
        pool.begin("ASK {}", may_wait=False)
    held.close()
    end = time.monotonic() + 60
    while pool.would_wait():
        assert time.monotonic() < end
        threading.Event().wait(0.01)
    assert pool.begin("ASK {}", may_wait=False).read() == b'{"head":{},"boolean":true}'
